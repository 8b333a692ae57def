"""WooCommerce's order JSON into drafts: net prices with their tax beside them, fees, and refunds already made."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from homeward.connectors.reading.fields import Fields
from homeward.connectors.reading.files import Opened
from homeward.connectors.reading.streams import records
from homeward.orders.drafts import DeliveryDraft, LineDraft, OrderDraft, PaymentDraft, Problem

SOURCE = "woocommerce"
_CALLED_OFF = {"cancelled", "failed", "trash"}
_SENT = {"completed", "refunded"}
_BY_HAND = {"bacs", "cheque", "cod", ""}


def read(opened: Opened, *, zone: str = "UTC") -> Iterator[OrderDraft | Problem]:
    """Yield the orders of a JSON file: one order, a list, the answer to a batch, or one order a line."""
    for place, record in enumerate(records(opened.text), 1):
        yield from draft_of(record, row=place, zone=zone)


def draft_of(record: Mapping[str, Any], *, row: int = 1, zone: str = "UTC") -> Iterator[OrderDraft | Problem]:
    """Yield the draft of one order, or the problems that keep it out."""
    raw = json.dumps(record, default=str, ensure_ascii=False)[:2000]
    fields = Fields(record, row=row, raw=raw, zone=zone)
    if not isinstance(record.get("line_items"), list) or "date_created" not in record:
        fields.wrong("line_items", "not_an_order")
        yield from fields.problems
        return
    draft = _order(fields, record)
    yield from fields.problems or (draft,)


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _moment(fields: Fields, name: str, *, needed: bool = False) -> datetime | None:
    """Return a moment: WooCommerce tells it in UTC beside the shop's own time."""
    if text := fields.text(f"{name}_gmt"):
        return Fields({name: text}, row=fields.row, zone="UTC").moment(name) or fields.moment(name, needed=needed)
    return fields.moment(name, needed=needed)


def _order(fields: Fields, record: Mapping[str, Any]) -> OrderDraft:
    currency = fields.currency("currency")
    to = _dict(record.get("shipping"))
    address = fields.inside(to if to.get("country") else _dict(record.get("billing")), "shipping")
    billing = fields.inside(_dict(record.get("billing")), "billing")
    status = fields.text("status")
    lines, line_tax = _lines(fields, record, currency, status)
    shipping_tax = fields.amount("shipping_tax", currency)
    fees, rebate = _fees(fields, record, currency)
    called_off_at = _moment(fields, "date_modified") or _moment(fields, "date_created")
    return OrderDraft(
        external_id=fields.text("id", needed=True), number=fields.text("number") or fields.text("id"),
        placed_at=_moment(fields, "date_created", needed=True) or datetime.min, currency=currency, lines=lines,
        payments=_payments(fields, record, currency), deliveries=_deliveries(fields, record, status),
        buyer=fields.text("customer_id").strip("0") and fields.text("customer_id"),
        name=f"{address.text('first_name')} {address.text('last_name')}".strip(), email=billing.email("email"),
        phone=billing.text("phone")[:40], country=address.country("country"),
        subdivision=address.text("state")[:8].upper(), postcode=address.text("postcode")[:20],
        ship_to=_address(address), channel=fields.text("created_via")[:40], discount_minor=rebate,
        shipping_minor=fields.amount("shipping_total", currency) + shipping_tax, shipping_tax_minor=shipping_tax,
        other_minor=fees, tax_minor=line_tax + shipping_tax, tax_included=False,
        total_minor=fields.amount("total", currency, needed=True),
        cancelled_at=called_off_at if status in _CALLED_OFF else None, rows=(fields.row,),
    )  # fmt: skip


def _lines(fields: Fields, record: Mapping[str, Any], currency: str, status: str) -> tuple[tuple[LineDraft, ...], int]:
    """Return the lines and the tax on all of them."""
    lines = []
    for place, item in enumerate(_dicts(record["line_items"]), 1):
        row = fields.inside(item, f"line_items.{place}")
        quantity = row.whole("quantity", needed=True)
        before, paid = row.amount("subtotal", currency), row.amount("total", currency, needed=True)
        unit = -(-max(before, paid) // quantity) if quantity > 0 else 0
        delivered = max(quantity, 0) if status in _SENT else 0
        lines.append(
            LineDraft(
                external_id=row.text("id", needed=True), title=html.unescape(row.text("name", needed=True)),
                sku=row.text("sku")[:80], quantity=quantity, unit_minor=unit,
                discount_minor=unit * max(quantity, 0) - paid, tax_minor=row.amount("total_tax", currency),
                delivered=delivered, returned_before=delivered if status == "refunded" else None,
                serials=_serials(item),
            )
        )  # fmt: skip
    return tuple(lines), sum(line.tax_minor or 0 for line in lines)


def _serials(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return serial numbers that a shop keeps in a line's extra fields."""
    names = {"serial", "serial number", "serial_number", "_serial_number", "imei"}
    found = [str(one.get("value")) for one in _dicts(item.get("meta_data")) if str(one.get("key")).lower() in names]
    return tuple(serial.strip()[:80] for text in found for serial in text.split(",") if serial.strip())


def _fees(fields: Fields, record: Mapping[str, Any], currency: str) -> tuple[int, int]:
    """Return fees with their tax, and what negative fees take off."""
    amounts = [
        row.amount("total", currency) + row.amount("total_tax", currency)
        for item in _dicts(record.get("fee_lines"))
        if (row := fields.inside(item, "fee_lines"))
    ]
    return sum(one for one in amounts if one > 0), -sum(one for one in amounts if one < 0)


def _payments(fields: Fields, record: Mapping[str, Any], currency: str) -> tuple[PaymentDraft, ...]:
    paid_at = _moment(fields, "date_paid")
    captured = fields.amount("total", currency)
    is_paid = paid_at is not None or fields.text("status") in _SENT
    if not is_paid or captured <= 0:
        return ()
    method, transaction = fields.text("payment_method"), fields.text("transaction_id")
    provider = "offline" if method in _BY_HAND or not transaction else method
    refunds = [fields.inside(one, "refunds").amount("total", currency) for one in _dicts(record.get("refunds"))]
    return (
        PaymentDraft(
            provider=provider[:40], external_id=transaction[:120] or f"woocommerce-{fields.text('id')}",
            method=fields.text("payment_method_title") or method, captured_minor=captured, currency=currency,
            refunded_before_minor=min(-sum(one for one in refunds if one < 0), captured), captured_at=paid_at,
        ),
    )  # fmt: skip


def _deliveries(fields: Fields, record: Mapping[str, Any], status: str) -> tuple[DeliveryDraft, ...]:
    """Return the parcels that the shipment tracking extension keeps in an order's extra fields."""
    if status not in _SENT:
        return ()
    drafts: dict[str, DeliveryDraft] = {}
    for extra in _dicts(record.get("meta_data")):
        if extra.get("key") != "_wc_shipment_tracking_items":
            continue
        for item in _dicts(extra.get("value")):
            parcel = fields.inside(item, "tracking")
            if number := parcel.text("tracking_number")[:80]:
                carrier = parcel.text("tracking_provider") or parcel.text("custom_tracking_provider")
                drafts[number] = DeliveryDraft(tracking_number=number, carrier=carrier)
    return tuple(drafts.values())


def _address(fields: Fields) -> dict[str, str]:
    names = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country")
    return {name: text[:200] for name in names if (text := fields.text(name))}
