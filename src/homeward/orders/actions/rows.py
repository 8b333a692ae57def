"""Writing many rows with few statements: sets of rows travel as one JSON value or by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection


def recordset(columns: Mapping[str, str]) -> str:
    """Return SQL that reads a JSON parameter as rows named `told` with these columns and PostgreSQL types."""
    return "json_to_recordset(%s::json) AS told (" + ", ".join(f"{c} {t}" for c, t in columns.items()) + ")"


def json_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as the JSON that `recordset` reads."""
    return msgspec.json.encode(rows).decode()


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append new rows to a table by COPY, the fastest way in; nothing may conflict."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)
