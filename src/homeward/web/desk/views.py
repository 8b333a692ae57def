"""The case page, and what people do there beside deciding: take it in hand, write, keep notes, move it on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.cases import actions as case_actions
from homeward.cases import queries as case_queries
from homeward.cases import texts as case_texts
from homeward.cases.models import Case
from homeward.conversations import actions as conversation_actions
from homeward.kernel import NotAllowed
from homeward.parties import queries as party_queries
from homeward.parties.models import Staff
from homeward.web import doors
from homeward.web.design import states
from homeward.web.desk import faces

_MOVES = {
    "close": case_actions.close,
    "wait": case_actions.wait,
    "resume": case_actions.resume,
    "reopen": case_actions.reopen,
}


@doors.door(doors.CASE)
def case(request: HttpRequest, ref: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    """Show one case: clocks, verdict, lines, proof, goods, money, words, journal."""
    found = case_queries.case(request.actor, ref)
    language = get_language() or "en"
    context = {
        "case": found,
        "face": faces.face_of(request.actor, found, language=language),
        "may_act": request.actor.role in doors.DESK,
        "colleagues": _colleagues(request, found),
        "languages_to_write": list(dict.fromkeys([found.locale, language])),
    }
    return render(request, "desk/case.html", context | shown, status=status)


def _colleagues(request: HttpRequest, found: Case) -> list[Staff]:
    """Return to whom the reader may hand the case: those who do not have it yet, and not the reader, who takes it."""
    if request.actor.role not in doors.DESK:
        return []
    own = {found.assignee, request.actor.id}
    return [one for one in case_queries.colleagues(request.actor, found) if one.ref not in own]


@doors.door(doors.DESK)
@require_POST
def take(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a case in hand."""
    found = case_queries.case(request.actor, ref)
    case_actions.take(found, actor=request.actor, at=request.at)
    messages.success(request, _("The case is in your hands."))
    return redirect("desk:case", ref=found.number)


@doors.door(doors.DESK)
@require_POST
def hand_over(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand a case to the colleague who was picked."""
    found = case_queries.case(request.actor, ref)
    to = party_queries.staff(request.actor).filter(ref=request.POST.get("to", "")).first()
    if to is None:
        messages.error(request, _("Pick the colleague first."))
        return redirect("desk:case", ref=found.number)
    try:
        case_actions.hand_over(found, to, actor=request.actor, at=request.at)
    except case_actions.NotAtDesk:
        messages.error(request, _("%(name)s does not work on such cases. Pick somebody else.") % {"name": to.name})
    else:
        messages.success(request, _("The case is in the hands of %(name)s.") % {"name": to.name})
    return redirect("desk:case", ref=found.number)


@doors.door(doors.DESK)
@require_POST
def release(request: HttpRequest, ref: str) -> HttpResponse:
    """Lay a case back, for whoever comes next."""
    found = case_queries.case(request.actor, ref)
    case_actions.release(found, actor=request.actor, at=request.at)
    messages.success(request, _("The case is in nobody’s hands now."))
    return redirect("desk:case", ref=found.number)


@doors.door(doors.DESK)
@require_POST
def move_case(request: HttpRequest, ref: str, verb: str) -> HttpResponse:
    """Set a case to waiting, take it up again, close or reopen it."""
    if verb not in _MOVES:
        raise Http404
    found = case_queries.case(request.actor, ref)
    try:
        _MOVES[verb](found, actor=request.actor, at=request.at)
    except NotAllowed as refused:
        return _conflict(request, found, verb, refused)
    return redirect("desk:case", ref=found.number)


def _conflict(request: HttpRequest, found: Case, verb: str, refused: NotAllowed) -> HttpResponse:
    context = {
        "now": states.face("case", refused.state),
        "wanted": case_texts.VERBS[verb],
        "allowed": [str(case_texts.VERBS[other]) for other in refused.allowed],
        "back": reverse("desk:case", args=[found.number]),
    }
    return render(request, "409.html", context, status=409)


@doors.door(doors.DESK)
@require_POST
def say(request: HttpRequest, ref: str) -> HttpResponse:
    """Send a message to the shopper, or keep a note for the team; what cannot be sent stays in the field."""
    return _say(request, ref, is_note=request.POST.get("kind") == "note")


@doors.door(doors.DESK)
@require_POST
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep words as a note for the team, such as those of a verb that came too late."""
    return _say(request, ref, is_note=True)


def _say(request: HttpRequest, ref: str, *, is_note: bool) -> HttpResponse:
    found = case_queries.case(request.actor, ref)
    text = request.POST.get("text", "")
    try:
        conversation_actions.say(
            found, body=text, actor=request.actor, at=request.at, nonce=request.POST.get("nonce", ""),
            language=request.POST.get("language", "")[:12] or get_language() or "", channel="desk", is_note=is_note,
        )  # fmt: skip
    except conversation_actions.NothingSaid:
        return case(request, ref, status=422, written=text, talk_errors=[_("Write something first.")])
    except conversation_actions.TooMuchSaid as refused:
        error = _("Shorten the message to %(most)s signs.") % {"most": refused.most}
        return case(request, ref, status=422, written=text, talk_errors=[error])
    messages.success(request, _("Kept for the team.") if is_note else _("Sent."))
    if request.POST.get("from") == "inbox":
        return redirect(f"{reverse('desk:inbox')}?case={found.number}")
    return redirect(f"{reverse('desk:case', args=[found.number])}#talk")
