"""Asking to send something back: judged at once, held at once, decided alone where it is clear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.cases.actions import NewClock
from homeward.journal import prepared
from homeward.kernel import Actor, Money, new_number, new_ref
from homeward.kernel.actor import POLICY
from homeward.orders import actions as order_actions
from homeward.orders import queries as order_queries
from homeward.orders.models import Order, OrderLine
from homeward.returns import queries, reasons, verdicts
from homeward.returns.actions.declaring import carry_out
from homeward.returns.actions.records import Kept, keep_evidence, write_decisions
from homeward.returns.models import Return, ReturnLine
from homeward.returns.verdicts import NotOfThisOrder, Verdict, Wish

__all__ = ["NotOfThisOrder", "NothingAsked", "UnitsGone", "Wish", "request"]


class NothingAsked(ValueError):
    """A request names no line, or a quantity below one."""


class UnitsGone(Exception):
    """More units were asked back than may come back; `available` says how many of each line may."""

    def __init__(self, asked: dict[str, int], available: dict[str, int]) -> None:
        self.asked, self.available = asked, available
        super().__init__(
            "; ".join(f"{line}: {asked[line]} asked, {available.get(line, 0)} available" for line in asked)
        )


@journal.action
def request(
    *, order: Order, wishes: Sequence[Wish], actor: Actor, at: datetime, remedy: str = "refund", method: str = "label",
    locale: str = "en", channel: str = "portal", note: str = "", exhibits: Sequence[Kept] = (), review: bool = False,
) -> Return:  # fmt: skip
    """Ask to send units of one order back, and decide what can be decided at once.

    The units are held under the order's own guard, so two requests can never hold the same ones. Where law and
    rulebook speak clearly for all lines they decide alone; where they do not, or `review` asks for a person, the
    merchant's clock starts.

    :raises NothingAsked: without lines, or with a quantity below one.
    :raises NotOfThisOrder: if a wish names a line of another order.
    :raises NotAReason: if a reason is a group, unknown or switched off.
    :raises UnitsGone: if more is asked back than may come back; nothing is written.
    """
    lines = _lines(order, wishes, actor=actor)
    off = order.merchant.reasons_off
    grounds = {wish.line: reasons.leaf(wish.reason, off=off) for wish in wishes}
    declared = queries.declared(POLICY, order)
    judged = verdicts.judge(
        order, lines, wishes, has_evidence=bool(exhibits), record=lambda: queries.record_of(POLICY, order, at=at),
        declared=declared, at=at,
    )  # fmt: skip
    ref = new_ref("ret", at=at)
    _hold(lines, wishes, ref=ref, actor=actor, at=at)
    weight, because = _priority(grounds.values(), order, lines, wishes, judged)
    case = case_actions.open_case(
        order=order, subject=", ".join(lines[wish.line].title for wish in wishes), channel=channel, locale=locale,
        priority=weight, priority_reasons=because, actor=actor, at=at,
    )  # fmt: skip
    whole = verdicts.sum_up(list(judged.values()))
    made = Return(
        ref=ref, number=new_number("HW"), merchant_id=order.merchant_id, case=case, order=order,
        shopper_id=order.shopper_id, remedy=remedy, method=method if whole.goods_back else "none",
        goods_back=whole.goods_back, freight_payer=whole.freight_payer, refund_shipping=whole.refund_shipping,
        currency=order.currency, locale=locale, channel=channel, note=note, asked_at=at,
    )  # fmt: skip
    prepared.insert([made])
    rows = _write_lines(made, lines, wishes, at=at)
    write_decisions(made, {rows[line]: verdict for line, verdict in judged.items()}, actor=POLICY, at=at)
    keep_evidence(made, exhibits, actor=actor, at=at)
    filed = {"filed_by_staff": channel} if actor.is_staff else {}
    journal.record(
        made, "request", actor=actor, at=at, number=made.number, order=order.number,
        lines=[{"line": wish.line, "quantity": wish.quantity, "reason": wish.reason} for wish in wishes], **filed,
    )  # fmt: skip
    if declared:
        carry_out(made, actor=actor, at=at)
    _decide(made, whole, has_evidence=bool(exhibits), review=review, at=at)
    return made


def _lines(order: Order, wishes: Sequence[Wish], *, actor: Actor) -> dict[str, OrderLine]:
    """Return the order's lines by ref for what is wished, after the checks that need no law."""
    counts = Counter(wish.line for wish in wishes)
    if not wishes or any(wish.quantity < 1 for wish in wishes):
        raise NothingAsked("name at least one line, with a quantity of one or more")
    if doubled := [line for line, count in counts.items() if count > 1]:
        raise NothingAsked(f"named more than once: {', '.join(doubled)}")
    return verdicts.lines_wished(order_queries.lines(actor, order), wishes)


def _hold(lines: dict[str, OrderLine], wishes: Sequence[Wish], *, ref: str, actor: Actor, at: datetime) -> None:
    try:
        order_actions.hold([(lines[w.line].pk, w.quantity) for w in wishes], by=ref, actor=actor, at=at)
    except order_actions.NotReturnable as refused:
        names = {line.pk: line.ref for line in lines.values()}
        raise UnitsGone(
            {names[pk]: asked for pk, asked in refused.asked.items()},
            {names[pk]: left for pk, left in refused.available.items()},
        ) from refused


