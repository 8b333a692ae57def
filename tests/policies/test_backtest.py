"""A backtest counts what changes, for whom and at what cost, says the same however it is cut, and keeps the floor."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.kernel import Money
from homeward.policies import backtest, results
from homeward.policies.backtest import Cancelled
from homeward.policies.columns import Columns
from homeward.policies.decision import Outcome, Remedy
from homeward.policies.facts import Facts, Reason
from homeward.policies.results import Result
from homeward.policies.rulebook import EMPTY, Book, Fee, Then, When, standard
from homeward.policies.verdict import decide
from tests.policies import test_columns as columns
from tests.policies import test_laws as laws
from tests.support.build_policies import book, clause, facts

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
SHORT = book(clause("LT-30D", Then(extend_days=30, offer=(Remedy.REFUND,))))
LONG = book(clause("LT-30D", Then(extend_days=60, offer=(Remedy.REFUND,))), version=15)
DAY_40 = {"delivered": "2026-10-15 14:00", "ordered": "2026-10-12 09:00", "asked": "2026-11-24 10:00"}


def tried(cases: list[Facts], old: Book = SHORT, new: Book = LONG) -> Result:
    """Try a draft on these cases."""
    return backtest.run([Columns.of(cases)], old, new, at=AT)


def change(result: Result, kind: str) -> results.Change:
    """Return one kind of change."""
    return next(one for one in result.changes if one.kind == kind)


def test_a_longer_window_grants_what_was_refused_and_says_what_that_costs() -> None:
    late = facts(**DAY_40, unit_value=Money(4990, "EUR"), quantity=2, freight_estimate=Money(690, "EUR"))
    result = tried([late, facts()])
    assert (result.rows, result.changed) == (2, 1)
    granted = change(result, "outcome:refuse:authorize")
    assert (granted.rows, granted.better, granted.worse) == (1, 1, 0)
    assert granted.effect["granted"] == {"EUR": 9980}
    assert [(cell.old, cell.new, cell.rows) for cell in result.matrix] == [
        ("authorize", "authorize", 1), ("refuse", "authorize", 1),
    ]  # fmt: skip
    assert result.sides["old"].sums["refused"] == {"EUR": 9980}
    assert result.sides["new"].sums["granted"] == {"EUR": 9980 + 4990}
    assert granted.examples[0]["old"]["outcome"] == "refuse"
    assert granted.examples[0]["new"]["deadline"] == "2026-12-14"


def test_the_other_direction_is_told_as_a_loss_for_the_shopper() -> None:
    refused = change(tried([facts(**DAY_40)], LONG, SHORT), "outcome:authorize:refuse")
    assert (refused.rows, refused.worse, refused.effect["granted"]) == (1, 1, {"EUR": -4990})


def test_money_is_never_added_across_currencies() -> None:
    cases = [
        facts(country, **DAY_40, unit_value=Money(5000, sum_of)) for country, sum_of in (("DE", "EUR"), ("AT", "USD"))
    ]
    result = tried(cases, EMPTY, LONG)
    assert result.sides["new"].sums["granted"] == {"EUR": 5000, "USD": 5000}


def test_freight_moves_between_merchant_and_shopper_by_its_estimate() -> None:
    free = book(clause("LT-FREE", Then(merchant_pays_return=True)))
    result = tried(
        [facts(freight_estimate=Money(690, "EUR")), facts()], book(clause("LT-R", Then(route="agent"))), free
    )
    moved = change(result, "freight:shopper:merchant")
    assert (moved.rows, moved.better, moved.effect["freight"]) == (2, 2, {"EUR": 690})
    assert result.freight_known == 1


def test_goods_that_are_kept_are_counted_with_their_value() -> None:
    keep = book(clause("LT-KEEP", Then(keep=True), When(value_at_most={"EUR": 1000})))
    cheap = facts(unit_value=Money(900, "EUR"), freight_estimate=Money(690, "EUR"))
    kept = change(tried([cheap, facts()], EMPTY, keep), "way_back:send:keep")
    assert (kept.rows, kept.effect["kept"]) == (1, {"EUR": 900})


def test_a_later_last_day_is_told_although_the_answer_stays() -> None:
    result = tried([facts()])
    later = change(result, "deadline:later")
    assert result.changed == 0
    assert (later.rows, later.better) == (1, 1)
    assert change(tried([facts()], LONG, SHORT), "deadline:earlier").worse == 1


def test_movers_name_country_category_reason_channel_and_value_band() -> None:
    cases = [
        facts("FR", **DAY_40, goods={"category": "tea"}, channel="web", unit_value=Money(4990, "EUR")),
        facts("DE", goods={"category": "shoes"}, channel="app"),
    ]
    movers = tried(
        cases,
        book(clause("X-1", Then(extend_days=30))),
        book(clause("X-1", Then(extend_days=60), When(country=("FR",)))),
    ).movers
    first = movers["country"][0]
    assert (first.value, first.rows, first.changed, first.better) == ("FR", 1, 1, 1)
    assert movers["category"][0].value == "tea"
    assert movers["channel"][0].value == "web"
    assert movers["reason"][0].value == "changed_mind"
    assert movers["band"][0].value.startswith("EUR:")
    assert movers["country"][0].effect["granted"] == {"EUR": 4990}


def test_clauses_are_counted_and_those_that_never_speak_stand_with_nothing() -> None:
    quiet = book(clause("A-1", Then(keep=True), When(country=("JP",))), clause("A-2", Then(merchant_pays_return=True)))
    result = tried([facts(), facts("FR")], EMPTY, quiet)
    assert [(one.ref, one.rows) for one in result.clauses["new"]] == [("A-1", 0), ("A-2", 2)]
    assert result.clauses["old"] == []


def test_doubts_are_counted_before_and_after() -> None:
    old = book(clause("A-1", Then(extend_days=900, offer=(Remedy.REFUND,))))
    case = facts(
        delivered="2024-10-01 10:00", ordered="2024-09-28 10:00", asked="2026-11-24 10:00", reason=Reason.DEFECT
    )
    result = tried([msgspec.structs.replace(case, asked_at=case.delivered_at.replace(year=2025, month=12))], old, EMPTY)
    assert [(doubt.doubt, doubt.old, doubt.new) for doubt in result.doubts] == [("burden_on_shopper", 0, 1)]


# The floor


def test_a_clause_that_gives_less_than_the_law_is_named_although_the_law_stands() -> None:
    mean = book(
        clause("LT-7D", Then(extend_days=2, offer=(Remedy.REFUND,))), clause("LT-FEE", Then(fee=Fee(percent=1000)))
    )
    result = tried([facts(), facts()], EMPTY, mean)
    assert [(one.ref, one.rows) for one in result.floor.below] == [("LT-7D", 2), ("LT-FEE", 2)]
    assert result.floor.cut == 0


def test_a_right_that_waits_for_a_person_is_counted_with_examples() -> None:
    photo = book(clause("LT-PHOTO", Then(evidence=("photo",))))
    result = tried(
        [facts(reason=Reason.DAMAGED), facts(reason=Reason.DAMAGED, evidence=frozenset({"photo"}))], EMPTY, photo
    )
    assert (result.floor.held, result.floor.cut) == (1, 0)
    assert result.floor.held_examples[0]["new"]["outcome"] == "review"


@settings(laws.searched, max_examples=80)
@given(st.lists(columns.requests(), min_size=1, max_size=10), columns.rulebooks())
def test_no_book_cuts_a_right(cases: list[Facts], drawn: Book) -> None:
    assert tried(cases, EMPTY, drawn).floor.cut == 0


# The same, however it is counted


@settings(laws.searched, max_examples=80)
@given(st.lists(columns.requests(), min_size=1, max_size=12), columns.rulebooks(), columns.rulebooks())
def test_the_figures_are_those_of_a_plain_count(cases: list[Facts], old: Book, new: Book) -> None:
    result = tried(cases, old, new)
    pairs = Counter((decide(one, old, at=AT).outcome, decide(one, new, at=AT).outcome) for one in cases)
    assert {(cell.old, cell.new): cell.rows for cell in result.matrix} == dict(pairs)
    for (before, after), rows in pairs.items():
        if before != after:
            assert change(result, f"outcome:{before}:{after}").rows == rows
    refused: Counter[str] = Counter()
    for one in cases:
        if decide(one, new, at=AT).outcome == Outcome.REFUSE:
            refused[one.value.currency] += one.value.minor
    assert Counter(result.sides["new"].sums.get("refused", {})) == +refused


def test_chunks_make_no_difference() -> None:
    cases = [facts(ordered=f"2026-11-{day:02} 09:00", delivered=f"2026-11-{day + 2:02} 09:00", asked="2026-12-29 10:00")
             for day in range(1, 25)]  # fmt: skip
    whole, cut = tried(cases), backtest.run(backtest.parts(Columns.of(cases), 5), SHORT, LONG, at=AT)
    assert cut.matrix == whole.matrix
    assert cut.changes == whole.changes
    assert cut.movers == whole.movers


def test_processes_count_what_one_counts() -> None:
    cases = Columns.of([facts(), facts("FR", **DAY_40), facts("JP"), facts("US")] * 5)
    heard: list[int] = []
    alone = backtest.run(backtest.parts(cases, 5), SHORT, standard(), at=AT)
    shared = backtest.run(backtest.parts(cases, 5), SHORT, standard(), at=AT, workers=2, progress=heard.append)
    assert msgspec.structs.replace(shared, judged=0) == msgspec.structs.replace(alone, judged=0)
    assert heard == [5, 10, 15, 20]


def test_a_backtest_is_called_off_between_chunks() -> None:
    done: list[int] = []
    with pytest.raises(Cancelled):
        backtest.run(
            backtest.parts(Columns.of([facts()] * 10), 2), SHORT, LONG, at=AT, progress=done.append,
            cancelled=lambda: len(done) >= 2,
        )  # fmt: skip
    assert done == [2, 4]


def test_an_empty_history_finds_nothing() -> None:
    result = backtest.run([], SHORT, LONG, at=AT)
    assert (result.rows, result.changed, result.matrix) == (0, 0, [])
    assert [one.rows for one in result.clauses["new"]] == [0]


def test_a_result_comes_back_from_its_plain_data() -> None:
    result = tried([facts(**DAY_40), facts("JP")])
    assert results.from_data(result.to_data()) == result


def test_books_that_are_alike_change_nothing() -> None:
    result = tried([facts(), facts(**DAY_40)], SHORT, SHORT)
    assert (result.changed, result.changes) == (0, [])


def test_remedies_are_told_as_more_fewer_or_other() -> None:
    swap = book(clause("A-1", Then(offer=(Remedy.EXCHANGE,))))
    coupon = book(clause("A-1", Then(offer=(Remedy.COUPON,))))
    assert [tried([facts()], *pair).changes[0].kind for pair in ((EMPTY, swap), (swap, EMPTY), (swap, coupon))] == [
        "remedies:more", "remedies:fewer", "remedies:other",
    ]  # fmt: skip
