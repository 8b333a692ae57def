"""Verbs of the umbrella: open and close cases, start, meet, pause and expire their clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Least
from psycopg.types.json import Jsonb

from homeward import journal
from homeward.cases import desk
from homeward.cases.models import Case, Clock
from homeward.journal import prepared
from homeward.kernel import Actor, new_number, new_ref
from homeward.orders.models import Order
from homeward.parties.models import Staff

MOST_CLOCKS = 500  # how many clocks run out in one transaction


class NotAtDesk(ValueError):
    """A case was to be handed to somebody who does not work on such cases."""


@dataclass(frozen=True, slots=True)
class NewClock:
    """A clock to start: who owes (`owner`, a role), by when, on what ground, and what happens on expiry.

    `waits_for` says for what it stands still from the beginning.
    """

    kind: str
    due_at: datetime
    source: str = Clock.Source.DESK
    owner: str = "agent"
    basis: str = ""
    on_expiry: str = "remind"
    waits_for: str = ""


_START = """
INSERT INTO cases_clock AS known (
    case_id, merchant_id, kind, source, owner, basis, started_at, due_at, paused_at, pauses, on_expiry
)
SELECT %(case)s, %(merchant)s, kind, source, owner, basis, %(at)s, due_at, paused_at, pauses, on_expiry
FROM jsonb_to_recordset(%(clocks)s) AS clock (
    kind text, source text, owner text, basis text, due_at timestamptz, paused_at timestamptz, pauses jsonb,
    on_expiry text
)
ON CONFLICT (case_id, kind) DO UPDATE SET
    source = excluded.source, owner = excluded.owner, basis = excluded.basis, started_at = excluded.started_at,
    due_at = excluded.due_at, on_expiry = excluded.on_expiry, met_at = NULL, expired_at = NULL,
    paused_at = excluded.paused_at, pauses = known.pauses || excluded.pauses