def _priority(
    grounds: Iterable[reasons.Reason], order: Order, lines: dict[str, OrderLine], wishes: Sequence[Wish],
    judged: dict[str, Verdict],
) -> tuple[int, list[str]]:  # fmt: skip
    """Return how urgent the case is, 0 to 100, and why: quality first, vulnerable goods, then the rest."""
    heaviest = max(grounds, key=lambda reason: reason.weight)
    weight, because = heaviest.weight, [heaviest.code] if heaviest.weight else []
    traits = {trait for wish in wishes for trait in lines[wish.line].traits}
    if traits & {"perishable", "medical"}:
        weight, because = weight + 30, [*because, "vulnerable_goods"]
    value = sum((verdict.value.minor for verdict in judged.values()), 0)
    if Money(value, order.currency) >= Money.of(500, order.currency):
        weight, because = weight + 10, [*because, "high_value"]
    return weight, because


def _write_lines(
    made: Return, lines: dict[str, OrderLine], wishes: Sequence[Wish], *, at: datetime
) -> dict[str, ReturnLine]:
    rows = prepared.insert(
        ReturnLine(
            ref=new_ref("rli", at=at), return_request=made, order_line=lines[wish.line], quantity=wish.quantity,
            reason=wish.reason, condition=wish.condition, seal_broken=wish.seal_broken,
            serials=list(wish.serials), words=wish.words,
        )
        for wish in wishes
    )  # fmt: skip
    return {wish.line: row for wish, row in zip(wishes, rows, strict=True)}


def _decide(made: Return, whole: Verdict, *, has_evidence: bool, review: bool, at: datetime) -> None:
    """Let law and rulebook decide what is clear; hand the rest to a person, with the merchant's clock."""
    outcome = "review" if review else whole.outcome
    if outcome != "refuse" and whole.evidence_wanted and not has_evidence and not review:
        journal.move(made, "ask_evidence", actor=POLICY, at=at, wanted=list(whole.evidence_wanted))
        clock = NewClock("evidence", at + timedelta(days=7), owner="shopper", on_expiry="expire")
        case_actions.start_clocks(made.case, [clock], at=at)
        case_actions.move_if(made.case, "wait", actor=POLICY, at=at)
    elif outcome == "authorize":
        permit(made, whole, actor=POLICY, at=at)
    elif outcome == "refuse":
        journal.move(
            made, "refuse", actor=POLICY, at=at, set={"decided_at": at, "refusal": whole.ground}, ground=whole.ground
        )
        _let_go(made, actor=POLICY, at=at)
    else:
        journal.move(made, "review", actor=POLICY, at=at)
        hours = made.order.merchant.answer_hours
        clock = NewClock(
            "merchant_answer", at + timedelta(hours=hours), owner="merchant", on_expiry="remind", basis=f"{hours} h"
        )
        case_actions.start_clocks(made.case, [clock], at=at)


def permit(made: Return, whole: Verdict, *, actor: Actor, at: datetime, verb: str = "authorize") -> None:
    """Authorize a return: set what follows from the verdict and start the clocks that law and promise set."""
    ship_by = whole.ship_by(at) if whole.goods_back else None
    journal.move(
        made, verb, actor=actor, at=at,
        set={
            "decided_at": at, "ship_by": ship_by, "goods_back": whole.goods_back, "refusal": "",
            "freight_payer": whole.freight_payer, "refund_shipping": whole.refund_shipping,
        },
        goods_back=whole.goods_back, remedy=made.remedy, bases=list(whole.bases),
    )  # fmt: skip
    clocks = _refund_clocks(made, whole)
    if ship_by:
        # A right does not end because its goods are late: a person is reminded. Goodwill ends by itself.
        on_expiry = "remind" if whole.is_right else "expire"
        clocks.append(NewClock("ship_by", ship_by, owner="shopper", on_expiry=on_expiry))
    case_actions.start_clocks(made.case, clocks, at=at)
    if ship_by:
        case_actions.move_if(made.case, "wait", actor=actor, at=at)


def wind_refund_clocks(made: Return, whole: Verdict, *, at: datetime) -> list[NewClock]:
    """Set the clocks of the money to what law and promise say with what is known now; they wait where the shop may.

    Return those whose moment is known.
    """
    clocks = _refund_clocks(made, whole)
    case_actions.start_clocks(made.case, clocks, at=at)
    return clocks


def _refund_clocks(made: Return, whole: Verdict) -> list[NewClock]:
    moments = {"posted_at": made.posted_at, "goods_at": made.goods_at}
    waits_for = "goods or proof of posting" if whole.waits(**moments) else ""
    clocks = []
    if due := whole.refund_due(asked_at=made.asked_at, **moments):
        law = NewClock("refund_law", due, source="law", owner="finance", basis=whole.refund_basis, waits_for=waits_for)
        clocks.append(law)
    if promised := whole.refund_promised(asked_at=made.asked_at, **moments):
        clocks.append(NewClock("refund_promise", promised, owner="finance"))
    return clocks


def _let_go(made: Return, *, actor: Actor, at: datetime) -> None:
    """Free the units of a return that will not come back, so that they may be asked back anew."""
    units = list(made.lines.values_list("order_line_id", "quantity"))
    order_actions.release(units, by=made.ref, actor=actor, at=at)
