"""Questions about orders, each fenced to what the actor may see; above all: how many units may still come back."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from homeward.journal import prepared
from homeward.kernel import Actor, Role
from homeward.orders import naming, texts
from homeward.orders.drafts import number_key
from homeward.orders.lookup import NOBODY, Known, is_proof
from homeward.orders.models import Delivery, ImportProblem, ImportRun, Order, OrderLine, PastReturn, Payment, Product
from homeward.orders.naming import Named
from homeward.parties.models import Merchant

_MOST_CANDIDATES = 8  # orders of one mailbox among which a person picks
_MOST_NAMESAKES = 20  # orders of different merchants that bear one number


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some or all units of a line cannot come back."""

    code: str
    facts: Mapping[str, Any]

    def __str__(self) -> str:
        return texts.reason(self.code, self.facts)


@dataclass(frozen=True, slots=True)
class Returnable:
    """How many units of a line may come back now, and why not more."""

    line: OrderLine
    available: int
    reasons: tuple[Reason, ...] = ()


def orders(actor: Actor) -> QuerySet[Order]:
    """Return the orders that `actor` may see, newest first: a shopper sees those that they have proved to be theirs."""
    rows = Order.objects.select_related("merchant", "shopper").order_by("-placed_at", "-pk")
    if actor.role == Role.SHOPPER:
        return rows.filter(pk__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def order(actor: Actor, ref: str) -> Order:
    """Return one order by reference, with its lines, payments and parcels.

    :raises Order.DoesNotExist: if there is none that the actor may see.
    """
    rows = orders(actor).prefetch_related(
        Prefetch("lines", OrderLine.objects.order_by("position").select_related("product")),
        Prefetch("payments", Payment.objects.order_by("pk")),
        Prefetch("deliveries", Delivery.objects.order_by("pk")),
    )
    return rows.get(ref=ref)


@prepared.question
def _by_ref(ref: str) -> QuerySet[Order]:
    return Order.objects.select_related("merchant", "shopper").filter(ref=ref)


def purchase(actor: Actor, ref: str) -> Order:
    """Return one order by reference with its merchant and shopper, without what belongs to it.

    :raises Order.DoesNotExist: if there is none that the actor may see.
    """
    for found in _by_ref(ref=ref):
        _fence(actor, found)
        return found
    raise Order.DoesNotExist(ref)


@prepared.question
def _lines_of(order_id: int) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order_id=order_id).select_related("product").order_by("position")


def lines(actor: Actor, order: Order) -> list[OrderLine]:
    """Return the lines of an order as they stand, in the order's order.

    :raises Order.DoesNotExist: if the actor may not see the order.
    """
    _fence(actor, order)
    return _lines_of(order_id=order.pk)


def payments(actor: Actor, order: Order) -> list[Payment]:
    """Return the payments of an order, in the order in which they were told.

    :raises Order.DoesNotExist: if the actor may not see the order.
    """
    _fence(actor, order)
    return list(Payment.objects.filter(order=order).order_by("pk"))


def payment(actor: Actor, ref: str) -> Payment:
    """Return one payment by reference.

    :raises Payment.DoesNotExist: if there is none that the actor may see.
    """
    rows = Payment.objects.select_related("order")
    if actor.role == Role.SHOPPER:
        return rows.get(ref=ref, order_id__in=actor.order_ids)
    return (rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)).get(ref=ref)


def payments_of_provider(actor: Actor, *, provider: str, external_ids: Sequence[str]) -> list[Payment]:
    """Return the payments that a provider knows under any of these numbers, within the actor's fence."""
    rows = Payment.objects.filter(provider=provider, external_id__in=external_ids).order_by("pk")
    return list(rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence))


def returnable(actor: Actor, order: Order) -> list[Returnable]:
    """Return for each line how many units may come back now: the one answer that every screen and check asks.

    :raises Order.DoesNotExist: if the actor may not see the order.
    """
    return [_returnable(line, order) for line in lines(actor, order) if line.quantity]


def _returnable(line: OrderLine, order: Order) -> Returnable:
    """Say it as the guard in `actions.hold` counts it."""
    if order.cancelled_at:
        return Returnable(line, 0, (Reason("cancelled", {}),))
    if line.category == "gift_card" or "gift_card" in line.traits:
        return Returnable(line, 0, (Reason("gift_card", {}),))
    if not line.is_physical:
        return Returnable(line, 0, (Reason("not_physical", {}),))
    reasons = []
    if waiting := line.quantity - line.delivered:
        code = "partly_delivered" if line.delivered else "not_delivered"
        reasons.append(Reason(code, {"waiting": waiting}))
    if line.held:
        code = "partly_asked_back" if line.held < line.delivered else "all_asked_back"
        reasons.append(Reason(code, {"held": line.held}))
    return Returnable(line, line.delivered - line.held, tuple(reasons))


