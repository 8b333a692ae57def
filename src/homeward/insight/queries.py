"""The dashboard's figures, each fenced to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from homeward.cases import queries as case_queries
from homeward.cases.queries import Kept
from homeward.insight.measures import Percentile, days_between
from homeward.journal import queries as journal_queries
from homeward.kernel import Actor, Money
from homeward.logistics import queries as logistics_queries
from homeward.orders import queries as order_queries
from homeward.parties import queries as party_queries
from homeward.returns import queries as return_queries
from homeward.settlements import queries as settlement_queries

_DECIDED = Q(decided_at__isnull=False)
_ALONE = _DECIDED & Q(by_hand=False)


@dataclass(frozen=True, slots=True)
class Totals:
    """Returns of one span: how many were asked for, decided, decided alone by law and rulebook, and refused."""

    asked: int = 0
    decided: int = 0
    alone: int = 0
    refused: int = 0

    @property
    def percent_alone(self) -> int | None:
        """How many of a hundred decided returns law and rulebook decided alone, or None without any."""
        return round(100 * self.alone / self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class Spread:
    """Days that something took: half of the cases took up to `half`, nine of ten up to `most`."""

    count: int
    half: float
    most: float


@dataclass(frozen=True, slots=True)
class Week:
    """One week of returns: how many were asked for, and how many of them the policy decided alone."""

    begins: date
    asked: int
    alone: int


@dataclass(frozen=True, slots=True)
class OrderWeek:
    """One week of orders: how many were placed, and of how many of them something has been asked back by now."""

    begins: date
    orders: int
    returned: int

    @property
    def rate(self) -> float | None:
        """Orders with a return in a hundred, or None without orders."""
        return round(100 * self.returned / self.orders, 1) if self.orders else None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of a ranking; `titles` are its names by language where it is a product, `title` the one last sold."""

    key: str
    count: int
    title: str = ""
    titles: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What the merchants' way back costs from one country: parcels and their freight."""

    country: str
    parcels: int
    freight: Money

    @property
    def each(self) -> Money:
        """The freight of one parcel on average."""
        return Money(round(self.freight.minor / self.parcels), self.freight.currency)


