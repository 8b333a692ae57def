"""`homeward work`: the worker, which tells listeners, sends mails and money, and winds the clocks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from procrastinate.contrib.django import app


class Command(BaseCommand):
    help = "Work off what the journal and the pages have queued"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at once")
        parser.add_argument("--one-shot", action="store_true", help="stop when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run jobs until told to stop; jobs of a worker that died are taken up again."""
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
            worker_app.run_worker(
                concurrency=options["concurrency"],
                wait=not options["one_shot"],
                fetch_job_polling_interval=1.0,
                shutdown_graceful_timeout=20,
                delete_jobs="successful",
            )
