"""What went wrong at the dock, in words that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from homeward.kernel import NotAllowed, formats
from homeward.returns import texts as return_texts
from homeward.returns.evidence import NotEvidence
from homeward.warehouse import actions, grading, texts


def _file(refused: NotEvidence) -> str:
    return {
        "empty": _("The photo is empty. Take it again."),
        "too_large": _("The photo is larger than 25 MB. Take a smaller one."),
        "unknown_kind": _("That is no photo. Take a JPEG, PNG, WebP or HEIC picture."),
        "damaged": _("The photo is damaged. Take it again."),
        "too_many_pixels": _("The photo has too many pixels. Take a smaller one."),
    }[refused.code]


def _not_receivable(refused: actions.NotReceivable) -> str:
    words = _("Return %(number)s is not open for goods: %(state)s. Take them in as not announced.")
    return words % {"number": refused.number, "state": return_texts.STATES.get(refused.state, refused.state)}


def _over(refused: actions.OverReceipt) -> str:
    words = _("You counted %(counted)s, announced were %(announced)s. Count again, or tick that more came.")
    return words % {"counted": refused.counted, "announced": refused.announced}


def _not_lawful(refused: grading.NotLawful) -> str:
    rule = str(texts.LIMITS[refused.limit.key])
    if refused.limit.source:
        rule = f"{rule} ({refused.limit.source})"
    allowed = formats.words_in((texts.DISPOSITIONS[one] for one in refused.allowed), get_language() or "en")
    return _("%(rule)s Choose one of: %(allowed)s.") % {"rule": rule, "allowed": allowed}


def _unanswered(refused: grading.Unanswered) -> str:
    first = texts.QUESTIONS[refused.questions[0]]
    return _("Answer the checklist first: %(question)s") % {"question": first}


def _nothing_left(refused: actions.NothingLeft) -> str:
    words = ngettext(
        "Only %(left)s unit of this item still waits. Lower the number.",
        "Only %(left)s units of this item still wait. Lower the number.",
        refused.left,
    )
    return words % {"left": refused.left}


def _units_wait(refused: actions.UnitsWait) -> str:
    words = ngettext(
        "Inspect the last %(units)s unit before the ruling.", "Inspect the last %(units)s units before the ruling.",
        refused.units,
    )  # fmt: skip
    return words % {"units": refused.units}


# Exceptions of the dock in the order of likeliness, each with what to say; plain words where it carries no data.
_SENTENCES: dict[type[Exception], Callable[[Any], str]] = {
    NotAllowed: lambda _refused: _("Somebody else was quicker; this is how it stands now."),
    NotEvidence: _file,
    actions.AlreadyReceived: lambda _refused: _("This parcel has been received already."),
    actions.BadCount: lambda _refused: _("Enter how many units there are, from 0 to 100,000, and say what they are."),
    actions.CountMismatch: lambda _refused: _("Grade every unit that waits, and no more."),
    actions.GroundMissing: lambda _refused: _("Say why, in a few words."),
    actions.NotReceivable: _not_receivable,
    actions.NothingLeft: _nothing_left,
    actions.NothingOpen: lambda refused: (
        _("All units of %(number)s have arrived. Take these in as not announced.") % {"number": refused.number}
    ),
    actions.OverReceipt: _over,
    actions.SamePerson: lambda _refused: _("A colleague has to confirm this: two people look at the unit."),
    actions.SerialSeen: lambda refused: (
        _("Serial number %(serial)s has been inspected already. Scan the one on this unit.")
        % {"serial": refused.serial}
    ),
    actions.SerialWanted: lambda _refused: _("Scan the serial number of this unit; such goods are graded one by one."),
    actions.UnitsWait: _units_wait,
    actions.UnknownLine: lambda _refused: _("The page was old. Look at the receipt again."),
    grading.NotLawful: _not_lawful,
    grading.ReasonWanted: lambda _refused: _("Say in the note why it has to be destroyed: the law wants it on record."),
    grading.Unanswered: _unanswered,
    grading.UnknownAnswer: lambda _refused: _("The page was old. Answer the checklist again."),
}

REFUSALS = tuple(_SENTENCES)


def sentence(refused: Exception) -> str:
    """Return what to do about a refusal of the dock."""
    return next(words for kind, words in _SENTENCES.items() if isinstance(refused, kind))(refused)
