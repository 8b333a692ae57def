"""The inbox in three panes: who waits for a word, what was said, and the case at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.cases import queries as case_queries
from homeward.web import counts, doors
from homeward.web.desk import faces, queue

VIEWS: Mapping[str, Mapping[str, Any]] = {
    "all": {"unanswered": True},
    "mine": {"unanswered": True, "mine": True},
    "waiting": {"state": "waiting"},
}
PAGE = 30


@doors.door(doors.DESK)
def inbox(request: HttpRequest) -> HttpResponse:
    """Show who waits for a word, beside the words and the glance of one case: the one asked for, else the first.

    Small screens show the list, and the words once a case was asked for.
    """
    view, asked = request.GET.get("view", "all"), request.GET.get("case", "")
    if view not in VIEWS:
        view = "all"
    page = Paginator(case_queries.queue(request.actor, **VIEWS[view]), PAGE).get_page(request.GET.get("page"))
    rows = queue.rows_of(request, page)
    chosen = case_queries.case(request.actor, asked) if asked else rows[0].case if rows else None
    language = get_language() or "en"
    context = {
        "page": page,
        "rows": rows,
        "view": view,
        "views": _views(request, view),
        "case": chosen,
        "face": faces.face_of(request.actor, chosen, language=language) if chosen else None,
        "is_asked_for": bool(asked),
        "may_act": True,
        "languages_to_write": list(dict.fromkeys([chosen.locale, language])) if chosen else [],
    }
    return render(request, "desk/inbox.html", context)


def _views(request: HttpRequest, view: str) -> list[dict[str, Any]]:
    found = counts.of_cases(request)
    words = (("all", _("All"), found.unanswered), ("mine", _("Mine"), ""), ("waiting", _("Waiting"), found.waiting))
    return [
        {"label": label, "href": f"?view={key}", "current": key == view, "count": count} for key, label, count in words
    ]
