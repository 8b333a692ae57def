"""The list of cases as a desk works through them: filters, counts, and for each row what is due and how it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from homeward.cases import queries as case_queries
from homeward.cases.models import Case, Clock
from homeward.kernel import Actor
from homeward.logistics import queries as logistics_queries
from homeward.parties import queries as party_queries
from homeward.returns import queries as return_queries
from homeward.returns.models import Return
from homeward.web import counts, doors
from homeward.web.design import clocks as design_clocks
from homeward.web.desk import faces

PAGE = 25
_ANSWERS = {"first_response", "next_response"}

ORDERS: Mapping[str, str | Promise] = {
    "soonest": gettext_lazy("Soonest due first"),
    "priority": gettext_lazy("Highest priority first"),
    "oldest": gettext_lazy("Oldest first"),
    "newest": gettext_lazy("Newest first"),
}

# What each tab asks of the queue.
VIEWS: Mapping[str, Mapping[str, Any]] = {
    "todo": {"state": "open"}, "mine": {"mine": True}, "overdue": {}, "waiting": {"state": "waiting"},
    "closed": {"state": "closed"}, "all": {"state": "all"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the list: its next clock, whether the shopper waits for an answer, its returns, who has it."""

    case: Case
    clock: design_clocks.Reading | None
    waits_for_us: bool
    returns: Sequence[Return]
    assignee: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list, as the address says it; a search without a tab looks everywhere."""

    view: str
    search: str
    merchant: str
    order: str

    @classmethod
    def of(cls, request: HttpRequest) -> Filters:
        """Return the filters of a request; what is not known is left out."""
        asked = request.GET
        search, view, order = asked.get("q", "").strip()[:100], asked.get("view", ""), asked.get("order", "")
        merchant = asked.get("merchant", "") if request.actor.sees_all_merchants else ""
        return cls(
            view=view if view in VIEWS else "all" if search else "todo", search=search, merchant=merchant,
            order=order if order in ORDERS else "soonest",
        )  # fmt: skip


@doors.door(doors.DESK)
def cases(request: HttpRequest) -> HttpResponse:
    """List cases as a desk works through them: what runs out first stands first."""
    actor, filters = request.actor, Filters.of(request)
    overdue_at = request.at if filters.view == "overdue" else None
    rows = case_queries.queue(
        actor, **VIEWS[filters.view], overdue_at=overdue_at, merchant=filters.merchant, search=filters.search,
        also=_elsewhere(actor, filters.search), order=filters.order,
    )  # fmt: skip
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(request, page),
        "filters": filters,
        "tabs": _tabs(request, filters),
        "orders": ORDERS,
        "merchants": list(party_queries.merchants(actor)) if actor.sees_all_merchants else [],
    }
    return render(request, "desk/cases.html", context)


def _elsewhere(actor: Actor, search: str) -> list[QuerySet[Any, Any]]:
    """Return the cases whose returns, goods or parcels bear the number that is searched for."""
    if not search:
        return []
    returns = return_queries.returns(actor)
    number = search.replace(" ", "").upper()
    return [
        returns.filter(number__iexact=search).values("case_id"),
        returns.filter(lines__serials__contains=[search]).values("case_id"),
        logistics_queries.parcels(actor).filter(tracking_number=number, case__isnull=False).values("case_id"),
    ]


def _tabs(request: HttpRequest, filters: Filters) -> list[dict[str, Any]]:
    if filters.merchant:
        found = case_queries.counts(request.actor, at=request.at, merchant=filters.merchant)
    else:
        found = counts.of_cases(request)
    words = {
        "todo": (_("To do"), found.todo, ""),
        "mine": (_("Mine"), found.mine, ""),
        "overdue": (_("Overdue"), found.overdue, "bad"),
        "waiting": (_("Waiting"), found.waiting, ""),
        "closed": (_("Closed"), 0, ""),
        "all": (_("All"), 0, ""),
    }
    return [
        {"label": label, "count": count, "tone": tone, "href": _href(request, view), "current": view == filters.view}
        for view, (label, count, tone) in words.items()
    ]


def _href(request: HttpRequest, view: str) -> str:
    """Return the address of a tab, which keeps what else narrows the list."""
    query = request.GET.copy()
    query.pop("page", None)
    query["view"] = view
    return f"?{query.urlencode()}"


def rows_of(request: HttpRequest, page: Page) -> list[Row]:
    """Return the cases of a page of the queue with what their rows show, by four questions for all of them."""
    found: list[Case] = list(page.object_list)
    ids = [case.pk for case in found]
    clocks = case_queries.running_clocks(request.actor, ids)
    names = faces.names_of(request.actor, [case.assignee for case in found])
    returns: dict[int, list[Return]] = defaultdict(list)
    for made in return_queries.returns(request.actor).filter(case_id__in=ids).order_by("pk"):
        returns[made.case_id].append(made)
    language = get_language() or "en"
    return [
        Row(
            case=case, clock=_first(clocks.get(case.pk, ()), request, language),
            waits_for_us=any(clock.kind in _ANSWERS for clock in clocks.get(case.pk, ())),
            returns=returns[case.pk], assignee=names.get(case.assignee, ""),
        )
        for case in found
    ]  # fmt: skip


def _first(running: Iterable[Clock], request: HttpRequest, language: str) -> design_clocks.Reading | None:
    first = next(iter(running), None)
    return design_clocks.read(faces.clock_of(first, language=language), at=request.at) if first else None
