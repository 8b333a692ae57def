"""Many situations at once: past order lines with the law of each, their local days, ages and values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from homeward.policies.columns import NEVER, Array, Bits, Coded, Columns, dense, distinct, micros, over
from homeward.policies.facts import FAULT_REASONS, Condition, Fault
from homeward.policies.packs import Pack, pack_for
from homeward.policies.windows import Place

_DAY, _SECOND = 86_400, 1_000_000
_WATCHES = (0, 21_600, 43_200, 64_800, 86_399)  # seconds of a day at which the clock is looked at
_FIRST = date(1970, 1, 1).toordinal()
_TORN = 1 << 40  # in place of an offset: the clocks are changed within this day


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a request is judged: the law, where days are counted, and in which zone asking is still in time."""

    pack: Pack
    place: Place
    asking_zone: str


def day_number(day: date) -> int:
    """Return a day as days since 1970."""
    return day.toordinal() - _FIRST


def day_of(number: int) -> date:
    """Return the day that is so many days after the first of 1970."""
    return date.fromordinal(number + _FIRST)


@lru_cache(maxsize=1 << 16)
def _offset(day: int, zone: str) -> int:
    """Return by how many seconds local time is ahead on a day of UTC, or _TORN where that changes within it."""
    known, start = ZoneInfo(zone), day * _DAY
    told = [datetime.fromtimestamp(start + second, known).utcoffset() for second in _WATCHES]
    first = told[0]
    return int(first.total_seconds()) if first is not None and told.count(first) == len(told) else _TORN


def local_days(moments: Array, zone: str) -> Array:
    """Return the local day of each moment, as days since 1970."""
    if not len(moments):
        return moments
    seconds = moments // _SECOND
    days, where = np.unique(seconds // _DAY, return_inverse=True)
    offsets = np.array([_offset(int(day), zone) for day in days], dtype=np.int64)[where]
    found: Array = (seconds + offsets) // _DAY
    torn = np.flatnonzero(offsets == _TORN)
    if len(torn):
        found[torn] = over(
            lambda second: day_number(datetime.fromtimestamp(second, ZoneInfo(zone)).date()), seconds[torn]
        )
    return found


class Panel:
    """Columns seen at one moment: what `Situation` is to one request, this is to many."""

    def __init__(self, columns: Columns, at: datetime, pack: Pack | None = None) -> None:
        self.columns, self.count, self._pack = columns, columns.count, pack
        asked = columns.numbers["asked_at"]
        self.asked_at: Array = np.where(asked == NEVER, micros(at), asked)

    @cached_property
    def _lands(self) -> tuple[tuple[Ground, ...], Array]:
        """The grounds, and which of them each row stands on."""
        words, ordered = self.columns.words, self.columns.numbers["ordered_at"]
        places = [words[path] for path in ("country", "subdivision", "zone")]
        days, size = dense(ordered // (_SECOND * _DAY))
        first, inverse = distinct([*((place.codes, len(place.values)) for place in places), (days, size)])
        grounds: dict[tuple[int, Place, str], int] = {}
        told: list[Ground] = []
        codes = np.zeros(len(first), dtype=np.int64)
        for number, row in enumerate(first):
            country, subdivision, zone = (place.values[place.codes[row]] for place in places)
            on = datetime.fromtimestamp(int(ordered[row] // _SECOND), UTC).date()
            ground = ground_of(country, subdivision, zone, self._pack or pack_for(country, subdivision, on=on))
            key = (id(ground.pack), ground.place, ground.asking_zone)
            codes[number] = grounds.setdefault(key, len(told))
            if codes[number] == len(told):
                told.append(ground)
        return tuple(told), codes[inverse] if len(first) else inverse

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """The laws and places that the rows stand on."""
        return self._lands[0]

    @property
    def ground(self) -> Array:
        """The place of each row's ground in `grounds`."""
        return self._lands[1]

    def _days(self, moments: Array, zone_of: Callable[[Ground], str]) -> Array:
        days = np.full(self.count, NEVER, dtype=np.int64)
        zones = Coded.of(zone_of(ground) for ground in self.grounds)
        if not self.count:
            return days
        zone = zones.codes[self.ground]
        for code, name in enumerate(zones.values):
            rows = (zone == code) & (moments != NEVER)
            days[rows] = local_days(moments[rows], name)
        return days

    def _local(self, path: str) -> Array:
        return self._days(self.columns.numbers[path], lambda ground: ground.place.zone)

    @cached_property
    def ordered_day(self) -> Array:
        """The local day of the order."""
        return self._local("ordered_at")

    @cached_property
    def delivered_day(self) -> Array:
        """The local day of delivery, or NEVER."""
        return self._local("delivered_at")

    @cached_property
    def promised_day(self) -> Array:
        """The local day that was agreed for delivery, or NEVER."""
        return self._local("promised_at")

    @cached_property
    def informed_day(self) -> Array:
        """The local day of late information, or NEVER."""
        return self._local("informed_at")

    @cached_property
    def asked_day(self) -> Array:
        """The local day of asking, where the night falls last."""
        return self._days(self.asked_at, lambda ground: ground.asking_zone)

    @cached_property
    def is_delivered(self) -> Bits:
        """Whether the day of delivery is known."""
        known: Bits = self.delivered_day != NEVER
        return known

    @cached_property
    def base_day(self) -> Array:
        """The day of delivery, else of the order: from which ages are counted."""
        return np.where(self.is_delivered, self.delivered_day, self.ordered_day)

    @cached_property
    def order_age(self) -> Array:
        """Days from the order to asking."""
        return self.asked_day - self.ordered_day

    @cached_property
    def age_so_far(self) -> Array:
        """Days from delivery to asking; goods that have not come are as new as can be."""
        return np.where(self.is_delivered, self.asked_day - self.base_day, 0)

    @cached_property
    def claims_fault(self) -> Bits:
        """Whether it is a matter of defect, wrong, late or unsafe goods."""
        told: Bits = (
            self.word("reason").holds(FAULT_REASONS.__contains__)
            | self.word("condition").holds(lambda condition: condition == Condition.FAULTY)
            | self.word("fault").holds(lambda fault: fault in {Fault.SELLER, Fault.CARRIER})
            | self.word("goods.recalled").holds(bool)
            | self.word("goods.danger_signs").holds(lambda answer: answer is True)
        )
        return told

    def word(self, path: str) -> Coded:
        """Return a column of words."""
        return self.columns.words[path]

    def number(self, path: str) -> Array:
        """Return a column of figures."""
        return self.columns.numbers[path]

    def by_order_day(self, tell: Callable[[date], Any]) -> Array:
        """Return what each day of order is told to be, asked once per day."""
        days, where = np.unique(self.ordered_day, return_inverse=True)
        found: Array = np.array([tell(day_of(int(day))) for day in days], dtype=np.int64)[where] if len(days) else days
        return found


def ground_of(country: str, subdivision: str, zone: str, pack: Pack) -> Ground:
    """Return the ground of a request from there, as a single situation has it."""
    place = Place(zone or pack.law.zone, country, subdivision.removeprefix(f"{country}-"), pack.weekend)
    return Ground(pack, place, zone or pack.law.last_zone or pack.law.zone)


def shifted(days: Array, by: int) -> Array:
    """Return days moved on by so many; NEVER stays what it is."""
    return np.where(days == NEVER, NEVER, days + by)
