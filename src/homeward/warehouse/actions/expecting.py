"""Expecting goods: a receipt for every return whose goods lie in a parcel, or that somebody brings to the dock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.db import connection
from django.db.models import QuerySet

from homeward import journal
from homeward.journal import prepared
from homeward.kernel import Actor, new_ref
from homeward.kernel.actor import MACHINE
from homeward.logistics import queries as logistics_queries
from homeward.logistics.models import Center, Parcel
from homeward.returns.models import Return
from homeward.warehouse.models import Receipt, ReceiptLine

RECEIVABLE = frozenset({"authorized"})
LATE = frozenset({"settled"})  # what comes after the end is taken in only by a head, on purpose
HEADS = frozenset({"supervisor", "merchant", "operator"})


class NotReceivable(Exception):
    """Goods of a return that is not authorized (any more) cannot be counted against it."""

    def __init__(self, number: str, state: str) -> None:
        self.number, self.state = number, state
        super().__init__(f"return {number} is {state}")


class NothingOpen(Exception):
    """All units of a return have arrived already, so nothing can be received against it."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"all units of {number} have arrived")


class AlreadyReceived(Exception):
    """This parcel's goods have been counted already; `ref` names the receipt."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"already received as {ref}")


@journal.action
def expect(parcel: Parcel, *, actor: Actor, at: datetime) -> list[Receipt]:
    """Expect what a parcel carries: one receipt per return in it, with the units announced. Twice is once."""
    if known := _receipts_in(parcel_id=parcel.pk):
        return known
    units = defaultdict(list)
    for row in logistics_queries.carried(MACHINE, parcel):
        units[row.return_line.return_request].append((row.return_line_id, row.quantity))
    if not units:
        return []
    receipts = Receipt.objects.bulk_create(
        [_announced_in(parcel, made, at=at) for made in units],
        update_conflicts=True,
        unique_fields=["parcel", "return_request"],
        update_fields=["center"],
    )
    ReceiptLine.objects.bulk_create(
        [
            ReceiptLine(receipt=receipt, return_line_id=line, announced=quantity)
            for receipt in receipts
            for line, quantity in units[cast(Return, receipt.return_request)]
        ],
        ignore_conflicts=True,
    )
    return receipts


@prepared.question
def _receipts_in(parcel_id: int) -> QuerySet[Receipt]:
    return Receipt.objects.filter(parcel_id=parcel_id).order_by("pk")


def _announced_in(parcel: Parcel, made: Return, *, at: datetime) -> Receipt:
    return Receipt(
        ref=new_ref("rcp", at=at), merchant_id=made.merchant_id, center_id=parcel.center_id, parcel=parcel,
        return_request=made, case_id=made.case_id, announced_at=at,
    )  # fmt: skip


@journal.action
def open_receipt(
    made: Return, *, actor: Actor, at: datetime, parcel: Parcel | None = None, center: Center | None = None
) -> Receipt:
    """Give the receipt against which goods of a return are counted now: the expected one, else a new one for the rest.

    :raises AlreadyReceived: if this very parcel has been counted.
    :raises NotReceivable: if the return is not authorized; a head may open one for goods that come after the end.
    :raises NothingOpen: if all its units have arrived.
    """
    check_receivable(made, actor=actor)
    if known := _waiting(made, parcel):
        return known
    lock(made.ref)
    return _waiting(made, parcel) or _open_rest(made, parcel, center, at=at)


def _waiting(made: Return, parcel: Parcel | None) -> Receipt | None:
    """Return the receipt that is expected of this parcel, or of any parcel of the return where none is named."""
    rows = _receipts_of(return_id=made.pk)
    if parcel is not None:
        known = next((row for row in rows if row.parcel_id == parcel.pk), None)
        if known is not None and known.state != Receipt.lifecycle.initial:
            raise AlreadyReceived(known.ref)
    else:
        known = next((row for row in rows if row.state == Receipt.lifecycle.initial), None)
    if known is not None:
        known.return_request, known.case = made, made.case
    return known


@prepared.question
def _receipts_of(return_id: int) -> QuerySet[Receipt]:
    rows = Receipt.objects.filter(return_request_id=return_id)
    return rows.select_related("merchant", "center", "parcel").order_by("pk")


def _open_rest(made: Return, parcel: Parcel | None, center: Center | None, *, at: datetime) -> Receipt:
    rest = still_open(made)
    if not rest:
        raise NothingOpen(made.number)
    receipt = _expected(made, parcel=parcel, center=center, at=at)
    prepared.insert([receipt])
    announce(receipt, rest)
    return receipt


@journal.action
def match(receipt: Receipt, made: Return, *, actor: Actor, at: datetime) -> None:
    """Say that goods which nobody announced belong to a return: they are to be counted against it.

    :raises NotReceivable: if the return is not authorized.
    :raises NothingOpen: if all its units have arrived.
    :raises NotAllowed: if the goods have been dealt with, or have been announced all along.
    """
    if receipt.is_announced:
        raise journal.NotAllowed("receipt", "match", receipt.state, actor.role)
    check_receivable(made, actor=actor)
    lock(made.ref)
    rest = still_open(made)
    if not rest:
        raise NothingOpen(made.number)
    if receipt.lines.filter(inspected__gt=0).exists():
        raise journal.NotAllowed("receipt", "match", receipt.state, actor.role)
    parcel = _free_parcel(receipt, made)
    journal.move(
        receipt, "match", actor=actor, at=at, number=made.number,
        set={"return_request_id": made.pk, "case_id": made.case_id, "parcel_id": parcel, "outcome": ""},
    )  # fmt: skip
    receipt.lines.update(received=0, good=0, damaged=0, wrong=0, outcome="")
    announce(receipt, rest)


def _free_parcel(receipt: Receipt, made: Return) -> int | None:
    """Return the parcel of the receipt, unless the return has one of that parcel already; then make room without it."""
    others = Receipt.objects.filter(return_request=made)
    if receipt.parcel_id and not others.filter(parcel=receipt.parcel_id).exists():
        return receipt.parcel_id
    others.filter(parcel=None, state=Receipt.lifecycle.initial).delete()  # empty as yet: nothing was counted on it
    return None


def check_receivable(made: Return, *, actor: Actor) -> None:
    """Let pass only returns against which goods may be counted.

    :raises NotReceivable: otherwise.
    """
    if made.state in RECEIVABLE or (made.state in LATE and actor.role in HEADS):
        return
    raise NotReceivable(made.number, made.state)


def lock(name: str) -> None:
    """Let only one transaction at a time open receipts under this name: a return's ref, or a form's nonce."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"receipt:{name}"])


