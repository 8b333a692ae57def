"""The desk's pages: the list of cases, one case, and what people decide there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.cases import actions as case_actions
from homeward.cases import queries as case_queries
from homeward.cases.models import Case
from homeward.conversations import actions as conversation_actions
from homeward.kernel import NotAllowed, formats
from homeward.orders import actions as order_actions
from homeward.returns import actions as return_actions
from homeward.returns import evidence as evidence_rules
from homeward.returns import queries as return_queries
from homeward.returns.actions import records
from homeward.returns.models import Return
from homeward.web import doors
from homeward.web.desk import faces, forms


@doors.door(doors.DESK)
def cases(request: HttpRequest) -> HttpResponse:
    """List cases as a desk works through them: what runs out first stands first."""
    state, search = request.GET.get("state", ""), request.GET.get("q", "")
    mine = request.GET.get("mine") == "1"
    if state not in {"", *Case.lifecycle.states}:
        state = ""
    rows = case_queries.queue(request.actor, state=state, search=search, mine=mine)
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    tabs = [
        {"label": _("To do"), "href": "?state=", "current": not state and not mine},
        {"label": _("Mine"), "href": "?mine=1", "current": mine},
        {"label": _("Waiting"), "href": "?state=waiting", "current": state == "waiting"},
        {"label": _("Closed"), "href": "?state=closed", "current": state == "closed"},
    ]
    return render(request, "desk/cases.html", {"page": page, "search": search, "tabs": tabs, "state": state})


@doors.door(doors.DESK)
def case(request: HttpRequest, ref: str, **shown: Any) -> HttpResponse:
    """Show one case: clocks, verdict, lines, proof, words, journal."""
    found = case_queries.case(request.actor, ref)
    face = faces.face_of(request.actor, found, language=get_language() or "en")
    context = {
        "face": face,
        "case": found,
        "authorize_form": forms.Authorize(),
        "ask_form": forms.AskEvidence(),
        "overturn_form": forms.Overturn(),
        "refuse_forms": {one.made.pk: forms.Refuse(grounds=list(one.grounds)) for one in face.returns},
    } | shown
    return render(request, "desk/case.html", context, status=422 if shown else 200)


@doors.door(doors.DESK)
@require_POST
def take(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a case in hand."""
    found = case_queries.case(request.actor, ref)
    case_actions.take(found, actor=request.actor, at=request.at)
    messages.success(request, _("The case is in your hands."))
    return redirect("desk:case", ref=ref)


@doors.door(doors.DESK)
@require_POST
def move_case(request: HttpRequest, ref: str, verb: str) -> HttpResponse:
    """Set a case to waiting, take it up again, close or reopen it."""
    found = case_queries.case(request.actor, ref)
    verbs = {
        "close": case_actions.close, "wait": case_actions.wait, "resume": case_actions.resume,
        "reopen": case_actions.reopen,
    }  # fmt: skip
    if verb not in verbs:
        raise Http404
    try:
        verbs[verb](found, actor=request.actor, at=request.at)
    except NotAllowed:
        messages.error(request, _("Somebody else moved the case in the meantime; this is how it stands now."))
    return redirect("desk:case", ref=ref)


@doors.door(doors.DESK)
@require_POST
def say(request: HttpRequest, ref: str) -> HttpResponse:
    """Send a message to the shopper, or keep a note for the team."""
    found = case_queries.case(request.actor, ref)
    try:
        conversation_actions.say(
            found, body=request.POST.get("text", ""), actor=request.actor, at=request.at,
            nonce=request.POST.get("nonce", ""), language=get_language() or "", channel="desk",
            is_note=request.POST.get("kind") == "note",
        )  # fmt: skip
    except conversation_actions.NothingSaid:
        messages.error(request, _("Write something first."))
    except conversation_actions.TooMuchSaid as refused:
        messages.error(request, _("Shorten the message to %(most)s signs.") % {"most": refused.most})
    else:
        messages.success(request, _("Kept for the team.") if request.POST.get("kind") == "note" else _("Sent."))
    return redirect("desk:case", ref=ref)


@doors.door(doors.DESK)
@require_POST
def authorize(request: HttpRequest, ref: str) -> HttpResponse:
    """Permit a return."""
    made = return_queries.return_(request.actor, ref)
    form = forms.Authorize(request.POST)
    if not form.is_valid():
        return case(request, made.case.number, authorize_form=form)
    data = form.cleaned_data
    return _decide(
        request, made, _("The return is authorized."),
        lambda: return_actions.authorize(
            made, actor=request.actor, at=request.at, note=data["note"], remedy=data["remedy"],
            goods_back=data["goods_back"] == "yes",
        ),
    )  # fmt: skip


