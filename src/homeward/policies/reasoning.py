"""What follows from conditions alone, for all facts at once: which can never hold, and which hold whenever others do.

Everything said here is proven. Where nothing can be proven, nothing is said: an empty clash is no proof that there are
facts for which all conditions hold (see `witness.py`), and `implies` may answer False for what does follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec

from homeward.policies.conditions import When
from homeward.policies.facts import FAULT_REASONS, Condition, Fault, Reason

ONE = ("country", "channel", "category", "reason", "reason_code", "fault", "condition", "seller_country")
MANY = ("tag", "trait", "evidence")
FLAGS = ("claims_fault", "delivered", "seal_broken")
LOW = {"returns": "returns_at_least", "rate": "return_rate_at_least", "freight": "freight_share_at_least"}
HIGH = {
    "returns": "returns_at_most", "delivered": "days_since_delivery_at_most", "ordered": "days_since_order_at_most",
}  # fmt: skip
_DOMAINS: dict[str, frozenset[Any]] = {
    "reason": frozenset(Reason), "fault": frozenset(Fault), "condition": frozenset({None, *Condition}),
}  # fmt: skip
_FAULTLESS = {
    "reason": frozenset(Reason) - FAULT_REASONS, "fault": frozenset({Fault.BUYER, Fault.NONE}),
    "condition": frozenset({None, *Condition}) - {Condition.FAULTY},
}  # fmt: skip
_LEAP = 2028
Names = tuple[str, ...]
MonthDays = frozenset[tuple[int, int]]


@dataclass
class Box:
    """All that several conditions ask of one fact after another, without their branches."""

    allowed: dict[str, frozenset[Any]] = field(default_factory=dict)
    barred: dict[str, frozenset[Any]] = field(default_factory=dict)
    some: dict[str, list[frozenset[str]]] = field(default_factory=dict)  # must share with each of these
    none: dict[str, frozenset[str]] = field(default_factory=dict)  # must share with none
    flags: dict[str, set[bool]] = field(default_factory=dict)
    low: dict[str, int] = field(default_factory=dict)
    high: dict[str, int] = field(default_factory=dict)
    value: dict[str, tuple[int, int | None]] | None = None  # by currency; None: whatever it costs
    since: date | None = None
    until: date | None = None
    season: MonthDays | None = None

    def among(self, name: str) -> frozenset[Any] | None:
        """Return the values that a field may have, or None where only some are barred."""
        found = self.allowed.get(name, _DOMAINS.get(name))
        if name in _FAULTLESS and self.flags.get("claims_fault") == {False}:
            found = (found if found is not None else _DOMAINS[name]) & _FAULTLESS[name]
        return None if found is None else found - self.barred.get(name, frozenset())

    def days(self) -> MonthDays | None:
        """Return the days of the year on which one may have ordered; None for all."""
        if self.since and self.until and (self.until - self.since).days < 365:
            span = (self.until - self.since).days + 1
            ordered = frozenset(_month_day(self.since + timedelta(days=number)) for number in range(span))
            return ordered if self.season is None else ordered & self.season
        return self.season


def _month_day(day: date) -> tuple[int, int]:
    return day.month, day.day


def season_days(season: tuple[str, str]) -> MonthDays:
    """Return the days of the year in a season, over New Year too."""
    first, last = ((int(day[:2]), int(day[3:])) for day in season)
    year = [_month_day(date(_LEAP, 1, 1) + timedelta(days=number)) for number in range(366)]
    inside = (lambda day: first <= day <= last) if first <= last else (lambda day: day >= first or day <= last)
    return frozenset(filter(inside, year))


def box_of(whens: Iterable[When]) -> Box:
    """Return all that the conditions ask together, without their branches."""
    box = Box()
    for when in whens:
        for name in ONE:
            if wanted := frozenset(getattr(when, name)):
                box.allowed[name] = box.allowed.get(name, wanted) & wanted
            box.barred[name] = box.barred.get(name, frozenset()) | frozenset(getattr(when, f"not_{name}", ()))
        for name in MANY:
            if wanted := frozenset(getattr(when, name)):
                box.some.setdefault(name, []).append(wanted)
            box.none[name] = box.none.get(name, frozenset()) | frozenset(getattr(when, f"not_{name}", ()))
        for name in FLAGS:
            if (flag := getattr(when, name)) is not None:
                box.flags.setdefault(name, set()).add(flag)
        _add_figures(box, when)
    return box


def _add_figures(box: Box, when: When) -> None:
    for name, source in LOW.items():
        if (limit := getattr(when, source)) is not None:
            box.low[name] = max(limit, box.low.get(name, limit))
    for name, source in HIGH.items():
        if (limit := getattr(when, source)) is not None:
            box.high[name] = min(limit, box.high.get(name, limit))
    for limits, is_most in ((when.value_at_most, True), (when.value_at_least, False)):
        if limits:
            known = box.value if box.value is not None else dict.fromkeys(limits, (0, None))
            box.value = {
                currency: _narrowed(known[currency], limits[currency], is_most=is_most)
                for currency in known
                if currency in limits
            }
    box.since = max(filter(None, (box.since, when.ordered_from)), default=None)
    box.until = min(filter(None, (box.until, when.ordered_to)), default=None)
    if when.season:
        inside = season_days(when.season)
        box.season = inside if box.season is None else box.season & inside


def _narrowed(span: tuple[int, int | None], limit: int, *, is_most: bool) -> tuple[int, int | None]:
    low, high = span
    if is_most:
        return low, limit if high is None else min(high, limit)
    return max(low, limit), high


def clash(*whens: When) -> Names:
    """Return the names of the conditions that can never hold together, for any facts; none where that is not proven."""
    box = box_of(whens)
    if found := next(_flat_clashes(box), ()):
        return found
    flat = tuple(_flat(when) for when in whens)
    for when in whens:
        if when.any_of and all(clash(*flat, branch) for branch in when.any_of):
            return ("any_of",)
        if any(implies(whens, branch) for branch in when.none_of):
            return ("none_of",)
    return ()


def _flat(when: When) -> When:
    return msgspec.structs.replace(when, any_of=(), none_of=()) if when.any_of or when.none_of else when


def _flat_clashes(box: Box) -> Iterator[Names]:
    """Give the fields of which nothing is left."""
    for name in ONE:
        if box.among(name) == frozenset():
            is_faultless = name in _FAULTLESS and box.flags.get("claims_fault") == {False}
            yield (name, "claims_fault") if is_faultless else (name,)
    for name in MANY:
        if any(wanted <= box.none.get(name, frozenset()) for wanted in box.some.get(name, ())):
            yield (name, f"not_{name}")
    for name, flags in box.flags.items():
        if len(flags) > 1:
            yield (name,)
    if box.value is not None and all(high is not None and low > high for low, high in box.value.values()):
        yield ("value_at_least", "value_at_most")
    if "returns" in box.high and box.low.get("returns", 0) > box.high["returns"]:
        yield ("returns_at_least", "returns_at_most")
    if box.high.get("returns") == 0 and box.low.get("rate", 0) > 0:
        yield ("return_rate_at_least", "returns_at_most")
    if box.since and box.until and box.since > box.until:
        yield ("ordered_from", "ordered_to")
    elif box.days() == frozenset():
        yield ("season", "ordered_from")


def implies(premises: Iterable[When], then: When) -> bool:
    """Whether `then` holds for all facts for which every premise holds; False where that is not proven."""
    given = tuple(premises)
    box = box_of(given)
    return (
        all(_implies_one(box, then, name) for name in ONE)
        and all(_implies_many(box, then, name) for name in MANY)
        and all(_implies_flag(box, getattr(then, name), name) for name in FLAGS)
        and _implies_figures(box, then)
        and (not then.any_of or any(implies(given, branch) for branch in then.any_of))
        and all(clash(*given, branch) for branch in then.none_of)
    )


def _implies_one(box: Box, then: When, name: str) -> bool:
    wanted, unwanted = frozenset(getattr(then, name)), frozenset(getattr(then, f"not_{name}", ()))
    found = box.among(name)
    if wanted and (found is None or not found <= wanted):
        return False
    return unwanted <= box.barred.get(name, frozenset()) or (found is not None and found.isdisjoint(unwanted))


def _implies_many(box: Box, then: When, name: str) -> bool:
    wanted, unwanted = frozenset(getattr(then, name)), frozenset(getattr(then, f"not_{name}", ()))
    is_shared = not wanted or any(some <= wanted for some in box.some.get(name, ()))
    return is_shared and unwanted <= box.none.get(name, frozenset())


def _implies_flag(box: Box, wanted: bool | None, name: str) -> bool:
    if wanted is None or box.flags.get(name) == {wanted}:
        return True
    reasons = box.among("reason")
    return name == "claims_fault" and wanted and reasons is not None and reasons <= FAULT_REASONS


def _implies_figures(box: Box, then: When) -> bool:
    lows = ((name, getattr(then, source)) for name, source in LOW.items())
    highs = ((name, getattr(then, source)) for name, source in HIGH.items())
    days = box.days()
    return (
        all(not limit or box.low.get(name, 0) >= limit for name, limit in lows)
        and all(limit is None or (name in box.high and box.high[name] <= limit) for name, limit in highs)
        and _implies_value(box, then)
        and (then.ordered_from is None or (box.since is not None and box.since >= then.ordered_from))
        and (then.ordered_to is None or (box.until is not None and box.until <= then.ordered_to))
        and (then.season is None or (days is not None and days <= season_days(then.season)))
    )


def _implies_value(box: Box, then: When) -> bool:
    if not then.value_at_most and not then.value_at_least:
        return True
    if box.value is None:
        return False
    for currency, (low, high) in box.value.items():
        if then.value_at_most and (high is None or high > then.value_at_most.get(currency, -1)):
            return False
        if then.value_at_least and low < then.value_at_least.get(currency, low + 1):
            return False
    return True
