"""The journal over the API: every event within the key's fence, oldest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from homeward.api import cursors
from homeward.api.fields import Limit
from homeward.api.keys import check_scope
from homeward.api.schemas import Feed
from homeward.journal import queries

router = Router()


@router.get("/journal", response=Feed, summary="What happened, oldest first")
def feed(request: HttpRequest, cursor: str = "", limit: Limit = 100) -> dict[str, Any]:
    """Read on from `cursor`. Poll with the last `next`: an event is given once and in order."""
    actor = check_scope(request, "journal.read")
    found = queries.feed(actor, after=cursors.pair(cursor), limit=limit)
    resume = cursors.of_pair(found[-1].tx, found[-1].pk) if found else cursor or None
    return {
        "data": [
            {
                "id": e.pk, "at": e.at, "event": e.event, "actor": e.actor, "noun": e.noun, "ref": e.ref,
                "before": e.before, "after": e.after, "facts": e.facts,
            }
            for e in found
        ],
        "next": resume,
    }  # fmt: skip
