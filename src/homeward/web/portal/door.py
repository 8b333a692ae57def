"""The one door to the portal's pages: the shop by its slug, the shopper by the session, the zone, no caches."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant
from homeward.policies import packs
from homeward.web.portal import access, limits

View = Callable[..., HttpResponse]

STEPS = (
    ("items", _("Items")),
    ("reason", _("Reason")),
    ("solution", _("Solution")),
    ("check", _("Check and send")),
)


def in_shop(view: View) -> View:
    """Give a view the open shop of its address; whatever its visitor may not see is 404, told as if it were missing.

    Inside, `request.actor` is the shopper that the session has proved to be, also where staff are signed in.
    """
    return _page(view, closed_too=False)


def in_any_shop(view: View) -> View:
    """Give a view the shop of its address as `in_shop` does, also one that has closed: rights outlive their shop."""
    return _page(view, closed_too=True)


def _page(view: View, *, closed_too: bool) -> View:
    @functools.wraps(view)
    def page(request: HttpRequest, slug: str, **parts: Any) -> HttpResponse:
        try:
            shop = party_queries.open_shop(slug, closed_too=closed_too)
            request.actor = access.shopper_of(request.session, at=request.at)
            with timezone.override(ZoneInfo(shop.zone)):
                response = view(request, shop, **parts)
        except limits.TooMany as halt:
            response = slow_down(request, shop, halt)
        except ObjectDoesNotExist as missing:
            raise Http404 from missing
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return page


def with_order(view: View) -> View:
    """Give a view in a shop the order of its address, in the zone of its shopper; strangers are led to the look-up."""

    @in_shop
    @functools.wraps(view)
    def page(request: HttpRequest, shop: Merchant, order: str, **parts: Any) -> HttpResponse:
        found = order_queries.order(request.actor, order)
        if found.merchant_id != shop.pk:
            raise Order.DoesNotExist(order)
        with timezone.override(zone_of(found)):
            return view(request, shop, found, **parts)

    return page


def zone_of(order: Order) -> ZoneInfo:
    """Return the zone in which the days of an order's shopper are counted."""
    pack = packs.pack_for(order.country, order.subdivision, on=order.placed_at.date())
    return ZoneInfo(pack.law.zone or order.merchant.zone)


def show(
    request: HttpRequest, shop: Merchant, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a page of the portal; forms that need attention answer 422."""
    return render(request, f"portal/{template}.html", {"shop": shop, "steps": STEPS, **(context or {})}, status=status)


def slow_down(request: HttpRequest, shop: Merchant, halt: limits.TooMany) -> HttpResponse:
    """Say that these were too many tries, and when the next one is free."""
    response = show(request, shop, "too_many", {"again_at": halt.again_at}, status=429)
    response.headers["Retry-After"] = str(max(1, int((halt.again_at - request.at).total_seconds())))
    return response
