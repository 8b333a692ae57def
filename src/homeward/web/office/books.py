"""What is kept: orders as their shops tell them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.orders.queries import BadCursor
from homeward.policies import queries as policy_queries
from homeward.policies import texts as policy_texts
from homeward.returns import queries as return_queries
from homeward.web import doors


@doors.door(doors.OFFICE)
def orders(request: HttpRequest) -> HttpResponse:
    """List orders, newest first, found by number, e-mail, tracking number or postcode."""
    search, after = request.GET.get("q", "").strip()[:254], request.GET.get("after", "")
    try:
        page = order_queries.page_of_orders(request.actor, search=search, after=after)
    except BadCursor:
        page = order_queries.page_of_orders(request.actor, search=search)
    return render(request, "office/orders.html", {"page": page, "search": search, "is_first": not after})


@doors.door(doors.OFFICE | doors.DESK)
def order(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one order: lines with what may still come back, payments, parcels, returns."""
    found = order_queries.order(request.actor, ref)
    lines = _lines(request, found)
    returns = return_queries.returns(request.actor).filter(order=found).select_related("case").order_by("-pk")
    context = {
        "order": found,
        "lines": lines,
        "returns": list(returns),
        "shown": [policy_texts.BARS.get(notice, notice) for notice in found.notices],
        "may_list": request.actor.role in doors.OFFICE,
        "may_file": request.actor.role in doors.DESK and any(row["available"] for row in lines),
    }
    return render(request, "office/order.html", context)


def _lines(request: HttpRequest, found: Order) -> list[dict[str, Any]]:
    """Return the lines with what may come back of each, and the name of the rulebook that it was bought under."""
    rows = order_queries.returnable(request.actor, found)
    refs = {row.line.rulebook_ref for row in rows if row.line.rulebook_ref}
    books = policy_queries.rulebooks(request.actor).filter(ref__in=refs) if refs else []
    names = {book.ref: str(book) for book in books}
    return [
        {
            "line": row.line, "available": row.available, "reasons": row.reasons,
            "rulebook": names.get(row.line.rulebook_ref, ""),
        }
        for row in rows
    ]  # fmt: skip
