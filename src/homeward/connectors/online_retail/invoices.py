"""Invoice lines into orders and past returns: lines of one invoice gathered, services and stock corrections told apart.

The table is that of "Online Retail II" (Daqing Chen, UCI Machine Learning Repository, DOI 10.24432/C5CG6D, CC BY 4.0)
and of its relatives: one row per line, an invoice number with C before it takes goods back, with A it is bookkeeping.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from homeward.connectors.reading.fields import country_code, decimal, is_whole, moment
from homeward.connectors.reading.files import Opened
from homeward.connectors.reading.tables import Column, Row, Table, open_table
from homeward.kernel import Money
from homeward.orders.drafts import LineDraft, OrderDraft, PastReturnDraft, PaymentDraft, Problem

SOURCE = "online-retail"
ZONE = "Europe/London"
CURRENCY = "GBP"
MERCHANDISE = r"^[0-9]{5}"  # as the reference figures define it: a code that begins with five digits

COLUMNS = (
    Column("invoice", ("Invoice", "InvoiceNo")),
    Column("stock_code", ("StockCode",)),
    Column("description", ("Description",)),
    Column("quantity", ("Quantity",), "whole_number"),
    Column("invoice_date", ("InvoiceDate",), "date"),
    Column("unit_price", ("Price", "UnitPrice"), "amount"),
    Column("customer_id", ("CustomerID", "Customer ID")),
    Column("country", ("Country",), "country"),
)
_APART = 2_000  # rows after which an invoice has surely ended: invoices of one minute stand interleaved
_CARRIAGE = {"POST", "DOT", "C2", "C3"}
_SERVICES = {"M", "D", "S", "B", "ADJUST", "ADJUST2", "AMAZONFEE", "BANK CHARGES", "CRUK"}
_NOWHERE = {"unspecified", "european community", "west indies", ""}

Item = OrderDraft | PastReturnDraft | Problem


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row, read."""

    line: int
    code: str
    title: str
    quantity: int
    price_minor: int
    at: datetime
    buyer: str
    country: str
    country_name: str

    @property
    def amount(self) -> int:
        return self.quantity * self.price_minor


def read(opened: Opened, *, zone: str = ZONE) -> Iterator[Item]:
    """Yield orders, past returns and problems from a table of invoice lines; memory holds some thousand rows.

    :raises FileProblem: if the table as a whole cannot be read.
    """
    table = open_table(opened, COLUMNS)
    waiting: OrderedDict[str, list[Row]] = OrderedDict()
    closed: set[str] = set()
    for count, row in enumerate(table.rows):
        invoice = row.values[0].strip().upper()
        waiting.setdefault(invoice, []).append(row)
        waiting.move_to_end(invoice)
        while count > _APART and (first := next(iter(waiting))) != invoice and _is_over(waiting[first], row):
            yield from _invoice(first, waiting.pop(first), table, closed, zone=zone)
        yield from _drained(table.problems)
    for invoice, rows in waiting.items():
        yield from _invoice(invoice, rows, table, closed, zone=zone)
    yield from _drained(table.problems)


def _is_over(rows: list[Row], now: Row) -> bool:
    return now.line - rows[-1].line > _APART


def _drained(problems: list[Problem]) -> Iterator[Problem]:
    yield from problems
    problems.clear()


def _invoice(number: str, rows: list[Row], table: Table, closed: set[str], *, zone: str) -> Iterator[Item]:
    """Yield what one invoice comes to."""
    if number in closed:
        yield _refused(rows, "invoice", "order_again", value=number)
        return
    closed.add(number)
    entries: list[_Entry] = []
    for row in rows:
        entry = _entry(row, table, zone)
        if isinstance(entry, tuple):
            yield _refused(rows, entry[0], entry[1], at=row, value=entry[2], currency=CURRENCY)
            return
        entries.append(entry)
    if number.startswith("A"):
        yield from (_left_out(entry, "bad_debt", entry.title or entry.code) for entry in entries)
    elif number.startswith("C"):
        yield from _taken_back(number, entries)
    else:
        yield from _sold(number, entries)


def _entry(row: Row, table: Table, zone: str) -> _Entry | tuple[str, str, str]:
    """Return the row, read; or the field that cannot be read, why, and what it holds."""
    invoice, code, title, quantity, date, price, buyer, country = (text.strip() for text in row.values)
    at = moment(date, zone=zone)
    minor = _minor(price, table.has_decimal_comma)
    where = _country(country)
    is_number = is_whole(quantity) and len(quantity) <= 12
    if invoice and code and is_number and at is not None and minor is not None and where is not None:
        units = int(float(quantity))
        return _Entry(row.line, code, title, units, minor, at, buyer.removesuffix(".0"), where, country)
    if not (invoice and code):
        return "stock_code" if invoice else "invoice", "missing", ""
    if not is_number:
        return "quantity", "not_a_number", quantity[:60]
    if at is None:
        return "invoice_date", "not_a_date" if date else "missing", date[:60]
    if minor is None:
        return "unit_price", "not_an_amount", price[:60]
    return "country", "unknown_country", country[:60]


