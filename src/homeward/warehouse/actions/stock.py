"""What inspections do to the stock: units leave the returns area once, and come back when a finding is void."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from homeward.journal import prepared
from homeward.kernel import Actor, new_ref
from homeward.warehouse.models import Inspection, Receipt, ReceiptLine, StockMovement


def put_away(receipt: Receipt, inspections: Sequence[Inspection], *, at: datetime) -> None:
    """Move units out of the returns area to where their disposition sends them, once per inspection."""
    prepared.insert(
        StockMovement(
            ref=new_ref("mov", at=at), merchant_id=receipt.merchant_id, center_id=receipt.center_id,
            inspection=inspection, sku=_sku(inspection.line), quantity=inspection.quantity,
            destination=inspection.disposition, at=at,
        )
        for inspection in inspections
    )  # fmt: skip


def _sku(line: ReceiptLine) -> str:
    return line.return_line.order_line.sku if line.return_line else ""


def void_all(inspections: Sequence[int], *, reason: str, actor: Actor, at: datetime) -> int:
    """Void inspections and turn the stock movements that came of them; return how many were not void before."""
    rows = Inspection.objects.filter(pk__in=inspections, voided_at=None)
    movements = list(StockMovement.objects.filter(inspection__in=rows))
    count = rows.update(voided_at=at, voided_by=str(actor), void_reason=reason)
    prepared.insert(
        StockMovement(
            ref=new_ref("mov", at=at), merchant_id=movement.merchant_id, center_id=movement.center_id,
            reverses=movement, sku=movement.sku, quantity=-movement.quantity, destination=movement.destination, at=at,
        )
        for movement in movements
    )  # fmt: skip
    return count
