"""Orders as a shop tells them, before we believe them: frozen drafts, and checks that gather every problem."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec
from babel import Locale
from babel.core import get_global

from homeward.orders import portions

LARGEST_QUANTITY = 1_000_000
LARGEST_AMOUNT = 10**14  # minor units; beyond lies a typing error
_OLDEST_YEAR, _LATEST_YEAR = 1990, 2200
_CLOCKS_MAY_DIFFER = timedelta(days=1)

_NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
COUNTRIES = frozenset(
    code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code) and code not in _NOT_COUNTRIES
)
CURRENCIES = frozenset(
    code for rows in get_global("territory_currencies").values() for code, _, end, tender in rows if tender and not end
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not taken, or (`is_refusal` False) not as it stood; `rows` is how many rows it keeps out."""

    row: int
    field: str
    code: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    raw: str = ""
    is_refusal: bool = True
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """A line as the shop tells it; see `portions.Priced` for the meaning of its amounts."""

    external_id: str
    title: str
    quantity: int
    unit_minor: int
    sku: str = ""
    discount_minor: int = 0
    tax_minor: int | None = None
    is_taxable: bool = True
    is_discountable: bool = True
    is_physical: bool = True
    category: str = ""
    traits: tuple[str, ...] = ()
    hs_code: str = ""
    origin: str = ""
    weight_g: int = 0
    delivered: int = 0
    delivered_at: datetime | None = None
    returned_before: int | None = None  # None: the shop does not say
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDraft:
    """Money that was paid, and what of it the shop has already given back."""

    provider: str
    external_id: str
    captured_minor: int
    currency: str
    method: str = ""
    refunded_before_minor: int = 0
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDraft:
    """A parcel to the shopper; `lines` pairs a line's external id with a quantity."""

    tracking_number: str
    carrier: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    lines: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """A whole order as the shop tells it; see `portions.Sums` for the meaning of its amounts.

    `rows` are the lines of the file it was read from, for the report alone.
    """

    external_id: str
    number: str
    placed_at: datetime
    currency: str
    lines: tuple[LineDraft, ...]
    payments: tuple[PaymentDraft, ...] = ()
    deliveries: tuple[DeliveryDraft, ...] = ()
    buyer: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    subdivision: str = ""
    postcode: str = ""
    ship_to: Mapping[str, str] = dataclasses.field(default_factory=dict)
    locale: str = ""
    channel: str = ""
    discount_minor: int = 0
    shipping_minor: int = 0
    shipping_extra_minor: int = 0
    shipping_tax_minor: int = 0
    other_minor: int = 0
    tax_minor: int = 0
    tax_included: bool = True
    total_minor: int | None = None
    informed_at: datetime | None = None
    notices: tuple[str, ...] = ()
    is_test: bool = False
    cancelled_at: datetime | None = None
    rows: tuple[int, ...] = ()

    @property
    def row(self) -> int:
        """The first row the order was read from, 1 where it came alone."""
        return self.rows[0] if self.rows else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReturnDraft:
    """Units that came back before us, as a shop's history tells without naming the sale."""

    external_id: str
    sku: str
    title: str
    quantity: int
    value_minor: int
    currency: str
    returned_at: datetime
    buyer: str = ""
    country: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product of a merchant's catalog; `parts` pairs the sku of a part with how many of it the kit holds."""

    sku: str
    title: Mapping[str, str]
    category: str = ""
    traits: tuple[str, ...] = ()
    hs_code: str = ""
    origin: str = ""
    weight_g: int = 0
    price_minor: int = 0
    currency: str = ""
    picture: str = ""
    parts: tuple[tuple[str, int], ...] = ()


def number_key(number: str) -> str:
    """Return the letters and digits of an order number, in one case: "#lt-48 213" and "LT-48213" are the same."""
    return re.sub(r"[\W_]+", "", number).upper()


