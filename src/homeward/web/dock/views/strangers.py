"""Goods that nobody announced: take them in, find their return, match them."""

from __future__ import annotations

from secrets import token_urlsafe

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.parties import queries as party_queries
from homeward.returns import evidence
from homeward.returns import queries as return_queries
from homeward.returns.models import Return
from homeward.warehouse import actions, photos, queries
from homeward.warehouse.actions import Stranger
from homeward.web import doors
from homeward.web.dock import forms
from homeward.web.dock.sentences import REFUSALS, sentence
from homeward.web.dock.views.station import DOOR, here

MOST = 10  # returns offered by a search


@doors.door(DOOR)
def unannounced(request: HttpRequest) -> HttpResponse:
    """Take in a box that nobody announced, after a look for its return."""
    scanned, words = request.GET.get("scan", ""), request.GET.get("q", "").strip()
    merchants = list(party_queries.merchants(request.actor))
    form = forms.NotAnnounced(request.POST or None, merchants=merchants, initial={"label_text": scanned[:80]})
    if request.method == "POST" and form.is_valid():
        return _take_in(request, form)
    context = {
        "scanned": scanned,
        "about": _about(request),
        "words": words,
        "returns": return_queries.search(request.actor, words=words)[:MOST] if words else (),
        "form": form,
        "nonce": token_urlsafe(18),
        "center": here(request),
    }
    return render(request, "dock/unannounced.html", context, status=422 if form.errors else 200)


def _about(request: HttpRequest) -> Return | None:
    """Return the return that the goods seem to belong to but cannot be counted against."""
    number = (request.POST or request.GET).get("about", "")
    return return_queries.returns(request.actor).filter(number=number).first() if number else None


def _take_in(request: HttpRequest, form: forms.NotAnnounced) -> HttpResponse:
    data = form.cleaned_data
    try:
        kept = [
            photos.keep(evidence.content_of(one), name=one.name or "", at=request.at)
            for one in request.FILES.getlist("photos")
        ]
        receipt = actions.receive_unknown(
            data["label_text"], [Stranger(data["description"], data["quantity"])], merchant=data["merchant"],
            center=here(request), about=_about(request), note=data["note"], photos=kept,
            nonce=request.POST.get("nonce", "")[:40], actor=request.actor, at=request.at,
        )  # fmt: skip
    except REFUSALS as refused:
        messages.error(request, sentence(refused))
        return redirect("dock:unannounced")
    messages.success(request, _("Taken in and set apart. It waits here until somebody knows whose it is."))
    return redirect("dock:receipt", ref=receipt.ref)


@doors.door(DOOR)
@require_POST
def open_return(request: HttpRequest, ref: str) -> HttpResponse:
    """Count the goods on the table against a return."""
    made = return_queries.return_(request.actor, ref)
    try:
        receipt = actions.open_receipt(made, center=here(request), actor=request.actor, at=request.at)
    except REFUSALS as refused:
        messages.error(request, sentence(refused))
        return redirect("dock:station")
    return redirect("dock:receipt", ref=receipt.ref)


@doors.door(DOOR)
@require_POST
def match(request: HttpRequest, ref: str) -> HttpResponse:
    """Say to which return goods belong that nobody announced."""
    found = queries.receipt(request.actor, ref)
    number = queries.find(request.actor, request.POST.get("number", "")).scan.number
    made = return_queries.returns(request.actor).filter(number=number).select_related("case").first()
    if made is None:
        messages.error(request, _("No return has this number. Scan or type it as it stands on the slip."))
        return redirect("dock:receipt", ref=ref)
    try:
        actions.match(found, made, actor=request.actor, at=request.at)
    except REFUSALS as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Matched. Count the goods against the return."))
    return redirect("dock:receipt", ref=ref)
