"""What happens to a return after it is asked for: proof, change of heart, arrival, settlement, expiry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.cases.actions import NewClock
from homeward.kernel import Actor
from homeward.orders import actions as order_actions
from homeward.returns import verdicts
from homeward.returns.actions.asking import wind_refund_clocks
from homeward.returns.actions.deciding import _standing
from homeward.returns.actions.records import Kept, keep_evidence
from homeward.returns.models import Evidence, Return


class GoodsAreHere(Exception):
    """A return cannot be withdrawn once its goods have arrived."""


@journal.action
def add_evidence(made: Return, exhibits: Sequence[Kept], *, actor: Actor, at: datetime) -> list[Evidence]:
    """Hand in evidence for a return; where it was wanted, the return goes back under review.

    :raises NotAllowed: if the return is over.
    """
    kept = keep_evidence(made, exhibits, actor=actor, at=at)
    names = [exhibit.exhibit.name for exhibit in exhibits]
    if made.state == "evidence_wanted":
        journal.move(made, "give_evidence", actor=actor, at=at, files=names)
        case_actions.meet_clocks(made.case_id, "evidence", at=at)
        case_actions.move_if(made.case, "resume", actor=actor, at=at)
        clock = NewClock("merchant_answer", _answer_by(made, at), owner="merchant")
        case_actions.start_clocks(made.case, [clock], at=at)
    else:
        journal.record(made, "add_evidence", actor=actor, at=at, files=names)
    return kept


def _answer_by(made: Return, at: datetime) -> datetime:
    from_now = verdicts.hours(made.merchant.answer_hours)
    return from_now.resolve(at, zone=made.merchant.zone)


@journal.action
def withdraw(made: Return, *, actor: Actor, at: datetime) -> None:
    """Take a return back before its goods have arrived: the units are free again, its case is closed.

    :raises GoodsAreHere: if goods have arrived already.
    :raises NotAllowed: if the return is over, or permitted for goods that stay where they are: that is settled at once.
    """
    _end(made, "withdraw", actor=actor, at=at)


@journal.action
def expire(made: Return, *, actor: Actor, at: datetime) -> None:
    """End a return whose goods never came, or whose evidence never did: the units are free again."""
    _end(made, "expire", actor=actor, at=at)


def _end(made: Return, verb: str, *, actor: Actor, at: datetime) -> None:
    before = journal.move(made, verb, actor=actor, at=at).before
    now = Return.objects.only("goods_at", "goods_back").get(pk=made.pk)  # read under the lock that the move took
    if now.goods_at:
        raise GoodsAreHere(made.number)
    if before == "authorized" and not now.goods_back:
        others = [one for one in Return.lifecycle.allowed(before, role=actor.role) if one != verb]
        raise journal.NotAllowed("return", verb, before, actor.role, others)
    order_actions.release(list(made.lines.values_list("order_line_id", "quantity")), by=made.ref, actor=actor, at=at)
    case_actions.move_if(made.case, "close", actor=actor, at=at, closed_at=at)
    case_actions.meet_clocks(made.case_id, at=at)


@journal.action
def keep(made: Return, *, remedy: str, actor: Actor, at: datetime) -> None:
    """Note that the shopper of an authorized return keeps the goods after all, for `remedy`: nothing travels now."""
    if not Return.objects.filter(pk=made.pk, goods_back=True).update(goods_back=False, ship_by=None, remedy=remedy):
        return
    made.goods_back, made.ship_by, made.remedy = False, None, remedy
    journal.record(made, "keep", actor=actor, at=at, remedy=remedy)
    case_actions.meet_clocks(made.case_id, "ship_by", at=at)


@journal.action
def change_remedy(made: Return, remedy: str, *, actor: Actor, at: datetime) -> None:
    """Note that a return is put right in another way than was agreed, since that way has turned out to be closed."""
    Return.objects.filter(pk=made.pk).update(remedy=remedy)
    journal.record(made, "change_remedy", actor=actor, at=at, instead_of=made.remedy, remedy=remedy)
    made.remedy = remedy


@journal.action
def goods_arrived(made: Return, *, actor: Actor, at: datetime) -> None:
    """Note that goods of this return have arrived; told by the warehouse in the transaction of its receipt.

    Where law or promise count from goods back, the clocks of the refund start now.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE returns_return SET goods_at = %s WHERE id = %s AND goods_at IS NULL", [at, made.pk])
        if not cursor.rowcount:
            return
    made.goods_at = at
    case_actions.meet_clocks(made.case_id, "ship_by", at=at)
    wind_refund_clocks(made, verdicts.sum_up(list(_standing(made).values())), at=at)
    case_actions.move_if(made.case, "resume", actor=actor, at=at)


@journal.action
def nothing_came(made: Return, *, actor: Actor, at: datetime) -> None:
    """Note that of this return nothing has come after all: another thing lay in the box.

    Money that waits for the goods waits again, and the shopper may call the return off as before.
    """
    if not Return.objects.filter(pk=made.pk, goods_at__isnull=False).update(goods_at=None):
        return
    made.goods_at = None
    clocks = wind_refund_clocks(made, verdicts.sum_up(list(_standing(made).values())), at=at)
    over = {"refund_law", "refund_promise"} - {clock.kind for clock in clocks}
    case_actions.pause_clocks(made.case_id, *over, cause="goods", at=at)


@journal.action
def posted(made: Return, *, posted_at: datetime, actor: Actor, at: datetime) -> None:
    """Note proof of sending: the carrier has the goods since `posted_at`; told by the way back, the earliest counts."""
    known = Return.objects.filter(pk=made.pk).filter(Q(posted_at=None) | Q(posted_at__gt=posted_at))
    if not known.update(posted_at=posted_at):
        return
    made.posted_at = posted_at
    case_actions.meet_clocks(made.case_id, "ship_by", at=at)
    wind_refund_clocks(made, verdicts.sum_up(list(_standing(made).values())), at=at)


@journal.action
def settle(made: Return, *, actor: Actor, at: datetime) -> None:
    """End a return all of whose units are settled, and close its case; told by the settlements.

    :raises NotAllowed: if it is not authorized (any more).
    """
    journal.move(made, "settle", actor=actor, at=at)
    case_actions.move_if(made.case, "close", actor=actor, at=at, closed_at=at)
    case_actions.meet_clocks(made.case_id, at=at)