def order_of_shopper(actor: Actor, *, number: str, proof: str) -> Order:
    """Return the order that a stranger names by number and knows the e-mail, postcode or last four of the phone of.

    `actor` fences by its merchant alone (a shop's own portal), else all merchants are searched. A miss does the same
    work as a hit: one look-up and at least one full comparison.

    :raises Order.DoesNotExist: if no order fits, whatever the cause.
    """
    rows = Order.objects.select_related("merchant", "shopper").filter(number_key=number_key(number)[:80])
    if actor.merchant_id is not None:
        rows = rows.filter(merchant_id=actor.fence)
    found = list(rows.order_by("-placed_at", "-pk")[:_MOST_NAMESAKES])
    known = [Known(one.email, one.postcode, one.phone) for one in found] or [NOBODY]
    fits = [is_proof(proof[:254], one) for one in known]
    for one, fit in zip(found, fits, strict=False):
        if fit:
            return one
    raise Order.DoesNotExist("no order has this number and this proof")


def named(actor: Actor, *, merchant: Merchant, contract: str, email: str, at: datetime) -> Named:
    """Return which order of a merchant somebody means who names a contract in their own words and gives an e-mail.

    Without a number, orders of the last year count. The answer tells about orders: it is for the shop's eyes.
    """
    keys = naming.keys_in(contract)
    rows, mailbox = orders(actor).filter(merchant=merchant), email.strip().lower()
    numbered = list(rows.filter(number_key__in=keys)[:_MOST_NAMESAKES]) if keys else []
    recent = rows.alias(mailbox=Lower("email")).filter(mailbox=mailbox, placed_at__gt=at - timedelta(days=366))
    owned = list(recent[:_MOST_CANDIDATES]) if mailbox else []
    return naming.pick(numbered, owned, email=mailbox, has_number=bool(keys))


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders of a list, and the cursor after which the next ones stand (empty at the end)."""

    rows: Sequence[Order]
    next: str = ""


class BadCursor(ValueError):
    """A cursor was not one of ours."""


def page_of_orders(
    actor: Actor, *, search: str = "", after: str = "", limit: int = 50, source: str = "",
    placed_from: datetime | None = None, placed_to: datetime | None = None, postcode: str = "", method: str = "",
) -> Page:  # fmt: skip
    """Return one page of orders, newest first.

    `search` is the beginning of an order number or e-mail, or a whole tracking number, buyer's or order's reference.
    Without a number, an order is found by its time, postcode and means of payment.

    :raises BadCursor: if `after` is not a cursor that an earlier page gave.
    """
    rows = orders(actor)
    if search := search.strip():
        rows = rows.filter(_matches(search))
    if source:
        rows = rows.filter(source=source)
    if placed_from:
        rows = rows.filter(placed_at__gte=placed_from)
    if placed_to:
        rows = rows.filter(placed_at__lt=placed_to)
    if postcode:
        rows = rows.filter(postcode__iexact=postcode.strip())
    if method:
        rows = rows.filter(pk__in=Payment.objects.filter(method__icontains=method).values("order_id"))
    if after:
        placed_at, pk = _from_cursor(after)
        rows = rows.filter(Q(placed_at__lt=placed_at) | Q(placed_at=placed_at, pk__lt=pk))
    found = list(rows[: limit + 1])
    shown = found[:limit]
    return Page(shown, _cursor(shown[-1].placed_at, shown[-1].pk) if len(found) > limit else "")


def _matches(search: str) -> Q:
    tracked = Delivery.objects.filter(tracking_number=search).values("order_id")
    match = Q(ref=search) | Q(buyer=search) | Q(pk__in=tracked)
    if key := number_key(search):
        match |= Q(number_key__startswith=key)
    emails = Order.objects.annotate(address=Lower("email")).filter(address__startswith=search.lower()).exclude(email="")
    return match | Q(pk__in=emails.values("pk"))


def _cursor(placed_at: datetime, pk: int) -> str:
    return urlsafe_b64encode(f"{placed_at.isoformat()} {pk}".encode()).decode().rstrip("=")


def _from_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        told, number = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        placed_at, pk = datetime.fromisoformat(told), int(number)
    except ValueError as error:
        raise BadCursor(cursor) from error
    if placed_at.utcoffset() is None or not 0 <= pk < 2**63 or _cursor(placed_at, pk) != cursor:
        raise BadCursor(cursor)
    return placed_at, pk


def products(actor: Actor) -> QuerySet[Product]:
    """Return the catalog of the merchants that `actor` may see, by sku."""
    rows = Product.objects.order_by("merchant_id", "sku")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def import_runs(actor: Actor) -> QuerySet[ImportRun]:
    """Return imports of the merchants that `actor` may see, latest first."""
    rows = ImportRun.objects.select_related("merchant").order_by("-pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def earlier_run(actor: Actor, run: ImportRun) -> ImportRun | None:
    """Return the latest import before `run` that read the same file of the same merchant to its end, if any."""
    if not run.sha256:
        return None
    same = import_runs(actor).filter(merchant_id=run.merchant_id, sha256=run.sha256, pk__lt=run.pk, stopped_by="")
    return same.exclude(finished_at=None).first()


def import_problems(actor: Actor, run: ImportRun) -> QuerySet[ImportProblem]:
    """Return what an import could not take, in the order of its rows.

    :raises ImportRun.DoesNotExist: if the actor may not see the run.
    """
    if not actor.sees_all_merchants and run.merchant_id != actor.merchant_id:
        raise ImportRun.DoesNotExist(run.ref)
    return ImportProblem.objects.filter(run=run).order_by("row", "pk")


def past_returns(actor: Actor) -> QuerySet[PastReturn]:
    """Return what came back before Homeward was used, as far as `actor` may see it."""
    rows = PastReturn.objects.order_by("returned_at", "pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def _fence(actor: Actor, order: Order) -> None:
    """Refuse an order that the actor may not see, as if it did not exist."""
    if not actor.sees(merchant_id=order.merchant_id, order_id=order.pk):
        raise Order.DoesNotExist(order.ref)


_SALES = """
SELECT count(*), coalesce(sum(line.quantity), 0), coalesce(sum(line.paid_minor), 0), count(DISTINCT line.order_id),
       count(DISTINCT nullif(purchase.buyer, ''))
