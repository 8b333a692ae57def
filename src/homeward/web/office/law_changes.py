"""What changes when: the calendar of the law, what came and what is coming, for all places or for one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.kernel import TextMap
from homeward.policies import overlays, packs, queries
from homeward.policies.overlay_forms import Change
from homeward.web import doors
from homeward.web.office import law_words


@doors.door(doors.LAW)
def changes(request: HttpRequest) -> HttpResponse:
    """Show the days on which the law changed and will, the next of them with the lamp."""
    language, today = get_language() or "en", timezone.localtime(request.at).date()
    every = queries.changes(request.actor, date.min, date.max)
    names = _places(every, language)
    place = request.GET.get("place", "")
    found = queries.changes(request.actor, date.min, date.max, place=place) if place in names else every
    lines = [line(change, language, names) for change in found]
    coming = [one for one in lines if one["day"] > today]
    context = {
        "coming": _by_year(coming), "past": _by_year([one for one in lines[::-1] if one["day"] <= today]),
        "next": coming[0]["key"] if coming else "", "place": place if place in names else "",
        "places": sorted(names.items(), key=lambda pair: pair[1]), "today": today,
    }  # fmt: skip
    return render(request, "office/law_changes.html", context)


def _places(found: Iterable[Change], language: str) -> dict[str, str]:
    """Return the places that the calendar speaks of, and all members of the union, by code with their names."""
    library = packs.library()
    members = library.newest(overlays.UNION).law.members
    codes = {change.place for change in found} | {code for code in library.codes if code in members}
    return {code: name_of(code, language) for code in codes}


def name_of(code: str, language: str) -> str:
    """Return the name of a place that an overlay speaks of, which need not have a pack."""
    if code == overlays.ANYWHERE:
        return _("Everywhere")
    found = packs.library().editions(code)
    return law_words.place_name(found[0], language) if found else code


def line(change: Change, language: str, names: dict[str, str]) -> dict[str, Any]:
    """Return a change as a mark of the timeline shows it."""
    what = TextMap(change.what)
    return {
        "key": change.key, "day": change.valid_from, "what": what.in_(language),
        "lang": "" if language in change.what else "en", "place": names.get(change.place, change.place),
        "code": change.place if change.place in packs.library().codes else "", "is_plan": change.is_plan,
        "is_seen": change.mark.startswith("verified"), "instrument": change.instrument, "note": change.note,
    }  # fmt: skip


def _by_year(lines: list[dict[str, Any]]) -> list[tuple[int, list[dict[str, Any]]]]:
    return [(year, list(found)) for year, found in groupby(lines, key=lambda one: one["day"].year)]
