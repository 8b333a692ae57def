"""Zone rate cards: what a carrier charges from country to country by weight, size and kind of goods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from homeward.kernel import Money

ANYWHERE = "*"


class NoRateBecause(StrEnum):
    """Why a card has no price for a parcel."""

    NOT_VALID = "not_valid"
    NO_ZONE = "no_zone"
    TOO_HEAVY = "too_heavy"


class NoRate(LookupError):
    """A card does not price this parcel."""

    def __init__(self, because: NoRateBecause, service: str) -> None:
        super().__init__(f"{service}: {because}")
        self.because, self.service = because, service


@dataclass(frozen=True, slots=True)
class Zone:
    """Country pairs with one price list: rising `breaks` (grams, minor units); above the last, by kilo to `most_g`."""

    name: str
    origins: frozenset[str]
    destinations: frozenset[str]
    breaks: tuple[tuple[int, int], ...]
    per_kg_minor: int = 0
    most_g: int = 0

    def fits(self, from_country: str, to_country: str) -> int:
        """Return how well the pair fits: 0 not at all, 1 by wildcards, up to 4 for both countries by name."""
        for rank, pair in ((4, (from_country, to_country)), (3, (from_country, ANYWHERE)), (2, (ANYWHERE, to_country))):
            if pair[0] in self.origins and pair[1] in self.destinations:
                return rank
        return 1 if ANYWHERE in self.origins and ANYWHERE in self.destinations else 0

    def base(self, grams: int) -> int | None:
        """Return the price in minor units for `grams`, or None where the list ends below."""
        for up_to, price in self.breaks:
            if grams <= up_to:
                return price
        top, price = self.breaks[-1]
        if self.per_kg_minor and grams <= self.most_g:
            return price + -(-(grams - top) // 1000) * self.per_kg_minor
        return None


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What comes on top, for a trait or for all: hundredths of a percent of the base, or a fixed sum."""

    name: str
    percent: int = 0
    fixed_minor: int = 0
    trait: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The prices of one service of one carrier, valid from a day to a day (both included; None is open)."""

    carrier: str
    service: str
    currency: str
    valid_from: date
    valid_to: date | None = None
    volume_divisor: int = 0  # cubic centimeters that count as a kilogram; 0 where size does not matter
    zones: tuple[Zone, ...] = ()
    surcharges: tuple[Surcharge, ...] = ()
    is_sample: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the part of the card that `RateCard.rows` keeps."""
        return {
            "volume_divisor": self.volume_divisor,
            "zones": [
                {
                    "name": zone.name, "from": sorted(zone.origins), "to": sorted(zone.destinations),
                    "breaks": [list(pair) for pair in zone.breaks], "per_kg": zone.per_kg_minor, "most_g": zone.most_g,
                }
                for zone in self.zones
            ],
            "surcharges": [
                {"name": one.name, "percent": one.percent, "fixed": one.fixed_minor, "trait": one.trait}
                for one in self.surcharges
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, rows: Mapping[str, Any], **columns: Any) -> Card:
        """Return the card that `to_json` took apart; `columns` are carrier, service, currency and validity."""
        return cls(
            volume_divisor=rows["volume_divisor"],
            zones=tuple(
                Zone(
                    row["name"], frozenset(row["from"]), frozenset(row["to"]),
                    tuple((grams, price) for grams, price in row["breaks"]), row["per_kg"], row["most_g"],
                )
                for row in rows["zones"]
            ),
            surcharges=tuple(Surcharge(r["name"], r["percent"], r["fixed"], r["trait"]) for r in rows["surcharges"]),
            **columns,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of one parcel: base by billable weight, and what comes on top."""

    carrier: str
    service: str
    zone: str
    billable_g: int
    base: Money
    surcharges: tuple[tuple[str, Money], ...] = ()

    @property
    def total(self) -> Money:
        """Base and surcharges together."""
        return Money.total((self.base, *(amount for _, amount in self.surcharges)), self.base.currency)


def volumetric_g(size_mm: tuple[int, int, int], divisor: int) -> int:
    """Return the grams that a box counts for by its size: cubic centimeters over the divisor, in started grams."""
    length, width, height = size_mm
    return -(-length * width * height // divisor) if divisor else 0


def price(
    card: Card,
    *,
    from_country: str,
    to_country: str,
    weight_g: int,
    on: date,
    size_mm: tuple[int, int, int] | None = None,
    traits: Iterable[str] = (),
) -> Quote:
    """Return what `card` asks for a parcel on a day.

    :raises NoRate: if the card is not valid then, knows no such pair of countries, or ends below the weight.
    """
    if on < card.valid_from or (card.valid_to and on > card.valid_to):
        raise NoRate(NoRateBecause.NOT_VALID, card.service)
    zone = max(card.zones, key=lambda one: one.fits(from_country, to_country), default=None)
    if zone is None or not zone.fits(from_country, to_country):
        raise NoRate(NoRateBecause.NO_ZONE, card.service)
    grams = max(weight_g, 1, volumetric_g(size_mm, card.volume_divisor) if size_mm else 0)
    base_minor = zone.base(grams)
    if base_minor is None:
        raise NoRate(NoRateBecause.TOO_HEAVY, card.service)
    base, present = Money(base_minor, card.currency), {"", *traits}
    added = tuple(
        (one.name, base.percent(one.percent) + Money(one.fixed_minor, card.currency))
        for one in card.surcharges
        if one.trait in present
    )
    return Quote(card.carrier, card.service, zone.name, grams, base, added)
