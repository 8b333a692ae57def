"""Which way back: the centers that may take the goods, what each way costs, and why one of them was chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeward.kernel import Money
from homeward.logistics.rates import Quote

ASSUMED_UNIT_G = 500  # where neither shop nor catalog knows the weight of a unit


class Kind(StrEnum):
    """Kinds of return centers, in the order in which they are preferred when all else is equal."""

    WAREHOUSE = "warehouse"  # the merchant's own, at home
    OVERSEAS = "overseas"  # the merchant's own, near the shopper
    CENTER = "center"  # a return center of the operator
    HUB = "hub"  # collects parcels of a region and sends them on together
    SHOP = "shop"  # a shop that takes parcels in
    THIRD_PARTY = "third_party"


class Refusal(StrEnum):
    """Why a center does not come into question."""

    CLOSED = "closed"
    COUNTRY = "country"
    GOODS = "goods"


class Because(StrEnum):
    """Why a center was chosen."""

    ONLY_ONE = "only_one"
    CHEAPEST = "cheapest"
    CHEAPEST_FOR_SHOPPER = "cheapest_for_shopper"
    SAME_COUNTRY = "same_country"
    OWN = "own"
    NONE_FITS = "none_fits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A return center as the choice sees it. No countries in `serves` means all; `handling` is per unit."""

    ref: str
    name: str
    kind: str
    country: str
    handling: Money
    serves: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()
    is_open: bool = True

    def refusal(self, origin: str, traits: frozenset[str]) -> Refusal | None:
        """Return why this place does not take such goods from there, or None if it does."""
        if not self.is_open:
            return Refusal.CLOSED
        if self.serves and origin not in self.serves:
            return Refusal.COUNTRY
        if self.refuses & traits:
            return Refusal.GOODS
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Units of one return line. `value` is what they fetch once they are back, not what was paid."""

    line: int
    quantity: int
    unit_g: int = 0
    traits: frozenset[str] = frozenset()
    value: Money | None = None

    @property
    def grams(self) -> int:
        """Weight of all units, assumed where nobody knows it."""
        return self.quantity * (self.unit_g or ASSUMED_UNIT_G)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of the cost table: a place, and either why not or what the way there costs."""

    place: Place
    refusal: Refusal | None = None
    quote: Quote | None = None
    freight: Money | None = None
    handling: Money | None = None

    @property
    def cost(self) -> Money | None:
        """Freight and handling, or None where the freight is not known."""
        return None if self.freight is None or self.handling is None else self.freight + self.handling


@dataclass(frozen=True, slots=True)
class Route:
    """Where some loads go, why, and what else was looked at. `keep_hint`: the way costs more than the goods fetch."""

    loads: tuple[Load, ...]
    chosen: Candidate | None
    because: Because
    candidates: tuple[Candidate, ...]
    keep_hint: bool = False

    @property
    def grams(self) -> int:
        """Weight of the parcel."""
        return sum(load.grams for load in self.loads)

    def to_json(self) -> dict[str, Any]:
        """Return what `Parcel.route` keeps: the cost table and the reason, amounts in minor units."""
        return {
            "center": self.chosen.place.ref if self.chosen else None,
            "because": self.because,
            "keep_hint": self.keep_hint,
            "weight_is_assumed": any(not load.unit_g for load in self.loads),
            "candidates": [
                {
                    "center": one.place.ref, "name": one.place.name, "country": one.place.country,
                    "refusal": one.refusal, "service": one.quote.service if one.quote else None,
                    "freight": one.freight.minor if one.freight is not None else None,
                    "handling": one.handling.minor if one.handling is not None else None,
                    "cost": one.cost.minor if one.cost is not None else None,
                }
                for one in self.candidates
            ],
        }  # fmt: skip


Pricing = Callable[[Place, int, frozenset[str]], Quote | None]
Exchange = Callable[[Money, str], Money | None]


def in_one_currency(amount: Money, currency: str) -> Money | None:
    """Return `amount` if it is of `currency`: the exchange of those who have no rates."""
    return amount if amount.currency == currency else None


