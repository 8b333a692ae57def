"""Keeping the books: each booking is written once for its key, in one statement, and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from homeward import journal
from homeward.kernel import Actor, Money, new_ref
from homeward.logistics.models import Parcel
from homeward.settlements import ledger
from homeward.settlements.ledger import Legs
from homeward.settlements.models import Posting

_POST = """
WITH booked AS (
    INSERT INTO settlements_posting (ref, key, merchant_id, case_id, kind, at) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (key) DO NOTHING RETURNING id
)
INSERT INTO settlements_postingline (posting_id, account, amount_minor, currency)
SELECT booked.id, leg.account, leg.minor, %s FROM booked, unnest(%s::text[], %s::bigint[]) AS leg (account, minor)
"""


def post(
    kind: str, about: str, legs: Legs, *, currency: str, merchant_id: int, case_id: int | None, at: datetime
) -> bool:
    """Book `legs` for `kind` of `about` (a ref), in the running action; return False where that was booked before."""
    if not legs:
        return False
    posting: list[Any] = [new_ref("pst", at=at), f"{kind}:{about}", merchant_id, case_id, kind, at]
    with connection.cursor() as cursor:
        cursor.execute(_POST, [*posting, currency, list(legs), list(legs.values())])
        return bool(cursor.rowcount)


def undo(kind: str, about: str, *, at: datetime) -> bool:
    """Book the reverse of what was booked for `kind` of `about`; return False where nothing was, or it was undone."""
    booked = Posting.objects.filter(key=f"{kind}:{about}").prefetch_related("lines").first()
    if booked is None:
        return False
    lines = list(booked.lines.all())
    legs = ledger.reversed_({ledger.Account(line.account): line.amount_minor for line in lines})
    return post(
        f"{kind}_undone", about, legs, currency=lines[0].currency, merchant_id=booked.merchant_id,
        case_id=booked.case_id, at=at,
    )  # fmt: skip


@journal.action
def book_label(parcel: Parcel, *, actor: Actor, at: datetime) -> None:
    """Book what the label of a parcel costs."""
    cost = Money(parcel.cost_minor, parcel.currency)
    if cost and post(
        "label", parcel.ref, ledger.freight(cost.minor), currency=cost.currency, merchant_id=parcel.merchant_id,
        case_id=parcel.case_id, at=at,
    ):  # fmt: skip
        journal.record(parcel, "book", actor=actor, at=at, cost=str(cost))


@journal.action
def unbook_label(parcel: Parcel, *, actor: Actor, at: datetime) -> None:
    """Take the booking of a label back that was never used."""
    if undo("label", parcel.ref, at=at):
        journal.record(parcel, "unbook", actor=actor, at=at)
