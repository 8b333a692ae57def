"""The tester: one case on a draft and on the version in force, side by side, and cases kept as tests."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.kernel import Money
from homeward.orders import queries as order_queries
from homeward.orders.models import Order, OrderLine
from homeward.policies import actions, drafting, findings, queries, specimens, trials, words
from homeward.policies import texts as policy_texts
from homeward.policies.decision import Decision
from homeward.policies.facts import TRAITS
from homeward.policies.rulebook import Book
from homeward.policies.specimens import Example, Given
from homeward.web import doors
from homeward.web.office import case_forms, draft_fields, draft_words, drafts
from homeward.web.office.case_forms import CaseForm

_TONES = {"authorize": "good", "refuse": "bad", "review": "wait"}
_MOST_LINES = 12
_UNTOUCHED = "not_applicable"


@doors.door(doors.OFFICE)
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Try one case, told in a form or picked from an order, on the draft and on the version in force."""
    draft = queries.draft(request.actor, ref)
    book = drafts.book_of(draft)
    order = request.GET.get("order", "").strip()[:80]
    lines = _lines(request, draft, order) if order else []
    query = case_forms.with_defaults(CaseForm, dict(request.GET.lists()))
    query.setdefault("asked", request.at.date().isoformat())
    form = CaseForm(query, told=request.GET)
    is_broken = bool(findings.report(book, ()).errors)
    given = _given(form)
    context: dict[str, Any] = {
        "draft": draft,
        "form": form,
        "order": order,
        "lines": lines,
        "is_broken": is_broken,
        "may_write": request.actor.role in drafts.WRITERS and draft.state == "draft",
    }
    if given is not None and not is_broken and (request.GET or not order):
        rival, rival_name = drafts.rival_of(request, draft)
        sides = [_side(given, book, _("This draft")), _side(given, rival, rival_name)]
        context |= {
            "sides": sides,
            "are_alike": sides[0]["facts"] == sides[1]["facts"] and sides[0]["title"] == sides[1]["title"],
            "given": msgspec.json.encode(given).decode(),
            "usual_name": _usual_name(given),
        }
    return render(request, "office/draft_try.html", context)


def _given(form: CaseForm) -> Given | None:
    if not form.is_valid():
        return None
    try:
        given = form.given()
        if specimens.can_be_tried(given):
            return given
        form.add_error("asked", _("Choose another day."))
        return None
    except msgspec.ValidationError:
        form.add_error(None, _("A case like this cannot be tried."))
        return None


def _side(given: Given, book: Book, name: str) -> dict[str, Any]:
    """Return what comes of a case under one book, in the reader's language."""
    language = get_language() or "en"
    decision = trials.try_case(given, book)
    told = words.explain(decision, language, book=book)
    return {
        "name": name,
        "tone": _TONES[decision.outcome],
        "title": told.headline,
        "facts": _facts(decision, told.track),
        "citations": told.citations,
        "doubts": told.doubts,
        "questions": told.questions,
        "trace": [_tried(line) for line in told.trace if line.result != _UNTOUCHED],
        "others": [_tried(line) for line in told.trace if line.result == _UNTOUCHED],
    }


def _tried(line: words.Line) -> dict[str, str]:
    return {"layer": line.layer, "ref": line.ref, "title": line.title, "result": line.result, "note": line.note}


def _facts(decision: Decision, track: str) -> list[tuple[Any, Any]]:
    """Return what matters of a decision, as pairs of words."""
    facts: list[tuple[Any, Any]] = [(_("Track"), track)]
    if decision.deadline_day:
        facts.append((_("Last day to ask"), draft_words._figure(decision.deadline_day.isoformat())))
    if decision.outcome != "refuse":
        facts.append((_("Way back"), policy_texts.WAYS[decision.way_back]))
        facts.append((_("Freight"), policy_texts.PAYERS[decision.freight]))
    offers = [str(policy_texts.REMEDIES[offer.remedy]) for offer in decision.remedies if offer.tier == 1]
    if offers:
        facts.append((_("On offer"), ", ".join(dict.fromkeys(offers))))
    if decision.refund.promise:
        days = draft_words._figure(str(decision.refund.promise.days))
        facts.append((_("Money promised within"), days))
    if decision.evidence_wanted:
        wanted = [str(policy_texts.EVIDENCE.get(kind, kind)) for kind in decision.evidence_wanted]
        facts.append((_("Wanted first"), ", ".join(wanted)))
    if decision.deductions:
        taken = [str(policy_texts.DEDUCTIONS[one.ground]) for one in decision.deductions]
        facts.append((_("Taken off"), ", ".join(taken)))
    return facts


