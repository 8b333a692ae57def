"""The sample that ships with the product: an authored catalog and orders, and real invoice lines from 27 countries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db.models import F

from homeward.connectors import importing
from homeward.kernel import Actor, Money, TextMap
from homeward.orders import actions as order_actions
from homeward.orders import queries as order_queries
from homeward.orders.drafts import DeliveryDraft, LineDraft, OrderDraft, PaymentDraft, ProductDraft
from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant
from homeward.policies import queries as policy_queries

FOLDER = Path(__file__).parent.parent / "sample"
SOURCE = "sample"
HISTORY = "wrenfield"  # the merchant whose history the real invoice lines are
_LONG_AGO = timedelta(days=900)  # when the merchants came, before every authored purchase

MERCHANTS: Mapping[str, Mapping[str, str]] = {
    "lanting": {
        "name": "Lanting", "native_name": "兰亭", "native_language": "zh-hans",
        "legal_name": "Hangzhou Lanting Home Co., Ltd.", "email": "service@lanting.example", "country": "CN",
        "zone": "Asia/Shanghai", "locale": "zh-hans", "currency": "EUR",
    },
    "nordlicht": {
        "name": "Nordlicht", "legal_name": "Nordlicht Handels GmbH", "email": "service@nordlicht.example",
        "country": "DE", "zone": "Europe/Berlin", "locale": "de", "currency": "EUR",
    },
    "wrenfield": {
        "name": "Wrenfield Gifts", "legal_name": "Wrenfield Gifts Ltd", "email": "service@wrenfield.example",
        "country": "GB", "zone": "Europe/London", "locale": "en", "currency": "GBP",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """What was loaded: the merchants by slug, and how many products, authored orders and invoice lines."""

    merchants: Mapping[str, Merchant]
    products: int
    orders: int
    rows: int


def load_sample(*, at: datetime, actor: Actor) -> Sample:
    """Load the sample, its days counted back from `at`; loaded again on the same day, it changes nothing.

    Loaded on a later day, orders of which nothing is being sent back are dated anew. Rulebooks that hold for the
    purchases are to be published before, so that the lines carry them.
    """
    merchants = {
        slug: party_actions.admit(slug=slug, actor=actor, at=at - _LONG_AGO, **told) for slug, told in MERCHANTS.items()
    }
    products = sum(
        len(order_actions.list_products(drafts, merchant=merchants[slug], actor=actor, at=at))
        for slug, drafts in catalog().items()
    )
    by_merchant: dict[str, list[OrderDraft]] = {slug: [] for slug in merchants}
    people = read("orders.yaml")["people"]
    for told in read("orders.yaml")["orders"]:
        by_merchant[told["merchant"]].append(order_draft(told, people[told["who"]], at=at))
    for slug, drafts in by_merchant.items():
        order_actions.upsert_orders(
            _untouched(drafts, merchants[slug], actor), merchant=merchants[slug], source=SOURCE, actor=actor, at=at,
            rulebook_of=policy_queries.calendar_of(merchants[slug].pk),
        )  # fmt: skip
    rows = _load_history(merchants[HISTORY], actor=actor, at=at)
    return Sample(merchants, products, sum(map(len, by_merchant.values())), rows)


@cache
def catalog() -> Mapping[str, tuple[ProductDraft, ...]]:
    """Return the authored products of each merchant, at their list price."""
    return {
        slug: tuple(_product(sku, told) for sku, told in products.items())
        for slug, products in read("catalog.yaml").items()
    }


def _product(sku: str, told: Mapping[str, Any]) -> ProductDraft:
    currency, price = next(iter(told["prices"].items()))
    return ProductDraft(
        sku=sku, title=told["title"], category=told["category"], traits=tuple(told["traits"]),
        hs_code=told.get("hs_code", ""), origin=told.get("origin", ""), weight_g=told.get("weight_g", 0),
        price_minor=_minor(price, currency), currency=currency, picture=told["picture"],
        parts=tuple(told.get("parts", {}).items()),
    )  # fmt: skip


@cache
def read(name: str) -> Any:
    """Return what a file of the sample says."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def _minor(amount: float | str, currency: str) -> int:
    return Money.of(str(amount), currency).minor


def _untouched(drafts: list[OrderDraft], merchant: Merchant, actor: Actor) -> list[OrderDraft]:
    """Return the orders of which nothing is being sent back: they may be dated anew, so that a demo stays fresh."""
    rows = order_queries.orders(actor).filter(merchant=merchant, source=SOURCE)
    touched = set(rows.filter(lines__held__gt=F("lines__returned_before")).values_list("external_id", flat=True))
    return [draft for draft in drafts if draft.external_id not in touched]


def _load_history(merchant: Merchant, *, actor: Actor, at: datetime) -> int:
    """Import the real invoice lines, once; return how many rows they are."""
    file = FOLDER / "online_retail.csv.gz"
    runs = order_queries.import_runs(actor).filter(merchant=merchant, filename=file.name, finished_at__isnull=False)
    if run := runs.first():
        return run.rows_read
    desk = importing.Desk(merchant, actor, lambda: at, policy_queries.calendar_of(merchant.pk))
    return importing.import_file(file, importing.FORMATS["online-retail"], desk).run.rows_read


