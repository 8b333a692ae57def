"""Reading single values out of text: whole numbers, amounts, moments and countries, with every problem gathered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale

from homeward.kernel import Money
from homeward.orders.drafts import COUNTRIES, CURRENCIES, LARGEST_AMOUNT, Problem

_WHOLE = re.compile(r"[+-]?\d+(\.0+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_SPACE_BEFORE_ZONE = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")

_COUNTRY_BY_NAME = {name.lower(): code for code, name in Locale("en").territories.items() if code in COUNTRIES} | {
    "usa": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "england": "GB", "eire": "IE",
    "rsa": "ZA", "korea": "KR", "hong kong": "HK", "macau": "MO", "taiwan": "TW", "vietnam": "VN", "turkey": "TR",
    "czech republic": "CZ", "russian federation": "RU", "channel islands": "JE",
}  # fmt: skip


def is_whole(text: str) -> bool:
    """Whether the text is a whole number, as tables write it: 12, -3 or 12.0."""
    return bool(_WHOLE.fullmatch(text.strip()))


def is_amount(text: str) -> bool:
    """Whether the text is an amount, with a point or a comma before its cents."""
    return decimal(text, has_comma="," in text and "." not in text) is not None


def is_date(text: str) -> bool:
    """Whether the text is a date or a moment in ISO 8601."""
    return moment(text, zone="UTC") is not None


def decimal(text: str, *, has_comma: bool = False) -> Decimal | None:
    """Return the number that the text says, None where it says none; `has_comma`: cents stand after a comma."""
    text = text.strip()
    if has_comma:
        text = text.replace(".", "").replace(",", ".") if "," in text else text
    elif _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def clean(text: str) -> str:
    """Return the text without zero characters and halves of characters, which no database keeps."""
    text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


@lru_cache(maxsize=4096)
def moment(text: str, *, zone: str) -> datetime | None:
    """Return the moment in UTC that the text says, None where it says none; `zone` is where clocks without one hang."""
    text = _SPACE_BEFORE_ZONE.sub("", text.strip().removesuffix(" UTC"))
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=1024)
def country_code(text: str) -> str | None:
    """Return the ISO 3166 code of a country given by code or English name, None where there is no such country."""
    text = text.strip()
    return text.upper() if text.upper() in COUNTRIES else _COUNTRY_BY_NAME.get(text.lower())


class Fields:
    """One record's values by name, read one by one; what cannot be read becomes a problem and a harmless value."""

    def __init__(
        self, values: Mapping[str, Any], *, row: int = 1, raw: str = "", zone: str = "UTC", has_comma: bool = False,
        prefix: str = "",
    ) -> None:  # fmt: skip
        self.values, self.row, self.raw, self.zone, self.has_comma = values, row, clean(raw), zone, has_comma
        self.prefix = prefix
        self.problems: list[Problem] = []

    def inside(self, values: Mapping[str, Any], name: str) -> Fields:
        """Return the fields of a record inside this one; their problems are gathered here."""
        inner = Fields(
            values, row=self.row, raw=self.raw, zone=self.zone, has_comma=self.has_comma, prefix=f"{self.prefix}{name}."
        )
        inner.problems = self.problems
        return inner

    def wrong(self, name: str, code: str, **facts: Any) -> None:
        """Note that the value called `name` is wrong, once however often it is read."""
        if any((one.field, one.code) == (self.prefix + name, code) for one in self.problems):
            return
        self.problems.append(
            Problem(self.row, self.prefix + name, code, facts, raw=self.raw, rows=0 if self.problems else 1)
        )

    def text(self, name: str, *, needed: bool = False) -> str:
        """Return a text, trimmed; nothing where there is none."""
        value = self.values.get(name)
        text = "" if value is None else clean(str(value)).strip()
        if needed and not text:
            self.wrong(name, "missing")
        return text

    def whole(self, name: str, *, needed: bool = False) -> int:
        """Return a whole number, 0 where there is none."""
        text = self.text(name, needed=needed)
        if not text:
            return 0
        if not is_whole(text) or len(text) > 15:
            self.wrong(name, "not_a_number", value=text[:60])
            return 0
        return int(Decimal(text))

    def amount(self, name: str, currency: str, *, needed: bool = False) -> int:
        """Return an amount in minor units of `currency`, 0 where there is none; what is finer is rounded."""
        text = self.text(name, needed=needed)
        if not text or currency not in CURRENCIES:
            return 0
        number = decimal(text, has_comma=self.has_comma)
        if number is None or abs(number) > LARGEST_AMOUNT:
            self.wrong(name, "not_an_amount", value=text[:60], currency=currency)
            return 0
        return Money.rounded(number, currency).minor

    def moment(self, name: str, *, needed: bool = False) -> datetime | None:
        """Return a moment in UTC, None where there is none."""
        text = self.text(name, needed=needed)
        found = moment(text, zone=self.zone) if text else None
        if text and found is None:
            self.wrong(name, "not_a_date", value=text[:60])
        return found

    def country(self, name: str) -> str:
        """Return a country's code, nothing where there is none."""
        text = self.text(name)
        code = country_code(text) if text else ""
        if code is None:
            self.wrong(name, "unknown_country", value=text[:60])
            return ""
        return code

    def currency(self, name: str) -> str:
        """Return a currency's code; it is needed."""
        code = self.text(name, needed=True).upper()
        if code and code not in CURRENCIES:
            self.wrong(name, "unknown_currency", value=code[:60])
        return code

    def email(self, name: str) -> str:
        """Return an e-mail address in lower case, nothing where there is none or it is not one."""
        text = self.text(name).lower()
        return text if "@" in text and " " not in text and len(text) <= 254 else ""
