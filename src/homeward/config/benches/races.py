"""`homeward bench races`: every command is sent twice at once, and takes effect once.

Three duels, each over many orders: two returns of the same units, one receipt confirmed twice, one refund asked twice.
Two threads with connections of their own stand at a line and start together.
"""

from __future__ import annotations

import tempfile
import threading
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connections

from homeward.config.benches import goods, town
from homeward.config.benches.bank import NAME, FolderBank
from homeward.connectors import payments
from homeward.kernel import NotAllowed
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.parties.models import Merchant
from homeward.returns import actions as return_actions
from homeward.returns import queries as return_queries
from homeward.settlements import actions, ports, queries, sending
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse import queries as warehouse_queries

WAIT = 30  # seconds that one fighter waits for the other at the line
Duel = Callable[[Callable[[], object], Callable[[], object]], list[Exception | None]]


def add_arguments(parser: ArgumentParser) -> None:
    """Say over how many orders each duel goes."""
    parser.add_argument("--orders", type=int, default=1000, help="orders per duel")


def run(options: dict[str, Any]) -> dict[str, Any]:
    """Fight all duels in a database of the bench's own; `once` of each is to equal its `orders`."""
    orders = options["orders"]
    with town.own_database(), tempfile.TemporaryDirectory() as folder:
        merchant, _ = town.merchant(at=town.now())
        return {
            "two_returns_of_the_same_units": two_returns_of_the_same_units(merchant, orders=orders),
            "one_receipt_confirmed_twice": one_receipt_confirmed_twice(merchant, orders=orders),
            "one_refund_asked_twice": one_refund_asked_twice(merchant, Path(folder), orders=orders),
        }


@contextmanager
def duels() -> Iterator[Duel]:
    """Yield a function that calls two functions at the same moment, each on a connection that stays its own."""
    line = threading.Barrier(2)

    def fighter(call: Callable[[], object]) -> Exception | None:
        line.wait(WAIT)
        try:
            call()
        except Exception as error:  # what it raised is what the duel found
            return error
        return None

    with ThreadPoolExecutor(2) as pool:
        yield lambda one, two: [future.result() for future in (pool.submit(fighter, one), pool.submit(fighter, two))]
        for future in [pool.submit(fighter, connections.close_all) for _ in range(2)]:
            future.result()


def two_returns_of_the_same_units(merchant: Merchant, *, orders: int, at: datetime | None = None) -> dict[str, Any]:
    """Ask twice at once for all units of an order: one return stands, and holds no more than was delivered."""
    results, at, shop = Counter[str](), at or town.now(), goods.shop_of(merchant)
    with duels() as duel:
        for number in range(orders):
            of = goods.order(merchant, f"UNITS-{number}", at=at)

            def ask(of: Any = of) -> None:
                return_actions.request(order=of, wishes=[goods.wish(of)], actor=shop, at=at, channel="api")

            raised = duel(ask, ask)
            made = len(return_queries.of_order(MACHINE, of.pk))
            held = sum(line.held for line in order_queries.lines(MACHINE, of))
            results[_verdict(made == 1 and held == goods.UNITS, raised, return_actions.UnitsGone)] += 1
    return _told(orders, results)


def one_receipt_confirmed_twice(merchant: Merchant, *, orders: int, at: datetime | None = None) -> dict[str, Any]:
    """Count a receipt twice at once, then grade it twice at once: it counts once, and the stock moves once."""
    results, at, shop = Counter[str](), at or town.now(), goods.shop_of(merchant)
    with duels() as duel:
        for number in range(orders):
            made = goods.asked(goods.order(merchant, f"DOCK-{number}", at=at), at=at)
            receipt = goods.arrived(made, at=at)

            def count(ref: str = receipt.ref) -> None:
                fresh = warehouse_queries.receipt(shop, ref)
                warehouse_actions.receive(fresh, goods.counts(fresh), actor=shop, at=at)

            def grade(ref: str = receipt.ref) -> None:
                fresh = warehouse_queries.receipt(shop, ref)
                warehouse_actions.inspect_all(fresh, goods.findings(fresh), actor=shop, at=at)

            raised = [*duel(count, count), *duel(grade, grade)]
            movements = warehouse_queries.movements(MACHINE).filter(inspection__line__receipt=receipt)
            moved = sum(one.quantity for one in movements)
            arrived = sum(line.received for line in warehouse_queries.lines(MACHINE, receipt))
            fits = moved == arrived == goods.UNITS
            results[_verdict(fits, raised, warehouse_actions.CountMismatch, expected=2)] += 1
    return _told(orders, results)


def one_refund_asked_twice(
    merchant: Merchant, folder: Path, *, orders: int, at: datetime | None = None
) -> dict[str, Any]:
    """Settle a return twice at once, then send its refund twice at once: one refund stands, and it is paid once."""
    results, at, shop = Counter[str](), at or town.now(), goods.shop_of(merchant)
    bank = FolderBank(folder, keeps_keys=False)
    ports.wire(bank, by_hand=payments.OfflinePayments())
    with duels() as duel:
        for number in range(orders):
            of = goods.graded(goods.order(merchant, f"MONEY-{number}", at=at, provider=NAME), at=at)

            def settle(return_id: int = of.pk) -> None:
                actions.settle(return_id, actor=shop, at=at)

            raised = duel(settle, settle)
            refunds = list(queries.refunds(MACHINE).filter(remedy__return_request=of))

            def send(pks: tuple[int, ...] = tuple(refund.pk for refund in refunds)) -> None:
                for pk in pks:
                    sending.send(pk, at=at)

            raised += duel(send, send)
            paid = sum(bank.paid(refund.ref) for refund in refunds)
            state = queries.refunds(MACHINE).get(pk=refunds[0].pk).state
            fits = len(refunds) == paid == 1 and state == "confirmed"
            results[_verdict(fits, raised, expected=0)] += 1
    return _told(orders, results)


def _verdict(fits: bool, raised: list[Exception | None], *refusals: type[Exception], expected: int = 1) -> str:
    """Return "once" if what stands fits and the other fighter was refused in words; else what happened instead."""
    errors = [error for error in raised if error is not None]
    strange = [error for error in errors if not isinstance(error, (*refusals, NotAllowed))]
    if strange:
        return f"trouble: {type(strange[0]).__name__}"
    if not fits:
        return "twice or never"
    return "once" if len(errors) == expected else "once, but not refused"


def _told(orders: int, results: Counter[str]) -> dict[str, Any]:
    return {"orders": orders, "once": results.pop("once", 0), "otherwise": dict(results)}
