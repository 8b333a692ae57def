"""Reading a table: header and delimiter found, swapped columns noticed, cut-off rows told, row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter

from homeward.connectors.reading.fields import country_code, is_amount, is_date, is_whole
from homeward.connectors.reading.files import FileProblem, Opened
from homeward.orders.drafts import Problem

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 200
_LONGEST_FIELD = 1 << 20

# What columns hold; where most of a column is something else, `files.SENTENCES` says so under "no_" and the kind.
KINDS: Mapping[str, Callable[[str], bool]] = {
    "whole_number": is_whole,
    "amount": is_amount,
    "date": is_date,
    "country": lambda text: country_code(text) is not None,
    "email": lambda text: "@" in text,
}


_NUMBERS = {"whole_number", "amount"}  # numbers, codes and prices look alike, so these swap only among themselves


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we read: its name, other names that it goes by, and what it holds."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""
    is_needed: bool = True


@dataclass(slots=True)
class Row:
    """A row as it was read: its line in the file, and its values in the order of the columns asked for."""

    line: int
    values: Sequence[str]
    raw: str = ""


@dataclass(slots=True)
class Table:
    """An open table: `problems` gathers rows that could not be read; `is_cut_off` says that the last one ends early."""

    delimiter: str
    width: int
    header_line: int
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    problems: list[Problem] = field(default_factory=list)
    is_cut_off: bool = False

    @property
    def has_decimal_comma(self) -> bool:
        """Whether amounts are written 12,50: where semicolons part the columns, commas part the cents."""
        return self.delimiter == ";"


def open_table(opened: Opened, columns: Sequence[Column]) -> Table:
    """Find the columns of a table and return it, ready to be read.

    :raises FileProblem: if columns are missing, named twice, swapped, or hold something else.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    line, text = 1, opened.text.readline()
    while text and not text.strip():
        line, text = line + 1, opened.text.readline()
    if not text:
        raise FileProblem("empty")
    delimiter = max(_DELIMITERS, key=lambda one: _known_in(_split(text, one), columns))
    header = _split(text, delimiter)
    places = _places(header, columns)
    table = Table(delimiter, len(header), line)
    rows = _read(opened, table)
    sample = list(islice(rows, _SAMPLE))
    _notice_swaps(sample, columns, places)
    table.rows = _picked(chain(sample, rows), [places.get(column.name) for column in columns])
    return table


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line.lstrip("\ufeff")], delimiter=delimiter), [])


def _known_in(header: list[str], columns: Sequence[Column]) -> int:
    names = {_key(name) for column in columns for name in (column.name, *column.aliases)}
    return sum(_key(name) in names for name in header)


def _places(header: list[str], columns: Sequence[Column]) -> dict[str, int]:
    """Return where each column stands."""
    keys = [_key(name) for name in header]
    places: dict[str, int] = {}
    for column in columns:
        found = [place for place, key in enumerate(keys) if key in {_key(n) for n in (column.name, *column.aliases)}]
        if len(found) > 1:
            raise FileProblem("columns_twice", column=column.name)
        if found:
            places[column.name] = found[0]
    if missing := [column.name for column in columns if column.is_needed and column.name not in places]:
        raise FileProblem("columns_missing", missing=", ".join(missing), found=", ".join(header)[:500])
    return places


def _read(opened: Opened, table: Table) -> Iterator[Row]:
    """Yield whole rows; a row of another width is a problem, and at the end of the file a sign that it was cut off."""
    reader = csv.reader(opened.text, delimiter=table.delimiter, strict=True)
    while True:
        line = table.header_line + reader.line_num + 1
        try:
            values = next(reader, None)
        except csv.Error as error:
            _unreadable(table, line, error)
            continue
        if values is None:
            return
        if len(values) == table.width:
            table.is_cut_off = False
            yield Row(line, values)
        elif any(value.strip() for value in values):
            table.is_cut_off = len(values) < table.width  # unless whole rows follow
            code = "row_cut_off" if table.is_cut_off else "row_too_long"
            facts = {"found": len(values), "wanted": table.width}
            table.problems.append(Problem(line, "", code, facts, raw=table.delimiter.join(values)))


def _unreadable(table: Table, line: int, error: csv.Error) -> None:
    """Note a row whose quotation marks are wrong; where one is never closed, nothing after it can be read."""
    if "field larger" in str(error):
        raise FileProblem("quote_open", line=line) from error
    table.is_cut_off = "end of data" in str(error)
    code = "row_cut_off" if table.is_cut_off else "row_quotes"
    table.problems.append(Problem(line, "", code, {"found": "?", "wanted": table.width}))


def _notice_swaps(sample: list[Row], columns: Sequence[Column], places: Mapping[str, int]) -> None:
    """Refuse a table in which most of a column's values are not of its kind; say which other column fits."""
    kinds = {column.name: KINDS.get(column.kind) for column in columns if column.name in places}

    def values(name: str) -> list[str]:
        return [text for row in sample if (text := row.values[places[name]].strip())]

    def fits(name: str, kind: Callable[[str], bool] | None, share: float) -> bool:
        found = values(name)
        return not kind or not found or sum(map(kind, found)) >= share * len(found)

    for column in columns:
        kind = kinds.get(column.name)
        if kind is None or fits(column.name, kind, 0.5):
            continue
        value = next(text for text in values(column.name) if not kind(text))[:60]
        others = [name for name in kinds if name != column.name and (kinds[name] or column.kind not in _NUMBERS)]
        for other in others:
            if values(other) and fits(other, kind, 0.9) and fits(column.name, kinds[other], 0.9):
                raise FileProblem("columns_swapped", first=column.name, second=other, value=value)
        raise FileProblem(f"no_{column.kind}", column=column.name, value=value)


def _picked(rows: Iterator[Row], places: Sequence[int | None]) -> Iterator[Row]:
    """Yield the rows with the values of the columns asked for, empty where the file lacks one."""
    if None not in places and len(places) > 1:
        pick = itemgetter(*places)
        for row in rows:
            row.values = pick(row.values)
            yield row
    else:
        for row in rows:
            row.values = ["" if place is None else row.values[place] for place in places]
            yield row
