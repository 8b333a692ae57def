"""Finance: the queue of refunds, transfers to confirm, failures with their next step, and what awaits approval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from homeward.kernel import Money, NotAllowed
from homeward.settlements import actions, queries
from homeward.settlements import texts as settlement_texts
from homeward.settlements.models import Refund, Remedy
from homeward.web import doors

LOOKERS = doors.OFFICE
PAYERS = doors.MONEY
HEADS = doors.OFFICE | doors.DESK


@doors.door(LOOKERS)
def refunds(request: HttpRequest) -> HttpResponse:
    """List refunds: what waits for a transfer of ours first, then by state."""
    state, search = request.GET.get("state", "by_hand"), request.GET.get("q", "")
    if state not in {"", "by_hand", *Refund.lifecycle.states}:
        state = "by_hand"
    page = Paginator(queries.queue(request.actor, state=state, search=search), 50).get_page(request.GET.get("page"))
    labels = (
        ("by_hand", _("Needs a transfer")), ("sent", _("Sent")), ("confirmed", _("Confirmed")), ("failed", _("Failed")),
        ("", _("All")),
    )  # fmt: skip
    context = {
        "page": page,
        "state": state,
        "search": search,
        "tabs": [{"label": words, "href": f"?state={key}", "current": key == state} for key, words in labels],
        "totals": _totals(request),
        "problems": queries.problems(request.actor)[:10],
        "may_pay": request.actor.role in PAYERS,
    }
    return render(request, "office/refunds.html", context)


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
    return [tiles[state] for state in words if state in tiles]


@doors.door(LOOKERS)
def refund(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one refund: what it is made of, what the provider said, the books of its case."""
    found = queries.refund(request.actor, ref)
    may_pay = request.actor.role in PAYERS
    context = {
        "refund": found,
        "lines": _lines(found.remedy),
        "events": queries.events_of(request.actor, found),
        "postings": queries.ledger(request.actor, found.case) if found.case else [],
        "may_confirm": may_pay and actions.is_by_hand(found) and found.state in {"intended", "sent"},
        "may_try_again": may_pay and found.remedy is not None and found.remedy.state == "failed",
    }
    return render(request, "office/refund.html", context)


def _lines(remedy: Remedy | None) -> list[dict[str, Any]]:
    if remedy is None:
        return []
    return [
        {
            "label": settlement_texts.item(item),
            "note": item.get("ground", ""),
            "amount": Money(item["minor"], remedy.currency),
            "minus": item["minor"] < 0,
        }
        for item in remedy.sums
    ]


@doors.door(PAYERS)
@require_POST
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm one transfer."""
    found = queries.refund(request.actor, ref)
    return _do(
        request, _("The transfer is confirmed."), lambda: _confirm(request, [found]), then=("office:refund", ref)
    )


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
    return _do(request, done % {"count": len(found)}, lambda: _confirm(request, found))


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
        then=("office:refund", ref),
    )  # fmt: skip


@doors.door(PAYERS)
@require_POST
def try_again(request: HttpRequest, ref: str) -> HttpResponse:
    """Send what a failed remedy still owes anew."""
    remedy = queries.remedy(request.actor, ref)
    return _do(
        request, _("The money is on its way anew."),
        lambda: actions.try_again(remedy, actor=request.actor, at=request.at),
    )  # fmt: skip


@doors.door(HEADS)
def approvals(request: HttpRequest) -> HttpResponse:
    """List what goes beyond somebody's limit and waits for a word from above."""
    page = Paginator(queries.proposals(request.actor), 50).get_page(request.GET.get("page"))
    return render(request, "office/approvals.html", {"page": page})


@doors.door(HEADS)
@require_POST
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree a proposed remedy."""
    found = queries.remedy(request.actor, ref)
    return _do(
        request, _("Approved; the money is on its way."),
        lambda: actions.agree(found, actor=request.actor, at=request.at, note=request.POST.get("note", "")[:1000]),
        then=("desk:approvals",),
    )  # fmt: skip


@doors.door(HEADS)
@require_POST
def decline(request: HttpRequest, ref: str) -> HttpResponse:
    """Decline a proposed remedy."""
    found = queries.remedy(request.actor, ref)
    return _do(
        request, _("Declined; the case may be settled otherwise."),
        lambda: actions.decline(found, actor=request.actor, at=request.at, note=request.POST.get("note", "")[:1000]),
        then=("desk:approvals",),
    )  # fmt: skip


def _do(
    request: HttpRequest, done: str, act: Callable[[], Any], *, then: tuple[str, ...] = ("office:refunds",)
) -> HttpResponse:
    """Do one verb on money and say in words what came of it."""
    try:
        act()
    except NotAllowed as refused:
        messages.error(
            request,
            _("It is %(state)s by now; somebody was quicker. Nothing was changed.") % {"state": refused.state},
        )
    except actions.NotByHand:
        messages.error(request, _("This provider tells us itself; there is nothing to confirm by hand."))
    except actions.BalanceGone:
        messages.error(request, _("The payments of this order have not enough left. Look at the order first."))
    except actions.BeyondAuthority:
        messages.error(request, _("This is above your limit; somebody with a higher one must approve it."))
    except actions.ConsentMissing:
        messages.error(request, _("It waits for the shopper’s word."))
    else:
        messages.success(request, done)
    return redirect(*then[:1], *then[1:])
