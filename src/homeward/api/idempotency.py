"""The same POST twice takes effect once: the first answer is kept in the transaction that did the work."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from django.http import HttpRequest, HttpResponse

from homeward import journal
from homeward.api.models import Answer
from homeward.api.problems import Problem

_CLAIM = """
INSERT INTO api_answer (actor, key, request, body, at) VALUES (%s, %s, %s, '', %s)
ON CONFLICT (actor, key) DO NOTHING RETURNING id
"""
LONGEST_KEY = 255
_KEY = re.compile(rf"[!-~](?:[ -~]{{0,{LONGEST_KEY - 2}}}[!-~])?")
_WANTED = f"Send an Idempotency-Key header of 1 to {LONGEST_KEY} letters, digits and signs of ASCII."


def once(request: HttpRequest, work: Callable[[], tuple[int, Any]]) -> HttpResponse:
    """Return the answer of `work`, or the kept answer where this key has been used for the same request before.

    The claim on the key is a row of the same transaction: a second call with the key waits for the first to end and
    then replays its answer; where the first was rolled back, the second does the work.

    :raises Problem: 400 without a usable key, 422 where the key was used for another request.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Problem(400, "idempotency_key_missing", _WANTED)
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency_key_malformed", _WANTED)
    mark = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
    return _once(str(request.actor), key, mark, work, at=request.at)


@journal.action
def _once(actor: str, key: str, mark: str, work: Callable[[], tuple[int, Any]], *, at: datetime) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [actor, key, mark, at])
        claimed = cursor.fetchone()
    if claimed is None:
        return _replay(Answer.objects.get(actor=actor, key=key), mark)
    status, result = work()
    body = msgspec.json.encode(result)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE api_answer SET status = %s, body = %s WHERE id = %s", [status, body.decode(), claimed[0]]
        )
    return HttpResponse(body, status=status, content_type="application/json")


def _replay(first: Answer, mark: str) -> HttpResponse:
    if first.request != mark:
        raise Problem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request.")
    response = HttpResponse(first.body, status=first.status, content_type="application/json")
    response.headers["Idempotency-Replayed"] = "true"
    return response


def forget(*, before: datetime) -> int:
    """Delete kept answers older than `before`; return how many those were."""
    return Answer.objects.filter(at__lt=before).delete()[0]