FROM orders_orderline AS line JOIN orders_order AS purchase ON purchase.id = line.order_id
WHERE line.merchant_id = %s AND purchase.source = %s AND line.sku ~ %s AND line.paid_minor > 0 AND line.quantity > 0
"""
_RETURNS = """
SELECT count(*), coalesce(sum(quantity), 0), coalesce(sum(value_minor), 0),
       count(DISTINCT split_part(external_id, '/', 1)), count(DISTINCT nullif(buyer, '')),
       count(*) FILTER (WHERE buyer <> '')
FROM orders_pastreturn WHERE merchant_id = %s AND source = %s AND sku ~ %s
"""
_LATENCY = """
WITH late AS (
    SELECT floor(extract(epoch FROM back.returned_at AT TIME ZONE %s - purchase.placed_at AT TIME ZONE %s) / 86400)
           AS days
    FROM orders_pastreturn AS back
    JOIN orders_orderline AS line ON line.id = back.line_id
    JOIN orders_order AS purchase ON purchase.id = line.order_id
    WHERE back.merchant_id = %s AND back.source = %s AND back.sku ~ %s
)
SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY days), count(*) FILTER (WHERE days <= 7),
       count(*) FILTER (WHERE days <= 14), count(*) FILTER (WHERE days <= 30), count(*) FILTER (WHERE days > 30)
FROM late
"""


def history_figures(
    actor: Actor, merchant: Merchant, *, source: str, skus: str = "", zone: str | None = None
) -> dict[str, int]:
    """Return what a merchant's imported history adds up to: sales, returns, and how returns fit to sales.

    `skus` is a pattern that skus of merchandise match; whole days are counted in `zone` (the merchant's own if not
    given). Values are in minor units of the history's currency.

    :raises Merchant.DoesNotExist: if the actor may not see the merchant.
    """
    if not actor.sees_all_merchants and merchant.pk != actor.merchant_id:
        raise Merchant.DoesNotExist(merchant.ref)
    zone = zone or merchant.zone
    names = (
        ("sale_lines", "sold_units", "sold_value", "sale_invoices", "buyers"),
        ("return_lines", "returned_units", "returned_value", "return_invoices", "returning_customers",
         "return_lines_with_customer"),
        ("matched", "median_days", "within_7_days", "within_14_days", "within_30_days", "over_30_days"),
    )  # fmt: skip
    figures: dict[str, int] = {}
    with connection.cursor() as cursor:
        for keys, sql, zones in zip(names, (_SALES, _RETURNS, _LATENCY), ([], [], [zone, zone]), strict=True):
            cursor.execute(sql, [*zones, merchant.pk, source, skus])
            figures |= {key: int(value or 0) for key, value in zip(keys, cursor.fetchone(), strict=True)}
    return figures
