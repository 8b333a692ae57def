"""What was said and done: notices to shoppers, the journal, deliveries that failed."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.conversations import actions as conversation_actions
from homeward.conversations import queries as conversation_queries
from homeward.journal import actions as journal_actions
from homeward.journal import queries as journal_queries
from homeward.kernel import NotAllowed, Role
from homeward.web import doors

OPERATOR = frozenset({Role.OPERATOR})
NOTICE_STATES = ("intended", "sent", "kept", "failed")


@doors.door(doors.OFFICE)
def notices(request: HttpRequest) -> HttpResponse:
    """List the mails to shoppers, newest first."""
    state = request.GET.get("state", "")
    rows = conversation_queries.notices(request.actor, state=state if state in NOTICE_STATES else "")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "office/notices.html", {"page": page, "state": state, "states": NOTICE_STATES})


@doors.door(doors.OFFICE | doors.DESK)
def notice(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one mail as the shopper reads it."""
    return render(request, "office/notice.html", {"notice": conversation_queries.notice(request.actor, ref)})


@doors.door(doors.OFFICE)
@require_POST
def retry_notice(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand a failed or kept mail to the post again."""
    found = conversation_queries.notice(request.actor, ref)
    try:
        conversation_actions.retry(found, actor=request.actor, at=request.at)
    except NotAllowed:
        messages.error(request, _("This mail is on its way already."))
    else:
        messages.success(request, _("The mail is sent again."))
    return redirect("office:notice", ref=ref)


@doors.door(doors.OFFICE)
def journal(request: HttpRequest) -> HttpResponse:
    """List what happened, newest first, narrowed by noun or reference."""
    rows = journal_queries.entries(request.actor).order_by("-pk")
    noun, search = request.GET.get("noun", ""), request.GET.get("q", "").strip()
    if noun:
        rows = rows.filter(noun=noun)
    if search:
        rows = rows.filter(ref=search)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    nouns = ("return", "parcel", "receipt", "remedy", "refund", "case", "order", "notice", "withdrawal")
    return render(request, "office/journal.html", {"page": page, "noun": noun, "nouns": nouns, "search": search})


@doors.door(OPERATOR)
def dead_letters(request: HttpRequest) -> HttpResponse:
    """List deliveries that failed and wait for another try or for a person."""
    page = Paginator(journal_queries.dead_letters(request.actor), 50).get_page(request.GET.get("page"))
    return render(request, "office/dead_letters.html", {"page": page})


@doors.door(OPERATOR)
@require_POST
def retry_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Deliver a dead letter once more, now."""
    if journal_actions.retry(pk, actor=request.actor, at=request.at):
        messages.success(request, _("Delivered."))
    else:
        messages.error(request, _("It failed again; the new error is shown below."))
    return redirect("office:dead_letters")
