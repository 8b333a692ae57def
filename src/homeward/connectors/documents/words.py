"""The words on documents: one file per language beside the templates, to be proofread together with the setting.

A document speaks the language of the person who will hold it, not that of whoever asked for it to be printed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

FOLDER = Path(__file__).parent / "words"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
_BABEL = {"zh-hans": "zh_Hans", "en": "en_GB"}  # day before month, as on the pages
_TYPST = {"zh-hans": ("zh", "cn")}


def language_of(tag: str) -> str:
    """Return the language among ours that is nearest to a tag such as "zh-CN" or "de-AT"; English where none is."""
    wish = tag.lower().replace("_", "-")
    if wish in LANGUAGES:
        return wish
    base = wish.split("-", maxsplit=1)[0]
    if base == "zh":
        return "zh-hans"
    return base if base in LANGUAGES else "en"


@lru_cache
def phrases(language: str) -> Mapping[str, Any]:
    """Return all phrases of a language, placeholders unfilled."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def filled(language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return all phrases of a language with `values` in their places."""

    def fill(phrase: Any) -> Any:
        match phrase:
            case str():
                return phrase % values if "%(" in phrase else phrase
            case list():
                return [fill(one) for one in phrase]
            case _:
                return {key: fill(one) for key, one in phrase.items()}

    return fill(phrases(language))


def typst_language(language: str) -> tuple[str, str | None]:
    """Return language and region as Typst wants them."""
    return _TYPST.get(language, (language, None))


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(_BABEL.get(language, language))


def day(when: date, language: str) -> str:
    """Return a date in words with its weekday."""
    words = format_date(when, "full", locale=_locale(language))
    if language == "fr" and when.day == 1:
        return words.replace(" 1 ", " 1er ", 1)
    return words.replace(",", "") if language == "en" else words


def short_day(when: date, language: str) -> str:
    """Return a date in few letters that cannot be misread abroad."""
    return when.isoformat() if language in {"ja", "zh-hans"} else format_date(when, "d MMM y", locale=_locale(language))


def kilograms(grams: int, language: str) -> str:
    """Return a weight in kilograms with at most two decimals, never below 0.01."""
    return f"{format_decimal(max(grams, 10) / 1000, '#,##0.##', locale=_locale(language))} kg"
