"""Letters in five languages: every one speaks its reader's tongue, as text and as HTML, with amounts and dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation

from homeward.conversations import letters
from homeward.conversations.letters import About, Item, Letter, Source, goods, money, permission, proof
from homeward.kernel import LOCALES, Money
from tests.support.cast import NOW

LINK = "https://returns.invalid/lanting/HW-7KM3-94QX"
EUR = Money.of("49.90", "EUR")
ITEM = {"kind": "goods", "minor": 4990, "facts": {"count": 1, "title": "Linen throw"}}
PAYOUT = money.Payout(
    amount=EUR, lines=(money.SumLine(item=ITEM, amount=EUR),), way="Visa •• 4402", by=NOW, lawful_by=NOW
)
COUNTED = (goods.Counted(title="Linen throw", announced=3, received=2, damaged=1, wrong=1),)
SOURCE = Source("Code de la consommation, L221-18", "You may change your mind.")
DECLARED = proof.Declaration(
    number="W-1", name="Mei Lin", contract="LT-48213", email="mei@lyon.example", received_at=NOW, scope="one throw"
)

LETTERS: dict[str, Callable[[About], Letter]] = {
    "under_review": lambda a: permission.under_review(a, answer_by=NOW),
    "evidence_wanted": lambda a: permission.evidence_wanted(a, wanted=["photo", "serial"], until=NOW),
    "authorized": lambda a: permission.authorized(a, verdict=permission.Verdict(ship_by=NOW, sources=(SOURCE,))),
    "authorized, kept": lambda a: permission.authorized(a, verdict=permission.Verdict(goods_back=False)),
    "refused": lambda a: permission.refused(a, why=("Worn.",), sources=(SOURCE,)),
    "withdrawn": permission.withdrawn,
    "expired": lambda a: permission.expired(a, ship_by=NOW),
    "label_ready": lambda a: goods.label_ready(a, label=goods.Label(tracking_number="HW1", ship_by=NOW)),
    "code_ready": lambda a: goods.label_ready(a, label=goods.Label(method="qr")),
    "parcel_received": lambda a: goods.received(a, counted=COUNTED, check_by=NOW),
    "inspected": lambda a: goods.inspected(a, counted=COUNTED),
    "contested": lambda a: goods.contested(a, ground="Another item"),
    "replacement_shipped": lambda a: goods.replacement_shipped(a, items=(Item("Throw", 1),), tracking_number="X1"),
    "offered": lambda a: money.offered(a, payout=money.Payout(amount=EUR), note="Sorry for the fringe."),
    "refund_sent": lambda a: money.sent(a, payout=PAYOUT),
    "refund_confirmed": lambda a: money.confirmed(a, payout=PAYOUT, on=NOW),
    "withdrawal_acknowledged": lambda a: proof.withdrawal(a, declaration=DECLARED),
    "message_answer": lambda a: permission.answered(a, author="Bo", words="It arrives tomorrow."),
    "magic_link": lambda a: proof.links(a, orders=(("LT-48213", LINK),), good_for=timedelta(hours=1)),
}

NAMES = re.compile(r"https?:|> |1 × |Lanting|[*-] |  You may|Worn|Name: ")  # lines that no language translates


def about(language: str, **more) -> About:
    columns = {"shopper": "Mei Lin", "number": "HW-7KM3-94QX", "order": "LT-48213", "link": LINK, "is_answered": True}
    return About(
        **{"merchant": "Lanting", "language": language, "zone": "Europe/Paris", "items": (Item("Linen throw", 1),)}
        | columns
        | more
    )


def write(kind: str, language: str, **more) -> tuple[str, str, str]:
    """Return subject, text and HTML of a letter."""
    reader = about(language, **more)
    with translation.override(language):
        letter = LETTERS[kind](reader)
        return letter.subject, letters.plain(letter, reader), letters.html(letter, reader)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("kind", LETTERS)
def test_every_letter_stands_in_every_language(kind: str, language: str) -> None:
    subject, text, html = write(kind, language)

    assert subject
    assert "\n" not in subject
    assert LINK in text
    assert LINK in html
    assert f'<html lang="{language}"' in html
    assert "%(" not in subject + text + html


@pytest.mark.parametrize("language", [code for code in LOCALES if code != "en"])
@pytest.mark.parametrize("kind", LETTERS)
def test_no_letter_falls_back_to_english(kind: str, language: str) -> None:
    subject, text, _ = write(kind, language)
    english_subject, english, _ = write(kind, "en")

    shared = {line for line in text.splitlines() if re.search(r"[a-z]{3,}", line)} & set(english.splitlines())
    assert subject != english_subject
    assert not {
        line for line in shared if not re.match(r"https?:|> |- 1 × |1 × |Lanting|[*-] |  You may|Worn|Name: ", line)
    }


def test_amounts_are_written_as_the_reader_does() -> None:
    assert "€49.90" in write("refund_sent", "en")[0]
    assert "49,90\N{NO-BREAK SPACE}€" in write("refund_sent", "de")[0]
    assert "49,90\N{NO-BREAK SPACE}€" in write("refund_sent", "fr")[0]


def test_a_sum_is_set_like_a_receipt_with_its_total_last() -> None:
    _, text, html = write("refund_sent", "en")
    lines = text.splitlines()
    row = next(line for line in lines if line.startswith("1 × Linen throw"))

    assert row.endswith("€49.90")
    assert len(row) == 76
    assert lines.index("Back to you" + " " * 59 + "€49.90") > lines.index(row)
    assert 'class="total"' in html


def test_wide_letters_do_not_push_the_amount_out_of_its_column() -> None:
    item = {"kind": "goods", "minor": 4990, "facts": {"count": 1, "title": "亚麻盖毯"}}
    payout = money.Payout(amount=EUR, lines=(money.SumLine(item=item, amount=EUR),))
    reader = about("en")
    text = letters.plain(money.sent(reader, payout=payout), reader)

    row = next(line for line in text.splitlines() if "亚麻盖毯" in line)
    assert len(row) == 72  # four letters of two columns each


def test_markup_in_names_and_words_is_text_in_html() -> None:
    evil = "<img src=x onerror=alert(1)>"
    _, text, html = write("refused", "en", shopper=evil, merchant=evil, items=(Item(evil, 1),), number=evil)

    assert evil in text
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_an_html_letter_loads_nothing_from_anywhere() -> None:
    for kind in LETTERS:
        html = write(kind, "en")[2]
        assert not re.search(r"<(img|script|link|iframe)\b|url\(|@import", html)
        assert set(re.findall(r'(?:href|src)="([^"]+)"', html)) <= {LINK}


def test_a_subject_is_one_line_and_fits_its_column() -> None:
    letter = Letter("Hello\r\nBcc: zoe@evil.example " + "x" * 300, ())

    assert letter.subject.startswith("Hello Bcc: zoe@evil.example x")
    assert len(letter.subject) == 200


def test_the_receipt_of_a_withdrawal_names_second_and_place() -> None:
    text = write("withdrawal_acknowledged", "en")[1]

    assert "24 November 2026, 10:30:00 (Paris time)" in text
    for words in ("W-1", "Mei Lin", "LT-48213", "one throw", "mei@lyon.example", "Lanting"):
        assert words in text


def test_a_name_that_ends_with_a_dot_ends_the_sentence_with_one() -> None:
    sentence = proof.statement(about("en", merchant="Lanting Co., Ltd."), replace(DECLARED, scope=""))

    assert sentence.endswith(" with Lanting Co., Ltd.")