def order_draft(told: Mapping[str, Any], who: Mapping[str, Any], *, at: datetime) -> OrderDraft:
    """Return an authored order that a person of the sample placed, its days counted back from the day of `at`."""
    currency = told["currency"]
    placed_at = _ago(told["placed"], at)
    lines = tuple(_line(place, one, told, who, at=at) for place, one in enumerate(told["lines"], 1))
    amounts = {name: _minor(told.get(name, 0), currency) for name in ("discount", "shipping", "express")}
    tax, shipping_tax = _taxes(told, lines, **amounts)
    goods = sum(line.unit_minor * line.quantity for line in lines)
    total = goods - amounts["discount"] + amounts["shipping"] + amounts["express"] + (tax if told.get("beside") else 0)
    return OrderDraft(
        external_id=told["number"], number=told["number"], placed_at=placed_at, currency=currency, lines=lines,
        payments=_payments(told, total, placed_at), deliveries=_parcel(told, placed_at, at=at), buyer=told["who"],
        name=who["name"], email=who["email"], phone=who["phone"], country=who["country"],
        subdivision=who.get("subdivision", ""), postcode=who["postcode"], locale=who["locale"], channel="web",
        ship_to={name: who[name] for name in ("name", "address1", "postcode", "city", "country")},
        discount_minor=amounts["discount"], shipping_minor=amounts["shipping"],
        shipping_extra_minor=amounts["express"], shipping_tax_minor=shipping_tax, tax_minor=tax,
        tax_included=not told.get("beside"), total_minor=total,
        informed_at=placed_at if told.get("informed", True) else None, notices=tuple(told.get("notices", ())),
        cancelled_at=_ago(told["cancelled"], at) if "cancelled" in told else None,
    )  # fmt: skip


def _ago(days: int, at: datetime, *, hour: int = 14) -> datetime:
    return at.replace(hour=hour, minute=0, second=0, microsecond=0) - timedelta(days=days)


def _arrived_at(told: Mapping[str, Any], at: datetime) -> datetime | None:
    days = told.get("delivered")
    return _ago(days, at, hour=10) if isinstance(days, int) else None


def _line(
    place: int, one: Mapping[str, Any], told: Mapping[str, Any], who: Mapping[str, Any], *, at: datetime
) -> LineDraft:
    """Return a line at list price, with its title in the shopper's language."""
    product = read("catalog.yaml")[told["merchant"]][one["sku"]]
    quantity, traits = one.get("quantity", 1), product["traits"]
    title = TextMap(product["title"]).in_(who["locale"])
    is_card = "gift_card" in traits
    delivered = one.get("arrived", quantity) if "delivered" in told else 0
    return LineDraft(
        external_id=str(place), sku=one["sku"], title=f"{title} · {one['note']}" if "note" in one else title,
        quantity=quantity, unit_minor=_minor(product["prices"][told["currency"]], told["currency"]),
        is_taxable=not is_card, is_discountable=not is_card, is_physical=not {"gift_card", "digital"} & set(traits),
        delivered=delivered, delivered_at=_arrived_at(told, at) if delivered else None,
        returned_before=one.get("returned", 0), serials=tuple(one.get("serials", ())),
    )  # fmt: skip


def _taxes(
    told: Mapping[str, Any], lines: tuple[LineDraft, ...], *, discount: int, shipping: int, express: int
) -> tuple[int, int]:
    """Return the order's tax and the part of it on delivery: inside the prices, or beside them on goods alone."""
    rate = Decimal(str(told["rate"])) / 100
    taxed = sum(line.unit_minor * line.quantity for line in lines if line.is_taxable) - discount
    if told.get("beside"):
        return round(taxed * rate), 0
    share = rate / (1 + rate)
    on_delivery = round((shipping + express) * share)
    return round(taxed * share) + on_delivery, on_delivery


def _payments(told: Mapping[str, Any], total: int, placed_at: datetime) -> tuple[PaymentDraft, ...]:
    """Return the payments; the one without an amount pays the rest, and carries what was refunded before."""
    currency, ways = told["currency"], told.get("pays", [])
    named = [_minor(way[2], currency) if len(way) > 2 else 0 for way in ways]
    return tuple(
        PaymentDraft(
            provider=way[0], external_id=f"{told['number']}/{place}", method=way[1], currency=currency,
            captured_minor=amount or total - sum(named), captured_at=placed_at,
            refunded_before_minor=0 if amount else _minor(told.get("refunded", 0), currency),
        )
        for place, (way, amount) in enumerate(zip(ways, named, strict=True), 1)
    )  # fmt: skip


def _parcel(told: Mapping[str, Any], placed_at: datetime, *, at: datetime) -> tuple[DeliveryDraft, ...]:
    if "parcel" not in told:
        return ()
    number, carrier = told["parcel"]
    shipped_at = placed_at + timedelta(days=1)
    return (
        DeliveryDraft(
            tracking_number=number, carrier=carrier, shipped_at=shipped_at, delivered_at=_arrived_at(told, at)
        ),
    )
