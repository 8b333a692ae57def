"""The one table from a noun's state to its fact, its tone and its words; templates never choose a tone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

IDLE, INFO, MOVING, WAIT, GOOD, BAD, CONTESTED = "idle", "info", "moving", "wait", "good", "bad", "contested"
TONES = (IDLE, INFO, MOVING, WAIT, GOOD, BAD, CONTESTED)

DECISION, GOODS, REMEDY, MONEY, DISPUTE, NO_FACT = "decision", "goods", "remedy", "money", "dispute", ""
FACTS = {
    DECISION: _("Permission"),
    GOODS: _("Goods"),
    REMEDY: _("Remedy"),
    MONEY: _("Money"),
    DISPUTE: _("Dispute"),
}


class UnknownState(LookupError):
    """A page shows a state that the table does not hold."""


@dataclass(frozen=True, slots=True)
class Face:
    """How one state of one noun looks: which fact it speaks of, how that stands, and the words for it."""

    noun: str
    state: str
    fact: str
    tone: str
    words: str | Promise


_DECISIONS = {
    "requested": (IDLE, _("Requested")),
    "under_review": (WAIT, _("Under review")),
    "evidence_wanted": (WAIT, _("Evidence wanted")),
    "authorized": (GOOD, _("Authorized")),
    "refused": (BAD, _("Refused")),
    "withdrawn": (IDLE, _("Withdrawn")),
    "expired": (IDLE, _("Expired")),
    "settled": (GOOD, _("Settled")),
}

_TABLE: dict[str, tuple[str, dict[str, tuple[str, Any]]]] = {
    "return": (DECISION, _DECISIONS),
    "claim": (DECISION, _DECISIONS),
    "parcel": (
        GOODS,
        {
            "none": (IDLE, _("None expected")),
            "planned": (INFO, _("Planned")),
            "labelled": (INFO, _("Label ready")),
            "in_transit": (MOVING, _("In transit")),
            "held": (WAIT, _("Held")),
            "delivered": (MOVING, _("Delivered")),
            "lost": (BAD, _("Lost")),
            "sent_back": (BAD, _("Sent back")),
        },
    ),
    "receipt": (
        GOODS,
        {
            "expected": (WAIT, _("Expected")),
            "received": (GOOD, _("Received")),
            "inspected": (GOOD, _("Inspected")),
            "disputed": (CONTESTED, _("Disputed")),
        },
    ),
    "remedy": (
        REMEDY,
        {
            "none": (IDLE, _("None yet")),
            "proposed": (INFO, _("Proposed")),
            "agreed": (INFO, _("Agreed")),
            "executing": (MOVING, _("Executing")),
            "done": (GOOD, _("Done")),
            "failed": (BAD, _("Failed")),
            "declined": (IDLE, _("Declined")),
        },
    ),
    "refund": (
        MONEY,
        {
            "none": (IDLE, _("None")),
            "intended": (INFO, _("Intended")),
            "sent": (MOVING, _("Sent")),
            "confirmed": (GOOD, _("Confirmed")),
            "failed": (BAD, _("Failed")),
            "reversed": (BAD, _("Reversed")),
        },
    ),
    "replacement": (
        REMEDY,
        {
            "reserved": (INFO, _("Reserved")),
            "released": (INFO, _("Released")),
            "shipped": (MOVING, _("Shipped")),
            "delivered": (GOOD, _("Delivered")),
        },
    ),
    "repair": (
        GOODS,
        {
            "requested": (IDLE, _("Requested")),
            "covered": (GOOD, _("Covered")),
            "quoted": (WAIT, _("Quoted")),
            "awaiting_goods": (WAIT, _("Awaiting goods")),
            "diagnosing": (MOVING, _("Diagnosing")),
            "repairing": (MOVING, _("Repairing")),
            "testing": (MOVING, _("Testing")),
            "returned": (GOOD, _("Returned")),
            "failed": (BAD, _("Failed")),
        },
    ),
    "dispute": (
        DISPUTE,
        {
            "open": (CONTESTED, _("Open")),
            "offers": (MOVING, _("Offers")),
            "evidence": (WAIT, _("Evidence due")),
            "appraisal": (WAIT, _("Appraisal")),
            "ruled": (GOOD, _("Ruled")),
            "appealed": (CONTESTED, _("Appealed")),
            "overdue": (BAD, _("Overdue")),
            "closed": (IDLE, _("Closed")),
        },
    ),
    "case": (
        NO_FACT,
        {
            "open": (INFO, _("Open")),
            "waiting": (WAIT, _("Waiting")),
            "closed": (IDLE, _("Closed")),
        },
    ),
    "clock": (
        NO_FACT,
        {
            "running": (INFO, _("Running")),
            "soon": (WAIT, _("Soon due")),
            "over": (BAD, _("Over")),
            "paused": (IDLE, _("Paused")),
            "met": (IDLE, _("Met")),
        },
    ),
}

FACES: dict[tuple[str, str], Face] = {
    (noun, state): Face(noun, state, fact, tone, words)
    for noun, (fact, states) in _TABLE.items()
    for state, (tone, words) in states.items()
}


def face(noun: str, state: str) -> Face:
    """Return how a `noun` in `state` looks.

    :raises UnknownState: if the table has no such pair.
    """
    try:
        return FACES[noun, state]
    except KeyError:
        raise UnknownState(f"no face for a {noun!r} that is {state!r}") from None


def face_of(row: Any) -> Face:
    """Return how a row with a lifecycle looks now."""
    return face(row.lifecycle.noun, row.state)


def faces_of(noun: str) -> tuple[Face, ...]:
    """Return the faces of all states of `noun`, in the order of the table."""
    return tuple(found for (owner, _state), found in FACES.items() if owner == noun)
