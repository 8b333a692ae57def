"""`homeward work`: the worker, which tells listeners, sends mails and money, and winds the clocks."""

from __future__ import annotations

import asyncio
import os
import signal
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from django.core.management import BaseCommand
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app

log = structlog.get_logger(__name__)

PAUSE = 2.0  # seconds before the next try where the database has gone away


class Command(BaseCommand):
    help = "Work off what the journal and the pages have queued"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at once")
        parser.add_argument("--nice", type=int, default=10, help="how far web requests go first, 0 to 19 (%(default)s)")
        parser.add_argument("--one-shot", action="store_true", help="stop when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run jobs until told to stop; jobs of a worker that died are taken up again."""
        os.nice(options["nice"])
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
            asyncio.run(keep_working(worker_app, concurrency=options["concurrency"], is_one_shot=options["one_shot"]))


async def keep_working(worker_app: App, *, concurrency: int, is_one_shot: bool) -> None:
    """Run a worker, and the next one when it falls over because the database went away, until told to stop."""
    told = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(word, told.set)
    while True:
        work = asyncio.create_task(_work(worker_app, concurrency=concurrency, is_one_shot=is_one_shot))
        stop = asyncio.create_task(told.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        if told.is_set():
            work.cancel()  # which lets jobs come to their end
        (fell,) = await asyncio.gather(work, return_exceptions=True)
        stop.cancel()
        if told.is_set():
            return
        if is_one_shot:
            if fell:
                raise fell
            return
        log.warning("the worker lost the database and begins anew", error=str(fell or "").strip())
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), PAUSE)


def on_a_living_connection(run: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Run a job after a look whether this thread's connection still lives: the database may have been restarted."""
    close_old_connections()
    return run()


async def _work(worker_app: App, *, concurrency: int, is_one_shot: bool) -> None:
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=concurrency,
            wait=not is_one_shot,
            fetch_job_polling_interval=1.0,
            shutdown_graceful_timeout=20,
            delete_jobs="successful",
            install_signal_handlers=False,
            task_middleware=[on_a_living_connection],
        )
