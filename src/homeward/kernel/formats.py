"""Money, dates, spans and countries in the words of a reader's language, for pages, mails and documents alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_timezone_location
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from babel.units import format_unit

from homeward.kernel.money import Money

_LOCALES = {"zh": "zh_Hans", "zh-hans": "zh_Hans", "zh-cn": "zh_Hans", "zh-hant": "zh_Hant", "zh-tw": "zh_Hant"}

# One sign for several currencies: how each is written where a page holds two of them.
_CLEAR = {
    "CNY": "CN¥", "JPY": "JP¥", "USD": "US$", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "HKD": "HK$", "SGD": "S$",
    "TWD": "NT$", "MXN": "MX$", "BRL": "R$",
}  # fmt: skip

# A weekday, a day and a month in words: CLDR has no such skeleton in every language.
_DAY = {
    "en": "EEE d MMMM", "de": "EEE d. MMMM", "fr": "EEE d MMMM", "es": "EEE d 'de' MMMM", "it": "EEE d MMMM",
    "pt": "EEE d 'de' MMMM", "zh": "M月d日EEE", "ja": "M月d日(EEE)",
}  # fmt: skip

_STEPS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Return the locale data for a language tag such as "zh-hans" or "en"; an unknown one is read as English."""
    tag = language.lower().replace("_", "-")
    for wish in (_LOCALES.get(tag, tag), tag.split("-")[0]):
        try:
            return Locale.parse(wish.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def _calendar(language: str) -> Locale:
    """Return the locale for dates: English without a region puts the day first, which nobody misreads in words."""
    locale = locale_of(language)
    return Locale.parse("en_GB") if locale.language == "en" and locale.territory is None else locale


def money_in(amount: Money, language: str, *, clear: bool = False) -> str:
    """Return `amount` as `language` writes it: "€49.90", "49,90 €", "¥8,980", "KWD 1.234".

    `clear` spells signs that several currencies share (CN¥, JP¥, US$), for pages that hold two of them.
    """
    locale = locale_of(language)
    text = format_currency(amount.decimal, amount.currency, locale=locale)
    if clear and (spelled := _CLEAR.get(amount.currency)):
        text = text.replace(get_currency_symbol(amount.currency, locale), spelled)
    text = re.sub(rf"({amount.currency})(?=\d)", "\\1\N{NO-BREAK SPACE}", text)
    return text.replace("-", "\N{MINUS SIGN}")


def number_in(value: int | float | Decimal, language: str) -> str:
    """Return `value` with the separators of `language`."""
    return format_decimal(value, locale=locale_of(language)).replace("-", "\N{MINUS SIGN}")


def day_in(day: date, language: str, style: str = "day") -> str:
    """Return `day` in words: `style` is "day" (Tue 1 December), "brief" (Tue 1 Dec), "short" (1 Dec), "date"
    (1 December 2026) or "long" (Tuesday 1 December 2026).

    :raises ValueError: for another style.
    """
    locale = _calendar(language)
    if style == "day":
        pattern = _DAY.get(locale.language)
        return format_date(day, pattern, locale=locale) if pattern else format_skeleton("MMMEd", day, locale=locale)
    if style == "brief":
        return format_skeleton("MMMEd", day, locale=locale)
    if style == "short":
        return format_skeleton("MMMd", day, locale=locale)
    if style == "date":
        return format_date(day, "long", locale=locale)
    if style == "long":
        return format_date(day, "EEEE d MMMM y" if locale.language == "en" else "full", locale=locale)
    raise ValueError(f"no such style of date: {style!r}")


def time_in(at: datetime, language: str, *, seconds: bool = False) -> str:
    """Return the time of day of `at`, in 24 hours and the zone that `at` carries."""
    return format_time(at, "HH:mm:ss" if seconds else "HH:mm", tzinfo=at.tzinfo, locale=_calendar(language))


def moment_in(at: datetime, language: str, style: str = "day") -> str:
    """Return a day and its time: `style` as in `day_in`, or "exact" (1 December 2026, 14:02:07 (Paris))."""
    is_exact = style == "exact"
    day = day_in(at.date(), language, "date" if is_exact else style)
    comma = " " if locale_of(language).language in {"zh", "ja"} else ", "
    zone = f" ({zone_in(at, language)})" if is_exact else ""
    return f"{day}{comma}{time_in(at, language, seconds=is_exact)}{zone}"


def zone_in(at: datetime, language: str) -> str:
    """Return the city that names the zone of `at` ("Paris"), for moments that the law counts."""
    key = getattr(at.tzinfo, "key", "UTC")
    return key if "/" not in key else get_timezone_location(at, locale=locale_of(language), return_city=True)


def words_in(words: Iterable[object], language: str, *, heavy: bool = False) -> str:
    """Return words one after another as `language` sets them apart: "red, blue", "红、蓝".

    `heavy` parts ones that hold commas themselves: "red, old; blue, new".
    """
    mark = comma_in(language)
    if heavy:
        mark = "；" if mark == "、" else "; "
    return mark.join(str(word) for word in words)


def comma_in(language: str) -> str:
    """Return what stands between the words of a list: "、" in Chinese and Japanese, else a comma and a blank."""
    return "、" if locale_of(language).language in {"zh", "ja"} else ", "


def span_in(span: timedelta, language: str, *, parts: int = 2) -> str:
    """Return a length of time by its `parts` largest units: "13 days 4 hr", "4 min 10 sec"; signs do not matter."""
    rest, locale = abs(int(span.total_seconds())), locale_of(language)
    words: list[str] = []
    for unit, seconds in _STEPS:
        count, rest = divmod(rest, seconds)
        if count or (unit == "second" and not words):
            words.append(format_unit(count, f"duration-{unit}", length="short", locale=locale))
        elif words:
            break
        if len(words) == parts:
            break
    return ("" if locale.language == "zh" else " ").join(words)


def ago_in(then: datetime, language: str, *, at: datetime) -> str:
    """Return how far `then` lies from `at`: "4 minutes ago", "in 2 hours"."""
    return format_timedelta(then - at, add_direction=True, locale=locale_of(language))


def country_in(code: str, language: str) -> str:
    """Return the name of a country in `language`; an unknown code stays as it is."""
    return locale_of(language).territories.get(code.upper(), code)
