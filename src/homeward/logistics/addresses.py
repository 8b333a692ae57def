"""Postal addresses, and the order of their lines as the post of each country wants it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError

from homeward.kernel import LOCALES

_HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

# Where the town's line differs from "postcode town". `{region}` may be empty; spare blanks and commas are dropped.
_TOWN_LINES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("US", "CA", "AU", "IN"), ("{city}, {region} {postcode}",)),
    **dict.fromkeys(("GB", "GG", "JE", "IM", "IE"), ("{city}", "{region}", "{postcode}")),
    **dict.fromkeys(("JP", "CN", "KR", "TW"), ("{city}, {region} {postcode}",)),
    **dict.fromkeys(("HK", "AE", "SG", "NZ"), ("{city} {postcode}", "{region}")),
    **dict.fromkeys(("IT", "ES"), ("{postcode} {city} {region}",)),
    "BR": ("{city} - {region}", "{postcode}"),
}
_LARGE_TO_SMALL = frozenset({"CN", "JP", "TW", "HK", "MO"})  # when written in their own script


@dataclass(frozen=True, slots=True)
class Address:
    """Someone's postal address; `country` is an ISO 3166-1 alpha-2 code.

    Without city and postcode the lines of `street` are taken to be complete and in order.
    """

    name: str
    street: tuple[str, ...] = ()
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""
    company: str = ""
    phone: str = ""

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], *, name: str = "", postcode: str = "", country: str = "") -> Address:
        """Return the address that a stored or imported mapping tells, whatever it calls its parts.

        The keywords fill what the mapping lacks; `country` also stands in for a country that is told by name.
        """

        def first(*keys: str) -> str:
            return next((str(data[key]).strip() for key in keys if data.get(key)), "")

        numbered = [first("address1", "address_1"), first("address2", "address_2")]
        street = data.get("street") or data.get("lines") or numbered
        rows = street.splitlines() if isinstance(street, str) else [str(row).strip() for row in street]
        code = first("country_code", "country").upper()
        return cls(
            name=first("name") or " ".join(filter(None, (first("first_name"), first("last_name")))) or name,
            street=tuple(row for row in rows if row),
            city=first("city", "town"),
            postcode=first("postcode", "zip", "postal_code") or postcode,
            region=first("region", "province_code", "province", "state"),
            country=code if len(code) == 2 else country,
            company=first("company"),
            phone=first("phone"),
        )

    @property
    def script(self) -> str:
        """The language whose Han glyphs this address needs: "ja", "zh-hans" or nothing."""
        if not _HAN_OR_KANA.search(" ".join((self.name, self.company, *self.street, self.city, self.region))):
            return ""
        return "ja" if self.country == "JP" else "zh-hans"

    def lines(self, *, language: str = "", seen_from: str = "") -> list[str]:
        """Return the lines to print, the country last and in `language` unless the post stays in `seen_from`."""
        country = [] if not self.country or self.country == seen_from else [country_line(self.country, language)]
        if self.country in _LARGE_TO_SMALL and self.script and (self.city or self.postcode):
            mark = "〒" if self.country == "JP" else ""
            place = "".join((self.region, self.city, *self.street))
            rows = [f"{mark}{self.postcode}" if self.postcode else "", place, self.company, self.name, *country]
            return [row for row in rows if row]
        parts = {"city": self.city, "region": self.region, "postcode": self.postcode}
        town = [
            _tidy(line.format(**parts)) for line in _TOWN_LINES.get(self.country, ("{postcode} {city}", "{region}"))
        ]
        return [row for row in (self.name, self.company, *self.street, *town, *country) if row]


def _tidy(line: str) -> str:
    return re.sub(r"\s+", " ", line).strip(" ,-")


@lru_cache(maxsize=2048)
def country_name(code: str, language: str) -> str:
    """Return the name of a country in a language, or its code where nobody has named it."""
    try:
        locale = Locale.parse((language or "en").replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    return locale.territories.get(code) or code


def without_country(lines: Sequence[str], code: str) -> tuple[str, ...]:
    """Return address lines without a last one that only names the country, in whatever language of ours."""
    names = {country_name(code, language).casefold() for language in LOCALES} | {code.casefold()}
    return tuple(lines[:-1]) if lines and lines[-1].strip().casefold() in names else tuple(lines)


def country_line(code: str, language: str) -> str:
    """Return the country as a last address line: in capitals, with its English name where the script is not Latin."""
    here, english = country_name(code, language).upper(), country_name(code, "en").upper()
    return here if here.isascii() or not _HAN_OR_KANA.search(here) else f"{here} / {english}"
