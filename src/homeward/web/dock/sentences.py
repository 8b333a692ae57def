"""What went wrong at the dock, in words that say what to do."""

from __future__ import annotations

from functools import singledispatch

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homeward.kernel import NotAllowed
from homeward.returns import texts as return_texts
from homeward.returns.evidence import NotEvidence
from homeward.warehouse import actions, grading, texts

REFUSALS = (
    NotAllowed, NotEvidence, actions.AlreadyReceived, actions.BadCount, actions.CountMismatch, actions.GroundMissing,
    actions.NotReceivable, actions.NothingLeft, actions.NothingOpen, actions.OverReceipt, actions.SamePerson,
    actions.SerialSeen, actions.SerialWanted, actions.UnitsWait, actions.UnknownLine, grading.NotLawful,
    grading.ReasonWanted, grading.Unanswered, grading.UnknownAnswer,
)  # fmt: skip

_FILES = {
    "empty": _("The photo is empty. Take it again."),
    "too_large": _("The photo is larger than 25 MB. Take a smaller one."),
    "unknown_kind": _("That is no photo. Take a JPEG, PNG, WebP or HEIC picture."),
    "damaged": _("The photo is damaged. Take it again."),
    "too_many_pixels": _("The photo has too many pixels. Take a smaller one."),
}


@singledispatch
def sentence(refused: Exception) -> str:
    """Return what to do about a refusal of the dock."""
    raise refused


@sentence.register
def _(refused: NotAllowed) -> str:
    return ""
