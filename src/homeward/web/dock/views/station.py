"""The station: scan, see what waits and what is on its way, choose where one stands."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.kernel import Actor, Role
from homeward.logistics import queries as logistics_queries
from homeward.logistics.models import Center, Parcel
from homeward.warehouse import actions, queries, scanning
from homeward.warehouse.models import Receipt
from homeward.web import doors
from homeward.web.dock import faces, forms
from homeward.web.dock.sentences import REFUSALS, sentence

DOOR = doors.DOCK | {Role.SUPERVISOR, Role.MERCHANT}
CENTER = "dock_center"
SHOWN = 25  # receipts of each list; the scanner finds the rest


def here(request: HttpRequest) -> Center | None:
    """Return the center at which this browser stands, or None where nobody has said."""
    code = request.session.get(CENTER, "")
    return logistics_queries.centers(request.actor).filter(code=code).first() if code else None


@doors.door(DOOR)
def station(request: HttpRequest) -> HttpResponse:
    """Show the scan field, what waits for inspection, and what is on its way."""
    actor, center = request.actor, request.session.get(CENTER, "")
    scanned = request.GET.get("scan", "")
    context = {
        "scanned": scanned,
        "found": queries.find(actor, scanned).receipts if scanned else (),
        "centers": logistics_queries.centers(actor),
        "center": here(request),
        "figures": queries.figures(actor, at=request.at, center=center),
        "waiting": queries.to_inspect(actor, center=center)[:SHOWN],
        "expected": queries.expected(actor, center=center)[:SHOWN],
        "contested": queries.contested(actor, center=center)[:SHOWN],
        "seconds": queries.waiting_for_second(actor, center=center)[:SHOWN],
    }
    return render(request, "dock/station.html", context)


@doors.door(DOOR)
@require_POST
def scan(request: HttpRequest) -> HttpResponse:
    """Go where a scan leads: to the line that is counted, the receipt, the list of several, or goods not announced."""
    text = request.POST.get("code", "")
    if counted := _counted(request, text):
        return counted
    found = queries.find(request.actor, text)
    if not found.scan.text:
        return redirect("dock:station")
    waiting = [receipt for receipt in found.receipts if receipt.state in {"expected", "received"}]
    if len(waiting) == 1 or len(found.receipts) == 1:
        return redirect("dock:receipt", ref=(waiting or found.receipts)[0].ref)
    if found.receipts:
        return redirect(f"{reverse('dock:station')}?{urlencode({'scan': text})}")
    try:
        receipts = _opened(request, found)
    except REFUSALS as refused:
        messages.error(request, sentence(refused))
        receipts = []
    match receipts:
        case [receipt]:
            return redirect("dock:receipt", ref=receipt.ref)
        case [_first, *_others]:
            return redirect(f"{reverse('dock:station')}?{urlencode({'scan': text})}")
    about = found.return_request.number if found.return_request else ""
    return redirect(f"{reverse('dock:unannounced')}?{urlencode({'scan': found.scan.text, 'about': about})}")


def _opened(request: HttpRequest, found: queries.Found) -> list[Receipt]:
    """Open receipts for a parcel or a return that has none yet."""
    if found.parcel is not None:
        return actions.expect(found.parcel, actor=request.actor, at=request.at)
    if found.return_request is not None:
        center = here(request)
        return [actions.open_receipt(found.return_request, center=center, actor=request.actor, at=request.at)]
    return []


def _counted(request: HttpRequest, text: str) -> HttpResponse | None:
    """Where goods of the open receipt were scanned, count one more of them: the counts so far travel in the address."""
    ref, codes = request.GET.get("receipt", ""), set(scanning.read(text).codes)
    if not ref or not codes:
        return None
    receipt = queries.receipt(request.actor, ref)
    if receipt.state != "expected":
        return None
    for face in faces.lines_of(request.actor, receipt):
        if {code.upper() for code in face.codes.split()} & {code.upper() for code in codes}:
            counts = forms.counts_in(request.GET)
            name = f"{face.line.key}-good"
            counts[name] = counts.get(name, 0) + 1
            messages.success(request, f"{face.title}: {counts[name]}")
            return redirect(f"{reverse('dock:receipt', args=[ref])}?{urlencode(counts)}")
    return None


@doors.door(DOOR)
@require_POST
def choose_center(request: HttpRequest) -> HttpResponse:
    """Remember at which center this browser stands."""
    code = request.POST.get("center", "")
    if code:
        code = logistics_queries.center(request.actor, code).code
    request.session[CENTER] = code
    return redirect("dock:station")


@doors.door(DOOR | doors.DESK)
def parcels(request: HttpRequest) -> HttpResponse:
    """List parcels by state and by number, for dock and desk."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    rows = _parcels(request.actor, state if state in Parcel.lifecycle.states else "", words)
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    tabs = [
        {"label": _("All"), "href": "?", "current": not state},
        {"label": _("On the way"), "href": "?state=in_transit", "current": state == "in_transit"},
        {"label": _("Held"), "href": "?state=held", "current": state == "held"},
        {"label": _("Delivered"), "href": "?state=delivered", "current": state == "delivered"},
        {"label": _("Lost"), "href": "?state=lost", "current": state == "lost"},
    ]
    context = {"page": page, "tabs": tabs, "state": state, "words": words}
    return render(request, "dock/parcels.html", context)


def _parcels(actor: Actor, state: str, words: str) -> QuerySet[Parcel]:
    rows = logistics_queries.parcels(actor).select_related("center", "merchant", "return_request").order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    found = scanning.read(words)
    if found.number:
        return rows.filter(return_request__number=found.number)
    return rows.filter(Q(tracking_number__in=found.codes) | Q(ref=found.ref)) if found.text else rows
