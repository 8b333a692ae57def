"""Receiving: what lies in the box is counted against what was announced, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg.types.json import Jsonb

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.cases.actions import NewClock
from homeward.journal import prepared
from homeward.kernel import Actor, Calendar, Deadline, Unit, new_ref
from homeward.logistics import actions as logistics_actions
from homeward.logistics.models import Center, Parcel
from homeward.parties.models import Merchant
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from homeward.warehouse.actions.expecting import check_receivable, lock
from homeward.warehouse.actions.photographing import add_photos
from homeward.warehouse.models import Outcome, Receipt, ReceiptLine
from homeward.warehouse.photos import Kept

INSPECTION = Deadline(3, Unit.WORKING_DAYS)  # our promise: goods are graded within three working days of arrival
MOST = 100_000  # units of one line; more is a slip of the hand


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted for one announced line, named by its return line's ref.

    `wrong` units came in place of it. `over` says on purpose that more came than was announced.
    """

    line: str
    good: int = 0
    damaged: int = 0
    wrong: int = 0
    over: bool = False

    @property
    def total(self) -> int:
        """All units counted."""
        return self.good + self.damaged + self.wrong


@dataclass(frozen=True, slots=True)
class Stranger:
    """Units of something that nobody announced, in the words of who found it."""

    description: str
    quantity: int = 1


class BadCount(ValueError):
    """A count below zero, or beyond belief."""


class UnknownLine(LookupError):
    """A count names a line that the receipt does not have."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        super().__init__(f"not on this receipt: {', '.join(lines)}")


class OverReceipt(Exception):
    """More came than was announced, and nobody has said that this is meant."""

    def __init__(self, line: str, announced: int, counted: int) -> None:
        self.line, self.announced, self.counted = line, announced, counted
        super().__init__(f"{line}: {counted} counted, {announced} announced")


@journal.action
def receive(
    receipt: Receipt, counts: Sequence[Count], *, actor: Actor, at: datetime, strangers: Sequence[Stranger] = (),
    note: str = "", center: Center | None = None,
) -> Receipt:  # fmt: skip
    """Confirm what came of an expected receipt; lines that are not counted came with nothing.

    What is short stays open for a later parcel; what is wrong or over flags the receipt; an empty box is contested at
    once; strangers in the box become a quarantine record of their own. The return is told, the parcel is delivered,
    and the clock of the inspection starts. A second confirmation is refused and counts nothing.

    :raises NotAllowed: if the receipt has been confirmed.
    :raises NotReceivable: if its return is not authorized.
    :raises OverReceipt: if more is counted than announced without saying so.
    :raises UnknownLine: if a count names a line of another receipt.
    :raises BadCount: if a count is below zero or beyond belief.
    """
    _check(counts, strangers)
    units = sum(count.total for count in counts)
    made, case = receipt.return_request, receipt.case
    if made is None or case is None:
        raise journal.NotAllowed("receipt", "receive", receipt.state, actor.role)
    if units:
        made.case = case  # the same row, fetched once
        return_actions.goods_arrived(made, actor=actor, at=at)  # locks the return, so that its state below holds
    lines = _announced_on(receipt_id=receipt.pk)
    check_receivable(next((row.return_line.return_request for row in lines if row.return_line), made), actor=actor)
    _fill(lines, counts)
    place = center or receipt.center
    due_at = _inspection_due(place, receipt, at=at)
    outcome = Outcome.worst(line.outcome for line in lines)
    journal.move(
        receipt, "receive", actor=actor, at=at, outcome=outcome, lines=[_as_fact(line) for line in lines],
        set={
            "received_at": at, "received_by": str(actor), "outcome": outcome, "due_at": due_at, "note": note,
            "center_id": place.pk if place else None,
        },
    )  # fmt: skip
    _write_counts(lines)
    _deliver(receipt.parcel, actor=actor, at=at)
    if strangers:
        _quarantine(receipt, strangers, center=place, actor=actor, at=at)
    if units:
        clock = NewClock("inspection", due_at, owner="dock", basis=f"{INSPECTION.amount} {INSPECTION.unit}")
        case_actions.start_clocks(case, [clock], at=at)
    else:
        journal.move(receipt, "dispute", actor=actor, at=at, set={"ground": "empty"}, ground="empty", note=note)
    return receipt


@prepared.question
def _announced_on(receipt_id: int) -> QuerySet[ReceiptLine]:
    rows = ReceiptLine.objects.filter(receipt_id=receipt_id, return_line__isnull=False)
    return rows.select_related("return_line__return_request")


@journal.action
def receive_unknown(
    label_text: str, strangers: Sequence[Stranger], *, merchant: Merchant, actor: Actor, at: datetime,
    center: Center | None = None, parcel: Parcel | None = None, about: Return | None = None, note: str = "",
    photos: Sequence[Kept] = (), nonce: str = "",
) -> Receipt:  # fmt: skip
    """Take in goods that nobody announced, or that cannot be counted against their return: a quarantine record.

    `about` is the return that they seem to belong to (refused, withdrawn, over); its case then shows them. `nonce`
    names the form: the same form once more gives the first record again.

    :raises BadCount: if nothing is counted, or a count is beyond belief.
    """
    _check((), strangers)
    if not strangers:
        raise BadCount("say what lies in the box")
    if nonce:
        lock(nonce)
        if known := Receipt.objects.filter(nonce=nonce, merchant=merchant).first():
            return known
    label_text = label_text.strip()[:80]
    if parcel is None:
        parcel = logistics_actions.arrive_unannounced(
            merchant=merchant, tracking_number=label_text, center=center, actor=actor, at=at
        )
    receipt = Receipt.objects.create(
        ref=new_ref("rcp", at=at), merchant=merchant, center=center, parcel=parcel, label_text=label_text,
        case_id=about.case_id if about else None, nonce=nonce,
    )  # fmt: skip
    _take_in(receipt, strangers, due_at=_inspection_due(center, receipt, at=at), note=note, actor=actor, at=at)
    add_photos(receipt, photos, actor=actor, at=at)
    _deliver(parcel, actor=actor, at=at)
    return receipt


def _check(counts: Sequence[Count], strangers: Sequence[Stranger]) -> None:
    numbers = [n for count in counts for n in (count.good, count.damaged, count.wrong)]
    if any(not 0 <= number <= MOST for number in numbers):
        raise BadCount(f"counts lie between 0 and {MOST}")
    if any(not 1 <= stranger.quantity <= MOST for stranger in strangers):
        raise BadCount(f"what is found counts from 1 to {MOST}")
    named = [count.line for count in counts]
    if len(set(named)) < len(named):
        raise BadCount("a line is counted twice")


def _fill(lines: Sequence[ReceiptLine], counts: Sequence[Count]) -> None:
    """Write the counts into the lines, with what each comes to."""
    found = {line.key: line for line in lines}
    if strange := [count.line for count in counts if count.line not in found]:
        raise UnknownLine(strange)
    by_line = {count.line: count for count in counts}
    for key, line in found.items():
        count = by_line.get(key, Count(key))
        if count.total > line.announced and not count.over:
            raise OverReceipt(key, line.announced, count.total)
        line.good, line.damaged, line.wrong, line.received = count.good, count.damaged, count.wrong, count.total
        line.outcome = line.found


_COUNTS = """
UPDATE warehouse_receiptline AS line
SET received = row.received, good = row.good, damaged = row.damaged, wrong = row.wrong, outcome = row.outcome
FROM jsonb_to_recordset(%s) AS row (id bigint, received int, good int, damaged int, wrong int, outcome text)
WHERE line.id = row.id
"""


def _write_counts(lines: Sequence[ReceiptLine]) -> None:
    rows: Any = Jsonb([
        {
            "id": line.pk, "received": line.received, "good": line.good, "damaged": line.damaged, "wrong": line.wrong,
            "outcome": line.outcome,
        }
        for line in lines
    ])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [rows])


def _as_fact(line: ReceiptLine) -> dict[str, Any]:
    return {
        "line": line.key, "announced": line.announced, "good": line.good, "damaged": line.damaged,
        "wrong": line.wrong, "outcome": line.outcome,
    }  # fmt: skip


def _inspection_due(center: Center | None, receipt: Receipt, *, at: datetime) -> datetime:
    """Return the end of the inspection's time, counted in working days of the place where the goods lie."""
    place = center or receipt.merchant
    return INSPECTION.resolve(at, zone=place.zone, calendar=Calendar(place.country))


