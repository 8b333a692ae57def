"""Reading the journal: an actor's feed, one case's timeline, letters that could not be delivered."""

from __future__ import annotations

from django.db.models import QuerySet

from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import Actor


def entries(actor: Actor) -> QuerySet[Entry]:
    """Return the entries that `actor` may see, oldest first."""
    rows = Entry.objects.order_by("pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.merchant_id)


def timeline(actor: Actor, case_id: int) -> QuerySet[Entry]:
    """Return what happened in one case, oldest first."""
    return entries(actor).filter(case_id=case_id)


def dead_letters(actor: Actor) -> QuerySet[DeadLetter]:
    """Return deliveries that are not solved yet, latest failure first."""
    rows = DeadLetter.objects.filter(solved_at=None).select_related("entry").order_by("-last_at")
    return rows if actor.sees_all_merchants else rows.filter(entry__merchant_id=actor.merchant_id)
