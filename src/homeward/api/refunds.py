"""Refunds over the API: settle what is due, and see what became of the money."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from homeward.api import cursors
from homeward.api.fields import Limit
from homeward.api.idempotency import once
from homeward.api.keys import check_scope
from homeward.api.problems import Problem
from homeward.api.schemas import Sum
from homeward.kernel import Money
from homeward.returns import queries as return_queries
from homeward.settlements import actions, queries
from homeward.settlements.models import Refund, Remedy

router = Router()


class RefundOut(Schema):
    """Money on its way back along one payment."""

    ref: str
    state: str
    amount: Sum
    provider: str
    provider_ref: str
    remedy: str | None
    payment: str
    intended_at: datetime
    sent_at: datetime | None
    confirmed_at: datetime | None
    failure: str


class RefundList(Schema):
    """A page of refunds."""

    data: list[RefundOut]
    next: str | None


class RemedyOut(Schema):
    """What is owed for a return, itemized, and the refunds that pay it."""

    ref: str
    state: str
    kind: str
    amount: Sum
    items: list[dict[str, Any]]
    refunds: list[RefundOut]


class PreviewOut(Schema):
    """What a settlement would come to now."""

    amount: Sum
    items: list[dict[str, Any]]


def _sum(money: Money) -> dict[str, Any]:
    return {"minor": money.minor, "currency": money.currency}


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "ref": refund.ref, "state": refund.state,
        "amount": {"minor": refund.amount_minor, "currency": refund.currency},
        "provider": refund.provider, "provider_ref": refund.provider_ref,
        "remedy": refund.remedy.ref if refund.remedy else None, "payment": refund.payment.ref,
        "intended_at": refund.intended_at, "sent_at": refund.sent_at, "confirmed_at": refund.confirmed_at,
        "failure": refund.failure,
    }  # fmt: skip


def _remedy(remedy: Remedy, refunds: list[Refund]) -> dict[str, Any]:
    return {
        "ref": remedy.ref, "state": remedy.state, "kind": remedy.kind, "items": remedy.sums,
        "amount": {"minor": remedy.amount_minor, "currency": remedy.currency},
        "refunds": [_refund(refund) for refund in refunds],
    }  # fmt: skip


@router.post("/returns/{ref}/refund", response=RemedyOut, summary="Settle what is due")
def settle(request: HttpRequest, ref: str) -> HttpResponse:
    """Settle the units of a return that passed inspection, by the rules. Asking again gives the same remedy."""
    actor = check_scope(request, "refunds.write")

    def work() -> tuple[int, Any]:
        made = return_queries.bare(actor, ref)
        try:
            remedy = actions.settle(made.pk, actor=actor, at=request.at)
        except actions.NothingToSettle as refused:
            raise Problem(409, "nothing_to_settle", "Nothing of this return is due yet.") from refused
        except actions.NotSettledHere as refused:
            raise Problem(409, "not_settled_here", str(refused)) from refused
        except (actions.BalanceGone, actions.NoPayment) as refused:
            raise Problem(409, "no_balance", "The payments of this order have not enough left.") from refused
        return 200, _remedy(remedy, queries.refunds_of(actor, remedy))

    return once(request, work)


@router.get("/returns/{ref}/refund", response=PreviewOut, summary="What a settlement would come to")
def preview(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Preview the amount with every item; computed by the function that settles."""
    actor = check_scope(request, "refunds.read")
    amount = queries.preview(actor, return_queries.return_(actor, ref))
    return {"amount": _sum(amount.total), "items": [asdict(item) for item in amount.items]}


@router.get("/refunds", response=RefundList, summary="Refunds, newest first")
def list_refunds(
    request: HttpRequest, state: str = "", search: str = "", cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """List refunds by state and words."""
    actor = check_scope(request, "refunds.read")
    rows = queries.queue(actor, state=state, search=search)
    found, following = cursors.page(rows, cursor=cursor, limit=limit)
    return {"data": [_refund(refund) for refund in found], "next": following}


@router.get("/refunds/{ref}", response=RefundOut, summary="One refund")
def read(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Read one refund by ref."""
    actor = check_scope(request, "refunds.read")
    return _refund(queries.refund(actor, ref))
