"""Milestones: every day with which a verdict compares the day of asking, for many rows at once.

A verdict sees days only by comparing them. Rows for which all comparisons come out alike, and all else is alike, get
the same verdict; only its dates differ, and each of them is one of these days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from homeward.policies import windows
from homeward.policies.columns import NEVER, Array, Bits, over
from homeward.policies.panel import Ground, Panel, day_number, day_of, shifted
from homeward.policies.promises import next_day
from homeward.policies.rulebook import Book, Then
from homeward.policies.statutes import NotInformed, RemedyRule

REGULAR, LATER, GUARANTEE = "regular", "later", "guarantee"


@dataclass
class Calendar:
    """The days of one ground, each worked out once."""

    ground: Ground
    known: dict[tuple[str, int, int, int], int] = field(default_factory=dict)

    def day(self, name: str, first: int, second: int = 0, third: int = 0) -> int:
        """Return the milestone `name` for these days, or NEVER where this law has none."""
        key = (name, first, second, third)
        if key not in self.known:
            found = None if first == NEVER else _LAW[name](self.ground, first, second, third)
            self.known[key] = NEVER if found is None else day_number(found)
        return self.known[key]


def _regular(ground: Ground, opened: int, _2: int, _3: int) -> date | None:
    law = ground.pack.law.withdrawal
    return None if law.days is None else windows.change_of_mind_ends(law, day_of(opened), ground.place)


def _later(ground: Ground, opened: int, informed: int, ordered: int) -> date | None:
    law = ground.pack.law.withdrawal
    if law.days is None:
        return None
    regular = windows.change_of_mind_ends(law, day_of(opened), ground.place)
    told = None if informed == NEVER else day_of(informed)
    return windows.uninformed_ends(
        law, regular, told, ground.place, opened=day_of(opened), ordered=day_of(ordered)
    )  # fmt: skip


def _kindest(ground: Ground, end: int, _2: int, _3: int) -> date | None:
    pack = ground.pack
    return windows.most_generous_end(
        pack.law.withdrawal, day_of(end), ground.place,
        first_day_sure=pack.is_solid("first_day"), rolling_sure=pack.is_solid("last_day_rolls"),
    )  # fmt: skip


def _guarantee(ground: Ground, base: int, ordered: int, repaired: int) -> date | None:
    law = ground.pack.law.guarantee
    months = windows.guarantee_months(law, day_of(ordered), repaired=bool(repaired)) if law else None
    return None if months is None else windows.months_after(months, day_of(base))


def _burden(ground: Ground, base: int, _2: int, _3: int) -> date | None:
    law = ground.pack.law.guarantee
    return windows.months_after(law.burden_months, day_of(base)) if law and law.burden_months else None


def _rejection(ground: Ground, base: int, _2: int, _3: int) -> date | None:
    law = ground.pack.law
    return (
        windows.rejection_ends(law.short_term, law.withdrawal, day_of(base), ground.place) if law.short_term else None
    )


def _counts_from_contract(rule: object) -> bool:
    return isinstance(rule, NotInformed) and rule.how == "contract"


_LAW: dict[str, Callable[[Ground, int, int, int], date | None]] = {
    "regular": _regular, "later": _later, "kindest": _kindest, "guarantee": _guarantee, "burden": _burden,
    "rejection": _rejection,
}  # fmt: skip


class Milestones:
    """The days of the law and of the books for the rows of one panel."""

    def __init__(self, panel: Panel, books: tuple[Book, ...], calendars: dict[tuple[int, str], Calendar]) -> None:
        self.panel = panel
        self._calendars = [
            calendars.setdefault((id(ground.pack), repr(ground.place)), Calendar(ground)) for ground in panel.grounds
        ]
        self.by_law = self._by_law()
        self.windows = [{clause.ref: self._ends(clause.then) for clause in book.compiled if clause.has_window}
                        for book in books]  # fmt: skip

    def _told(self, name: str, *days: Array) -> Array:
        return over(lambda ground, *told: self._calendars[ground].day(name, *told), self.panel.ground, *days)

    def _of_ground(self, tell: Callable[[Ground], int]) -> Array:
        """Return a figure of each row's law."""
        told = np.array([tell(ground) for ground in self.panel.grounds], dtype=np.int64)
        return told[self.panel.ground] if len(told) else self.panel.ground

    def _by_law(self) -> dict[str, Array]:
        panel = self.panel
        from_order = self._of_ground(lambda ground: windows.counts_from_order(ground.pack.law.withdrawal))
        opened = np.where(from_order != 0, panel.ordered_day, panel.delivered_day)
        regular = self._told("regular", opened)
        contract = self._of_ground(lambda ground: _counts_from_contract(ground.pack.law.withdrawal.not_informed))
        later = self._told("later", opened, panel.informed_day, np.where(contract != 0, panel.ordered_day, opened))
        repaired = panel.word("repaired_under_guarantee").holds(bool).astype(np.int64)
        late_days = self._of_ground(lambda ground: ground.pack.law.late.days if ground.pack.law.late else 0)
        return {
            "opened": opened,
            "regular": regular,
            "later": later,
            "kindest": self._told("kindest", regular),
            "kindest_later": self._told("kindest", later),
            "from_order": self._told("regular", panel.ordered_day),
            "guarantee": self._told(
                "guarantee", panel.base_day, np.where(repaired != 0, panel.ordered_day, panel.base_day), repaired
            ),
            "burden": self._told("burden", panel.base_day),
            "rejection": self._told("rejection", panel.base_day),
            "due": np.where(panel.promised_day != NEVER, panel.promised_day, panel.ordered_day + late_days),
        }  # fmt: skip

    def _ends(self, then: Then) -> Array:
        """Return the last day of a clause's own window, as `promises` counts it."""
        panel, candidates = self.panel, []
        if then.guarantee_months is not None:
            months = then.guarantee_months
            ends = over(lambda base: day_number(windows.months_after(months, day_of(base))), panel.base_day)
            candidates.append(np.where(panel.claims_fault, ends, NEVER))
        if then.extend_until is not None:
            until = then.extend_until
            candidates.append(panel.by_order_day(lambda day: day_number(next_day(until, day))))
        if then.extend_days is not None:
            candidates.append(shifted(panel.base_day, then.extend_days))
        ends = candidates[0]
        for other in candidates[1:]:
            ends = np.maximum(ends, other)
        return ends

    @cached_property
    def was_informed(self) -> Bits:
        """Whether the shopper was told of the right to change their mind by the day on which its window opened."""
        panel = self.panel
        told = panel.word("informed_of_withdrawal").holds(lambda answer: answer is True)
        return np.where(panel.informed_day == NEVER, told, panel.informed_day <= self.by_law["opened"])

    def of_mind(self) -> Iterator[Bits]:
        """Give every comparison of days by which the law judges a change of mind."""
        law, asked, late = self.by_law, self.panel.asked_day, ~self.was_informed
        yield self.was_informed
        yield asked <= law["regular"]
        yield asked <= law["from_order"]
        yield (asked <= law["kindest"]) & self.was_informed
        yield (asked <= law["later"]) & late
        yield (asked <= law["kindest_later"]) & late
        yield (law["later"] == NEVER) & late
        yield (law["later"] > law["regular"]) & late

    def of_fault(self) -> Iterator[Bits]:
        """Give every comparison of days by which the law judges goods that are faulty, wrong, late or unsafe."""
        law, asked = self.by_law, self.panel.asked_day
        for name in ("guarantee", "burden", "rejection"):
            yield asked <= law[name]
        yield law["guarantee"] == NEVER
        yield asked > law["due"]
        yield self.panel.delivered_day > law["due"]
        yield from self._remedy_limits()

    def of_window(self, book: int, ref: str) -> Bits | None:
        """Return whether a clause's own window is still open; None where it has none."""
        ends = self.windows[book].get(ref)
        return None if ends is None else self.panel.asked_day <= ends

    def _remedy_limits(self) -> Iterator[Bits]:
        """Give whether the goods are older than each limit that a law sets to one of its remedies."""
        limits = {
            rule.within_days
            for ground in self.panel.grounds if ground.pack.law.guarantee
            for group in ground.pack.law.guarantee.remedies
            for rule in group if isinstance(rule, RemedyRule)
        }  # fmt: skip
        for limit in sorted(limits):
            yield self.panel.asked_day - self.panel.base_day <= limit
