"""Pages by cursor: opaque, stable while rows are added, cheap however deep."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

from django.db.models import Model, QuerySet

from homeward.api.problems import Problem

M = TypeVar("M", bound=Model)

MOST = 200
_LARGEST = 2**63 - 1  # of PostgreSQL's bigint


def page(rows: QuerySet[M], *, cursor: str, limit: int) -> tuple[list[M], str | None]:
    """Return up to `limit` rows after `cursor`, newest first, and the cursor of the next page, or None at the end.

    :raises Problem: 400 where the cursor is not one of ours.
    """
    if cursor:
        rows = rows.filter(pk__lt=_decode(cursor, 1)[0])
    found = list(rows.order_by("-pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], _encode(found[limit - 1].pk)


def unknown() -> Problem:
    """Return the problem of a cursor that is not one of ours."""
    return Problem(400, "cursor_unknown", "This cursor was not given by us; leave it out to start.")


def of_pair(tx: int, pk: int) -> str:
    """Return the cursor that goes on after a journal entry."""
    return _encode(tx, pk)


def pair(cursor: str) -> tuple[int, int]:
    """Return the journal entry after which a reader goes on; the beginning without a cursor.

    :raises Problem: 400 where the cursor is not one of ours.
    """
    if not cursor:
        return 0, 0
    tx, pk = _decode(cursor, 2)
    return tx, pk


def _encode(*numbers: int) -> str:
    return base64.urlsafe_b64encode(".".join(map(str, numbers)).encode()).decode().rstrip("=")


def _decode(cursor: str, count: int) -> list[int]:
    try:
        numbers = [int(part) for part in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).split(b".")]
        if len(numbers) != count or not all(0 <= one <= _LARGEST for one in numbers) or _encode(*numbers) != cursor:
            raise ValueError(cursor)
    except (ValueError, binascii.Error) as error:
        raise unknown() from error
    return numbers
