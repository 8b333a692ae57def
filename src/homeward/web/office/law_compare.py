"""Two laws side by side: two places, or one place on two days; only where they differ, or everything."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language

from homeward.policies import lawtext, packs, queries
from homeward.policies.due import NotAnswered
from homeward.policies.packs import Pack
from homeward.web import doors
from homeward.web.office import law_words

_FIRST, _SECOND = "EU", "GB"


@doors.door(doors.LAW)
def compare(request: HttpRequest) -> HttpResponse:
    """Show what the law of one place says beside that of another, or beside itself on another day."""
    language, today = get_language() or "en", timezone.localtime(request.at).date()
    sides = [
        _side(request, "left", default=_FIRST, today=today, language=language),
        _side(request, "right", default=_SECOND, today=today, language=language),
    ]
    show_all = "all" in request.GET
    context: dict[str, Any] = {
        "sides": sides, "places": places(language), "show_all": show_all,
        "is_ready": all(side["pack"] for side in sides),
    }  # fmt: skip
    if context["is_ready"]:
        every = lawtext.compare(sides[0]["pack"], sides[1]["pack"], language)
        differing = [one for one in every if not one.is_same]
        context |= {
            "rows": every if show_all else differing, "differing": len(differing), "same": len(every) - len(differing),
        }  # fmt: skip
    return render(request, "office/law_compare.html", context)


def places(language: str) -> list[tuple[str, str]]:
    """Return every place that we hold law for, by name."""
    library = packs.library()
    found = [(code, law_words.place_name(library.newest(code), language)) for code in library.codes]
    return sorted((pair for pair in found if pair[0] != packs.NOWHERE), key=lambda pair: pair[1].casefold())


def _side(request: HttpRequest, name: str, *, default: str, today: date, language: str) -> dict[str, Any]:
    """Return one side as it was asked for: place, day, and the law that held there, if we hold it."""
    codes, asked = packs.library().codes, request.GET
    code = asked.get(name, "").upper()
    code = code if code in codes and code != packs.NOWHERE else default
    day, is_wrong = day_in(asked, f"{name}_on", today)
    pack: Pack | None = None
    try:
        pack = None if is_wrong else queries.law(request.actor, code, on=day)
    except NotAnswered:
        is_wrong = False
    title = law_words.place_name(packs.library().newest(code), language)
    return {
        "name": name, "code": code, "title": title, "on": day, "is_today": day == today, "pack": pack,
        "is_wrong": is_wrong,
    }  # fmt: skip


def day_in(asked: QueryDict, name: str, today: date) -> tuple[date, bool]:
    """Return the day that was asked for, else today, and whether what was written is no day."""
    text = asked.get(name, "").strip()
    if not text:
        return today, False
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return (today, True) if day is None else (day, False)
