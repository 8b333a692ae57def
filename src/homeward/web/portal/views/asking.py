"""Asking for a return, one question a page: items, reason by item, solution, check and send; the draft is kept."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from homeward.orders.models import Order
from homeward.parties.models import Merchant
from homeward.returns import actions as return_actions
from homeward.returns import reasons
from homeward.web.portal import actions, drafts, limits, links, mailing, outcome, papers, sight
from homeward.web.portal.door import show, with_order
from homeward.web.portal.drafts import Draft
from homeward.web.portal.forms import QuestionsForm, ReasonForm, SolutionForm


@require_http_methods(["GET", "POST"])
@with_order
def items(request: HttpRequest, shop: Merchant, order: Order) -> HttpResponse:
    """Ask what goes back; what cannot says why, on what ground, and which door remains open."""
    draft = drafts.load(request.session, order)
    rows = sight.items_of(order, draft, actor=request.actor, at=request.at, language=request.LANGUAGE_CODE)
    if request.method == "GET":
        return show(request, shop, "items", sight.items_page(order, rows, actor=request.actor))
    picked = sight.pick(rows, request.POST)
    if picked.errors:
        context = sight.items_page(order, sight.marked(rows, picked), actor=request.actor)
        return show(request, shop, "items", {**context, "errors": picked.errors}, status=422)
    draft = draft.choose(picked.quantities, defect_only=picked.defect_only, review=picked.review)
    drafts.save(request.session, order, draft)
    return redirect(_next(shop, order, draft))


@require_POST
@with_order
def items_sum(request: HttpRequest, shop: Merchant, order: Order) -> HttpResponse:
    """Answer with what the items chosen so far come to, for pages with script."""
    draft = drafts.load(request.session, order)
    rows = sight.items_of(order, draft, actor=request.actor, at=request.at, language=request.LANGUAGE_CODE)
    picked = sight.pick(rows, request.POST)
    so_far = sight.so_far(order, rows, picked.quantities, actor=request.actor)
    return render(request, "portal/items_sum.html", {"so_far": so_far})


@require_http_methods(["GET", "POST"])
@with_order
def reason(request: HttpRequest, shop: Merchant, order: Order, place: int) -> HttpResponse:
    """Ask why one item goes back, in two levels, with own words and photos."""
    draft = drafts.load(request.session, order)
    ref, line = _line(draft, place)
    ask = partial(ReasonForm, off=shop.reasons_off, defect_only=line.defect_only)
    context = {"place": place, "count": len(draft.lines), "order": order, "line": line, "kept": _kept(line)}
    context |= sight.line_of(order, ref, actor=request.actor)
    if request.method == "GET":
        return show(request, shop, "reason", {**context, "form": ask(initial=_reason_of(line))})
    form = ask(request.POST, request.FILES)
    is_valid = form.is_valid()
    line = _with_files(request, order, line, form)
    draft = draft.with_line(ref, line)
    drafts.save(request.session, order, draft)
    if "remove" in request.POST:
        return redirect("portal:reason", slug=shop.slug, order=order.ref, place=place)
    if is_valid:
        line = replace(
            line, reason=form.cleaned_data["reason"], words=form.cleaned_data["words"],
            no_photo=form.cleaned_data["no_photo"], seal_broken=None, danger_signs=None,
        )  # fmt: skip
        draft = draft.with_line(ref, line)
        judged = sight.judge(order, draft, only=ref, actor=request.actor, at=request.at)
        if judged[ref].evidence_wanted and not line.files and not line.no_photo:
            form.add_error("photos", _("Add a photo of what happened, or say that you cannot take one"))
            context["wants_photo"] = True
    if form.errors:
        return show(request, shop, "reason", {**context, "form": form, "kept": _kept(line)}, status=422)
    drafts.save(request.session, order, draft)
    if sight.open_questions(judged[ref], line):
        return redirect("portal:questions", slug=shop.slug, order=order.ref, place=place)
    return redirect(_next(shop, order, draft, after=place))


@require_http_methods(["GET", "POST"])
@with_order
def questions(request: HttpRequest, shop: Merchant, order: Order, place: int) -> HttpResponse:
    """Ask what law or carriage must know about one item, where it must."""
    draft = drafts.load(request.session, order)
    ref, line = _line(draft, place)
    if not line.reason:
        return redirect("portal:reason", slug=shop.slug, order=order.ref, place=place)
    blank = draft.with_line(ref, replace(line, seal_broken=None, danger_signs=None))
    judged = sight.judge(order, blank, only=ref, actor=request.actor, at=request.at)
    ask = sight.open_questions(judged[ref], blank.lines[ref])
    if not ask:
        return redirect(_next(shop, order, draft, after=place))
    form = QuestionsForm(_posted(request), ask=ask)
    if request.method == "POST" and form.is_valid():
        draft = draft.with_line(ref, replace(line, **form.cleaned_data))
        drafts.save(request.session, order, draft)
        return redirect(_next(shop, order, draft, after=place))
    context = {"place": place, "count": len(draft.lines), "order": order, "form": form}
    context |= sight.line_of(order, ref, actor=request.actor)
    return show(request, shop, "questions", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@with_order
def solution(request: HttpRequest, shop: Merchant, order: Order) -> HttpResponse:
    """Ask how to put it right and how it travels; rights come first, each option in the same size."""
    draft = drafts.load(request.session, order)
    if back := _unfinished(shop, order, draft):
        return redirect(back)
    offered = outcome.offered(order, draft, actor=request.actor, at=request.at, language=request.LANGUAGE_CODE)
    initial = {"remedy": draft.remedy or offered.only_remedy, "method": draft.method or offered.first_method}
    form = SolutionForm(_posted(request), initial=initial, remedies=offered.remedies, methods=offered.methods)
    if request.method == "POST" and form.is_valid():
        draft = replace(draft, remedy=form.cleaned_data["remedy"], method=form.cleaned_data.get("method", "none"))
        drafts.save(request.session, order, draft)
        return redirect("portal:check", slug=shop.slug, order=order.ref)
    chosen = replace(draft, remedy=initial["remedy"], method=initial["method"])
    due = outcome.due(order, chosen, offered.whole, actor=request.actor, at=request.at) if chosen.remedy else None
    context = {"order": order, "form": form, "offered": offered, "due": due}
    return show(request, shop, "solution", context, status=422 if form.errors else 200)


@require_POST
@with_order
def solution_sum(request: HttpRequest, shop: Merchant, order: Order) -> HttpResponse:
    """Answer with what the solution chosen so far comes to, for pages with script."""
    draft = drafts.load(request.session, order)
    if not draft.lines or draft.next_open:
        raise Order.DoesNotExist
    remedy, method = request.POST.get("remedy", ""), request.POST.get("method", "")
    due = outcome.due_now(order, replace(draft, remedy=remedy, method=method), actor=request.actor, at=request.at)
    return render(request, "portal/due.html", {"due": due if remedy else None})


@require_http_methods(["GET", "POST"])
@with_order
def check(request: HttpRequest, shop: Merchant, order: Order) -> HttpResponse:
    """Show all answers with a way to change each; sending makes one return, also when it is sent twice."""
    draft = drafts.load(request.session, order)
    back = _unfinished(shop, order, draft)
    if back or not draft.remedy:
        return redirect(back or _solution(shop, order))
    if request.method == "GET":
        context = outcome.answers(order, draft, actor=request.actor, at=request.at, language=request.LANGUAGE_CODE)
        return show(request, shop, "check", context)
    try:
        number = actions.send(
            draft, order, exhibits=papers.kept(draft.files), actor=request.actor, at=request.at,
            language=request.LANGUAGE_CODE,
        )  # fmt: skip
    except return_actions.UnitsGone as gone:
        most = sum(gone.available.values())
        messages.error(
            request,
            ngettext(
                "Only %(most)s of these can still be sent back. Nothing was sent; choose again.",
                "Only %(most)s of these can still be sent back. Nothing was sent; choose again.",
                most,
            )
            % {"most": most},
        )
        return redirect("portal:items", slug=shop.slug, order=order.ref)
    except reasons.NotAReason:
        messages.error(request, _("This reason is no longer offered. Choose another."))
        return redirect("portal:reason", slug=shop.slug, order=order.ref, place=1)
    drafts.drop(request.session, order)
    messages.success(request, _("Your request is sent. The details are on their way to your mailbox."))
    return redirect("portal:return", slug=shop.slug, number=number)


@require_POST
@with_order
def later(request: HttpRequest, shop: Merchant, order: Order) -> HttpResponse:
    """Mail a link that takes the draft up again, to the mailbox of the order."""
    limits.spend((limits.LINKS_BY_MAILBOX, f"order:{order.pk}"), at=request.at)
    draft = drafts.load(request.session, order)
    content = {"order": order.pk, "draft": draft.as_data()}
    mailing.renew_later(shop, purpose=links.DRAFT, content=content, language=request.LANGUAGE_CODE)
    return show(request, shop, "link_sent", {})


def _posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also where that is nothing; None where nothing was sent."""
    return request.POST if request.method == "POST" else None


