"""Verbs of the umbrella: open and close cases, start, meet, pause and expire their clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Least

from homeward import journal
from homeward.cases.models import Case, Clock
from homeward.kernel import Actor, new_number, new_ref
from homeward.orders.models import Order

MOST_CLOCKS = 500  # how many clocks run out in one transaction


@dataclass(frozen=True, slots=True)
class NewClock:
    """A clock to start: who owes (`owner`, a role), by when, on what ground, and what happens on expiry."""

    kind: str
    due_at: datetime
    source: str = Clock.Source.DESK
    owner: str = "agent"
    basis: str = ""
    on_expiry: str = "remind"


@journal.action
def open_case(
    *, order: Order, subject: str, actor: Actor, at: datetime, channel: str = "portal", locale: str = "en",
    priority: int = 0, priority_reasons: Sequence[str] = (), clocks: Sequence[NewClock] = (),
) -> Case:  # fmt: skip
    """Open a case about `order` and start its clocks."""
    case = Case.objects.create(
        ref=new_ref("cas", at=at), number=new_number("C"), merchant_id=order.merchant_id, order=order,
        shopper_id=order.shopper_id, subject=subject[:200], channel=channel, locale=locale,
        priority=min(priority, 100), priority_reasons=list(priority_reasons), opened_at=at,
    )  # fmt: skip
    journal.record(case, "open", actor=actor, at=at, subject=subject[:200])
    start_clocks(case, clocks, at=at)
    return case


@journal.action
def start_clocks(case: Case, clocks: Sequence[NewClock], *, at: datetime) -> None:
    """Start clocks on a case; one of a kind that already stands is wound anew to the new time."""
    if not clocks:
        return
    rows = [
        Clock(
            case=case, merchant_id=case.merchant_id, kind=new.kind, source=new.source, owner=new.owner,
            basis=new.basis, started_at=at, due_at=new.due_at, on_expiry=new.on_expiry,
        )
        for new in clocks
    ]  # fmt: skip
    Clock.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case", "kind"],
        update_fields=[
            "source",
            "owner",
            "basis",
            "started_at",
            "due_at",
            "on_expiry",
            "met_at",
            "expired_at",
            "paused_at",
        ],
    )


@journal.action
def meet_clocks(case_id: int, *kinds: str, at: datetime) -> None:
    """Stop clocks whose promise has been kept; without kinds, all that still run on the case."""
    rows = Clock.objects.filter(case_id=case_id, met_at=None)
    (rows.filter(kind__in=kinds) if kinds else rows).update(met_at=at)


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
def close(case: Case, *, actor: Actor, at: datetime) -> None:
    """Close a case and stop all its clocks.

    :raises NotAllowed: if it is closed already.
    """
    journal.move(case, "close", actor=actor, at=at, set={"closed_at": at})
    meet_clocks(case.pk, at=at)


@journal.action
def move_if(case_id: int, verb: str, *, actor: Actor, at: datetime, **columns: Any) -> None:
    """Take a case along `verb` where its state lets it; otherwise leave it as it is."""
    case = Case.objects.only("id", "ref", "merchant_id", "state").get(pk=case_id)
    if verb in Case.lifecycle.allowed(case.state, role=actor.role):
        journal.move(case, verb, actor=actor, at=at, set=columns)


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
