"""Laws that hold for every request, book and country, searched by Hypothesis."""

from __future__ import annotations

import os
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.kernel import Money
from homeward.policies import decision as decisions
from homeward.policies import facts as fact_forms
from homeward.policies import rulebook as books
from homeward.policies.bars import BARS
from homeward.policies.decision import Outcome, Remedy, Result, Track
from homeward.policies.facts import ALL, FAULT_REASONS, TRAITS, Condition, Facts, Fault, Goods, Reason, Standing
from homeward.policies.packs import library, pack_for
from homeward.policies.rulebook import Book, Fee, ShopClause, Then, When
from homeward.policies.verdict import decide

ZONES = ["", "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Apia"]
PLACES = ["DE", "FR", "GB", "US", "CN", "JP", "AT", "ES", "BR", "KR", "AR", "IL", "XX"]
START = datetime(2026, 8, 1, tzinfo=UTC)
KINDNESS = {Outcome.REFUSE: 0, Outcome.REVIEW: 1, Outcome.AUTHORIZE: 2}

searched = settings(deadline=None, max_examples=int(os.environ.get("HOMEWARD_EXAMPLES", "60")))
maybe = st.sampled_from([None, True, False])
moments = st.integers(0, 900 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
currencies = st.sampled_from(["EUR", "USD", "JPY"])
amounts = st.dictionaries(currencies, st.integers(0, 100_000), max_size=2)
some_traits = st.frozensets(st.sampled_from(sorted(TRAITS)), max_size=3)
words = st.frozensets(st.sampled_from(["photo", "video"]), max_size=2)


@st.composite
def requests(draw: st.DrawFn) -> tuple[Facts, datetime]:
    """Draw a request, and the moment of deciding."""
    ordered = draw(moments)
    delivered = draw(st.none() | st.integers(0, 60).map(lambda days: ordered + timedelta(days=days, hours=7)))
    asked = (delivered or ordered) + timedelta(days=draw(st.integers(0, 900)), minutes=draw(st.integers(0, 1440)))
    currency = draw(currencies)
    goods = Goods(
        category=draw(st.sampled_from(["tea", "shoes", ""])), traits=draw(some_traits), seal_broken=draw(maybe),
        activated=draw(maybe), started=draw(maybe), packaging_missing=draw(maybe), danger_signs=draw(maybe),
        recalled=draw(st.sampled_from([False, False, False, True])),
    )  # fmt: skip
    facts = Facts(
        country=draw(st.sampled_from(PLACES)), subdivision=draw(st.sampled_from(["", "CA", "NY"])),
        zone=draw(st.sampled_from(ZONES)), ordered_at=ordered, delivered_at=delivered, asked_at=asked,
        promised_at=draw(st.none() | st.just(ordered + timedelta(days=9))),
        unit_value=Money(draw(st.integers(0, 200_000)), currency), quantity=draw(st.integers(1, 9)), goods=goods,
        reason=draw(st.sampled_from(Reason)), fault=draw(st.sampled_from(Fault)),
        condition=draw(st.none() | st.sampled_from(Condition)), evidence=draw(words),
        freight_estimate=draw(st.none() | st.builds(Money, st.integers(0, 5000), currencies)),
        informed_of_withdrawal=draw(maybe), return_terms_shown=draw(maybe),
        informed_at=draw(st.none() | st.just(ordered + timedelta(days=40))),
        notices_shown=draw(st.sampled_from([frozenset[str](), frozenset({ALL}), frozenset({"customised"})])),
        confirmations=draw(st.frozensets(st.sampled_from(sorted(BARS)), max_size=2)),
        repaired_under_guarantee=draw(st.booleans()),
        standing=Standing(orders=draw(st.integers(0, 20)), returns=draw(st.integers(0, 20))),
    )  # fmt: skip
    return facts, asked


whens = st.builds(
    When,
    country=st.lists(st.sampled_from(PLACES), max_size=2).map(tuple),
    not_category=st.lists(st.sampled_from(["tea", "shoes"]), max_size=1).map(tuple),
    trait=st.lists(st.sampled_from(sorted(TRAITS)), max_size=2).map(tuple),
    reason=st.lists(st.sampled_from(Reason), max_size=3).map(tuple),
    claims_fault=maybe,
    delivered=maybe,
    value_at_most=amounts,
    days_since_delivery_at_most=st.none() | st.integers(0, 900),
    season=st.none() | st.just(("11-01", "01-15")),
)
days = st.none() | st.integers(0, 800)
gifts = st.fixed_dictionaries(
    {},
    optional={
        "extend_days": days,
        "extend_until": st.sampled_from(["01-31", "02-29", "12-24"]),
        "guarantee_months": st.integers(0, 72),
        "merchant_pays_return": st.booleans(),
        "offer": st.lists(st.sampled_from(Remedy), max_size=3).map(tuple),
        "keep": st.booleans(),
        "waive": st.lists(st.sampled_from(sorted(BARS)), max_size=2).map(tuple),
        "refund_within_days": st.integers(0, 30),
        "fee": st.builds(Fee, percent=st.integers(0, 10_000), amount=amounts),
    },
)
holds = st.fixed_dictionaries(
    {},
    optional={
        "evidence": st.lists(st.sampled_from(["photo", "video"]), max_size=2, unique=True).map(tuple),
        "route": st.sampled_from(["", "agent", "supervisor"]),
    },
)


def clauses_of(effects: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[ShopClause]]:
    """Draw up to four clauses with such effects."""
    made = st.builds(
        ShopClause, ref=st.text(string.ascii_uppercase, min_size=4, max_size=8), when=whens,
        then=effects.map(lambda kinds: Then(**kinds)), text=st.just({"en": "A clause."}),
    )  # fmt: skip
    return st.lists(made, max_size=4, unique_by=lambda one: one.ref)


giving, holding = clauses_of(gifts), clauses_of(holds)


def book_of(*parts: list[ShopClause]) -> Book:
    """Build a book of the clauses that add something, renamed so that no ref stands twice."""
    clauses = [clause for part in parts for clause in part if clause.then != Then()]
    named = tuple(msgspec.structs.replace(one, ref=f"C{number}-{one.ref}") for number, one in enumerate(clauses))
    return Book(ref="drawn", version=3, name="Drawn", clauses=named)


@given(requests(), giving, giving)
@searched
def test_a_shop_can_only_add(request: tuple[Facts, datetime], some: list[ShopClause], more: list[ShopClause]) -> None:
    facts, at = request
    fewer, all_of_them = decide(facts, book_of(some), at=at), decide(facts, book_of(some, more), at=at)
    assert KINDNESS[all_of_them.outcome] >= KINDNESS[fewer.outcome]
    if fewer.deadline and all_of_them.deadline:
        assert all_of_them.deadline >= fewer.deadline
    if all_of_them.deadline is None and facts.delivered_at is not None:
        assert fewer.deadline is None
    kept = {offer.remedy for offer in all_of_them.remedies}
    assert {offer.remedy for offer in fewer.remedies if offer.source == "statute"} <= kept


@given(requests(), giving, holding)
@searched
def test_holding_clauses_never_refuse_and_never_touch_a_change_of_mind_by_law(
    request: tuple[Facts, datetime], gifts_given: list[ShopClause], held: list[ShopClause]
) -> None:
    facts, at = request
    free, bound = decide(facts, book_of(gifts_given), at=at), decide(facts, book_of(gifts_given, held), at=at)
    assert (bound.outcome == Outcome.REFUSE) == (free.outcome == Outcome.REFUSE)
    assert (bound.track, bound.deadline) == (free.track, free.deadline)
    if free.outcome == Outcome.AUTHORIZE and free.track in {Track.CHANGE_OF_MIND, Track.SAFETY}:
        assert bound.outcome == Outcome.AUTHORIZE


@given(requests(), giving, holding)
@searched
def test_a_fault_is_never_judged_as_a_change_of_mind(
    request: tuple[Facts, datetime], some: list[ShopClause], held: list[ShopClause]
) -> None:
    facts, at = request
    decision = decide(facts, book_of(some, held), at=at)
    if facts.reason in FAULT_REASONS or facts.condition == Condition.FAULTY or facts.fault in {"seller", "carrier"}:
        assert decision.track != Track.CHANGE_OF_MIND
        assert not any(line.source == "bar" and line.result == Result.CLOSED for line in decision.trace)


@given(requests(), giving, holding)
@searched
def test_a_refusal_rests_on_law_that_was_verified(
    request: tuple[Facts, datetime], some: list[ShopClause], held: list[ShopClause]
) -> None:
    facts, at = request
    decision = decide(facts, book_of(some, held), at=at)
    pack = pack_for(facts.country, facts.subdivision, on=facts.ordered_at.date())
    if decision.outcome == Outcome.REFUSE:
        assert pack.law.trust.level == "high"
        assert pack.solid | pack.solid_bars
        assert decision.bases
        assert not decision.remedies
    if pack.code == "ZZ":
        assert decision.outcome != Outcome.REFUSE


@given(requests(), giving, holding)
@searched
def test_a_decision_is_pure_and_survives_json(
    request: tuple[Facts, datetime], some: list[ShopClause], held: list[ShopClause]
) -> None:
    facts, at = request
    book = book_of(some, held)
    first = decide(facts, book, at=at)
    again = decide(fact_forms.from_json(fact_forms.to_json(facts)), books.from_data(books.to_data(book)), at=at)
    assert again == first
    assert decisions.from_json(decisions.to_json(first)) == first
    assert decisions.from_data(decisions.to_data(first)) == first
    assert decisions.to_json(again) == decisions.to_json(first)


@given(requests(), giving, holding)
@searched
def test_every_clause_of_law_and_shop_is_tried_once(
    request: tuple[Facts, datetime], some: list[ShopClause], held: list[ShopClause]
) -> None:
    facts, at = request
    book = book_of(some, held)
    decision = decide(facts, book, at=at)
    refs = [line.ref for line in decision.trace]
    assert len(refs) == len(set(refs))
    assert {clause.ref for clause in book.clauses} <= set(refs)
    bars = library().packs[decision.pack][0].law.bars
    assert {closed.ref for closed in (bars.closed.values() if bars else ())} <= set(refs)


@given(requests())
@searched
def test_asking_earlier_is_never_worse(request: tuple[Facts, datetime]) -> None:
    facts, at = request
    start = facts.delivered_at or facts.ordered_at
    sooner = msgspec.structs.replace(facts, asked_at=start + (at - start) / 2)
    if facts.reason not in {Reason.LATE, Reason.MISSING}:
        early, late = decide(sooner, books.EMPTY, at=at), decide(facts, books.EMPTY, at=at)
        assert KINDNESS[early.outcome] >= KINDNESS[late.outcome]
