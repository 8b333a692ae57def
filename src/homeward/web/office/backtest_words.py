"""What a backtest found, in the reader's words: tiles, changes, charts, movers, the floor and what was assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from homeward.kernel import Money, formats
from homeward.policies import texts as policy_texts
from homeward.policies.results import Change, Mover, Result, Side, Sums
from homeward.policies.runs.plan import Plan
from homeward.returns import texts as return_texts
from homeward.web.design import charts
from homeward.web.office import clauses

Words = str | Promise

OUTCOMES: Mapping[str, Words] = {
    "authorize": pgettext_lazy("backtest", "granted at once"),
    "review": pgettext_lazy("backtest", "a person decides"),
    "refuse": pgettext_lazy("backtest", "refused"),
}
WAYS: Mapping[str, Words] = {
    "send": gettext_lazy("goods come back"),
    "keep": gettext_lazy("goods are kept"),
    "nothing": gettext_lazy("nothing to send"),
    "do_not_send": gettext_lazy("dangerous, not to be sent"),
}
PAYERS: Mapping[str, Words] = {
    "shopper": gettext_lazy("way back paid by the shopper"),
    "merchant": gettext_lazy("way back paid by the shop"),
    "nobody": gettext_lazy("nothing travels"),
}
KINDS: Mapping[str, Words] = {
    "remedies:more": gettext_lazy("more remedies on offer"),
    "remedies:fewer": gettext_lazy("fewer remedies on offer"),
    "remedies:other": gettext_lazy("other remedies on offer"),
    "refund:sooner": gettext_lazy("money promised sooner"),
    "refund:later": gettext_lazy("money promised later"),
    "deadline:later": gettext_lazy("same answer, later last day"),
    "deadline:earlier": gettext_lazy("same answer, earlier last day"),
}
MEASURES: Mapping[str, Words] = {
    "granted": gettext_lazy("Refunds granted at once"),
    "waiting": gettext_lazy("Value that waits for a person"),
    "refused": gettext_lazy("Value refused"),
    "freight": gettext_lazy("Ways back at the shop’s cost"),
    "freight_shopper": gettext_lazy("Ways back at the shopper’s cost"),
    "kept": gettext_lazy("Goods that shoppers keep"),
}
FACETS: Mapping[str, Words] = {
    "country": gettext_lazy("By country"),
    "category": gettext_lazy("By category"),
    "reason": gettext_lazy("By reason"),
    "band": gettext_lazy("By value"),
    "channel": gettext_lazy("By channel"),
}
_BARS: Mapping[str, Words] = {  # the same, short enough for a chart on a phone
    "granted": pgettext_lazy("chart", "Granted"),
    "waiting": pgettext_lazy("chart", "Waiting"),
    "refused": pgettext_lazy("chart", "Refused"),
    "freight": pgettext_lazy("chart", "Freight, shop"),
    "freight_shopper": pgettext_lazy("chart", "Freight, shopper"),
    "kept": pgettext_lazy("chart", "Kept goods"),
}
_TABLES: Mapping[str, Mapping[str, Words]] = {"outcome": OUTCOMES, "way_back": WAYS, "freight": PAYERS}
_COLORS = {"authorize": 3, "review": 4, "refuse": 5}
_MOST_ROWS = 6  # of a facet before its table is opened
_MOST_CURRENCIES = 3  # charts of money; the table twin of each change holds all


def reader() -> str:
    """Return the reader's language."""
    return get_language() or "en"


def number(value: float) -> str:
    """Write a figure."""
    return formats.number_in(value, reader())


def money(minor: int, currency: str) -> str:
    """Write a sum, its currency plain."""
    return formats.money_in(Money(minor, currency), reader(), clear=True)


def signed(found: Sums, home: str = "") -> str:
    """Write differences, each with its sign and currency."""
    told = _largest_first(found, home)
    return " · ".join(
        ("+" if minor > 0 else "−\u2060") + money(abs(minor), currency) for currency, minor in told if minor
    )


def _largest_first(found: Sums, home: str = "") -> list[tuple[str, int]]:
    """Return sums with the shop's own currency first; the order of the others is for the eye alone."""
    return sorted(found.items(), key=lambda one: (one[0] != home, -abs(Money(one[1], one[0]).decimal), one[0]))


