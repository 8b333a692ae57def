"""Shopify's export of orders as a table: an order's rows gathered, its sums understood, a cut-off end noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from homeward.connectors.reading.fields import Fields
from homeward.connectors.reading.files import Opened
from homeward.connectors.reading.tables import Column, Row, Table, open_table
from homeward.connectors.shopify.words import LineIds, provider
from homeward.orders import portions
from homeward.orders.drafts import LineDraft, OrderDraft, PaymentDraft, Problem

COLUMNS = (
    Column("Name"),
    Column("Email", kind="email"),
    Column("Financial Status"),
    Column("Fulfillment Status", is_needed=False),
    Column("Currency"),
    Column("Subtotal", kind="amount"),
    Column("Shipping", kind="amount"),
    Column("Taxes", kind="amount"),
    Column("Total", kind="amount"),
    Column("Discount Amount", kind="amount", is_needed=False),
    Column("Created at", kind="date"),
    Column("Lineitem quantity", kind="whole_number"),
    Column("Lineitem name"),
    Column("Lineitem price", kind="amount"),
    Column("Lineitem sku", is_needed=False),
    Column("Lineitem requires shipping", is_needed=False),
    Column("Lineitem taxable", is_needed=False),
    Column("Lineitem fulfillment status", is_needed=False),
    Column("Lineitem discount", kind="amount", is_needed=False),
    *(
        Column(f"{whose} {what}", is_needed=False)
        for whose, what in product(
            ("Shipping", "Billing"),
            ("Name", "Company", "Address1", "Address2", "City", "Zip", "Province", "Country", "Phone"),
        )
    ),
    Column("Phone", is_needed=False),
    Column("Cancelled at", is_needed=False),
    Column("Payment Method", is_needed=False),
    Column("Refunded Amount", kind="amount", is_needed=False),
    Column("Outstanding Balance", kind="amount", is_needed=False),
    Column("Duties", is_needed=False),
    Column("Paid at", is_needed=False),
    Column("Id", is_needed=False),
    Column("Source", is_needed=False),
    *(Column(f"Tax {number} {what}", is_needed=False) for number, what in product(range(1, 6), ("Name", "Value"))),
)
_NAMES = tuple(column.name for column in COLUMNS)
_UNPAID = {"pending", "authorized", "voided", "expired", ""}
_RATE = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")


def read(opened: Opened, *, zone: str = "UTC") -> Iterator[OrderDraft | Problem]:
    """Yield the orders of an export; an order at the end of a file that was cut off is refused, not guessed.

    :raises FileProblem: if the table as a whole cannot be read.
    """
    table = open_table(opened, COLUMNS)
    seen: set[str] = set()
    rows: list[Fields] = []
    for row in table.rows:
        fields = _fields(row, table, zone)
        name = fields.text("Name", needed=True)
        if rows and name != rows[0].text("Name"):
            yield from _order(rows, seen, is_last=False)
            rows = []
        rows.append(fields)
        yield from _drained(table)
    if rows:
        yield from _order(rows, seen, is_last=True, is_cut_off=table.is_cut_off)
    yield from _drained(table)


def _drained(table: Table) -> Iterator[Problem]:
    yield from table.problems
    table.problems.clear()


def _fields(row: Row, table: Table, zone: str) -> Fields:
    values = dict(zip(_NAMES, row.values, strict=True))
    raw = table.delimiter.join(row.values).strip(table.delimiter)
    return Fields(values, row=row.line, raw=raw, zone=zone, has_comma=table.has_decimal_comma)


def _order(
    rows: list[Fields], seen: set[str], *, is_last: bool, is_cut_off: bool = False
) -> Iterator[OrderDraft | Problem]:
    """Yield the draft of an order, or the problems that keep it out, counted for all its rows."""
    head = rows[0]
    name = head.text("Name")
    if name in seen:
        yield Problem(head.row, "Name", "order_again", {"value": name}, raw=head.raw, rows=len(rows))
        return
    seen.add(name)
    sums = _Sums.of(rows)
    if is_cut_off or (is_last and not sums.is_whole):
        yield Problem(head.row, "Name", "order_cut_off", {"value": name}, raw=head.raw, rows=len(rows))
        return
    draft = _draft(rows, sums)
    problems = [problem for fields in rows for problem in fields.problems]
    if not problems:
        yield draft
        return
    for place, problem in enumerate(problems):
        yield Problem(
            problem.row, problem.field, problem.code, problem.facts, problem.raw, rows=len(rows) if not place else 0
        )


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sums of an order, understood: Shopify's table does not say whether prices hold the tax, nor what a discount
    was given on, but only one reading adds up."""

    currency: str
    discount: int = 0
    line_discounts: tuple[int, ...] = ()
    shipping: int = 0
    shipping_tax: int = 0
    tax: int = 0
    tax_included: bool = True
    duties: int = 0
    total: int = 0
    is_whole: bool = False  # whether the lines come to the subtotal

    @classmethod
    def of(cls, rows: list[Fields]) -> _Sums:
        head = rows[0]
        currency = head.currency("Currency")
        own = tuple(row.amount("Lineitem discount", currency) for row in rows)
        goods = sum(row.amount("Lineitem price", currency) * row.whole("Lineitem quantity") for row in rows)
        subtotal, tax = head.amount("Subtotal", currency), head.amount("Taxes", currency)
        shipping, total = head.amount("Shipping", currency), head.amount("Total", currency)
        discount, duties = head.amount("Discount Amount", currency), head.amount("Duties", currency)
        on_goods = goods - sum(own) - subtotal  # what the order took off beside the lines' own discounts
        readings = (
            (included, paid)
            for included in (True, False)
            for paid in dict.fromkeys((shipping, max(shipping - discount, 0)))
            if subtotal + paid + duties + (0 if included else tax) == total
        )
        is_whole = 0 <= on_goods <= discount
        included, paid = next(readings, (True, shipping))
        shipping_tax = _tax_on_shipping(head, subtotal, paid, tax, included)
        return cls(
            currency, on_goods if is_whole else discount, own, paid if included else paid + shipping_tax, shipping_tax,
            tax, included, duties, total, is_whole,
        )  # fmt: skip


