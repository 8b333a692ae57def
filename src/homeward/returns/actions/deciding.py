"""Deciding by people: within their authority, with a ground, on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.cases.actions import NewClock
from homeward.kernel import Actor, Money, Role
from homeward.kernel.actor import POLICY
from homeward.orders import actions as order_actions
from homeward.orders.models import OrderLine
from homeward.returns import queries, verdicts
from homeward.returns.actions.asking import permit
from homeward.returns.actions.records import write_decisions
from homeward.returns.models import Return, ReturnLine
from homeward.returns.verdicts import Verdict


class BeyondAuthority(Exception):
    """The sum at stake is above what this member of staff may grant alone; somebody above must decide."""

    def __init__(self, asked: Money, authority: Money | None) -> None:
        self.asked, self.authority = asked, authority
        super().__init__(f"{asked} is above the limit of {authority}")


class GroundMissing(ValueError):
    """A refusal without a ground: a clause of law or rulebook, or plain words that the shopper will read."""


@journal.action
def authorize(
    made: Return, *, actor: Actor, at: datetime, note: str = "", goods_back: bool | None = None, remedy: str = "",
) -> None:  # fmt: skip
    """Permit a return. Where the verdict said otherwise this is an exception, and needs authority over its value.

    `goods_back` False lets the shopper keep the goods; `remedy` changes what is agreed.

    :raises BeyondAuthority: if the exception is above the actor's limit.
    :raises NotAllowed: if the return is not waiting for a decision.
    """
    _grant(made, "authorize", actor=actor, at=at, note=note, goods_back=goods_back, remedy=remedy)


@journal.action
def overturn(made: Return, *, actor: Actor, at: datetime, note: str) -> None:
    """Permit a return that had been refused; who did so and why is on record.

    The units are held anew, which fails where they have been asked back in the meantime.

    :raises NotReturnable: if they have.
    :raises BeyondAuthority: if it is above the actor's limit.
    """
    units = list(made.lines.values_list("order_line_id", "quantity"))
    order_actions.hold(units, by=made.ref, actor=actor, at=at)
    _grant(made, "overturn", actor=actor, at=at, note=note, goods_back=None, remedy="")


def _grant(
    made: Return, verb: str, *, actor: Actor, at: datetime, note: str, goods_back: bool | None, remedy: str
) -> None:
    judged = _standing(made)
    whole = verdicts.sum_up(list(judged.values()))
    is_exception = whole.outcome == "refuse" or (goods_back is False and whole.goods_back)
    if is_exception and not actor.may_grant(whole.value):
        raise BeyondAuthority(whole.value, actor.authority)
    if remedy and remedy != made.remedy:
        Return.objects.filter(pk=made.pk).update(remedy=remedy)
        made.remedy = remedy
    granted = replace(whole, outcome="authorize", goods_back=whole.goods_back if goods_back is None else goods_back)
    write_decisions(made, {None: _by_hand(granted, note, is_exception)}, actor=actor, at=at)
    permit(made, granted, actor=actor, at=at, verb=verb)
    case_actions.meet_clocks(made.case_id, "merchant_answer", "evidence", at=at)


@journal.action
def refuse(made: Return, *, actor: Actor, at: datetime, ground: str, note: str) -> None:
    """Refuse a return, with the ground that the shopper will read; the units are free to be asked back again.

    `ground` is the ref of a clause of the verdict's trace, or "other", which needs words in `note`.

    :raises GroundMissing: if there is no ground, or "other" without words.
    """
    if not ground or (ground == "other" and not note.strip()):
        raise GroundMissing("a refusal names its clause, or says why in words")
    whole = verdicts.sum_up(list(_standing(made).values()))
    contrary = whole.outcome == "authorize"
    journal.move(
        made, "refuse", actor=actor, at=at, set={"decided_at": at, "refusal": ground}, ground=ground, note=note,
        against_the_verdict=contrary,
    )  # fmt: skip
    refused = _by_hand(replace(whole, outcome="refuse", ground=ground), note, contrary)
    write_decisions(made, {None: refused}, actor=actor, at=at)
    order_actions.release(list(made.lines.values_list("order_line_id", "quantity")), by=made.ref, actor=actor, at=at)
    case_actions.meet_clocks(made.case_id, "merchant_answer", "evidence", at=at)


@journal.action
def ask_evidence(made: Return, *, actor: Actor, at: datetime, wanted: str, days: int = 7) -> None:
    """Ask the shopper for evidence, saying what it is needed for; the shopper has `days`."""
    journal.move(made, "ask_evidence", actor=actor, at=at, wanted=[wanted])
    case_actions.meet_clocks(made.case_id, "merchant_answer", at=at)
    clock = NewClock("evidence", at + timedelta(days=days), owner=Role.SHOPPER, on_expiry="remind")
    case_actions.start_clocks(made.case, [clock], at=at)
    case_actions.move_if(made.case, "wait", actor=actor, at=at)


def _standing(made: Return) -> dict[ReturnLine, Verdict]:
    """Return the policy's verdict on each line as it was written when the return was asked for."""
    found: dict[ReturnLine, Verdict] = {}
    for decision in reversed(queries.decisions(POLICY, made)):
        if line := decision.line:
            found[line] = verdicts.from_document(decision.document, value=_value(line.order_line, line.quantity, made))
    return found


def _value(line: OrderLine, quantity: int, made: Return) -> Money:
    return Money(line.paid_minor * quantity // line.quantity, made.currency)


def _by_hand(whole: Verdict, note: str, is_exception: bool) -> Verdict:
    document = {**whole.document, "outcome": whole.outcome, "note": note, "exception": is_exception}
    return replace(whole, document=document)