def kind_words(kind: str) -> str:
    """Write what a kind of change is."""
    if kind in KINDS:
        return str(KINDS[kind])
    field, old, new = kind.split(":")
    table = _TABLES[field]
    return _("%(before)s → %(after)s") % {"before": table[old], "after": table[new]}


def tiles(found: Result, home: str) -> list[dict[str, Any]]:
    """Return the headline figures; sums in the currency `home` stand first."""
    percent = 100 * found.changed / found.rows if found.rows else 0
    old, new = found.sides["old"], found.sides["new"]
    share = number(round(percent, 1))
    return [
        {"label": _("Requests replayed"), "value": number(found.rows)},
        {
            "label": _("Decided otherwise"), "value": number(found.changed), "progress": round(percent),
            "note": _("%(percent)s %% of all") % {"percent": share}, "tone": "info",
        },
        *(_tile(measure, old, new, home) for measure in ("granted", "freight", "waiting")),
    ]  # fmt: skip


def _tile(measure: str, old: Side, new: Side, home: str) -> dict[str, Any]:
    """Return a tile of how a measure moves: the greatest difference large, those in other currencies below."""
    before, after = old.sums.get(measure, {}), new.sums.get(measure, {})
    moved = {currency: after.get(currency, 0) - before.get(currency, 0) for currency in {*before, *after}}
    first, *others = signed(moved, home).split(" · ")
    counts = _("%(before)s before, %(after)s after") % {
        "before": number(old.rows.get(measure, 0)), "after": number(new.rows.get(measure, 0)),
    }  # fmt: skip
    return {"label": MEASURES[measure], "value": first or _("no change"), "note": " · ".join([*others, counts])}


def matrix(found: Result) -> tuple[list[Words], list[dict[str, Any]]]:
    """Return the outcomes before, against those after: heads, and rows of cells."""
    counts = {(cell.old, cell.new): cell for cell in found.matrix}
    rows = []
    for old, words in OUTCOMES.items():
        cells: list[Any] = []
        for new in OUTCOMES:
            cell = counts.get((old, new))
            tone = (
                ""
                if cell is None or old == new
                else "bad"
                if new == "refuse"
                else "wait"
                if new == "review"
                else "good"
            )
            cells.append({"words": number(cell.rows) if cell else "–", "tone": tone})
        rows.append({"label": words, "hint": "", "cells": cells})
    return [_("before ↓, after →"), *OUTCOMES.values()], rows


def outcome_chart(found: Result, old: str, new: str) -> charts.BarChart:
    """Return the outcomes of both books as two bars."""
    totals = {side: dict.fromkeys(OUTCOMES, 0) for side in ("old", "new")}
    for cell in found.matrix:
        totals["old"][cell.old] += cell.rows
        totals["new"][cell.new] += cell.rows
    series = [
        charts.Series(words, [totals["old"][outcome], totals["new"][outcome]], _COLORS[outcome], "bar")
        for outcome, words in OUTCOMES.items()
    ]
    return charts.BarChart(_("Outcomes before and after"), [old, new], series, _whole, _("Rulebook"))


def _whole(value: charts.Value) -> str:
    return "" if value is None else number(round(value))


def money_charts(found: Result, old: str, new: str, home: str) -> list[tuple[str, charts.BarChart]]:
    """Return a chart for each of the main currencies: every measure before and after, side by side."""
    weights: dict[str, int] = {}
    for side in found.sides.values():
        for by_currency in side.sums.values():
            for currency, minor in by_currency.items():
                weights[currency] = weights.get(currency, 0) + abs(minor)
    main = [
        currency for currency, _minor in _largest_first({one: minor for one, minor in weights.items() if one}, home)
    ]
    main = main[:_MOST_CURRENCIES]
    return [(currency, _money_chart(found, currency, old, new)) for currency in main]


def _money_chart(found: Result, currency: str, old: str, new: str) -> charts.BarChart:
    labels: list[str] = []
    values: tuple[list[charts.Value], list[charts.Value]] = ([], [])
    for measure, words in _BARS.items():
        pair = [found.sides[side].sums.get(measure, {}).get(currency, 0) for side in ("old", "new")]
        if not any(pair):
            continue
        labels += [str(words), ""]
        values[0].extend([pair[0], None])
        values[1].extend([None, pair[1]])
    series = [charts.Series(old, values[0], 0, "bar"), charts.Series(new, values[1], 1, "bar")]
    title = _("Sums in %(currency)s before and after") % {"currency": currency}
    return charts.BarChart(title, labels, series, _of(currency), _("Measure"))


