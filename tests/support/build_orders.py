"""Builders of what shops tell: drafts of lines, payments and orders with keyword overrides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from homeward.connectors import importing
from homeward.kernel import Actor
from homeward.kernel.actor import MACHINE
from homeward.orders.drafts import LineDraft, OrderDraft, PaymentDraft
from homeward.parties.models import Merchant
from tests.support.cast import NOW


def line_draft(**more: Any) -> LineDraft:
    """Build a line of two linen throws at €49.90, both delivered."""
    columns: dict[str, Any] = {
        "external_id": "1", "title": "Linen throw", "sku": "LT-150-SAND", "quantity": 2, "unit_minor": 4990,
    }  # fmt: skip
    columns |= more
    return LineDraft(**{"delivered": columns["quantity"]} | columns)


def order_draft(number: str = "LT-48213", *lines: LineDraft, **more: Any) -> OrderDraft:
    """Build an order of Mei's in Lyon, placed ten days ago; one line of throws unless lines are given."""
    columns: dict[str, Any] = {
        "external_id": number, "number": number, "placed_at": NOW - timedelta(days=10), "currency": "EUR",
        "country": "FR", "postcode": "69003", "email": "mei@lyon.example", "phone": "+33 6 12 34 44 02",
        "name": "Mei Laurent", "locale": "fr", "lines": lines or (line_draft(),),
    }  # fmt: skip
    return OrderDraft(**columns | more)


def payment_draft(captured_minor: int = 9980, **more: Any) -> PaymentDraft:
    """Build a card payment of an order."""
    columns: dict[str, Any] = {
        "provider": "stripe", "external_id": "pi_1", "method": "Visa •• 4402", "currency": "EUR",
        "captured_minor": captured_minor,
    }  # fmt: skip
    return PaymentDraft(**columns | more)


def rulebook_of(merchant_id: int, placed_at: datetime) -> str:
    """Say which rulebook holds: here one a year."""
    return f"rbk_{placed_at.year}"


def desk_of(merchant: Merchant, *, actor: Actor = MACHINE) -> importing.Desk:
    """Build the desk at which a merchant's files are imported, its clock standing at the fixed moment."""
    return importing.Desk(merchant, actor, lambda: NOW, rulebook_of)
