"""Past order lines as columns: words coded by dictionaries, times in microseconds, sums in minor units."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, get_type_hints

import msgspec
import numpy as np
from numpy.typing import NDArray

from homeward.kernel import Money
from homeward.policies.facts import Facts, Goods, Standing

Array = NDArray[np.int64]
Codes = NDArray[np.int32]
Bits = NDArray[np.bool_]

NEVER = int(np.iinfo(np.int64).min)  # a time, day or sum that is not known
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_DISTINCT = 1 << 62


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: `codes` are places in `values`."""

    codes: Codes
    values: tuple[Any, ...]

    @classmethod
    def of(cls, words: Iterable[Hashable]) -> Coded:
        """Return a column of these words."""
        places: dict[Hashable, int] = {}
        codes = [places.setdefault(word, len(places)) for word in words]
        return cls(np.array(codes, dtype=np.int32), tuple(places))

    @classmethod
    def same(cls, word: Hashable, count: int) -> Coded:
        """Return a column that says one word everywhere."""
        return cls(np.zeros(count, dtype=np.int32), (word,))

    def map(self, tell: Callable[[Any], Hashable]) -> Coded:
        """Return the column with every word put through `tell`, which is called once per distinct word."""
        inner = Coded.of(tell(value) for value in self.values)
        return Coded(inner.codes[self.codes], inner.values)

    def holds(self, test: Callable[[Any], bool]) -> Bits:
        """Return where the word passes a test, which is asked once per distinct word."""
        found = np.array([bool(test(value)) for value in self.values], dtype=np.bool_)
        return found[self.codes]


# The fields of facts by their paths, sorted by what they are. A new fact is found here by itself.
def _paths(cls: type, kind: str, prefix: str = "") -> list[str]:
    hints = get_type_hints(cls)
    found: list[str] = []
    for field in msgspec.structs.fields(cls):
        hint, path = hints[field.name], prefix + field.name
        if hint in {Goods, Standing}:
            found += _paths(hint, kind, f"{path}.")
        elif _kind(hint) == "money":
            found += {"word": [f"{path}.currency"], "number": [f"{path}.minor"]}.get(kind, [])
        elif _kind(hint) == kind:
            found.append(path)
    return found


def _kind(hint: Any) -> str:
    if hint in {datetime, datetime | None}:
        return "moment"
    if hint in {Money, Money | None}:
        return "money"
    return "number" if hint is int else "word"


WORDS = tuple(_paths(Facts, "word"))
MOMENTS = tuple(_paths(Facts, "moment"))
NUMBERS = tuple(_paths(Facts, "number"))
_SUMS = tuple(path.removesuffix(".minor") for path in NUMBERS if path.endswith(".minor"))

_PLACES = {
    path: (path.partition(".")[0], path.partition(".")[2]) if "." in path else ("", path)
    for path in (*WORDS, *MOMENTS, *NUMBERS, *_SUMS)
}
_PLAIN = Facts(country="", ordered_at=EPOCH, unit_value=Money(0, "XXX"))


def read(facts: Facts, path: str) -> Any:
    """Return what a fact is, by its path: "goods.category", "unit_value.minor"."""
    found: Any = facts
    for name in path.split("."):
        found = getattr(found, name) if found is not None else None
    return found


def facts_of(told: dict[str, Any]) -> Facts:
    """Return the facts that are told by their paths (sums as a whole); the others are as if nobody filled them in."""
    parts: dict[str, dict[str, Any]] = {"goods": {}, "standing": {}}
    whole: dict[str, Any] = {"country": "", "ordered_at": EPOCH, "unit_value": _PLAIN.unit_value}
    for path, found in told.items():
        part, name = _PLACES[path]
        (parts[part] if part else whole)[name] = found
    return Facts(**whole, goods=Goods(**parts["goods"]), standing=Standing(**parts["standing"]))


def _word(facts: Facts, path: str) -> Any:
    """Return a word of facts; the currency of a sum that is not known is empty."""
    found = read(facts, path)
    return "" if found is None and path.endswith(".currency") else found


def micros(moment: datetime | None) -> int:
    """Return the microseconds since 1970 of a moment, or NEVER."""
    return NEVER if moment is None else (moment - EPOCH) // _MICROSECOND


def moment_of(found: int) -> datetime | None:
    """Return the moment of so many microseconds since 1970, or None for NEVER."""
    return None if found == NEVER else EPOCH + timedelta(microseconds=found)


