"""The facts of one line with what follows from them alone: local days, ages, values. Made once per verdict."""

from __future__ import annotations

from datetime import date, datetime

from homeward.policies.facts import Facts
from homeward.policies.packs import Pack
from homeward.policies.windows import Place


class Situation:
    """One request, seen at one moment, in the shopper's place."""

    __slots__ = (
        "age", "age_so_far", "asked_at", "asked_day", "claims_fault", "currency", "delivered_day", "facts", "order_age",
        "ordered_day", "place", "value",
    )  # fmt: skip

    def __init__(self, facts: Facts, pack: Pack, at: datetime) -> None:
        self.facts = facts
        self.place = Place(facts.zone or pack.law.zone, facts.country, facts.place, pack.weekend)
        self.asked_at = facts.asked_at or at
        asking = Place(facts.zone or pack.law.last_zone or pack.law.zone, facts.country)  # in doubt, the later night
        self.asked_day = asking.day(self.asked_at)
        self.ordered_day = self.place.day(facts.ordered_at)
        self.delivered_day: date | None = self.place.day(facts.delivered_at) if facts.delivered_at else None
        self.order_age = (self.asked_day - self.ordered_day).days
        self.age: int | None = (self.asked_day - self.delivered_day).days if self.delivered_day else None
        self.age_so_far = self.age or 0  # goods that have not come are as new as can be
        self.value = facts.unit_value.minor * facts.quantity
        self.currency = facts.unit_value.currency
        self.claims_fault = facts.claims_fault
