"""Holding units of order lines for a return, claim or exchange, and letting them go; PostgreSQL keeps the promise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from homeward import journal
from homeward.kernel import Actor
from homeward.orders.models import Order

# One statement: it locks the lines in order of their ids (so that two holders never wait for each other crosswise),
# looks at what is free now, and changes either all of them or none.
_HOLD = """
WITH wanted AS (
    SELECT id, sum(quantity)::int AS quantity FROM unnest(%s::bigint[], %s::int[]) AS asked (id, quantity) GROUP BY id
), free AS (
    SELECT line.id, line.ref, line.order_id, wanted.quantity,
           CASE WHEN line.is_physical AND line.category <> 'gift_card' AND 'gift_card' <> ALL(line.traits)
                     AND purchase.cancelled_at IS NULL THEN line.delivered - line.held ELSE 0 END AS available
    FROM orders_orderline AS line
    JOIN wanted ON wanted.id = line.id
    JOIN orders_order AS purchase ON purchase.id = line.order_id
    ORDER BY line.id FOR UPDATE OF line
), verdict AS (
    SELECT count(*) = (SELECT count(*) FROM wanted) AND bool_and(available >= quantity) AS fits FROM free
), changed AS (
    UPDATE orders_orderline AS line SET held = line.held + free.quantity
    FROM free, verdict WHERE line.id = free.id AND verdict.fits
)
SELECT purchase.id, purchase.ref, purchase.merchant_id, free.id, free.ref, free.available, verdict.fits
FROM verdict, free JOIN orders_order AS purchase ON purchase.id = free.order_id
"""

_RELEASE = """
WITH given AS (
    SELECT id, sum(quantity)::int AS quantity FROM unnest(%s::bigint[], %s::int[]) AS back (id, quantity) GROUP BY id
), own AS (
    SELECT line.id, line.ref, line.order_id, given.quantity, line.held - line.returned_before AS held
    FROM orders_orderline AS line JOIN given ON given.id = line.id
    ORDER BY line.id FOR UPDATE OF line
), verdict AS (
    SELECT count(*) = (SELECT count(*) FROM given) AND bool_and(held >= quantity) AS fits FROM own
), changed AS (
    UPDATE orders_orderline AS line SET held = line.held - own.quantity
    FROM own, verdict WHERE line.id = own.id AND verdict.fits
)
SELECT purchase.id, purchase.ref, purchase.merchant_id, own.id, own.ref, own.held, verdict.fits
FROM verdict, own JOIN orders_order AS purchase ON purchase.id = own.order_id
"""


class NotReturnable(Exception):
    """More units were asked for than may come back; `available` says how many of each line may."""

    def __init__(self, asked: Mapping[int, int], available: Mapping[int, int]) -> None:
        self.asked, self.available = dict(asked), dict(available)
        self.short = {line: available.get(line, 0) for line, count in asked.items() if count > available.get(line, 0)}
        super().__init__(
            "; ".join(f"{asked[line]} asked of line {line}, {free} available" for line, free in self.short.items())
        )


class NotHeld(Exception):
    """More units were to be let go than are held; somebody has let them go before."""

    def __init__(self, given: Mapping[int, int], held: Mapping[int, int]) -> None:
        self.given, self.held = dict(given), dict(held)
        super().__init__(f"to let go {self.given}, but held are {self.held}")


@journal.action
def hold(lines: Iterable[tuple[int, int]], *, by: str, actor: Actor, at: datetime) -> None:
    """Hold units, given as (order line id, quantity), for the return or claim `by` (its ref): all of them or none.

    :raises NotReturnable: if one line has fewer units left, does not exist, or cannot come back at all.
    :raises ValueError: if a quantity is not above zero.
    """
    asked = _summed(lines)
    rows = _run(_HOLD, asked)
    if not _fits(rows):
        raise NotReturnable(asked, {line: available for *_, line, _, available, _ in rows})
    _record("hold", rows, asked, by=by, actor=actor, at=at)


@journal.action
def release(lines: Iterable[tuple[int, int]], *, by: str, actor: Actor, at: datetime) -> None:
    """Let go of units that `by` has held, so that they may be asked back anew: all of them or none.

    :raises NotHeld: if one line holds fewer units than that.
    :raises ValueError: if a quantity is not above zero.
    """
    given = _summed(lines)
    rows = _run(_RELEASE, given)
    if not _fits(rows):
        raise NotHeld(given, {line: held for *_, line, _, held, _ in rows})
    _record("release", rows, given, by=by, actor=actor, at=at)


_Row = tuple[int, str, int, int, str, int, bool]  # order, its ref and merchant; line, its ref, what it has; verdict


def _summed(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the quantity of each line, with a line that is named twice counted together."""
    total: dict[int, int] = {}
    for line, quantity in lines:
        if quantity < 1:
            raise ValueError(f"{quantity} units of line {line}: nothing to hold or let go")
        total[line] = total.get(line, 0) + quantity
    if not total:
        raise ValueError("no lines to hold or let go")
    return total


def _run(sql: str, quantities: Mapping[int, int]) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(quantities), list(quantities.values())])
        return cursor.fetchall()


def _fits(rows: list[_Row]) -> bool:
    return bool(rows) and rows[0][-1]


def _record(verb: str, rows: list[_Row], quantities: Mapping[int, int], *, by: str, actor: Actor, at: datetime) -> None:
    """Write one entry per order, saying for whom how many units of which lines."""
    orders = {order: (ref, merchant) for order, ref, merchant, *_ in rows}
    for order, (ref, merchant) in orders.items():
        units = {ref_: quantities[line] for order_, _, _, line, ref_, _, _ in rows if order_ == order}
        journal.record(Order(pk=order, ref=ref, merchant_id=merchant), verb, actor=actor, at=at, by=by, lines=units)
