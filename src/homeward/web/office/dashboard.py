"""The overview: how many, how fast, why, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.insight import queries as insight_queries
from homeward.kernel import formats
from homeward.returns import texts as return_texts
from homeward.web import doors
from homeward.web.design import charts

SPANS = (30, 90, 365)
YOUNG_WEEKS = 2  # returns of the last weeks are still being decided


@doors.door(doors.OFFICE)
def show(request: HttpRequest) -> HttpResponse:
    """Show the figures of the last 30, 90 or 365 days."""
    asked = request.GET.get("days", "90")
    days = int(asked) if asked.isdigit() and int(asked) in SPANS else 90
    found = insight_queries.figures(request.actor, at=request.at, days=days)
    language = get_language() or "en"
    return render(
        request,
        "office/dashboard.html",
        {
            "figures": found,
            "trend": _trend(found, language),
            "reasons": _rows(found.reasons, lambda key: return_texts.REASONS.get(key, key)),
            "products": _rows(found.products, lambda key: key),
            "countries": _rows(found.countries, lambda key: formats.country_in(key, language) if key else _("Unknown")),
            "spans": [
                {"label": _("%(days)s days") % {"days": span}, "href": f"?days={span}", "current": span == days}
                for span in SPANS
            ],
        },
    )


def _trend(found: insight_queries.Figures, language: str) -> charts.LineChart:
    return charts.LineChart(
        title=_("Returns by week"),
        labels=[formats.day_in(week.begins, language, "short") for week in found.weeks],
        series=[
            charts.Series(_("Asked for"), [week.asked for week in found.weeks], color=1, look="area"),
            charts.Series(_("Decided alone"), [week.alone for week in found.weeks], color=2),
        ],
        young_from=max(len(found.weeks) - YOUNG_WEEKS, 0),
        young_note=_("still growing"),
        label_head=_("Week from"),
    )


def _rows(ranked: Sequence[insight_queries.Ranked], words: Callable[[str], Any]) -> list[dict[str, Any]]:
    """Return a ranking as `<c-ranked>` takes it: words, weight of the bar, figure."""
    most = max((row.count for row in ranked), default=1)
    return [
        {"label": words(row.key), "value": round(100 * row.count / most), "words": str(row.count)} for row in ranked
    ]
