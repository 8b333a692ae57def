"""Reading the texts of the house: those in its Python and templates, and what each catalog makes of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.house.reading import PACKAGE, PROJECT, calls, house, is_text

LOCALE = PROJECT / PACKAGE / "locale"
LANGUAGES = {"zh_Hans": 1, "de": 2, "fr": 2, "ja": 1}  # folder → how many plural forms it has
TRANSLATION = "django.utils.translation."
_LITERAL = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL = re.compile(rf"\b(?:n|p|np)?gettext\((?:{_LITERAL},? ?)+|\b_\({_LITERAL}")
PLACEHOLDER = re.compile(r"%\((\w+)\)([a-z])")


@dataclass(frozen=True, order=True)
class Text:
    """One text as translators meet it: what it says, in the plural too, and the context that tells it from others."""

    says: str
    plural: str = ""
    context: str = ""

    @property
    def placeholders(self) -> set[str]:
        """The names of values that are filled in."""
        return placeholders(self.says) | placeholders(self.plural)


@dataclass(frozen=True)
class Translated:
    """A text with its forms in one language."""

    text: Text
    forms: tuple[str, ...]
    is_fuzzy: bool

    def __str__(self) -> str:
        return f"{self.text.says!r} → {' | '.join(self.forms)!r}"


def placeholders(words: str) -> set[str]:
    """Return the names of the values in a text, each with its kind."""
    return {f"{name}:{kind}" for name, kind in PLACEHOLDER.findall(words)}


@cache
def texts_of_the_house() -> frozenset[Text]:
    """Return every text that the code hands to translators."""
    return frozenset([*_of_python(), *_of_templates()])


def _of_python() -> Iterator[Text]:
    for source in house():
        for call in calls(source):
            name = source.origin(call.func)
            if not name.startswith(TRANSLATION) or not name.removesuffix("_lazy").endswith("gettext"):
                continue
            kind = name.removeprefix(TRANSLATION).removesuffix("_lazy")
            yield _text(kind, [str(getattr(part, "value", "")) for part in call.args if is_text(part)])


def _of_templates() -> Iterator[Text]:
    for file in templates():
        yield from texts_in(file.read_text(encoding="utf-8"), str(file))


def templates() -> list[Path]:
    """Return every template of the house."""
    return sorted(file for file in (PROJECT / PACKAGE).rglob("templates/**/*") if file.suffix in {".html", ".txt"})


def texts_in(template: str, origin: str = "") -> Iterator[Text]:
    """Yield the texts of a template, as Django itself would hand them to gettext."""
    for found in CALL.finditer(templatize(template, origin=origin)):
        call = ast.parse(found.group().rstrip(", ") + ")", mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Name)
        yield _text(call.func.id, [part.value for part in call.args if is_text(part)])


def _text(kind: str, parts: list[str]) -> Text:
    match kind:
        case "ngettext":
            return Text(parts[0], parts[1])
        case "pgettext":
            return Text(parts[1], context=parts[0])
        case "npgettext":
            return Text(parts[1], parts[2], parts[0])
        case _:
            return Text(parts[0])


@cache
def catalog(language: str) -> Catalog:
    """Return the catalog of a language as its file has it."""
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


@cache
def translated(language: str) -> tuple[Translated, ...]:
    """Return all texts of a catalog with their translations."""
    return tuple(_translated(message) for message in catalog(language) if message.id)


def _translated(message: Message) -> Translated:
    is_plural = not isinstance(message.id, str)
    says, plural = (message.id[0], message.id[1]) if is_plural else (message.id, "")
    forms = tuple(message.string) if is_plural else (message.string,)
    return Translated(Text(says, plural, message.context or ""), forms, message.fuzzy)
