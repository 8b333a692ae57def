"""Formats: money, dates, spans and countries as a reader's language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from homeward.kernel import Money, formats

DAY = date(2026, 12, 1)
AT = datetime(2026, 12, 1, 14, 2, 7, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("language", "words", "heavy"),
    [("en", "red, blue", "red; blue"), ("fr", "red, blue", "red; blue"), ("zh-hans", "red、blue", "red；blue"),
     ("ja", "red、blue", "red；blue")],
)  # fmt: skip
def test_words_are_set_apart_as_a_language_does(language: str, words: str, heavy: str) -> None:
    assert formats.words_in(("red", "blue"), language) == words
    assert formats.words_in(("red", "blue"), language, heavy=True) == heavy
    assert formats.words_in((), language) == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "13 days 4 hr"), ("de", "13 Tg. 4 Std."), ("zh-hans", "13天4小时"), ("ja", "13 日 4 時間")],
)
def test_a_span_is_told_by_its_two_largest_units(language: str, words: str) -> None:
    assert formats.span_in(timedelta(days=13, hours=4, minutes=59), language) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 sec"),
        (timedelta(seconds=59), "59 sec"),
        (timedelta(minutes=-12), "12 min"),
        (timedelta(days=1, seconds=5), "1 day"),
    ],
)
def test_a_span_leaves_out_what_is_nothing(span: timedelta, words: str) -> None:
    assert formats.span_in(span, "en") == words


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("day", "Tue 1 December"),
        ("brief", "Tue 1 Dec"),
        ("short", "1 Dec"),
        ("date", "1 December 2026"),
        ("long", "Tuesday 1 December 2026"),
    ],
)
def test_a_day_has_five_styles(style: str, words: str) -> None:
    assert formats.day_in(DAY, "en", style) == words


def test_another_style_of_day_is_an_error() -> None:
    with pytest.raises(ValueError, match="fancy"):
        formats.day_in(DAY, "en", "fancy")


def test_a_moment_that_the_law_counts_names_its_second_and_its_zone() -> None:
    assert formats.moment_in(AT, "en", "exact") == "1 December 2026, 14:02:07 (Paris)"
    assert formats.moment_in(AT, "ja", "exact") == "2026年12月1日 14:02:07 (パリ)"
    assert formats.moment_in(AT.astimezone(UTC), "en", "exact") == "1 December 2026, 13:02:07 (UTC)"


def test_signs_of_several_currencies_are_spelled_where_it_matters() -> None:
    assert formats.money_in(Money(100, "USD"), "de") == "1,00\xa0$"
    assert formats.money_in(Money(100, "USD"), "de", clear=True) == "1,00\xa0US$"
    assert formats.money_in(Money(100, "EUR"), "de", clear=True) == "1,00\xa0€"


def test_a_language_that_nobody_knows_is_read_as_english() -> None:
    assert formats.country_in("DE", "xx-yy") == "Germany"
    assert formats.country_in("ZZX", "de") == "ZZX"
    assert formats.number_in(-1234.5, "en") == "−1,234.5"


def test_a_region_keeps_the_words_of_its_language() -> None:
    assert formats.country_in("DE", "fr-CA") == "Allemagne"
    assert formats.ago_in(AT - timedelta(minutes=5), "zh-CN", at=AT) == "5分钟前"
