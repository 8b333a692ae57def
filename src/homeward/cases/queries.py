"""Questions about cases and their clocks, each fenced to what the actor may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case as When_
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from homeward.cases import desk
from homeward.cases.models import Case, Clock
from homeward.journal import prepared
from homeward.kernel import Actor, Role
from homeward.parties import queries as party_queries
from homeward.parties.models import Staff

URGENT = 80  # cases of this priority go before every clock
ANSWERS = ("first_response", "next_response", "merchant_answer")  # clocks that an answer to the shopper stops

# How a desk may put its cases in order.
ORDERS: dict[str, Sequence[Any]] = {
    "soonest": ("rank", F("next_due").asc(nulls_last=True), "-priority", "opened_at", "pk"),
    "priority": ("-priority", F("next_due").asc(nulls_last=True), "opened_at", "pk"),
    "oldest": ("opened_at", "pk"),
    "newest": ("-opened_at", "-pk"),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases of each kind a desk has before it."""

    todo: int
    mine: int
    unanswered: int
    overdue: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Kept:
    """How many clocks of some kinds came to an end, and how many of them in time."""

    ended: int
    in_time: int

    @property
    def percent(self) -> int | None:
        """How many of a hundred ended in time, or None where none has ended."""
        return round(100 * self.in_time / self.ended) if self.ended else None


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


def colleagues(actor: Actor, of: Case) -> list[Staff]:
    """Return the staff within the actor's fence to whom a case may be handed, by name."""
    return [person for person in party_queries.staff(actor).filter(is_active=True) if desk.may_have(person, of)]


def queue(
    actor: Actor, *, state: str = "", mine: bool = False, unanswered: bool = False, overdue_at: datetime | None = None,
    merchant: str = "", search: str = "", also: Iterable[QuerySet[Any, Any]] = (), order: str = "soonest",
) -> QuerySet[Case]:  # fmt: skip
    """Return cases as a desk works through them, each with `next_due`: when its first running clock runs out.

    `state` is one of the lifecycle, "all" for every case, or "" for all that are not closed. `overdue_at` leaves those
    with a clock past its time by then, `unanswered` those whose shopper waits for a word. `search` is a number of a
    case or order, a name, an e-mail, or a part of the subject; `also` are numbers (ids) of cases that other rooms have
    found by the same words. `order` is one of ORDERS.
    """
    rows = cases(actor).select_related("merchant", "order", "shopper")
    if state != "all":
        rows = rows.filter(state=state) if state else rows.exclude(state="closed")
    if mine:
        rows = rows.filter(assignee=actor.id)
    if unanswered:
        rows = rows.filter(_is_unanswered())
    if overdue_at:
        rows = rows.filter(_is_overdue(overdue_at))
    if merchant:
        rows = rows.filter(merchant__slug=merchant)
    if search := search.strip():
        rows = rows.filter(_matches(search, also))
    running = Clock.objects.filter(case=OuterRef("pk"), met_at=None, paused_at=None).order_by("due_at")
    return rows.annotate(
        next_due=Subquery(running.values("due_at")[:1]),
        rank=When_(When(priority__gte=URGENT, then=Value(0)), default=Value(1), output_field=IntegerField()),
    ).order_by(*ORDERS[order])


def _matches(search: str, also: Iterable[QuerySet[Any, Any]]) -> Q:
    match = (
        Q(number__iexact=search)
        | Q(order__number__iexact=search)
        | Q(shopper__name__icontains=search)
        | Q(shopper__email__iexact=search)
        | Q(subject__icontains=search)
    )
    for found in also:
        match |= Q(pk__in=found)
    return match


def _is_unanswered() -> Exists:
    return Exists(Clock.objects.filter(case=OuterRef("pk"), kind__in=ANSWERS, met_at=None, paused_at=None))


def _is_overdue(at: datetime) -> Exists:
    return Exists(Clock.objects.filter(case=OuterRef("pk"), met_at=None, paused_at=None, due_at__lt=at))


def counts(actor: Actor, *, at: datetime, merchant: str = "") -> Counts:
    """Return how many cases are to be done, are the actor's own, lack an answer, are late at `at`, and wait."""
    rows = cases(actor).exclude(state="closed")
    if merchant:
        rows = rows.filter(merchant__slug=merchant)
    return Counts(
        **rows.aggregate(
            todo=Count("pk", filter=Q(state="open")),
            mine=Count("pk", filter=Q(assignee=actor.id)),
            unanswered=Count("pk", filter=Q(_is_unanswered())),
            overdue=Count("pk", filter=Q(_is_overdue(at))),
            waiting=Count("pk", filter=Q(state="waiting")),
        )
    )


def clocks(actor: Actor, case: Case) -> list[Clock]:
    """Return a case's clocks: those that run first, in the order in which they run out."""
    if not actor.sees(merchant_id=case.merchant_id, order_id=case.order_id):
        return []
    return sorted(_clocks_of(case_id=case.pk), key=lambda clock: (clock.met_at is not None, clock.due_at))


@prepared.question
def _clocks_of(case_id: int) -> QuerySet[Clock]:
    return Clock.objects.filter(case_id=case_id)


def running_clocks(actor: Actor, of: Iterable[int]) -> dict[int, list[Clock]]:
    """Return the clocks that run on these cases (by id), each case's in the order in which they run out."""
    rows = Clock.objects.filter(case__in=cases(actor), case_id__in=list(of), met_at=None, paused_at=None)
    found: dict[int, list[Clock]] = defaultdict(list)
    for clock in rows.order_by("due_at"):
        found[clock.case_id].append(clock)
    return found


def overdue(actor: Actor, *, at: datetime) -> int:
    """Return how many open or waiting cases of the actor's have a running clock past its time."""
    return cases(actor).exclude(state="closed").filter(_is_overdue(at)).count()


def kept(actor: Actor, *kinds: str, since: datetime) -> Kept:
    """Return how many clocks of these kinds that started since then have ended by now, and how many of them in time."""
    rows = Clock.objects.filter(case__in=cases(actor), kind__in=kinds, started_at__gte=since)
    ended = Q(met_at__isnull=False) | Q(expired_at__isnull=False)
    in_time = Q(met_at__lte=F("due_at"))
    return Kept(**rows.aggregate(ended=Count("pk", filter=ended), in_time=Count("pk", filter=in_time)))
