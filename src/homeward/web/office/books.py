"""What is kept: orders, and how they came in."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from homeward.orders import queries as order_queries
from homeward.orders.queries import BadCursor
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
