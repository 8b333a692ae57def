"""`homeward bench road`: whole returns per second through the API, against the bare rows in the same run.

A return is six posts: request, authorize, label, receive, inspect, refund. Clients, server, worker and PostgreSQL share
this machine; the worker's share (letters, receipts expected, bookings) runs meanwhile, and what it has not done when
time is up is waited for and told.
"""

from __future__ import annotations

import os
import platform
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from django.db import connection

from homeward.config.benches import counting, floor, recording, sums, town, walkers
from homeward.config.benches.town import Process, Sold
from homeward.config.benches.walkers import STEPS, Walked

UNITS = 4  # of each order; a client comes back to an order only when it has been through all of its own
FASTEST = 120  # returns a second for which orders are laid in
PATIENCE = 300.0  # seconds that the worker may take for what is left
PACKAGES = ("django", "django-ninja", "psycopg", "procrastinate", "granian")


def add_arguments(parser: ArgumentParser) -> None:
    """Take how many clients, how long, and of what kind the house is."""
    parser.add_argument("--clients", type=int, default=8, help="at once, over one connection each (%(default)s)")
    parser.add_argument("--seconds", type=float, default=20.0, help="of measuring (%(default)s)")
    parser.add_argument("--warm-up", type=float, default=4.0, help="seconds before that (%(default)s)")
    parser.add_argument("--processes", type=int, default=2, help="of the server (%(default)s)")
    parser.add_argument("--threads", type=int, default=4, help="in each of them (%(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes that work off the queue (%(default)s)")
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at once in each of them (%(default)s)")
    parser.add_argument("--no-floor", action="store_true", help="do not measure the bare rows")


@dataclass(slots=True)
class Used:
    """CPU seconds that have been used so far, by kind of process."""

    server: float
    worker: float
    postgres: float

    def per(self, count: int, since: Used) -> dict[str, float]:
        """Return what was used since then, for each of so many returns."""
        return {name: round((getattr(self, name) - getattr(since, name)) / max(count, 1), 4) for name in self.__slots__}


def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure and return what was found.

    :raises DoesNotAddUp: if a return has not exactly one refund, or units, money or books disagree.
    """
    clients, seconds = options["clients"], options["seconds"]
    with town.own_database() as url:
        at = town.now()
        seller, secret = town.furnish(at=at)
        sold = town.sell(seller, _orders_for(clients, seconds + options["warm_up"]), units=UNITS, at=at)
        counting.of_one_return(secret, sold.pop())  # the first one fills what is read once per process
        statements = counting.of_one_return(secret, sold.pop())
        with recording.watched(url) as recorded:
            template = sold.pop()
            for _ in walkers.steps(counting.Inside(secret), template):
                pass
        counting.drain()
        mine, kept = sold[: len(sold) // 2], sold[len(sold) // 2 :]
        found = _measure(url, secret, mine, options)
        found["sql_statements_per_return"] = statements
        if not options["no_floor"]:
            found |= _floor(url, recorded, template, kept, options)
            found["ratio"] = round(found["returns_per_second"] / found["floor_returns_per_second"], 4)
    return found | _surroundings()


def _orders_for(clients: int, seconds: float) -> int:
    """Return how many orders keep all clients busy, with as many for the floor."""
    return 2 * max(clients * UNITS, int(FASTEST * seconds / UNITS)) + 3


def _measure(url: str, secret: str, sold: Sequence[Sold], options: dict[str, Any]) -> dict[str, Any]:
    port, clients = town.free_port(), options["clients"]
    address = f"http://127.0.0.1:{port}"
    server = [
        "serve", "--no-static", "--port", str(port), "--processes", str(options["processes"]),
        "--threads", str(options["threads"]),
    ]  # fmt: skip
    workers = [
        (f"worker {number}", ["work", "--concurrency", str(options["concurrency"])])
        for number in range(options["workers"])
    ]
    shares = [list(sold[i::clients]) * UNITS for i in range(clients)]
    with town.running(url, ("server", server), *workers) as processes:
        town.wait_for(f"{address}/health")
        warm = walkers.walk(address, secret, shares, seconds=options["warm_up"])
        shares = [share[len(walked.times[STEPS[0]]) :] for share, walked in zip(shares, warm, strict=True)]
        before, began = _used(processes), time.monotonic()
        walked = walkers.walk(address, secret, shares, seconds=options["seconds"])
        took, load = time.monotonic() - began, os.getloadavg()
        busy = _used(processes)
        memory = {process.name: process.memory_mb() for process in processes}
        backlog, drained = _backlog(), _drain()
        after = _used(processes)
    refs = [ref for one in (*warm, *walked) for ref in one.refs]
    count = sum(len(one.refs) for one in walked)
    trouble = [words for one in (*warm, *walked) for words in one.trouble]
    return {
        "clients": clients,
        "seconds": round(took, 2),
        "requests": sum(len(times) for one in walked for times in one.times.values()),
        "returns": count,
        "returns_per_second": round(count / took, 2),
        "returns_per_second_with_backlog": round(count / (took + drained), 2),
        "steps": _steps(walked),
        "server_cpu_seconds_per_return": busy.per(count, before),
        "cpu_seconds_per_return_with_backlog": after.per(count, before),
        "memory_mb": memory,
        "backlog": {"jobs": backlog, "seconds_to_drain": round(drained, 2)},
        "refused": {"count": len(trouble), "first": trouble[:3]},
        "adds_up": sums.check(refs),
        "load_average": [round(one, 2) for one in load],
    }


def _steps(walked: Sequence[Walked]) -> dict[str, dict[str, float]]:
    """Return the middle and the 95th percentile of each step, in milliseconds."""
    found = {}
    for step in STEPS:
        times = sorted(time for one in walked for time in one.times[step])
        if times:
            p50, p95 = times[len(times) // 2], times[min(int(len(times) * 0.95), len(times) - 1)]
            found[step] = {"p50_ms": round(p50, 2), "p95_ms": round(p95, 2)}
    return found


def _used(processes: Sequence[Process]) -> Used:
    return Used(
        server=sum(one.cpu_seconds() for one in processes if one.name == "server"),
        worker=sum(one.cpu_seconds() for one in processes if one.name != "server"),
        postgres=town.postgres_cpu_seconds(),
    )


def _backlog() -> int:
    """Return how many jobs wait or run; those that wait for a later hour do not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs "
            "WHERE status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now())"
        )
        return int(cursor.fetchone()[0])


def _drain() -> float:
    """Wait until the worker has done what was left; return how many seconds it took.

    :raises TimeoutError: if it does not come to an end.
    """
    began = time.monotonic()
    while left := _backlog():
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError(f"{left} jobs were left after {PATIENCE:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began


def _floor(
    url: str, recorded: Sequence[Sequence[recording.Row]], template: Sold, sold: Sequence[Sold],
    options: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    script = floor.script(url, recorded, template)
    speed = floor.passes(url, script, sold, clients=options["clients"], laps=UNITS, seconds=options["seconds"])
    return {
        "floor_returns_per_second": round(speed, 2),
        "floor": {"commits": len(recorded), "statements": script.statements, "rows": sum(map(len, recorded))},
    }


def _surroundings() -> dict[str, Any]:
    """Return on what this was measured."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync'), "
                       "current_setting('synchronous_commit')")  # fmt: skip
        version, fsync, synchronous = cursor.fetchone()
    versions = {name: metadata.version(name) for name in PACKAGES}
    return {
        "cores": os.cpu_count(),
        "fsync": fsync,
        "synchronous_commit": synchronous,
        "versions": {"python": platform.python_version(), "postgresql": version, **versions},
    }
