"""Shopify's order JSON into drafts: taxes and discounts as allocated by Shopify, earlier refunds as gone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeward.connectors.reading.fields import Fields
from homeward.connectors.reading.files import Opened
from homeward.connectors.reading.streams import records
from homeward.connectors.shopify.words import LineIds, provider
from homeward.orders.drafts import DeliveryDraft, LineDraft, OrderDraft, PaymentDraft, Problem

SOURCE = "shopify"
_UNPAID = {"pending", "authorized", "voided", "expired"}


def read(opened: Opened, *, zone: str = "UTC") -> Iterator[OrderDraft | Problem]:
    """Yield the orders of a JSON file: one order, a list, `{"orders": […]}`, or one order a line."""
    for place, record in enumerate(records(opened.text), 1):
        yield from draft_of(record, row=place, zone=zone)


def draft_of(record: Mapping[str, Any], *, row: int = 1, zone: str = "UTC") -> Iterator[OrderDraft | Problem]:
    """Yield the draft of one order, or the problems that keep it out."""
    raw = json.dumps(record, default=str, ensure_ascii=False)[:2000]
    fields = Fields(record, row=row, raw=raw, zone=zone)
    if not isinstance(record.get("line_items"), list):
        fields.wrong("line_items", "not_an_order")
        yield from fields.problems
        return
    draft = _Reader(fields, record).order()
    yield from fields.problems or (draft,)


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


@dataclass(slots=True)
class _Units:
    """What became of a line's units: sent out, arrived, given back, or taken out before they were sent."""

    sent: int = 0
    arrived_at: datetime | None = None
    back: int = 0
    removed: int = 0
    removed_minor: int = 0  # what the removed ones had cost, tax beside it
    removed_tax_minor: int = 0


