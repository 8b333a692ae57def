"""The one table from a noun's state to its fact, its tone and its words; templates never choose a tone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from homeward.cases import texts as case_texts
from homeward.conversations import texts as conversation_texts
from homeward.logistics import texts as logistics_texts
from homeward.policies import draft_texts
from homeward.policies.runs import texts as backtest_texts
from homeward.returns import texts as return_texts
from homeward.settlements import texts as settlement_texts
from homeward.warehouse import texts as warehouse_texts

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


# Which of the separate facts a noun speaks of.
_FACT_OF = {
    "return": DECISION,
    "parcel": GOODS,
    "receipt": GOODS,
    "remedy": REMEDY,
    "replacement": REMEDY,
    "refund": MONEY,
    "case": NO_FACT,
    "notice": NO_FACT,
    "clock": NO_FACT,
    "rulebook_draft": NO_FACT,
    "backtest": NO_FACT,
}

# How each state stands. "none" is no state: nothing of that noun is there yet.
_TONES: dict[str, dict[str, str]] = {
    "return": {
        "requested": IDLE, "under_review": WAIT, "evidence_wanted": WAIT, "authorized": GOOD, "refused": BAD,
        "withdrawn": IDLE, "expired": IDLE, "settled": GOOD,
    },
    "parcel": {
        "none": IDLE, "planned": INFO, "labelled": INFO, "in_transit": MOVING, "held": WAIT, "delivered": MOVING,
        "lost": BAD, "sent_back": BAD, "cancelled": IDLE,
    },
    "receipt": {"expected": WAIT, "received": GOOD, "inspected": GOOD, "disputed": CONTESTED},
    "remedy": {
        "none": IDLE, "proposed": INFO, "agreed": INFO, "executing": MOVING, "done": GOOD, "failed": BAD,
        "declined": IDLE,
    },
    "replacement": {"reserved": INFO, "released": INFO, "shipped": MOVING, "delivered": GOOD, "cancelled": IDLE},
    "refund": {"none": IDLE, "intended": INFO, "sent": MOVING, "confirmed": GOOD, "failed": BAD, "reversed": BAD},
    "case": {"open": INFO, "waiting": WAIT, "closed": IDLE},
    "notice": {"intended": INFO, "sent": GOOD, "kept": WAIT, "failed": BAD},
    "rulebook_draft": {
        "draft": IDLE, "in_review": WAIT, "approved": INFO, "published": GOOD, "withdrawn": IDLE,
    },
    "backtest": {"queued": WAIT, "running": MOVING, "done": GOOD, "failed": BAD, "cancelled": IDLE},
    "clock": {"running": INFO, "soon": WAIT, "over": BAD, "paused": IDLE, "met": IDLE},
}  # fmt: skip

# The rooms say what their states are called; ours are the words for nothing, and those for clocks.
_WORDS: dict[str, Mapping[str, str | Promise]] = {
    "return": return_texts.STATES,
    "parcel": {**logistics_texts.STATES, "none": _("None expected")},
    "receipt": warehouse_texts.STATES,
    "remedy": {**settlement_texts.STATES["remedy"], "none": _("None yet")},
    "replacement": settlement_texts.STATES["replacement"],
    "refund": {**settlement_texts.STATES["refund"], "none": pgettext_lazy("money", "None")},
    "case": case_texts.STATES,
    "notice": conversation_texts.STATES,
    "rulebook_draft": draft_texts.STATES,
    "backtest": backtest_texts.STATES,
    "clock": {
        "running": _("Running"),
        "soon": _("Soon due"),
        "over": _("Over"),
        "paused": _("Paused"),
        "met": _("Met"),
    },
}

FACES: dict[tuple[str, str], Face] = {
    (noun, state): Face(noun, state, _FACT_OF[noun], tone, _WORDS[noun][state])
    for noun, tones in _TONES.items()
    for state, tone in tones.items()
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
