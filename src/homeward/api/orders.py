"""Orders over the API: taken as the shop tells them, and what of them may still come back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from homeward.api import cursors
from homeward.api.fields import Body, LanguageTag, Limit, Whole
from homeward.api.idempotency import once
from homeward.api.keys import check_scope
from homeward.api.problems import Problem
from homeward.kernel import Actor
from homeward.orders import actions, queries
from homeward.orders.drafts import DeliveryDraft, LineDraft, OrderDraft, PaymentDraft
from homeward.orders.models import Order
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant
from homeward.policies import queries as policy_queries

router = Router()


class LineIn(Body):
    """A line as sold. `unit_minor` is the list price; `discount_minor` and `tax_minor` are of the whole line."""

    external_id: str = Field(max_length=80)
    title: str = Field(max_length=300)
    sku: str = Field("", max_length=80)
    quantity: Whole
    unit_minor: Whole
    discount_minor: Whole = 0
    tax_minor: Whole | None = None
    is_physical: bool = True
    category: str = Field("", max_length=40)
    traits: list[str] = Field(default_factory=list, max_length=50)
    hs_code: str = Field("", max_length=12)
    origin: str = Field("", max_length=2)
    weight_g: Whole = 0
    delivered: Whole = 0
    delivered_at: datetime | None = None
    serials: list[str] = Field(default_factory=list, max_length=10_000)


class PaymentIn(Body):
    """Money that was captured, and what of it has been given back before."""

    provider: str = Field(max_length=40)
    external_id: str = Field(max_length=120)
    captured_minor: Whole
    currency: str
    method: str = Field("", max_length=80)
    refunded_before_minor: Whole = 0
    captured_at: datetime | None = None


class DeliveryIn(Body):
    """A parcel to the shopper."""

    tracking_number: str = Field(max_length=80)
    carrier: str = Field("", max_length=60)
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


class OrderIn(Body):
    """A whole order. The same order again changes nothing; a correction changes what it says."""

    source: str = Field("api", pattern=r"^[A-Za-z0-9_.-]{1,20}$")
    external_id: str = Field(max_length=80)
    number: str = Field(max_length=80)
    placed_at: datetime
    currency: str
    lines: list[LineIn] = Field(min_length=1, max_length=1000)
    payments: list[PaymentIn] = Field(default_factory=list, max_length=100)
    deliveries: list[DeliveryIn] = Field(default_factory=list, max_length=1000)
    name: str = Field("", max_length=200)
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=40)
    country: str = ""
    subdivision: str = ""
    postcode: str = Field("", max_length=20)
    ship_to: dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=300)]] = Field(
        default_factory=dict, max_length=20
    )
    locale: LanguageTag = Field("", description="the shopper's, as the shop knows it")
    channel: str = Field("", max_length=40)
    discount_minor: Whole = 0
    shipping_minor: Whole = 0
    shipping_extra_minor: Whole = 0
    shipping_tax_minor: Whole = 0
    tax_minor: Whole = 0
    tax_included: bool = True
    total_minor: Whole | None = None
    informed_at: datetime | None = Field(None, description="when the shopper was told of the right to withdraw")
    notices: list[str] = Field(default_factory=list, max_length=50, description="exceptions shown before the purchase")
    cancelled_at: datetime | None = None


class ReturnableOut(Schema):
    """How many units of a line may come back now, and why not more."""

    line: str
    sku: str
    title: str
    quantity: int
    delivered: int
    available: int
    paid_minor: int
    reasons: list[str]


class OrderHead(Schema):
    """An order without its lines."""

    ref: str
    source: str
    external_id: str
    number: str
    placed_at: datetime
    currency: str
    total_minor: int
    country: str


class OrderOut(OrderHead):
    """An order with what may still come back of it."""

    lines: list[ReturnableOut]


class OrderList(Schema):
    """A page of orders."""

    data: list[OrderHead]
    next: str | None


def _merchant(actor: Actor) -> Merchant:
    """Return the one merchant that a key belongs to."""
    return party_queries.merchants(actor).get(pk=actor.fence)


def _draft(body: OrderIn) -> OrderDraft:
    told = body.dict(exclude={"source", "lines", "payments", "deliveries"})
    return OrderDraft(
        **{**told, "notices": tuple(body.notices)},
        lines=tuple(
            LineDraft(**{**line.dict(), "traits": tuple(line.traits), "serials": tuple(line.serials)})
            for line in body.lines
        ),
        payments=tuple(PaymentDraft(**payment.dict()) for payment in body.payments),
        deliveries=tuple(DeliveryDraft(**delivery.dict()) for delivery in body.deliveries),
    )


def _head(order: Order) -> dict[str, Any]:
    return {
        "ref": order.ref, "source": order.source, "external_id": order.external_id, "number": order.number,
        "placed_at": order.placed_at, "currency": order.currency, "total_minor": order.total_minor,
        "country": order.country,
    }  # fmt: skip


def _as_data(actor: Actor, order: Order) -> dict[str, Any]:
    return {
        **_head(order),
        "lines": [
            {
                "line": row.line.ref, "sku": row.line.sku, "title": row.line.title, "quantity": row.line.quantity,
                "delivered": row.line.delivered, "available": row.available, "paid_minor": row.line.paid_minor,
                "reasons": [reason.code for reason in row.reasons],
            }
            for row in queries.returnable(actor, order)
        ],
    }  # fmt: skip


@router.post("/orders", response={200: OrderOut, 201: OrderOut}, summary="Take an order, or a correction of it")
def upsert(request: HttpRequest, body: OrderIn) -> HttpResponse:
    """Take an order as the shop tells it: 201 where it is new, 200 where it was known."""
    actor = check_scope(request, "orders.write")

    def work() -> tuple[int, Any]:
        merchant = _merchant(actor)
        try:
            order, result = actions.upsert_order(
                _draft(body), merchant=merchant, source=body.source, actor=actor, at=request.at,
                rulebook_of=policy_queries.ref_on,
            )  # fmt: skip
        except actions.Malformed as refused:
            raise Problem(
                422, "order_malformed", "The order cannot be taken as it stands; see `errors`.",
                errors=[{"field": p.field, "code": p.code, **p.facts} for p in refused.problems],
            ) from refused  # fmt: skip
        return (201 if result.created else 200), _as_data(actor, order)

    return once(request, work)


@router.get("/orders", response=OrderList, summary="Orders, newest first")
def list_orders(request: HttpRequest, search: str = "", cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """List orders; `search` is the beginning of a number or e-mail, or a whole tracking number."""
    actor = check_scope(request, "orders.read")
    try:
        page = queries.page_of_orders(actor, search=search, after=cursor, limit=limit)
    except queries.BadCursor as refused:
        raise cursors.unknown() from refused
    return {"data": [_head(one) for one in page.rows], "next": page.next or None}


@router.get("/orders/{ref}", response=OrderOut, summary="One order and what may come back of it")
def read(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Read one order by ref."""
    actor = check_scope(request, "orders.read")
    return _as_data(actor, queries.order(actor, ref))
