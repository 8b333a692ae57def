"""The worker, in process: runs queued jobs on the test's own connection, so that nothing needs a commit."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection
from procrastinate.contrib.django import app

from tests.support.cast import NOW


def drain(*, at: datetime = NOW, most: int = 500) -> int:
    """Run due jobs until none is left; return how many ran. A job that fails raises.

    Jobs are edges and read the clock themselves; `at` says which scheduled jobs count as due.
    """
    ran = 0
    while ran < most:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' "
                "AND (scheduled_at IS NULL OR scheduled_at <= %s) ORDER BY id LIMIT 1",
                [at],
            )
            row = cursor.fetchone()
            if row is None:
                return ran
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [row[0]])
        args = row[2] if isinstance(row[2], dict) else json.loads(row[2])
        app.perform_import_paths()
        app.tasks[row[1]].func(**args)
        ran += 1
    raise AssertionError(f"the relay did not come to rest after {most} jobs")
