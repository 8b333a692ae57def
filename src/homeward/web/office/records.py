"""What was said and done: notices to shoppers, the journal, deliveries that failed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.cases import queries as case_queries
from homeward.conversations import actions as conversation_actions
from homeward.conversations import queries as conversation_queries
from homeward.conversations import texts as conversation_texts
from homeward.journal import actions as journal_actions
from homeward.journal import queries as journal_queries
from homeward.kernel import Actor, NotAllowed
from homeward.parties import queries as party_queries
from homeward.returns import queries as return_queries
from homeward.web import doors, timeline
from homeward.web.design import states

NOTICE_STATES = ("intended", "sent", "kept", "failed")
JOURNAL_PAGE = 50


@doors.door(doors.OFFICE)
def notices(request: HttpRequest) -> HttpResponse:
    """List the mails to shoppers, newest first."""
    asked = request.GET
    state, kind, search = asked.get("state", ""), asked.get("kind", ""), asked.get("q", "").strip()[:254]
    rows = conversation_queries.notices(
        request.actor, state=state if state in NOTICE_STATES else "",
        kind=kind if kind in conversation_texts.KINDS else "",
    )  # fmt: skip
    if search:
        rows = rows.filter(Q(to__iexact=search) | Q(case__number__iexact=search) | Q(subject__icontains=search))
    context = {
        "page": Paginator(rows, 50).get_page(asked.get("page")), "search": search, "state": state, "kind": kind,
        "states": NOTICE_STATES, "kinds": conversation_texts.KINDS,
    }  # fmt: skip
    return render(request, "office/notices.html", context)


@doors.door(doors.OFFICE | doors.DESK)
def notice(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one mail as the shopper reads it."""
    found = conversation_queries.notice(request.actor, ref)
    context = {"notice": found, "may_list": request.actor.role in doors.OFFICE}
    return render(request, "office/notice.html", context)


@doors.door(doors.OFFICE)
@require_POST
def retry_notice(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand a failed or kept mail to the post again."""
    found = conversation_queries.notice(request.actor, ref)
    try:
        conversation_actions.retry(found, actor=request.actor, at=request.at)
    except NotAllowed as refused:
        context = {
            "now": states.face("notice", refused.state), "wanted": conversation_texts.VERBS["retry"],
            "back": reverse("office:notice", args=[ref]),
        }  # fmt: skip
        return render(request, "409.html", context, status=409)
    found.refresh_from_db()
    if found.state == "kept":
        messages.warning(request, _("There is still no mail server, so the mail stays here."))
    else:
        messages.success(request, _("The mail is sent again."))
    return redirect("office:notice", ref=ref)


@doors.door(doors.OFFICE)
def journal(request: HttpRequest) -> HttpResponse:
    """List what happened, newest first, narrowed by noun, merchant, reference or number."""
    asked, actor = request.GET, request.actor
    noun, search, before = asked.get("noun", ""), asked.get("q", "").strip()[:60], asked.get("before", "")
    merchant = asked.get("merchant", "") if actor.sees_all_merchants else ""
    rows = journal_queries.entries(actor).order_by("-pk")
    if noun in timeline.NOUNS:
        rows = rows.filter(noun=noun)
    if merchant:
        rows = rows.filter(merchant_id__in=party_queries.merchants(actor).filter(slug=merchant).values("pk"))
    if search:
        rows = rows.filter(_about(actor, search))
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: JOURNAL_PAGE + 1])
    entries = found[:JOURNAL_PAGE]
    context = {
        "entries": entries, "noun": noun, "nouns": timeline.NOUNS, "search": search, "merchant": merchant,
        "merchants": list(party_queries.merchants(actor)) if actor.sees_all_merchants else [],
        "next": _page_at(asked, entries[-1].pk) if len(found) > JOURNAL_PAGE else "",
        "first": _page_at(asked, None) if before else "",
    }  # fmt: skip
    return render(request, "office/journal.html", context)


def _about(actor: Actor, search: str) -> Q:
    """Return what to look for: a reference, or all of a case by its number or the number of its return or order."""
    cases = case_queries.cases(actor).filter(Q(number__iexact=search) | Q(order__number__iexact=search))
    returns = return_queries.returns(actor).filter(number__iexact=search)
    return Q(ref=search) | Q(case_id__in=cases.values("pk")) | Q(case_id__in=returns.values("case_id"))


def _page_at(asked: QueryDict, before: int | None) -> str:
    query = asked.copy()
    query.pop("before", None)
    if before is not None:
        query["before"] = str(before)
    return f"?{query.urlencode()}"


@doors.door(doors.OPERATOR)
def dead_letters(request: HttpRequest) -> HttpResponse:
    """List deliveries that failed and wait for another try or for a person."""
    page = Paginator(journal_queries.dead_letters(request.actor), 50).get_page(request.GET.get("page"))
    letters: list[Any] = list(page.object_list)
    return render(request, "office/dead_letters.html", {"page": page, "letters": letters})


@doors.door(doors.OPERATOR)
@require_POST
def retry_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Deliver a dead letter once more, now."""
    if journal_actions.retry(pk, actor=request.actor, at=request.at):
        messages.success(request, _("Delivered."))
    else:
        messages.error(request, _("It failed again; the new error is shown below."))
    return redirect("office:dead_letters")
