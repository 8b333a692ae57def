"""Plain builders with keyword overrides: orders, cases and returns of the cast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from homeward.cases import actions as case_actions
from homeward.cases.models import Case
from homeward.kernel import Actor, Money, Role, new_ref
from homeward.orders.models import Order, OrderLine, Payment
from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant
from tests.support import cast as casting
from tests.support.cast import NOW, Cast


def committed_cast() -> Cast:
    """Bring the cast on stage in a test with real transactions."""
    return casting.assemble()


def order(
    merchant: Merchant, *, number: str = "LT-48213", lines: Sequence[dict[str, Any]] = ({},),
    email: str = "mei@lyon.example", delivered_ago: float | None = 5, at: datetime = NOW, country: str = "FR",
    payments: Sequence[dict[str, Any]] | None = None,
    shipping_minor: int = 0, **more: Any,
) -> Order:  # fmt: skip
    """Build an order of Mei in Lyon: one line of 2 × €49.90, delivered five days ago, paid with one card.

    `lines` override the columns of each line; `delivered_ago` None means not delivered yet.
    """
    placed = at - timedelta(days=(delivered_ago or 0) + 4)
    shopper = party_actions.meet(
        merchant=merchant, email=email, at=placed, name=more.pop("name", "Mei Lin"), country=country,
        locale=more.get("locale", "fr"), phone="+33612345678",
    )  # fmt: skip
    rows = [_line(index, columns) for index, columns in enumerate(lines)]
    goods = sum(row["paid_minor"] for row in rows)
    currency = more.pop("currency", "EUR")
    made = Order.objects.create(
        **{
            "ref": new_ref("ord", at=placed), "merchant": merchant, "source": "test", "external_id": number,
            "number": number, "number_key": "".join(c for c in number.upper() if c.isalnum()), "shopper": shopper,
            "placed_at": placed, "currency": currency, "country": country, "postcode": "69003", "locale": "fr",
            "email": email, "phone": "+33612345678", "goods_minor": goods, "shipping_minor": shipping_minor,
            "total_minor": goods + shipping_minor, "informed_at": placed, "digest": "", "imported_at": placed,
            "changed_at": placed, "channel": "web",
        } | more
    )  # fmt: skip
    delivered_at = None if delivered_ago is None else at - timedelta(days=delivered_ago)
    shares = _shares(shipping_minor, [row["paid_minor"] for row in rows])
    for row, share in zip(rows, shares, strict=True):
        OrderLine.objects.create(
            **{
                "ref": new_ref("oli", at=placed), "merchant": merchant, "order": made, "shipping_minor": share,
                "delivered": row["quantity"] if delivered_at else 0, "delivered_at": delivered_at,
            } | row
        )  # fmt: skip
    for index, columns in enumerate([{}] if payments is None else payments):
        Payment.objects.create(
            **{
                "ref": new_ref("pay", at=placed), "merchant": merchant, "order": made, "provider": "offline",
                "external_id": f"{number}/{index}", "method": "Visa •• 4402", "currency": currency,
                "captured_minor": made.total_minor, "captured_at": placed,
            } | columns
        )  # fmt: skip
    return made


def _line(index: int, columns: dict[str, Any]) -> dict[str, Any]:
    quantity = columns.get("quantity", 2)
    unit = columns.get("unit_minor", 4990)
    return {
        "position": index, "external_id": str(index + 1), "sku": f"SKU-{index + 1}", "title": "Linen throw",
        "category": "home", "quantity": quantity, "unit_minor": unit, "paid_minor": unit * quantity,
        "tax_minor": 0, "weight_g": 800,
    } | columns  # fmt: skip


def _shares(minor: int, weights: list[int]) -> list[int]:
    return [part.minor for part in Money(minor, "EUR").split(weights)] if weights else []


def case(cast: Cast, *, of: Order | None = None, **more: Any) -> Case:
    """Build an open case of Lanting about an order of Mei's."""
    return case_actions.open_case(
        order=of or order(cast.lanting), subject=more.pop("subject", "Return of a throw"), actor=cast.bo, at=NOW, **more
    )


def shopper_of(made: Order) -> Actor:
    """Return the actor that the shopper of an order is once they have proved it is theirs."""
    return Actor(
        Role.SHOPPER, made.shopper.ref, made.shopper.name, merchant_id=made.merchant_id, order_ids=frozenset({made.pk})
    )


def jobs() -> int:
    """Return how many jobs have been queued."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return cursor.fetchone()[0]
