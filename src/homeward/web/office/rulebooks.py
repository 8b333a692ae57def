"""Rulebooks: drafts and versions of each shop, one version in words, two beside each other, and the way back to one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.kernel import formats
from homeward.policies import actions, changes, packs, queries, rulebook, words
from homeward.policies.lifecycle import WRITER_ROLES
from homeward.policies.models import Rulebook
from homeward.policies.packs import Pack
from homeward.policies.rulebook import Book
from homeward.web import doors
from homeward.web.office import clauses, draft_words

WRITERS = frozenset(WRITER_ROLES)
STANDARD = "standard"
_MOST_DRAFTS = 40


@doors.door(doors.OFFICE)
def rulebooks(request: HttpRequest) -> HttpResponse:
    """List the drafts that are being written and the rulebooks with their versions."""
    rows = list(queries.rulebooks(request.actor))
    context = {
        "drafts": queries.drafts(request.actor).exclude(state__in=("published", "withdrawn"))[:_MOST_DRAFTS],
        "rulebooks": rows,
        "in_force": _in_force(request, rows),
        "may_write": request.actor.role in WRITERS,
    }
    return render(request, "office/rulebooks.html", context)


def _in_force(request: HttpRequest, rows: list[Rulebook]) -> set[int]:
    """Return the versions that hold now, one for each shop."""
    newest: dict[int, Rulebook] = {}
    for row in sorted(rows, key=lambda row: (row.valid_from, row.version)):
        if row.valid_from <= request.at:
            newest[row.merchant_id] = row
    return {row.pk for row in newest.values()}


@doors.door(doors.OFFICE)
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one version of a rulebook in words: law, bars, and the shop's own clauses, read from the top."""
    row = queries.rulebook_row(request.actor, ref)
    return _page(request, queries.rulebook(request.actor, ref), row)


@doors.door(doors.OFFICE)
def standard(request: HttpRequest) -> HttpResponse:
    """Show the standard rulebook, which holds for shops that have published none."""
    return _page(request, rulebook.standard(), None)


def _page(request: HttpRequest, book: Book, row: Rulebook | None) -> HttpResponse:
    language = get_language() or "en"
    codes = packs.library().codes
    asked = request.GET.get("law", "")
    place = asked if asked in codes else "EU"
    pack = packs.library().newest(place)
    versions = list(queries.rulebooks(request.actor).filter(merchant=row.merchant)) if row else []
    context = {
        "book": book,
        "rulebook": row,
        "laws": sorted(((code, place_name(code, language)) for code in codes), key=lambda pair: pair[1]),
        "place": place,
        "pack": pack,
        "rights": rights(pack, language),
        "bars": bars(pack, book, language),
        "clauses": [clauses.card(clause) for clause in book.clauses],
        "others": [version for version in versions if version != row],
        "is_in_force": row is not None and row.pk in _in_force(request, versions),
        "may_write": request.actor.role in WRITERS,
    }
    return render(request, "office/rulebook.html", context)


def place_name(code: str, language: str) -> str:
    """Return the name of a pack's place: a country, a part of one, the Union, or anywhere else."""
    if code == packs.NOWHERE:
        return _("Everywhere else")
    if code == "EU":
        return _("European Union")
    country, _dash, part = code.partition("-")
    name = formats.country_in(country, language)
    return f"{name}, {part}" if part else name


def rights(pack: Pack, language: str) -> list[dict[str, Any]]:
    """Return the clauses of the law that grant something, each with its source."""
    closed = {closed.ref for closed in pack.law.bars.closed.values()} if pack.law.bars else set()
    titles = words.titles(pack)
    return [
        {"ref": ref, "title": titles.get(ref, ""), "says": text.sentence.in_(language), "law": text.law(language)}
        for ref, text in pack.texts.items()
        if ref not in closed and text.sentence.in_(language)
    ]


def bars(pack: Pack, book: Book, language: str) -> list[dict[str, Any]]:
    """Return the exceptions that this law allows, and whether the shop uses each."""
    if not pack.law.bars:
        return []
    titles = words.titles(pack)
    return [
        {
            "key": key,
            "ref": closed.ref,
            "title": titles.get(closed.ref, key),
            "says": pack.texts[closed.ref].sentence.in_(language),
            "law": pack.texts[closed.ref].law(language),
            "is_used": key in book.used_bars,
        }
        for key, closed in pack.law.bars.closed.items()
    ]


# Two beside each other, and back to an earlier one.


@doors.door(doors.OFFICE)
def compare(request: HttpRequest) -> HttpResponse:
    """Show what changed between any two versions or drafts."""
    choices = _choices(request)
    refs = {ref for ref, _name in choices}
    new = request.GET.get("new", "")
    new = new if new in refs else choices[0][0]
    old = request.GET.get("old", "")
    old = old if old in refs else STANDARD
    names = dict(choices)
    found = changes.compare(_book(request, old), _book(request, new))
    context = {
        "choices": choices,
        "old": old,
        "new": new,
        "found": draft_words.comparison(found, names=(names[old], names[new])),
    }
    return render(request, "office/rulebook_compare.html", context)


def _choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what can be compared: drafts, versions and the standard rulebook."""
    drafts = queries.drafts(request.actor).exclude(state="published")[:_MOST_DRAFTS]
    found = [
        (draft.ref, _("%(name)s, draft by %(who)s") % {"name": draft.name, "who": draft.changed_by}) for draft in drafts
    ]
    found += [
        (row.ref, _("%(name)s, version %(version)s") % {"name": row.name, "version": row.version})
        for row in queries.rulebooks(request.actor)
    ]
    return [*found, (STANDARD, _("Standard rulebook"))]


def _book(request: HttpRequest, ref: str) -> Book:
    if ref == STANDARD:
        return rulebook.standard()
    try:
        return queries.rulebook(request.actor, ref)
    except Rulebook.DoesNotExist:
        return rulebook.read(queries.draft(request.actor, ref).document)


@doors.door(doors.OFFICE)
def as_yaml(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand a version out as YAML, with its tests."""
    if ref == STANDARD:
        return yaml_answer(rulebook.standard(), "standard.yaml")
    book = queries.rulebook(request.actor, ref)
    return yaml_answer(book, f"{book.ref}-{book.version}.yaml")


def yaml_answer(book: Book, name: str) -> HttpResponse:
    """Return a book as a file."""
    answer = HttpResponse(rulebook.to_yaml(book), content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@doors.door(WRITERS)
@require_POST
def roll_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Publish an earlier version again, as a new one that holds from now on."""
    row = queries.rulebook_row(request.actor, ref)
    note = request.POST.get("note", "").strip()[:2_000]
    if not note:
        messages.error(request, _("Write why you go back to this version."))
        return redirect("office:rulebook", ref=ref)
    again = actions.roll_back(row, actor=request.actor, at=request.at, note=note)
    messages.success(
        request,
        _("Version %(old)s holds again, as version %(new)s.") % {"old": row.version, "new": again.version},
    )
    return redirect("office:rulebook", ref=again.ref)
