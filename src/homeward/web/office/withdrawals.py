"""Declarations of withdrawal: legal records that are always accepted; here people tie them to their orders."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.conversations import queries as conversation_queries
from homeward.kernel import Actor
from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.returns import actions as return_actions
from homeward.returns import queries as return_queries
from homeward.returns.models import Withdrawal
from homeward.web import doors

RECEIPT = "withdrawal_acknowledged"
_CANDIDATES = 5


@doors.door(doors.OFFICE)
def withdrawals(request: HttpRequest) -> HttpResponse:
    """List declarations, newest first; those that belong to no order yet have a tab of their own."""
    view, search = request.GET.get("view", ""), request.GET.get("q", "").strip()[:100]
    rows = return_queries.withdrawals(request.actor).select_related("merchant", "order", "return_request__case")
    open_rows = rows.filter(order=None)
    if search:
        found = rows.filter(number__iexact=search) | rows.filter(contract__icontains=search)
        rows = found | rows.filter(name__icontains=search) | rows.filter(email__iexact=search)
    elif view == "open":
        rows = open_rows
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    failed = conversation_queries.notices(request.actor, kind=RECEIPT).filter(state="failed")
    failed_refs = set(failed.filter(about__in=[one.ref for one in page.object_list]).values_list("about", flat=True))
    tabs = [
        {"label": _("All"), "href": "?view=", "current": view != "open"},
        {
            "label": _("Without an order"), "href": "?view=open", "current": view == "open",
            "count": open_rows.count(), "tone": "wait",
        },
    ]  # fmt: skip
    return render(
        request,
        "office/withdrawals.html",
        {"page": page, "tabs": tabs, "search": search, "view": view, "failed": failed_refs},
    )


@doors.door(doors.OFFICE | doors.DESK)
def withdrawal(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one declaration as it was made, with the orders that it may belong to."""
    found = _one(request.actor, ref)
    context = {
        "withdrawal": found,
        "candidates": _candidates(request.actor, found) if not found.order_id else [],
        "receipts": conversation_queries.notices(request.actor, kind=RECEIPT).filter(about=found.ref),
    }
    return render(request, "office/withdrawal.html", context)


@doors.door(doors.OFFICE | doors.DESK)
@require_POST
def match(request: HttpRequest, ref: str) -> HttpResponse:
    """Tie a declaration to the order that was named."""
    found = _one(request.actor, ref)
    number = request.POST.get("order", "").strip()[:80]
    order = _orders(request.actor, found).filter(number__iexact=number).first() if number else None
    if order is None:
        context: dict[str, Any] = {
            "withdrawal": found, "candidates": _candidates(request.actor, found), "number": number,
            "error": _("No order of this shop has the number “%(number)s”") % {"number": number}
            if number
            else _("Enter the order number"),
        }  # fmt: skip
        return render(request, "office/withdrawal.html", context, status=422)
    since = return_queries.returns(request.actor).filter(order=order, asked_at__gte=found.received_at)
    return_actions.match_withdrawal(
        found, order=order, by_return=since.order_by("pk").first(), actor=request.actor, at=request.at
    )
    messages.success(request, _("The declaration belongs to order %(number)s now.") % {"number": order.number})
    return redirect("office:withdrawal", ref=ref)


def _one(actor: Actor, ref: str) -> Withdrawal:
    rows = return_queries.withdrawals(actor).select_related("merchant", "order", "return_request__case", "case")
    return rows.get(ref=ref)


def _orders(actor: Actor, of: Withdrawal) -> Any:
    return order_queries.orders(actor).filter(merchant_id=of.merchant_id)


def _candidates(actor: Actor, of: Withdrawal) -> list[Order]:
    """Return the orders that may be meant: by a number within the words, and by the declarer's address."""
    meant = order_queries.named(actor, merchant=of.merchant, contract=of.contract, email=of.email, at=of.received_at)
    return list(filter(None, (meant.order, *meant.candidates)))[:_CANDIDATES]
