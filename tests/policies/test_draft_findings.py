"""Findings in a rulebook: impossible and idle clauses, conflicts, gaps, missing words, the floor of the law."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from homeward.policies import findings, floors, trials
from homeward.policies.conditions import When
from homeward.policies.decision import Outcome, Payer, Remedy, Track
from homeward.policies.facts import Reason
from homeward.policies.findings import ERROR, WARNING, Finding
from homeward.policies.rulebook import Fee, ShopClause, Then, standard
from homeward.policies.specimens import Example, Expected, Given
from tests.support.build_policies import book, clause

EU = ("DE", "FR")


def found(*clauses: ShopClause, countries: tuple[str, ...] = EU, **more: Any) -> list[Finding]:
    """Return what is found in a book of these clauses, without missing translations and gaps."""
    report = findings.report(book(*clauses, **more), countries)
    return [one for one in report.findings if one.code not in {"words_missing", "gap"}]


def codes(*clauses: ShopClause, **more: Any) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.code, one.refs) for one in found(*clauses, **more)]


DAYS = When(claims_fault=False)


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ([clause("A-1", Then(keep=True)), clause("A-1", Then(keep=True))], ("doubled", ("A-1",))),
        ([clause("A-1", Then())], ("adds_nothing", ("A-1",))),
        ([clause("A-1", Then(keep=True), When(trait=("tasty",)))], ("stranger", ("A-1",))),
        ([clause("A-1", Then(keep=True), When(country=("Germany",)))], ("no_country", ("A-1",))),
        ([clause("A-1", Then(extend_until="02-30"))], ("no_day", ("A-1",))),
        ([clause("A-1", Then(keep=True), When(country=("DE",), not_country=("DE",)))], ("never", ("A-1",))),
        ([clause("A-1", Then(guarantee_months=36), DAYS)], ("never", ("A-1",))),
    ],
)
def test_what_cannot_be_meant_blocks_a_review(clauses: list[ShopClause], expected: Any) -> None:
    found_ = found(*clauses)
    assert [(one.code, one.refs) for one in found_ if one.blocks] == [expected]
    assert findings.report(book(*clauses), ()).errors


def test_a_clause_without_english_words_blocks_and_one_without_others_warns() -> None:
    mute = ShopClause(ref="A-1", then=Then(keep=True), text={"de": "Behalten Sie es."})
    assert codes(mute) == [("no_english", ("A-1",))]
    report = findings.report(book(clause("A-1", Then(keep=True))), ())
    [missing] = [one for one in report.findings if one.code == "words_missing"]
    assert (missing.level, dict(missing.detail)["languages"]) == (WARNING, "zh-hans de fr ja")


def test_a_clause_that_another_covers_makes_no_difference() -> None:
    wide = clause("WIDE", Then(extend_days=60, offer=(Remedy.REFUND, Remedy.EXCHANGE)), DAYS)
    narrow = clause("NARROW", Then(extend_days=30, offer=(Remedy.REFUND,)), When(claims_fault=False, country=("DE",)))
    assert ("idle_beside", ("WIDE", "NARROW")) in codes(wide, narrow)
    assert ("idle_beside", ("WIDE", "NARROW")) in codes(narrow, wide)
    longer = clause("NARROW", Then(extend_days=90), When(claims_fault=False, country=("DE",)))
    assert not [one for one in codes(wide, longer) if one[0] == "idle_beside"]


def test_of_two_clauses_alike_only_the_later_is_idle() -> None:
    one, other = (clause(ref, Then(merchant_pays_return=True)) for ref in ("A-1", "A-2"))
    assert [line for line in codes(one, other) if line[0] == "idle_beside"] == [("idle_beside", ("A-1", "A-2"))]


@pytest.mark.parametrize(
    "then",
    [Then(fee=Fee(percent=500)), Then(waive=("perishable",)), Then(evidence=("photo",)), Then(refund_within_days=3)],
)
def test_a_clause_that_gives_something_of_its_own_is_never_idle(then: Then) -> None:
    wide = clause("WIDE", Then(extend_days=60, merchant_pays_return=True, keep=True))
    assert not [line for line in codes(wide, clause("OWN", then)) if line[0] == "idle_beside"]


def test_leaving_out_an_idle_clause_changes_no_case_of_the_grid() -> None:
    wide = clause("WIDE", Then(extend_days=60, offer=(Remedy.REFUND, Remedy.EXCHANGE)), DAYS)
    narrow = clause("NARROW", Then(extend_days=30, offer=(Remedy.REFUND,)), When(claims_fault=False, country=("DE",)))
    whole, rest = book(wide, narrow), book(wide)
    for country in EU:
        for _, given in findings.grid(whole, country):
            with_it, without = trials.try_case(given, whole), trials.try_case(given, rest)
            names = ("outcome", "track", "deadline", "freight", "remedies", "refund", "deductions", "evidence_wanted")
            assert [getattr(with_it, name) for name in names[:4]] == [getattr(without, name) for name in names[:4]]
            assert {offer.remedy for offer in with_it.remedies} == {offer.remedy for offer in without.remedies}


def test_two_routes_for_one_case_are_a_conflict_with_its_case() -> None:
    first = clause("A-HIGH", Then(route="agent"), When(value_at_least={"EUR": 50000}))
    second = clause("A-OFTEN", Then(route="supervisor"), When(returns_at_least=6, claims_fault=True))
    [conflict] = [one for one in found(first, second) if one.code == "two_routes"]
    assert (conflict.refs, conflict.level) == (("A-HIGH", "A-OFTEN"), WARNING)
    assert conflict.case is not None
    assert trials.try_case(conflict.case, book(first, second)).route == "agent", "the one that stands higher wins"
    apart = clause("A-OFTEN", Then(route="supervisor"), When(value_at_most={"EUR": 100}))
    assert not [one for one in found(first, apart) if one.code == "two_routes"]


def test_the_sooner_refund_and_the_longer_window_win() -> None:
    slow, fast = clause("SLOW", Then(refund_within_days=9)), clause("FAST", Then(refund_within_days=3))
    assert ("two_refunds", ("FAST", "SLOW")) in codes(slow, fast)
    short = clause("SHORT", Then(extend_days=20), DAYS)
    long = clause("LONG", Then(extend_days=60), When(claims_fault=False, country=("DE",)))
    assert ("two_windows", ("LONG", "SHORT")) in codes(short, long)


def test_a_window_shorter_than_the_law_is_below_the_floor_where_the_law_is_longer() -> None:
    [low] = [one for one in found(clause("A-7", Then(extend_days=7), DAYS), countries=("DE", "US")) if one.refs]
    assert (low.code, low.countries, low.level) == ("below_floor", ("DE",), WARNING)


@pytest.mark.parametrize(
    ("then", "when", "expected"),
    [
        (Then(merchant_pays_return=True), When(reason=(Reason.DAMAGED,)), ("all", "same", EU)),
        (Then(offer=(Remedy.REFUND,)), DAYS, ("all", "same", EU)),
        (Then(refund_within_days=30), DAYS, ("refund_within_days", "below", EU)),
        (Then(waive=("gambling_lottery",)), When(country=("CN",)), ("waive", "same", ("CN",))),
        (Then(guarantee_months=12), When(reason=(Reason.DEFECT,)), ("window", "below", EU)),
    ],
)
def test_what_the_law_gives_anyway_is_marked(then: Then, when: When, expected: Any) -> None:
    measured = floors.floors_of(clause("A-1", then, when), (*EU, "CN"))
    kept = [(one.effect, one.kind, tuple(code for code in one.countries if code in expected[2])) for one in measured]
    assert expected in kept


def test_more_than_the_law_is_not_marked() -> None:
    assert floors.floors_of(clause("A-60", Then(extend_days=60, merchant_pays_return=True), DAYS), EU) == []


def test_where_neither_law_nor_shop_decides_there_is_a_gap() -> None:
    report = findings.report(book(clause("A-1", Then(keep=True), DAYS)), ("DE", "ZW"))
    gaps = [one for one in report.findings if one.code == "gap"]
    assert any("ZW" in gap.countries and "changed_mind" in dict(gap.detail)["reasons"] for gap in gaps)
    for gap in gaps:
        assert gap.case is not None
        decision = trials.try_case(gap.case, book(clause("A-1", Then(keep=True), DAYS)))
        assert (decision.outcome, decision.bases) == (Outcome.REVIEW, ())


def test_the_standard_rulebook_can_be_meant_and_every_clause_can_speak() -> None:
    report = findings.report(standard(), ("DE", "FR", "GB", "US", "CN", "JP"))
    assert report.errors == ()
    assert not [one for one in report.findings if one.code in {"idle_beside", "words_missing"}]
    assert [one.level for one in report.findings] == sorted((one.level for one in report.findings), key=[
        ERROR, WARNING, "note"].index)  # fmt: skip


# Tests beside the rules.


def example(name: str = "day 20", **expected: Any) -> Example:
    return Example(name=name, given=Given(country="DE", delivered_days_ago=20), expect=Expected(**expected))


def test_a_test_is_green_when_all_comes_as_expected_and_red_with_what_differs() -> None:
    rules = book(clause("A-30", Then(extend_days=30), DAYS))
    good = example(outcome=Outcome.AUTHORIZE, track=Track.GOODWILL, payer=Payer.SHOPPER, speaks=("A-30",))
    assert trials.run(good, rules).is_green
    bad = trials.run(example(outcome=Outcome.REFUSE, remedies=(Remedy.COUPON,), speaks=("A-99",)), rules)
    assert [one.field for one in bad.differences] == ["outcome", "remedies", "speaks"]
    assert "expected refuse, found authorize" in str(bad.differences[0])


def test_a_case_kept_as_found_is_green_and_red_once_the_rule_is_gone() -> None:
    rules = book(clause("A-30", Then(extend_days=30), DAYS))
    given = Given(country="DE", delivered_days_ago=20)
    kept = Example(name="kept", given=given, expect=trials.as_found(trials.try_case(given, rules)))
    assert trials.run(kept, rules).is_green
    assert not trials.run(kept, book()).is_green
    tested = msgspec.structs.replace(rules, tests=(kept,))
    assert [trial.is_green for trial in trials.run_all(tested)] == [True]
    [red] = [one for one in findings.report(book(tests=(kept,)), ()).findings if one.code == "test_red"]
    assert dict(red.detail)["test"] == "kept"
