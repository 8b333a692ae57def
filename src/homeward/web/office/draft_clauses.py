"""Clauses of a draft: written and changed in a form, moved, and removed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.kernel import NotAllowed
from homeward.policies import actions, drafting, findings, queries
from homeward.policies.conditions import When
from homeward.policies.models import RulebookDraft
from homeward.policies.rulebook import Book, ShopClause, Then
from homeward.web import doors
from homeward.web.office import draft_words, drafts
from homeward.web.office.draft_forms import ClauseForms

_GROWING = ("more", "less", "branch")


@doors.door(drafts.WRITERS)
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a new clause."""
    draft = queries.draft(request.actor, ref)
    book = drafts.book_of(draft)
    blank = ShopClause(
        ref=drafting.free_ref(book, f"{draft.merchant.slug[:8]}-1"), when=When(), then=Then(), text={}
    )  # fmt: skip
    return _edit(request, draft, book, blank, place=None)


@doors.door(drafts.WRITERS)
def edit(request: HttpRequest, ref: str, clause: str) -> HttpResponse:
    """Change a clause: its name, its words, when it speaks and what it gives."""
    draft = queries.draft(request.actor, ref)
    book = drafts.book_of(draft)
    place = next((place for place, one in enumerate(book.clauses, 1) if one.ref == clause), None)
    if place is None:
        if request.method == "POST":  # somebody removed it meanwhile: what was written must not be lost
            return _edit(request, draft, book, ShopClause(ref=clause, then=Then(), text={}), place=None)
        raise Http404
    return _edit(request, draft, book, book.clauses[place - 1], place=place)


def _edit(
    request: HttpRequest, draft: RulebookDraft, book: Book, clause: ShopClause, *, place: int | None
) -> HttpResponse:
    if draft.state != "draft":
        return drafts.conflict(request, draft, NotAllowed("rulebook_draft", "revise", draft.state, request.actor.role))
    if request.method != "POST":
        return _page(request, draft, ClauseForms.of(clause), clause, place)
    is_final = not any(request.POST.get(name) for name in _GROWING)
    forms = ClauseForms.sent(request.POST, is_final=is_final)
    made = forms.clause(before=clause) if is_final else None
    if made is None:
        return _page(request, draft, forms, clause, place, status=422 if is_final else 200)
    try:
        changed = drafting.put(book, made, place)
    except drafting.RefTaken:
        forms.complaint = _("Another clause is named %(ref)s already: choose another name.") % {"ref": made.ref}
        return _page(request, draft, forms, clause, place, status=422)
    try:
        actions.revise(
            draft, changed, revision=drafts.revision_of(request), what="edit" if place else "add", about=made.ref,
            actor=request.actor, at=request.at,
        )  # fmt: skip
    except actions.StaleDraft as late:
        return _late(request, late.draft, draft, forms, clause)
    except NotAllowed as refused:
        return drafts.conflict(request, draft, refused)
    messages.success(request, _("%(ref)s is saved.") % {"ref": made.ref})
    return redirect(_at(draft, made.ref))


def _late(
    request: HttpRequest, now: RulebookDraft, seen: RulebookDraft, forms: ClauseForms, clause: ShopClause
) -> HttpResponse:
    """Show what was written beside what somebody else changed meanwhile; saving again puts it on top of that."""
    there = drafts.book_of(now)
    place = next((place for place, one in enumerate(there.clauses, 1) if one.ref == clause.ref), None)
    more = {
        "meanwhile": drafts.meanwhile(request, seen, now),
        "steps": drafts.steps_since(request, seen, now),
        "is_gone": place is None and any(one.ref == clause.ref for one in drafts.book_of(seen).clauses),
    }
    return _page(request, now, forms, clause, place, status=409, **more)


def _page(
    request: HttpRequest, draft: RulebookDraft, forms: ClauseForms, clause: ShopClause, place: int | None,
    *, status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    book = drafts.book_of(draft)
    found = findings.report(book, drafts.countries_of(request, draft, book))
    context = {
        "draft": draft,
        "forms": forms,
        "clause": clause,
        "place": place,
        "deep": bool(clause.when.any_of or clause.when.none_of),
        "findings": [draft_words.finding(one) for one in found.about(clause.ref)] if place else [],
        "floors": [draft_words.floor(one) for one in found.floors_of(clause.ref)] if place else [],
    }
    return render(request, "office/draft_clause.html", context | more, status=status)


def _at(draft: RulebookDraft, ref: str) -> str:
    return f"{reverse('office:draft', args=[draft.ref])}?{urlencode({'moved': ref})}#clause-{ref}"


@doors.door(drafts.WRITERS)
@require_POST
def move(request: HttpRequest, ref: str) -> HttpResponse:
    """Put the clause at one place to another."""
    draft = queries.draft(request.actor, ref)
    book = drafts.book_of(draft)
    place, to = (_number(request.POST.get(name, "")) for name in ("place", "to"))
    try:
        clause = drafting.clause_at(book, place)
    except drafting.NoSuchClause:
        raise Http404 from None
    to = max(1, min(to, len(book.clauses)))
    said = _("%(ref)s now stands at place %(place)s of %(all)s.") % {
        "ref": clause.ref, "place": to, "all": len(book.clauses),
    }  # fmt: skip
    if to == place:
        return redirect(_at(draft, clause.ref))
    return drafts.do(
        request, draft,
        lambda seen: actions.revise(
            draft, drafting.move(book, place, to), revision=seen, what="move", about=clause.ref,
            actor=request.actor, at=request.at,
        ),
        said, then=_at(draft, clause.ref),
    )  # fmt: skip


@doors.door(drafts.WRITERS)
@require_POST
def remove(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a clause out."""
    draft = queries.draft(request.actor, ref)
    book = drafts.book_of(draft)
    place = _number(request.POST.get("place", ""))
    try:
        clause, rest = drafting.clause_at(book, place), drafting.drop(book, place)
    except drafting.NoSuchClause:
        raise Http404 from None
    return drafts.do(
        request, draft,
        lambda seen: actions.revise(
            draft, rest, revision=seen, what="remove", about=clause.ref, actor=request.actor, at=request.at
        ),
        _("%(ref)s is removed. It can be taken back.") % {"ref": clause.ref},
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 0