def _line(draft: Draft, place: int) -> tuple[str, drafts.Line]:
    """Return the line at a place of the draft, counted from 1; there is nothing at other places."""
    found = list(draft.lines.items())
    if not 1 <= place <= len(found):
        raise Order.DoesNotExist
    return found[place - 1]


def _reason_of(line: drafts.Line) -> dict[str, object]:
    """Return the answers given before, as the form's first values."""
    if not line.reason:
        return {"words": line.words}
    group = reasons.REASONS[line.reason].group
    return {"group": group, f"reason_{group}": line.reason, "words": line.words, "no_photo": line.no_photo}


def _kept(line: drafts.Line) -> list[dict[str, object]]:
    """Return the files of a line with a button each that takes them out again."""
    return [{"name": file.name, "size": file.size, "remove": ("remove", file.sha256)} for file in line.files]


def _with_files(request: HttpRequest, order: Order, line: drafts.Line, form: ReasonForm) -> drafts.Line:
    """Return the line with new files put into storage, and without the one that is to be removed."""
    files = {file.sha256: file for file in line.files}
    files.pop(request.POST.get("remove", ""), None)
    exhibits = form.cleaned_data.get("photos") or []
    if exhibits:
        limits.spend(*[(limits.UPLOADS_BY_ORDER, str(order.pk))] * len(exhibits), at=request.at)
    files |= {file.sha256: file for file in papers.store(exhibits, at=request.at)}
    return replace(line, files=tuple(files.values()))


def _next(shop: Merchant, order: Order, draft: Draft, *, after: int = 0) -> str:
    """Return the address of the next question: the next item without a reason, else the solution."""
    place = draft.next_open
    if place is None and 0 < after < len(draft.lines) and not draft.remedy:
        place = after + 1
    if place is None:
        return _solution(shop, order)
    return links.path("reason", slug=shop.slug, order=order.ref, place=place)


def _solution(shop: Merchant, order: Order) -> str:
    return links.path("solution", slug=shop.slug, order=order.ref)


def _unfinished(shop: Merchant, order: Order, draft: Draft) -> str:
    """Return the address of the first question that has no answer yet, or nothing."""
    if not draft.lines:
        return links.path("items", slug=shop.slug, order=order.ref)
    if draft.next_open:
        return links.path("reason", slug=shop.slug, order=order.ref, place=draft.next_open)
    return ""
