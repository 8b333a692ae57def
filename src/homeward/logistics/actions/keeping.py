"""Keeping what the way back stands on: return centers and rate cards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from homeward import journal
from homeward.kernel import Actor, new_ref
from homeward.logistics.models import Center, RateCard
from homeward.logistics.ratecards import Reading, read_cards
from homeward.logistics.rates import Card
from homeward.parties.models import Merchant


@journal.action
def open_center(
    *, code: str, name: str, country: str, actor: Actor, at: datetime, merchant: Merchant | None = None, **more: Any
) -> Center:
    """Open a return center, or return the one that already has this code. Without a merchant it serves all of them."""
    columns = {"ref": new_ref("ctr", at=at), "name": name, "country": country, "merchant": merchant, **more}
    center, is_new = Center.objects.get_or_create(code=code, defaults=columns)
    if is_new:
        journal.record(center, "open", actor=actor, at=at, code=code, country=country)
    return center


@journal.action
def change_center(center: Center, *, actor: Actor, at: datetime, **columns: Any) -> Center:
    """Change columns of a center, or close it by `is_open=False`; parcels on their way keep their address."""
    before = {name: getattr(center, name) for name in columns}
    Center.objects.filter(pk=center.pk).update(**columns)
    for name, value in columns.items():
        setattr(center, name, value)
    changed = {name: [before[name], value] for name, value in columns.items() if before[name] != value}
    if changed:
        journal.record(center, "change", actor=actor, at=at, **changed)
    return center


@journal.action
def import_rates(lines: Iterable[str], *, actor: Actor, at: datetime, merchant: Merchant | None = None) -> Reading:
    """Take rate cards from CSV, for one merchant or for all; return what was read and what was wrong.

    A card replaces the one of the same carrier, service, currency and first day; an equal card changes nothing.
    """
    reading = read_cards(lines)
    for card in reading.cards:
        _keep(card, merchant, actor=actor, at=at)
    return reading


def _keep(card: Card, merchant: Merchant | None, *, actor: Actor, at: datetime) -> None:
    columns = {"valid_to": card.valid_to, "is_sample": card.is_sample, "rows": card.to_json()}
    same = RateCard.objects.filter(
        merchant=merchant, carrier=card.carrier, service=card.service, currency=card.currency,
        valid_from=card.valid_from,
    )  # fmt: skip
    old = same.first()
    if old is not None and all(getattr(old, name) == value for name, value in columns.items()):
        return
    same.delete()  # a card never changes under its ref: parsed cards are remembered by it
    row = RateCard.objects.create(
        ref=new_ref("rat", at=at), merchant=merchant, carrier=card.carrier, service=card.service,
        currency=card.currency, valid_from=card.valid_from, **columns,
    )  # fmt: skip
    journal.record(
        row, "import", actor=actor, at=at, carrier=card.carrier, service=card.service, is_sample=card.is_sample
    )
