"""Reading the journal: an actor's feed, one case's timeline, letters that could not be delivered."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields import BigIntegerField

from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import Actor


def entries(actor: Actor) -> QuerySet[Entry]:
    """Return the entries that `actor` may see, oldest first."""
    rows = Entry.objects.order_by("pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def timeline(actor: Actor, case_id: int) -> QuerySet[Entry]:
    """Return what happened in one case, oldest first."""
    return entries(actor).filter(case_id=case_id)


def feed(actor: Actor, *, after: tuple[int, int] = (0, 0), limit: int = 100) -> list[Entry]:
    """Return up to `limit` entries after the entry with (`tx`, `id`) = `after`, in the order of a reader's cursor.

    An entry is held back while a transaction that began before its own is still open, so that none is ever skipped.
    """
    settled = RawSQL("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", [], BigIntegerField())
    rows = entries(actor).annotate(settled=settled).filter(tx__lt=F("settled"), tx__gte=after[0])
    rows = rows.exclude(tx=after[0], pk__lte=after[1])
    return list(rows.order_by("tx", "pk")[:limit])


def dead_letters(actor: Actor) -> QuerySet[DeadLetter]:
    """Return deliveries that are not solved yet, latest failure first."""
    rows = DeadLetter.objects.filter(solved_at=None).select_related("entry").order_by("-last_at")
    return rows if actor.sees_all_merchants else rows.filter(entry__merchant_id=actor.fence)
