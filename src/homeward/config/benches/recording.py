"""What one return really writes: triggers note every row that is inserted or changed, transaction by transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

_JSONB = 3802  # PostgreSQL's number of the type
_WATCH = """
CREATE TABLE bench_note (
    id bigint GENERATED ALWAYS AS IDENTITY, tx xid8 DEFAULT pg_current_xact_id(), place text, before jsonb, after jsonb
);
CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() = 1 THEN  -- what other triggers write comes again by itself when the row is written anew
        INSERT INTO bench_note (place, before, after) VALUES (TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE
    place text;
BEGIN
    FOR place IN SELECT relname FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace
                 WHERE relkind = 'r' AND nspname = 'public' AND relname <> 'bench_note' LOOP
        EXECUTE format('CREATE TRIGGER bench_note AFTER INSERT OR UPDATE ON %I '
                       'FOR EACH ROW EXECUTE FUNCTION bench_note()', place);
    END LOOP;
END $$;
"""
_FORGET = "DROP FUNCTION bench_note() CASCADE; DROP TABLE bench_note"


@dataclass(slots=True)
class Row:
    """A row that a transaction left behind: new where `before` is None, else changed from it."""

    table: str
    after: dict[str, Any]
    before: dict[str, Any] | None


@contextmanager
def watched(url: str) -> Iterator[list[list[Row]]]:
    """Note what is written to the database at `url` meanwhile; the list holds one entry per transaction afterwards."""
    found: list[list[Row]] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_WATCH)
        try:
            yield found
            found += _read(connection)
        finally:
            connection.execute(_FORGET)


def _read(connection: psycopg.Connection[Any]) -> list[list[Row]]:
    notes = connection.execute("SELECT tx, place, before, after FROM bench_note ORDER BY id").fetchall()
    return [_last_words(connection, list(of_one)) for _, of_one in groupby(notes, key=lambda note: note[0])]


def _last_words(connection: psycopg.Connection[Any], notes: list[tuple[Any, ...]]) -> list[Row]:
    """Return each row of a transaction once, in the order of its first writing and as the last one left it."""
    rows: dict[tuple[str, int], Row] = {}
    for _, table, before, after in notes:
        last = _typed(connection, table, after)
        known = rows.setdefault((table, after["id"]), Row(table, last, before and _typed(connection, table, before)))
        known.after = last
    return list(rows.values())


def _typed(connection: psycopg.Connection[Any], table: str, document: dict[str, Any]) -> dict[str, Any]:
    """Return a row that was kept as JSON with the values that the driver gives and takes."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(f'SELECT (jsonb_populate_record(NULL::"{table}", %s)).*', [Jsonb(document)])
        row = cursor.fetchone() or {}
        wrapped = {column.name for column in cursor.description or () if column.type_code == _JSONB}
    return {name: Jsonb(value) if name in wrapped else value for name, value in row.items()}
