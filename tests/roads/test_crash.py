"""The database is killed in the middle of the road and started again: each post took effect once, none that was
acknowledged is lost, and the worker works on.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from homeward.config.postgres import Server
from tests.database.conftest import SMALL, reachable_folder

pytestmark = [pytest.mark.road, pytest.mark.race]

UNITS = 2_000
WALKERS = 4


@dataclass
class Shop:
    """A shop in a process of its own, and the server of its database."""

    server: Server
    environment: dict[str, str]
    port: int
    key: str
    order: str
    line: str
    answers: dict[str, Any] = field(default_factory=dict)

    def post(self, key: str, path: str, body: Any = None) -> Any:
        """Post under an idempotency key and remember the answer.

        :raises httpx.HTTPError: if no answer came, or none that counts.
        """
        answer = httpx.post(
            f"http://127.0.0.1:{self.port}/api/v1{path}", json=body or {}, timeout=30, trust_env=False,
            headers={"Authorization": f"Bearer {self.key}", "Idempotency-Key": key},
        )  # fmt: skip
        answer.raise_for_status()
        self.answers[key] = answer.json()
        return answer.json()

    def walk(self, name: str) -> Any:
        """Send one unit back: asked, received, graded, refunded."""
        wish = {"line": self.line, "quantity": 1, "reason": "no_longer_needed", "condition": "unopened"}
        made = self.post(f"{name}/ask", "/returns", {"order": self.order, "lines": [wish]})
        line = made["lines"][0]["ref"]
        receipt = self.post(
            f"{name}/receive", f"/returns/{made['ref']}/receive", {"counts": [{"line": line, "good": 1}]}
        )
        finding = {"line": line, "grade": "A", "disposition": "restock"}
        self.post(f"{name}/inspect", f"/receipts/{receipt['ref']}/inspect", {"findings": [finding]})
        return self.post(f"{name}/refund", f"/returns/{made['ref']}/refund")

    def while_away(self) -> tuple[int, str, str]:
        """Return what a system and a person are told while the database is away."""
        base = f"http://127.0.0.1:{self.port}"
        headers = {"Authorization": f"Bearer {self.key}"}
        told = httpx.get(f"{base}/api/v1/returns", headers=headers, timeout=30, trust_env=False)
        page = httpx.get(f"{base}/r/lanting/", timeout=30, trust_env=False)
        return told.status_code, told.json()["code"], f"{page.status_code} in {page.headers['Retry-After']}"

    def ask(self, question: str, *values: Any) -> Any:
        """Return the one value that answers a question to the database."""
        with psycopg.connect(self.server.url()) as connection:
            return connection.execute(question, values).fetchone()[0]

    def pull_the_plug(self) -> None:
        """Kill the database as a power cut would."""
        process = psutil.Process(self.server.postmaster().pid)
        process.kill()
        process.wait(10)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A shop with one order of many units, and a database of its own."""
    folder = reachable_folder()
    server = Server(folder / "home", settings=SMALL)
    environment = os.environ | {
        "DATABASE_URL": server.start(), "DJANGO_SETTINGS_MODULE": "homeward.config.settings_test",
        "HOMEWARD_HOME": str(folder / "home"),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.small_shop", str(UNITS)], stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    told = process.stdout.readline()
    assert told, "the shop did not open"
    yield Shop(server, environment, **json.loads(told))
    process.kill()
    process.wait()
    process.stdout.close()
    server.stop()
    shutil.rmtree(folder)


@contextlib.contextmanager
def walkers(shop: Shop) -> Iterator[list[str]]:
    """Let several walk returns one after the other until nobody answers them; yields the names of all walks begun."""
    begun: list[str] = []
    busy = threading.Barrier(WALKERS + 1)

    def walk(walker: int) -> None:
        with contextlib.suppress(httpx.HTTPError):
            for number in range(UNITS // WALKERS):
                begun.append(name := f"{walker}-{number}")
                shop.walk(name)
                if number == 3:
                    busy.wait(timeout=60)

    threads = [threading.Thread(target=walk, args=[walker]) for walker in range(WALKERS)]
    for thread in threads:
        thread.start()
    busy.wait(timeout=60)
    yield begun
    for thread in threads:
        thread.join(timeout=60)


def until(is_so: Callable[[], bool], *, seconds: float = 40) -> bool:
    """Return whether something has become so in time, looking again and again."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.1)):
        if is_so():
            return True
        pause.wait(0.1)
    return False


def test_posts_around_a_crash_take_effect_once_and_none_that_was_acknowledged_is_lost(shop: Shop) -> None:
    with walkers(shop) as begun:
        shop.pull_the_plug()
    acknowledged = dict(shop.answers)
    told = shop.while_away()
    shop.server.start()

    ends = [shop.walk(name) for name in begun]

    assert told == (503, "database_away", "503 in 5")
    assert len(acknowledged) >= WALKERS * 16
    assert {key: shop.answers[key] for key in acknowledged} == acknowledged
    count = len(begun)
    assert shop.ask("SELECT count(*) FROM returns_return") == count
    assert shop.ask("SELECT held FROM orders_orderline") == count
    assert shop.ask("SELECT count(*) FROM warehouse_receipt WHERE state = 'inspected'") == count
    assert shop.ask("SELECT sum(quantity) FROM warehouse_stockmovement") == count
    assert shop.ask("SELECT count(*) FROM settlements_refund") == count
    assert shop.ask("SELECT reserved_minor FROM orders_payment") == 1000 * count
    assert shop.ask("SELECT sum(amount_minor) FROM settlements_postingline") == 0
    assert shop.ask("SELECT count(*) FROM journal_entry WHERE noun = 'return' AND verb = 'request'") == count
    assert sum(end["amount"]["minor"] for end in ends) == 1000 * count


def test_the_worker_outlives_its_database_and_does_what_it_had_to_do(shop: Shop) -> None:
    before = shop.walk("before")
    command = [sys.executable, "-m", "homeward.config.console", "work"]
    worker = subprocess.Popen(command, env=shop.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL"
    told = "SELECT count(*) FROM conversations_notice WHERE kind = 'refund_sent' AND about = %s"
    try:
        assert until(lambda: shop.ask(told, before["refunds"][0]["ref"]) == 1)
        shop.pull_the_plug()
        shop.server.start()
        after = shop.walk("after")
        assert until(lambda: shop.ask(told, after["refunds"][0]["ref"]) == 1)
        assert until(lambda: shop.ask(waiting) == 0)
        assert worker.poll() is None
        assert shop.ask("SELECT count(*) FROM journal_deadletter") == 0
        worker.terminate()
        assert worker.wait(30) == 0
    finally:
        worker.kill()
        worker.wait()