def _usual_name(given: Given) -> str:
    return _("%(country)s: %(reason)s, day %(days)s") % {
        "country": draft_words.countries([given.country]),
        "reason": draft_words.clauses.REASONS[given.reason.value],
        "days": given.delivered_days_ago if given.delivered_days_ago is not None else "–",
    }


# Real orders.


def _lines(request: HttpRequest, draft: Any, number: str) -> list[dict[str, Any]]:
    """Return the lines of the orders with this number, each with the query that makes a case of it."""
    found = order_queries.orders(request.actor).filter(merchant=draft.merchant, number__iexact=number)[:3]
    rows = [(order, line) for order in found for line in order_queries.lines(request.actor, order)]
    return [
        {"title": line.title, "number": order.number, "query": _case_of(order, line, request.at.date())}
        for order, line in rows[:_MOST_LINES]
    ]


def _case_of(order: Order, line: OrderLine, today: date) -> str:
    """Return an order line, asked back today for a change of mind, as the query of the tester."""
    delivered = line.delivered_at.date() if line.delivered_at else None
    given = Given(
        country=order.country or "DE",
        subdivision=order.subdivision,
        asked=today,
        ordered_days_ago=max(0, (today - order.placed_at.date()).days),
        delivered_days_ago=max(0, (today - delivered).days) if delivered else None,
        category=line.category,
        traits=tuple(trait for trait in line.traits if trait in TRAITS),
        value=specimens.sum_of(Money(line.paid_minor // max(1, line.quantity), order.currency)),
        channel=order.channel,
        seller_country=order.merchant.country,
        informed=order.informed_at is not None,
        notices=bool(order.notices),
    )
    pairs = [(name, value) for name, value in QueryDict(draft_fields.query_of(given)).lists()]
    return urlencode([(name, one) for name, values in pairs for one in values])


# Tests beside the rules.


@doors.door(drafts.WRITERS)
@require_POST
def keep(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep a case as a test: it must go on coming out as it does now."""
    draft = queries.draft(request.actor, ref)
    book = drafts.book_of(draft)
    name = request.POST.get("name", "").strip()[:200]
    try:
        given = msgspec.json.decode(request.POST.get("given", ""), type=Given)
    except (msgspec.DecodeError, UnicodeError):
        raise Http404 from None
    if not specimens.can_be_tried(given):
        raise Http404
    if not name:
        messages.error(request, _("Give the test a name."))
        return redirect(f"{reverse('office:try_draft', args=[ref])}?{draft_fields.query_of(given)}")
    if findings.report(book, ()).errors:
        messages.error(request, _("Mend the rulebook first: it cannot be tried as it stands."))
        return redirect("office:draft", ref=ref)
    example = Example(name=name, given=given, expect=trials.as_found(trials.try_case(given, book)))
    return drafts.do(
        request, draft,
        lambda seen: actions.revise(
            draft, drafting.keep_test(book, example), revision=seen, what="keep_test", about=name,
            actor=request.actor, at=request.at,
        ),
        _("The case is kept as a test."), then=f"{reverse('office:draft', args=[ref])}#tests",
    )  # fmt: skip


@doors.door(drafts.WRITERS)
@require_POST
def drop(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a test out."""
    draft = queries.draft(request.actor, ref)
    book, name = drafts.book_of(draft), request.POST.get("name", "")[:200]
    return drafts.do(
        request, draft,
        lambda seen: actions.revise(
            draft, drafting.drop_test(book, name), revision=seen, what="drop_test", about=name,
            actor=request.actor, at=request.at,
        ),
        _("The test is removed."), then=f"{reverse('office:draft', args=[ref])}#tests",
    )  # fmt: skip
