"""Reasoning over conditions: what is said to be impossible never happens, and what is said to follow always does."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.policies import reasoning, witness
from homeward.policies.conditions import When, compile_when
from homeward.policies.facts import Condition, Fault, Reason
from homeward.policies.rulebook import standard
from homeward.policies.specimens import Given

IMPOSSIBLE = [
    (When(country=("DE",), not_country=("DE", "FR")), "country"),
    (When(claims_fault=False, reason=(Reason.DAMAGED, Reason.DEFECT)), "reason"),
    (When(claims_fault=False, condition=(Condition.FAULTY,)), "condition"),
    (When(trait=("digital",), not_trait=("digital",)), "trait"),
    (When(value_at_least={"EUR": 5000}, value_at_most={"EUR": 4000}), "value_at_least"),
    (When(value_at_least={"EUR": 5000}, value_at_most={"GBP": 9000}), "value_at_least"),
    (When(returns_at_least=5, returns_at_most=2), "returns_at_least"),
    (When(return_rate_at_least=10, returns_at_most=0), "return_rate_at_least"),
    (When(season=("11-01", "12-24"), ordered_from=date(2026, 3, 1), ordered_to=date(2026, 4, 1)), "season"),
    (When(country=("DE",), none_of=(When(country=("DE", "FR")),)), "none_of"),
    (When(country=("DE",), any_of=(When(country=("FR",)), When(not_country=("DE",)))), "any_of"),
]  # fmt: skip
POSSIBLE = [
    When(), When(season=("12-20", "01-10"), ordered_from=date(2026, 1, 1), ordered_to=date(2026, 1, 5)),
    When(claims_fault=True, reason=(Reason.FIT,)), When(value_at_least={"EUR": 1, "GBP": 1}, value_at_most={"GBP": 5}),
    When(country=("DE", "FR"), not_country=("DE",)), When(any_of=(When(country=("FR",)), When(delivered=False))),
]  # fmt: skip


@pytest.mark.parametrize(("when", "name"), IMPOSSIBLE)
def test_conditions_that_exclude_each_other_are_named(when: When, name: str) -> None:
    assert name in reasoning.clash(when)
    assert witness.find(when) is None


@pytest.mark.parametrize("when", POSSIBLE)
def test_conditions_that_can_hold_have_a_witness(when: When) -> None:
    assert reasoning.clash(when) == ()
    assert witness.find(when) is not None


def test_every_clause_of_the_standard_rulebook_has_a_witness() -> None:
    for clause in standard().clauses:
        given_ = witness.find(clause.when)
        assert given_ is not None, clause.ref
        assert holds(clause.when, given_)


@pytest.mark.parametrize(
    ("premise", "then"),
    [
        (When(country=("DE",)), When(country=("DE", "FR"))),
        (When(reason=(Reason.DAMAGED,)), When(claims_fault=True)),
        (When(value_at_most={"EUR": 1000}), When(value_at_most={"EUR": 2500, "GBP": 1})),
        (When(season=("12-01", "12-10")), When(season=("11-01", "12-24"))),
        (When(trait=("digital",)), When(trait=("digital", "service"))),
        (When(claims_fault=False), When(none_of=(When(reason=(Reason.LATE,)),))),
        (When(days_since_delivery_at_most=10), When(days_since_delivery_at_most=14)),
    ],
)
def test_what_follows_is_seen_and_not_the_other_way_round(premise: When, then: When) -> None:
    assert reasoning.implies((premise,), then)
    assert not reasoning.implies((then,), premise) or premise == then


def holds(when: When, case: Given) -> bool:
    situation = witness.situation_of(case)
    return all(test(situation) for _, test in compile_when(when))


# Laws, over conditions and cases drawn at random from a small world.

COUNTRIES, NAMES = st.sampled_from(["DE", "FR", "GB", "JP"]), st.sampled_from(["tea", "silk", "lamp"])
TRAITS = st.sampled_from(["digital", "perishable", "battery"])


def few(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=2, unique=True).map(tuple)


FLAT = {
    "country": few(COUNTRIES), "not_country": few(COUNTRIES), "category": few(NAMES), "not_category": few(NAMES),
    "trait": few(TRAITS), "not_trait": few(TRAITS), "reason": few(st.sampled_from(Reason)),
    "not_reason": few(st.sampled_from(Reason)), "fault": few(st.sampled_from(Fault)),
    "condition": few(st.sampled_from(Condition)), "claims_fault": st.none() | st.booleans(),
    "delivered": st.none() | st.booleans(), "returns_at_most": st.none() | st.integers(0, 4),
    "returns_at_least": st.none() | st.integers(0, 4),
    "value_at_most": st.dictionaries(st.sampled_from(["EUR", "GBP"]), st.integers(0, 9000), max_size=2),
    "value_at_least": st.dictionaries(st.sampled_from(["EUR", "GBP"]), st.integers(0, 9000), max_size=2),
    "season": st.none() | st.sampled_from([("11-01", "12-24"), ("06-01", "06-30"), ("12-20", "01-10")]),
}  # fmt: skip


def whens(depth: int = 1) -> st.SearchStrategy[When]:
    """Draw a condition of two or three fields, sometimes with exceptions or several cases."""
    parts = st.fixed_dictionaries({}, optional=FLAT)
    if depth:
        branches = st.lists(whens(depth - 1), max_size=2).map(tuple)
        parts = st.builds(
            lambda flat, any_of, none_of: flat | {"any_of": any_of, "none_of": none_of}, parts, branches, branches
        )
    return parts.map(lambda told: When(**told))


CASES = st.builds(
    Given, country=COUNTRIES, category=NAMES, traits=few(TRAITS), reason=st.sampled_from(Reason),
    fault=st.sampled_from(Fault), condition=st.none() | st.sampled_from(Condition), returns=st.integers(0, 5),
    delivered_days_ago=st.none() | st.integers(0, 30),
    value=st.builds(lambda currency, sum_: f"{currency} {sum_}", st.sampled_from(["EUR", "GBP"]), st.integers(0, 100)),
    asked=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(whens(), whens(), st.lists(CASES, min_size=1, max_size=12))
def test_no_case_meets_conditions_that_are_said_to_clash(one: When, other: When, cases: list[Given]) -> None:
    if reasoning.clash(one, other):
        assert not [case for case in cases if holds(one, case) and holds(other, case)]


@settings(max_examples=300, deadline=None)
@given(whens(), whens(), st.lists(CASES, min_size=1, max_size=12))
def test_what_is_said_to_follow_holds_in_every_case(one: When, other: When, cases: list[Given]) -> None:
    if reasoning.implies((one,), other):
        assert all(holds(other, case) for case in cases if holds(one, case))


@settings(max_examples=150, deadline=None)
@given(whens(), whens())
def test_a_witness_really_meets_its_conditions_and_never_denies_a_proof(one: When, other: When) -> None:
    found = witness.find(one, other)
    if found is not None:
        assert holds(one, found)
        assert holds(other, found)
        assert reasoning.clash(one, other) == ()
