"""The first dashboard's figures, each fenced to what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from homeward.cases import queries as case_queries
from homeward.kernel import Actor, Money
from homeward.logistics import queries as logistics_queries
from homeward.returns import queries as return_queries
from homeward.settlements import queries as settlement_queries


@dataclass(frozen=True, slots=True)
class Week:
    """One week of returns: how many were asked for, and how many of them the policy decided alone."""

    begins: date
    asked: int
    alone: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of a ranking."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the dashboard shows for a span of days up to now."""

    days: int
    open_cases: int
    overdue: int
    asked: int
    decided: int
    decided_alone: int
    days_to_refund: float | None
    refunded: Sequence[Money]
    freight: Sequence[Money]
    weeks: Sequence[Week]
    reasons: Sequence[Ranked]
    products: Sequence[Ranked]
    countries: Sequence[Ranked]

    @property
    def percent_alone(self) -> int | None:
        """How many of a hundred decided returns law and rulebook decided alone, or None without any."""
        return round(100 * self.decided_alone / self.decided) if self.decided else None


def figures(actor: Actor, *, at: datetime, days: int = 90) -> Figures:
    """Return the figures of the `days` before `at`."""
    since = at - timedelta(days=days)
    asked = return_queries.returns(actor).filter(asked_at__gte=since)
    first = return_queries.with_hands(asked)
    totals = first.aggregate(
        asked=Count("pk"),
        decided=Count("pk", filter=Q(decided_at__isnull=False)),
        alone=Count("pk", filter=Q(decided_at__isnull=False, by_hand=False)),
    )
    return Figures(
        days=days,
        open_cases=case_queries.cases(actor).exclude(state="closed").count(),
        overdue=case_queries.overdue(actor, at=at),
        asked=totals["asked"],
        decided=totals["decided"],
        decided_alone=totals["alone"],
        days_to_refund=_days_to_refund(actor, since),
        refunded=_sums(settlement_queries.refunds(actor).filter(confirmed_at__gte=since), "amount_minor"),
        freight=_sums(logistics_queries.parcels(actor).filter(planned_at__gte=since, payer="merchant"), "cost_minor"),
        weeks=_weeks(first, since, at),
        reasons=_ranked(asked, "lines__reason"),
        products=_ranked(asked, "lines__order_line__title"),
        countries=_ranked(asked, "order__country"),
    )


def _days_to_refund(actor: Actor, since: datetime) -> float | None:
    """Return the median of days from asking to the confirmed refund, over returns refunded in the span."""
    rows = (
        settlement_queries.refunds(actor)
        .filter(confirmed_at__gte=since, remedy__isnull=False)
        .values("remedy__return_request")
        .annotate(asked=Min("remedy__return_request__asked_at"), paid=Max("confirmed_at"))
    )
    spans = [(row["paid"] - row["asked"]).total_seconds() / 86_400 for row in rows]
    return round(median(spans), 1) if spans else None


def _sums(rows: QuerySet[Any], column: str) -> list[Money]:
    """Return the sum of a column for each currency; different currencies do not add."""
    found = rows.values("currency").annotate(total=Sum(column)).order_by("-total")
    return [Money(row["total"], row["currency"]) for row in found if row["total"]]


def _weeks(rows: QuerySet[Any], since: datetime, at: datetime) -> list[Week]:
    counted = (
        rows.annotate(week=TruncWeek("asked_at"))
        .values("week")
        .annotate(
            asked=Count("pk", distinct=True),
            alone=Count("pk", filter=Q(decided_at__isnull=False, by_hand=False), distinct=True),
        )
    )
    found = {row["week"].date(): row for row in counted}
    begins = since.date() - timedelta(days=since.weekday())
    weeks = []
    while begins <= at.date():
        row = found.get(begins, {"asked": 0, "alone": 0})
        weeks.append(Week(begins, row["asked"], row["alone"]))
        begins += timedelta(days=7)
    return weeks


def _ranked(rows: QuerySet[Any], column: str, most: int = 8) -> list[Ranked]:
    found = rows.values(column).annotate(count=Count("pk")).order_by("-count", column)[:most]
    return [Ranked(str(row[column] or ""), row["count"]) for row in found]
