"""`homeward bench refunds`: refunds through kills of the worker, at every point between intent and record.

A process of its own settles a return and sends its refund; it is killed with SIGKILL before a chosen statement, or on
either side of the bank's books. Then the house is started again, and must end with one refund, paid once.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
import traceback
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from django.db import connection, connections

from homeward.config.benches import goods, town
from homeward.config.benches.bank import NAME, FolderBank
from homeward.connectors import payments
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.parties.models import Merchant
from homeward.returns import queries as return_queries
from homeward.returns.models import Return
from homeward.settlements import actions, ports, queries, sending

PATIENCE = timedelta(hours=1)  # after which nobody takes an open refund for being under way
MOST_STARTS = 60
AGAIN = 0.4  # how likely it is that whoever takes over is killed too
PAUSE = 0.05  # seconds for the database to notice that a process is gone


def add_arguments(parser: ArgumentParser) -> None:
    """Say how many runs, and whether to kill."""
    parser.add_argument("--runs", type=int, default=500, help="returns to refund")
    parser.add_argument("--kill", action="store_true", help="kill the worker at random points, every point first")
    parser.add_argument("--seed", type=int, default=1)


def run(options: dict[str, Any]) -> dict[str, Any]:
    """Refund returns in a database of the bench's own; return what became of them."""
    with town.own_database(), tempfile.TemporaryDirectory() as folder:
        merchant, _ = town.merchant(at=town.now())
        begun = time.perf_counter()
        found = refund_through_kills(
            merchant, Path(folder), runs=options["runs"], kills=options["kill"], dice=random.Random(options["seed"])
        )
        return found.as_dict() | {"seconds": round(time.perf_counter() - begun, 1)}


@dataclass
class Found:
    """What became of the returns."""

    runs: int = 0
    kills: int = 0
    points: set[int] = field(default_factory=set)
    results: Counter[str] = field(default_factory=Counter)
    books_balance: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain data; `exactly_once` is to equal `runs`."""
        return {
            "runs": self.runs, "kills": self.kills, "points_killed_at": len(self.points),
            "exactly_once": self.results["once"], "paid_twice": self.results["twice"], "lost": self.results["lost"],
            "other": {key: n for key, n in self.results.items() if key not in {"once", "twice", "lost"}},
            "books_balance": self.books_balance,
        }  # fmt: skip


class Reaper:
    """Counts the steps of a process and ends it at the one it was told."""

    def __init__(self, last: int | None) -> None:
        self.last, self.taken = last, 0

    def step(self) -> None:
        """Take one step, which may be the last."""
        if self.taken == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.taken += 1

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.step()
        return execute(*statement)


def refund_through_kills(
    merchant: Merchant, folder: Path, *, runs: int, kills: bool, dice: random.Random, at: datetime | None = None
) -> Found:
    """Refund `runs` returns and return what became of them.

    With `kills` the first ones are killed at each point in turn until one comes to its end, the others at random, some
    of them again and again. The bank keeps idempotency keys in every other run only.
    """
    found, at, last = Found(), at or town.now(), None
    for number in range(runs):
        bank = FolderBank(folder, keeps_keys=bool(number % 2))
        ports.wire(bank, by_hand=payments.OfflinePayments())
        of = goods.graded(goods.order(merchant, f"KILL-{number}", at=at, provider=NAME), at=at)
        if kills and last is None:
            last = None if _kill(of, bank, number, found, at=at) else number
        elif kills and last:
            while _kill(of, bank, dice.randrange(last), found, at=at) and dice.random() < AGAIN:
                pass
        _restart(of, at=at)
        found.runs += 1
        found.results[_result(of, bank)] += 1
    balance = queries.trial_balance(MACHINE)
    found.books_balance = all(sum(money.minor for money in accounts.values()) == 0 for accounts in balance.values())
    return found


def _kill(of: Return, bank: FolderBank, point: int, found: Found, *, at: datetime) -> bool:
    """Work in a process of its own that is killed before step `point`; return False where it came to its end first.

    :raises ChildProcessError: if it ended otherwise.
    """
    connections.close_all()
    pid = os.fork()
    if not pid:
        _work_until(point, of, bank, at=at)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        found.kills += 1
        found.points.add(point)
        return True
    if os.waitstatus_to_exitcode(status):
        raise ChildProcessError(f"run {of.number} failed by itself at a kill before step {point}")
    return False


def _work_until(point: int, of: Return, bank: FolderBank, *, at: datetime) -> NoReturn:
    reaper = Reaper(point)
    bank.step = reaper.step
    try:
        with connection.execute_wrapper(reaper):
            _work(of, at=at)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _work(of: Return, *, at: datetime) -> None:
    """Do what the API and the worker do with a return that waits for its money."""
    remedy = actions.settle(of.pk, actor=goods.shop_of(of.merchant), at=at)
    for refund in queries.refunds(MACHINE).filter(remedy=remedy):
        sending.send(refund.pk, at=at)


def _restart(of: Return, *, at: datetime) -> None:
    """Start the house again: the caller asks once more, and the sweep looks after what lies about."""
    for _ in range(MOST_STARTS):
        actions.settle(of.pk, actor=goods.shop_of(of.merchant), at=at)
        sending.send_due(at=at + PATIENCE)
        if not queries.refunds(MACHINE).filter(remedy__return_request=of, state__in=["intended", "sent"]).exists():
            return
        time.sleep(PAUSE)


def _result(of: Return, bank: FolderBank) -> str:
    """Return in a word what became of a return: "once" if all is as it should be."""
    found = list(queries.refunds(MACHINE).filter(remedy__return_request=of))
    paid = sum(bank.paid(refund.ref) for refund in found)
    if paid != 1 or len(found) != 1:
        return "twice" if paid > 1 else "lost"
    if found[0].state != "confirmed" or return_queries.return_(MACHINE, of.ref).state != "settled":
        return f"ended {found[0].state}"
    payment = order_queries.payment(MACHINE, found[0].payment.ref)
    if payment.reserved_minor != found[0].amount_minor:
        return "balance is off"
    kinds = sorted(posting.kind for posting in queries.ledger(MACHINE, of.case))
    return "once" if kinds == ["refund", "remedy"] else "booked otherwise"
