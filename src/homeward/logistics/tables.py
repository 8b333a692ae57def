"""Reading tables that people and carriers send: headers in any order, separators as they come, one report per line."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

_SEPARATORS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line of a file: `column` and `value` where one cell is to blame."""

    line: int
    code: str
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        cell = f" {self.column}={self.value[:60]!r}" if self.column else ""
        return f"line {self.line}: {self.code}{cell}"


def rows_of(
    lines: Iterable[str], *, columns: Sequence[str], required: Collection[str], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells of each row that has something in it; add to `problems` what cannot be read.

    The separator is the one that the header uses most. Cells come stripped; columns that are absent come empty.
    """
    stream = iter(lines)
    header = next(stream, "").lstrip("\ufeff")
    separator = max(_SEPARATORS, key=header.count)
    reader = csv.DictReader(chain([header], stream), delimiter=separator, skipinitialspace=True)
    names = [(name or "").strip().lower().replace(" ", "_") for name in reader.fieldnames or ()]
    if missing := sorted(set(required) - set(names)):
        problems += [Problem(1, "column_missing", name) for name in missing]
        return
    reader.fieldnames = names
    while True:
        try:
            raw = next(reader)
        except StopIteration:
            return
        except csv.Error:
            problems.append(Problem(reader.line_num, "unreadable"))
            continue
        row = {name: (raw.get(name) or "").strip() for name in columns}
        if None in raw:
            problems.append(Problem(reader.line_num, "too_many_cells"))
        elif any(row.values()):
            yield reader.line_num, row
