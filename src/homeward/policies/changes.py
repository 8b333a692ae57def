"""What changed from one rulebook to another: clause by clause, added, removed, moved, other words or conditions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from homeward.policies.bars import BARS
from homeward.policies.rulebook import Book, ShopClause, Then, When

ADDED, REMOVED, CHANGED, MOVED, SAME = "added", "removed", "changed", "moved", "same"


@dataclass(frozen=True, slots=True)
class Change:
    """One clause in two books. `fields` are the names that differ in "when", "then" and "text", such as "when.country".

    A clause that was changed may have been moved as well; `places` count from one, 0 where it does not stand.
    """

    ref: str
    kind: str
    is_moved: bool
    places: tuple[int, int]
    old: ShopClause | None
    new: ShopClause | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two books beside each other."""

    changes: tuple[Change, ...]
    bars_gained: tuple[str, ...]
    bars_lost: tuple[str, ...]
    countries: tuple[tuple[str, ...], tuple[str, ...]]
    names: tuple[str, str]
    tests: tuple[tuple[str, str], ...]  # name and kind of the tests that differ

    @property
    def is_same(self) -> bool:
        """Whether both say the same, tests included."""
        is_alike = self.names[0] == self.names[1] and self.countries[0] == self.countries[1]
        return is_alike and not (self.shown or self.bars_gained or self.bars_lost or self.tests)

    @property
    def shown(self) -> list[Change]:
        """The clauses that differ in any way."""
        return [change for change in self.changes if change.kind != SAME]

    def count(self, kind: str) -> int:
        """Return how many clauses came out so; those only moved count as moved."""
        return sum(change.kind == kind for change in self.changes)


def compare(old: Book, new: Book) -> Comparison:
    """Return what changed, in the order of the new book, with what is gone at its old place.

    As few clauses as can be count as moved: those outside the longest run that kept its order.
    """
    before = {clause.ref: (place, clause) for place, clause in enumerate(old.clauses, 1)}
    after = {clause.ref: (place, clause) for place, clause in enumerate(new.clauses, 1)}
    kept = _kept([before[ref][0] for ref in after if ref in before])
    changes = [_change(ref, before.get(ref), after[ref], kept) for ref in after]
    for ref, (place, clause) in before.items():
        if ref not in after:
            changes.insert(min(place - 1, len(changes)), Change(ref, REMOVED, False, (place, 0), clause, None))
    return Comparison(
        tuple(changes),
        bars_gained=tuple(key for key in BARS if key in new.used_bars - old.used_bars),
        bars_lost=tuple(key for key in BARS if key in old.used_bars - new.used_bars),
        countries=(old.sells_to, new.sells_to),
        names=(old.name, new.name),
        tests=_tests(old, new),
    )


def _change(ref: str, old: tuple[int, ShopClause] | None, new: tuple[int, ShopClause], kept: frozenset[int]) -> Change:
    place, clause = new
    if old is None:
        return Change(ref, ADDED, False, (0, place), None, clause)
    fields = _fields(old[1], clause)
    is_moved = old[0] not in kept
    kind = CHANGED if fields else MOVED if is_moved else SAME
    return Change(ref, kind, is_moved, (old[0], place), old[1], clause, fields)


def _fields(old: ShopClause, new: ShopClause) -> tuple[str, ...]:
    parts: list[tuple[str, Any, Any, Any]] = [("when", When, old.when, new.when), ("then", Then, old.then, new.then)]
    found = [
        f"{part}.{name.name}"
        for part, struct, one, other in parts
        for name in msgspec.structs.fields(struct)
        if getattr(one, name.name) != getattr(other, name.name)
    ]
    languages = dict.fromkeys((*old.text, *new.text))
    return tuple(found + [f"text.{one}" for one in languages if old.text.get(one) != new.text.get(one)])


def _kept(places: Sequence[int]) -> frozenset[int]:
    """Return the longest run of rising numbers."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, place in enumerate(places):
        spot = bisect_left(tails, place)
        before.append(ends[spot - 1] if spot else -1)
        tails[spot : spot + 1] = [place]
        ends[spot : spot + 1] = [number]
    run, number = set[int](), ends[-1] if ends else -1
    while number >= 0:
        run.add(places[number])
        number = before[number]
    return frozenset(run)


def _tests(old: Book, new: Book) -> tuple[tuple[str, str], ...]:
    before, after = ({test.name: test for test in book.tests} for book in (old, new))
    found = [(name, REMOVED) for name in before if name not in after]
    for name, test in after.items():
        if name not in before:
            found.append((name, ADDED))
        elif before[name] != test:
            found.append((name, CHANGED))
    return tuple(found)