@dataclass(frozen=True, slots=True)
class MerchantRow:
    """How one merchant stands in the span."""

    name: str
    native_name: str
    native_language: str
    totals: Totals
    overturned: int
    days_to_refund: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the dashboard shows for a span of days up to now."""

    days: int
    open_cases: int
    overdue: int
    totals: Totals
    before: Totals
    asked_to_refund: Spread | None
    goods_to_refund: Spread | None
    answers: Kept
    refunded: Sequence[Money]
    freight: Sequence[Money]
    parcels: int
    weeks: Sequence[Week]
    order_weeks: Sequence[OrderWeek]
    reasons: Sequence[Ranked]
    products: Sequence[Ranked]
    countries: Sequence[Ranked]
    costs: Sequence[Cost]
    merchants: Sequence[MerchantRow]


def figures(actor: Actor, *, at: datetime, days: int = 90) -> Figures:
    """Return the figures of the `days` before `at`, beside the totals of as many days before those."""
    since = at - timedelta(days=days)
    asked = return_queries.returns(actor).filter(asked_at__gte=since)
    open_cases = case_queries.counts(actor, at=at)
    refunds = settlement_queries.refunds(actor).filter(confirmed_at__gte=since)
    parcels = logistics_queries.parcels(actor).filter(planned_at__gte=since, payer="merchant")
    parcels = parcels.exclude(state="cancelled")
    spreads = _spreads(refunds)
    return Figures(
        days=days,
        open_cases=open_cases.todo + open_cases.waiting,
        overdue=open_cases.overdue,
        totals=_totals(asked),
        before=_totals(return_queries.returns(actor).filter(asked_at__gte=since - (at - since), asked_at__lt=since)),
        asked_to_refund=spreads[0],
        goods_to_refund=spreads[1],
        answers=case_queries.kept(actor, *case_queries.ANSWERS, since=since),
        refunded=_sums(refunds, "amount_minor"),
        freight=_sums(parcels, "cost_minor"),
        parcels=parcels.count(),
        weeks=_weeks(return_queries.with_hands(asked), since, at),
        order_weeks=_order_weeks(actor, since, at),
        reasons=_ranked(asked, "lines__reason"),
        products=_products(actor, asked),
        countries=_ranked(asked, "order__country"),
        costs=_costs(parcels),
        merchants=_merchants(actor, asked, refunds, since) if actor.sees_all_merchants else (),
    )


def _totals(rows: QuerySet[Any]) -> Totals:
    found = return_queries.with_hands(rows).aggregate(
        asked=Count("pk"),
        decided=Count("pk", filter=_DECIDED),
        alone=Count("pk", filter=_ALONE),
        refused=Count("pk", filter=Q(state="refused")),
    )
    return Totals(**found)


def _spreads(refunds: QuerySet[Any]) -> tuple[Spread | None, Spread | None]:
    """Return the days from asking, and from goods back, to each confirmed refund of a return."""
    asked = days_between("remedy__return_request__asked_at", "confirmed_at")
    goods = days_between("remedy__return_request__goods_at", "confirmed_at")
    came = Q(remedy__return_request__goods_at__isnull=False)
    found = (
        refunds.filter(remedy__isnull=False)
        .order_by()
        .aggregate(
            asked=Count("pk"),
            asked_half=Percentile(asked, 0.5),
            asked_most=Percentile(asked, 0.9),
            goods=Count("pk", filter=came),
            goods_half=Percentile(goods, 0.5, filter=came),
            goods_most=Percentile(goods, 0.9, filter=came),
        )
    )
    return _spread(found, "asked"), _spread(found, "goods")


def _spread(found: Mapping[str, Any], name: str) -> Spread | None:
    if not found[name]:
        return None
    return Spread(found[name], round(found[f"{name}_half"], 1), round(found[f"{name}_most"], 1))


def _sums(rows: QuerySet[Any], column: str) -> list[Money]:
    """Return the sum of a column for each currency, the one with most rows first; different currencies do not add."""
    found = rows.order_by().values("currency").annotate(total=Sum(column), count=Count("pk"))
    found = found.order_by("-count", "currency")
    return [Money(int(row["total"]), row["currency"]) for row in found if row["total"]]


def _mondays(since: datetime, at: datetime) -> list[date]:
    first = since.date() - timedelta(days=since.weekday())
    return [first + timedelta(days=days) for days in range(0, (at.date() - first).days + 1, 7)]


def _weeks(rows: QuerySet[Any], since: datetime, at: datetime) -> list[Week]:
    counted = (
        rows.order_by()
        .annotate(week=TruncWeek("asked_at"))
        .values("week")
        .annotate(asked=Count("pk", distinct=True), alone=Count("pk", filter=_ALONE, distinct=True))
    )
    found = {row["week"].date(): row for row in counted}
    nothing = {"asked": 0, "alone": 0}
    return [Week(day, row["asked"], row["alone"]) for day in _mondays(since, at) for row in [found.get(day, nothing)]]


def _order_weeks(actor: Actor, since: datetime, at: datetime) -> list[OrderWeek]:
    orders = order_queries.orders(actor).filter(placed_at__gte=since).select_related(None).order_by()
    placed = orders.annotate(week=TruncWeek("placed_at")).values_list("week").annotate(count=Count("pk"))
    back = (
        return_queries.returns(actor)
        .filter(order__placed_at__gte=since)
        .order_by()
        .annotate(week=TruncWeek("order__placed_at"))
        .values_list("week")
        .annotate(count=Count("order", distinct=True))
    )
    placed_in = {week.date(): count for week, count in placed}
    back_in = {week.date(): count for week, count in back}
    return [OrderWeek(day, placed_in.get(day, 0), back_in.get(day, 0)) for day in _mondays(since, at)]


def _ranked(rows: QuerySet[Any], column: str, most: int = 8) -> list[Ranked]:
    found = rows.order_by().values(column).annotate(count=Count("pk")).order_by("-count", column)[:most]
    return [Ranked(str(row[column] or ""), row["count"]) for row in found]


def _products(actor: Actor, rows: QuerySet[Any], most: int = 8) -> list[Ranked]:
    line = "lines__order_line__"
    found = list(
        rows.order_by()
        .values("merchant", sku=F(f"{line}sku"))
        .annotate(count=Count("pk"), title=Max(f"{line}title"), product=Max(f"{line}product"))
        .order_by("-count", "sku")[:most]
    )
    known = {
        one.pk: one.title for one in order_queries.products(actor).filter(pk__in=[row["product"] for row in found])
    }
    return [Ranked(row["sku"] or "", row["count"], row["title"] or "", known.get(row["product"])) for row in found]


def _costs(parcels: QuerySet[Any], most: int = 8) -> list[Cost]:
    """Return what the way back costs by country, in the currency in which most of it is paid."""
    country = "return_request__order__country"
    rows = list(
        parcels.filter(cost_minor__gt=0)
        .order_by()
        .values("currency", country=F(country))
        .annotate(parcels=Count("pk"), freight=Sum("cost_minor"))
    )
    counted: dict[str, int] = {}
    for row in rows:
        counted[row["currency"]] = counted.get(row["currency"], 0) + row["parcels"]
    main = max(counted, key=lambda currency: counted[currency], default="")
    costs = [
        Cost(row["country"] or "", row["parcels"], Money(int(row["freight"]), main))
        for row in rows
        if row["currency"] == main
    ]
    return sorted(costs, key=lambda cost: -cost.freight.minor)[:most]


def _merchants(actor: Actor, asked: QuerySet[Any], refunds: QuerySet[Any], since: datetime) -> list[MerchantRow]:
    totals = {
        row["merchant"]: Totals(row["asked"], row["decided"], row["alone"], row["refused"])
        for row in return_queries.with_hands(asked)
        .order_by()
        .values("merchant")
        .annotate(
            asked=Count("pk"),
            decided=Count("pk", filter=_DECIDED),
            alone=Count("pk", filter=_ALONE),
            refused=Count("pk", filter=Q(state="refused")),
        )
    }
    days = dict(
        refunds.filter(remedy__isnull=False)
        .order_by()
        .values_list("merchant")
        .annotate(half=Percentile(days_between("remedy__return_request__asked_at", "confirmed_at"), 0.5))
    )
    overturned = dict(
        journal_queries.entries(actor)
        .filter(noun="return", verb="overturn", at__gte=since)
        .order_by()
        .values_list("merchant_id")
        .annotate(count=Count("pk"))
    )
    rows = [
        MerchantRow(
            name=shop.name, native_name=shop.native_name, native_language=shop.native_language,
            totals=totals.get(shop.pk, Totals()), overturned=overturned.get(shop.pk, 0),
            days_to_refund=round(days[shop.pk], 1) if shop.pk in days else None,
        )
        for shop in party_queries.merchants(actor)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -row.totals.asked)
