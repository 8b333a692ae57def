"""The numbers beside the places of the rail: what waits for whoever looks, counted once per page."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from homeward.cases import queries as case_queries
from homeward.cases.queries import Counts
from homeward.journal import queries as journal_queries
from homeward.kernel import Role
from homeward.settlements import ports
from homeward.settlements import queries as settlement_queries
from homeward.web import doors


def rail(request: HttpRequest) -> dict[str, Any]:
    """Return `rail_counts` for the pages of staff: numbers by URL name, each with its tone."""
    return {"rail_counts": SimpleLazyObject(lambda: _counted(request))}


def of_cases(request: HttpRequest) -> Counts:
    """Return how many cases the reader of a page has before them, counted once per request."""
    if not hasattr(request, "case_counts"):
        request.case_counts = case_queries.counts(request.actor, at=request.at)
    found: Counts = request.case_counts
    return found


def _counted(request: HttpRequest) -> dict[str, Any]:
    """Count, or say again what has been counted for this request."""
    if not hasattr(request, "rail_counts"):
        request.rail_counts = _count(request)
    found: dict[str, Any] = request.rail_counts
    return found


def _count(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_staff:
        return {}
    found: dict[str, dict[str, Any]] = {}
    if actor.role in doors.DESK:
        cases = of_cases(request)
        found["desk:inbox"] = {"value": cases.unanswered, "tone": "bad" if cases.overdue else "wait"}
        found["desk:cases"] = {"value": cases.todo, "tone": ""}
    if actor.role in doors.DESK | doors.DOCK:
        found["desk:replacements"] = {"value": settlement_queries.replacements(actor, state="released").count()}
    if actor.role in doors.DESK | doors.MONEY:
        found["desk:approvals"] = {"value": settlement_queries.proposals(actor).count(), "tone": "wait"}
    if actor.role in doors.MONEY:
        by_hand = Q(state="sent") & ~Q(provider__in=ports.remote_names())
        refunds = settlement_queries.refunds(actor).order_by()
        money = refunds.aggregate(by_hand=Count("pk", filter=by_hand), failed=Count("pk", filter=Q(state="failed")))
        tone = "bad" if money["failed"] else "wait"
        found["office:refunds"] = {"value": money["by_hand"] + money["failed"], "tone": tone}
    if actor.role == Role.OPERATOR:
        found["office:dead_letters"] = {"value": journal_queries.dead_letters(actor).count(), "tone": "bad"}
    return {place: count for place, count in found.items() if count["value"]}
