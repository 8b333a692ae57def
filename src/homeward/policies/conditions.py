"""When a shop's clause speaks: a small declarative language over the facts, compiled to plain tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from homeward.policies.facts import Condition, Fault, Reason
from homeward.policies.situation import Situation

Test = Callable[[Situation], bool]
MonthDay = Annotated[str, msgspec.Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Count = Annotated[int, msgspec.Meta(ge=0)]
Amounts = dict[Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")], Count]  # minor units by currency


class When(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """All that is named must hold. Lists mean "one of these"; `not_` turns a list round; amounts are minor units.

    A sum in a currency that the clause does not name is not below it and not above it either.
    """

    country: tuple[str, ...] = ()
    not_country: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    not_channel: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    not_category: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    not_tag: tuple[str, ...] = ()
    trait: tuple[str, ...] = ()
    not_trait: tuple[str, ...] = ()
    reason: tuple[Reason, ...] = ()
    not_reason: tuple[Reason, ...] = ()
    reason_code: tuple[str, ...] = ()
    fault: tuple[Fault, ...] = ()
    condition: tuple[Condition, ...] = ()
    not_condition: tuple[Condition, ...] = ()
    seller_country: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    claims_fault: bool | None = None
    delivered: bool | None = None
    seal_broken: bool | None = None
    value_at_most: Amounts = {}
    value_at_least: Amounts = {}
    days_since_delivery_at_most: Count | None = None
    days_since_order_at_most: Count | None = None
    ordered_from: date | None = None
    ordered_to: date | None = None
    season: tuple[MonthDay, MonthDay] | None = None  # ordered between two days of any year, over New Year too
    freight_share_at_least: Count | None = None  # way back as percent of what the goods fetch, else of their value
    returns_at_least: Count | None = None
    returns_at_most: Count | None = None
    return_rate_at_least: Count | None = None
    any_of: tuple[When, ...] = ()
    none_of: tuple[When, ...] = ()


def compile_when(when: When) -> tuple[tuple[str, Test], ...]:
    """Return the tests of a condition, cheapest first, each with the name of the field that it reads."""
    made = ((name, _MAKERS[name](getattr(when, name))) for name in _MAKERS if _is_set(getattr(when, name)))
    return tuple(made)


def _is_set(value: Any) -> bool:
    return value is not None and value not in ((), {})


def _among(path: str) -> Callable[[Any], Test]:
    read = attrgetter(path)

    def make(values: Any) -> Test:
        wanted = frozenset(values)
        return lambda s: read(s) in wanted

    return make


def _not_among(path: str) -> Callable[[Any], Test]:
    read = attrgetter(path)

    def make(values: Any) -> Test:
        unwanted = frozenset(values)
        return lambda s: read(s) not in unwanted

    return make


def _shares(path: str, *, wanted: bool) -> Callable[[Any], Test]:
    read = attrgetter(path)

    def make(values: Any) -> Test:
        named = frozenset(values)
        return lambda s: named.isdisjoint(read(s)) is not wanted

    return make


def _at_least(path: str) -> Callable[[Any], Test]:
    read = attrgetter(path)
    return lambda limit: lambda s: read(s) >= limit


def _at_most(path: str) -> Callable[[Any], Test]:
    read = attrgetter(path)
    return lambda limit: lambda s: read(s) <= limit


def _value_at_most(limits: dict[str, int]) -> Test:
    return lambda s: s.value <= limits.get(s.currency, -1)


def _value_at_least(limits: dict[str, int]) -> Test:
    return lambda s: s.currency in limits and s.value >= limits[s.currency]


def _season(span: tuple[str, str]) -> Test:
    (first, last) = ((int(day[:2]), int(day[3:])) for day in span)

    def test(s: Situation) -> bool:
        day = (s.ordered_day.month, s.ordered_day.day)
        return first <= day <= last if first <= last else day >= first or day <= last

    return test


def _freight_share(percent: int) -> Test:
    def test(s: Situation) -> bool:
        freight, worth = s.facts.freight_estimate, s.facts.resale_value
        fetched = worth.minor if worth and worth.currency == s.currency else s.value
        return freight is not None and freight.currency == s.currency and freight.minor * 100 >= percent * fetched

    return test


def _every(when: When) -> Test:
    tests = tuple(test for _, test in compile_when(when))
    return lambda s: all(test(s) for test in tests)


def _any_of(branches: tuple[When, ...]) -> Test:
    tests = tuple(_every(branch) for branch in branches)
    return lambda s: any(test(s) for test in tests)


def _none_of(branches: tuple[When, ...]) -> Test:
    tests = tuple(_every(branch) for branch in branches)
    return lambda s: not any(test(s) for test in tests)


_MAKERS: dict[str, Callable[[Any], Test]] = {
    "claims_fault": lambda wanted: lambda s: s.claims_fault is wanted,
    "delivered": lambda wanted: lambda s: (s.delivered_day is not None) is wanted,
    "seal_broken": lambda wanted: lambda s: s.facts.goods.seal_broken is wanted,
    "country": _among("facts.country"),
    "not_country": _not_among("facts.country"),
    "channel": _among("facts.channel"),
    "not_channel": _not_among("facts.channel"),
    "seller_country": _among("facts.seller_country"),
    "category": _among("facts.goods.category"),
    "not_category": _not_among("facts.goods.category"),
    "tag": _shares("facts.goods.tags", wanted=True),
    "not_tag": _shares("facts.goods.tags", wanted=False),
    "trait": _shares("facts.goods.traits", wanted=True),
    "not_trait": _shares("facts.goods.traits", wanted=False),
    "reason": _among("facts.reason"),
    "not_reason": _not_among("facts.reason"),
    "reason_code": _among("facts.reason_code"),
    "fault": _among("facts.fault"),
    "condition": _among("facts.condition"),
    "not_condition": _not_among("facts.condition"),
    "evidence": _shares("facts.evidence", wanted=True),
    "value_at_most": _value_at_most,
    "value_at_least": _value_at_least,
    "days_since_delivery_at_most": _at_most("age_so_far"),
    "days_since_order_at_most": _at_most("order_age"),
    "ordered_from": lambda day: lambda s: s.ordered_day >= day,
    "ordered_to": lambda day: lambda s: s.ordered_day <= day,
    "season": _season,
    "freight_share_at_least": _freight_share,
    "returns_at_least": _at_least("facts.standing.returns"),
    "returns_at_most": _at_most("facts.standing.returns"),
    "return_rate_at_least": _at_least("facts.standing.return_rate"),
    "any_of": _any_of,
    "none_of": _none_of,
}
