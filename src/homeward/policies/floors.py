"""Where a clause goes below the floor of the law or adds nothing to it, country by country, found by deciding cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from homeward.policies import specimens, witness
from homeward.policies.decision import Decision, Outcome, Payer, Result
from homeward.policies.packs import Pack, pack_for
from homeward.policies.rulebook import EMPTY, Book, ShopClause, Then
from homeward.policies.specimens import Given
from homeward.policies.verdict import decide

BELOW, SAME = "below", "same"


@dataclass(frozen=True, slots=True)
class Floor:
    """One effect of a clause measured against the law: `below` it, or the `same` as it gives anyway.

    `effect` is the name of a field of `Then`, "window", or "all" where leaving the clause out would change nothing.
    `law` and `shop` are what both give: last days, days, or words; `case` is the one that was decided.
    """

    ref: str
    effect: str
    kind: str
    countries: tuple[str, ...]
    law: str
    shop: str
    case: Given


def floors_of(clause: ShopClause, countries: Sequence[str]) -> list[Floor]:
    """Return how a clause stands to the law of each country in which it may speak; countries alike together.

    What the law gives is what `decide` finds for one fresh case in the middle of the clause's conditions, for a
    shopper who was informed of everything.
    """
    found: dict[tuple[str, str, str, str], list[tuple[str, Given]]] = {}
    for country in countries:
        for given in _cases(clause, country):
            for effect, kind, law, shop in _measure(clause, given):
                found.setdefault((effect, kind, law, shop), []).append((country, given))
    return [
        Floor(clause.ref, effect, kind, tuple(dict.fromkeys(country for country, _ in cases)), law, shop, cases[0][1])
        for (effect, kind, law, shop), cases in found.items()
    ]


def _cases(clause: ShopClause, country: str) -> Iterator[Given]:
    """Give a case with nothing wrong, else one with a fault, for which the clause speaks in this country."""
    if clause.when.country and country not in clause.when.country:
        return
    for fault in (False, True):
        given = witness.find(clause.when, countries=(country,), fault=fault)
        if given is not None and given.country == country:
            yield given
            return


def _measure(clause: ShopClause, given: Given) -> Iterator[tuple[str, str, str, str]]:
    facts, at = specimens.to_facts(given), given.asked_at
    pack = pack_for(given.country, on=given.ordered)
    law = decide(facts, EMPTY, at=at, pack=pack)
    if clause.then.waive and not _has_bar(clause.then.waive, pack):
        yield "waive", SAME, "", ""
    if law.outcome == Outcome.REFUSE:
        return
    shop = decide(facts, Book(ref="one", clauses=(clause,)), at=at, pack=pack)
    yield from _window(clause, law, shop)
    then = clause.then
    if _is_gift(then) and _promises(law) == _promises(shop):
        yield "all", SAME, "", ""
        return
    if law.outcome != Outcome.AUTHORIZE:
        return
    if then.merchant_pays_return and law.freight == Payer.MERCHANT:
        yield "merchant_pays_return", SAME, "", ""
    due = law.refund.law
    if then.refund_within_days is not None and due and due.days <= then.refund_within_days:
        kind = BELOW if due.days < then.refund_within_days else SAME
        yield "refund_within_days", kind, str(due.days), str(then.refund_within_days)
    lawful = {offer.remedy for offer in law.remedies if offer.tier == 1}
    if then.offer and lawful.issuperset(then.offer):
        yield "offer", SAME, "", ""


def _is_gift(then: Then) -> bool:
    """Whether a clause only gives, in ways that one fresh case can show."""
    if then.waive or then.route or then.evidence or then.fee:
        return False
    return bool(then.offer or then.keep or then.merchant_pays_return) or then.refund_within_days is None


def _window(clause: ShopClause, law: Decision, shop: Decision) -> Iterator[tuple[str, str, str, str]]:
    line = shop.tried(clause.ref)
    if law.law_deadline is None or line is None or line.result != Result.GRANTED or "last_day" not in line.detail:
        return
    end, lawful = date.fromisoformat(str(line.detail["last_day"])), law.deadline_day
    if lawful is not None and end <= lawful:
        yield "window", BELOW if end < lawful else SAME, lawful.isoformat(), end.isoformat()


def _has_bar(waived: tuple[str, ...], pack: Pack) -> bool:
    return pack.law.bars is not None and not pack.law.bars.closed.keys().isdisjoint(waived)


def _promises(decision: Decision) -> tuple[object, ...]:
    return (
        decision.outcome, decision.deadline_day, decision.freight, decision.way_back, decision.deductions,
        decision.evidence_wanted, decision.route, decision.refund.promise,
        frozenset((offer.remedy, offer.tier) for offer in decision.remedies),
    )  # fmt: skip