@doors.door(doors.DESK)
@require_POST
def overturn(request: HttpRequest, ref: str) -> HttpResponse:
    """Permit a return that had been refused."""
    made = return_queries.return_(request.actor, ref)
    form = forms.Overturn(request.POST)
    if not form.is_valid():
        return case(request, made.case.number, overturn_form=form)
    return _decide(
        request, made, _("The refusal is overturned."),
        lambda: return_actions.overturn(made, actor=request.actor, at=request.at, note=form.cleaned_data["note"]),
    )  # fmt: skip


@doors.door(doors.DESK)
@require_POST
def refuse(request: HttpRequest, ref: str) -> HttpResponse:
    """Refuse a return with its ground."""
    made = return_queries.return_(request.actor, ref)
    face = faces.face_of(request.actor, made.case, language=get_language() or "en")
    grounds = next(one.grounds for one in face.returns if one.made.pk == made.pk)
    form = forms.Refuse(request.POST, grounds=list(grounds))
    if not form.is_valid():
        return case(request, made.case.number, refuse_forms={made.pk: form})
    return _decide(
        request, made, _("The return is refused; the shopper reads why."),
        lambda: return_actions.refuse(made, actor=request.actor, at=request.at, **form.cleaned_data),
    )  # fmt: skip


@doors.door(doors.DESK)
@require_POST
def ask_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask the shopper for evidence."""
    made = return_queries.return_(request.actor, ref)
    form = forms.AskEvidence(request.POST)
    if not form.is_valid():
        return case(request, made.case.number, ask_form=form)
    return _decide(
        request, made, _("The shopper is asked."),
        lambda: return_actions.ask_evidence(made, actor=request.actor, at=request.at, **form.cleaned_data),
    )  # fmt: skip


@doors.door(doors.DESK)
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Withdraw a return on the shopper's behalf."""
    made = return_queries.return_(request.actor, ref)
    return _decide(
        request, made, _("The return is withdrawn; its items may be asked back again."),
        lambda: return_actions.withdraw(made, actor=request.actor, at=request.at),
    )  # fmt: skip


@doors.door(doors.DESK)
@require_POST
def give_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Add evidence that came another way, by mail or phone."""
    made = return_queries.return_(request.actor, ref)
    try:
        exhibits = [
            records.store(evidence_rules.examine(sent.read(), name=sent.name or ""), at=request.at)
            for sent in request.FILES.getlist("files")
        ]
    except evidence_rules.NotEvidence as refused:
        messages.error(
            request, _("“%(name)s” cannot be taken: %(code)s.") % {"name": refused.name, "code": refused.code}
        )
        return redirect("desk:case", ref=made.case.number)
    return _decide(
        request, made, _("The evidence is kept."),
        lambda: return_actions.add_evidence(made, exhibits, actor=request.actor, at=request.at),
    )  # fmt: skip


@doors.door(doors.DESK | doors.DOCK)
def evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Give one piece of evidence: as it was sent, or a picture that every browser shows."""
    one = return_queries.exhibit(request.actor, ref)
    with one.file.open("rb") as file:
        content = file.read()
    if "preview" in request.GET and one.media_type.startswith("image/"):
        return HttpResponse(evidence_rules.preview(content), content_type="image/jpeg")
    response = HttpResponse(content, content_type=one.media_type)
    response.headers["Content-Disposition"] = "inline" if one.media_type.startswith("image/") else "attachment"
    return response


def _decide(request: HttpRequest, made: Return, done: str, act: Callable[[], Any]) -> HttpResponse:
    """Do one verb on a return and say in words what came of it."""
    try:
        act()
    except NotAllowed as refused:
        messages.error(
            request, _("This return is %(state)s now; somebody was quicker. Nothing was changed.")
            % {"state": refused.state.replace("_", " ")},
        )  # fmt: skip
    except return_actions.BeyondAuthority as refused:
        messages.error(
            request,
            _("%(asked)s is above your limit of %(limit)s. Hand the case to a supervisor; the note stays with you.")
            % {
                "asked": formats.money_in(refused.asked, get_language() or "en"),
                "limit": formats.money_in(refused.authority, get_language() or "en") if refused.authority else "–",
            },
        )
    except (return_actions.UnitsGone, order_actions.NotReturnable):
        messages.error(request, _("These items have been asked back in another return meanwhile."))
    except return_actions.GoodsAreHere:
        messages.error(request, _("The goods have arrived; the return can no longer be withdrawn."))
    else:
        messages.success(request, done)
    return redirect("desk:case", ref=made.case.number)