class _Reader:
    """Reads one order. Amounts are those that the shopper saw and paid, in the shopper's currency."""

    def __init__(self, fields: Fields, record: Mapping[str, Any]) -> None:
        self.fields, self.record = fields, record
        shop = fields.currency("currency")
        shown = str(record.get("presentment_currency") or shop).upper()
        self.is_converted = shown != shop and isinstance(record.get("total_price_set"), dict)
        self.currency = shown if self.is_converted else shop

    def amount(self, values: Mapping[str, Any], name: str) -> int:
        """Return an amount of a record, in the shopper's currency where Shopify tells both."""
        if self.is_converted and (told := _dict(values.get(f"{name}_set"))):
            values = {name: _dict(told.get("presentment_money")).get("amount")}
        return self.fields.inside(values, "amounts").amount(name, self.currency)

    def sum(self, rows: Iterable[Mapping[str, Any]], name: str) -> int:
        return sum(self.amount(row, name) for row in rows)

    def order(self) -> OrderDraft:
        fields, record = self.fields, self.record
        placed_at = fields.moment("processed_at") or fields.moment("created_at", needed=True) or datetime.min
        to = _dict(record.get("shipping_address")) or _dict(record.get("billing_address"))
        address = fields.inside(to, "shipping_address")
        customer = fields.inside(_dict(record.get("customer")), "customer")
        included = bool(record.get("taxes_included"))
        units = self._units()
        lines = self._lines(units)
        gone, gone_tax = (
            sum(getattr(one, name) for one in units.values()) for name in ("removed_minor", "removed_tax_minor")
        )
        shipping, shipping_tax, shipping_discount = self._shipping(included)
        allocated = sum(line.discount_minor for line in lines) + shipping_discount
        total = self.amount(record, "total_price")
        tip = self.amount(record, "total_tip_received")
        duties = self.amount(_dict(record.get("original_total_duties_set")), "presentment_money")
        return OrderDraft(
            external_id=fields.text("id", needed=True), number=fields.text("name") or fields.text("order_number"),
            placed_at=placed_at, currency=self.currency, lines=lines, payments=self._payments(total),
            deliveries=self._deliveries(), buyer=customer.text("id"),
            name=address.text("name") or f"{customer.text('first_name')} {customer.text('last_name')}".strip(),
            email=fields.email("email") or fields.email("contact_email") or customer.email("email"),
            phone=(fields.text("phone") or address.text("phone") or customer.text("phone"))[:40],
            country=address.country("country_code"), subdivision=address.text("province_code")[:8].upper(),
            postcode=address.text("zip")[:20], ship_to=_address(address), locale=fields.text("customer_locale")[:12],
            channel=fields.text("source_name")[:40],
            discount_minor=max(self.amount(record, "total_discounts") - allocated, 0) if not gone else 0,
            shipping_minor=shipping, shipping_tax_minor=shipping_tax, other_minor=tip + duties,
            tax_minor=self.amount(record, "total_tax") - gone_tax, tax_included=included,
            total_minor=total - gone - (0 if included else gone_tax),
            is_test=bool(record.get("test")), cancelled_at=fields.moment("cancelled_at"), rows=(fields.row,),
        )  # fmt: skip

    def _units(self) -> Mapping[str, _Units]:
        """Count, per line of Shopify's numbering, the units sent, arrived, given back and taken out."""
        units: dict[str, _Units] = defaultdict(_Units)
        for parcel in self._parcels():
            arrived_at = self._arrived_at(parcel)
            for item in _dicts(parcel.get("line_items")):
                one = units[str(item.get("id"))]
                one.sent += self.fields.inside(item, "fulfillments").whole("quantity")
                one.arrived_at = max(filter(None, (one.arrived_at, arrived_at)), default=None)
        for refund in _dicts(self.record.get("refunds")):
            for item in _dicts(refund.get("refund_line_items")):
                one = units[str(item.get("line_item_id"))]
                count = self.fields.inside(item, "refunds").whole("quantity")
                if item.get("restock_type") == "cancel":
                    one.removed += count
                    one.removed_minor += self.amount(item, "subtotal")
                    one.removed_tax_minor += self.amount(item, "total_tax")
                else:
                    one.back += count
        return units

    def _parcels(self) -> list[Mapping[str, Any]]:
        return [one for one in _dicts(self.record.get("fulfillments")) if one.get("status") in {"success", None}]

    def _arrived_at(self, parcel: Mapping[str, Any]) -> datetime | None:
        """Return when a parcel arrived: Shopify says it by the shipment status, and dates it by the last change."""
        if parcel.get("shipment_status") != "delivered":
            return None
        return self.fields.inside(parcel, "fulfillments").moment("updated_at")

    def _lines(self, units: Mapping[str, _Units]) -> tuple[LineDraft, ...]:
        ids, lines = LineIds(), []
        for place, item in enumerate(_dicts(self.record["line_items"]), 1):
            line = self._line(self.fields.inside(item, f"line_items.{place}"), item, ids, units[str(item.get("id"))])
            lines += [line] if line else []
        return tuple(lines)

    def _line(self, fields: Fields, item: Mapping[str, Any], ids: LineIds, units: _Units) -> LineDraft | None:
        sku, name = fields.text("sku")[:80], fields.text("name") or fields.text("title", needed=True)
        ordered, shown = fields.whole("quantity", needed=True), self.amount(item, "price")
        external_id, discount = ids.next(sku, name), self._discount(item)
        tax = self.sum(_dicts(item.get("tax_lines")), "price")
        removed = min(units.removed, ordered)
        if removed and removed == ordered:
            return None  # bought and taken out again before anything was sent
        if removed:  # discount and tax of units that were never sent went with them
            discount, tax = discount * (ordered - removed) // ordered, tax * (ordered - removed) // ordered
        is_card = bool(item.get("gift_card"))
        return LineDraft(
            external_id=external_id, title=name, sku=sku, quantity=ordered - removed, unit_minor=shown,
            discount_minor=discount, tax_minor=tax if "tax_lines" in item else None,
            is_taxable=item.get("taxable") is not False,
            is_physical=item.get("requires_shipping") is not False and not is_card,
            category="gift_card" if is_card else "", traits=("gift_card",) if is_card else (),
            weight_g=max(fields.whole("grams"), 0), delivered=units.sent, delivered_at=units.arrived_at,
            returned_before=units.back,
        )  # fmt: skip

    def _discount(self, item: Mapping[str, Any]) -> int:
        """Return the discount on a line: Shopify's allocations hold the order's own discounts too."""
        if allocations := _dicts(item.get("discount_allocations")):
            return self.sum(allocations, "amount")
        return self.amount(item, "total_discount")

    def _shipping(self, included: bool) -> tuple[int, int, int]:
        """Return what delivery cost, the tax in it, and the discount that was given on it."""
        rows = _dicts(self.record.get("shipping_lines"))
        full = self.sum(rows, "price")
        paid = sum(self.amount(row, "discounted_price" if "discounted_price" in row else "price") for row in rows)
        allocated = sum(self.sum(_dicts(row.get("discount_allocations")), "amount") for row in rows)
        paid = min(paid, full - allocated) if allocated else paid
        tax = sum(self.sum(_dicts(row.get("tax_lines")), "price") for row in rows)
        return paid if included else paid + tax, tax, full - paid

    def _payments(self, total: int) -> tuple[PaymentDraft, ...]:
        refunds = [one for refund in _dicts(self.record.get("refunds")) for one in self._went(refund, {"refund"})]
        captures = self._went(self.record, {"sale", "capture"})
        if captures:
            return self._by_transaction(captures, refunds)
        status = self.fields.text("financial_status")
        open_ = self.amount(self.record, "total_outstanding")
        if status in _UNPAID or total <= open_:
            return ()
        names = self.record.get("payment_gateway_names")
        gateways = [str(one) for one in names] if isinstance(names, list) else []
        gateways = gateways or [self.fields.text("gateway")]
        chosen = next((one for one in gateways if provider(one) != "gift_card"), gateways[0])
        captured = total - open_
        return (
            PaymentDraft(
                provider=provider(chosen), external_id=f"shopify-{self.fields.text('id')}", currency=self.currency,
                method=" + ".join(gateways), captured_minor=captured,
                refunded_before_minor=min(self.sum(refunds, "amount"), captured),
                captured_at=self.fields.moment("processed_at") or self.fields.moment("created_at"),
            ),
        )  # fmt: skip

    def _went(self, values: Mapping[str, Any], kinds: set[str]) -> list[Mapping[str, Any]]:
        """Return the transactions of these kinds that succeeded."""
        rows = _dicts(values.get("transactions"))
        return [row for row in rows if row.get("kind") in kinds and row.get("status") in {"success", None}]

    def _by_transaction(
        self, captures: list[Mapping[str, Any]], refunds: list[Mapping[str, Any]]
    ) -> tuple[PaymentDraft, ...]:
        """Return one payment per capture; a refund that names no capture goes to the first ones that have room."""
        back = {str(one.get("id")): 0 for one in captures}
        loose = 0
        for refund in refunds:
            parent, amount = str(refund.get("parent_id")), self.amount(refund, "amount")
            if parent in back:
                back[parent] += amount
            else:
                loose += amount
        payments = []
        for one in captures:
            fields, captured = self.fields.inside(one, "transactions"), self.amount(one, "amount")
            gone = min(back[str(one.get("id"))], captured)
            more = min(loose, captured - gone)
            loose -= more
            gateway = fields.text("gateway")
            payments.append(
                PaymentDraft(
                    provider=provider(gateway), external_id=f"shopify-{fields.text('id')}", currency=self.currency,
                    method=gateway, captured_minor=captured, refunded_before_minor=gone + more,
                    captured_at=fields.moment("processed_at") or fields.moment("created_at"),
                )
            )  # fmt: skip
        return tuple(payments)

    def _deliveries(self) -> tuple[DeliveryDraft, ...]:
        drafts: dict[str, DeliveryDraft] = {}
        for parcel in self._parcels():
            fields = self.fields.inside(parcel, "fulfillments")
            number = fields.text("tracking_number")[:80] or f"#{fields.text('id')}"
            drafts[number] = DeliveryDraft(
                tracking_number=number, carrier=fields.text("tracking_company"),
                shipped_at=fields.moment("created_at"), delivered_at=self._arrived_at(parcel),
            )  # fmt: skip
        return tuple(drafts.values())


def _address(fields: Fields) -> dict[str, str]:
    names = ("name", "company", "address1", "address2", "city", "province", "zip", "country")
    return {name: text[:200] for name in names if (text := fields.text(name))}
