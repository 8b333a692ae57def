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

from homeward.connectors import importing
from homeward.kernel import Actor, Money, TextMap
from homeward.orders import actions as order_actions
from homeward.orders.drafts import DeliveryDraft, LineDraft, OrderDraft, PaymentDraft, ProductDraft
from homeward.orders.portions import apportion
from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant
from homeward.policies import queries as policy_queries

FOLDER = Path(__file__).parent.parent / "sample"
SOURCE = "sample"
HISTORY = "wrenfield"  # the merchant whose history the real invoice lines are
_LONG_AGO = timedelta(days=900)  # when the merchants came, before every authored purchase

MERCHANTS: Mapping[str, Mapping[str, str]] = {
    "lanting": {
        "name": "Lanting", "native_name": "兰亭", "native_language": "zh-hans", "legal_name": "Lanting Home SARL",
        "email": "service@lanting.example", "country": "CN", "zone": "Asia/Shanghai", "locale": "zh-hans",
        "currency": "EUR",
    },
    "nordlicht": {
        "name": "Nordlicht", "legal_name": "Nordlicht Audio GmbH", "email": "service@nordlicht.example",
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
    """Load the sample, its days counted back from `at`; what is loaded already stays as it is.

    Rulebooks that hold for the purchases are to be published before, so that the lines carry them.
    """
    merchants = {
        slug: party_actions.admit(slug=slug, actor=actor, at=at - _LONG_AGO, **told) for slug, told in MERCHANTS.items()
    }
    products = sum(
        len(order_actions.list_products(drafts, merchant=merchants[slug], actor=actor, at=at))
        for slug, drafts in catalog().items()
    )
    by_merchant: dict[str, list[OrderDraft]] = {slug: [] for slug in merchants}
    for told in _yaml("orders.yaml")["orders"]:
        by_merchant[told["merchant"]].append(_order(told, at=at))
    for slug, drafts in by_merchant.items():
        known = _known(merchants[slug])
        order_actions.upsert_orders(
            [draft for draft in drafts if draft.external_id not in known], merchant=merchants[slug], source=SOURCE,
            actor=actor, at=at, rulebook_of=policy_queries.calendar_of(merchants[slug].pk),
        )  # fmt: skip
    rows = _load_history(merchants[HISTORY], actor=actor, at=at)
    return Sample(merchants, products, sum(map(len, by_merchant.values())), rows)
