"""Journal entries in words, as timelines show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from homeward.journal.models import Entry
from homeward.kernel import Role
from homeward.parties import texts as party_texts

# Event → (words, tone). Events that are missing here are shown by their own name and tone idle.
WORDS = {
    "case.open": (_("Case opened"), "info"),
    "case.take": (_("Taken in hand"), "info"),
    "case.wait": (_("Waiting"), "wait"),
    "case.resume": (_("Taken up again"), "info"),
    "case.close": (_("Case closed"), "good"),
    "case.reopen": (_("Case reopened"), "info"),
    "case.say": (_("Message"), "info"),
    "case.clock_ran_out": (_("A clock ran out"), "bad"),
    "return.request": (_("Return requested"), "info"),
    "return.review": (_("Handed to a person"), "wait"),
    "return.authorize": (_("Return authorized"), "good"),
    "return.overturn": (_("Refusal overturned"), "good"),
    "return.refuse": (_("Return refused"), "bad"),
    "return.ask_evidence": (_("Evidence asked for"), "wait"),
    "return.give_evidence": (_("Evidence handed in"), "info"),
    "return.add_evidence": (_("Evidence added"), "info"),
    "return.withdraw": (_("Return withdrawn"), "idle"),
    "return.expire": (_("Return expired"), "idle"),
    "return.settle": (_("Return settled"), "good"),
    "withdrawal.declare": (_("Withdrawal declared"), "info"),
    "withdrawal.match": (_("Withdrawal matched to its order"), "info"),
    "withdrawal.acknowledge": (_("Withdrawal acknowledged"), "good"),
    "parcel.plan": (_("Way back planned"), "info"),
    "parcel.label": (_("Label ready"), "info"),
    "parcel.accept": (_("Handed to the carrier"), "moving"),
    "parcel.hold": (_("Parcel held"), "wait"),
    "parcel.deliver": (_("Parcel delivered"), "moving"),
    "parcel.lose": (_("Parcel lost"), "bad"),
    "parcel.find": (_("Parcel found"), "moving"),
    "parcel.send_back": (_("Parcel sent back"), "bad"),
    "parcel.cancel": (_("Parcel cancelled"), "idle"),
    "receipt.expect": (_("Expected at the dock"), "wait"),
    "receipt.receive": (_("Goods received"), "good"),
    "receipt.inspect": (_("Goods inspected"), "good"),
    "receipt.dispute": (_("Condition disputed"), "contested"),
    "receipt.resolve": (_("Condition settled"), "good"),
    "receipt.grade": (_("Units graded"), "info"),
    "receipt.confirm": (_("Confirmed by a second person"), "info"),
    "receipt.void": (_("A finding taken back"), "wait"),
    "receipt.photograph": (_("Photos taken at the dock"), "info"),
    "receipt.reopen": (_("Counted again"), "wait"),
    "receipt.match": (_("Goods matched with the return"), "info"),
    "remedy.propose": (_("Remedy proposed"), "info"),
    "remedy.agree": (_("Remedy agreed"), "info"),
    "remedy.decline": (_("Remedy declined"), "idle"),
    "remedy.execute": (_("Remedy under way"), "moving"),
    "remedy.finish": (_("Remedy fulfilled"), "good"),
    "remedy.fail": (_("Remedy failed"), "bad"),
    "refund.intend": (_("Refund intended"), "info"),
    "refund.send": (_("Refund sent"), "moving"),
    "refund.confirm": (_("Refund confirmed"), "good"),
    "refund.fail": (_("Refund failed"), "bad"),
    "refund.reverse": (_("Refund reversed"), "bad"),
    "replacement.reserve": (_("Replacement reserved"), "info"),
    "replacement.release": (_("Replacement released"), "info"),
    "replacement.ship": (_("Replacement shipped"), "moving"),
    "replacement.deliver": (_("Replacement delivered"), "good"),
    "notice.write": (_("Mail written"), "idle"),
    "notice.send": (_("Mail sent"), "idle"),
    "notice.keep": (_("Mail kept"), "idle"),
    "notice.fail": (_("Mail failed"), "bad"),
}

# What shoppers see of it: the road, not the desk's own steps.
FOR_SHOPPERS = {
    event
    for event in WORDS
    if event.split(".")[0] in {"return", "parcel", "receipt", "refund", "replacement", "withdrawal"}
} - {
    "parcel.plan", "receipt.expect", "receipt.grade", "receipt.confirm", "receipt.void", "receipt.photograph",
    "receipt.reopen", "receipt.match", "refund.intend", "withdrawal.match",
}  # fmt: skip


def words_for(entry: Entry) -> tuple[Any, str]:
    """Return what an entry says in words, and its tone."""
    return WORDS.get(entry.event, (entry.event, "idle"))


def who(entry: Entry) -> Any:
    """Return who acted: the role in words, never an id."""
    role = entry.actor.split(":", 1)[0]
    return party_texts.ROLES.get(Role(role), role) if role in set(Role) else role


def entries_as_marks(entries: Iterable[Entry], *, for_shopper: bool = False) -> list[dict[str, Any]]:
    """Return entries as `<c-journal>` takes them, newest first; shoppers see the road alone."""
    marks = []
    for entry in entries:
        if for_shopper and entry.event not in FOR_SHOPPERS:
            continue
        title, tone = words_for(entry)
        marks.append({"title": title, "tone": tone, "at": entry.at, "who": "" if for_shopper else who(entry)})
    return marks[::-1]
