"""When a shop's clause speaks, over columns: the same conditions as `conditions.py`, compiled for many rows at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce
from typing import Any

import numpy as np

from homeward.policies.columns import NEVER, Array, Bits
from homeward.policies.conditions import When
from homeward.policies.panel import Panel, day_number

Screen = Callable[[Panel], Bits]


def compile_columns(when: When) -> Screen:
    """Return the test of a condition over columns; row by row it says what `compile_when` says."""
    screens = [_MAKERS[name](getattr(when, name)) for name in _MAKERS if _is_set(getattr(when, name))]
    return lambda panel: reduce(np.logical_and, (screen(panel) for screen in screens), everything(panel))


def everything(panel: Panel) -> Bits:
    """Return yes for every row."""
    return np.ones(panel.count, dtype=np.bool_)


def _is_set(value: Any) -> bool:
    return value is not None and value not in ((), {})


def _among(path: str, *, wanted: bool = True) -> Callable[[Any], Screen]:
    def make(values: Any) -> Screen:
        named = frozenset(values)
        return lambda panel: panel.word(path).holds(lambda word: (word in named) is wanted)

    return make


def _shares(path: str, *, wanted: bool) -> Callable[[Any], Screen]:
    def make(values: Any) -> Screen:
        named = frozenset(values)
        return lambda panel: panel.word(path).holds(lambda words: named.isdisjoint(words) is not wanted)

    return make


def _limits(panel: Panel, amounts: dict[str, int], other: int) -> Array:
    """Return the limit in each row's currency, or `other` where the clause does not name it."""
    currencies = panel.word("unit_value.currency")
    found: Array = np.array([amounts.get(one, other) for one in currencies.values], dtype=np.int64)[currencies.codes]
    return found


def _value_at_most(amounts: dict[str, int]) -> Screen:
    return lambda panel: panel.columns.value <= _limits(panel, amounts, -1)


def _value_at_least(amounts: dict[str, int]) -> Screen:
    def screen(panel: Panel) -> Bits:
        limits = _limits(panel, amounts, -1)
        met: Bits = (limits >= 0) & (panel.columns.value >= limits)
        return met

    return screen


def _season(span: tuple[str, str]) -> Screen:
    (first, last) = ((int(day[:2]), int(day[3:])) for day in span)

    def is_in(day: date) -> bool:
        told = (day.month, day.day)
        return first <= told <= last if first <= last else told >= first or told <= last

    return lambda panel: panel.by_order_day(is_in).astype(np.bool_)


def _freight_share(percent: int) -> Screen:
    def screen(panel: Panel) -> Bits:
        currency = panel.word("unit_value.currency")
        freight, worth = panel.number("freight_estimate.minor"), panel.number("resale_value.minor")
        is_alike = _same_words(panel, "resale_value.currency", currency.codes) & (worth != NEVER)
        fetched = np.where(is_alike, worth, panel.columns.value)
        is_known = _same_words(panel, "freight_estimate.currency", currency.codes) & (freight != NEVER)
        return is_known & (np.where(is_known, freight, 0) * 100 >= percent * fetched)

    return screen


def _same_words(panel: Panel, path: str, codes: Any) -> Bits:
    """Return where a column names the currency of the goods."""
    names = panel.word("unit_value.currency").values
    place = {name: number for number, name in enumerate(names)}
    column = panel.word(path)
    alike: Bits = np.array([place.get(word, -1) for word in column.values])[column.codes] == codes
    return alike


def _return_rate(limit: int) -> Screen:
    def screen(panel: Panel) -> Bits:
        orders, returns = panel.number("standing.orders"), panel.number("standing.returns")
        rate = np.where(orders != 0, 100 * returns // np.where(orders != 0, orders, 1), 0)
        reached: Bits = rate >= limit
        return reached

    return screen


def _any_of(branches: tuple[When, ...]) -> Screen:
    screens = [compile_columns(branch) for branch in branches]
    return lambda panel: reduce(np.logical_or, (screen(panel) for screen in screens))


def _none_of(branches: tuple[When, ...]) -> Screen:
    some = _any_of(branches)
    return lambda panel: ~some(panel)


# The same conditions, by the same names, as conditions._MAKERS; a test holds the two together.
_MAKERS: dict[str, Callable[[Any], Screen]] = {
    "claims_fault": lambda wanted: lambda panel: panel.claims_fault == wanted,
    "delivered": lambda wanted: lambda panel: panel.is_delivered == wanted,
    "seal_broken": lambda wanted: lambda panel: panel.word("goods.seal_broken").holds(lambda told: told is wanted),
    "country": _among("country"),
    "not_country": _among("country", wanted=False),
    "channel": _among("channel"),
    "not_channel": _among("channel", wanted=False),
    "seller_country": _among("seller_country"),
    "category": _among("goods.category"),
    "not_category": _among("goods.category", wanted=False),
    "tag": _shares("goods.tags", wanted=True),
    "not_tag": _shares("goods.tags", wanted=False),
    "trait": _shares("goods.traits", wanted=True),
    "not_trait": _shares("goods.traits", wanted=False),
    "reason": _among("reason"),
    "not_reason": _among("reason", wanted=False),
    "reason_code": _among("reason_code"),
    "fault": _among("fault"),
    "condition": _among("condition"),
    "not_condition": _among("condition", wanted=False),
    "evidence": _shares("evidence", wanted=True),
    "value_at_most": _value_at_most,
    "value_at_least": _value_at_least,
    "days_since_delivery_at_most": lambda limit: lambda panel: panel.age_so_far <= limit,
    "days_since_order_at_most": lambda limit: lambda panel: panel.order_age <= limit,
    "ordered_from": lambda day: lambda panel: panel.ordered_day >= day_number(day),
    "ordered_to": lambda day: lambda panel: panel.ordered_day <= day_number(day),
    "season": _season,
    "freight_share_at_least": _freight_share,
    "returns_at_least": lambda limit: lambda panel: panel.number("standing.returns") >= limit,
    "returns_at_most": lambda limit: lambda panel: panel.number("standing.returns") <= limit,
    "return_rate_at_least": _return_rate,
    "any_of": _any_of,
    "none_of": _none_of,
}
