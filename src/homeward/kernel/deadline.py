"""Deadlines as laws and promises state them ("14 days", "48 hours", "3 working days"), resolved in a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays


class Unit(StrEnum):
    """What a deadline counts."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


@lru_cache(maxsize=512)
def _public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:  # holidays' word for a place that it does not know
        return _public_holidays(country, "", year) if subdivision else frozenset()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a country: Monday to Friday less its public holidays and `closed` days."""

    country: str = ""
    subdivision: str = ""
    closed: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})

    def is_working(self, day: date) -> bool:
        """Whether people work on `day` here."""
        if day.weekday() in self.weekend or day in self.closed:
            return False
        return not self.country or day not in _public_holidays(self.country, self.subdivision, day.year)

    def next_working(self, day: date) -> date:
        """Return `day` or the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A span that ends at the close of a local day (or to the second, for hours).

    `first_day` is "day_after_event" (Regulation 1182/71 and most laws) or "event_day" (Japan: delivery is day 1).
    `rolls` moves a last day that is no working day to the next one.
    """

    amount: int
    unit: Unit | str = Unit.DAYS
    first_day: str = "day_after_event"
    rolls: bool = False

    def last_day(self, event: date, calendar: Calendar | None = None) -> date:
        """Return the last day that still counts, for an event on the local day `event`."""
        calendar = calendar or Calendar()
        if self.unit == Unit.MONTHS:
            day = add_months(event, self.amount)
        elif self.unit == Unit.WORKING_DAYS:
            day, left = event, self.amount
            if self.first_day == "event_day" and calendar.is_working(event):
                left -= 1
            while left > 0:
                day = calendar.next_working(day + timedelta(days=1))
                left -= 1
        elif self.unit == Unit.DAYS:
            day = event + timedelta(days=self.amount - (self.first_day == "event_day"))
        else:
            raise ValueError("hours end at an instant, not on a day")
        return calendar.next_working(day) if self.rolls else day

    def resolve(self, event: datetime, *, zone: str, calendar: Calendar | None = None) -> datetime:
        """Return the UTC instant at which the span ends for an `event` (aware), counted in `zone`."""
        if self.unit == Unit.HOURS:
            return (event + timedelta(hours=self.amount)).astimezone(UTC)
        place = ZoneInfo(zone)
        return end_of_day(self.last_day(event.astimezone(place).date(), calendar), zone=zone)


def end_of_day(day: date, *, zone: str) -> datetime:
    """Return the last microsecond of `day` in `zone`, as UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)
