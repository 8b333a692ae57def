"""Rulebooks in read form: the law below, its exceptions that the shop uses, and what the shop adds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.kernel import TextMap, formats
from homeward.policies import packs, rulebook, words
from homeward.policies import queries as policy_queries
from homeward.policies.packs import Pack
from homeward.policies.rulebook import Book
from homeward.web import doors
from homeward.web.office import clauses


@doors.door(doors.OFFICE)
def rulebooks(request: HttpRequest) -> HttpResponse:
    """List the rulebooks with their versions."""
    return render(request, "office/rulebooks.html", {"rulebooks": policy_queries.rulebooks(request.actor)})


@doors.door(doors.OFFICE)
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one version of a rulebook in words: law, bars, and the shop's own clauses, read from the top."""
    row = policy_queries.rulebook_row(request.actor, ref)
    return _page(request, policy_queries.rulebook(request.actor, ref), row)


@doors.door(doors.OFFICE)
def standard(request: HttpRequest) -> HttpResponse:
    """Show the standard rulebook, which holds for shops that have published none."""
    return _page(request, rulebook.standard(), None)


def _page(request: HttpRequest, book: Book, row: Any) -> HttpResponse:
    language = get_language() or "en"
    shelf = packs.library().packs
    asked = request.GET.get("law", "")
    place = asked if asked in shelf else "EU"
    pack = shelf[place][0]
    laws = sorted(((code, _place(code, language)) for code in shelf), key=lambda pair: pair[1])
    context = {
        "book": book,
        "rulebook": row,
        "laws": laws,
        "place": place,
        "pack": pack,
        "rights": _rights(pack, language),
        "bars": _bars(pack, book, language),
        "clauses": [
            {
                "ref": clause.ref,
                "says": TextMap(clause.text).in_(language),
                "when": clauses.conditions(clause.when),
                "then": clauses.effects(clause.then),
            }
            for clause in book.clauses
        ],
    }
    return render(request, "office/rulebook.html", context)


def _place(code: str, language: str) -> str:
    """Return the name of a pack's place: a country, a part of one, the Union, or anywhere else."""
    if code == packs.NOWHERE:
        return _("Everywhere else")
    if code == "EU":
        return _("European Union")
    country, _dash, part = code.partition("-")
    name = formats.country_in(country, language)
    return f"{name}, {part}" if part else name


def _rights(pack: Pack, language: str) -> list[dict[str, Any]]:
    """Return the clauses of the law that grant something, each with its source."""
    bars = {closed.ref for closed in pack.law.bars.closed.values()} if pack.law.bars else set()
    titles = words.titles(pack)
    return [
        {"ref": ref, "title": titles.get(ref, ""), "says": text.sentence.in_(language), "law": text.law(language)}
        for ref, text in pack.texts.items()
        if ref not in bars and text.sentence.in_(language)
    ]


def _bars(pack: Pack, book: Book, language: str) -> list[dict[str, Any]]:
    """Return the exceptions that this law allows, and whether the shop uses each."""
    if not pack.law.bars:
        return []
    titles = words.titles(pack)
    return [
        {
            "ref": closed.ref,
            "title": titles.get(closed.ref, key),
            "says": pack.texts[closed.ref].sentence.in_(language),
            "law": pack.texts[closed.ref].law(language),
            "is_used": key in book.used_bars,
        }
        for key, closed in pack.law.bars.closed.items()
    ]
