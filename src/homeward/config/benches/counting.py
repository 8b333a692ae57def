"""What one return asks of the database: its statements counted in this process, post by post and job by job."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app

from homeward.config.benches.town import Sold
from homeward.config.benches.walkers import Refused, steps

_NEXT = """
UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = (
    SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()
    ORDER BY id LIMIT 1
) RETURNING task_name, args
"""


class Inside:
    """Posts as `walkers.Client` does, but by a call in this process."""

    def __init__(self, secret: str) -> None:
        self.http = Client(SERVER_NAME="127.0.0.1")
        self.headers = {"Authorization": f"Bearer {secret}"}

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> dict[str, Any]:
        """Post to the API and return its answer.

        :raises Refused: if it is no success.
        """
        headers = self.headers | {"Idempotency-Key": key or secrets.token_hex(16)}
        answer = self.http.post(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)
        if answer.status_code >= 400:
            raise Refused(f"{path}: {answer.status_code} {answer.content!r}")
        return answer.json()


@contextmanager
def counted() -> Iterator[list[str]]:
    """Gather the statements that Django's connection executes meanwhile."""
    said: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield said


def drain() -> int:
    """Run the queue's jobs in this process, in order, until none is due; return how many ran."""
    app.perform_import_paths()
    ran = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT)
            row = cursor.fetchone()
        if row is None:
            return ran
        args = row[1] if isinstance(row[1], dict) else json.loads(row[1])
        app.tasks[row[0]].func(**args)
        ran += 1


def of_one_return(secret: str, sold: Sold) -> dict[str, Any]:
    """Send one unit of an order along the road in this process; return how many statements each part of it took.

    The worker's share counts what its jobs ask; what the queue itself asks to fetch and finish them comes on top.
    """
    found: dict[str, int] = {}
    with counted() as said:
        for step, _ in steps(Inside(secret), sold):
            found[step] = len(said)
            said.clear()
        jobs = drain()
        worker = len(said) - jobs - 1  # less our own look for the next job
    return {"api": sum(found.values()), "worker": worker, "jobs": jobs, "by_step": found}
