"""What settlements do when something happened earlier on the road: settle what is due, book what labels cost."""

from __future__ import annotations

from datetime import datetime

from homeward import journal
from homeward.journal.models import Entry
from homeward.kernel.actor import MACHINE, POLICY
from homeward.logistics import queries as logistics_queries
from homeward.settlements import actions, queries
from homeward.settlements.actions import NothingToSettle, NotSettledHere
from homeward.warehouse import queries as warehouse_queries


@journal.on("return.authorize", "return.overturn")
def settle_what_need_not_come(entry: Entry, *, at: datetime) -> None:
    """Settle a return at once where the shopper keeps the goods."""
    if entry.facts.get("goods_back") is False:
        _settle(entry.noun_id, at=at)


@journal.on("receipt.inspect", "receipt.resolve")
def settle_what_came(entry: Entry, *, at: datetime) -> None:
    """Settle the units of a return that passed inspection."""
    if return_id := warehouse_queries.return_of(MACHINE, entry.ref):
        _settle(return_id, at=at)


@journal.on("receipt.reopen")
def take_back_what_was_owed(entry: Entry, *, at: datetime) -> None:
    """Take back what is owed for goods that are to be counted again."""
    if return_id := warehouse_queries.return_of(MACHINE, entry.ref):
        actions.recall(return_id, actor=MACHINE, at=at)


@journal.on("refund.fail", "refund.reverse")
def settle_anew_what_was_counted_again(entry: Entry, *, at: datetime) -> None:
    """Settle anew what did not arrive after its goods had been taken back to be counted."""
    remedy = queries.refund(MACHINE, entry.ref).remedy
    if remedy is not None:
        actions.renew(remedy, actor=POLICY, at=at)


@journal.on("return.withdraw", "return.expire", "return.refuse")
def let_proposals_lapse(entry: Entry, *, at: datetime) -> None:
    """Decline what nobody has agreed to before its return ended."""
    actions.lapse(entry.noun_id, actor=MACHINE, at=at)


@journal.on("replacement.cancel")
def give_money_for_goods(entry: Entry, *, at: datetime) -> None:
    """Settle in money what cannot be made good in goods."""
    remedy = queries.replacement(MACHINE, entry.ref).remedy
    if remedy.state == "failed":
        actions.give_way(remedy, actor=POLICY, at=at)


def _settle(return_id: int, *, at: datetime) -> None:
    try:
        actions.settle(return_id, actor=POLICY, at=at)
    except (NothingToSettle, NotSettledHere):
        return  # nothing passed, or a person must first say how much


@journal.on("parcel.label")
def book_label(entry: Entry, *, at: datetime) -> None:
    """Book what a label costs."""
    actions.book_label(logistics_queries.label(MACHINE, entry.ref), actor=MACHINE, at=at)


@journal.on("parcel.cancel")
def unbook_label(entry: Entry, *, at: datetime) -> None:
    """Take the booking of a label back that was given back unused."""
    actions.unbook_label(logistics_queries.label(MACHINE, entry.ref), actor=MACHINE, at=at)
