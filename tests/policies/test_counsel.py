"""What counsel has checked: marked once per field and edition, taken back, and told to the journal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from homeward.journal.models import Entry
from homeward.kernel import Actor, Role
from homeward.policies import actions, queries
from homeward.policies.actions import MayNotMark, NoSuchField
from homeward.policies.models import CounselMark

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADA = Actor(Role.SUPERVISOR, "stf_ada", "Ada")
BO = Actor(Role.AGENT, "stf_bo", "Bo")
ZOE = Actor(Role.MERCHANT, "stf_zoe", "Zoe", merchant_id=7)

pytestmark = pytest.mark.django_db


def mark(actor: Actor = ADA, **more: Any) -> CounselMark:
    asked = {"code": "DE", "version": "2026.11", "field": "withdrawal_days"} | more
    return actions.mark_checked(**asked, checked_by="Kanzlei Sonntag, Bremen", actor=actor, at=AT, note="§ 355")


def test_a_field_is_marked_and_the_journal_knows() -> None:
    made = mark()
    assert list(queries.counsel_marks(ADA, "DE", "2026.11")) == [made]
    entry = Entry.objects.get(ref=made.ref)
    assert (entry.verb, entry.facts["field"], entry.facts["by"]) == (
        "mark_checked", "withdrawal_days", "Kanzlei Sonntag, Bremen",
    )  # fmt: skip
    line = next(line for line in queries.laws(ADA) if line.code == "DE")
    assert line.checked == 1


def test_a_second_mark_is_the_first() -> None:
    assert mark().pk == mark().pk
    assert Entry.objects.filter(verb="mark_checked").count() == 1


def test_a_mark_is_taken_back_once_and_can_be_given_again() -> None:
    first = mark()
    actions.withdraw_mark(first, reason="wrong section", actor=ADA, at=AT)
    actions.withdraw_mark(first, reason="again", actor=ADA, at=AT)
    assert not queries.counsel_marks(ADA).exists()
    assert Entry.objects.filter(verb="withdraw_mark").count() == 1
    assert queries.counsel_mark(ADA, first.ref).withdrawn_at == AT
    assert mark().pk != first.pk


@pytest.mark.parametrize("actor", [BO, ZOE])
def test_only_those_above_the_merchants_mark(actor: Actor) -> None:
    with pytest.raises(MayNotMark):
        mark(actor)
    made = mark()
    with pytest.raises(MayNotMark):
        actions.withdraw_mark(made, reason="no", actor=actor, at=AT)
    assert queries.counsel_marks(ADA).count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"version": "1999.01"}, "no edition 1999.01 of DE"),
        ({"code": "PY"}, "no edition 2026.11 of PY"),
        ({"field": "short_term_reject_days"}, "says nothing about 'short_term_reject_days'"),
        ({"field": "colour"}, "says nothing about 'colour'"),
    ],
)
def test_a_mark_needs_a_field_that_is_there(more: dict[str, str], words: str) -> None:
    with pytest.raises(NoSuchField, match=words):
        mark(**more)
    assert not CounselMark.objects.exists()


def test_laws_are_listed_searched_compared_and_found_by_day() -> None:
    assert len(queries.laws(ADA)) == 79
    hits = {line.code: lines for line, lines in queries.search(ADA, "arrepentimiento", language="en")}
    assert "AR" in hits
    assert any("arrepentimiento" in line for line in hits["AR"])
    assert queries.search(ADA, "rétractation ouvrables", language="fr")
    assert len(queries.search(ADA, " ", language="en")) == 79
    assert queries.search(ADA, "no such word anywhere", language="en") == []
    assert queries.law(ADA, "de", on=date(2026, 11, 24)).code == "DE"
    assert [pack.version for pack in queries.editions_of(ADA, "DE")] == ["2026.11"]
    found = {one.word: one.is_same for one in queries.compare(ADA, "DE", "GB", on=AT.date(), language="de")}
    assert (found["withdrawal_days"], found["last_day_rolls"]) == (True, False)
    assert queries.changes(ADA, date(2026, 12, 1), date(2026, 12, 31))[0].key == "EU_2026-12-09"
    assert queries.law_troubles(ADA) == []
