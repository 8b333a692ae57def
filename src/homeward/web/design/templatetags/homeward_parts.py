"""Template tags that only our components and frames use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.http import QueryDict
from django.template.context import Context
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from homeward.kernel import Actor, Money, formats
from homeward.orders.models import OrderLine
from homeward.parties import texts as parties_texts
from homeward.web.design import charts, clocks, codes, forms, icons, pictures, rail, states
from homeward.web.design.templatetags import homeward

register = template.Library()

_ATTRIBUTE = re.compile(r"[a-zA-Z@:][\w:.@-]*")
_EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TONE_ICONS = {"good": "check", "wait": "alert", "bad": "ban", "contested": "scales", "moving": "truck"}
_MESSAGE_TONES = {"success": "good", "warning": "wait", "error": "bad"}

# Attributes and lists


@register.simple_tag
def css(*words: str, **flags: Any) -> SafeString:
    """Write the class attribute: words as they are, and the name of each flag that is set (`wide_label`)."""
    names = [word for word in words if word] + [name.replace("_", "-") for name, is_set in flags.items() if is_set]
    return format_html('class="{}"', " ".join(map(str, names))) if names else mark_safe("")


@register.simple_tag
def shortcut(key: str) -> SafeString:
    """Write the attributes of a single key that presses what carries them."""
    return format_html(' data-key="{0}" aria-keyshortcuts="{0}"', key.lower()) if key else mark_safe("")


@register.filter
def spread(attrs: Mapping[str, Any]) -> SafeString:
    """Write the attributes that a component passes on, escaped.

    :raises ValueError: for handlers, styles and what is no name: our policy refuses them, and so do we.
    """
    known = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else dict(attrs)
    parts = []
    for key, value in known.items():
        if key == "style" or key.startswith("on") or not _ATTRIBUTE.fullmatch(key):
            raise ValueError(f"a component does not pass on the attribute {key!r}")
        if value is None or value is False or value == "":
            continue
        parts.append(f" {key}" if value is True else f' {key}="{conditional_escape(value)}"')
    return mark_safe("".join(parts))


@register.filter
def split(words: str | Sequence[str]) -> list[str]:
    """Return words parted by blanks; a list stays one."""
    return words.split() if isinstance(words, str) else list(words)


@register.filter
def is_there(slot: str) -> bool:
    """Whether a slot holds more than white space."""
    return bool(slot.strip())


@register.filter
def no(flag: Any) -> bool:
    """Return the opposite of a flag."""
    return not flag


@register.filter
def plain(value: Any) -> str:
    """Write a figure as attributes need it: no separators, a point for decimals."""
    return str(value)


@register.filter
def pairs(items: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Return (label, value) pairs and dicts alike as dicts."""
    return [item if isinstance(item, Mapping) else {"label": item[0], "value": item[1]} for item in items]


