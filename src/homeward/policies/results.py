"""What a backtest found, in the form in which it is saved and shown; money stays apart by currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from homeward.policies.rulebook import Book
from homeward.policies.structs import learned
from homeward.policies.tally import BAND, CUT, FACETS, HELD, SIDES, Tally, totals

LAST_DAY = "deadline:"  # changes of the last day alone, which leave the answer as it is
MOST_MOVERS = 15  # values of a facet that are kept, those with most changes first
Sums = dict[str, int]  # minor units by currency


class Form(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of the parts of a result."""


class Cell(Form, frozen=True):
    """Requests by their outcome before and after."""

    old: str
    new: str
    rows: int
    value: Sums = {}


class Side(Form, frozen=True):
    """What one book does: rows and sums by measure.

    Measures: "granted" at once, "refused", "waiting" for a person, "kept" goods, "freight" of the merchant and
    "freight_shopper".
    """

    rows: dict[str, int]
    sums: dict[str, Sums]


class Change(Form, frozen=True):
    """One way in which verdicts change, such as "outcome:review:authorize", with its effect on the merchant's sums."""

    kind: str
    rows: int
    better: int = 0  # for the shopper
    worse: int = 0
    effect: dict[str, Sums] = {}
    examples: list[dict[str, Any]] = []


class Mover(Form, frozen=True):
    """One value of a facet: for whom verdicts change."""

    value: str
    rows: int
    changed: int
    better: int = 0
    worse: int = 0
    effect: dict[str, Sums] = {}


class Clause(Form, frozen=True):
    """How often a clause of the shop speaks."""

    ref: str
    rows: int


class Floor(Form, frozen=True):
    """The statutory floor: `cut` counts requests that get less than from the law alone, `held` those that wait first.

    `below` names clauses that would give less than the law; there they do not count.
    """

    cut: int = 0
    held: int = 0
    below: list[Clause] = []
    cut_examples: list[dict[str, Any]] = []
    held_examples: list[dict[str, Any]] = []


class Doubt(Form, frozen=True):
    """Why requests go to a person, before and after."""

    doubt: str
    old: int
    new: int


class Assumption(Form, frozen=True):
    """Something that was taken for granted where history is silent, and for how many rows."""

    code: str
    rows: int


@learned
class Result(Form, frozen=True, kw_only=True):
    """What a backtest found. Docs: docs/backtest.md."""

    rows: int
    changed: int  # with another answer; those with another last day alone are not among them
    judged: int  # kinds of cases that had to be judged, by each book once
    checked: int  # rows decided once more one by one, with the same verdict
    freight_known: int  # rows for which the price of the way back is known
    matrix: list[Cell]
    sides: dict[str, Side]
    changes: list[Change]
    movers: dict[str, list[Mover]]
    floor: Floor
    doubts: list[Doubt]
    clauses: dict[str, list[Clause]]
    assumptions: list[Assumption] = []

    def to_data(self) -> dict[str, Any]:
        """Return the result as plain data for a JSON column."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data


def from_data(data: Mapping[str, Any]) -> Result:
    """Return the result in plain data.

    :raises msgspec.ValidationError: if it is none.
    """
    return msgspec.convert(data, Result)


def findings(made: Tally, old: Book, new: Book, *, judged: int) -> Result:
    """Put a tally into the form in which it is saved."""
    values = _by_two(totals(made, "outcome_value"))
    changes = _changes(made)
    return Result(
        rows=made.sums[("rows",)],
        changed=sum(change.rows for change in changes if not change.kind.startswith(LAST_DAY)),
        judged=judged,
        checked=made.sums[("checked",)],
        freight_known=made.sums[("freight_known",)],
        matrix=[
            Cell(before, after, rows, values[before, after])
            for (before, after), rows in sorted(totals(made, "outcome").items())
        ],
        sides={side: _side(made, side) for side in SIDES},
        changes=changes,
        movers={facet: _movers(made, facet) for facet in (*FACETS, BAND)},
        floor=_floor(made),
        doubts=_doubts(totals(made, "doubt")),
        clauses={side: _clauses(made, side, book) for side, book in zip(SIDES, (old, new), strict=True)},
    )


def _by_two(found: Mapping[tuple[Any, ...], int]) -> dict[tuple[str, str], Sums]:
    sums: dict[tuple[str, str], Sums] = defaultdict(dict)
    for (first, second, currency), minor in sorted(found.items()):
        sums[first, second][currency] = minor
    return sums


def _side(made: Tally, side: str) -> Side:
    sums = _by_two(totals(made, "side"))
    rows = {measure: count for (name, measure), count in totals(made, "side_rows").items() if name == side}
    return Side(rows, {measure: found for (name, measure), found in sums.items() if name == side})


def _examples(made: Tally, kind: str) -> list[dict[str, Any]]:
    return [shown for _, _, shown in made.examples.get(kind, ())]


def _changes(made: Tally) -> list[Change]:
    """Return the changes, those of most requests first."""
    effects, ways = _by_two(totals(made, "change_sum")), totals(made, "way")
    found = [
        Change(
            kind, rows, ways.get((kind, "better"), 0), ways.get((kind, "worse"), 0),
            {measure: sums for (name, measure), sums in effects.items() if name == kind}, _examples(made, kind),
        )
        for (kind,), rows in totals(made, "change").items()
    ]  # fmt: skip
    return sorted(found, key=lambda change: (-change.rows, change.kind))


def _movers(made: Tally, facet: str) -> list[Mover]:
    """Return the values of a facet, those with most changes first."""
    ways: dict[Any, dict[str, int]] = defaultdict(dict)
    for (name, value, way), rows in totals(made, "facet_way").items():
        if name == facet:
            ways[value][way] = rows
    effects: dict[Any, dict[str, Sums]] = defaultdict(lambda: defaultdict(dict))
    for (name, value, measure, currency), minor in sorted(totals(made, "facet_sum").items(), key=str):
        if name == facet:
            effects[value][measure][currency] = minor
    found = [
        Mover(
            _word(value), rows, sum(ways[value].values()), ways[value].get("better", 0), ways[value].get("worse", 0),
            {measure: dict(sums) for measure, sums in effects[value].items()},
        )
        for (name, value), rows in totals(made, "facet").items() if name == facet
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.changed, -one.rows, one.value))[:MOST_MOVERS]


def _word(value: Any) -> str:
    """Return a facet's value as a word; a band is its currency and its place."""
    return f"{value[0]}:{value[1]}" if isinstance(value, tuple) else str(value)


def _floor(made: Tally) -> Floor:
    below = [Clause(ref, rows) for (ref,), rows in totals(made, "below").items()]
    return Floor(made.sums[(CUT,)], made.sums[(HELD,)], _most_first(below), _examples(made, CUT), _examples(made, HELD))


def _doubts(found: Mapping[tuple[Any, ...], int]) -> list[Doubt]:
    words = sorted({doubt for _, doubt in found})
    doubts = [Doubt(word, found.get(("old", word), 0), found.get(("new", word), 0)) for word in words]
    return sorted(doubts, key=lambda doubt: (-abs(doubt.new - doubt.old), -doubt.new, doubt.doubt))


def _clauses(made: Tally, side: str, book: Book) -> list[Clause]:
    """Return every clause of a book in its order, those that never speak with nothing."""
    fired = totals(made, "fired")
    return [Clause(clause.ref, fired.get((side, clause.ref), 0)) for clause in book.clauses]


def _most_first(clauses: Iterable[Clause]) -> list[Clause]:
    return sorted(clauses, key=lambda clause: (-clause.rows, clause.ref))
