"""The withdrawal function (Directive 2011/83/EU, art. 11a): two steps and a receipt; nobody is turned away."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from homeward.conversations import notices
from homeward.kernel.actor import MACHINE
from homeward.parties.models import Merchant
from homeward.returns import queries as return_queries
from homeward.returns.models import Withdrawal
from homeward.web.portal import duty, taking
from homeward.web.portal.door import in_any_shop, show
from homeward.web.portal.forms import WithdrawalForm

DRAFT, RECEIPTS = "withdrawal", "receipts"


@require_http_methods(["GET", "POST"])
@in_any_shop
def withdraw(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Step 1: name, contract, e-mail for the receipt, and on wish the part; nothing more is asked."""
    place = duty.place_of(request, shop)
    context = {"duty": duty.duty_in(place, on=request.at.date())}
    if request.method == "GET":
        kept = request.session.get(DRAFT, {})
        form = WithdrawalForm(initial=kept or {"contract": request.GET.get("contract", "")})
        return show(request, shop, "withdraw", {"form": form, **context})
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return show(request, shop, "withdraw", {"form": form, **context}, status=422)
    fields = {key: form.cleaned_data[key] for key in taking.FIELDS}
    request.session[DRAFT] = {
        **fields, "nonce": secrets.token_urlsafe(18), "country": place, "is_robot": form.is_robot,
    }  # fmt: skip
    return redirect("portal:confirm_withdrawal", slug=shop.slug)


@require_http_methods(["GET", "POST"])
@in_any_shop
def confirm(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Step 2: the declaration as a sentence, and the button that makes it count."""
    kept = request.session.get(DRAFT)
    if not kept:
        receipts = request.session.get(RECEIPTS, [])
        if receipts:  # the form was sent twice; the receipt of the first time is the answer
            return redirect("portal:receipt", slug=shop.slug, number=receipts[-1])
        return redirect("portal:withdraw", slug=shop.slug)
    country = kept.get("country") or duty.place_of(request, shop)
    if request.method == "GET":
        context = {
            "kept": kept, "statement": taking.statement(request, shop, kept),
            "duty": duty.duty_in(country, on=request.at.date()),
        }  # fmt: skip
        return show(request, shop, "withdraw_confirm", context)
    number = taking.take(request, shop, kept, nonce=kept["nonce"], country=country, is_robot=bool(kept.get("is_robot")))
    del request.session[DRAFT]
    request.session[RECEIPTS] = [*request.session.get(RECEIPTS, [])[-9:], number]
    return redirect("portal:receipt", slug=shop.slug, number=number)


@require_GET
@in_any_shop
def receipt(request: HttpRequest, shop: Merchant, number: str) -> HttpResponse:
    """Show the receipt with date and time, to the browser that made the declaration."""
    return show(request, shop, "withdraw_done", {"made": _own(request, shop, number)})


@require_GET
@in_any_shop
def receipt_file(request: HttpRequest, shop: Merchant, number: str) -> HttpResponse:
    """Hand the receipt out as a text to keep."""
    text = notices.receipt_of(_own(request, shop, number))
    return _file(text, f"{number}.txt", "text/plain; charset=utf-8")


@require_GET
@in_any_shop
def receipt_paper(request: HttpRequest, shop: Merchant, number: str) -> HttpResponse:
    """Hand the receipt out as a PDF to keep."""
    return paper(_own(request, shop, number))


def paper(made: Withdrawal) -> HttpResponse:
    """Return the receipt of a declaration as a PDF to keep."""
    return _file(notices.receipt_paper(made), f"{made.number}.pdf", "application/pdf")


def find(shop: Merchant, number: str) -> Withdrawal:
    """Return a declaration of a shop by the number of its receipt.

    :raises Withdrawal.DoesNotExist: if there is none.
    """
    return return_queries.withdrawals(MACHINE).select_related("merchant", "order").get(number=number, merchant=shop)


def _own(request: HttpRequest, shop: Merchant, number: str) -> Withdrawal:
    if number not in request.session.get(RECEIPTS, []):
        raise Withdrawal.DoesNotExist(number)
    return find(shop, number)


def _file(content: str | bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
