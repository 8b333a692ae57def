"""Journal entries in words: every step of every life has them, and what matters of their facts is told."""

from __future__ import annotations

import pytest

from homeward.cases.models import Case
from homeward.conversations.models import Notice
from homeward.journal.models import Entry
from homeward.kernel import Lifecycle
from homeward.logistics.models import Parcel
from homeward.returns.models import Return
from homeward.settlements.models import Refund, Remedy, Replacement
from homeward.warehouse.models import Receipt
from homeward.web import timeline
from tests.support import build_desk
from tests.support.cast import NOW, Cast

LIVES = [noun.lifecycle for noun in (Case, Notice, Parcel, Return, Refund, Remedy, Replacement, Receipt)]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.noun)
def test_every_step_has_words(life: Lifecycle) -> None:
    assert [verb for verb in life.verbs if f"{life.noun}.{verb}" not in timeline.WORDS] == []
    assert life.noun in timeline.NOUNS


def entry(noun: str, verb: str, **facts: object) -> Entry:
    return Entry(at=NOW, actor="agent:stf_bo", noun=noun, noun_id=1, ref="x_1", verb=verb, facts=facts)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (entry("refund", "intend", amount="93.56 EUR", provider="offline"), "€93.56"),
        (entry("case", "clock_ran_out", kind="merchant_answer", on_expiry="remind"), "Merchant’s answer"),
        (entry("return", "ask_evidence", wanted=["photo"]), "A photo of what happened"),
        (entry("receipt", "dispute", ground="empty", note="light box"), "Nothing lay in the box · light box"),
        (entry("parcel", "label", carrier="manual", number="HW1"), "HW1"),
        (
            entry("receipt", "inspect", units=[{"grade": "A", "disposition": "restock", "quantity": 2}]),
            "2 × A Back to stock",
        ),
        (entry("case", "close"), ""),
    ],
)
def test_what_matters_of_the_facts_is_told(event: Entry, words: str) -> None:
    assert timeline.note_of(event) == words


def test_an_event_nobody_knows_stands_for_itself() -> None:
    assert timeline.words_for(entry("moon", "rise")) == ("moon.rise", "idle")


def test_a_mail_is_told_once_with_what_it_was(cast: Cast) -> None:
    marks = timeline.entries_as_marks(
        [entry("notice", "write", kind="authorized"), entry("notice", "keep"), entry("remedy", "execute")]
    )
    assert [(str(mark["title"]), mark["note"]) for mark in marks] == [("Mail kept", "Authorized")]


def test_shoppers_see_the_road_and_neither_notes_nor_addresses(cast: Cast) -> None:
    made = build_desk.ask(cast)
    marks = timeline.entries_as_marks(Entry.objects.filter(case_id=made.case_id), for_shopper=True)
    assert [str(mark["title"]) for mark in marks] == ["Handed to a person", "Return requested"]
    assert not any({"note", "href"} & set(mark) for mark in marks)