def _tax_on_shipping(head: Fields, goods: int, shipping: int, tax: int, included: bool) -> int:
    """Return the part of the tax that lies on delivery: all rates together tell whether it was taxed."""
    named = [head.text(f"Tax {number} Name") for number in range(1, 6)]
    rate = sum(float(found[1].replace(",", ".")) for name in named if (found := _RATE.search(name))) / 100
    if not rate or not shipping:
        return 0
    share = rate / (1 + rate) if included else rate
    if abs((goods + shipping) * share - tax) < abs(goods * share - tax):
        return portions.apportion(tax, [goods, shipping])[1]
    return 0


def _draft(rows: list[Fields], sums: _Sums) -> OrderDraft:
    head = rows[0]
    to = "Shipping" if head.text("Shipping Country") else "Billing"
    placed_at = head.moment("Created at", needed=True) or datetime.min
    order_id = head.text("Id") or head.text("Name")
    return OrderDraft(
        external_id=order_id, number=head.text("Name"), placed_at=placed_at, currency=sums.currency,
        lines=_lines(rows, sums), payments=_payments(head, sums, order_id), name=head.text(f"{to} Name"),
        email=head.email("Email"), phone=(head.text("Phone") or head.text(f"{to} Phone"))[:40],
        country=head.country(f"{to} Country"), subdivision=head.text(f"{to} Province")[:8].upper(),
        postcode=head.text(f"{to} Zip").lstrip("'")[:20], ship_to=_address(head, to),
        channel=head.text("Source")[:40], discount_minor=sums.discount, shipping_minor=sums.shipping,
        shipping_tax_minor=sums.shipping_tax, tax_minor=sums.tax, tax_included=sums.tax_included,
        other_minor=sums.duties, total_minor=sums.total, cancelled_at=head.moment("Cancelled at"),
        rows=tuple(row.row for row in rows),
    )  # fmt: skip


def _lines(rows: list[Fields], sums: _Sums) -> tuple[LineDraft, ...]:
    ids, lines = LineIds(), []
    refunded = rows[0].amount("Refunded Amount", sums.currency)
    is_all_back = rows[0].text("Financial Status") == "refunded" and refunded >= sums.total > 0
    for row, own in zip(rows, sums.line_discounts, strict=True):
        sku, name = row.text("Lineitem sku")[:80], row.text("Lineitem name", needed=True)
        quantity = row.whole("Lineitem quantity", needed=True)
        delivered = quantity if row.text("Lineitem fulfillment status") == "fulfilled" else 0
        is_card = "gift card" in name.lower() and row.text("Lineitem requires shipping") == "false"
        lines.append(
            LineDraft(
                external_id=ids.next(sku, name), title=name, sku=sku, quantity=quantity,
                unit_minor=row.amount("Lineitem price", sums.currency, needed=True), discount_minor=own,
                is_taxable=row.text("Lineitem taxable") != "false",
                is_physical=row.text("Lineitem requires shipping") != "false",
                category="gift_card" if is_card else "", traits=("gift_card",) if is_card else (),
                delivered=delivered, returned_before=delivered if is_all_back else None,
            )
        )  # fmt: skip
    return tuple(lines)


def _payments(head: Fields, sums: _Sums, order_id: str) -> tuple[PaymentDraft, ...]:
    """Return the one payment that the table tells of: which of several ways paid how much, it does not say."""
    captured = sums.total - max(head.amount("Outstanding Balance", sums.currency), 0)
    if head.text("Financial Status") in _UNPAID or captured <= 0:
        return ()
    method = head.text("Payment Method")
    ways = [way for part in method.split("+") if (way := part.strip())] or [""]
    chosen = next((way for way in ways if provider(way) != "gift_card"), ways[0])
    return (
        PaymentDraft(
            provider=provider(chosen), external_id=f"shopify-{order_id}", method=method, currency=sums.currency,
            captured_minor=captured, captured_at=head.moment("Paid at"),
            refunded_before_minor=min(max(head.amount("Refunded Amount", sums.currency), 0), captured),
        ),
    )  # fmt: skip


def _address(head: Fields, to: str) -> dict[str, str]:
    names = ("Name", "Company", "Address1", "Address2", "City", "Province", "Zip", "Country")
    return {name.lower(): text[:200] for name in names if (text := head.text(f"{to} {name}").lstrip("'"))}
