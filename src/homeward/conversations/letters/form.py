"""The form of a letter: a subject and blocks of words, set as plain text or as HTML."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from homeward.kernel import Money, formats

_WIDTH = 76
_BREAKS = re.compile(r"[\r\n\t\x0b\x0c]+")  # what would end a header; no-break spaces of amounts stay


@dataclass(frozen=True, slots=True)
class Item:
    """Some units of a thing, by the name it bore when it was bought."""

    title: str
    quantity: int

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


@dataclass(frozen=True, slots=True)
class Source:
    """A clause as a reader sees it: its citation, what it says in a plain sentence, and who speaks in it."""

    citation: str
    sentence: str = ""
    layer: str = "statute"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Who writes to whom, about what, and in whose words and days."""

    merchant: str
    language: str
    zone: str = "UTC"
    shopper: str = ""
    number: str = ""
    order: str = ""
    items: tuple[Item, ...] = ()
    link: str = ""
    is_answered: bool = False  # whether a reply to this mail reaches a person

    def day(self, moment: datetime | date, style: str = "day") -> str:
        """Return the reader's own day of a moment, in words."""
        day = moment.astimezone(ZoneInfo(self.zone)).date() if isinstance(moment, datetime) else moment
        return formats.day_in(day, self.language, style)

    def time(self, moment: datetime, *, seconds: bool = False) -> str:
        """Return the reader's own time of day of a moment."""
        return formats.time_in(moment.astimezone(ZoneInfo(self.zone)), self.language, seconds=seconds)

    def place(self, moment: datetime) -> str:
        """Return the city after which the reader's clock is named."""
        return formats.zone_in(moment.astimezone(ZoneInfo(self.zone)), self.language)

    def money(self, amount: Money) -> str:
        """Return an amount as the reader writes it."""
        return formats.money_in(amount, self.language)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `head` makes it a heading."""

    words: str
    head: bool = False
    kind = "text"

    def lines(self) -> Iterator[str]:
        """Yield the paragraph as plain lines."""
        yield from _wrapped(self.words)
        if self.head:
            yield "-" * min(_WIDTH, _columns(self.words))


@dataclass(frozen=True, slots=True)
class Items:
    """A list of things or sentences."""

    entries: tuple[str, ...]
    kind = "items"

    def lines(self) -> Iterator[str]:
        """Yield one entry a line."""
        for entry in self.entries:
            yield from _wrapped(entry, first="- ", rest="  ")


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values."""

    rows: tuple[tuple[str, str], ...]
    kind = "facts"

    def lines(self) -> Iterator[str]:
        """Yield one fact a line."""
        for name, value in self.rows:
            yield from _wrapped(_named(name, value), rest="  ")


@dataclass(frozen=True, slots=True)
class Sum:
    """An itemized amount: rows of label, amount and ground (may be empty), and the total last."""

    rows: tuple[tuple[str, str, str], ...]
    total: tuple[str, str]
    kind = "sum"

    def lines(self) -> Iterator[str]:
        """Yield the rows as a receipt, amounts at the right edge."""
        for label, amount, ground in self.rows:
            yield _receipt(label, amount)
            if ground:
                yield from _wrapped(ground, first="    ", rest="    ")
        yield "-" * _WIDTH
        yield _receipt(*self.total)


@dataclass(frozen=True, slots=True)
class Cites:
    """The sources of a decision."""

    sources: tuple[Source, ...]
    kind = "cites"

    def lines(self) -> Iterator[str]:
        """Yield each citation with its sentence below."""
        for source in self.sources:
            yield from _wrapped(source.citation, first="* ", rest="  ")
            if source.sentence:
                yield from _wrapped(source.sentence, first="  ", rest="  ")


@dataclass(frozen=True, slots=True)
class Quote:
    """Someone's own words, verbatim; `language` where it is known."""

    words: str
    language: str = ""
    kind = "quote"

    def lines(self) -> Iterator[str]:
        """Yield the words behind quotation marks of mail."""
        for line in self.words.splitlines() or [""]:
            yield from _wrapped(line, first="> ", rest="> ") if line.strip() else (">",)


@dataclass(frozen=True, slots=True)
class Code:
    """A number to be read out or typed in."""

    label: str
    value: str
    kind = "code"

    def lines(self) -> Iterator[str]:
        """Yield label and value."""
        yield _named(self.label, self.value)


@dataclass(frozen=True, slots=True)
class Button:
    """A link to act upon."""

    label: str
    url: str
    kind = "button"

    def lines(self) -> Iterator[str]:
        """Yield the label and, alone on its line, the address."""
        yield _("%(label)s:") % {"label": self.label}
        yield self.url


Block = Text | Items | Facts | Sum | Cites | Quote | Code | Button


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says."""

    subject: str
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", _BREAKS.sub(" ", self.subject).strip()[:200])


Writer = Callable[..., Letter]


def plain(letter: Letter, about: About) -> str:
    """Return the letter as text, for readers and machines that want no HTML."""
    parts = ["\n".join(block.lines()) for block in _whole(letter, about)]
    return "\n\n".join(parts) + "\n\n-- \n" + "\n".join(_foot(about)) + "\n"


def html(letter: Letter, about: About) -> str:
    """Return the letter as one HTML page without scripts, pictures or outside addresses of our own."""
    return render_to_string(
        "notices/letter.html",
        {"letter": letter, "blocks": _whole(letter, about), "foot": _foot(about), "about": about},
    )


def _whole(letter: Letter, about: About) -> list[Block]:
    hello = _("Hello %(name)s,") % {"name": about.shopper} if about.shopper else _("Hello,")
    return [Text(hello), *letter.blocks]


def _foot(about: About) -> list[str]:
    lines = [about.merchant]
    if about.number and about.order:
        lines.append(_("Return %(number)s of order %(order)s") % {"number": about.number, "order": about.order})
    elif about.order:
        lines.append(_("Order %(order)s") % {"order": about.order})
    if about.is_answered:
        lines.append(_("Answer this mail to reach a person."))
    return lines


def _named(name: str, value: str) -> str:
    return _("%(name)s: %(value)s") % {"name": name, "value": value}


def _columns(text: str) -> int:
    """Return how many columns a text takes; Han, kana and full-width signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    """Return a text on lines of mail width; a text without blanks to break at stays whole."""
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [first.rstrip()]


def _receipt(label: str, amount: str) -> str:
    gap = max(2, _WIDTH - _columns(label) - _columns(amount))
    return label + " " * gap + amount
