"""What is kept: orders and how they came in, rulebooks in read form."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from homeward.orders import queries as order_queries
from homeward.orders.queries import BadCursor
from homeward.policies import queries as policy_queries
from homeward.returns import queries as return_queries
from homeward.web import doors


@doors.door(doors.OFFICE)
def orders(request: HttpRequest) -> HttpResponse:
    """List orders, newest first, found by number, e-mail, tracking number or postcode."""
    search, after = request.GET.get("q", ""), request.GET.get("after", "")
    try:
        page = order_queries.page_of_orders(request.actor, search=search, after=after)
    except BadCursor:
        page = order_queries.page_of_orders(request.actor, search=search)
    return render(request, "office/orders.html", {"page": page, "search": search, "is_first": not after})


@doors.door(doors.OFFICE | doors.DESK)
def order(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one order: lines with what may still come back, payments, parcels, returns."""
    found = order_queries.order(request.actor, ref)
    return render(
        request,
        "office/order.html",
        {
            "order": found,
            "lines": order_queries.returnable(request.actor, found),
            "returns": return_queries.of_order(request.actor, found.pk),
        },
    )


@doors.door(doors.OFFICE)
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports with what they changed and what they could not take."""
    page = Paginator(order_queries.import_runs(request.actor), 30).get_page(request.GET.get("page"))
    return render(request, "office/imports.html", {"page": page})


@doors.door(doors.OFFICE)
def import_run(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one import row by row, as far as rows had problems."""
    run = order_queries.import_runs(request.actor).get(ref=ref)
    problems = order_queries.import_problems(request.actor, run)
    page = Paginator(problems, 100).get_page(request.GET.get("page"))
    return render(request, "office/import.html", {"run": run, "page": page})


@doors.door(doors.OFFICE)
def rulebooks(request: HttpRequest) -> HttpResponse:
    """List the rulebooks with their versions."""
    return render(request, "office/rulebooks.html", {"rulebooks": policy_queries.rulebooks(request.actor)})


@doors.door(doors.OFFICE)
def rulebook(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one version of a rulebook in words, clause by clause."""
    row = policy_queries.rulebook_row(request.actor, ref)
    clauses = [
        {
            "ref": clause["ref"], "text": clause["text"], "conditions": _plain(clause.get("when", {})),
            "effects": _plain(clause["then"]),
        }
        for clause in row.document["clauses"]
    ]  # fmt: skip
    return render(request, "office/rulebook.html", {"rulebook": row, "clauses": clauses})


def _plain(parts: dict[str, Any]) -> str:
    """Return the fields of a condition or an effect that say something, as they stand in the rulebook's YAML."""
    said = {key.replace("_", " "): value for key, value in parts.items() if value not in (None, [], {}, "", False, 0)}
    return "; ".join(key if value is True else f"{key} {_words(value)}" for key, value in said.items())


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return str(value)
