"""What a visitor has proved: which orders of which shop are theirs, kept in the session for half a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from homeward.kernel import Actor, Role
from homeward.orders.models import Order
from homeward.parties.models import Merchant

KEY = "proved_orders"
LIFE = timedelta(hours=12)
STRANGER = Actor(Role.SHOPPER, "nobody", merchant_id=0)


def prove(request: HttpRequest, order: Order, *, at: datetime) -> None:
    """Remember that this visitor has proved `order` to be theirs; orders of another shop or shopper are forgotten.

    Of two orders whose shopper nobody knows, nobody knows either whether it is the same one.

    The session gets a new key, so that nobody who knew the old one comes along.
    """
    shopper = order.shopper
    known = request.session.get(KEY) or {}
    same = shopper is not None and (known.get("merchant"), known.get("shopper")) == (order.merchant_id, shopper.ref)
    orders = {**known["orders"], str(order.pk): at.isoformat()} if same else {str(order.pk): at.isoformat()}
    if not same:
        forget(request)
    request.session.cycle_key()
    request.session[KEY] = {
        "merchant": order.merchant_id,
        "shopper": shopper.ref if shopper else "",
        "name": shopper.name if shopper else "",
        "orders": orders,
    }


def forget(request: HttpRequest) -> None:
    """Forget what was proved and what was drafted; a staff sign-in in the same browser stays."""
    for key in list(request.session.keys()):  # a session is no mapping: it cannot be walked by itself
        if key == KEY or key.startswith("draft:"):
            del request.session[key]


def shopper_of(session: SessionBase, *, at: datetime) -> Actor:
    """Return the shopper that this session has proved to be; a stranger, who sees nothing, where nothing is proved."""
    known: dict[str, Any] = session.get(KEY) or {}
    fresh = frozenset(
        int(pk) for pk, since in known.get("orders", {}).items() if at - datetime.fromisoformat(since) < LIFE
    )
    if not fresh:
        return STRANGER
    return Actor(
        Role.SHOPPER, known["shopper"] or "guest", known["name"], merchant_id=known["merchant"], order_ids=fresh
    )


def bearer(shop: Merchant, order_id: int) -> Actor:
    """Return the actor that a link of ours makes of whoever holds it: a shopper who sees that one order."""
    return Actor(Role.SHOPPER, "bearer", merchant_id=shop.pk, order_ids=frozenset({order_id}))
