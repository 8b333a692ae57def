"""What this room does when something happened earlier on the road: it expects the goods of every parcel."""

from __future__ import annotations

from datetime import datetime

from homeward import journal
from homeward.journal.models import Entry
from homeward.kernel.actor import MACHINE
from homeward.logistics import queries as logistics_queries
from homeward.warehouse import actions


@journal.on("parcel.label", "parcel.accept", "parcel.deliver")
def expect_goods(entry: Entry, *, at: datetime) -> None:
    """Expect what a parcel carries, as soon as it has a label or is seen on its way."""
    parcel = logistics_queries.label(MACHINE, entry.ref)
    actions.expect(parcel, actor=MACHINE, at=at)
