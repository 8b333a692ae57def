"""The one table from a noun's state to its fact, its tone and its words; templates never choose a tone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homeward.cases import texts as case_texts
from homeward.conversations import texts as conversation_texts
from homeward.returns import texts as return_texts

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


# Noun → its fact, and the tone and words of each of its states. "none" is no state: nothing of that noun is there yet.
_TABLE: dict[str, tuple[str, dict[str, tuple[str, Any]]]] = {
    "return": (
        DECISION,
        {
            "requested": (IDLE, return_texts.STATES["requested"]),
            "under_review": (WAIT, return_texts.STATES["under_review"]),
            "evidence_wanted": (WAIT, return_texts.STATES["evidence_wanted"]),
            "authorized": (GOOD, return_texts.STATES["authorized"]),
            "refused": (BAD, return_texts.STATES["refused"]),
            "withdrawn": (IDLE, return_texts.STATES["withdrawn"]),
            "expired": (IDLE, return_texts.STATES["expired"]),
            "settled": (GOOD, return_texts.STATES["settled"]),
        },
    ),
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
            "cancelled": (IDLE, _("Cancelled")),
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
            "executing": (MOVING, _("Under way")),
            "done": (GOOD, _("Done")),
            "failed": (BAD, _("Failed")),
            "declined": (IDLE, _("Declined")),
        },
    ),
    "replacement": (
        REMEDY,
        {
            "reserved": (INFO, _("Reserved")),
            "released": (INFO, _("Released")),
            "shipped": (MOVING, _("Shipped")),
            "delivered": (GOOD, _("Delivered")),
            "cancelled": (IDLE, _("Cancelled")),
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
    "case": (
        NO_FACT,
        {
            "open": (INFO, case_texts.STATES["open"]),
            "waiting": (WAIT, case_texts.STATES["waiting"]),
            "closed": (IDLE, case_texts.STATES["closed"]),
        },
    ),
    "notice": (
        NO_FACT,
        {
            "intended": (INFO, conversation_texts.STATES["intended"]),
            "sent": (GOOD, conversation_texts.STATES["sent"]),
            "kept": (WAIT, conversation_texts.STATES["kept"]),
            "failed": (BAD, conversation_texts.STATES["failed"]),
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


def face_of(of: Any) -> Face:
    """Return how `of` looks: a row with a lifecycle, a pair of noun and state, or a face already."""
    if isinstance(of, Face):
        return of
    return face(*of) if isinstance(of, tuple) else face(of.lifecycle.noun, of.state)


def faces_of(noun: str) -> tuple[Face, ...]:
    """Return the faces of all states of `noun`, in the order of the table."""
    return tuple(found for (owner, _state), found in FACES.items() if owner == noun)


@dataclass(frozen=True, slots=True)
class Priority:
    """How urgent something is: three levels, three bars."""

    level: int
    tone: str
    words: str | Promise


_PRIORITIES = (
    Priority(1, INFO, _("Priority normal")),
    Priority(2, WAIT, _("Priority middle")),
    Priority(3, BAD, _("Priority high")),
)


def priority(level: int) -> Priority:
    """Return how a priority looks; what lies outside of 1 to 3 is drawn as the nearest."""
    return _PRIORITIES[max(1, min(3, level)) - 1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a clause did to a verdict, as a line of the trace shows it."""

    tone: str
    icon: str
    words: str | Promise
    is_untouched: bool = False

    @property
    def is_deciding(self) -> bool:
        """Whether the clause had a say."""
        return not self.is_untouched


_UNTOUCHED = Outcome(IDLE, "minus", _("not this case"), is_untouched=True)
OUTCOMES = {
    "granted": Outcome(GOOD, "check", _("grants")),
    "closed": Outcome(BAD, "ban", _("closes")),
    "not_met": Outcome(WAIT, "minus", _("not met")),
    "added": Outcome(INFO, "plus", _("adds")),
    "asked": Outcome(WAIT, "hand", _("asks a person")),
}


def outcome(name: str) -> Outcome:
    """Return how the outcome of a clause looks; any other word is a clause that did not apply."""
    return OUTCOMES.get(name, _UNTOUCHED)
