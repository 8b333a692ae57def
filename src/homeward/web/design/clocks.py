"""Clocks as people read them: four sources in one strip, and the lamp on the one that runs out first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.functional import Promise

from homeward.cases import texts as case_texts
from homeward.web.design import states

# Sources of time in the order of the strip, with their icons.
SOURCES = {"desk": "chat", "channel": "anchor", "marketplace": "users", "law": "scales"}
SOON = timedelta(hours=2)
_ORDER = list(SOURCES)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a page knows of one clock: its source, when it started, when it is due, and what stops it."""

    source: str
    due_at: datetime | None
    started_at: datetime | None = None
    title: str | Promise = ""
    note: str | Promise = ""
    paused_at: datetime | None = None
    waits_for: str | Promise = ""
    met_at: datetime | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock read at a moment: how it stands, what is left of it, how much is used, and whether it has the lamp."""

    clock: Clock
    state: str
    left: timedelta | None
    used: int
    has_lamp: bool = False

    @property
    def face(self) -> states.Face:
        """How the clock's state looks."""
        return states.face("clock", self.state)

    @property
    def is_pressing(self) -> bool:
        """Whether a list paints the clock: it is soon due, or over."""
        return self.state in {"soon", "over"}

    @property
    def icon(self) -> str:
        """The icon of the clock's source."""
        return self.clock.icon or SOURCES.get(self.clock.source, "clock")

    @property
    def title(self) -> str | Promise:
        """The words for the clock's source."""
        return self.clock.title or case_texts.SOURCES.get(self.clock.source, self.clock.source)


def read(clock: Clock, *, at: datetime) -> Reading:
    """Return how `clock` stands at `at`: soon is its last third, or the last two hours where its start is unknown."""
    if clock.met_at is not None or clock.due_at is None:
        return Reading(clock, "met" if clock.met_at else "paused", None, 0)
    if clock.paused_at is not None:
        return Reading(clock, "paused", clock.due_at - clock.paused_at, 0)
    left = clock.due_at - at
    span = clock.due_at - clock.started_at if clock.started_at else None
    used = 0 if not span else max(0, min(100, round(100 * (1 - left / span))))
    if left <= timedelta(0):
        return Reading(clock, "over", left, 100)
    return Reading(clock, "soon" if left <= (span / 3 if span else SOON) else "running", left, used)


def read_all(clocks: Iterable[Clock], *, at: datetime) -> list[Reading]:
    """Return the readings in the order of the strip; the lamp is on the running clock that is due first."""
    readings = sorted((read(clock, at=at) for clock in clocks), key=_place)
    running = [r for r in readings if r.state in {"running", "soon", "over"} and r.clock.due_at is not None]
    first = min(running, key=lambda r: r.clock.due_at or at, default=None)
    return [replace(r, has_lamp=r is first) for r in readings]


def _place(reading: Reading) -> int:
    source = reading.clock.source
    return _ORDER.index(source) if source in _ORDER else len(_ORDER)
