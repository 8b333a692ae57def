"""The withdrawal function (Directive 2011/83/EU, art. 11a): two steps and a receipt; nobody is turned away."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from homeward.conversations import notices
from homeward.kernel import Actor, Role
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.parties.models import Merchant
from homeward.returns import queries as return_queries
from homeward.returns.models import Withdrawal
from homeward.web.portal import actions, limits
from homeward.web.portal.door import in_shop, show
from homeward.web.portal.forms import WithdrawalForm

DRAFT, RECEIPTS = "withdrawal", "receipts"


@require_http_methods(["GET", "POST"])
@in_shop
def withdraw(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Step 1: name, contract, e-mail for the receipt, and on wish the part; nothing more is asked."""
    if request.method == "GET":
        kept = request.session.get(DRAFT, {})
        form = WithdrawalForm(initial=kept or {"contract": request.GET.get("contract", "")})
        return show(request, shop, "withdraw", {"form": form})
    form = WithdrawalForm(request.POST)
    if form.is_valid() and form.is_robot:
        form.add_error(None, _("Leave the hidden field empty"))
    if not form.is_valid():
        return show(request, shop, "withdraw", {"form": form}, status=422)
    fields = {key: form.cleaned_data[key] for key in ("name", "contract", "email", "scope")}
    request.session[DRAFT] = {**fields, "nonce": secrets.token_urlsafe(18)}
    return redirect("portal:confirm_withdrawal", slug=shop.slug)


@require_http_methods(["GET", "POST"])
@in_shop
def confirm(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Step 2: the declaration as a sentence, and the button that makes it count."""
    kept = request.session.get(DRAFT)
    if not kept:
        receipts = request.session.get(RECEIPTS, [])
        if receipts:  # the form was sent twice; the receipt of the first time is the answer
            return redirect("portal:receipt", slug=shop.slug, number=receipts[-1])
        return redirect("portal:withdraw", slug=shop.slug)
    if request.method == "GET":
        return show(request, shop, "withdraw_confirm", {"kept": kept})
    limits.spend((limits.WITHDRAWALS_BY_ADDRESS, limits.address_of(request)), at=request.at)
    visitor = Actor(Role.SHOPPER, "guest", kept["name"], merchant_id=shop.pk)
    number = actions.declare(
        shop=shop, **kept, order=_match(shop, kept), actor=visitor, at=request.at, language=request.LANGUAGE_CODE
    )
    del request.session[DRAFT]
    request.session[RECEIPTS] = [*request.session.get(RECEIPTS, [])[-9:], number]
    return redirect("portal:receipt", slug=shop.slug, number=number)


def _match(shop: Merchant, kept: dict[str, str]) -> Order | None:
    """Return the order that number and e-mail both name, if there is one; a declaration stands without it too."""
    visitor = Actor(Role.SHOPPER, "nobody", merchant_id=shop.pk)
    try:
        return order_queries.order_of_shopper(visitor, number=kept["contract"], proof=kept["email"])
    except Order.DoesNotExist:
        return None


@require_GET
@in_shop
def receipt(request: HttpRequest, shop: Merchant, number: str) -> HttpResponse:
    """Show the receipt with date and time, to the browser that made the declaration."""
    return show(request, shop, "withdraw_done", {"made": _own(request, shop, number)})


@require_GET
@in_shop
def receipt_file(request: HttpRequest, shop: Merchant, number: str) -> HttpResponse:
    """Hand the receipt out as a file to keep."""
    text = notices.receipt_of(_own(request, shop, number))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.txt"'
    return response


def _own(request: HttpRequest, shop: Merchant, number: str) -> Withdrawal:
    if number not in request.session.get(RECEIPTS, []):
        raise Withdrawal.DoesNotExist(number)
    return return_queries.withdrawals(MACHINE).select_related("merchant", "order").get(number=number, merchant=shop)
