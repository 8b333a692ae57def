"""Template tags: money, dates and names in the reader's language, and what the components need from Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from homeward.kernel import Actor, Money, TextMap, formats
from homeward.parties import texts as parties_texts
from homeward.web.design import charts, clocks, codes, forms, icons, rail, states

register = template.Library()

_ATTRIBUTE = re.compile(r"[a-zA-Z@:][\w:.@-]*")
_EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def _language() -> str:
    return get_language() or "en"


def _local(at: datetime) -> datetime:
    return timezone.localtime(at) if timezone.is_aware(at) else at


def _now(context: Context) -> datetime:
    """Return the time of the request: `at` of the page context, else of the request; never the clock."""
    at = context.get("at") or getattr(context.get("request"), "at", None)
    if at is None:
        raise LookupError("this tag needs `at` or `request.at` in its context")
    return at


# Figures, dates and names


@register.filter
def money(amount: Money | None, how: str = "") -> str:
    """Write `amount` as the reader's language does; `"clear"` spells signs shared by currencies (CN¥, US$)."""
    return "" if amount is None else formats.money_in(amount, _language(), clear=how == "clear")


@register.filter
def number(value: float | None) -> str:
    """Write `value` with the reader's separators."""
    return "" if value is None else formats.number_in(value, _language())


@register.filter
def day(value: date | datetime | None, style: str = "day") -> str:
    """Write a date in words; styles as in `kernel.formats.day_in`: day, brief, short, date, long."""
    if value is None:
        return ""
    return formats.day_in(_local(value).date() if isinstance(value, datetime) else value, _language(), style)


@register.filter
def moment(value: datetime | None, style: str = "day") -> str:
    """Write a day and its time; styles as of `day`, or "exact" with seconds and zone."""
    return "" if value is None else formats.moment_in(_local(value), _language(), style)


@register.filter
def hour(value: datetime | None) -> str:
    """Write the time of day, in 24 hours."""
    return "" if value is None else formats.time_in(_local(value), _language())


@register.filter
def span(value: timedelta | None) -> str:
    """Write a length of time by its two largest units."""
    return "" if value is None else formats.span_in(value, _language())


@register.simple_tag(takes_context=True)
def ago(context: Context, then: datetime) -> str:
    """Write how far `then` lies from the request: "4 minutes ago", "in 2 hours"."""
    return formats.ago_in(then, _language(), at=_now(context))


@register.simple_tag(takes_context=True)
def left(context: Context, due_at: datetime) -> str:
    """Write what is left until `due_at`: "4 min 10 sec", or "12 min over"."""
    return _left(due_at - _now(context))


def _left(rest: timedelta) -> str:
    words = formats.span_in(rest, _language())
    return words if rest > timedelta(0) else gettext("%(time)s over") % {"time": words}


@register.simple_tag(takes_context=True)
def when(context: Context, then: datetime) -> SafeString:
    """Write `then` as a time element: only the hour today, else weekday, day and hour, with the year if another."""
    local, now = _local(then), _local(_now(context))
    if local.date() == now.date():
        words = formats.time_in(local, _language())
    else:
        words = formats.moment_in(local, _language(), "brief" if local.year == now.year else "date")
    return format_html('<time datetime="{}">{}</time>', then.isoformat(timespec="seconds"), words)


@register.filter
def country_name(code: str) -> str:
    """Write the name of a country in the reader's language."""
    return formats.country_in(code, _language()) if code else ""


@register.simple_tag
def words_in(texts: Mapping[str, str] | None, language: str = "") -> str:
    """Write a text of many languages in `language` (the reader's); a text found in another one says its language."""
    if not texts:
        return ""
    chosen, wanted = TextMap(texts), language or _language()
    words = chosen.in_(wanted)
    if chosen.has(wanted) and not language:
        return words
    spoken = next((key for key, text in chosen.items() if text == words), wanted)
    return words if spoken == _language() else format_html('<span lang="{}" dir="auto">{}</span>', spoken, words)


@register.filter
def ref(value: Any) -> SafeString:
    """Write a reference in the face of references, never wrapped and never translated."""
    return format_html('<span class="ref" translate="no">{}</span>', value) if value else mark_safe("")


@register.filter
def bdi(value: Any) -> SafeString:
    """Write a name so that its own direction does not turn the sentence around it."""
    return format_html("<bdi>{}</bdi>", value)


@register.filter
def initials(name: str) -> str:
    """Write one or two letters that stand for a person: "ML" for Mei Laurent, "花" for 佐藤 花."""
    parts = [part for part in str(name).split() if part[0].isalnum()]
    if not parts:
        return "?"
    if _EAST.match(parts[-1][0]):
        return parts[-1][0]
    return (parts[0][:2] if len(parts) == 1 else parts[0][0] + parts[-1][0]).upper()


# Parts


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of our set."""
    return icons.svg(name, size=size)


@register.filter
def spread(attrs: Mapping[str, Any]) -> SafeString:
    """Write the attributes that a component passes on, escaped; handlers and styles are refused, as our policy does."""
    known = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else dict(attrs)
    parts = []
    for key, value in known.items():
        if key == "style" or key.startswith("on") or not _ATTRIBUTE.fullmatch(key):
            raise ValueError(f"a component does not pass on the attribute {key!r}")
        if value is None or value is False or value == "":
            continue
        parts.append(f" {key}" if value is True else f' {key}="{conditional_escape(value)}"')
    return mark_safe("".join(parts))


@register.simple_tag
def state_face(of: Any = None, noun: str = "", state: str = "") -> states.Face | None:
    """Return how a row, or a noun in a state, looks."""
    if isinstance(of, states.Face):
        return of
    if of:
        return states.face_of(of)
    return states.face(noun, state) if noun and state else None


@register.simple_tag
def field_shape(bound: Any, css: str = "") -> forms.Shape:
    """Return how to draw a bound field."""
    return forms.shape(bound, css=css)


@register.simple_tag
def error_links(found: Any) -> list[tuple[str, str]]:
    """Return the errors of forms as (id, sentence)."""
    return forms.error_links(found)


@register.simple_tag(takes_context=True)
def clock_readings(context: Context, of: Any) -> list[clocks.Reading]:
    """Return the clocks of a strip, read at the time of the request."""
    return clocks.read_all(of or (), at=_now(context))


@register.filter
def left_words(reading: clocks.Reading) -> str:
    """Write what is left of a clock that was read."""
    if reading.left is None or reading.state == "paused":
        return str(reading.face.words)
    return _left(reading.left)


@register.simple_tag
def chart_svg(chart: Any, key: str) -> SafeString:
    """Draw a chart; `key` is unique on the page."""
    return chart.svg(key)


@register.simple_tag
def spark(values: Any) -> SafeString:
    """Draw a small line without axes."""
    return charts.spark(list(values or ()))


@register.simple_tag
def qr_svg(data: str, label: str) -> SafeString:
    """Draw a QR code of `data` that is named `label`."""
    return codes.qr_svg(data, label)


# Frames


@register.simple_tag
def rail_groups(actor: Actor | None) -> list[rail.Group]:
    """Return the groups of places that the actor may open."""
    return rail.rail_of(actor)


@register.simple_tag
def rail_search(actor: Actor | None) -> str:
    """Return where the search of the bar goes."""
    return rail.search_url(actor)


@register.filter
def of_key(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Return what a mapping holds under `key`, or nothing."""
    return (mapping or {}).get(key, "")


@register.filter
def role_name(actor: Actor) -> str | Promise:
    """Write the role of an actor."""
    return parties_texts.ROLES.get(actor.role, str(actor.role))
