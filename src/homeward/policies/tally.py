"""The tally of a backtest: what two books say to the same rows, counted and summed, ready to be added to others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.policies.columns import NEVER, Array, Bits, Coded, Columns
from homeward.policies.decision import Outcome, Payer, Remedy, Source, WayBack
from homeward.policies.kinds import Ruled, Sorted
from homeward.policies.panel import day_of

OLD, NEW, LAW = 0, 1, 2  # the books of a backtest: what holds, what is tried, and no rulebook at all
SIDES = ("old", "new")
MOST_EXAMPLES = 4
FACETS = {
    "country": "country", "category": "goods.category", "reason": "reason", "channel": "channel",
}  # fmt: skip
BAND = "band"
CUT, HELD = "floor:cut", "floor:held"
_OUTCOMES = tuple(Outcome)
_RANK = {Outcome.REFUSE: 0, Outcome.REVIEW: 1, Outcome.AUTHORIZE: 2}
_STEPS = np.array([step * 10**power for power in range(14) for step in (1, 2, 5)], dtype=np.int64)
_FEW = 1 << 20  # so many sums are counted without sorting
_WAYS_TO_KEEP = frozenset({WayBack.KEEP, WayBack.NOTHING})

Key = tuple[Any, ...]
Codes = tuple[NDArray[Any], Sequence[Any]]


@dataclass
class Tally:
    """Counts and sums by what they count, and examples by what they show, each with its place in the history."""

    sums: Counter[Key] = field(default_factory=Counter)
    examples: dict[str, list[tuple[int, int, dict[str, Any]]]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Count another part of the history in."""
        for key, count in other.sums.items():
            self.sums[key] += count
        for kind, shown in other.examples.items():
            known = [*self.examples.get(kind, ()), *shown]
            self.examples[kind] = sorted(known, key=lambda one: one[:2])[:MOST_EXAMPLES]

    def count(self, word: str, *by: Codes, where: Bits | None = None, sums: Array | None = None) -> None:
        """Count rows, or sum a figure, by columns of codes with their labels; only rows of `where`."""
        rows = np.flatnonzero(where) if where is not None else None
        size, ids = 1, np.zeros(len(by[0][0]) if rows is None else len(rows), dtype=np.int64)
        for codes, labels in by:
            size *= max(1, len(labels))
            ids = ids * len(labels) + (codes if rows is None else codes[rows])
        names: Array = np.arange(size)
        if size > _FEW:
            names, ids = np.unique(ids, return_inverse=True)
        weights = None if sums is None else (sums if rows is None else sums[rows]).astype(np.float64)
        found = np.bincount(ids, weights=weights, minlength=0)
        for place in np.flatnonzero(found):
            self.sums[(word, *_labels(int(names[place]), by))] += round(float(found[place]))


def _labels(code: int, by: Sequence[Codes]) -> list[Any]:
    found = []
    for _, labels in reversed(by):
        code, place = divmod(code, len(labels))
        found.append(labels[place])
    return found[::-1]


def change_of(old: Ruled, new: Ruled) -> tuple[str, int]:
    """Return how a verdict changes, as a word, and for whom it is better: 1 the shopper, -1 the merchant, 0 unclear."""
    if old.outcome != new.outcome:
        better = _RANK[new.outcome] > _RANK[old.outcome]
        return f"outcome:{old.outcome}:{new.outcome}", 1 if better else -1
    if old.outcome == Outcome.REFUSE:
        return "", 0
    if old.way_back != new.way_back:
        better = new.way_back in _WAYS_TO_KEEP
        return f"way_back:{old.way_back}:{new.way_back}", 1 if better else -1
    if old.freight != new.freight:
        return f"freight:{old.freight}:{new.freight}", -1 if new.freight == Payer.SHOPPER else 1
    return _change_of_remedy(old, new)


def _change_of_remedy(old: Ruled, new: Ruled) -> tuple[str, int]:
    before, after = ({(offer.remedy, offer.tier) for offer in one.offers} for one in (old, new))
    if before != after:
        if before < after:
            return "remedies:more", 1
        return ("remedies:fewer", -1) if after < before else ("remedies:other", 0)
    if old.refund_days != new.refund_days and min(old.refund_days, new.refund_days) >= 0:
        return ("refund:sooner", 1) if new.refund_days < old.refund_days else ("refund:later", -1)
    return "", 0


def tally(columns: Columns, found: Sorted, number: int) -> Tally:
    """Count what the books say to the rows of one part of the history; `number` is the part's place."""
    return _Counting(columns, found, number).all()


