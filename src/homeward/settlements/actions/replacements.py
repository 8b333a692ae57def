"""Goods in place of goods: promised, released once the old ones are in (or need not come), shipped, delivered."""

from __future__ import annotations

from datetime import datetime

from homeward import journal
from homeward.kernel import Actor, new_ref
from homeward.kernel.actor import POLICY
from homeward.settlements.actions import refunds
from homeward.settlements.gathering import Gathered
from homeward.settlements.models import Remedy, RemedyLine, Replacement


def reserve(remedy: Remedy, found: Gathered, *, actor: Actor, at: datetime) -> Replacement:
    """Promise the goods of a remedy to the shopper and release them for dispatch.

    A remedy in goods is agreed only when the old ones have passed inspection or need not come back, so nothing keeps
    the new ones waiting.
    """
    made = Replacement.objects.create(
        ref=new_ref("rpl", at=at), merchant_id=remedy.merchant_id, case_id=remedy.case_id, remedy=remedy,
        items=_items(remedy, found), reserved_at=at,
    )  # fmt: skip
    journal.record(made, "reserve", actor=actor, at=at, items=made.items)
    journal.move(made, "release", actor=POLICY, at=at)
    return made


def _items(remedy: Remedy, found: Gathered) -> list[dict[str, str | int]]:
    sold = found.data["order_lines"]
    counts = RemedyLine.objects.filter(remedy=remedy).values_list("order_line_id", "quantity").order_by("pk")
    return [
        {"sku": sold[str(line)]["sku"], "title": sold[str(line)]["title"], "quantity": quantity}
        for line, quantity in counts
    ]


@journal.action
def ship(made: Replacement, *, carrier: str, tracking_number: str, actor: Actor, at: datetime) -> None:
    """Note that the new goods are on their way, and under which number.

    :raises NotAllowed: if they have not been released, or were shipped before.
    :raises ValueError: if no tracking number is given.
    """
    if not tracking_number.strip():
        raise ValueError("a replacement travels under a tracking number")
    columns = {"carrier": carrier.strip()[:40], "tracking_number": tracking_number.strip()[:60], "shipped_at": at}
    journal.move(made, "ship", actor=actor, at=at, set=columns, carrier=carrier, tracking=tracking_number)


@journal.action
def deliver(made: Replacement, *, actor: Actor, at: datetime) -> None:
    """Note that the new goods have arrived; that fulfills their remedy, and with the last one the return.

    :raises NotAllowed: if they were not shipped.
    """
    journal.move(made, "deliver", actor=actor, at=at, set={"delivered_at": at})
    refunds.finish_if_paid(refunds.locked(made.remedy_id), actor=actor, at=at, is_fulfilled=True)


@journal.action
def cancel(made: Replacement, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take the promise of new goods back, as when there are none left: the remedy fails, and money takes its place.

    :raises NotAllowed: if they have left.
    """
    journal.move(made, "cancel", actor=actor, at=at, reason=reason)
    journal.move(made.remedy, "fail", actor=actor, at=at, reason=reason)
