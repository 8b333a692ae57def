"""The overview: how many, how fast, why, and what it costs; every chart with its definition and its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from homeward.insight import queries as insight_queries
from homeward.insight.queries import Figures, Ranked
from homeward.kernel import Money, TextMap, formats
from homeward.returns import texts as return_texts
from homeward.web import doors
from homeward.web.design import charts

SPANS = (30, 90, 365)
YOUNG_WEEKS = 2  # returns of the last weeks are still being decided
YOUNG_ORDERS = 5  # orders of the last weeks may still be asked back


@doors.door(doors.OFFICE)
def show(request: HttpRequest) -> HttpResponse:
    """Show the figures of the last 30, 90 or 365 days."""
    asked = request.GET.get("days", "90")
    days = int(asked) if asked.isdecimal() and int(asked) in SPANS else 90
    found = insight_queries.figures(request.actor, at=request.at, days=days)
    language = get_language() or "en"
    context = {
        "figures": found,
        "tiles": _tiles(request, found, language),
        "trend": _trend(found, language),
        "rate": _rate(found, language),
        "costs": _costs(found, language),
        "reasons": _rows(found.reasons, lambda row: return_texts.REASONS.get(row.key, row.key)),
        "products": _rows(found.products, lambda row: _title(row, language)),
        "countries": _rows(
            found.countries, lambda row: formats.country_in(row.key, language) if row.key else _("Unknown")
        ),
        "spans": [
            {"label": _("%(days)s days") % {"days": span}, "href": f"?days={span}", "current": span == days}
            for span in SPANS
        ],
    }
    return render(request, "office/dashboard.html", context)


def _tiles(request: HttpRequest, found: Figures, language: str) -> list[dict[str, Any]]:
    """Return the tiles: each one figure in words, and what it means."""
    may_open = request.actor.role in doors.DESK
    overdue = ngettext("%(n)s with a clock that ran out", "%(n)s with a clock that ran out", found.overdue)
    return [
        {
            "label": _("Open cases"), "value": formats.number_in(found.open_cases, language),
            "note": overdue % {"n": found.overdue}, "tone": "bad" if found.overdue else "info",
            "href": reverse("desk:cases") + ("?view=overdue" if found.overdue else "") if may_open else "",
        },
        _alone(found), _days(found, language), _answers(found),
        _money(_("Refunded"), found.refunded, language, _("confirmed by banks and providers")),
        _money(_("Way back at our cost"), found.freight, language, _each(found, language)),
    ]  # fmt: skip


def _alone(found: Figures) -> dict[str, Any]:
    percent, before = found.totals.percent_alone, found.before.percent_alone
    tile: dict[str, Any] = {"label": _("Decided alone"), "value": "–", "note": _("Nothing decided yet")}
    if percent is None:
        return tile
    tile |= {
        "value": f"{percent} %", "progress": percent, "tone": "good",
        "note": _("of %(decided)s decided returns") % {"decided": found.totals.decided},
    }  # fmt: skip
    if before is not None and percent != before:
        points = percent - before
        sign = "+" if points > 0 else "−"
        tile |= {
            "trend": _("%(points)s pt") % {"points": f"{sign}{abs(points)}"},
            "trend_tone": "good" if points > 0 else "wait",
        }
    return tile


def _days(found: Figures, language: str) -> dict[str, Any]:
    spread = found.asked_to_refund
    if spread is None:
        return {"label": _("Days to the refund"), "value": "–", "note": _("No refund confirmed yet")}
    note = _("median from asking; nine of ten within %(days)s days") % {
        "days": formats.number_in(spread.most, language)
    }
    if found.goods_to_refund:
        days = formats.number_in(found.goods_to_refund.half, language)
        note += " · " + _("median from goods back: %(days)s") % {"days": days}
    return {"label": _("Days to the refund"), "value": formats.number_in(spread.half, language), "note": note}


def _answers(found: Figures) -> dict[str, Any]:
    percent = found.answers.percent
    if percent is None:
        return {"label": _("Answers in time"), "value": "–", "note": _("No answer was due yet")}
    note = ngettext("of %(n)s answer that was due", "of %(n)s answers that were due", found.answers.ended)
    return {
        "label": _("Answers in time"),
        "value": f"{percent} %",
        "progress": percent,
        "tone": "good" if percent >= 95 else "wait" if percent >= 80 else "bad",
        "note": note % {"n": found.answers.ended},
    }


def _money(label: str, sums: Sequence[Money], language: str, note: str) -> dict[str, Any]:
    """Return a tile of sums: the largest large, those in other currencies below."""
    words = [formats.money_in(one, language, clear=len(sums) > 1) for one in sums]
    if not words:
        return {"label": label, "value": "–", "note": _("Nothing yet")}
    return {"label": label, "value": words[0], "note": " · ".join(filter(None, [*words[1:], note]))}


def _each(found: Figures, language: str) -> str:
    if not found.parcels or len(found.freight) != 1:
        return ""
    each = Money(round(found.freight[0].minor / found.parcels), found.freight[0].currency)
    words = ngettext("%(n)s parcel, %(each)s each", "%(n)s parcels, %(each)s each", found.parcels)
    return words % {"n": found.parcels, "each": formats.money_in(each, language)}


def _trend(found: Figures, language: str) -> charts.LineChart:
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


def _rate(found: Figures, language: str) -> charts.LineChart:
    weeks = found.order_weeks
    return charts.LineChart(
        title=_("Return rate by week of order"),
        labels=[formats.day_in(week.begins, language, "short") for week in weeks],
        series=[charts.Series(_("Orders with a return"), [week.rate for week in weeks], color=1, look="area")],
        show=lambda value: "" if value is None else f"{formats.number_in(value, language)} %",
        young_from=max(len(weeks) - YOUNG_ORDERS, 0),
        young_note=_("still coming in"),
        label_head=_("Week from"),
    )


def _costs(found: Figures, language: str) -> list[dict[str, Any]]:
    """Return what one way back costs from each country, as `<c-ranked>` takes it."""
    return [
        {
            "label": formats.country_in(cost.country, language) if cost.country else _("Unknown"),
            "value": cost.each.minor,
            "words": formats.money_in(cost.each, language),
        }
        for cost in sorted(found.costs, key=lambda cost: -cost.each.minor)
    ]


def _title(row: Ranked, language: str) -> str:
    return TextMap(row.titles).in_(language) if row.titles else row.title or row.key


def _rows(ranked: Sequence[Ranked], words: Callable[[Ranked], Any]) -> list[dict[str, Any]]:
    """Return a ranking as `<c-ranked>` takes it: words, weight of the bar, figure."""
    return [{"label": words(row), "value": row.count, "words": str(row.count)} for row in ranked]