"""
_MEET = "UPDATE cases_clock SET met_at = %s WHERE case_id = %s AND met_at IS NULL AND (%s OR kind = ANY(%s))"


@journal.action
def open_case(
    *, subject: str, actor: Actor, at: datetime, order: Order | None = None, merchant_id: int | None = None,
    channel: str = "portal", locale: str = "en", priority: int = 0, priority_reasons: Sequence[str] = (),
    clocks: Sequence[NewClock] = (),
) -> Case:  # fmt: skip
    """Open a case about `order`, or of a merchant where no order is known yet, and start its clocks.

    :raises ValueError: without either.
    """
    fence = merchant_id if order is None else order.merchant_id
    if fence is None:
        raise ValueError("a case needs an order or a merchant")
    case = Case(
        ref=new_ref("cas", at=at), number=new_number("C"), merchant_id=fence, order=order,
        shopper_id=order.shopper_id if order else None, subject=subject[:200], channel=channel,
        locale=locale, priority=min(priority, 100), priority_reasons=list(priority_reasons), opened_at=at,
    )  # fmt: skip
    prepared.insert([case])
    journal.record(case, "open", actor=actor, at=at, subject=subject[:200])
    start_clocks(case, clocks, at=at)
    return case


@journal.action
def place(case: Case, order: Order, *, actor: Actor, at: datetime) -> None:
    """Tie a case to the order that it turned out to be about."""
    Case.objects.filter(pk=case.pk).update(order=order, shopper=order.shopper_id)
    case.order, case.shopper_id = order, order.shopper_id
    journal.record(case, "place", actor=actor, at=at, order=order.number)


@journal.action
def start_clocks(case: Case, clocks: Sequence[NewClock], *, at: datetime) -> None:
    """Start clocks on a case; one of a kind that already stands is wound anew to the new time."""
    if not clocks:
        return
    rows: Any = Jsonb([_clock_row(new, at=at) for new in clocks])
    with connection.cursor() as cursor:
        cursor.execute(_START, {"case": case.pk, "merchant": case.merchant_id, "at": at, "clocks": rows})


def _clock_row(new: NewClock, *, at: datetime) -> dict[str, Any]:
    pauses = [{"from": at.isoformat(), "cause": new.waits_for}] if new.waits_for else []
    return {
        "kind": new.kind, "source": new.source, "owner": new.owner, "basis": new.basis, "on_expiry": new.on_expiry,
        "due_at": new.due_at.isoformat(), "paused_at": at.isoformat() if pauses else None, "pauses": pauses,
    }  # fmt: skip


@journal.action
def meet_clocks(case_id: int, *kinds: str, at: datetime) -> None:
    """Stop clocks whose promise has been kept; without kinds, all that still run on the case."""
    with connection.cursor() as cursor:
        cursor.execute(_MEET, [at, case_id, not kinds, list(kinds)])


@journal.action
def pause_clocks(case_id: int, *kinds: str, cause: str, at: datetime) -> None:
    """Stand clocks still while somebody else must act; the cause is kept."""
    for clock in Clock.objects.select_for_update().filter(
        case_id=case_id, kind__in=kinds, met_at=None, expired_at=None, paused_at=None
    ):
        clock.paused_at = at
        clock.pauses = [*clock.pauses, {"from": at.isoformat(), "cause": cause}]
        clock.save(update_fields=["paused_at", "pauses"])


@journal.action
def resume_clocks(case_id: int, *kinds: str, at: datetime) -> None:
    """Let paused clocks run again, later by as long as they stood still."""
    for clock in Clock.objects.select_for_update().filter(case_id=case_id, kind__in=kinds, paused_at__isnull=False):
        stood = at - (clock.paused_at or at)
        clock.pauses[-1]["to"] = at.isoformat()
        clock.due_at, clock.paused_at = clock.due_at + stood, None
        clock.save(update_fields=["due_at", "paused_at", "pauses"])


@journal.action
def expire_clocks(*, actor: Actor, at: datetime, most: int = MOST_CLOCKS) -> list[Clock]:
    """Mark up to `most` clocks that have run out, raise their cases' priority, and write one entry for each.

    Two workers share the work: a row that one of them holds is skipped by the other.
    """
    due = list(
        Clock.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(met_at=None, expired_at=None, paused_at=None, due_at__lte=at)
        .select_related("case")
        .order_by("due_at")[:most]
    )
    if due:
        Clock.objects.filter(pk__in=[clock.pk for clock in due]).update(expired_at=at)
        Case.objects.filter(pk__in={clock.case_id for clock in due}).update(
            priority=Least(F("priority") + 20, Value(100))
        )
    for clock in due:
        journal.record(clock.case, "clock_ran_out", actor=actor, at=at, kind=clock.kind, on_expiry=clock.on_expiry)
    return due


@journal.action
def take(case: Case, *, actor: Actor, at: datetime) -> None:
    """Put the acting member of staff down as the one who has this case in hand."""
    Case.objects.filter(pk=case.pk).update(assignee=actor.id)
    journal.record(case, "take", actor=actor, at=at, name=actor.name)


@journal.action
def hand_over(case: Case, to: Staff, *, actor: Actor, at: datetime) -> None:
    """Put another member of staff down as the one who has this case in hand; twice is once.

    :raises NotAtDesk: if that person does not work at a desk that sees this case, or no longer does.
    """
    if not desk.may_have(to, case):
        raise NotAtDesk(to.name)
    if Case.objects.filter(pk=case.pk).exclude(assignee=to.ref).update(assignee=to.ref):
        journal.record(case, "hand_over", actor=actor, at=at, name=to.name)


@journal.action
def release(case: Case, *, actor: Actor, at: datetime) -> None:
    """Lay a case back, so that it is in nobody's hands; twice is once."""
    if Case.objects.filter(pk=case.pk).exclude(assignee="").update(assignee=""):
        journal.record(case, "release", actor=actor, at=at)


@journal.action
def close(case: Case, *, actor: Actor, at: datetime) -> None:
    """Close a case and stop all its clocks.

    :raises NotAllowed: if it is closed already.
    """
    journal.move(case, "close", actor=actor, at=at, set={"closed_at": at})
    meet_clocks(case.pk, at=at)


@journal.action
def move_if(case: Case, verb: str, *, actor: Actor, at: datetime, **columns: Any) -> None:
    """Take a case along `verb` where its state lets it; otherwise leave it as it is."""
    journal.move_if(case, verb, actor=actor, at=at, set=columns)


@journal.action
def wait(case: Case, *, actor: Actor, at: datetime) -> None:
    """Set a case to waiting: somebody else must act now.

    :raises NotAllowed: if it is not open.
    """
    journal.move(case, "wait", actor=actor, at=at)


@journal.action
def resume(case: Case, *, actor: Actor, at: datetime) -> None:
    """Take a waiting case up again.

    :raises NotAllowed: if it is not waiting.
    """
    journal.move(case, "resume", actor=actor, at=at)


@journal.action
def reopen(case: Case, *, actor: Actor, at: datetime) -> None:
    """Open a closed case again.

    :raises NotAllowed: if it is not closed.
    """
    journal.move(case, "reopen", actor=actor, at=at, set={"closed_at": None})
