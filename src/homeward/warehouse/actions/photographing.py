"""Photographing: pictures kept with a receipt as evidence of what came and in which state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from homeward import journal
from homeward.kernel import Actor, new_ref
from homeward.warehouse.models import Inspection, Photo, Receipt
from homeward.warehouse.photos import Kept


@journal.action
def add_photos(
    receipt: Receipt, photos: Sequence[Kept], *, actor: Actor, at: datetime, inspection: Inspection | None = None
) -> list[Photo]:
    """Keep photos with a receipt, or with one of its inspections; the same picture is kept once."""
    if not photos:
        return []
    rows = [
        Photo(
            ref=new_ref("pho", at=at), merchant_id=receipt.merchant_id, receipt=receipt, inspection=inspection,
            file=kept.path, name=kept.exhibit.name, media_type=kept.exhibit.media_type,
            size=len(kept.exhibit.content), sha256=kept.exhibit.sha256, by=str(actor), at=at,
        )
        for kept in photos
    ]  # fmt: skip
    journal.record(receipt, "photograph", actor=actor, at=at, photos=[row.ref for row in rows])
    return Photo.objects.bulk_create(rows, ignore_conflicts=True)
