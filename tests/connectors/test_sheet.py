"""A letter to keep is set as PDF: every word of it, in every script, the same bytes for the same letter."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from homeward.connectors.documents import TypstPress
from homeward.conversations.ports import Sheet
from tests.support.cast import NOW

SHEET = Sheet(
    language="en", title="Receipt of your withdrawal W-ABCD-EFGH", lead="We have received it.",
    quote="I, Mei Lin, withdraw from contract LT-48213 with Lanting.",
    facts=(("Receipt", "W-ABCD-EFGH"), ("Received", "24 November 2026, 10:30:00 (Paris time)"), ("Name", "Mei Lin")),
    notes=("Keep this sheet: it is your proof.", "SHA-256: " + "0f" * 32), sender="Lanting", made_at=NOW,
)  # fmt: skip


def words_of(pdf: bytes) -> str:
    """Return what stands in a PDF, without breaks."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(text.replace("\u00ad", "").split())


def test_every_word_stands_in_the_file() -> None:
    pdf = TypstPress().sheet(SHEET)

    assert pdf.startswith(b"%PDF")
    told = (SHEET.title, SHEET.lead, SHEET.quote, SHEET.sender, *SHEET.notes, *(v for row in SHEET.facts for v in row))
    for words in told:
        assert "".join(words.split()) in words_of(pdf), words


@pytest.mark.parametrize(
    ("language", "name"), [("ja", "林美玲"), ("zh-hans", "李雷"), ("de", "Jürgen Groß"), ("fr", "Zoé")]
)
def test_names_of_every_script_are_set(language: str, name: str) -> None:
    pdf = TypstPress().sheet(replace(SHEET, language=language, facts=(("1", name),)))

    assert name.replace(" ", "") in words_of(pdf)


def test_the_same_letter_is_the_same_file() -> None:
    press = TypstPress()

    assert press.sheet(SHEET) == press.sheet(SHEET)


def test_what_no_face_can_show_does_not_stop_the_receipt() -> None:
    pdf = TypstPress().sheet(replace(SHEET, quote="\U0001f9e6 socks \u0000 #emph[x] $a$ *b*"))

    assert "socks" in words_of(pdf)
    assert "#emph[x]" in words_of(pdf)


def test_a_very_long_declaration_runs_over_pages() -> None:
    pdf = TypstPress().sheet(replace(SHEET, quote="word " * 1500))

    assert len(PdfReader(io.BytesIO(pdf)).pages) > 1
