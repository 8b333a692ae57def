"""How fast people are answered: a quarter of an hour, and five minutes where goods spoil or health is at stake."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

ANSWER = timedelta(minutes=15)
URGENT_ANSWER = timedelta(minutes=5)
URGENT_TRAITS = frozenset({"perishable", "medical"})

_PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180)] + [timedelta(hours=6)] * 11


def answer_by(traits: Collection[str], *, at: datetime) -> datetime:
    """Return when somebody who writes at `at` about goods with these traits is to have an answer, day and night."""
    return at + (URGENT_ANSWER if URGENT_TRAITS & set(traits) else ANSWER)


def next_try(attempts: int, *, at: datetime) -> datetime | None:
    """Return when a mail that nobody took in so many tries is tried again; None after three days."""
    return at + _PAUSES[attempts - 1] if attempts <= len(_PAUSES) else None
