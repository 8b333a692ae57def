"""How many verdicts a core gives in a second: a mixed day of requests, the German pack, a rulebook of 25 clauses."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from homeward.kernel import Money
from homeward.policies import decision
from homeward.policies.decision import Outcome, Remedy
from homeward.policies.facts import ALL, Condition, Facts, Goods, Reason, Standing
from homeward.policies.packs import Pack, pack_for
from homeward.policies.rulebook import Book, ShopClause, Then, When, check, standard
from homeward.policies.verdict import decide

_MORNING = datetime(2026, 11, 23, 7, tzinfo=UTC)
_TRAITS = (
    frozenset[str](), frozenset({"sealed_hygiene"}), frozenset({"battery"}), frozenset({"customised"}),
    frozenset[str](), frozenset({"perishable"}), frozenset[str](), frozenset[str](),
)  # fmt: skip
_REASONS = (Reason.CHANGED_MIND, Reason.FIT, Reason.DEFECT, Reason.DAMAGED, Reason.NONE_GIVEN, Reason.WRONG_ITEM)


def book_of(clauses: int) -> Book:
    """Return the standard rulebook, grown to so many clauses by windows and offers per category and country."""
    more = tuple(
        ShopClause(
            ref=f"B-{number}",
            when=When(category=(f"category-{number % 7}",), country=("DE", "AT", "CH"), not_trait=("perishable",)),
            then=Then(extend_days=30 + number) if number % 2 else Then(offer=(Remedy.COUPON,)),
            text={"en": f"Clause {number} of the bench."},
        )
        for number in range(clauses - len(standard().clauses))
    )
    return check(Book(ref="bench", version=1, name="Bench", clauses=(*standard().clauses, *more)))


def requests(count: int) -> list[Facts]:
    """Return a day of requests: early and late, with and without notice, faulty and merely unwanted."""
    return [_request(number) for number in range(count)]


def _request(number: int) -> Facts:
    delivered = _MORNING - timedelta(days=number % 45, minutes=number % 977)
    return Facts(
        country="DE",
        zone="Europe/Berlin",
        ordered_at=delivered - timedelta(days=3 + number % 5),
        delivered_at=delivered,
        unit_value=Money(990 + 37 * (number % 800), "EUR"),
        quantity=1 + number % 3,
        goods=Goods(
            category=f"category-{number % 11}",
            traits=_TRAITS[number % len(_TRAITS)],
            seal_broken=number % 16 == 1,
            danger_signs=False,
        ),
        reason=_REASONS[number % len(_REASONS)],
        condition=Condition.OPENED if number % 4 else Condition.UNOPENED,
        evidence=frozenset({"photo"}) if number % 3 else frozenset(),
        freight_estimate=Money(690, "EUR"),
        informed_of_withdrawal=number % 9 != 0,
        notices_shown=frozenset({ALL}) if number % 5 else frozenset(),
        return_terms_shown=True,
        standing=Standing(orders=number % 12, returns=number % 4),
    )


def measure(seconds: float = 3.0, clauses: int = 25) -> dict[str, Any]:
    """Decide for about so many seconds of one core and return the rates, for `homeward bench decide`."""
    pack, book, day = pack_for("DE", on=date(2026, 11, 1)), book_of(clauses), requests(5_000)
    outcomes = {outcome.value: 0 for outcome in Outcome}
    lines = 0
    for facts in day:  # warm up, and count what the day brings
        found = decide(facts, book, at=_MORNING, pack=pack)
        outcomes[found.outcome.value] += 1
        lines += len(found.trace)
    decided, spent = _time(day, book, pack, seconds)
    encoded = _time_encoding([decide(facts, book, at=_MORNING, pack=pack) for facts in day[:1_000]])
    return {
        "bench": "decide",
        "pack": f"{pack.code} {pack.version}",
        "clauses": clauses,
        "decisions": decided,
        "cpu_seconds": round(spent, 3),
        "decisions_per_second": round(decided / spent),
        "microseconds_per_decision": round(1e6 * spent / decided, 1),
        "clauses_tried_per_decision": round(lines / len(day), 1),
        "json_microseconds": round(encoded, 1),
        "outcomes": outcomes,
    }


def _time(day: list[Facts], book: Book, pack: Pack, seconds: float) -> tuple[int, float]:
    decided, began = 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        for facts in day:
            decide(facts, book, at=_MORNING, pack=pack)
        decided += len(day)
    return decided, spent


def _time_encoding(decisions: list[decision.Decision]) -> float:
    began = time.process_time()
    for found in decisions:
        decision.to_json(found)
    return 1e6 * (time.process_time() - began) / len(decisions)
