"""Contesting and putting right: disputes about what came, the word that ends them, and counting again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.kernel import Actor
from homeward.returns import actions as return_actions
from homeward.warehouse.actions.inspecting import live_inspections, recount
from homeward.warehouse.actions.stock import void_all
from homeward.warehouse.models import Inspection, Receipt, ReceiptLine

GROUNDS = ("wrong_item", "switched", "empty", "condition", "count")
RULINGS = ("as_found", "in_favor")


class GroundMissing(ValueError):
    """A dispute, its ruling, or a correction needs a known ground, or words."""


class UnitsWait(Exception):
    """A dispute cannot be ruled upon while units wait for their inspection or for a second person."""

    def __init__(self, units: int) -> None:
        self.units = units
        super().__init__(f"{units} units wait")


@journal.action
def dispute(receipt: Receipt, *, ground: str, note: str = "", actor: Actor, at: datetime) -> None:
    """Contest what came, or what was found on it: money waits until somebody has ruled.

    :raises GroundMissing: if the ground is none of wrong_item, switched, empty, condition, count.
    :raises NotAllowed: if nothing has been received yet, or it is contested already.
    """
    if ground not in GROUNDS:
        raise GroundMissing(ground)
    journal.move(receipt, "dispute", actor=actor, at=at, set={"ground": ground, "ruling": ""}, ground=ground, note=note)


@journal.action
def resolve(receipt: Receipt, *, ruling: str, note: str, actor: Actor, at: datetime) -> None:
    """End a dispute: `as_found`, what the dock found stands; `in_favor`, the units count as the ones that were sold.

    :raises GroundMissing: if the ruling is neither, or has no reason.
    :raises UnitsWait: if units still wait to be inspected or confirmed.
    :raises NotAllowed: if nothing is contested.
    """
    if ruling not in RULINGS or not note.strip():
        raise GroundMissing(ruling)
    journal.move(
        receipt, "resolve", actor=actor, at=at, set={"ruling": ruling, "inspected_at": receipt.inspected_at or at},
        ruling=ruling, note=note,
    )  # fmt: skip
    lines, live = list(receipt.lines.select_related("return_line")), live_inspections(receipt)
    if waiting := sum(line.left for line in lines) + sum(one.is_open for one in live):
        raise UnitsWait(waiting)
    outcome = recount(lines, live if ruling == "as_found" else [])
    Receipt.objects.filter(pk=receipt.pk).update(outcome=outcome)
    receipt.outcome = outcome
    if receipt.case_id:
        case_actions.meet_clocks(receipt.case_id, "inspection", at=at)
    _tell_return(receipt, actor=actor, at=at)


@journal.action
def reopen(receipt: Receipt, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take a mistaken receipt back to be counted anew: findings become void, stock that came of them is undone.

    :raises GroundMissing: if no reason is given.
    :raises NotAllowed: if it is not received, or has been graded and the actor is no head.
    """
    if not reason.strip() or not receipt.is_announced:
        raise GroundMissing(reason)
    journal.move(
        receipt, "reopen", actor=actor, at=at, reason=reason,
        set={
            "received_at": None, "received_by": "", "inspected_at": None, "due_at": None, "outcome": "", "ground": "",
            "ruling": "",
        },
    )  # fmt: skip
    live = Inspection.objects.filter(line__receipt=receipt, voided_at=None).values_list("pk", flat=True)
    void_all(list(live), reason=reason, actor=actor, at=at)
    receipt.lines.update(received=0, good=0, damaged=0, wrong=0, inspected=0, outcome="")
    if receipt.case_id:
        case_actions.meet_clocks(receipt.case_id, "inspection", at=at)


def _tell_return(receipt: Receipt, *, actor: Actor, at: datetime) -> None:
    """Tell the return whether any of its goods have come, by this receipt or another, now that somebody has ruled."""
    made = receipt.return_request
    if made is None:
        return
    counted = ReceiptLine.objects.filter(receipt__return_request=made).exclude(receipt__state=Receipt.lifecycle.initial)
    has_come = counted.filter(Q(good__gt=0) | Q(damaged__gt=0)).exists()
    tell = return_actions.goods_arrived if has_come else return_actions.nothing_came
    tell(made, actor=actor, at=at)