_STILL_OPEN = """
SELECT line.id, line.quantity - coalesce((
    SELECT sum(came.good + came.damaged) FROM warehouse_receiptline AS came
    JOIN warehouse_receipt AS receipt ON receipt.id = came.receipt_id
    WHERE came.return_line_id = line.id AND receipt.return_request_id = line.return_request_id AND receipt.state <> %s
), 0)::int
FROM returns_returnline AS line WHERE line.return_request_id = %s ORDER BY line.id
"""


def still_open(made: Return) -> dict[int, int]:
    """Return how many units of each return line have not arrived yet, without those that all have."""
    with connection.cursor() as cursor:
        cursor.execute(_STILL_OPEN, [Receipt.lifecycle.initial, made.pk])
        return {line: units for line, units in cursor.fetchall() if units > 0}


def announce(receipt: Receipt, units: dict[int, int]) -> Sequence[ReceiptLine]:
    """Write the lines of a receipt: units announced by return line."""
    return prepared.insert(
        ReceiptLine(receipt=receipt, return_line_id=line, announced=quantity) for line, quantity in units.items()
    )


def _expected(made: Return, *, parcel: Parcel | None, center: Center | None, at: datetime) -> Receipt:
    return Receipt(
        ref=new_ref("rcp", at=at), merchant=made.merchant, center=center, parcel=parcel, return_request=made,
        case=made.case, announced_at=at,
    )  # fmt: skip
