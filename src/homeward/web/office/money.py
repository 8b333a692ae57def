"""Finance: the queue of refunds, transfers to confirm, failures with their next step, and what awaits approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.cases import queries as case_queries
from homeward.kernel import NotAllowed, formats
from homeward.parties import queries as party_queries
from homeward.settlements import actions, queries
from homeward.settlements import texts as settlement_texts
from homeward.settlements.models import Refund
from homeward.warehouse import queries as warehouse_queries
from homeward.web import doors, sums
from homeward.web.design import clocks as design_clocks
from homeward.web.design import states
from homeward.web.desk import faces

LOOKERS = doors.OFFICE
PAYERS = doors.MONEY
HEADS = doors.OFFICE | doors.DESK
_PAID_BY = {"refund_law", "refund_promise"}  # clocks that a refund stops


@doors.door(LOOKERS)
def refunds(request: HttpRequest) -> HttpResponse:
    """List refunds: what waits for a transfer of ours first, then by state."""
    asked, actor = request.GET, request.actor
    state, search = asked.get("state", "by_hand"), asked.get("q", "").strip()[:100]
    if state not in {"", "by_hand", *Refund.lifecycle.states}:
        state = "by_hand"
    merchant = asked.get("merchant", "") if actor.sees_all_merchants else ""
    rows = queries.queue(actor, state=state, merchant=merchant, search=search)
    page = Paginator(rows, 50).get_page(asked.get("page"))
    counts = _counts(request)
    context = {
        "page": page,
        "rows": _rows(request, page),
        "state": state,
        "search": search,
        "merchant": merchant,
        "merchants": list(party_queries.merchants(actor)) if actor.sees_all_merchants else [],
        "tabs": _tabs(request, state, counts),
        "totals": _totals(request),
        "problems": queries.problems(actor)[:10],
        "may_confirm": actor.role in PAYERS and state == "by_hand",
        "are_picked": asked.get("pick") == "all",
    }
    return render(request, "office/refunds.html", context)


def _counts(request: HttpRequest) -> dict[str, int]:
    found = {"by_hand": queries.queue(request.actor, state="by_hand").count()}
    for total in queries.totals(request.actor):
        found[total.state] = found.get(total.state, 0) + total.count
    return found


def _tabs(request: HttpRequest, state: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    labels = (
        ("by_hand", _("Needs a transfer"), "wait"), ("intended", _("Intended"), ""), ("sent", _("Sent"), ""),
        ("failed", _("Failed"), "bad"), ("confirmed", _("Confirmed"), ""), ("", _("All"), ""),
    )  # fmt: skip
    query = request.GET.copy()
    for gone in ("page", "pick"):
        query.pop(gone, None)
    tabs = []
    for key, words, tone in labels:
        query["state"] = key
        count = counts.get(key, 0) if key not in {"", "confirmed"} else 0
        tabs.append(
            {"label": words, "href": f"?{query.urlencode()}", "current": key == state, "count": count, "tone": tone}
        )
    return tabs


def _rows(request: HttpRequest, page: Page) -> list[dict[str, Any]]:
    """Return the refunds with what stands beside each: how its goods are, and by when the money is due."""
    found: list[Refund] = list(page.object_list)
    returns = {refund.remedy.return_request_id for refund in found if refund.remedy}
    receipts = warehouse_queries.receipts(request.actor).filter(return_request__in=returns).order_by("pk")
    goods = {receipt.return_request_id: receipt for receipt in receipts}
    clocks = case_queries.running_clocks(request.actor, {refund.case_id for refund in found if refund.case_id})
    language = get_language() or "en"
    rows = []
    for refund in found:
        running = (clock for clock in clocks.get(refund.case_id or 0, ()) if clock.kind in _PAID_BY)
        clock = next(running, None) if refund.state not in {"confirmed", "reversed"} else None
        reading = design_clocks.read(faces.clock_of(clock, language=language), at=request.at) if clock else None
        came = goods.get(refund.remedy.return_request_id) if refund.remedy else None
        rows.append({"refund": refund, "goods": came or ("parcel", "none"), "clock": reading})
    return rows


def _totals(request: HttpRequest) -> list[dict[str, Any]]:
    """Return a tile for each state that money stands in, its sums by currency."""
    words = {
        "intended": _("Intended"),
        "sent": _("Sent, not confirmed"),
        "confirmed": _("Confirmed"),
        "failed": _("Failed"),
    }
    tiles: dict[str, dict[str, Any]] = {}
    for total in queries.totals(request.actor):
        if total.state in words:
            tile = tiles.setdefault(total.state, {"label": words[total.state], "sums": [], "count": 0})
            tile["sums"].append(total.sum)
            tile["count"] += total.count
            tile["tone"] = "bad" if total.state == "failed" else "info"
    return [tiles[state] for state in words if state in tiles]


@doors.door(LOOKERS | doors.DESK)
def refund(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one refund: what it is made of, what the provider said, the books of its case."""
    found = queries.refund(request.actor, ref)
    may_pay = request.actor.role in PAYERS
    context = {
        "refund": found,
        "lines": sums.of_remedy(found.remedy) if found.remedy else [],
        "events": queries.events_of(request.actor, found),
        "problems": queries.problems_of(request.actor, found),
        "postings": queries.ledger(request.actor, found.case) if found.case else [],
        "may_confirm": may_pay and actions.is_by_hand(found) and found.state in {"intended", "sent"},
        "may_try_again": may_pay and found.remedy is not None and found.remedy.state == "failed",
        "may_list": request.actor.role in LOOKERS,
    }
    return render(request, "office/refund.html", context)


