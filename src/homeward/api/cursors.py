"""Pages by cursor: opaque, stable while rows are added, cheap however deep."""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from homeward.api.problems import Problem

M = TypeVar("M", bound=Model)

MOST = 200


def page(rows: QuerySet[M], *, cursor: str, limit: int, newest_first: bool = True) -> tuple[list[M], str | None]:
    """Return up to `limit` rows after `cursor` and the cursor of the next page, or None at the end.

    :raises Problem: 400 where the cursor is not one of ours.
    """
    limit = max(1, min(limit, MOST))
    if cursor:
        rows = rows.filter(**{"pk__lt" if newest_first else "pk__gt": _decode(cursor)})
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], _encode(found[limit - 1].pk)


def _encode(pk: Any) -> str:
    return base64.urlsafe_b64encode(f"k{pk}".encode()).decode().rstrip("=")


def _decode(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        if text[:1] != "k":
            raise ValueError
        return int(text[1:])
    except (ValueError, binascii.Error) as error:
        raise Problem(400, "cursor_unknown", "This cursor was not given by us; leave it out to start.") from error
