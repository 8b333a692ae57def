"""The floor: the rows of a recorded return written again and again in prepared SQL, with one commit per step.

Nothing is asked, checked or computed; tables, indexes, constraints and triggers are the real ones. Each pass gets rows
of its own: new ids, other values where a unique index wants them, and another order of the bench's merchant.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from homeward.config.benches.recording import Row
from homeward.config.benches.town import Sold

_ORDER, _LINE, _PAYMENT = "orders_order", "orders_orderline", "orders_payment"
_FRESH = 10  # letters of a text that differ from pass to pass
_KEYS = """
SELECT source.relname, attname, target.relname FROM pg_constraint
JOIN pg_class AS source ON source.oid = conrelid JOIN pg_class AS target ON target.oid = confrelid
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND cardinality(conkey) = 1
"""
_UNIQUE = """
SELECT relname, array_agg(attname::text) FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
WHERE indisunique AND NOT indisprimary GROUP BY relname, indexrelid
"""


@dataclass(slots=True)
class Pass:
    """One time through all steps: its number, its order, and the ids that its rows got for the recorded ones."""

    number: int
    lap: int
    sold: Sold
    ids: dict[tuple[str, int], int] = field(default_factory=dict)


Value = Callable[[Pass], Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """One prepared statement; an INSERT gives the ids of `rows`, which stand for the recorded ones."""

    sql: str
    values: tuple[Value, ...]
    rows: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Script:
    """All that a pass does, step by step."""

    steps: list[list[Statement]]

    @property
    def statements(self) -> int:
        """How many statements a pass takes, commits aside."""
        return sum(map(len, self.steps))


def script(url: str, recorded: Sequence[Sequence[Row]], sold: Sold) -> Script:
    """Return the statements that write what one return of an order wrote."""
    with psycopg.connect(url) as connection:
        keys = {(table, column): target for table, column, target in connection.execute(_KEYS).fetchall()}
        unique: dict[str, list[list[str]]] = {}
        for table, columns in connection.execute(_UNIQUE).fetchall():
            unique.setdefault(table, []).append(columns)
    writer = _Writer(keys, unique, sold)
    return Script([writer.step(rows) for rows in recorded])


class _Writer:
    """Turns recorded rows into statements; knows which rows the recording itself made."""

    def __init__(self, keys: dict[tuple[str, str], str], unique: dict[str, list[list[str]]], sold: Sold) -> None:
        self.keys, self.unique = keys, unique
        self.sold = {(_ORDER, sold.order_id), (_LINE, sold.line_id), (_PAYMENT, sold.payment_id)}
        self.made: set[tuple[str, int]] = set()

    def step(self, rows: Iterable[Row]) -> list[Statement]:
        """Return the statements of one transaction: rows of one table go in together, as a careful writer has it."""
        fresh: dict[str, list[Row]] = {}
        changed = []
        for row in rows:
            if row.before is None:
                fresh.setdefault(row.table, []).append(row)
            else:
                changed.append(row)
        return [*(self._insert(table, of_one) for table, of_one in fresh.items()), *map(self._update, changed)]

    def _insert(self, table: str, rows: list[Row]) -> Statement:
        columns = [name for name in rows[0].after if name != "id"]
        varied = self._varied(table, rows[0])
        marks = ", ".join(f"({', '.join(['%s'] * len(columns))})" for _ in rows)
        names = ", ".join(f'"{name}"' for name in columns)
        values = [self._value(table, name, row.after[name], varied) for row in rows for name in columns]
        made = tuple((table, row.after["id"]) for row in rows)
        self.made |= set(made)
        return Statement(f'INSERT INTO "{table}" ({names}) VALUES {marks} RETURNING id', tuple(values), made)

    def _update(self, row: Row) -> Statement:
        before = row.before or {}
        columns = [name for name, value in row.after.items() if _bare(value) != _bare(before[name])]
        key = (row.table, row.after["id"])
        if key in self.made:
            parts = [f'"{name}" = %s' for name in columns]
            values = [self._value(row.table, name, row.after[name], set()) for name in columns]
        else:  # a counter of the order: so many units held, so much set aside
            parts = [f'"{name}" = "{name}" + %s' for name in columns]
            values = [_constant(row.after[name] - before[name]) for name in columns]
        sql = f'UPDATE "{row.table}" SET {", ".join(parts)} WHERE id = %s'
        return Statement(sql, (*values, self._id(*key)))

    def _value(self, table: str, name: str, value: Any, varied: set[str]) -> Value:
        target = self.keys.get((table, name))
        if target and value is not None and ((target, value) in self.made or (target, value) in self.sold):
            return self._id(target, value)
        if name in varied and isinstance(value, str):
            return lambda one: f"{value[: max(len(value) - _FRESH, 0)]}{one.number:0{_FRESH}}"
        if name in varied and isinstance(value, int):
            return lambda one: value + one.lap
        return _constant(value)

    def _id(self, table: str, value: int) -> Value:
        if (table, value) not in self.sold:
            return lambda one: one.ids[table, value]
        attribute = {_ORDER: "order_id", _LINE: "line_id", _PAYMENT: "payment_id"}[table]
        return lambda one: getattr(one.sold, attribute)

    def _varied(self, table: str, row: Row) -> set[str]:
        """Return the columns that must differ from pass to pass: one of each unique index that no new id makes so."""
        found: set[str] = set()
        for columns in self.unique.get(table, ()):
            if any((self.keys.get((table, name)), row.after.get(name)) in self.made for name in columns):
                continue
            texts = [name for name in columns if isinstance(row.after.get(name), str)]
            numbers = [
                name for name in columns if (table, name) not in self.keys and isinstance(row.after.get(name), int)
            ]
            found |= set(texts[-1:] or numbers[-1:])
        return found


def _constant(value: Any) -> Value:
    return lambda one: value


def _bare(value: Any) -> Any:
    return value.obj if isinstance(value, Jsonb) else value


def passes(url: str, script: Script, orders: Sequence[Sold], *, clients: int, laps: int, seconds: float) -> float:
    """Return how many passes a second as many clients write, each over its own connection."""
    numbers = count(1)
    end = time.monotonic() + seconds

    def write(place: int) -> float:
        mine = ((lap, sold) for lap in range(laps) for sold in orders[place::clients])
        return _write(url, script, (Pass(next(numbers), lap, sold) for lap, sold in mine), end=end)

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(write, range(clients)))


def _write(url: str, script: Script, ahead: Iterator[Pass], *, end: float) -> float:
    """Write passes over a connection of its own until `end`; return how many a second."""
    with psycopg.connect(url, prepare_threshold=0) as connection:
        connection.prepared_max = None
        cursor = connection.cursor()
        began, written = time.monotonic(), 0
        for one in ahead:
            if time.monotonic() > end:
                break
            for step in script.steps:
                for statement in step:
                    cursor.execute(statement.sql, [value(one) for value in statement.values], prepare=True)
                    if statement.rows:
                        one.ids.update(zip(statement.rows, (row[0] for row in cursor), strict=True))
                connection.commit()
            written += 1
        return written / (time.monotonic() - began)
