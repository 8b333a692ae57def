"""The withdrawal function inside a shop's own pages: a frame that needs no cookie, and a script that puts a button."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from homeward.parties.models import Merchant
from homeward.returns.models import Withdrawal
from homeward.web.portal import duty, links, taking
from homeward.web.portal.door import in_any_shop, show
from homeward.web.portal.forms import WithdrawalForm
from homeward.web.portal.views import withdrawal

_AN_HOUR = "public, max-age=3600"


# Browsers keep cookies from frames of other sites, and with them the usual proof that a form is ours. No session acts
# here, so nobody's rights can be misused; what each form carries instead is a signed ticket that runs out.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@in_any_shop
def embed(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Both steps of the declaration for a frame inside the shop's pages; other pages may not frame it."""
    step = request.POST.get("step", "") if request.method == "POST" else ""
    if step == "confirm":
        response = _confirm(request, shop)
    elif step == "change":
        content, _is_old = _content(links.DECLARATION, request.POST.get("declaration", ""), shop)
        response = _ask(request, shop, WithdrawalForm(initial=content))
    elif step == "declare":
        response = _declare(request, shop)
    else:
        form = WithdrawalForm(initial={"contract": request.GET.get("contract", "")[:200]})
        response = _ask(request, shop, form)
    return framed(response, shop)


def _ask(
    request: HttpRequest, shop: Merchant, form: WithdrawalForm, *, status: int = 200, note: str = ""
) -> HttpResponse:
    ticket = links.sign(links.TICKET, {"shop": shop.pk, "nonce": secrets.token_urlsafe(12)})
    context = {"form": form, "ticket": ticket, "note": note}
    return _show(request, shop, "embed", context, status=status)


def _declare(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Step 1 was sent: show the declaration for step 2."""
    form = WithdrawalForm(request.POST)
    ticket, is_old = _content(links.TICKET, request.POST.get("ticket", ""), shop)
    if not form.is_valid():
        return _ask(request, shop, form, status=422)
    if is_old or not ticket:
        return _ask(request, shop, form, status=422, note=_("This page was open for long. Continue once more."))
    fields = {key: form.cleaned_data[key] for key in taking.FIELDS}
    return _show_declaration(request, shop, {**fields, "nonce": ticket["nonce"], "is_robot": form.is_robot})


def _show_declaration(
    request: HttpRequest, shop: Merchant, kept: Mapping[str, Any], *, status: int = 200, note: str = ""
) -> HttpResponse:
    token = links.sign(links.DECLARATION, {**kept, "shop": shop.pk})
    said = taking.statement(request, shop, kept)
    context = {"kept": kept, "statement": said, "declaration": token, "note": note}
    return _show(request, shop, "embed_confirm", context, status=status)


def _confirm(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Step 2 was sent: the declaration counts from now."""
    kept, is_old = _content(links.DECLARATION, request.POST.get("declaration", ""), shop)
    if not kept:
        return _ask(
            request, shop, WithdrawalForm(), status=422, note=_("Something was lost on the way. Fill it in anew.")
        )
    if is_old:
        note = _("This page was open for long. Confirm once more.")
        return _show_declaration(request, shop, kept, status=422, note=note)
    place = duty.place_of(request, shop)
    number = taking.take(request, shop, kept, nonce=kept["nonce"], country=place, is_robot=bool(kept.get("is_robot")))
    token = links.sign(links.RECEIPT, {"shop": shop.pk, "number": number})
    path = reverse("portal:embed_receipt", args=[shop.slug, token])
    return redirect(f"{path}?lang={request.LANGUAGE_CODE}&country={place}")


@require_GET
@in_any_shop
def embed_receipt(request: HttpRequest, shop: Merchant, token: str) -> HttpResponse:
    """Show the receipt inside the frame, to whoever holds its signed address."""
    made = _of_token(shop, token)
    return framed(_show(request, shop, "embed_done", {"made": made, "token": token}), shop)


@require_GET
@in_any_shop
def embed_paper(request: HttpRequest, shop: Merchant, token: str) -> HttpResponse:
    """Hand the receipt out as PDF, to whoever holds its signed address."""
    return withdrawal.paper(_of_token(shop, token))


@require_GET
@in_any_shop
def script(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Hand out the script that puts the button into a page of the shop, in that page's language."""
    place = duty.place_of(request, shop)
    told = {
        "page": f"{settings.BASE_URL}{reverse('portal:withdraw', args=[shop.slug])}",
        "frame": f"{settings.BASE_URL}{reverse('portal:embed', args=[shop.slug])}",
        "country": place if request.GET.get("country") else "",
        "labels": _labels(place, request),
    }
    response = HttpResponse(
        _source().replace("__TOLD__", _as_script(told)), content_type="text/javascript; charset=utf-8"
    )
    response.headers["Cache-Control"] = _AN_HOUR
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _labels(place: str, request: HttpRequest) -> dict[str, dict[str, str]]:
    """Return label and its language by the language of the page that the button stands in."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            asked = duty.duty_in(place, on=request.at.date())
            found[code] = {"text": asked.label, "lang": asked.label_language or code}
            if asked.gloss_language:
                found[asked.gloss_language] = {"text": asked.gloss, "lang": asked.gloss_language}
    return found


def _as_script(told: Mapping[str, Any]) -> str:
    """Return data as an expression that no script or page can mistake for anything else."""
    text = json.dumps(told, ensure_ascii=True, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@lru_cache(maxsize=1)
def _source() -> str:
    return files("homeward.web.portal").joinpath("withdraw.js").read_text(encoding="utf-8")


def framed(response: HttpResponse, shop: Merchant) -> HttpResponse:
    """Let the shop's declared pages, and no others, show this page inside."""
    allowed = list(shop.shop_origins)
    if allowed:
        response._csp_replace = {"frame-ancestors": allowed}
        response.xframe_options_exempt = True
    return response


def _show(
    request: HttpRequest, shop: Merchant, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    place = duty.place_of(request, shop)
    asked = duty.duty_in(place, on=request.at.date())
    return show(request, shop, template, {"duty": asked, **context}, status=status)


def _content(purpose: str, token: str, shop: Merchant) -> tuple[dict[str, Any], bool]:
    """Return what a token of this shop says, and whether it has run out; nothing for one that is not ours."""
    try:
        content, is_old = links.read(purpose, token), False
    except links.LinkExpired as old:
        content, is_old = old.content, True
    except links.NotOurLink:
        return {}, False
    return (content, is_old) if content.get("shop") == shop.pk else ({}, False)


def _of_token(shop: Merchant, token: str) -> Withdrawal:
    content, is_old = _content(links.RECEIPT, token, shop)
    if is_old or not content:
        raise Withdrawal.DoesNotExist
    return withdrawal.find(shop, content["number"])