def candidates(
    loads: Sequence[Load],
    places: Iterable[Place],
    *,
    origin: str,
    currency: str,
    pricing: Pricing,
    exchange: Exchange = in_one_currency,
) -> tuple[Candidate, ...]:
    """Return every place with its refusal or its costs in `currency`, in the order of `places`."""
    traits = frozenset().union(*(load.traits for load in loads))
    grams, units = sum(load.grams for load in loads), sum(load.quantity for load in loads)
    rows = []
    for place in places:
        refusal = place.refusal(origin, traits)
        if refusal:
            rows.append(Candidate(place, refusal))
            continue
        quote = pricing(place, grams, traits)
        freight = exchange(quote.total, currency) if quote else None
        rows.append(Candidate(place, None, quote, freight, exchange(place.handling * units, currency)))
    return tuple(rows)


def choose(
    loads: Sequence[Load],
    places: Iterable[Place],
    *,
    origin: str,
    currency: str,
    payer: str,
    pricing: Pricing,
    exchange: Exchange = in_one_currency,
) -> Route:
    """Return the way for loads that travel together.

    The seller who pays looks at freight and handling together; where the shopper pays, the freight alone decides,
    because handling is no cost of theirs. What cannot be priced comes after what can. Then the shopper's own country
    goes first, then the order of `Kind`, then the ref, so that the same question always gets the same answer. The
    keep hint compares what the seller would pay with what the goods fetch.
    """
    table = candidates(loads, places, origin=origin, currency=currency, pricing=pricing, exchange=exchange)
    open_ones = [one for one in table if one.refusal is None]
    if not open_ones:
        return Route(tuple(loads), None, Because.NONE_FITS, table)
    for_shopper = payer == "shopper"
    ranked = sorted(open_ones, key=lambda one: _rank(one, origin, for_shopper=for_shopper))
    best = ranked[0]
    worth = [exchange(load.value, currency) for load in loads if load.value is not None]
    known = len(worth) == len(loads) and all(value is not None for value in worth)
    value = Money.total((one for one in worth if one is not None), currency) if known else None
    own_cost = best.handling if for_shopper else best.cost
    keep = own_cost is not None and value is not None and own_cost >= value
    return Route(tuple(loads), best, _because(ranked, origin, for_shopper=for_shopper), table, keep)


def plan(
    loads: Sequence[Load],
    places: Sequence[Place],
    *,
    origin: str,
    currency: str,
    payer: str,
    pricing: Pricing,
    exchange: Exchange = in_one_currency,
) -> tuple[Route, ...]:
    """Return the ways back for all loads: one parcel if one place takes everything, else one per place.

    Loads that nobody takes share a last route without a place; a person decides about them.
    """
    ask: dict[str, Any] = {
        "origin": origin, "currency": currency, "payer": payer, "pricing": pricing, "exchange": exchange,
    }  # fmt: skip
    together = choose(loads, places, **ask)
    if together.chosen or len(loads) == 1:
        return (together,)
    groups: dict[str, list[Load]] = {}
    for load in loads:
        alone = choose([load], places, **ask).chosen
        groups.setdefault(alone.place.ref if alone else "", []).append(load)
    homeless = groups.pop("", [])
    routes = [choose(group, [place for place in places if place.ref == ref], **ask) for ref, group in groups.items()]
    return (*routes, *([choose(homeless, places, **ask)] if homeless else []))


def _rank(one: Candidate, origin: str, *, for_shopper: bool) -> tuple[Any, ...]:
    price = one.freight if for_shopper else one.cost
    kinds = list(Kind)
    return (
        price is None,
        price.minor if price is not None else 0,
        one.place.country != origin,
        kinds.index(Kind(one.place.kind)) if one.place.kind in kinds else len(kinds),
        one.place.ref,
    )


def _because(ranked: Sequence[Candidate], origin: str, *, for_shopper: bool) -> Because:
    best, rest = ranked[0], ranked[1:]
    if not rest:
        return Because.ONLY_ONE
    mine, next_ = (_rank(one, origin, for_shopper=for_shopper) for one in (best, rest[0]))
    if mine[0] is False and mine[:2] != next_[:2]:
        return Because.CHEAPEST_FOR_SHOPPER if for_shopper else Because.CHEAPEST
    return Because.SAME_COUNTRY if mine[2] != next_[2] else Because.OWN
