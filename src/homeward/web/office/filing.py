"""Filing a return for a shopper who calls or walks in: the portal's questions, verdict and mails, asked by staff."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.returns import actions as return_actions
from homeward.returns import queries as return_queries
from homeward.returns import reasons
from homeward.web import doors
from homeward.web.office.filing_forms import ItemsForm, QuestionsForm, WishForm
from homeward.web.portal import actions, drafts, outcome, sight
from homeward.web.portal.drafts import Draft
from homeward.web.portal.outcome import Offered

BY = "filing"  # the session keeps what staff file apart from what the same browser asks in the portal


@doors.door(doors.DESK)
@require_http_methods(["GET", "POST"])
def items(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask what goes back and why, line by line."""
    order = order_queries.order(request.actor, ref)
    draft = drafts.load(request.session, order, by=BY)
    rows = sight.items_of(order, draft, actor=request.actor, at=request.at, language=request.LANGUAGE_CODE)
    posted = request.POST if request.method == "POST" else None
    form = ItemsForm(posted, rows=rows, draft=draft, off=order.merchant.reasons_off)
    if form.is_valid():
        drafts.save(request.session, order, form.chosen(), by=BY)
        return redirect("office:file_wish", ref=order.ref)
    context = {"order": order, "form": form, "closed": [row for row in rows if not row.available]}
    return render(request, "office/file_items.html", context, status=422 if form.errors else 200)


@doors.door(doors.DESK)
@require_http_methods(["GET", "POST"])
def wish(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask what law must know where it must, then how it is put right; show what is decided, and file it."""
    order = order_queries.order(request.actor, ref)
    draft = drafts.load(request.session, order, by=BY)
    if not draft.lines:
        return redirect("office:file_items", ref=order.ref)
    judged = sight.judge(order, draft, actor=request.actor, at=request.at)
    ask = {line: codes for line in judged if (codes := sight.open_questions(judged[line], draft.lines[line]))}
    if ask:
        return _questions(request, order, draft, ask)
    offered = outcome.offered(order, draft, actor=request.actor, at=request.at, language=request.LANGUAGE_CODE)
    initial = {"remedy": draft.remedy or offered.only_remedy, "method": draft.method or offered.first_method}
    form = WishForm(
        request.POST if request.method == "POST" else None, initial=initial, remedies=offered.remedies,
        methods=offered.methods, may_review=offered.whole.outcome == "refuse",
    )  # fmt: skip
    if form.is_valid():
        said = form.cleaned_data
        draft = replace(
            draft, remedy=said["remedy"], method=said.get("method", "none"), review=said.get("review", False)
        )
        return _file(request, order, draft, origin=said["origin"], note=said["note"])
    return _show_wish(request, order, draft, offered, form)


def _questions(request: HttpRequest, order: Order, draft: Draft, ask: dict[str, list[str]]) -> HttpResponse:
    titles = {line.ref: line.title for line in order_queries.lines(request.actor, order)}
    form = QuestionsForm(request.POST if request.method == "POST" else None, ask=ask, titles=titles)
    if not form.is_valid():
        context = {"order": order, "form": form}
        return render(request, "office/file_questions.html", context, status=422 if form.errors else 200)
    for line in ask:
        draft = draft.with_line(line, replace(draft.lines[line], **form.answers(line)))
    drafts.save(request.session, order, draft, by=BY)
    return redirect("office:file_wish", ref=order.ref)


def _show_wish(request: HttpRequest, order: Order, draft: Draft, offered: Offered, form: WishForm) -> HttpResponse:
    remedy, method = form["remedy"].value(), form["method"].value() if offered.methods else "none"
    chosen = replace(draft, remedy=remedy or "", method=method or "")
    due = outcome.due(order, chosen, offered.whole, actor=request.actor, at=request.at) if remedy else None
    answers = outcome.answers(order, draft, actor=request.actor, at=request.at, language=request.LANGUAGE_CODE)
    context = {"order": order, "form": form, "offered": offered, "due": due, "parts": answers["parts"]}
    return render(request, "office/file_wish.html", context, status=422 if form.errors else 200)


def _file(request: HttpRequest, order: Order, draft: Draft, *, origin: str, note: str) -> HttpResponse:
    """Make the draft a return, once, and lead to its case; who comes too late chooses again."""
    try:
        number = actions.send(
            draft, order, exhibits=(), actor=request.actor, at=request.at, language=order.locale or "en",
            channel=origin, note=note,
        )  # fmt: skip
    except return_actions.UnitsGone as gone:
        most = sum(gone.available.values())
        words = ngettext(
            "Only %(most)s of these can still be sent back. Nothing was sent; choose again.",
            "Only %(most)s of these can still be sent back. Nothing was sent; choose again.",
            most,
        )
        messages.error(request, words % {"most": most})
        return redirect("office:file_items", ref=order.ref)
    except reasons.NotAReason:
        messages.error(request, _("This reason is no longer offered. Choose another."))
        return redirect("office:file_items", ref=order.ref)
    drafts.drop(request.session, order, by=BY)
    made = return_queries.returns(request.actor).select_related("case").get(number=number)
    messages.success(request, _("The return is filed. The shopper gets the same mails as from the portal."))
    return redirect("desk:case", ref=made.case.number)