@register.filter
def heads(columns: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Return the columns of a table, words and dicts alike, as dicts."""
    return [column if isinstance(column, Mapping) else {"label": column} for column in columns]


@register.filter
def under(cells: Iterable[Any], columns: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return each cell of a row with the heading it stands under; the first heading is the row's own."""
    return list(zip(columns[1:], cells, strict=True))


@register.simple_tag
def largest(rows: Iterable[Mapping[str, Any]]) -> float:
    """Return the greatest value of some rows, at least one."""
    return max((row["value"] for row in rows), default=1) or 1


# Marks


@register.filter
def initials(name: str) -> str:
    """Write one or two letters that stand for a person: "ML" for Mei Laurent, "花" for 佐藤 花."""
    parts = [part for part in str(name).split() if part[0].isalnum()]
    if not parts:
        return "?"
    if _EAST.match(parts[-1][0]):
        return parts[-1][0]
    return (parts[0][:2] if len(parts) == 1 else parts[0][0] + parts[-1][0]).upper()


@register.simple_tag
def tone_icon(tone: str, name: str = "", size: str = "") -> SafeString:
    """Draw the icon called `name`, else the one of a tone."""
    return icons.svg(name or _TONE_ICONS.get(tone, "info"), size=size)


@register.simple_tag
def goods(
    of: OrderLine | None = None, name: str = "", category: str = "", title: str = "", alt: str = ""
) -> SafeString:
    """Draw what an order line sold, else goods of that name, category or title; "" where we have no picture."""
    found = pictures.picture_of_line(of) if of else pictures.picture_of(name, category, title)
    return pictures.svg(found, label=alt)


@register.simple_tag
def file_icon(name: str = "", fallback: str = "note") -> SafeString:
    """Draw the icon called `name`, else `fallback`."""
    return icons.svg(name or fallback)


@register.filter
def message_tone(message: Message) -> str:
    """Return the tone of a message of Django."""
    return _MESSAGE_TONES.get(message.level_tag, "info")


@register.simple_tag
def state_face(of: Any = None, noun: str = "", state: str = "") -> states.Face | None:
    """Return how a row, a pair of noun and state, or a noun in a state looks; nothing for nothing."""
    if of:
        return states.face_of(of)
    return states.face(noun, state) if noun and state else None


@register.simple_tag
def priority_face(level: int | str) -> states.Priority:
    """Return how a priority looks."""
    return states.priority(int(level))


@register.simple_tag
def outcome_face(outcome: str) -> states.Outcome:
    """Return how the outcome of a clause looks."""
    return states.outcome(outcome)


@register.filter
def fact_name(face: states.Face | None) -> str | Promise:
    """Write which of the separate facts a face speaks of."""
    return states.FACTS.get(face.fact, "") if face else ""


@register.filter
def sum_words(amount: Any, clear: Any = "") -> Any:
    """Write an amount of a receipt; words stay as they are."""
    return homeward.money(amount, "clear" if clear else "") if isinstance(amount, Money) else amount


# Clocks


@register.simple_tag(takes_context=True)
def clock_readings(context: Context, of: Iterable[clocks.Clock] | None) -> list[clocks.Reading]:
    """Return the clocks of a strip, read at the time of the request."""
    return clocks.read_all(of, at=homeward.now(context)) if of else []


@register.simple_tag(takes_context=True)
def clock_reading(context: Context, of: clocks.Clock | clocks.Reading | None) -> clocks.Reading | None:
    """Return one clock, read at the time of the request."""
    return clocks.read(of, at=homeward.now(context)) if isinstance(of, clocks.Clock) else of


@register.filter
def left_words(reading: clocks.Reading) -> str:
    """Write what is left of a clock that was read, or that it stands."""
    if reading.left is None or reading.state in {"paused", "met"}:
        return str(reading.face.words)
    return homeward.left_in(reading.left)


@register.filter
def due_words(reading: clocks.Reading) -> str | Promise:
    """Write what a clock counts to: its own note, whom it waits for, or its moment."""
    clock = reading.clock
    if reading.state == "paused" and clock.waits_for:
        return clock.waits_for
    if clock.note or clock.due_at is None:
        return clock.note
    return formats.moment_in(homeward.local(clock.due_at), homeward.reader(), "brief")


# Forms, ways through lists and journeys


@register.simple_tag
def field_shape(bound: Any, css: str = "") -> forms.Shape:
    """Return how to draw a bound field."""
    return forms.shape(bound, css=css)


@register.simple_tag
def error_links(found: Any) -> list[tuple[str, str]]:
    """Return the errors of forms as (id, sentence)."""
    return forms.error_links(found)


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The addresses before and after a page of a list."""

    previous: str
    next: str

    @property
    def is_needed(self) -> bool:
        """Whether there is more than one page."""
        return bool(self.previous or self.next)


@register.simple_tag(takes_context=True)
def page_links(context: Context, page: Page | None, previous: str = "", next: str = "") -> PageLinks:
    """Return where the pages before and after are, by number of a Page or as given."""
    if page is None:
        return PageLinks(previous, next)
    return PageLinks(
        _with(context, page=page.previous_page_number()) if page.has_previous() else "",
        _with(context, page=page.next_page_number()) if page.has_next() else "",
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of a journey and whether it lies behind or is now."""

    words: str | Promise
    is_done: bool
    is_now: bool


@register.simple_tag
def course(steps: Sequence[tuple[str, str | Promise]], current: str) -> list[Mark]:
    """Return the marks of a course line; without a known `current` nothing shines, "end" has all behind it."""
    keys = [key for key, _words in steps]
    here = len(keys) if current == "end" else keys.index(current) if current in keys else -1
    return [Mark(words, i < here, i == here) for i, (_key, words) in enumerate(steps)]


# Pictures


@register.simple_tag
def chart_svg(chart: Any, key: str) -> SafeString:
    """Draw a chart; `key` is unique on the page."""
    return chart.svg(key)


@register.simple_tag
def spark(values: Iterable[float | None] | None, tone: str = "info") -> SafeString:
    """Draw a small line without axes."""
    return charts.spark(list(values or ()), tone=tone)


@register.simple_tag
def qr_svg(data: str, label: str) -> SafeString:
    """Draw a QR code of `data` that is named `label`."""
    return codes.qr_svg(data, label)


# Frames


@dataclass(frozen=True, slots=True)
class Language:
    """One language on offer and the address of this page in it."""

    code: str
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages on offer and the one spoken now."""

    current: str
    name: str
    all: tuple[Language, ...]


@register.simple_tag(takes_context=True)
def language_choices(context: Context) -> Languages:
    """Return the languages on offer, each with this page's address in it."""
    now = homeward.reader()
    choices = tuple(Language(code, name, _with(context, lang=code), code == now) for code, name in settings.LANGUAGES)
    return Languages(now, next((c.name for c in choices if c.is_current), now), choices)


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    """Write the look that the reader chose by cookie; without a choice the system decides."""
    chosen = getattr(context.get("request"), "COOKIES", {}).get("homeward_theme", "")
    return mark_safe(f' data-theme="{chosen}"') if chosen in {"light", "dark"} else mark_safe("")


@register.simple_tag
def rail_groups(actor: Actor | None) -> list[rail.Group]:
    """Return the groups of places that the actor may open."""
    return rail.rail_of(actor)


@register.simple_tag
def rail_search(actor: Actor | None) -> str:
    """Return where the search of the bar goes."""
    return rail.search_url(actor)


@register.simple_tag(takes_context=True)
def rail_count(context: Context, counts: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    """Return the number at a place of the rail: from the page, else from `rail_counts` of a context processor."""
    count = (counts or context.get("rail_counts") or {}).get(name)
    return {"value": count} if isinstance(count, int) and count else count or None


@register.filter
def role_name(actor: Actor) -> str | Promise:
    """Write the role of an actor."""
    return parties_texts.ROLES.get(actor.role, str(actor.role))


def _with(context: Context, **changes: Any) -> str:
    """Return the query of this page with some of its parts changed."""
    request = context.get("request")
    query = QueryDict(mutable=True) if request is None else request.GET.copy()
    for key, value in changes.items():
        query[key] = value
    return f"?{query.urlencode()}"
