"""Journal entries in words, as timelines and lists show them: what happened, who did it, and what of it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from homeward.cases import texts as case_texts
from homeward.conversations import texts as conversation_texts
from homeward.journal.models import Entry
from homeward.kernel import Money, Role, formats
from homeward.logistics import texts as logistics_texts
from homeward.parties import texts as party_texts
from homeward.returns import texts as return_texts
from homeward.settlements import texts as settlement_texts
from homeward.warehouse import texts as warehouse_texts

# Event → (words, tone). Events that are missing here are shown by their own name and tone idle.
WORDS = {
    "case.open": (_("Case opened"), "info"),
    "case.take": (_("Taken in hand"), "info"),
    "case.place": (_("Order found"), "info"),
    "case.hand_over": (_("Handed over"), "info"),
    "case.release": (_("Laid back for anybody"), "idle"),
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
    "return.keep": (_("Goods stay with the shopper"), "info"),
    "return.change_remedy": (_("Put right in another way"), "info"),
    "return.settle": (_("Return settled"), "good"),
    "withdrawal.declare": (_("Withdrawal declared"), "info"),
    "withdrawal.match": (_("Withdrawal matched to its order"), "info"),
    "withdrawal.take_up_again": (_("Withdrawal runs again: its return came to nothing"), "wait"),
    "withdrawal.acknowledge": (_("Withdrawal acknowledged"), "good"),
    "parcel.plan": (_("Way back planned"), "info"),
    "parcel.label": (_("Label ready"), "info"),
    "parcel.accept": (_("Handed to the carrier"), "moving"),
    "parcel.hold": (_("Parcel held"), "wait"),
    "parcel.deliver": (_("Parcel delivered"), "moving"),
    "parcel.lose": (_("Parcel lost"), "bad"),
    "parcel.find": (_("Parcel found"), "moving"),
    "parcel.send_back": (_("Parcel sent back"), "bad"),
    "parcel.cancel": (_("Parcel canceled"), "idle"),
    "parcel.ask_label": (_("Label asked of the carrier"), "info"),
    "parcel.refuse_label": (_("The carrier gives no label"), "bad"),
    "parcel.book": (_("Label booked"), "info"),
    "parcel.unbook": (_("Label given back"), "idle"),
    "parcel.release": (_("Parcel moves again"), "moving"),
    "parcel.appear": (_("A parcel nobody announced"), "contested"),
    "parcel.join": (_("Joined with its return"), "info"),
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
    "remedy.give_way": (_("Put right in another way"), "info"),
    "remedy.stand": (_("It has left, and its goods are counted again"), "bad"),
    "refund.intend": (_("Refund intended"), "info"),
    "refund.send": (_("Refund sent"), "moving"),
    "refund.confirm": (_("Refund confirmed"), "good"),
    "refund.fail": (_("Refund failed"), "bad"),
    "refund.reverse": (_("Refund reversed"), "bad"),
    "refund.take_in": (_("Refund made at the provider"), "info"),
    "refund.wait": (_("The provider works on it"), "moving"),
    "replacement.reserve": (_("Replacement reserved"), "info"),
    "replacement.release": (_("Replacement released"), "info"),
    "replacement.ship": (_("Replacement shipped"), "moving"),
    "replacement.deliver": (_("Replacement delivered"), "good"),
    "replacement.cancel": (_("Replacement canceled"), "bad"),
    "notice.write": (_("Mail written"), "idle"),
    "notice.send": (_("Mail sent"), "idle"),
    "notice.keep": (_("Mail kept"), "idle"),
    "notice.fail": (_("Mail failed"), "bad"),
    "notice.retry": (_("Mail sent again"), "info"),
    "order.import": (_("Order told"), "info"),
    "order.correct": (_("Order corrected"), "info"),
    "order.hold": (_("Units held for a return"), "idle"),
    "order.release": (_("Units free again"), "idle"),
    "payment.reserve": (_("Money set aside for a refund"), "idle"),
    "payment.free": (_("Money free again"), "idle"),
    "payment.charge_back": (_("Taken back by the bank"), "bad"),
    "importrun.start": (_("Import began"), "info"),
    "importrun.take": (_("Import went on"), "info"),
    "importrun.finish": (_("Import finished"), "good"),
    "product.list": (_("Product listed"), "idle"),
    "rulebook.publish": (_("Rulebook published"), "info"),
    "rulebook_draft.begin": (_("Draft of a rulebook begun"), "info"),
    "rulebook_draft.revise": (_("Draft of a rulebook changed"), "info"),
    "rulebook_draft.submit": (_("Draft of a rulebook handed to a second person"), "wait"),
    "rulebook_draft.approve": (_("Draft of a rulebook approved"), "good"),
    "rulebook_draft.send_back": (_("Draft of a rulebook sent back"), "wait"),
    "rulebook_draft.take_back": (_("Draft of a rulebook taken up again"), "info"),
    "rulebook_draft.publish": (_("Draft of a rulebook published"), "good"),
    "backtest.start": (_("Backtest started"), "info"),
    "backtest.begin": (_("Backtest taken up"), "info"),
    "backtest.resume": (_("Backtest taken up anew"), "wait"),
    "backtest.finish": (_("Backtest finished"), "good"),
    "backtest.fail": (_("Backtest failed"), "bad"),
    "backtest.cancel": (_("Backtest called off"), "idle"),
    "rulebook_draft.withdraw": (_("Draft of a rulebook given up"), "idle"),
    "ratecard.import": (_("Rates taken in"), "info"),
    "center.open": (_("Center opened"), "info"),
    "center.change": (_("Center changed"), "info"),
    "merchant.allow_origins": (_("Pages chosen that may show the withdrawal form"), "info"),
    "merchant.admit": (_("Merchant admitted"), "good"),
    "staff.hire": (_("Place among the staff given"), "info"),
    "staff.invite": (_("Invited among the staff"), "info"),
    "staff.mail": (_("Invitation sent"), "idle"),
    "staff.miss": (_("Invitation could not be sent"), "bad"),
    "staff.change_place": (_("Place among the staff changed"), "info"),
    "staff.let_go": (_("Let go"), "idle"),
    "staff.bring_back": (_("Brought back among the staff"), "info"),
    "apikey.cut": (_("API key cut"), "info"),
    "apikey.revoke": (_("API key revoked"), "idle"),
    "counselmark.mark_checked": (_("Law checked by counsel"), "good"),
    "counselmark.withdraw_mark": (_("Counsel’s check withdrawn"), "bad"),
}

# Nouns in words, in the order of the road; the journal's page is narrowed by them.
NOUNS = {
    "order": _("Order"),
    "case": _("Case"),
    "return": _("Return"),
    "withdrawal": _("Withdrawal"),
    "parcel": _("Parcel"),
    "receipt": _("Receipt"),
    "remedy": _("Remedy"),
    "refund": _("Refund"),
    "replacement": _("Replacement"),
    "payment": _("Payment"),
    "notice": _("Mail"),
    "importrun": _("Import"),
    "rulebook": _("Rulebook"),
    "rulebook_draft": _("Draft of a rulebook"),
    "backtest": _("Backtest"),
    "ratecard": _("Rates"),
    "center": _("Center"),
    "product": _("Product"),
    "staff": _("Staff"),
    "apikey": _("API key"),
    "merchant": _("Merchant"),
    "counselmark": _("Check of law"),
}

# What shoppers see of it: the road, not the desk's own steps.
FOR_SHOPPERS = {
    event
    for event in WORDS
    if event.split(".")[0] in {"return", "parcel", "receipt", "refund", "replacement", "withdrawal"}
} - {
    "parcel.plan", "parcel.ask_label", "parcel.refuse_label", "parcel.book", "parcel.unbook", "parcel.appear",
    "parcel.join", "receipt.expect", "receipt.grade", "receipt.confirm", "receipt.void", "receipt.photograph",
    "receipt.reopen", "receipt.match", "refund.intend", "refund.wait", "withdrawal.match",
}  # fmt: skip

# Steps that only follow from the one before; a case's timeline leaves them out, the journal's page does not.
QUIET = {"remedy.execute", "remedy.give_way", "replacement.release", "parcel.ask_label"}
_MAIL_ENDS = {"notice.keep", "notice.send", "notice.fail"}


def words_for(entry: Entry) -> tuple[Any, str]:
    """Return what an entry says in words, and its tone."""
    return WORDS.get(entry.event, (entry.event, "idle"))


def who(entry: Entry) -> Any:
    """Return who acted: the role in words, never an id."""
    role = entry.actor.split(":", 1)[0]
    return party_texts.ROLES.get(Role(role), role) if role in set(Role) else role


def note_of(entry: Entry) -> str:
    """Return what of an entry's facts matters to staff, in the reader's language."""
    said = (_TELLERS[key](value) for key, value in entry.facts.items() if key in _TELLERS and value)
    return " · ".join(words for words in said if words)


def _among(texts: Mapping[str, Any]) -> Callable[[Any], str]:
    return lambda value: str(texts.get(value, value))


def _money(value: str) -> str:
    amount, _blank, currency = value.partition(" ")
    return formats.money_in(Money.of(amount, currency), get_language() or "en")


def _listed(words: Iterable[Any]) -> str:
    return formats.words_in(words, get_language() or "en")


def _list(value: Any) -> str:
    wanted = value if isinstance(value, list) else [value]
    return _listed(conversation_texts.WANTED.get(one, one) for one in wanted if isinstance(one, str))


def _filed(channel: str) -> str:
    """Return that staff filed it, and by which way the shopper asked."""
    way = conversation_texts.CHANNELS.get(channel, channel)
    return gettext("filed by staff for the shopper (%(way)s)") % {"way": way}


def _units(value: Any) -> str:
    """Return grades and what becomes of them, units alike once."""
    found: dict[tuple[str, str], int] = {}
    for unit in value:
        key = (unit.get("grade", ""), unit.get("disposition", ""))
        found[key] = found.get(key, 0) + unit.get("quantity", 1)
    return _listed(
        f"{count} × {grade} {warehouse_texts.DISPOSITIONS.get(disposition, disposition)}"
        for (grade, disposition), count in found.items()
    )


# Facts worth telling, each with how it is told. Keys of one meaning bear one name all over the journal.
_KINDS = {**settlement_texts.KINDS, **conversation_texts.KINDS, **case_texts.CLOCKS}
_TELLERS: dict[str, Callable[[Any], str]] = {
    "name": str,
    "filed_by_staff": lambda value: _filed(str(value)),
    "kind": _among(_KINDS),
    "side": _among(conversation_texts.SIDES),
    "ground": _among(warehouse_texts.GROUNDS),
    "ruling": _among(warehouse_texts.RULINGS),
    "outcome": _among(warehouse_texts.OUTCOMES),
    "because": _among(logistics_texts.BECAUSE),
    "remedy": _among(return_texts.REMEDIES),
    "role": _among({str(role): words for role, words in party_texts.ROLES.items()}),
    "wanted": _list,
    "files": _list,
    "bases": _list,
    "units": _units,
    "amount": _money,
    "cost": _money,
    "carrier": lambda value: "" if value == "manual" else str(value),
    "number": str,
    "tracking": str,
    "reason": str,
    "why": str,
    "note": str,
    "stopped_by": str,
    "filename": str,
    "sku": str,
    "code": str,
    "limit": _money,
}


def address_of(entry: Entry) -> str:
    """Return where staff may look at what an entry is about, or nothing."""
    places = {"notice": "office:notice", "refund": "office:refund", "order": "office:order", "case": "desk:case"}
    return reverse(places[entry.noun], args=[entry.ref]) if entry.noun in places else ""


def entries_as_marks(entries: Iterable[Entry], *, for_shopper: bool = False) -> list[dict[str, Any]]:
    """Return entries as `<c-journal>` takes them, newest first; shoppers see the road alone."""
    rows = list(entries)
    mails = {entry.ref: entry for entry in rows if entry.event == "notice.write"}
    ended = {entry.ref for entry in rows if entry.event in _MAIL_ENDS}
    marks = []
    for entry in rows:
        if for_shopper and entry.event not in FOR_SHOPPERS:
            continue
        if entry.event in QUIET or (entry.event == "notice.write" and entry.ref in ended):
            continue
        title, tone = words_for(entry)
        mark = {"title": title, "tone": tone, "at": entry.at, "who": "" if for_shopper else who(entry)}
        if not for_shopper:
            mark |= {"note": _note(entry, mails), "href": address_of(entry) if entry.noun in _LINKED else ""}
        marks.append(mark)
    return marks[::-1]


_LINKED = {"notice", "refund"}


def _note(entry: Entry, mails: Mapping[str, Entry]) -> str:
    """Return an entry's note; a mail that was sent says which one it is."""
    about = mails.get(entry.ref) if entry.event in _MAIL_ENDS else None
    return " · ".join(filter(None, (note_of(about) if about else "", note_of(entry))))