@lru_cache(maxsize=4096)
def _minor(price: str, has_comma: bool) -> int | None:
    number = decimal(price, has_comma=has_comma)
    return None if number is None or abs(number) > 10**9 else Money.rounded(number, CURRENCY).minor


def _country(name: str) -> str | None:
    return "" if name.lower() in _NOWHERE else country_code(name)


def _refused(rows: Sequence[Row], field: str, code: str, *, at: Row | None = None, **facts: str) -> Problem:
    """Return the problem that keeps a whole invoice out; it stands at the row `at`, else at the first."""
    row = at or rows[0]
    return Problem(row.line, field, code, facts, raw=",".join(row.values), rows=len(rows))


def _left_out(entry: _Entry, code: str, value: str) -> Problem:
    raw = f"{entry.code},{entry.title},{entry.quantity},{entry.at:%Y-%m-%d %H:%M},{entry.price_minor / 100:.2f}"
    return Problem(entry.line, "stock_code", code, {"value": value}, raw=raw)


def _is_service(code: str) -> bool:
    return code.upper() in _SERVICES or code.upper() in _CARRIAGE


def _is_test(code: str) -> bool:
    return code.upper().startswith("TEST")


def _is_gift_card(code: str) -> bool:
    return code.lower().startswith("gift_")


def _taken_back(number: str, entries: list[_Entry]) -> Iterator[Item]:
    """Yield the past returns of a cancellation."""
    for place, entry in enumerate(entries, 1):
        if _is_test(entry.code):
            yield _left_out(entry, "test_row", entry.code)
        elif _is_service(entry.code) or entry.quantity >= 0 or entry.price_minor < 0:
            yield _left_out(entry, "service_row", entry.title or entry.code)
        else:
            yield PastReturnDraft(
                external_id=f"{number}/{place}", sku=entry.code, title=entry.title, quantity=-entry.quantity,
                value_minor=-entry.amount, currency=CURRENCY, returned_at=entry.at, buyer=entry.buyer,
                country=entry.country, rows=(entry.line,),
            )  # fmt: skip


def _sold(number: str, entries: list[_Entry]) -> Iterator[Item]:
    """Yield the order of an invoice, and the rows in it that are none of its."""
    kept: list[_Entry] = []
    for entry in entries:
        if _is_test(entry.code):
            yield _left_out(entry, "test_row", entry.code)
        elif entry.quantity <= 0 or entry.price_minor < 0 or not (entry.price_minor or entry.buyer):
            yield _left_out(entry, "stock_correction", entry.title or entry.code)
        else:
            kept.append(entry)
    goods = [entry for entry in kept if not _is_service(entry.code)]
    if goods:
        yield _order(number, kept, goods)
    else:
        yield from (_left_out(entry, "service_row", entry.title or entry.code) for entry in kept)


def _order(number: str, kept: list[_Entry], goods: list[_Entry]) -> OrderDraft:
    first = kept[0]
    services = [entry for entry in kept if _is_service(entry.code)]
    shipping = sum(entry.amount for entry in services if entry.code.upper() in _CARRIAGE)
    other = sum(entry.amount for entry in services) - shipping
    total = sum(entry.amount for entry in kept)
    placed_at = min(entry.at for entry in kept)
    return OrderDraft(
        external_id=number, number=number, placed_at=placed_at, currency=CURRENCY, buyer=first.buyer,
        country=first.country, ship_to={"country": first.country_name}, channel="invoice", shipping_minor=shipping,
        other_minor=other, total_minor=total, rows=tuple(entry.line for entry in kept),
        lines=tuple(_line(place, entry, placed_at) for place, entry in enumerate(goods, 1)),
        payments=(
            PaymentDraft(
                provider="offline", external_id=f"{SOURCE}/{number}", method="Invoice", currency=CURRENCY,
                captured_minor=total, captured_at=placed_at,
            ),
        ),
    )  # fmt: skip


def _line(place: int, entry: _Entry, placed_at: datetime) -> LineDraft:
    """Return a line; the table knows one date, so goods count as delivered with their invoice."""
    is_card = _is_gift_card(entry.code)
    return LineDraft(
        external_id=str(place), sku=entry.code, title=" ".join(entry.title.split()) or entry.code,
        quantity=entry.quantity, unit_minor=entry.price_minor, delivered=entry.quantity, delivered_at=placed_at,
        is_physical=not is_card, category="gift_card" if is_card else "", traits=("gift_card",) if is_card else (),
    )  # fmt: skip