@doors.door(PAYERS)
@require_POST
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm one transfer."""
    found = queries.refund(request.actor, ref)
    return _do(
        request, _("The transfer is confirmed."), lambda: _confirm(request, [found]),
        wanted=settlement_texts.VERBS["confirm"], then=("office:refund", ref),
    )  # fmt: skip


@doors.door(PAYERS)
@require_POST
def confirm_many(request: HttpRequest) -> HttpResponse:
    """Confirm the transfers that were picked, all or none."""
    refs = request.POST.getlist("refund")
    found = [queries.refund(request.actor, ref) for ref in refs]
    if not found:
        messages.error(request, _("Pick the refunds whose transfers are on their way."))
        return redirect("office:refunds")
    done = ngettext("%(count)s transfer is confirmed.", "%(count)s transfers are confirmed.", len(found))
    return _do(
        request, done % {"count": len(found)}, lambda: _confirm(request, found),
        wanted=settlement_texts.VERBS["confirm"], then=("office:refunds",),
    )  # fmt: skip


def _confirm(request: HttpRequest, found: list[Refund]) -> None:
    actions.confirm_transfers(
        found, bank_ref=request.POST.get("bank_ref", "").strip()[:120], actor=request.actor, at=request.at
    )


@doors.door(PAYERS)
@require_POST
def fail(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that a transfer cannot be made, and why."""
    found = queries.refund(request.actor, ref)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Say why the transfer failed."))
        return redirect("office:refund", ref=ref)
    return _do(
        request, _("The refund failed; its money is free for another try."),
        lambda: actions.fail_transfer(found, reason=reason, actor=request.actor, at=request.at),
        wanted=settlement_texts.VERBS["fail"], then=("office:refund", ref),
    )  # fmt: skip


@doors.door(PAYERS)
@require_POST
def try_again(request: HttpRequest, ref: str) -> HttpResponse:
    """Send what a failed remedy still owes anew."""
    remedy = queries.remedy(request.actor, ref)
    return _do(
        request, _("The money is on its way anew."),
        lambda: actions.try_again(remedy, actor=request.actor, at=request.at),
        wanted=settlement_texts.VERBS["execute"], then=("office:refunds",),
    )  # fmt: skip


@doors.door(HEADS)
def approvals(request: HttpRequest) -> HttpResponse:
    """List what goes beyond somebody's limit and waits for a word from above."""
    rows = queries.proposals(request.actor).select_related("return_request", "case__order__shopper", "merchant")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    found = list(page.object_list)
    names = faces.names_of(request.actor, [remedy.proposed_by.partition(":")[2] for remedy in found])
    waiting = [
        {
            "remedy": remedy,
            "lines": sums.of_remedy(remedy),
            "proposed_by": names.get(remedy.proposed_by.partition(":")[2], ""),
            "may_approve": request.actor.may_grant(remedy.amount),
        }
        for remedy in found
    ]
    return render(request, "office/approvals.html", {"page": page, "waiting": waiting})


@doors.door(HEADS)
@require_POST
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree a proposed remedy."""
    found = queries.remedy(request.actor, ref)
    return _do(
        request, _("Approved; the money is on its way."),
        lambda: actions.agree(found, actor=request.actor, at=request.at, note=request.POST.get("note", "")[:1000]),
        wanted=settlement_texts.VERBS["agree"], then=("desk:approvals",),
    )  # fmt: skip


@doors.door(HEADS)
@require_POST
def decline(request: HttpRequest, ref: str) -> HttpResponse:
    """Decline a proposed remedy."""
    found = queries.remedy(request.actor, ref)
    return _do(
        request, _("Declined; the case may be settled otherwise."),
        lambda: actions.decline(found, actor=request.actor, at=request.at, note=request.POST.get("note", "")[:1000]),
        wanted=settlement_texts.VERBS["decline"], then=("desk:approvals",),
    )  # fmt: skip


def _do(request: HttpRequest, done: str, act: Callable[[], Any], *, wanted: Any, then: tuple[str, ...]) -> HttpResponse:
    """Do one verb on money and say in words what came of it; who comes too late sees how it stands now (409)."""
    try:
        act()
    except NotAllowed as refused:
        allowed = [str(settlement_texts.VERBS[verb]) for verb in refused.allowed if verb in settlement_texts.VERBS]
        context = {
            "now": states.face(refused.noun, refused.state), "wanted": wanted, "allowed": allowed,
            "kept": request.POST.get("note", ""), "back": reverse(then[0], args=then[1:]),
        }  # fmt: skip
        return render(request, "409.html", context, status=409)
    except actions.NotByHand:
        messages.error(request, _("This provider tells us itself; there is nothing to confirm by hand."))
    except actions.BalanceGone:
        messages.error(request, _("The payments of this order have not enough left. Look at the order first."))
    except actions.BeyondAuthority as refused:
        limit = formats.money_in(refused.authority, get_language() or "en") if refused.authority else "–"
        words = _("This is above your limit of %(limit)s; somebody with a higher one must approve it.")
        messages.error(request, words % {"limit": limit})
    except actions.ConsentMissing:
        messages.error(request, _("It waits for the shopper’s word."))
    else:
        messages.success(request, done)
    return redirect(*then)
