"""Template tags for pages: money, dates, names and texts in the reader's language, and icons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from homeward.kernel import Money, TextMap, formats
from homeward.web.design import icons

register = template.Library()


def reader() -> str:
    """Return the language of the page."""
    return get_language() or "en"


def local(at: datetime) -> datetime:
    """Return `at` in the zone of the page."""
    return timezone.localtime(at) if timezone.is_aware(at) else at


def now(context: Context) -> datetime:
    """Return the time of the request, else `at` of a context without one (mails, documents); never the clock."""
    at = getattr(context.get("request"), "at", None) or context.get("at")
    if at is None:
        raise LookupError("this tag needs `at` or `request.at` in its context")
    return at


# Figures, dates and names


@register.filter
def money(amount: Money | None, how: str = "") -> str:
    """Write `amount` as the reader's language does; `"clear"` spells signs shared by currencies (CN¥, US$)."""
    return "" if amount is None else formats.money_in(amount, reader(), clear=how == "clear")


@register.filter
def number(value: Any) -> Any:
    """Write a figure with the reader's separators; words stay as they are."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return "" if value is None else value
    return formats.number_in(value, reader())


@register.filter
def listed(words: Iterable[Any] | None, how: str = "") -> str:
    """Write words one after another as the reader's language does; `"heavy"` parts ones that hold commas."""
    return formats.words_in(words or (), reader(), heavy=how == "heavy")


@register.simple_tag
def comma() -> str:
    """Write what stands between the words of a list, where each of them is more than a word."""
    return formats.comma_in(reader())


@register.filter
def day(value: date | datetime | None, style: str = "day") -> str:
    """Write a date in words; styles as in `kernel.formats.day_in`: day, brief, short, date, long."""
    if value is None:
        return ""
    return formats.day_in(local(value).date() if isinstance(value, datetime) else value, reader(), style)


@register.filter
def moment(value: datetime | None, style: str = "day") -> str:
    """Write a day and its time; styles as of `day`, or "exact" with seconds and zone."""
    return "" if value is None else formats.moment_in(local(value), reader(), style)


@register.filter
def hour(value: datetime | None) -> str:
    """Write the time of day, in 24 hours."""
    return "" if value is None else formats.time_in(local(value), reader())


@register.filter
def span(value: timedelta | None) -> str:
    """Write a length of time by its two largest units."""
    return "" if value is None else formats.span_in(value, reader())


@register.simple_tag(takes_context=True)
def ago(context: Context, then: datetime) -> str:
    """Write how far `then` lies from the request: "4 minutes ago", "in 2 hours"."""
    return formats.ago_in(then, reader(), at=now(context))


@register.simple_tag(takes_context=True)
def left(context: Context, due_at: datetime) -> str:
    """Write what is left until `due_at`: "4 min 10 sec", or "12 min over"."""
    return left_in(due_at - now(context))


def left_in(rest: timedelta) -> str:
    """Return what is left in words; below zero it is over by that much."""
    words = formats.span_in(rest, reader())
    return words if rest > timedelta(0) else gettext("%(time)s over") % {"time": words}


@register.simple_tag(takes_context=True)
def when(context: Context, then: datetime) -> SafeString:
    """Write `then` as a time element: only the hour today, else weekday, day and hour, with the year if another."""
    moment_, today = local(then), local(now(context))
    if moment_.date() == today.date():
        words = formats.time_in(moment_, reader())
    else:
        words = formats.moment_in(moment_, reader(), "brief" if moment_.year == today.year else "date")
    return format_html('<time datetime="{}">{}</time>', then.isoformat(timespec="seconds"), words)


@register.filter
def country_name(code: str) -> str:
    """Write the name of a country in the reader's language."""
    return formats.country_in(code, reader()) if code else ""


@register.simple_tag
def words_in(texts: Mapping[str, str] | None, language: str = "") -> str:
    """Write a text of many languages in `language` (the reader's); a text found in another one says its language."""
    if not texts:
        return ""
    chosen, wanted = TextMap(texts), language or reader()
    words = chosen.in_(wanted)
    if chosen.has(wanted) and not language:
        return words
    spoken = next((key for key, text in chosen.items() if text == words), wanted)
    return words if spoken == reader() else format_html('<span lang="{}" dir="auto">{}</span>', spoken, words)


@register.filter
def ref(value: Any) -> SafeString:
    """Write a reference in the face of references, never wrapped and never translated."""
    return format_html('<span class="ref" translate="no">{}</span>', value) if value else mark_safe("")


@register.filter
def bdi(value: Any) -> SafeString:
    """Write a name so that its own direction does not turn the sentence around it."""
    return format_html("<bdi>{}</bdi>", value)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of our set; `size` is "" or "large".

    :raises UnknownIcon: if there is none of that name.
    """
    return icons.svg(name, size=size)
