"""The ground that benches stand on: a database of their own, a merchant with orders, and processes to measure."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from urllib.parse import urlsplit, urlunsplit

import httpx
import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from homeward.config import postgres
from homeward.kernel import Actor, Role
from homeward.logistics import actions as logistics_actions
from homeward.orders import actions as order_actions
from homeward.orders.drafts import LineDraft, OrderDraft, PaymentDraft
from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant
from homeward.policies import actions as policy_actions
from homeward.policies import queries as policy_queries
from homeward.policies import rulebook as books

OPERATOR = Actor(Role.OPERATOR, "bench", "Bench")
SERVER_MEMORY_UNIT = 1024 * 1024
ORDERS_AT_ONCE = 500
DROP_TRIES = 60
_SOLD = """
SELECT purchase.ref, line.ref, purchase.id, line.id, payment.id
FROM orders_order AS purchase
JOIN orders_orderline AS line ON line.order_id = purchase.id
JOIN orders_payment AS payment ON payment.order_id = purchase.id
WHERE purchase.merchant_id = %s ORDER BY purchase.id
"""


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database for one bench, move Django's connection there, and drop it in the end; yields its URL."""
    home = urlsplit(postgres.database_url())
    name = f"bench_{secrets.token_hex(4)}"
    url = urlunsplit(home._replace(path=f"/{name}"))
    with psycopg.connect(urlunsplit(home), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    connections.close_all()
    before = settings.DATABASES["default"]["NAME"]
    for place in (settings.DATABASES["default"], connections["default"].settings_dict):
        place["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        yield url
    finally:
        connections.close_all()
        for place in (settings.DATABASES["default"], connections["default"].settings_dict):
            place["NAME"] = before
        _drop(urlunsplit(home), name)


def _drop(home: str, name: str) -> None:
    """Drop a bench's database; where PostgreSQL's own housekeeping is in it just now, a moment later."""
    with psycopg.connect(home, autocommit=True) as admin:
        for _ in range(DROP_TRIES):
            try:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
                return
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                time.sleep(0.5)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def merchant(*, at: datetime) -> tuple[Merchant, str]:
    """Admit the bench's merchant and cut a key with every scope; return both."""
    made = party_actions.admit(
        slug="bench", name="Bench", country="DE", zone="Europe/Berlin", currency="EUR", actor=OPERATOR, at=at
    )
    _, secret = party_actions.cut_key(merchant=made, name="bench", scopes=party_actions.SCOPES, actor=OPERATOR, at=at)
    return made, secret


def furnish(*, at: datetime) -> tuple[Merchant, str]:
    """Admit the bench's merchant with what a working shop has: a center, rates, a rulebook; return it with its key."""
    made, secret = merchant(at=at)
    logistics_actions.open_center(
        code="hamburg", name="Hamburg warehouse", country="DE", zone="Europe/Berlin", serves=["DE", "AT", "DK"],
        address=["Kaistraße 4", "20457 Hamburg"], handling_minor=160, currency="EUR", actor=OPERATOR, at=at,
    )  # fmt: skip
    with (resources.files("homeward.logistics") / "sample_rates.csv").open(encoding="utf-8") as lines:
        logistics_actions.import_rates(lines, actor=OPERATOR, at=at)
    long_ago = at - timedelta(days=900)
    policy_actions.publish(books.standard(), merchant=made, actor=OPERATOR, at=long_ago, valid_from=long_ago)
    return made, secret


@dataclass(frozen=True, slots=True)
class Sold:
    """An order that a bench can return from: its ref and id, and those of its only line and payment."""

    ref: str
    line: str
    order_id: int
    line_id: int
    payment_id: int


def sell(seller: Merchant, count: int, *, units: int, at: datetime) -> list[Sold]:
    """Take `count` orders of one line with so many units each, delivered five days ago and paid by transfer."""
    rulebook_of = policy_queries.calendar_of(seller.pk)
    for start in range(0, count, ORDERS_AT_ONCE):
        drafts = [_draft(number, units, at) for number in range(start, min(start + ORDERS_AT_ONCE, count))]
        order_actions.upsert_orders(
            drafts, merchant=seller, source="bench", actor=OPERATOR, at=at, rulebook_of=rulebook_of
        )
    with connections["default"].cursor() as cursor:
        cursor.execute(_SOLD, [seller.pk])
        return [Sold(*row) for row in cursor.fetchall()]


def _draft(number: int, units: int, at: datetime) -> OrderDraft:
    placed, came = at - timedelta(days=9), at - timedelta(days=5)
    line = LineDraft(
        external_id="1", title="Leinenplaid, sand, 150 × 200 cm", sku=f"LT-{number % 500:03}", quantity=units,
        unit_minor=4990, tax_minor=797 * units, category="home", weight_g=900, delivered=units, delivered_at=came,
    )  # fmt: skip
    paid = PaymentDraft(
        provider="offline", external_id=f"transfer-{number}", captured_minor=4990 * units, currency="EUR",
        method="Überweisung", captured_at=placed,
    )  # fmt: skip
    return OrderDraft(
        external_id=str(number), number=f"B-{number:07}", placed_at=placed, currency="EUR", lines=(line,),
        payments=(paid,), name="Jonas Weber", email=f"jonas.{number}@kiel.example", country="DE", postcode="24103",
        locale="de", channel="web", tax_minor=797 * units, informed_at=placed,
    )  # fmt: skip


def now() -> datetime:
    """Return the time; benches are an edge."""
    return datetime.now(UTC)


def days_ago(count: float) -> datetime:
    """Return the time `count` days before now."""
    return now() - timedelta(days=count)


@dataclass
class Process:
    """A process of the house that runs while a bench measures it."""

    name: str
    handle: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Return the CPU time of the process and its children so far."""
        total = 0.0
        for one in _family(self.handle.pid):
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total

    def memory_mb(self) -> float:
        """Return the memory that belongs to the process and its children alone, in MB."""
        total = 0
        for one in _family(self.handle.pid):
            try:
                total += one.memory_full_info().uss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return round(total / SERVER_MEMORY_UNIT, 1)


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def postgres_cpu_seconds() -> float:
    """Return the CPU time that the processes of our PostgreSQL have used so far, those that ended included."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    server = backend.parent() or backend
    times = [one.cpu_times() for one in [server, *server.children()]]
    ended = server.cpu_times()
    return sum(t.user + t.system for t in times) + ended.children_user + ended.children_system


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(url: str, *commands: tuple[str, list[str]]) -> Iterator[list[Process]]:
    """Run `homeward` commands against the database at `url`, each named, and end them afterwards."""
    environment = os.environ | {"DATABASE_URL": url, "HOMEWARD_LOG": "WARNING"}
    found = [
        Process(
            name,
            subprocess.Popen(
                [sys.executable, "-m", "homeward.config.console", *words], env=environment, stdout=subprocess.DEVNULL
            ),
        )
        for name, words in commands
    ]
    try:
        yield found
    finally:
        for process in found:
            process.handle.terminate()
        for process in found:
            try:
                process.handle.wait(15)
            except subprocess.TimeoutExpired:
                process.handle.kill()


def wait_for(address: str, *, seconds: float = 60) -> None:
    """Wait until a web server answers at `address`.

    :raises TimeoutError: if it does not within `seconds`.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            httpx.get(address, timeout=2)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"nobody answers at {address}")
