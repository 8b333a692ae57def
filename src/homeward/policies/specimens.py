"""Specimens: a case in everyday words (days ago, yes or no), and the tests that a rulebook carries beside its rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from homeward.kernel import Money
from homeward.policies.decision import Outcome, Payer, Remedy, Track, WayBack
from homeward.policies.facts import ALL, Condition, Facts, Fault, Goods, Reason, Standing
from homeward.policies.packs import pack_for

DAY = date(2026, 6, 10)  # a Wednesday in no gift season: the day of asking where a case names none
_NOON = time(12)
Sum = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3} [0-9]+(\.[0-9]+)?$")]  # "EUR 49.90"
Days = Annotated[int, msgspec.Meta(ge=0, le=20_000)]
_ROAD = 4  # days between order and delivery, where a case names none


class Given(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line of goods, asked back at noon of a day. Days count backwards from there; None means not delivered."""

    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    subdivision: str = ""
    asked: date = DAY
    delivered_days_ago: Days | None = 4
    ordered_days_ago: Days | None = None  # None: four days before the delivery
    reason: Reason = Reason.CHANGED_MIND
    reason_code: str = ""
    condition: Condition | None = None
    fault: Fault = Fault.NONE
    category: str = ""
    tags: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    seal_broken: bool | None = None
    activated: bool | None = None
    started: bool | None = None
    packaging_missing: bool | None = None
    danger_signs: bool | None = False
    recalled: bool = False
    value: Sum = "EUR 50.00"
    quantity: Annotated[int, msgspec.Meta(ge=1)] = 1
    freight: Sum | None = None  # what the way back costs
    resale: Sum | None = None  # what the goods fetch once back
    channel: str = ""
    seller_country: str = ""
    evidence: tuple[str, ...] = ()
    informed: bool = True  # of the right to change one's mind
    notices: bool = True  # the notices of exceptions were shown
    terms: bool = True  # the shop's own terms were shown
    orders: Days = 3  # of the shopper, in twelve months
    returns: Days = 0

    @property
    def ordered(self) -> date:
        """The day of the order."""
        ago = self.ordered_days_ago
        return self.asked - timedelta(days=(self.delivered_days_ago or 0) + _ROAD if ago is None else ago)

    @property
    def asked_at(self) -> datetime:
        """The moment of asking: noon where the shopper lives."""
        return self._noon(self.asked)

    def _noon(self, day: date) -> datetime:
        zone = pack_for(self.country, self.subdivision, on=self.asked).law.zone
        return datetime.combine(day, _NOON, ZoneInfo(zone)).astimezone(UTC)


class Expected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must come of a case; what is not named may come as it will."""

    outcome: Outcome | None = None
    track: Track | None = None
    payer: Payer | None = None
    deadline: date | None = None  # the last day to ask
    way_back: WayBack | None = None
    remedies: tuple[Remedy, ...] = ()  # these are among those on offer
    speaks: tuple[str, ...] = ()  # these clauses of the shop count


class Example(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A test of a rulebook: a case and what must come of it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    given: Given
    expect: Expected


def can_be_tried(given: Given) -> bool:
    """Whether a case lies in the years that packs, zones and holidays are for."""
    return 2000 <= given.asked.year <= 2100


def money(text: str) -> Money:
    """Return the sum that a text such as "EUR 49.90" names.

    :raises ValueError: if it has more decimals than its currency.
    """
    currency, _, amount = text.partition(" ")
    return Money.of(amount, currency)


def sum_of(amount: Money) -> str:
    """Return a sum as a case writes it: "EUR 49.90"."""
    return f"{amount.currency} {amount.decimal}"


def to_facts(given: Given) -> Facts:
    """Return the facts of a case.

    :raises ValueError: if a sum has more decimals than its currency.
    """
    delivered = None if given.delivered_days_ago is None else given.asked - timedelta(days=given.delivered_days_ago)
    at = given._noon
    return Facts(
        country=given.country,
        subdivision=given.subdivision,
        zone=pack_for(given.country, given.subdivision, on=given.asked).law.zone,
        ordered_at=at(given.ordered),
        delivered_at=at(delivered) if delivered else None,
        asked_at=given.asked_at,
        unit_value=money(given.value),
        quantity=given.quantity,
        goods=Goods(
            category=given.category,
            tags=frozenset(given.tags),
            traits=frozenset(given.traits),
            **{name: getattr(given, name) for name in _ANSWERS},
        ),
        reason=given.reason,
        reason_code=given.reason_code,
        condition=given.condition,
        fault=given.fault,
        channel=given.channel,
        seller_country=given.seller_country,
        evidence=frozenset(given.evidence),
        freight_estimate=money(given.freight) if given.freight else None,
        resale_value=money(given.resale) if given.resale else None,
        informed_of_withdrawal=given.informed,
        notices_shown=frozenset({ALL}) if given.notices else frozenset(),
        return_terms_shown=given.terms,
        standing=Standing(orders=given.orders, returns=given.returns),
    )


_ANSWERS = ("seal_broken", "activated", "started", "packaging_missing", "danger_signs", "recalled")


def to_data(part: Given | Expected) -> dict[str, Any]:
    """Return a case or an expectation as plain data."""
    data: dict[str, Any] = msgspec.to_builtins(part)
    return data
