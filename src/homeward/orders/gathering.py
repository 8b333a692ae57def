"""What was sold and what came back before us, streamed as plain rows: history for whoever tries something on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from homeward.kernel import Actor
from homeward.parties.models import Merchant

NEVER = -(1 << 63)  # a moment that is not known
_AT_ONCE = 25_000  # rows that travel together


class Sold(NamedTuple):
    """One line of an order, as a return of it would be judged. Moments are microseconds since 1970, or NEVER."""

    line: int
    country: str
    subdivision: str
    channel: str
    language: str
    currency: str
    category: str
    traits: str  # joined by commas, as are notices
    notices: str
    placed_at: int
    delivered_at: int
    informed_at: int
    asked_at: int
    quantity: int
    unit_minor: int


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the order in a merchant's zone, both included; None for no end."""

    since: date | None
    until: date | None
    zone: str

    def limits(self) -> tuple[datetime, datetime]:
        """Return the first moment, and the first one that is too late."""
        zone = ZoneInfo(self.zone)
        first = datetime.combine(self.since or date(1970, 1, 2), time(), zone)
        return first, datetime.combine(self.until or date(9000, 1, 1), time(), zone) + timedelta(days=1)


_MICROS = "coalesce((extract(epoch FROM {0}) * 1000000)::bigint, (-9223372036854775808)::bigint)"
_COLUMNS = f"""
    line.id, purchase.country, purchase.subdivision, purchase.channel, purchase.locale, purchase.currency,
    line.category, array_to_string(line.traits, ','), array_to_string(purchase.notices, ','),
    {_MICROS.format("purchase.placed_at")}, {_MICROS.format("line.delivered_at")},
    {_MICROS.format("purchase.informed_at")},
"""
_LINES = f"""
SELECT {_COLUMNS} {_MICROS.format("NULL::timestamptz")}, line.quantity,
    line.paid_minor / greatest(line.quantity, 1)
FROM orders_orderline AS line JOIN orders_order AS purchase ON purchase.id = line.order_id
WHERE line.merchant_id = %(merchant)s AND line.held = 0 AND line.quantity > 0 AND line.is_physical
    AND purchase.cancelled_at IS NULL AND NOT purchase.is_test
    AND purchase.placed_at >= %(since)s AND purchase.placed_at < %(until)s
"""
_PAST = f"""
SELECT {_COLUMNS} {_MICROS.format("back.returned_at")}, back.quantity, back.value_minor / back.quantity
FROM orders_pastreturn AS back
JOIN orders_orderline AS line ON line.id = back.line_id
JOIN orders_order AS purchase ON purchase.id = line.order_id
WHERE back.merchant_id = %(merchant)s
    AND purchase.placed_at >= %(since)s AND purchase.placed_at < %(until)s
"""
_HOMELESS = "SELECT count(*) FROM orders_pastreturn WHERE merchant_id = %(merchant)s AND line_id IS NULL"
_PURCHASES = """
SELECT line.id, purchase.ref, purchase.number, line.title
FROM orders_orderline AS line JOIN orders_order AS purchase ON purchase.id = line.order_id
WHERE line.id = ANY(%(lines)s) AND line.merchant_id = %(merchant)s
"""


def sold_lines(actor: Actor, merchant: Merchant, span: Span) -> Iterator[list[Sold]]:
    """Give the lines of orders of which nothing was ever asked back, some thousands at once.

    :raises Merchant.DoesNotExist: if the actor may not see the merchant.
    """
    yield from _stream(actor, merchant, _LINES, span)


def past_returns(actor: Actor, merchant: Merchant, span: Span) -> Iterator[list[Sold]]:
    """Give what came back before us and fits to a sale, as it was asked back, some thousands at once.

    :raises Merchant.DoesNotExist: if the actor may not see the merchant.
    """
    yield from _stream(actor, merchant, _PAST, span)


def count_lines(actor: Actor, merchant: Merchant, span: Span) -> int:
    """Return how many rows `sold_lines` gives."""
    return _count(actor, merchant, f"SELECT count(*) FROM ({_LINES}) AS found", span)


def count_past(actor: Actor, merchant: Merchant, span: Span) -> tuple[int, int]:
    """Return how many rows `past_returns` gives, and how many past returns fit to no sale."""
    found = _count(actor, merchant, f"SELECT count(*) FROM ({_PAST}) AS found", span)
    return found, _count(actor, merchant, _HOMELESS, span)


class Purchase(NamedTuple):
    """Where a line was bought: the order by ref and number, and the title of the line."""

    ref: str
    number: str
    title: str


def purchases(actor: Actor, merchant: Merchant, lines: Sequence[int]) -> dict[int, Purchase]:
    """Return where lines were bought, by the number of the line."""
    _fence(actor, merchant)
    with connection.cursor() as cursor:
        cursor.execute(_PURCHASES, {"lines": list(lines), "merchant": merchant.pk})
        return {line: Purchase(*told) for line, *told in cursor.fetchall()}


def _fence(actor: Actor, merchant: Merchant) -> None:
    if not actor.sees(merchant_id=merchant.pk):
        raise Merchant.DoesNotExist(merchant.ref)


def _told(merchant: Merchant, span: Span) -> dict[str, Any]:
    since, until = span.limits()
    return {"merchant": merchant.pk, "since": since, "until": until}


def _count(actor: Actor, merchant: Merchant, sql: str, span: Span) -> int:
    _fence(actor, merchant)
    with connection.cursor() as cursor:
        cursor.execute(sql, _told(merchant, span))
        return int(cursor.fetchone()[0])


def _stream(actor: Actor, merchant: Merchant, sql: str, span: Span) -> Iterator[list[Sold]]:
    """Read rows through a cursor of the server: however many there are, only some thousands are here at once."""
    _fence(actor, merchant)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, _told(merchant, span))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield [Sold(*row) for row in rows]
