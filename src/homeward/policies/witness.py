"""Witnesses: a case for which given conditions really hold, built from what they ask and then tried on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

import msgspec

from homeward.kernel import Money
from homeward.policies import specimens
from homeward.policies.conditions import When, compile_when
from homeward.policies.facts import FAULT_REASONS, Condition, Fault, Reason
from homeward.policies.packs import pack_for
from homeward.policies.reasoning import Box, box_of
from homeward.policies.situation import Situation
from homeward.policies.specimens import DAY, Given

ANYWHERE = ("DE", "FR", "GB", "US", "CN", "JP")
CURRENCIES = {"GB": "GBP", "US": "USD", "CN": "CNY", "JP": "JPY", "CH": "CHF", "CA": "CAD", "AU": "AUD"}
_MOST_TRIES = 400
_ROAD = 4
_FAULTS = (Reason.DEFECT, *sorted(FAULT_REASONS - {Reason.DEFECT}))
_LIGHT = (Reason.CHANGED_MIND, Reason.FIT, Reason.NONE_GIVEN)


def find(*whens: When, countries: Sequence[str] = ANYWHERE, fault: bool | None = None) -> Given | None:
    """Return a case for which every condition holds, in one of `countries`; None where none was found.

    `fault` asks for a case in which something is said to be wrong, or nothing. None proves nothing.
    """
    asked = (*whens, When(claims_fault=fault)) if fault is not None else whens
    tests = [test for when in asked for _, test in compile_when(when)]
    for given in islice(_candidates(asked, countries), _MOST_TRIES):
        situation = situation_of(given)
        if all(test(situation) for test in tests):
            return given
    return None


def situation_of(given: Given) -> Situation:
    """Return a case as the tests of a clause see it."""
    pack = pack_for(given.country, given.subdivision, on=given.ordered)
    return Situation(specimens.to_facts(given), pack, given.asked_at)


def _candidates(whens: Iterable[When], countries: Sequence[str]) -> Iterator[Given]:
    for parts in _unfolded(tuple(whens)):
        box = box_of(parts)
        shifts = [None, *_opposites(parts)]
        for country, reason, shift in product(_countries(box, countries), _reasons(box), shifts):
            yield msgspec.structs.replace(_case(box, country, reason), **(shift or {}))


def _unfolded(whens: tuple[When, ...]) -> Iterator[tuple[When, ...]]:
    """Give each way to choose one branch of every `any_of`."""
    groups = [when.any_of for when in whens if when.any_of]
    if not groups:
        yield whens
        return
    flat = tuple(msgspec.structs.replace(when, any_of=()) for when in whens)
    for chosen in islice(product(*groups), 16):
        yield from _unfolded((*flat, *chosen))


def _opposites(whens: Iterable[When]) -> Iterator[dict[str, Any]]:
    """Give changes to a case that may lead it out of an exception."""
    for exception in (branch for when in whens for branch in when.none_of):
        if exception.seal_broken is not None:
            yield {"seal_broken": not exception.seal_broken}
        if exception.delivered is not None:
            yield {"delivered_days_ago": None if exception.delivered else 2}
        if exception.trait:
            yield {"traits": ()}
        if exception.category:
            yield {"category": "other"}
        if exception.condition:
            yield {"condition": next(one for one in (Condition.UNOPENED, None) if one not in exception.condition)}


def _countries(box: Box, countries: Sequence[str]) -> list[str]:
    allowed, barred = box.allowed.get("country"), box.barred.get("country", frozenset())
    if allowed is None:
        found = [country for country in (*countries, *ANYWHERE) if country not in barred]
    else:
        found = [country for country in countries if country in allowed] or sorted(allowed - barred)
    return list(dict.fromkeys(found))[:3]


def _reasons(box: Box) -> list[Reason]:
    among = box.among("reason") or frozenset()
    flags = box.flags.get("claims_fault")
    order = (*_FAULTS, *_LIGHT) if flags == {True} else (*_LIGHT, *_FAULTS)
    return [reason for reason in order if reason in among][:6]


def _case(box: Box, country: str, reason: Reason) -> Given:
    """Return a case in the middle of what the conditions ask."""
    value = _value(box, country)
    returns = _returns(box)
    ordered = _ordered(box)
    delivered = box.flags.get("delivered") != {False}
    days = min(2, box.high.get("delivered", 2), box.high.get("ordered", 2))
    is_hidden = box.flags.get("claims_fault") == {True} and reason not in FAULT_REASONS  # not the reason says so
    faults = (Fault.SELLER, Fault.CARRIER) if is_hidden else (Fault.NONE, Fault.BUYER)
    fault = _first(box, "fault", (*faults, *Fault))
    states = (Condition.FAULTY, None) if is_hidden and fault not in faults else (None,)
    road = min(_ROAD, box.high.get("ordered", 99) - days)
    share = box.low.get("freight")
    return Given(
        country=country,
        asked=ordered + timedelta(days=days + road),
        ordered_days_ago=days + road,
        delivered_days_ago=days if delivered else None,
        reason=reason,
        reason_code=_first(box, "reason_code", ("",)),
        condition=_first(box, "condition", (*states, *Condition)),
        fault=fault,
        category=_first(box, "category", ("", "other")),
        channel=_first(box, "channel", ("", "web")),
        seller_country=_first(box, "seller_country", ("",)),
        tags=_shared(box, "tag"),
        traits=_shared(box, "trait"),
        evidence=_shared(box, "evidence"),
        seal_broken=next(iter(box.flags.get("seal_broken", ())), None),
        value=specimens.sum_of(value),
        freight=specimens.sum_of(Money(-(-value.minor * share // 100), value.currency)) if share is not None else None,
        returns=returns,
        orders=max(returns, 1),
    )


def _first(box: Box, name: str, usual: Sequence[Any]) -> Any:
    """Return a value that a field may have: a usual one if it may, else any."""
    among, barred = box.among(name), box.barred.get(name, frozenset())
    if among is None:
        return next((value for value in usual if value not in barred), "other")
    return next((value for value in (*usual, *sorted(among, key=str)) if value in among), usual[0])


def _shared(box: Box, name: str) -> tuple[str, ...]:
    none = box.none.get(name, frozenset())
    return tuple(sorted({min(wanted - none, default=min(wanted)) for wanted in box.some.get(name, ())}))


def _value(box: Box, country: str) -> Money:
    usual = CURRENCIES.get(country, "EUR")
    if not box.value:
        return Money(5000, usual)
    currency = usual if usual in box.value else next(iter(box.value))
    low, high = box.value[currency]
    return Money(max(low, min(5000, high if high is not None else 5000)), currency)


def _returns(box: Box) -> int:
    least = max(box.low.get("returns", 0), 1 if box.low.get("rate") else 0)
    return min(least, box.high.get("returns", least))


def _ordered(box: Box) -> date:
    """Return a day on which the order may have been placed, the usual one where it may."""
    usual = DAY - timedelta(days=2 * _ROAD)
    start = max(filter(None, (box.since, min(filter(None, (usual, box.until))))))
    days = box.days()
    if days is None:
        return start
    near = (start + timedelta(days=number) for number in range(1_500))
    return next((day for day in near if (day.month, day.day) in days), start)