class _Counting:
    """One part of the history while it is counted."""

    def __init__(self, columns: Columns, found: Sorted, number: int) -> None:
        self.columns, self.found, self.number, self.made = columns, found, number, Tally()
        self.value = columns.value
        self.currency = _codes(columns.words["unit_value.currency"])
        freight = columns.numbers["freight_estimate.minor"]
        self.is_freight_known = freight != NEVER
        self.freight = np.where(self.is_freight_known, freight, 0)
        self.freight_currency = _codes(columns.words["freight_estimate.currency"])
        self.outcomes = [self.of_kind(lambda one: _OUTCOMES.index(one.outcome), side) for side in (OLD, NEW, LAW)]
        self.ends = [found.deadline_days(side) for side in (OLD, NEW, LAW)]

    def of_kind(self, tell: Any, side: int) -> Array:
        """Return what is told of each row's ruling under a book."""
        told: Array = np.array([tell(kind[side]) for kind in self.found.ruled], dtype=np.int64)[self.found.kind]
        return told

    def same(self, *labels: str) -> list[Codes]:
        """Return columns that say the same everywhere."""
        return [(np.zeros(self.columns.count, dtype=np.int64), (label,)) for label in labels]

    def all(self) -> Tally:
        """Count everything."""
        self.made.sums[("rows",)] = self.columns.count
        self.made.sums[("freight_known",)] = int(self.is_freight_known.sum())
        sides = [self.side(side) for side in (OLD, NEW)]
        self.matrix()
        self.changes(sides)
        self.floor()
        for side in (OLD, NEW):
            self.words(side)
        return self.made

    def matrix(self) -> None:
        """Count the outcomes before and after."""
        both = [(outcomes, _OUTCOMES) for outcomes in self.outcomes[:2]]
        self.made.count("outcome", *both)
        self.made.count("outcome_value", *both, self.currency, sums=self.value)

    def side(self, side: int) -> tuple[Array, Array, Array]:
        """Sum what a book costs; return per row the refund granted, the freight of the merchant, and the goods kept."""
        name, outcome = SIDES[side], self.outcomes[side]
        is_yes = outcome == _OUTCOMES.index(Outcome.AUTHORIZE)
        pays = self.of_kind(_refunds, side).astype(np.bool_) & is_yes
        sends = self.of_kind(lambda one: one.way_back == WayBack.SEND, side).astype(np.bool_) & is_yes
        is_ours = self.of_kind(lambda one: one.freight == Payer.MERCHANT, side).astype(np.bool_)
        keeps = self.of_kind(lambda one: one.way_back == WayBack.KEEP, side).astype(np.bool_) & is_yes
        for measure, where, sums, currency in (
            ("granted", pays, self.value, self.currency),
            ("refused", outcome == _OUTCOMES.index(Outcome.REFUSE), self.value, self.currency),
            ("waiting", outcome == _OUTCOMES.index(Outcome.REVIEW), self.value, self.currency),
            ("kept", keeps, self.value, self.currency),
            ("freight", sends & is_ours, self.freight, self.freight_currency),
            ("freight_shopper", sends & ~is_ours, self.freight, self.freight_currency),
        ):
            self.made.sums[("side_rows", name, measure)] += int(where.sum())
            self.made.count("side", *self.same(name, measure), currency, where=where, sums=sums)
        return self.value * pays, self.freight * (sends & is_ours), self.value * keeps

    def changes(self, sides: Sequence[tuple[Array, Array, Array]]) -> None:
        """Count what changes, what that costs or saves, and for whom."""
        told = [change_of(kind[OLD], kind[NEW]) for kind in self.found.ruled]
        names = Coded.of(["", "deadline:later", "deadline:earlier", *(name for name, _ in told)])
        codes = names.codes[3:][self.found.kind].astype(np.int64)
        better = np.array([way for _, way in told], dtype=np.int64)[self.found.kind]
        moved = self.moved() * (codes == 0)
        is_answer = codes != 0  # what is decided, and not only until when one may ask
        codes = np.where(moved != 0, np.where(moved > 0, 1, 2), codes)
        better = np.where(moved != 0, moved, better)
        is_changed = codes != 0
        kind: Codes = (codes, names.values)
        self.made.count("change", kind, where=is_changed)
        ways: Codes = (better + 1, ("worse", "unclear", "better"))
        self.made.count("way", kind, ways, where=is_changed)
        effects = [after - before for before, after in zip(*sides, strict=True)]
        for measure, effect in zip(("granted", "freight", "kept"), effects, strict=True):
            currency = self.freight_currency if measure == "freight" else self.currency
            label = self.same(measure)
            self.made.count("change_sum", kind, *label, currency, where=is_changed & (effect != 0), sums=effect)
        self.movers(is_answer, ways, effects)
        self.show(codes, names.values)

    def moved(self) -> Array:
        """Return where the last day to ask comes later (1) or earlier (-1), for requests that are not refused."""
        before, after = self.ends[OLD], self.ends[NEW]
        counts = (before != NEVER) & (after != NEVER) & (self.outcomes[NEW] != _OUTCOMES.index(Outcome.REFUSE))
        signs: Array = np.sign(np.where(counts, after, 0) - np.where(counts, before, 0))
        return signs

    def movers(self, is_changed: Bits, ways: Codes, effects: Sequence[Array]) -> None:
        """Count by country, category, reason, channel and value band."""
        facets = {name: _codes(self.columns.words[path]) for name, path in FACETS.items()}
        band = np.searchsorted(_STEPS, self.value, side="right").astype(np.int64)
        size = len(_STEPS) + 1
        bands = [(currency, place) for currency in self.currency[1] for place in range(size)]
        facets[BAND] = (self.currency[0] * size + band, bands)
        for name, facet in facets.items():
            label = self.same(name)
            self.made.count("facet", *label, facet)
            self.made.count("facet_way", *label, facet, ways, where=is_changed)
            for measure, effect in zip(("granted", "freight"), effects, strict=False):
                currency = self.freight_currency if measure == "freight" else self.currency
                has = is_changed & (effect != 0)
                self.made.count("facet_sum", *label, facet, *self.same(measure), currency,
                                where=has, sums=effect)  # fmt: skip

    def floor(self) -> None:
        """Count where the new book gives less than no book would, and where it has a person look at a right first."""
        cut = np.array([_cuts(kind[NEW], kind[LAW]) for kind in self.found.ruled], dtype=np.bool_)[self.found.kind]
        ends_new, ends_law = self.ends[NEW], self.ends[LAW]
        is_right = self.outcomes[LAW] == _OUTCOMES.index(Outcome.AUTHORIZE)
        cut |= is_right & (ends_new != NEVER) & (ends_law != NEVER) & (ends_new < ends_law)
        held = is_right & (self.outcomes[NEW] == _OUTCOMES.index(Outcome.REVIEW))
        for name, where in ((CUT, cut), (HELD, held)):
            self.made.sums[(name,)] += int(where.sum())
            self.example(name, np.flatnonzero(where)[:MOST_EXAMPLES])
        below = {ref for kind in self.found.ruled for ref in kind[NEW].below}
        rows = np.bincount(self.found.kind, minlength=len(self.found.ruled))
        for ref in below:
            self.made.sums[("below", ref)] += sum(
                int(count) for kind, count in zip(self.found.ruled, rows, strict=True) if ref in kind[NEW].below
            )

    def words(self, side: int) -> None:
        """Count the clauses that speak, and the doubts that send a case to a person."""
        rows = np.bincount(self.found.kind, minlength=len(self.found.ruled))
        for kind, count in zip(self.found.ruled, rows, strict=True):
            for ref in kind[side].fired:
                self.made.sums[("fired", SIDES[side], ref)] += int(count)
            for doubt in kind[side].doubts:
                self.made.sums[("doubt", SIDES[side], doubt)] += int(count)

    def show(self, codes: Array, names: Sequence[str]) -> None:
        """Keep the first rows of each change as examples."""
        for code, name in enumerate(names):
            if name:
                self.example(name, np.flatnonzero(codes == code)[:MOST_EXAMPLES])

    def example(self, name: str, rows: Array) -> None:
        """Keep rows as examples of something."""
        if len(rows):
            self.made.examples[name] = [(self.number, int(row), self._told(int(row))) for row in rows]

    def _told(self, row: int) -> dict[str, Any]:
        facts, kind = self.columns.row(row), self.found.ruled[self.found.kind[row]]
        panel = self.found.panel
        return {
            "row": int(self.columns.rows[row]), "country": facts.country, "category": facts.goods.category,
            "reason": facts.reason, "value": facts.value.minor, "currency": facts.value.currency,
            "ordered": _day(panel.ordered_day[row]), "delivered": _day(panel.delivered_day[row]),
            "asked": _day(panel.asked_day[row]),
            **{name: self._ruling(kind[side], side, row) for side, name in enumerate(SIDES)},
        }  # fmt: skip

    def _ruling(self, ruled: Ruled, side: int, row: int) -> dict[str, Any]:
        return {
            "outcome": ruled.outcome, "track": ruled.track, "way_back": ruled.way_back, "freight": ruled.freight,
            "remedies": list(dict.fromkeys(offer.remedy for offer in ruled.offers)), "bases": list(ruled.bases),
            "deadline": _day(self.ends[side][row]),
        }  # fmt: skip


def _day(number: Any) -> str:
    return "" if number == NEVER else day_of(int(number)).isoformat()


def _refunds(ruled: Ruled) -> bool:
    """Whether money back is on offer now."""
    return any(offer.remedy == Remedy.REFUND and offer.tier == 1 for offer in ruled.offers)


def _cuts(new: Ruled, law: Ruled) -> bool:
    """Whether a book gives less than the law alone: a refusal, the freight, or a remedy that the law has."""
    if law.outcome != Outcome.AUTHORIZE:
        return False
    if new.outcome == Outcome.REFUSE or (law.freight == Payer.MERCHANT and new.freight == Payer.SHOPPER):
        return True
    given = {(offer.remedy, offer.tier) for offer in new.offers}
    return any(offer.source == Source.STATUTE and (offer.remedy, offer.tier) not in given for offer in law.offers)


def _codes(column: Coded) -> Codes:
    return column.codes.astype(np.int64), column.values


def totals(made: Tally, word: str) -> Mapping[Key, int]:
    """Return what was counted under a word, by the rest of its labels."""
    return {key[1:]: count for key, count in made.sums.items() if key[0] == word}
