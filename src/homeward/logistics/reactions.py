"""What this room does when something happened earlier on the road."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from homeward import journal
from homeward.journal.models import Entry
from homeward.kernel.actor import MACHINE
from homeward.logistics import actions, errands, queries
from homeward.logistics.actions import NothingToSend
from homeward.returns import queries as return_queries

PAPERS = ("label", "qr", "pickup")  # ways that need papers of ours


@journal.on("return.authorize", "return.overturn")
def plan_way_back(entry: Entry, *, at: datetime) -> None:
    """Plan how the goods of an authorized return come back, unless the shopper keeps them or has planned already.

    Who asked through the portal is told that the papers come by mail, so these are made; shop systems ask for theirs.
    """
    if entry.facts.get("goods_back") is False:
        return
    made = return_queries.bare(MACHINE, entry.ref)
    if queries.has_parcels(MACHINE, made):
        return  # somebody was faster; what a part of the goods still needs is planned when its label is asked for
    way = actions.label if made.channel == "portal" and made.method in PAPERS else actions.plan
    with suppress(NothingToSend):
        way(made, actor=MACHINE, at=at)


@journal.on("return.withdraw", "return.expire", "return.settle", "return.keep")
def call_parcels_off(entry: Entry, *, at: datetime) -> None:
    """Cancel the parcels of a return that is over, or whose goods stay, as far as nobody has handed them in."""
    actions.call_off(entry.noun_id, actor=MACHINE, at=at, cause=entry.verb)


@journal.on("parcel.ask_label")
def buy_label(entry: Entry, *, at: datetime) -> None:
    """Buy the label that was asked for."""
    errands.buy_label(entry.noun_id, at=at)


@journal.on("parcel.cancel")
def give_label_back(entry: Entry, *, at: datetime) -> None:
    """Give a remote carrier's label back that will not be used."""
    errands.give_label_back(entry.noun_id, at=at)