def shares_of(draft: OrderDraft) -> list[portions.Share]:
    """Return each line's share of discount, tax and delivery.

    :raises portions.DoesNotAddUp: if the order contradicts its lines.
    """
    lines = [
        portions.Priced(
            line.quantity, line.unit_minor, line.discount_minor, line.tax_minor,
            line.is_taxable, line.is_discountable, line.is_physical,
        )
        for line in draft.lines
    ]  # fmt: skip
    sums = portions.Sums(
        draft.discount_minor, draft.tax_minor, draft.tax_included, draft.shipping_minor, draft.shipping_extra_minor,
        draft.shipping_tax_minor, draft.other_minor, draft.total_minor,
    )  # fmt: skip
    return portions.allocate(lines, sums)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a look at a draft found: problems, or else the shares of its lines.

    `digest` is the fingerprint of what the draft says, wherever it was read.
    """

    digest: str
    problems: tuple[Problem, ...] = ()
    shares: tuple[portions.Share, ...] = ()


def examine(draft: OrderDraft, *, at: datetime) -> Examined:
    """Look for every reason why this order cannot be taken, seen at the time `at`; else share out its amounts."""
    try:
        encoded = msgspec.json.encode(replace(draft, rows=()))
    except UnicodeEncodeError:  # half a character
        return Examined("", (Problem(draft.row, "", "half_character", rows=max(len(draft.rows), 1)),))
    digest = blake2b(encoded, digest_size=16).hexdigest()
    found = [*_moments(draft)]  # those that cannot be compared would stop the other checks
    if not found:
        found = [*_head(draft, at), *_lengths(draft), *_amounts(draft), *_lines(draft), *_payments(draft)]
    if b"\\u0000" in encoded:
        found.append(("", "zero_character", {}))
    if not found:
        try:
            return Examined(digest, shares=tuple(shares_of(draft)))
        except portions.DoesNotAddUp as clash:
            found.append((clash.field, "does_not_add_up", {"told": clash.told, "found": clash.found}))
    raw, rows = encoded.decode()[:2000].replace("\\u0000", ""), max(len(draft.rows), 1)
    first, *others = found
    problems = [Problem(draft.row, *first, raw=raw, rows=rows)]
    return Examined(digest, (*problems, *(Problem(draft.row, *other, rows=0) for other in others)))


_Finding = tuple[str, str, dict[str, Any]]


def _moments(draft: OrderDraft) -> Iterator[_Finding]:
    told = [("placed_at", draft.placed_at), ("informed_at", draft.informed_at), ("cancelled_at", draft.cancelled_at)]
    told += [(f"lines.{place}.delivered_at", line.delivered_at) for place, line in enumerate(draft.lines, 1)]
    told += [(f"payments.{place}.captured_at", one.captured_at) for place, one in enumerate(draft.payments, 1)]
    for place, parcel in enumerate(draft.deliveries, 1):
        told += [(f"deliveries.{place}", parcel.shipped_at), (f"deliveries.{place}", parcel.delivered_at)]
    for name, moment in told:
        if moment is None:
            continue
        if moment.tzinfo is None:
            yield name, "no_zone", {"value": moment.isoformat()}
        elif moment.year < _OLDEST_YEAR:
            yield name, "date_too_old", {"value": moment.isoformat()}
        elif moment.year > _LATEST_YEAR:
            yield name, "date_in_future", {"value": moment.isoformat()}


def _head(draft: OrderDraft, at: datetime) -> Iterator[_Finding]:
    if not draft.external_id or not number_key(draft.number):
        yield "number", "missing", {}
    if draft.currency not in CURRENCIES:
        yield "currency", "unknown_currency", {"value": draft.currency}
    if draft.country and draft.country not in COUNTRIES:
        yield "country", "unknown_country", {"value": draft.country}
    if draft.placed_at - at > _CLOCKS_MAY_DIFFER:
        yield "placed_at", "date_in_future", {"value": draft.placed_at.isoformat()}
    if not draft.lines:
        yield "lines", "no_lines", {}
    ids = [line.external_id for line in draft.lines]
    for double in sorted({one for one in ids if ids.count(one) > 1} if len(set(ids)) < len(ids) else ()):
        yield "lines", "line_twice", {"value": double}
    parcels = [delivery.tracking_number for delivery in draft.deliveries]
    for double in sorted({one for one in parcels if parcels.count(one) > 1}):
        yield "deliveries", "line_twice", {"value": double}


_LONGEST = {
    "external_id": 80, "number": 80, "buyer": 80, "email": 254, "phone": 40, "subdivision": 8, "postcode": 20,
    "locale": 12, "channel": 40,
}  # fmt: skip
_LONGEST_OF_LINE = {"external_id": 80, "sku": 80, "category": 40, "hs_code": 12, "origin": 2}
_LONGEST_OF_PAYMENT = {"provider": 40, "external_id": 120, "currency": 3}


def _lengths(draft: OrderDraft) -> Iterator[_Finding]:
    things: list[tuple[str, Any, dict[str, int]]] = [("", draft, _LONGEST)]
    things += [(f"lines.{place}.", line, _LONGEST_OF_LINE) for place, line in enumerate(draft.lines, 1)]
    things += [(f"payments.{place}.", one, _LONGEST_OF_PAYMENT) for place, one in enumerate(draft.payments, 1)]
    things += [(f"deliveries.{place}.", one, {"tracking_number": 80}) for place, one in enumerate(draft.deliveries, 1)]
    for name, thing, longest in things:
        for field_, most in longest.items():
            if len(getattr(thing, field_)) > most:
                yield name + field_, "too_long", {"largest": most}
    for words, most in ((draft.notices, 40), *((line.traits, 40) for line in draft.lines),
                        *((line.serials, 80) for line in draft.lines)):  # fmt: skip
        if any(len(word) > most for word in words):
            yield "lines", "too_long", {"largest": most}


_AMOUNTS = ("discount", "shipping", "shipping_extra", "shipping_tax", "other", "tax", "total")


def _amounts(draft: OrderDraft) -> Iterator[_Finding]:
    for name in _AMOUNTS:
        amount = getattr(draft, f"{name}_minor")
        if amount is not None and not 0 <= amount <= LARGEST_AMOUNT:
            yield name, "amount_out_of_range", {"value": amount}


def _lines(draft: OrderDraft) -> Iterator[_Finding]:
    for place, line in enumerate(draft.lines, 1):
        name = f"lines.{place}."
        if not 1 <= line.quantity <= LARGEST_QUANTITY:
            yield name + "quantity", "quantity_out_of_range", {"value": line.quantity, "largest": LARGEST_QUANTITY}
        for field_, amount in (
            ("price", line.unit_minor), ("discount", line.discount_minor), ("tax", line.tax_minor or 0),
        ):  # fmt: skip
            if not 0 <= amount <= LARGEST_AMOUNT:
                yield name + field_, "amount_out_of_range", {"value": amount}
        for field_, count in (("delivered", line.delivered), ("returned", line.returned_before or 0)):
            if count < 0 or line.quantity <= LARGEST_QUANTITY < count:
                yield name + field_, "count_out_of_range", {"value": count, "largest": LARGEST_QUANTITY}
        if not 0 <= line.weight_g <= LARGEST_QUANTITY * 10:
            yield name + "weight", "count_out_of_range", {"value": line.weight_g, "largest": LARGEST_QUANTITY * 10}
        if line.delivered_at and draft.placed_at - line.delivered_at > _CLOCKS_MAY_DIFFER:
            yield name + "delivered_at", "delivered_before_order", {"value": line.delivered_at.isoformat()}


def _payments(draft: OrderDraft) -> Iterator[_Finding]:
    for place, payment in enumerate(draft.payments, 1):
        name = f"payments.{place}."
        if payment.currency != draft.currency:
            yield name + "currency", "currency_differs", {"value": payment.currency, "order": draft.currency}
        if not 0 <= payment.captured_minor <= LARGEST_AMOUNT:
            yield name + "captured", "amount_out_of_range", {"value": payment.captured_minor}
        if not 0 <= payment.refunded_before_minor <= payment.captured_minor:
            yield name + "refunded", "refunded_beyond_captured", {"value": payment.refunded_before_minor}
        if not payment.external_id:
            yield name + "external_id", "missing", {}
