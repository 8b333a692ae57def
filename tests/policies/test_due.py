"""Deadlines by law: every worked example of the packs, the day rules, and why a question has no answer."""

from __future__ import annotations

from datetime import date

import pytest

from homeward.policies import due, packs
from homeward.policies.due import NotAnswered
from homeward.policies.statutes import Question, Vector

EXAMPLES = [
    pytest.param(pack.code, vector, id=f"{pack.code} {vector.question} {vector.event}")
    for code in packs.library().codes
    for pack in packs.library().editions(code)
    for vector in pack.law.vectors
]


@pytest.mark.parametrize(("code", "vector"), EXAMPLES)
def test_an_example_of_a_pack_comes_out_as_it_says(code: str, vector: Vector) -> None:
    assert due.due(code, vector.question, vector.event) == vector.expect


def test_the_packs_bring_their_examples() -> None:
    assert len(EXAMPLES) >= 40


@pytest.mark.parametrize(
    ("code", "question", "event", "last"),
    [
        ("DE", "withdrawal", "2026-12-09", "2026-12-23"),
        ("DE", "withdrawal", "2026-12-11", "2026-12-28"),  # Christmas, then Sunday
        ("GB", "withdrawal", "2026-12-11", "2026-12-25"),
        ("JP", "withdrawal", "2026-11-20", "2026-11-27"),
        ("DE", "refund", "2026-12-11", "2026-12-25"),  # a seller's day does not roll on
        ("KR", "refund", "2026-11-20", "2026-11-25"),
        ("KR", "withdrawal-uninformed", "2026-11-20", "2026-11-27"),
        ("PT", "reject", "2026-11-20", "2026-12-21"),
        ("AT", "tax-free-return", "2026-06-15", "2029-06-15"),
        ("BE", "guarantee", "2028-02-29", "2030-02-28"),
        ("FI", "guarantee", "2026-11-20", "2028-11-20"),
        ("KR", "customs-return", "2026-11-20", "2028-11-20"),
        ("CN", "customs-return", "2026-06-15", "2027-06-15"),
        ("CN", "tax-free-return", "2025-06-15", "2025-12-15"),
        ("CN-CBEC-IMPORT", "tax-free-return", "2026-11-20", "2027-01-04"),
        ("CN-RETURN", "tax-free-return", "2026-06-15", "2026-12-15"),
        ("US-TX", "tax-free-return", "2026-06-15", "2029-06-15"),
        ("cn", "refund", "2026-12-03", "2026-12-10"),
    ],
)
def test_a_deadline_follows_the_day_rules_of_its_place(code: str, question: Question, event: str, last: str) -> None:
    assert due.due(code, question, date.fromisoformat(event)).isoformat() == last


@pytest.mark.parametrize(
    ("code", "question", "why", "words"),
    [
        ("CH", "withdrawal", "not_regulated", "gives no right to change one's mind"),
        ("CH", "withdrawal-uninformed", "not_regulated", "gives no right to change one's mind"),
        ("CH", "refund", "not_regulated", "without a right"),
        ("BR", "withdrawal-uninformed", "not_regulated", "adds no time"),
        ("AR", "withdrawal-uninformed", "not_regulated", "does not begin to run"),
        ("DE", "reject", "not_regulated", "no early rejection"),
        ("AU", "guarantee", "not_regulated", "names no number of months"),
        ("CA", "guarantee", "not_regulated", "provinces"),
        ("US-MA", "withdrawal", "not_known", "no number of days is known"),
        ("MX", "refund", "not_known", "or nobody has established it"),
        ("JP", "reject", "not_known", "or nobody has established it"),
        ("VN", "guarantee", "not_known", "or nobody has established it"),
        ("DE", "reply", "not_known", "no term for answering"),
        ("CA", "tax-free-return", "not_known", "its window is not established"),
        ("BR", "customs-return", "not_known", "no relief on goods that come back"),
    ],
)
def test_a_question_without_an_answer_says_why(code: str, question: Question, why: str, words: str) -> None:
    with pytest.raises(NotAnswered, match=words) as error:
        due.due(code, question, date(2026, 11, 20))
    assert error.value.why == why


def test_an_export_outside_the_time_of_a_relief_is_told_which_times_there_are() -> None:
    with pytest.raises(NotAnswered, match=r"2026/16 \(2026-01-01 to 2027-12-31\)"):
        due.due("CN", "tax-free-return", date(2028, 1, 5))


def test_a_place_without_law_and_a_day_before_it_are_told_apart() -> None:
    with pytest.raises(KeyError):
        due.due("PY", "refund", date(2026, 11, 20))
    with pytest.raises(KeyError):
        due.due("ZZ", "refund", date(2026, 11, 20))
    with pytest.raises(NotAnswered, match="no edition of this law"):
        due.due("DE", "refund", date(2009, 11, 20))