def _of(currency: str) -> Callable[[charts.Value], str]:
    """Return how a chart of one currency writes its sums: in whole units, for the title names the currency."""
    return lambda value: "" if value is None else number(round(Money(round(value), currency).decimal))


def changes(found: Result) -> list[dict[str, Any]]:
    """Return every kind of change in words, with its effect and its examples."""
    return [
        {
            "words": kind_words(change.kind), "rows": change.rows, "better": change.better, "worse": change.worse,
            "tone": "good" if change.better > change.worse else "bad" if change.worse else "idle",
            "effect": _effects(change), "examples": examples(change.examples), "id": f"change-{place}",
        }
        for place, change in enumerate(found.changes)
    ]  # fmt: skip


def _effects(change: Change | Mover) -> list[dict[str, Any]]:
    """Return what a change does to the merchant's sums."""
    told = [(measure, signed(change.effect.get(measure, {}))) for measure in ("granted", "freight", "kept")]
    return [{"label": MEASURES[measure], "words": words} for measure, words in told if words]


def examples(shown: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return requests that show something, each with both answers."""
    return [
        {
            "order": one.get("order", ""), "number": one.get("number", "") or one["row"], "title": one.get("title", ""),
            "country": formats.country_in(one["country"], reader()) if one["country"] else "–",
            "reason": clauses.REASONS.get(one["reason"], one["reason"]),
            "value": money(one["value"], one["currency"]), "asked": _day(one["asked"]),
            "old": _answer(one["old"]), "new": _answer(one["new"]),
        }
        for one in shown
    ]  # fmt: skip


def _day(text: str) -> str:
    return formats.day_in(date.fromisoformat(text), reader(), "date") if text else "–"


def _answer(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return one book's answer: outcome, way back, remedies, last day and the clauses that it rests on."""
    parts: list[Words] = [OUTCOMES[told["outcome"]]]
    if told["outcome"] != "refuse":
        parts += [WAYS[told["way_back"]], *(policy_texts.REMEDIES[remedy] for remedy in told["remedies"])]
        if told["way_back"] == "send":
            parts.append(PAYERS[told["freight"]])
    if told["deadline"]:
        parts.append(_("until %(day)s") % {"day": _day(told["deadline"])})
    return {"words": ", ".join(str(part) for part in parts), "bases": told["bases"], "outcome": told["outcome"]}


def movers(found: Result) -> list[dict[str, Any]]:
    """Return for whom verdicts change, facet by facet; facets that tell nothing are left out."""
    told = []
    for facet, title in FACETS.items():
        rows = [one for one in found.movers.get(facet, ()) if one.changed]
        if rows:
            movers_of = [_mover(facet, one) for one in rows]
            told.append({"title": title, "id": f"by-{facet}", "rows": movers_of, "top": movers_of[:_MOST_ROWS]})
    return told


def _mover(facet: str, one: Mover) -> dict[str, Any]:
    return {
        "label": _facet_words(facet, one.value), "rows": one.rows, "changed": one.changed, "better": one.better,
        "worse": one.worse, "effect": _effects(one), "value": one.changed,
        "words": number(one.changed),
    }  # fmt: skip


def _facet_words(facet: str, value: str) -> str:
    if facet == "band":
        return band_words(value)
    if not value:
        return _("not known")
    if facet == "country":
        return formats.country_in(value, reader())
    return str(clauses.REASONS.get(value, value)) if facet == "reason" else value


def band_words(band: str) -> str:
    """Write a band of values, whose limits are one, two and five with any number of noughts, in minor units."""
    currency, place = band.split(":")
    low, high = _limit(int(place) - 1), _limit(int(place))
    if int(place) == 0:
        return _("under %(sum)s") % {"sum": money(high, currency)}
    return _("%(low)s to %(high)s") % {"low": money(low, currency), "high": money(high, currency)}


def _limit(place: int) -> int:
    power, step = divmod(max(place, 0), 3)
    return int((1, 2, 5)[step] * 10**power)


def clause_rows(found: Result) -> list[dict[str, Any]]:
    """Return how often each clause speaks before and after, those of the new book first and in its order."""
    old, new = ({one.ref: one.rows for one in found.clauses[side]} for side in ("old", "new"))
    below = {one.ref: one.rows for one in found.floor.below}
    refs = [*new, *(ref for ref in old if ref not in new)]
    return [
        {
            "ref": ref, "old": old.get(ref), "new": new.get(ref), "below": below.get(ref, 0),
            "is_quiet": ref in new and not new[ref],
        }
        for ref in refs
    ]  # fmt: skip


def doubts(found: Result) -> list[dict[str, Any]]:
    """Return why requests go to a person, before and after."""
    return [
        {
            "words": policy_texts.DOUBTS.get(one.doubt, one.doubt),
            "old": one.old,
            "new": one.new,
            "more": one.new > one.old,
        }
        for one in found.doubts
    ]


def assumed(found: Result, plan: Plan) -> list[str]:
    """Write what was taken for granted, each with the number of requests that it concerns."""
    return [_ASSUMED[one.code](one.rows, plan) for one in found.assumptions if one.code in _ASSUMED]


def _orders(rows: int, plan: Plan) -> str:
    words = ngettext(
        "%(n)s line that nobody sent back is taken as asked back %(days)s days after delivery: “%(reason)s”.",
        "%(n)s lines that nobody sent back are taken as asked back %(days)s days after delivery: “%(reason)s”.",
        rows,
    )
    reason = return_texts.REASONS.get(plan.reason, plan.reason)
    return words % {"n": number(rows), "days": number(plan.days), "reason": reason}


_ASSUMED: dict[str, Callable[[int, Plan], str]] = {
    "orders": _orders,
    "returns": lambda rows, plan: ngettext(
        "%(n)s return was asked for here; it is judged on the facts of its day.",
        "%(n)s returns were asked for here; they are judged on the facts of their day.", rows,
    ) % {"n": number(rows)},
    "past": lambda rows, plan: ngettext(
        "%(n)s return is from before Homeward; it is taken as asked for on the day it came back, without a reason.",
        "%(n)s returns are from before Homeward; they are taken as asked for when they came back, without a reason.",
        rows,
    ) % {"n": number(rows)},
    "past_without_sale": lambda rows, plan: ngettext(
        "%(n)s past return fits to no sale and is left out.",
        "%(n)s past returns fit to no sale and are left out.", rows,
    ) % {"n": number(rows)},
    "returns_unread": lambda rows, plan: ngettext(
        "%(n)s return was judged on facts that can no longer be read, and is left out.",
        "%(n)s returns were judged on facts that can no longer be read, and are left out.", rows,
    ) % {"n": number(rows)},
    "record_unknown": lambda rows, plan: ngettext(
        "For %(n)s request the shopper’s record is not known; it counts as that of somebody new.",
        "For %(n)s requests the shopper’s record is not known; it counts as that of somebody new.", rows,
    ) % {"n": number(rows)},
    "delivery_unknown": lambda rows, plan: ngettext(
        "For %(n)s request the day of delivery is not known; windows count as if it came with the order.",
        "For %(n)s requests the day of delivery is not known; windows count as if it came with the order.", rows,
    ) % {"n": number(rows)},
    "country_unknown": lambda rows, plan: ngettext(
        "For %(n)s request the country is not known; no law is known either, so a person decides.",
        "For %(n)s requests the country is not known; no law is known either, so a person decides.", rows,
    ) % {"n": number(rows)},
    "not_informed": lambda rows, plan: ngettext(
        "For %(n)s request there is no proof that the shopper was told of their rights; the longer window counts.",
        "For %(n)s requests there is no proof that the shopper was told of their rights; the longer window counts.",
        rows,
    ) % {"n": number(rows)},
    "freight_unknown": lambda rows, plan: ngettext(
        "For %(n)s request the price of the way back is not known; it is in no sum.",
        "For %(n)s requests the price of the way back is not known; it is in no sum.", rows,
    ) % {"n": number(rows)},
    "freight_assumed": lambda rows, plan: ngettext(
        "For %(n)s request the price of the way back is the one that was assumed.",
        "For %(n)s requests the price of the way back is the one that was assumed.", rows,
    ) % {"n": number(rows)},
}  # fmt: skip


def source_words(sources: Sequence[str]) -> str:
    """Write which history was read."""
    return ", ".join(str(SOURCES[source]) for source in sources)


SOURCES: Mapping[str, Words] = {
    "returns": gettext_lazy("returns asked for here"),
    "past": gettext_lazy("returns from before Homeward"),
    "orders": gettext_lazy("orders that nobody sent back"),
}