def _deliver(parcel: Parcel | None, *, actor: Actor, at: datetime) -> None:
    if parcel is not None and parcel.state != "delivered":
        logistics_actions.deliver(parcel, actor=actor, at=at)


def _quarantine(
    receipt: Receipt, strangers: Sequence[Stranger], *, center: Center | None, actor: Actor, at: datetime
) -> None:
    """Put strangers found in a box on a record of their own, so that nobody pays for them."""
    found = Receipt.objects.create(
        ref=new_ref("rcp", at=at), merchant_id=receipt.merchant_id, center=center, parcel=receipt.parcel,
        found_with=receipt, case_id=receipt.case_id,
    )  # fmt: skip
    _take_in(found, strangers, due_at=receipt.due_at, note="", actor=actor, at=at)


def _take_in(
    receipt: Receipt, strangers: Sequence[Stranger], *, due_at: datetime | None, note: str, actor: Actor, at: datetime
) -> None:
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt, description=stranger.description.strip()[:200], received=stranger.quantity,
            wrong=stranger.quantity, outcome=Outcome.UNKNOWN,
        )
        for stranger in strangers
    )  # fmt: skip
    journal.move(
        receipt, "receive", actor=actor, at=at, outcome=Outcome.UNKNOWN, label=receipt.label_text,
        lines=[{"description": stranger.description, "wrong": stranger.quantity} for stranger in strangers],
        set={
            "received_at": at, "received_by": str(actor), "outcome": Outcome.UNKNOWN, "due_at": due_at, "note": note,
        },
    )  # fmt: skip
