"""Goods that are counted anew: what was owed for them is taken back, as long as it has not left."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from homeward import journal
from homeward.kernel import Actor
from homeward.settlements import gathering
from homeward.settlements.actions import books, refunds, remedies
from homeward.settlements.models import HOUSE, MoneyEvent, Refund, Remedy, RemedyLine
from homeward.warehouse import queries as warehouse_queries

WHY = "its goods are counted again"
_MARK = "goods_recounted"
_GONE = ("sent", "confirmed")  # states of refunds that nobody can call back


@journal.action
def recall(return_id: int, *, actor: Actor, at: datetime) -> list[Remedy]:
    """Take back what was owed for units whose inspection was taken back; return what was taken back.

    Proposals are declined; refunds that have not been sent are held; new goods that have not left stay here. A remedy
    of which nothing has left gives way, so that the next inspection settles its units anew. Of one of which something
    has left, finance is told. Asking twice is harmless.
    """
    found = gathering.gather(return_id, actor=actor, lock=True)
    if not found.data["goods_back"]:
        return []
    passed = warehouse_queries.passed(actor, return_id)
    bare = Counter({line["id"]: line["settled"] - passed.get(line["id"], 0) for line in found.data["lines"]})
    return [one for one in _resting_on(return_id, bare) if _take_back(one, actor=actor, at=at)]


@journal.action
def renew(remedy: Remedy, *, actor: Actor, at: datetime) -> Remedy | None:
    """Settle anew what failed to leave after its goods were taken back to be counted; return what is owed instead.

    Remedies whose goods were not, or of which something has left, are not touched.

    :raises BalanceGone, NoPayment: as `settle` does.
    """
    if not MoneyEvent.objects.filter(provider=HOUSE, reference=remedy.ref).exists():
        return None
    found = gathering.gather(remedy.return_request_id, actor=actor, lock=True)
    if found.data["state"] != "authorized" or not _give_way(remedy, actor=actor, at=at):
        return None
    try:
        return remedies.settle(remedy.return_request_id, actor=actor, at=at)
    except (remedies.NothingToSettle, remedies.NotSettledHere):
        return None  # the goods are not counted yet, or a person must first say how much


def _resting_on(return_id: int, bare: Counter[int]) -> list[Remedy]:
    """Return the remedies of units that no inspection stands for, newest first; `bare` counts those units by line."""
    rows = Remedy.objects.filter(return_request_id=return_id).exclude(state="declined").order_by("-pk")
    found = []
    for remedy in rows.exclude(state="proposed", awaits="shopper").select_related("return_request"):
        units = dict(RemedyLine.objects.filter(remedy=remedy).values_list("return_line_id", "quantity"))
        if any(bare[line] > 0 for line in units):
            found.append(remedy)
            bare.subtract(units)
    return found


def _take_back(remedy: Remedy, *, actor: Actor, at: datetime) -> bool:
    """Take one remedy back as far as nothing of it has left; return whether it is gone."""
    if remedy.state == "proposed":
        journal.move(remedy, "decline", actor=actor, at=at, why=WHY)
        return True
    waiting = Refund.objects.select_for_update(of=("self",), no_key=True).filter(remedy=remedy, state="intended")
    for refund in waiting.order_by("pk"):
        refunds.fail(refund, reason=WHY, actor=actor, at=at)
    goods = getattr(remedy, "replacement", None)
    if goods is not None and journal.move_if(goods, "cancel", actor=actor, at=at, reason=WHY):
        journal.move(remedy, "fail", actor=actor, at=at, reason=WHY)
    if _give_way(remedy, actor=actor, at=at):
        return True
    _mark(remedy, actor=actor, at=at)
    return False


def _give_way(remedy: Remedy, *, actor: Actor, at: datetime) -> bool:
    """Let a failed remedy of which nothing has left give way, and undo its booking; return whether it did."""
    if Refund.objects.filter(remedy=remedy, state__in=("intended", *_GONE)).exists():
        return False
    if journal.move_if(remedy, "give_way", actor=actor, at=at, why=WHY) is None:
        return False
    books.undo("remedy", remedy.ref, at=at)
    return True


def _mark(remedy: Remedy, *, actor: Actor, at: datetime) -> None:
    """Tell finance, once, that something has left for goods that are counted again."""
    gone = Refund.objects.filter(remedy=remedy, state__in=_GONE).order_by("pk")
    last = gone.last()
    if last is None and getattr(remedy, "replacement", None) is None:
        return  # nothing was owed
    paid = sum(refund.amount_minor for refund in gone)
    facts = {"number": remedy.return_request.number, "kind": remedy.kind}
    _event, is_new = MoneyEvent.objects.get_or_create(
        provider=HOUSE, reference=remedy.ref, kind=_MARK,
        defaults={
            "merchant_id": remedy.merchant_id, "refund": last, "payment_id": last.payment_id if last else None,
            "amount_minor": paid, "currency": remedy.currency, "happened_at": at, "heard_at": at, "payload": {},
            "problem": _MARK, "facts": facts,
        },
    )  # fmt: skip
    if is_new:
        journal.record(remedy, "stand", actor=actor, at=at, kind=remedy.kind, amount=str(remedy.amount))
