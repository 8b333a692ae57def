"""The bars: doors that a law lets a shop close, for the right goods and after due notice only."""

from __future__ import annotations

from typing import Any

import pytest

from homeward.policies.bars import BARS
from homeward.policies.facts import Condition, Facts, Reason
from homeward.policies.rulebook import Then, When
from tests.support.build_policies import book, clause, facts, judge, tried


def opened(**more: Any) -> Facts:
    return facts(**{"country": "DE", "traits": ["sealed_hygiene"], "goods": {"seal_broken": True}} | more)


def test_opened_hygiene_goods_are_refused_with_the_clause_named() -> None:
    decision = judge(opened())
    assert (decision.outcome, decision.bases) == ("refuse", ("DE-EXC-312G-3",))
    assert [citation.source for citation in decision.citations] == ["bar"]


def test_a_closed_seal_leaves_the_door_open() -> None:
    decision = judge(opened(goods={"seal_broken": False}))
    assert decision.outcome == "authorize"
    assert tried(decision, "DE-EXC-312G-3") == ("not_met", "answered_no")


def test_an_unopened_condition_answers_the_question_of_the_seal() -> None:
    assert judge(opened(goods={}, condition=Condition.UNOPENED)).outcome == "authorize"


def test_an_open_question_is_asked_and_nothing_is_decided_without_it() -> None:
    decision = judge(opened(goods={}))
    assert (decision.outcome, decision.questions, decision.route) == ("review", ("seal_broken",), "shopper")
    assert tried(decision, "DE-EXC-312G-3") == ("not_met", "to_be_asked")


def test_without_proof_of_the_notice_the_bar_is_dropped() -> None:
    decision = judge(opened(notice=False))
    assert decision.outcome == "authorize"
    assert tried(decision, "DE-EXC-312G-3") == ("not_met", "notice_not_shown")


def test_the_notice_of_one_exception_does_not_stand_for_another() -> None:
    other, own = frozenset({"customised"}), frozenset({"sealed_hygiene_opened"})
    assert judge(opened(notices_shown=other)).outcome == "authorize"
    assert judge(opened(notices_shown=own)).outcome == "refuse"


@pytest.mark.parametrize(
    ("country", "traits", "ref", "outcome"),
    [
        ("DE", ["customised"], "DE-EXC-312G-1", "refuse"),
        ("FR", ["customised"], "FR-EXC-L221-28-3", "refuse"),
        ("AT", ["customised"], "EU-EXC-16C", "refuse"),
        ("GB", ["customised"], "GB-EXC-28-B", "refuse"),
        ("CN", ["customised"], "CN-EXC-6-1", "refuse"),
        ("DE", ["perishable"], "DE-EXC-312G-2", "refuse"),
        ("DE", ["mixed"], "DE-EXC-312G-4", "review"),
        ("GB", ["dated_service"], "GB-EXC-28-H", "review"),
        ("CN", ["medicine"], "CN-EXC-GSP", "review"),
    ],
)
def test_a_bar_refuses_alone_only_where_it_was_verified(
    country: str, traits: list[str], ref: str, outcome: str
) -> None:
    decision = judge(facts(country, traits=traits))
    assert (decision.outcome, decision.bases) == (outcome, (ref,))
    assert tried(decision, ref) == ("closed", "closes")


def test_chinas_extra_bars_need_the_shoppers_own_confirmation() -> None:
    phone = {"country": "CN", "traits": ["activates"], "goods": {"activated": True}}
    assert judge(facts(**phone)).outcome == "authorize"
    assert tried(judge(facts(**phone)), "CN-EXC-7-2") == ("not_met", "not_confirmed")
    confirmed = facts(**phone, confirmations=frozenset({"activated_or_trial_value_drop"}))
    assert judge(confirmed).outcome == "review"  # not among the verified exceptions


def test_california_needs_no_notice_for_goods_damaged_by_the_shopper() -> None:
    here = {"subdivision": "CA", "zone": "America/Los_Angeles", "return_terms_shown": False, "notice": False}
    assert judge(facts("US", condition=Condition.DAMAGED, **here)).bases[0] == "US-CA-EXC-DAMAGED"
    assert judge(facts("US", goods={"packaging_missing": True}, **here)).outcome == "refuse"
    assert judge(facts("US", goods={"packaging_missing": None}, **here)).outcome == "authorize"


def test_bars_close_nothing_where_the_law_gives_no_right() -> None:
    shop = book(clause("LT-30D", Then(extend_days=30)))
    decision = judge(facts("US", subdivision="CA", traits=["as_is"], return_terms_shown=True), shop)
    assert (decision.outcome, decision.track) == ("authorize", "goodwill")
    assert tried(decision, "US-CA-EXC-ASIS") == ("not_applicable", "no_bar_here")


def test_a_shops_longer_window_cannot_reopen_what_a_bar_closed() -> None:
    decision = judge(opened(), book(clause("LT-30D", Then(extend_days=30))))
    assert decision.outcome == "refuse"
    line = decision.tried("LT-30D")
    assert line is not None
    assert (line.result, line.reason, dict(line.detail)) == ("not_met", "bar_above", {"by": "DE-EXC-312G-3"})


def test_a_shop_may_waive_a_bar_for_some_goods() -> None:
    waives = clause("LT-WAIVE", Then(waive=("sealed_hygiene_opened",)), When(category=("brushes",)))
    brush = opened(goods={"seal_broken": True, "category": "brushes"})
    decision = judge(brush, book(waives))
    assert (decision.outcome, decision.bases) == ("authorize", ("DE-WDR-355",))
    assert tried(decision, "DE-EXC-312G-3") == ("not_met", "waived")
    assert judge(opened(), book(waives)).outcome == "refuse"


def test_a_shop_uses_only_the_bars_that_it_switched_on() -> None:
    decision = judge(opened(), book(bars=("customised",)))
    assert decision.outcome == "authorize"
    assert tried(decision, "DE-EXC-312G-3") == ("not_met", "not_used")


@pytest.mark.parametrize("reason", [Reason.DEFECT, Reason.DAMAGED, Reason.WRONG_ITEM, Reason.NOT_AS_DESCRIBED])
def test_no_bar_touches_faulty_goods(reason: Reason) -> None:
    decision = judge(opened(reason=reason))
    assert decision.outcome == "authorize"
    assert {line.reason for line in decision.trace if line.source == "bar"} == {"no_bar_here"}


def test_an_answer_only_matters_to_the_bar_that_asks_it() -> None:
    assert judge(facts("DE", goods={"seal_broken": True})).outcome == "authorize"


def test_every_bar_recognizes_some_goods() -> None:
    assert all(bar.traits or bar.conditions or bar.answer for bar in BARS.values())
