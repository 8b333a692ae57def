"""Writing what stands beside an order's lines: its payments and its parcels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from homeward.kernel import new_ref
from homeward.orders.actions.rows import json_rows, recordset
from homeward.orders.drafts import PaymentDraft, Problem
from homeward.parties.models import Merchant

if TYPE_CHECKING:
    from homeward.orders.actions.upserts import Taken

_PAYMENT = {
    "ref": "text", "merchant_id": "bigint", "order_id": "bigint", "provider": "text", "external_id": "text",
    "method": "text", "captured_minor": "bigint", "currency": "text", "charged_back_minor": "bigint",
    "reserved_minor": "bigint", "refunded_before_minor": "bigint", "captured_at": "timestamptz",
}  # fmt: skip
# A payment that is told anew keeps what is reserved and charged back, and is never lowered below that.
_PAYMENTS = f"""
INSERT INTO orders_payment AS known ({", ".join(_PAYMENT)})
SELECT {", ".join(_PAYMENT)} FROM {recordset(_PAYMENT)}
ON CONFLICT (merchant_id, provider, external_id) DO UPDATE SET
    method = excluded.method,
    captured_at = excluded.captured_at,
    refunded_before_minor = excluded.refunded_before_minor,
    reserved_minor = known.reserved_minor - known.refunded_before_minor + excluded.refunded_before_minor,
    captured_minor = greatest(
        excluded.captured_minor,
        known.reserved_minor - known.refunded_before_minor + excluded.refunded_before_minor + known.charged_back_minor
    )
WHERE known.order_id = excluded.order_id AND known.currency = excluded.currency
RETURNING provider, external_id, captured_minor, reserved_minor
"""


# What the shop no longer names, and what of it we have spoken for.
_STORED = """
SELECT order_id, provider, external_id, id, reserved_minor - refunded_before_minor + charged_back_minor
FROM orders_payment WHERE order_id = ANY(%s) ORDER BY id FOR UPDATE
"""
_EMPTY = (
    "UPDATE orders_payment SET captured_minor = 0, reserved_minor = 0, refunded_before_minor = 0 WHERE id = ANY(%s)"
)


def write_payments(
    created: Sequence[Taken], changed: Sequence[Taken], *, merchant: Merchant, at: datetime, notes: list[Problem]
) -> None:
    """Write the payments of new and changed orders; what could not be followed goes to `notes`.

    A changed order that names payments names all of them: one that it no longer names is emptied, so that a shop that
    tells the same money under another number does not double it.
    """
    kept = _without_unnamed([one for one in changed if one.draft.payments])
    told: dict[tuple[str, str], tuple[Taken, PaymentDraft]] = {}
    for one in (*created, *changed):
        for payment in one.draft.payments:
            key = (payment.provider, payment.external_id)
            if one.order_id in kept and key not in kept[one.order_id]:
                notes.append(_note(one, payment, "payments_kept_for_refunds", value=payment.external_id))
            elif told.setdefault(key, (one, payment))[0] is not one:
                notes.append(_note(one, payment, "payment_elsewhere", value=payment.external_id))
    if not told:
        return
    rows = [_payment_row(one, payment, merchant.pk, at) for one, payment in told.values()]
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, [json_rows(sorted(rows, key=lambda row: (row["provider"], row["external_id"])))])
        written = {(provider, external_id): amounts for provider, external_id, *amounts in cursor.fetchall()}
    for key, (one, payment) in told.items():
        if key not in written:
            notes.append(_note(one, payment, "payment_elsewhere", value=payment.external_id))
        elif written[key][0] > payment.captured_minor:
            notes.append(_note(one, payment, "payment_kept_for_refunds", held=written[key][1]))


def _without_unnamed(changed: Sequence[Taken]) -> dict[int, set[tuple[str, str]]]:
    """Empty the stored payments that their order no longer names.

    Where money of such a one is refunded or charged back already, nothing is emptied: the order is returned with the
    payments that it keeps, and takes no new ones.
    """
    if not changed:
        return {}
    named = {one.order_id: {(pay.provider, pay.external_id) for pay in one.draft.payments} for one in changed}
    stored: dict[int, dict[tuple[str, str], tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [list(named)])
        for order_id, provider, external_id, payment_id, ours in cursor.fetchall():
            stored.setdefault(order_id, {})[provider, external_id] = (payment_id, ours)
        kept: dict[int, set[tuple[str, str]]] = {}
        empty: list[int] = []
        for order_id, payments in stored.items():
            unnamed = [one for key, one in payments.items() if key not in named[order_id]]
            if any(ours for _, ours in unnamed):
                kept[order_id] = set(payments)
            else:
                empty += (payment_id for payment_id, _ in unnamed)
        if empty:
            cursor.execute(_EMPTY, [empty])
    return kept


def _payment_row(one: Taken, payment: PaymentDraft, merchant_id: int, at: datetime) -> dict[str, Any]:
    return {
        "ref": new_ref("pay", at=at), "merchant_id": merchant_id, "order_id": one.order_id,
        "provider": payment.provider, "external_id": payment.external_id, "method": payment.method[:80],
        "captured_minor": payment.captured_minor, "currency": payment.currency, "charged_back_minor": 0,
        "reserved_minor": payment.refunded_before_minor, "refunded_before_minor": payment.refunded_before_minor,
        "captured_at": payment.captured_at,
    }  # fmt: skip


def _note(one: Taken, payment: PaymentDraft, code: str, **facts: Any) -> Problem:
    return Problem(one.draft.row, f"payment {payment.external_id}", code, facts, is_refusal=False, rows=0)


_DELIVERY = {
    "ref": "text", "merchant_id": "bigint", "order_id": "bigint", "tracking_number": "text", "carrier": "text",
    "shipped_at": "timestamptz", "delivered_at": "timestamptz", "lines": "jsonb",
}  # fmt: skip
_DELIVERIES = f"""
INSERT INTO orders_delivery AS known ({", ".join(_DELIVERY)})
SELECT {", ".join(_DELIVERY)} FROM {recordset(_DELIVERY)}
ON CONFLICT (order_id, tracking_number) DO UPDATE SET
    carrier = excluded.carrier, shipped_at = excluded.shipped_at, delivered_at = excluded.delivered_at,
    lines = excluded.lines
"""


def write_deliveries(found: Sequence[Taken], *, merchant: Merchant, at: datetime) -> None:
    """Write the parcels of new and changed orders."""
    rows = [
        {
            "ref": new_ref("dlv", at=at), "merchant_id": merchant.pk, "order_id": one.order_id,
            "tracking_number": parcel.tracking_number, "carrier": parcel.carrier[:60],
            "shipped_at": parcel.shipped_at, "delivered_at": parcel.delivered_at,
            "lines": [{"line": line, "quantity": quantity} for line, quantity in parcel.lines],
        }
        for one in found
        for parcel in one.draft.deliveries
    ]  # fmt: skip
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_DELIVERIES, [json_rows(rows)])
