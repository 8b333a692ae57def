"""How fast people are answered: a quarter of an hour, and five minutes where goods spoil or health is at stake."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

ANSWER = timedelta(minutes=15)
URGENT_ANSWER = timedelta(minutes=5)
URGENT_TRAITS = frozenset({"perishable", "medical"})

_TRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
_LAST_PAUSE = timedelta(hours=6)
PATIENCE = timedelta(days=3)  # after this a mail that nobody takes is shown to a person


def answer_by(traits: Collection[str], *, at: datetime) -> datetime:
    """Return when somebody who writes at `at` about goods with these traits is to have an answer, day and night."""
    return at + (URGENT_ANSWER if URGENT_TRAITS & set(traits) else ANSWER)


def next_try(attempts: int, *, written_at: datetime, at: datetime) -> datetime | None:
    """Return when a mail that nobody took is tried again, or None where patience has run out."""
    pause = _TRIES[attempts - 1] if attempts <= len(_TRIES) else _LAST_PAUSE
    return None if at - written_at > PATIENCE else at + pause
