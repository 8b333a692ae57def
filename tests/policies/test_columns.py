"""Columns say what single cases say: the same conditions, and the same verdicts row by row."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.kernel import Money
from homeward.policies import columns, conditions, kinds, screening
from homeward.policies.bars import BARS
from homeward.policies.columns import NEVER, Coded, Columns
from homeward.policies.conditions import When, compile_when
from homeward.policies.decision import Remedy
from homeward.policies.facts import Facts, Fault, Goods, Reason, Standing
from homeward.policies.kinds import Memory
from homeward.policies.packs import library, pack_for
from homeward.policies.panel import Panel, day_number, day_of, local_days
from homeward.policies.rulebook import EMPTY, Book, Fee, ShopClause, Then, standard
from homeward.policies.screening import compile_columns
from homeward.policies.situation import Situation
from homeward.policies.statutes import RemedyRule
from homeward.policies.verdict import decide
from tests.policies import test_laws as laws
from tests.support.build_policies import book, clause, facts

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
PLACES = [code for code in library().codes if "-" not in code and code not in {"EU", "ZZ"}]


# Facts as columns


def test_facts_come_back_from_columns_as_they_went_in() -> None:
    case = facts(
        "US", subdivision="US-CA", traits=["battery"], quantity=3, freight_estimate=Money(690, "USD"),
        standing=Standing(orders=4, returns=2), fault=Fault.SELLER, promised_at=AT, evidence=frozenset({"photo"}),
        goods={"category": "tea", "seal_broken": False, "tags": frozenset({"sale"})},
    )  # fmt: skip
    bare = Facts(country="DE", ordered_at=AT, unit_value=Money(1, "EUR"))
    built = Columns.of([case, bare])
    assert (built.row(0), built.row(1)) == (case, bare)


def test_columns_fill_in_what_nobody_told() -> None:
    built = Columns.build(
        2, words={"country": Coded.same("DE", 2), "unit_value.currency": Coded.same("EUR", 2)},
        numbers={"ordered_at": np.array([0, 1]), "unit_value.minor": np.array([100, 200])},
    )  # fmt: skip
    assert built.row(1) == Facts(
        country="DE", ordered_at=datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC), unit_value=Money(200, "EUR")
    )
    assert list(built.part(1, 2).rows) == [1]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ({"country": Coded.same("DE", 1), "colour": Coded.same("red", 1)}, {"ordered_at": 0, "unit_value.minor": 0}),
        ({}, {"ordered_at": 0, "unit_value.minor": 0}),
        ({"country": Coded.same("DE", 1)}, {"ordered_at": 0}),
    ],
)
def test_columns_that_are_no_facts_are_refused(words: dict[str, Coded], numbers: dict[str, int]) -> None:
    with pytest.raises(KeyError):
        Columns.build(1, words=words, numbers={path: np.array([told]) for path, told in numbers.items()})


def test_every_fact_tells_rows_apart_or_is_named_with_what_it_is_seen_through() -> None:
    assert set(kinds.THROUGH) <= {*columns.WORDS, *columns.MOMENTS, *columns.NUMBERS}
    unnamed = {*columns.MOMENTS, *columns.NUMBERS} - set(kinds.THROUGH)
    assert not unnamed, "say in kinds.THROUGH how a verdict sees these; a moment needs a milestone"


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Apia", "Asia/Kathmandu", "Etc/GMT+12"]
)
def test_local_days_are_those_of_the_zone_through_changes_of_the_clock(zone: str) -> None:
    start = datetime(2011, 12, 20, tzinfo=UTC)
    moments = [start + timedelta(minutes=37 * number) for number in range(20_000)]
    days = local_days(np.array([columns.micros(one) for one in moments]), zone)
    assert [day_of(int(day)) for day in days] == [one.astimezone(ZoneInfo(zone)).date() for one in moments]


def test_distinct_rows_are_told_apart_beyond_what_one_number_holds() -> None:
    wide = [(np.array([0, 1, 1, 0], dtype=np.int64), 1 << 40), (np.array([5, 5, 6, 5], dtype=np.int64), 1 << 40)]
    first, inverse = columns.distinct(wide)
    assert len(first) == 3
    assert inverse[0] == inverse[3]
    assert inverse[1] != inverse[2]


# Conditions


def test_conditions_have_the_same_names_on_both_sides() -> None:
    assert set(screening._MAKERS) == set(conditions._MAKERS) == set(When.__struct_fields__)


SOME_TRAITS = ["battery", "perishable", "customised"]
lists = {
    "country": laws.PLACES, "not_country": laws.PLACES, "channel": ["web", "app"], "not_channel": ["web", ""],
    "category": ["tea", "shoes"], "not_category": ["tea"], "tag": ["sale", "new"], "not_tag": ["sale"],
    "trait": SOME_TRAITS, "not_trait": SOME_TRAITS,
    "reason": list(Reason), "not_reason": list(Reason), "reason_code": ["too_small", "other"], "fault": list(Fault),
    "condition": ["unopened", "used", "faulty"], "not_condition": ["used", "opened"], "seller_country": ["CN", "DE"],
    "evidence": ["photo", "video"],
}  # fmt: skip
flags = {name: st.sampled_from([None, None, True, False]) for name in ("claims_fault", "delivered", "seal_broken")}
counts = {
    name: st.none() | st.integers(0, most)
    for name, most in {
        "days_since_delivery_at_most": 900, "days_since_order_at_most": 900, "freight_share_at_least": 120,
        "returns_at_least": 20, "returns_at_most": 20, "return_rate_at_least": 120,
    }.items()
}  # fmt: skip
days = st.none() | st.integers(0, 900).map(lambda late: date(2026, 8, 1) + timedelta(days=late))
seasons = st.none() | st.sampled_from([("11-01", "01-15"), ("03-01", "09-30"), ("02-29", "02-29")])


@st.composite
def whens(draw: st.DrawFn, depth: int = 1) -> When:
    """Draw a condition that names one to four things of all that may be named."""
    makers: dict[str, st.SearchStrategy[Any]] = {
        name: st.lists(st.sampled_from(words), min_size=1, max_size=3).map(tuple) for name, words in lists.items()
    }
    makers |= flags | counts | {
        "value_at_most": laws.amounts, "value_at_least": laws.amounts, "ordered_from": days, "ordered_to": days,
        "season": seasons,
    }  # fmt: skip
    if depth:
        makers |= {name: st.lists(whens(depth - 1), max_size=2).map(tuple) for name in ("any_of", "none_of")}
    names = draw(st.lists(st.sampled_from(sorted(makers)), max_size=4, unique=True))
    return When(**{name: draw(makers[name]) for name in names})


@st.composite
def requests(draw: st.DrawFn) -> Facts:
    """Draw facts with all that conditions ask for."""
    case, asked = draw(laws.requests())
    goods = msgspec.structs.replace(case.goods, tags=draw(st.frozensets(st.sampled_from(["sale", "new"]))))
    return msgspec.structs.replace(
        case, goods=goods, country=draw(st.sampled_from([*laws.PLACES, *PLACES])),
        channel=draw(st.sampled_from(["", "web", "app"])), seller_country=draw(st.sampled_from(["CN", "DE", ""])),
        reason_code=draw(st.sampled_from(["", "too_small"])), asked_at=draw(st.sampled_from([asked, asked, None])),
        resale_value=draw(st.none() | st.builds(Money, st.integers(0, 5000), laws.currencies)),
        delivered_at=draw(st.sampled_from([case.delivered_at, None])),
    )  # fmt: skip


@settings(laws.searched, max_examples=150)
@given(st.lists(requests(), min_size=1, max_size=8), whens())
def test_a_condition_holds_for_the_same_rows_in_columns_and_one_by_one(cases: list[Facts], when: When) -> None:
    found = compile_columns(when)(Panel(Columns.of(cases), AT))
    tests = [test for _, test in compile_when(when)]
    for case, answer in zip(cases, found, strict=True):
        pack = pack_for(case.country, case.subdivision, on=case.ordered_at.date())
        assert all(test(Situation(case, pack, AT)) for test in tests) == answer


# Verdicts

thens = st.builds(
    Then,
    extend_days=st.none() | st.integers(0, 900),
    extend_until=st.none() | st.sampled_from(["01-31", "02-29"]),
    guarantee_months=st.none() | st.integers(0, 40),
    merchant_pays_return=st.booleans(),
    offer=st.lists(st.sampled_from(Remedy), max_size=2).map(tuple),
    keep=st.booleans(),
    waive=st.lists(st.sampled_from(sorted(BARS)), max_size=2).map(tuple),
    refund_within_days=st.none() | st.integers(0, 30),
    fee=st.none() | st.builds(Fee, percent=st.integers(0, 10_000), amount=laws.amounts),
    evidence=st.sampled_from([(), (), ("photo",)]),
    route=st.sampled_from(["", "", "", "agent"]),
)


@st.composite
def rulebooks(draw: st.DrawFn) -> Book:
    """Draw a book of a few clauses over all conditions."""
    made = [
        ShopClause(ref=f"C-{number}", when=draw(whens()), then=draw(thens), text={"en": "A clause."})
        for number in range(draw(st.integers(0, 4)))
    ]
    bars = draw(st.none() | st.lists(st.sampled_from(sorted(BARS)), max_size=5).map(tuple))
    return Book(ref="drawn", bars=bars, clauses=tuple(made))


def assert_alike(cases: list[Facts], books: tuple[Book, ...]) -> None:
    """Every row has in columns the verdict that it has alone."""
    found = kinds.sort(Columns.of(cases), Memory(books, AT))
    for number, one in enumerate(books):
        ends = found.deadline_days(number)
        for row, case in enumerate(cases):
            alone, ruled = decide(case, one, at=AT), found.ruled[found.kind[row]][number]
            end = None if ends[row] == NEVER else day_of(int(ends[row]))
            assert (ruled.outcome, ruled.track, ruled.freight, ruled.way_back, ruled.offers, ruled.bases, end) == (
                alone.outcome, alone.track, alone.freight, alone.way_back, alone.remedies, alone.bases,
                alone.deadline_day,
            )  # fmt: skip
            assert ruled.doubts == alone.doubts


@settings(laws.searched, max_examples=150)
@given(st.lists(requests(), min_size=1, max_size=12), rulebooks(), rulebooks())
def test_a_verdict_is_the_same_in_columns_and_alone(cases: list[Facts], old: Book, new: Book) -> None:
    assert_alike(cases, (old, new, EMPTY))


@settings(laws.searched, max_examples=60)
@given(requests(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=30), rulebooks())
def test_neighbors_in_time_share_a_verdict_only_when_it_is_the_same(
    case: Facts, lags: list[tuple[int, int]], drawn: Book
) -> None:
    near = [
        msgspec.structs.replace(
            case, ordered_at=case.ordered_at + timedelta(days=first),
            delivered_at=case.ordered_at + timedelta(days=first + 2),
            asked_at=case.ordered_at + timedelta(days=first + 2 + second),
        )
        for first, second in lags
    ]  # fmt: skip
    assert_alike(near, (standard(), drawn))


@pytest.mark.parametrize("code", library().codes)
def test_every_pack_is_judged_alike_around_its_limits(code: str) -> None:
    country, _, place = code.partition("-")
    law = pack_for(country, place, on=date(2026, 6, 1)).law
    limits = {0, 7, 14, 30, 31, law.withdrawal.days or 0, 365, 366, 380, 400, 730, 731, 760}
    rules = [rule for group in (law.guarantee.remedies if law.guarantee else ()) for rule in group]
    limits |= {rule.within_days for rule in rules if isinstance(rule, RemedyRule)}
    ordered = datetime(2026, 6, 1, 9, tzinfo=UTC)
    cases = [
        Facts(
            country=country, subdivision=place, ordered_at=ordered + timedelta(days=later),
            delivered_at=ordered + timedelta(days=later + 3), unit_value=Money(4990, "EUR"), reason=reason,
            asked_at=ordered + timedelta(days=later + 3 + limit + off), informed_of_withdrawal=informed,
            goods=Goods(seal_broken=None), return_terms_shown=informed,
        )
        for limit in sorted(limits) for off in (-1, 0, 1, 2) for later in (0, 4)
        for reason in (Reason.CHANGED_MIND, Reason.DEFECT) for informed in (True, None)
    ]  # fmt: skip
    assert_alike(cases, (standard(), EMPTY))


def test_many_rows_of_one_kind_are_judged_once() -> None:
    cases = [facts(ordered=f"2026-11-{day:02} 09:00", delivered=f"2026-11-{day + 3:02} 10:00",
                   asked=f"2026-11-{day + 5:02} 10:00") for day in range(2, 20)]  # fmt: skip
    memory = Memory((standard(), book(clause("LT-60D", Then(extend_days=60)))), AT)
    found = kinds.sort(Columns.of(cases), memory)
    assert len(found.ruled) < 4
    assert len(memory.ruled) == 2 * len(found.ruled)
    ends = found.deadline_days(1)
    assert [int(end) for end in ends] == [
        day_number(date(2026, 11, day + 3) + timedelta(days=60)) for day in range(2, 20)
    ]
    kinds.sort(Columns.of(cases), memory)
    assert len(memory.ruled) == 2 * len(found.ruled)
