"""The page of a return: where it stands, when the money comes, and what the shopper can do about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from homeward.conversations import actions as conversation_actions
from homeward.journal import NotAllowed
from homeward.logistics import actions as logistics_actions
from homeward.parties.models import Merchant
from homeward.returns import actions as return_actions
from homeward.returns import queries as return_queries
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements import queries as settlement_queries
from homeward.web.portal import limits, papers, standing
from homeward.web.portal.door import in_shop, show, zone_of
from homeward.web.portal.forms import EvidenceForm, MessageForm, TrackingForm


def with_return(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view in a shop the return of its address, in the zone of its shopper."""

    @in_shop
    @wraps(view)
    def page(request: HttpRequest, shop: Merchant, number: str, **parts: Any) -> HttpResponse:
        made = return_queries.return_(request.actor, number)
        if made.merchant_id != shop.pk:
            raise Return.DoesNotExist(number)
        with timezone.override(zone_of(made.order)):
            return view(request, shop, made, **parts)

    return page


@require_GET
@with_return
def show_return(request: HttpRequest, shop: Merchant, made: Return) -> HttpResponse:
    """Show how a return stands."""
    return _page(request, shop, made)


@require_POST
@with_return
def withdraw(request: HttpRequest, shop: Merchant, made: Return) -> HttpResponse:
    """Call a return off before its goods are here."""
    try:
        return_actions.withdraw(made, actor=request.actor, at=request.at)
    except return_actions.GoodsAreHere:
        messages.error(request, _("Your parcel is here already, so this return goes on."))
    except NotAllowed:
        messages.error(request, _("This return can no longer be called off."))
    else:
        messages.success(request, _("Your return is called off. You keep the goods."))
    return _back(shop, made)


@require_POST
@with_return
def add_evidence(request: HttpRequest, shop: Merchant, made: Return) -> HttpResponse:
    """Add photos, films or papers to a return."""
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, shop, made, status=422, proof=form)
    exhibits = form.cleaned_data["photos"]
    limits.spend(*[(limits.UPLOADS_BY_ORDER, str(made.order_id))] * len(exhibits), at=request.at)
    kept = papers.keep(exhibits, at=request.at)
    try:
        return_actions.add_evidence(made, kept, actor=request.actor, at=request.at)
    except NotAllowed:
        messages.error(request, _("This return is over, so nothing was added."))
    else:
        messages.success(request, _("Added. Thank you."))
    return _back(shop, made)


@require_POST
@with_return
def say(request: HttpRequest, shop: Merchant, made: Return) -> HttpResponse:
    """Write to the shop; the same form sent twice is said once."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, shop, made, status=422, words=form)
    limits.spend((limits.MESSAGES_BY_ORDER, str(made.order_id)), at=request.at)
    conversation_actions.say(
        made.case, body=form.cleaned_data["text"], actor=request.actor, at=request.at,
        nonce=form.cleaned_data["nonce"], language=request.LANGUAGE_CODE,
    )  # fmt: skip
    messages.success(request, _("Your message is sent. You have an answer within 15 minutes, day and night."))
    return _back(shop, made, at="messages")


@require_POST
@with_return
def add_tracking(request: HttpRequest, shop: Merchant, made: Return) -> HttpResponse:
    """Note under which number the shopper's own carrier carries the parcel."""
    form = TrackingForm(request.POST)
    if not form.is_valid():
        return _page(request, shop, made, status=422, tracking=form)
    try:
        logistics_actions.add_own_tracking(
            made, tracking_number=form.cleaned_data["number"], carrier=form.cleaned_data["carrier"],
            actor=request.actor, at=request.at,
        )  # fmt: skip
    except logistics_actions.NotATrackingNumber:
        form.add_error("number", form.fields["number"].error_messages["invalid"])
    except logistics_actions.NumberTaken:
        form.add_error("number", _("This number belongs to another parcel. Check it on the receipt"))
    except (logistics_actions.NothingToSend, NotAllowed):
        messages.error(request, _("For this return nothing is to be sent any more."))
    else:
        messages.success(request, _("Tracking number noted."))
    return _page(request, shop, made, status=422, tracking=form) if form.errors else _back(shop, made)


@require_POST
@with_return
def get_label(request: HttpRequest, shop: Merchant, made: Return) -> HttpResponse:
    """Have the label made; a carrier that must be asked sends it by mail."""
    try:
        logistics_actions.label(made, actor=request.actor, at=request.at)
    except (logistics_actions.NothingToSend, logistics_actions.NoLabelNeeded, NotAllowed):
        messages.error(request, _("For this return nothing is to be sent any more."))
    else:
        messages.success(request, _("Your label is being made. You find it here, and it comes by mail."))
    return _back(shop, made)


@require_POST
@with_return
def accept_offer(request: HttpRequest, shop: Merchant, made: Return, ref: str) -> HttpResponse:
    """Accept what the shop offers for keeping the goods."""
    remedy = settlement_queries.remedy(request.actor, ref)
    try:
        settlement_actions.agree(remedy, actor=request.actor, at=request.at)
    except (NotAllowed, settlement_actions.BeyondAuthority, settlement_actions.BalanceGone):
        messages.error(request, _("This offer no longer stands. Write to us below."))
    else:
        messages.success(request, _("Accepted. Your money goes back the way you paid."))
    return _back(shop, made)


@require_POST
@with_return
def decline_offer(request: HttpRequest, shop: Merchant, made: Return, ref: str) -> HttpResponse:
    """Decline what the shop offers; the return goes on."""
    remedy = settlement_queries.remedy(request.actor, ref)
    try:
        settlement_actions.decline(remedy, actor=request.actor, at=request.at)
    except NotAllowed:
        messages.error(request, _("This offer no longer stands. Write to us below."))
    else:
        messages.success(request, _("Declined. Your return goes on as you asked."))
    return _back(shop, made)


def _page(request: HttpRequest, shop: Merchant, made: Return, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = standing.page(request.actor, made, at=request.at, language=request.LANGUAGE_CODE)
    context["proof"] = forms.get("proof") or EvidenceForm()
    context["tracking"] = forms.get("tracking") or TrackingForm()
    context["words"] = forms.get("words") or MessageForm(initial={"nonce": secrets.token_urlsafe(18)})
    context["faulty"] = [form for form in forms.values() if form.errors]
    return show(request, shop, "return", context, status=status)


def _back(shop: Merchant, made: Return, *, at: str = "") -> HttpResponse:
    response = redirect("portal:return", slug=shop.slug, number=made.number)
    if at:
        response["Location"] += f"#{at}"
    return response