@dataclass(frozen=True)
class Columns:
    """Facts of many order lines. `rows` are the numbers by which their reader knows them."""

    count: int
    words: Mapping[str, Coded]
    numbers: Mapping[str, Array]
    rows: Array

    @classmethod
    def build(
        cls, count: int, *, words: Mapping[str, Coded], numbers: Mapping[str, Array], rows: Array | None = None
    ) -> Columns:
        """Return columns of what is told; what is not is as in facts that nobody filled in.

        :raises KeyError: if a column is no fact, or country, order time and value are not told.
        """
        if strangers := (words.keys() - set(WORDS)) | (numbers.keys() - {*MOMENTS, *NUMBERS}):
            raise KeyError(f"no facts: {', '.join(sorted(strangers))}")
        if "country" not in words or not {"ordered_at", "unit_value.minor"} <= numbers.keys():
            raise KeyError("columns need country, ordered_at and unit_value")
        told = {path: words.get(path) or Coded.same(_word(_PLAIN, path), count) for path in WORDS}
        sums = {path: numbers[path] if path in numbers else _same(path, count) for path in (*MOMENTS, *NUMBERS)}
        return cls(count, told, sums, np.arange(count, dtype=np.int64) if rows is None else rows)

    @classmethod
    def of(cls, facts: Sequence[Facts], rows: Sequence[int] | None = None) -> Columns:
        """Return the columns of these facts."""
        words = {path: Coded.of(_word(one, path) for one in facts) for path in WORDS}
        numbers: dict[str, Array] = {
            path: np.array([micros(read(one, path)) for one in facts], dtype=np.int64) for path in MOMENTS
        }
        for path in NUMBERS:
            sums = [read(one, path) for one in facts]
            numbers[path] = np.array([NEVER if minor is None else minor for minor in sums], dtype=np.int64)
        places = np.arange(len(facts)) if rows is None else np.array(rows)
        return cls(len(facts), words, numbers, places.astype(np.int64))

    def row(self, index: int) -> Facts:
        """Return the facts of one line."""
        told: dict[str, Any] = {}
        for path, column in self.words.items():
            told[path] = column.values[column.codes[index]]
        for path, numbers in self.numbers.items():
            told[path] = int(numbers[index])
        for path in MOMENTS:
            told[path] = moment_of(told[path])
        for name in _SUMS:
            minor, currency = told.pop(f"{name}.minor"), told.pop(f"{name}.currency")
            told[name] = None if minor == NEVER else Money(minor, currency)
        return facts_of(told)

    @cached_property
    def value(self) -> Array:
        """The value of all units of each line."""
        found: Array = self.numbers["unit_value.minor"] * self.numbers["quantity"]
        return found

    def part(self, start: int, end: int) -> Columns:
        """Return the lines from `start` up to `end`."""
        words = {path: Coded(column.codes[start:end], column.values) for path, column in self.words.items()}
        numbers = {path: column[start:end] for path, column in self.numbers.items()}
        rows = self.rows[start:end]
        return Columns(len(rows), words, numbers, rows)


def _same(path: str, count: int) -> Array:
    found = read(_PLAIN, path)
    if path in MOMENTS:
        found = micros(found)
    return np.full(count, NEVER if found is None else found, dtype=np.int64)


def distinct(columns: Sequence[tuple[NDArray[Any], int]]) -> tuple[Array, Array]:
    """Return the distinct rows of columns of codes, each with how many codes it may hold.

    The first array holds where each distinct row stands first; the second holds, for each row, which one it is.
    """
    total, ids, size = len(columns[0][0]), np.zeros(len(columns[0][0]), dtype=np.int64), 1
    for codes, count in columns:
        if count <= 1:
            continue
        if size > _MOST_DISTINCT // count:
            known, ids = np.unique(ids, return_inverse=True)
            size = len(known)
        ids = ids * count + codes
        size *= count
    if not total:
        return np.zeros(0, dtype=np.int64), ids
    _, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
    return first.astype(np.int64), inverse.astype(np.int64)


def dense(numbers: Array) -> tuple[Array, int]:
    """Return a column of numbers as codes, and how many there are, for `distinct`."""
    known, codes = np.unique(numbers, return_inverse=True)
    return codes.astype(np.int64), len(known)


def over(tell: Callable[..., int], *columns: Array) -> Array:
    """Return `tell` for every row, called once per distinct row."""
    if not len(columns[0]):
        return np.zeros(0, dtype=np.int64)
    first, inverse = distinct([dense(column) for column in columns])
    told = [tell(*(int(column[place]) for column in columns)) for place in first]
    found: Array = np.array(told, dtype=np.int64)[inverse]
    return found
