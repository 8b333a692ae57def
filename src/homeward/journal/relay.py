"""The relay: who listens to which event, and the delivery of entries to them through the job queue."""

from __future__ import annotations

import json
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection, transaction
from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from homeward.journal.models import DeadLetter, Entry

Listener = Callable[..., Any]
MOST = 40  # deliveries that one job takes along: a fraction of a second's work
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
    return {event: sorted(names) for event, names in sorted(_listeners.items()) if names}


# The job is made by the queue's own function, as its `defer` does, but without a second trip to the database.
_WRITE = """
WITH sheet AS (
    SELECT * FROM jsonb_to_recordset(%s) AS entry (
        place int, at timestamptz, actor text, merchant_id bigint, case_id bigint, noun text, noun_id bigint, ref text,
        verb text, before text, after text, facts jsonb
    )
), written AS (
    INSERT INTO journal_entry (at, actor, merchant_id, case_id, noun, noun_id, ref, verb, before, after, facts)
    SELECT at, actor, merchant_id, case_id, noun, noun_id, ref, verb, before, after, facts FROM sheet ORDER BY place
    RETURNING id, noun || '.' || verb AS event
), heard AS (
    SELECT jsonb_build_object('entry_ids', jsonb_agg(id ORDER BY id)) AS args FROM written WHERE event = ANY(%s)
    HAVING count(*) > 0
), told AS (
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW('relay', 'journal.deliver', 0, NULL, NULL, args, NULL)::procrastinate_job_to_defer_v1
    ]) AS jobs FROM heard
)
SELECT (SELECT array_agg(id ORDER BY id) FROM written), (SELECT jobs FROM told)
"""


def write(entries: Sequence[Entry]) -> None:
    """Write entries and queue the delivery of those that somebody listens to, in the running transaction."""
    heard = sorted({entry.event for entry in entries if entry.event in _listeners})
    sheet: Any = Jsonb([_as_row(place, entry) for place, entry in enumerate(entries)])
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [sheet, heard])
        ids, _ = cursor.fetchone()
    for entry, pk in zip(entries, ids, strict=True):
        entry.pk, entry._state.adding = pk, False


def _as_row(place: int, entry: Entry) -> dict[str, Any]:
    return {
        "place": place, "at": entry.at.isoformat(), "actor": entry.actor, "merchant_id": entry.merchant_id,
        "case_id": entry.case_id, "noun": entry.noun, "noun_id": entry.noun_id, "ref": entry.ref, "verb": entry.verb,
        "before": entry.before, "after": entry.after, "facts": entry.facts,
    }  # fmt: skip


# One statement: whoever dies after it leaves one job that names all entries, and it is taken up again as any other.
_TAKE_ALONG = """
WITH others AS (
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT id FROM procrastinate_jobs
        WHERE status = 'todo' AND task_name = 'journal.deliver' AND scheduled_at IS NULL
        ORDER BY priority DESC, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ) RETURNING args -> 'entry_ids' AS entry_ids
)
UPDATE procrastinate_jobs SET args = jsonb_build_object('entry_ids', args -> 'entry_ids' || (
    SELECT coalesce(jsonb_agg(entry_id ORDER BY entry_id), '[]')
    FROM others CROSS JOIN jsonb_array_elements(others.entry_ids) AS entry_id
)) WHERE id = %(job)s RETURNING args -> 'entry_ids'
"""


def take_along(job_id: int) -> list[int]:
    """Let the running delivery `job_id` take over those that wait; return all entries that it has to deliver now.

    To fetch a job and to finish it costs the queue as much as a listener takes, so a busy worker does it for many.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ALONG, {"job": job_id, "most": MOST})
        row = cursor.fetchone()
    return json.loads(row[0]) if row else []


def deliver(entry_ids: Sequence[int], *, at: datetime) -> None:
    """Tell every listener of these entries, in order; a failure is put aside and stops nobody else.

    :raises OperationalError: if the database goes away meanwhile; to tell everybody again does no harm.
    """
    for entry in Entry.objects.raw("SELECT * FROM journal_entry WHERE id = ANY(%s) ORDER BY id", [list(entry_ids)]):
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
        if not connection.is_usable():
            raise  # the database went away: nobody can be told anything, so the whole delivery waits for it
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
