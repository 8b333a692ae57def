"""Questions about cases, each fenced to what the actor may see."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case as When_
from django.db.models import F, IntegerField, Min, Q, QuerySet, Value, When

from homeward.cases.models import Case, Clock
from homeward.kernel import Actor, Role


def cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases that `actor` may see."""
    rows = Case.objects.all()
    if actor.role == Role.SHOPPER:
        return rows.filter(order_id__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def case(actor: Actor, ref: str) -> Case:
    """Return one case by ref or number.

    :raises Case.DoesNotExist: if there is none within the actor's fence.
    """
    rows = cases(actor).select_related("merchant", "order", "shopper")
    return rows.get(Q(ref=ref) | Q(number=ref.upper()))


def queue(actor: Actor, *, state: str = "", search: str = "", mine: bool = False) -> QuerySet[Case]:
    """Return cases as a desk works through them: the first clock to run out (`next_due`), then priority, then age."""
    rows = cases(actor).select_related("merchant", "order", "shopper")
    rows = rows.filter(state=state) if state else rows.exclude(state="closed")
    if mine:
        rows = rows.filter(assignee=actor.id)
    if search := search.strip():
        rows = rows.filter(
            Q(number__iexact=search)
            | Q(order__number__iexact=search)
            | Q(returns__number__iexact=search)
            | Q(shopper__name__icontains=search)
            | Q(shopper__email__iexact=search)
            | Q(subject__icontains=search)
        ).distinct()
    running = Q(clocks__met_at=None, clocks__paused_at=None)
    return rows.annotate(
        next_due=Min("clocks__due_at", filter=running),
        is_late=When_(When(priority__gte=80, then=Value(0)), default=Value(1), output_field=IntegerField()),
    ).order_by("is_late", F("next_due").asc(nulls_last=True), "-priority", "opened_at")


def clocks(actor: Actor, case: Case) -> list[Clock]:
    """Return a case's clocks: those that run first, in the order in which they run out."""
    rows = Clock.objects.filter(case=case)
    if not actor.sees_all_merchants and actor.role != Role.SHOPPER:
        rows = rows.filter(merchant_id=actor.fence)
    return sorted(rows, key=lambda clock: (clock.met_at is not None, clock.due_at))


def overdue(actor: Actor, *, at: datetime) -> int:
    """Return how many running clocks of the actor's cases are past their time."""
    return (
        Clock.objects.filter(case__in=cases(actor).exclude(state="closed"), met_at=None, paused_at=None, due_at__lt=at)
        .values("case_id")
        .distinct()
        .count()
    )
