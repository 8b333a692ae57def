"""All that planning a way back has to know about a return, in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from homeward.kernel import Money
from homeward.logistics.handling import handling_of
from homeward.logistics.models import RateCard
from homeward.logistics.rates import Card, NoRate, Quote, price
from homeward.logistics.routing import Load, Place

DEFAULT_CARRIER = "manual"

_CENTERS = """(
    SELECT coalesce(json_agg(json_build_array(id, ref, name, kind, country, serves, refuses, handling_minor, currency)
                             ORDER BY id), '[]')
    FROM logistics_center AS center
    WHERE is_open AND (merchant_id = {merchant} OR merchant_id IS NULL)
)"""
_CARDS = """(
    SELECT coalesce(json_agg(json_build_array(ref, merchant_id IS NOT NULL)), '[]') FROM logistics_ratecard AS card
    WHERE currency = {currency} AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to >= %(on)s)
      AND (merchant_id = {merchant} OR merchant_id IS NULL)
)"""
# The newest word on a line is its own verdict, unless a person has since decided about the return as a whole.
_RETURN = f"""
SELECT json_build_object(
    'state', ret.state, 'goods_back', ret.goods_back, 'payer', ret.freight_payer, 'method', ret.method,
    'currency', ret.currency, 'merchant', ret.merchant_id, 'case', ret.case_id, 'number', ret.number,
    'country', coalesce(nullif(purchase.country, ''), merchant.country),
    'by_hand', EXISTS (SELECT FROM returns_decision AS word
                       WHERE word.return_request_id = ret.id AND word.line_id IS NULL),
    'next_part', (SELECT coalesce(max(part), 0) + 1 FROM logistics_parcel AS parcel
                  WHERE parcel.return_request_id = ret.id),
    'lines', (
        SELECT json_agg(json_build_array(
            line.id, line.quantity, line.reason, line.condition, sold.weight_g, sold.traits,
            sold.paid_minor * line.quantity / sold.quantity,
            (SELECT word.document #>> '{{decision,way_back}}' FROM returns_decision AS word
             WHERE word.line_id = line.id ORDER BY word.id DESC LIMIT 1),
            (SELECT coalesce(sum(carried.quantity), 0) FROM logistics_parcelline AS carried
             JOIN logistics_parcel AS parcel ON parcel.id = carried.parcel_id
             WHERE carried.return_line_id = line.id AND parcel.state NOT IN ('cancelled', 'lost', 'sent_back'))
        ) ORDER BY line.id)
        FROM returns_returnline AS line JOIN orders_orderline AS sold ON sold.id = line.order_line_id
        WHERE line.return_request_id = ret.id
    ),
    'centers', {_CENTERS.format(merchant="ret.merchant_id")},
    'cards', {_CARDS.format(merchant="ret.merchant_id", currency="ret.currency")}
)
FROM returns_return AS ret
JOIN orders_order AS purchase ON purchase.id = ret.order_id
JOIN parties_merchant AS merchant ON merchant.id = ret.merchant_id
WHERE ret.id = %(return)s
FOR KEY SHARE OF ret
"""
_OFFER = f"""
SELECT json_build_object(
    'centers', {_CENTERS.format(merchant="%(merchant)s")},
    'cards', {_CARDS.format(merchant="%(merchant)s", currency="%(currency)s")}
)
"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found. `loads` is what still has to travel; `forbidden` are return lines that no carrier may have."""

    data: dict[str, Any]
    loads: tuple[Load, ...]
    forbidden: tuple[int, ...]
    on: date

    @property
    def places(self) -> list[Place]:
        """The open centers of the merchant and of the operator."""
        return [_place(row) for row in self.data["centers"]]

    @property
    def center_ids(self) -> dict[str, int]:
        """The ids of the centers by ref."""
        return {row[1]: row[0] for row in self.data["centers"]}

    def pricing(self, place: Place, grams: int, traits: frozenset[str]) -> Quote | None:
        """Return the cheapest quote of the cards that hold here."""
        quotes = []
        for card in _cards(self.data["cards"]):
            with suppress(NoRate):
                quote = price(
                    card, from_country=self.data["country"], to_country=place.country, weight_g=grams, on=self.on,
                    traits=traits,
                )  # fmt: skip
                quotes.append(quote)
        return min(quotes, key=lambda quote: (quote.total.minor, quote.carrier, quote.service), default=None)


def gather(return_id: int, *, on: date) -> Gathered | None:
    """Return what is known about a return, which stays as it is until the transaction ends; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_RETURN, {"return": return_id, "on": on})
        row = cursor.fetchone()
    if row is None:
        return None
    data = row[0] if isinstance(row[0], dict) else json.loads(row[0])
    loads, forbidden = [], []
    for pk, quantity, reason, condition, weight_g, traits, value, way_back, carried in data["lines"] or ():
        if way_back == "do_not_send" or handling_of(traits, signs=(reason, condition)).is_forbidden:
            forbidden.append(pk)  # whoever authorized it: no person may give a shopper a label for this
        elif quantity > carried and (way_back in {None, "send"} or data["by_hand"]):
            worth = Money(value, data["currency"])
            loads.append(
                Load(line=pk, quantity=quantity - carried, unit_g=weight_g, traits=frozenset(traits), value=worth)
            )
    return Gathered(data, tuple(loads), tuple(forbidden), on)


def offer(*, merchant_id: int, currency: str, country: str, on: date) -> Gathered:
    """Return the centers and cards that hold for a shopper in `country`, before there is a return."""
    with connection.cursor() as cursor:
        cursor.execute(_OFFER, {"merchant": merchant_id, "currency": currency, "on": on})
        (found,) = cursor.fetchone()
    data = found if isinstance(found, dict) else json.loads(found)
    return Gathered({**data, "country": country, "currency": currency}, (), (), on)


def _place(row: Sequence[Any]) -> Place:
    _, ref, name, kind, country, serves, refuses, handling_minor, currency = row
    return Place(
        ref=ref, name=name, kind=kind, country=country, handling=Money(handling_minor, currency),
        serves=frozenset(serves), refuses=frozenset(refuses),
    )  # fmt: skip


_parsed: dict[str, Card] = {}  # a card's rows never change under its ref, so what was parsed once stays right


def _cards(rows: Sequence[tuple[str, bool]]) -> list[Card]:
    """Return the cards of a merchant's own, or the operator's where it has none."""
    refs = [ref for ref, is_own in rows if is_own] or [ref for ref, _ in rows]
    if missing := [ref for ref in refs if ref not in _parsed]:
        if len(_parsed) > 500:
            _parsed.clear()
        for card in RateCard.objects.filter(ref__in=missing):
            _parsed[card.ref] = Card.from_json(
                card.rows, carrier=card.carrier, service=card.service, currency=card.currency,
                valid_from=card.valid_from, valid_to=card.valid_to, is_sample=card.is_sample,
            )  # fmt: skip
    return [_parsed[ref] for ref in refs if ref in _parsed]
