"""How a shop's later word changes an order line on which units may already be held for returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Standing:
    """The columns of a line that a correction may change."""

    quantity: int
    delivered: int
    held: int
    returned_before: int
    unit_minor: int
    paid_minor: int
    tax_minor: int
    discount_minor: int
    shipping_minor: int
    delivered_at: datetime | None = None
    serials: tuple[str, ...] = ()

    @property
    def ours(self) -> int:
        """Units held by returns of ours, not counting those that came back before us."""
        return self.held - self.returned_before


GONE = Standing(0, 0, 0, 0, 0, 0, 0, 0, 0)

Note = tuple[str, Mapping[str, Any]]


def correct(now: Standing, told: Standing) -> tuple[Standing, list[Note]]:
    """Return what a line becomes when the shop tells it anew, and notes on what could not be followed.

    Units held by our returns stay sold and delivered. While some are held, quantity and money change only together and
    only where a unit keeps its price, so that what was settled and what is left still add up.
    """
    notes: list[Note] = []
    ours = now.ours
    if ours and not _same_price(now, told):
        if told.quantity < ours:
            notes.append(("kept_for_returns", {"held": ours, "value": told.quantity}))
        else:
            notes.append(("price_kept_for_returns", {}))
        told = replace(
            told, quantity=now.quantity, unit_minor=now.unit_minor, paid_minor=now.paid_minor,
            tax_minor=now.tax_minor, discount_minor=now.discount_minor, shipping_minor=now.shipping_minor,
        )  # fmt: skip
    delivered = max(min(told.delivered, told.quantity), ours)
    before = min(told.returned_before, delivered - ours)
    return replace(told, delivered=delivered, returned_before=before, held=ours + before), notes


def _same_price(now: Standing, told: Standing) -> bool:
    """Whether the line did not shrink and each unit costs, and carries, what it did."""
    if told.quantity < now.quantity:
        return False
    pairs = (
        (now.unit_minor * now.quantity, told.unit_minor * told.quantity), (now.paid_minor, told.paid_minor),
        (now.tax_minor, told.tax_minor), (now.shipping_minor, told.shipping_minor),
    )  # fmt: skip
    return all(old * told.quantity == new * now.quantity for old, new in pairs)
