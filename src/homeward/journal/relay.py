"""The relay: who listens to which event, and the delivery of entries to them through the job queue."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from homeward.journal.models import DeadLetter, Entry

Listener = Callable[..., Any]
PAUSES = (5, 30, 120, 600, 3600)  # seconds between tries; then a person looks

_listeners: dict[str, dict[str, Listener]] = defaultdict(dict)


class _Named(Protocol):
    __module__: str
    __name__: str


def _name(listener: _Named) -> str:
    return f"{listener.__module__.split('.')[-2]}.{listener.__name__}"


def on(*events: str) -> Callable[[Listener], Listener]:
    """Register the decorated `listener(entry, *, at)` for `events` such as "return.authorize".

    It calls one action of its own room and must be harmless when it is called twice.
    """

    def register(listener: Listener) -> Listener:
        for event in events:
            _listeners[event][_name(listener)] = listener
        return listener

    return register


def journal_map() -> dict[str, list[str]]:
    """Return which listeners each event has, both sorted."""
    return {event: sorted(names) for event, names in sorted(_listeners.items())}


def defer(entries: Iterable[Entry]) -> None:
    """Queue the delivery of those `entries` that somebody listens to, in the running transaction."""
    heard: list[JSONValue] = [entry.pk for entry in entries if entry.event in _listeners]
    if heard:
        app.configure_task("journal.deliver", queue="relay").defer(entry_ids=heard)


def deliver(entry_ids: Sequence[int], *, at: datetime) -> None:
    """Tell every listener of these entries, in order; a failure is put aside and stops nobody else."""
    for entry in Entry.objects.filter(pk__in=entry_ids).order_by("pk"):
        for name, listener in _listeners.get(entry.event, {}).items():
            _tell(entry, name, listener, at=at)


def redeliver(letter_id: int, *, at: datetime) -> bool:
    """Try a dead letter once more; return whether it is solved now."""
    letter = DeadLetter.objects.select_related("entry").get(pk=letter_id)
    if letter.solved_at:
        return True
    listener = _listeners.get(letter.entry.event, {}).get(letter.listener)
    if listener is None:  # the listener is gone from the code: nobody is owed this delivery
        DeadLetter.objects.filter(pk=letter.pk).update(solved_at=at, next_at=None)
        return True
    solved = _tell(letter.entry, letter.listener, listener, at=at)
    if solved:
        DeadLetter.objects.filter(pk=letter.pk).update(solved_at=at, next_at=None)
    return solved


def _tell(entry: Entry, name: str, listener: Listener, *, at: datetime) -> bool:
    try:
        listener(entry, at=at)
    except Exception as error:  # whatever a listener raises must not stop its neighbors
        _put_aside(entry, name, error, at=at)
        return False
    return True


def _put_aside(entry: Entry, name: str, error: Exception, *, at: datetime) -> None:
    words = "".join(traceback.format_exception_only(error)).strip()
    with transaction.atomic():
        letter, is_new = DeadLetter.objects.select_for_update().get_or_create(
            entry=entry, listener=name, defaults={"error": words, "first_at": at, "last_at": at}
        )
        attempts = 1 if is_new else letter.attempts + 1
        next_at = at + timedelta(seconds=PAUSES[attempts - 1]) if attempts <= len(PAUSES) else None
        DeadLetter.objects.filter(pk=letter.pk).update(
            error=words, attempts=attempts, last_at=at, next_at=next_at, solved_at=None
        )
        if next_at:
            app.configure_task("journal.redeliver", queue="relay", schedule_at=next_at).defer(letter_id=letter.pk)
