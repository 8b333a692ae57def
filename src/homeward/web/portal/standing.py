"""How a return stands, as its page tells it: one sentence with its date, four separate facts, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.cases import queries as case_queries
from homeward.conversations import queries as conversation_queries
from homeward.conversations import sources
from homeward.conversations.models import Message
from homeward.journal import queries as journal_queries
from homeward.kernel import Actor, Money, formats
from homeward.logistics import queries as logistics_queries
from homeward.logistics.models import Parcel
from homeward.returns import queries as return_queries
from homeward.returns import reasons, verdicts
from homeward.returns.models import Decision, Evidence, Return, ReturnLine
from homeward.returns.verdicts import Verdict
from homeward.settlements import queries as settlement_queries
from homeward.settlements import texts as settlement_texts
from homeward.settlements import wishes
from homeward.settlements.models import Refund, Remedy
from homeward.warehouse import queries as warehouse_queries
from homeward.warehouse.models import Receipt
from homeward.web import timeline
from homeward.web.portal import sight
from homeward.web.portal.actions import PAPERS

OVER = ("refused", "withdrawn", "expired", "settled")
_LIVE = ("intended", "sent", "confirmed")  # states of refunds whose money moves or has moved


@dataclass(frozen=True, slots=True)
class Head:
    """The sentence that answers "what now": words with a date, its basis, and the law's latest day."""

    words: str
    basis: str = ""
    promised: str = ""
    lawful: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a return, loaded once for its page."""

    made: Return
    lines: Sequence[ReturnLine]
    decisions: Sequence[Decision]
    clocks: dict[str, datetime]
    parcels: Sequence[Parcel]
    receipts: Sequence[Receipt]
    remedies: Sequence[Remedy]
    refunds: Sequence[Refund]
    due: Any
    whole: Verdict | None
    at: datetime

    @property
    def parcel(self) -> Parcel | None:
        """The parcel that counts: the newest that was not called off."""
        return next((parcel for parcel in self.parcels if parcel.state != "cancelled"), None)

    @property
    def receipt(self) -> Receipt | None:
        """The newest receipt that has been counted."""
        return next((receipt for receipt in reversed(self.receipts) if receipt.state != "expected"), None)

    @property
    def owed(self) -> Sequence[Remedy]:
        """What is to be made good for the goods: neither declined, nor an offer, nor a gift beside them."""
        return [one for one in self.remedies if _is_owed(one)]

    @property
    def remedy(self) -> Remedy | None:
        """The newest of those."""
        return next(reversed(self.owed), None)

    @property
    def nothing_came(self) -> bool:
        """Whether all that came so far was something else than announced, or nothing at all."""
        is_counted = self.receipt is not None and self.receipt.state == "inspected"
        return is_counted and self.made.state == "authorized" and self.made.goods_back and self.made.goods_at is None

    @property
    def is_short(self) -> bool:
        """Whether units of it are still to come after a box that has been checked."""
        is_part = self.receipt is not None and self.receipt.outcome in {"short", "wrong"}
        return is_part and self.made.state == "authorized" and self.made.goods_back

    @property
    def is_counted_again(self) -> bool:
        """Whether goods that were here have been taken back to be counted."""
        return self.made.state == "authorized" and self.made.goods_at is not None and self.receipt is None

    @property
    def is_money(self) -> bool:
        """Whether money is what was asked for."""
        return wishes.kind_of(self.made.remedy) in {"refund", "partial_refund"}

    @property
    def gift(self) -> Money:
        """What goes to the shopper beside the goods, for their trouble."""
        gifts = (refund for remedy in self.remedies if remedy.kind == "compensation" for refund in remedy.refunds.all())
        return self.sum_of(gifts, *_LIVE)

    def sum_of(self, refunds: Iterable[Refund], *states: str) -> Money:
        """Return the sum of those of these refunds that are in one of these states."""
        return Money(sum(one.amount_minor for one in refunds if one.state in states), self.made.currency)


def known(actor: Actor, made: Return, *, at: datetime) -> Known:
    """Return all that `actor` may know of a return."""
    decisions = return_queries.holding(actor, made)
    clocks = {clock.kind: clock.due_at for clock in case_queries.clocks(actor, made.case) if clock.met_at is None}
    remedies = settlement_queries.remedies_of(actor, made)
    lines = return_queries.lines(actor, made)
    is_open = made.state not in OVER and not any(map(_is_owed, remedies))
    return Known(
        made=made, lines=lines, decisions=decisions, clocks=clocks,
        parcels=logistics_queries.parcels_of(actor, made), receipts=warehouse_queries.receipts_of(actor, made),
        remedies=remedies, refunds=[refund for remedy in filter(_is_owed, remedies) for refund in remedy.refunds.all()],
        due=settlement_queries.preview(actor, made) if is_open else None, whole=_verdict(decisions, lines, made), at=at,
    )  # fmt: skip


def _is_owed(remedy: Remedy) -> bool:
    is_offer = remedy.state == "proposed" and remedy.awaits == "shopper"
    return remedy.state != "declined" and remedy.kind != "compensation" and not is_offer


def _verdict(decisions: Sequence[Decision], lines: Sequence[ReturnLine], made: Return) -> Verdict | None:
    """Return the policy's verdict that its dates rest on; none where the policy never spoke."""
    zero = Money.zero(made.currency)
    found = [verdicts.from_document(one.document, value=zero) for one in decisions if "facts" in one.document]
    return verdicts.sum_up(found) if found else None


def promise_of(known_: Known) -> Head:
    """Return the sentence at the head of the page."""
    match known_.made.state:
        case "requested" | "under_review":
            return _under_review(known_)
        case "evidence_wanted":
            until = known_.clocks.get("evidence")
            words = _("Add a photo by %(day)s") % {"day": _day(until)} if until else _("Add a photo")
            return Head(words, _("Then a person looks at your request and answers."))
        case "refused":
            return Head(_("We cannot take these goods back"), _("Why, and what else is possible, stands below."))
        case "withdrawn":
            return Head(_("You called this return off"), _("Nothing is to be sent. The goods are yours."))
        case "expired":
            return Head(
                _("This return has ended"), _("Is the parcel on its way? Write to us with its tracking number.")
            )
        case _:
            return _permitted(known_)


def _under_review(known_: Known) -> Head:
    due = known_.clocks.get("merchant_answer")
    if due is None:
        return Head(_("We are looking at your request"), _("Keep the goods with you until then."))
    words = _("You have our answer by %(moment)s") % {"moment": _moment(due)}
    return Head(words, _("A person is looking at your request. Keep the goods with you until then."))


def _permitted(known_: Known) -> Head:
    """Money first where it moves, then what keeps it waiting: the check, the parcel, the handing over."""
    head = _what_is_owed(known_) or _what_is_awaited(known_)
    if not known_.gift:
        return head
    beside = _("Beside it you get %(amount)s for your trouble.") % {"amount": _money_words(known_.gift)}
    return replace(head, basis=f"{head.basis} {beside}".strip())


def _what_is_owed(known_: Known) -> Head | None:
    """Return how it stands with what was agreed; None where nothing has been."""
    remedy = known_.remedy
    if remedy is None:
        return None
    if remedy.kind == "replacement":
        return _replacement(remedy)
    if remedy.state == "proposed":
        words = _("A person works out what goes back to you")
        return Head(words, _("You need do nothing."), *_dates(known_))
    if known_.refunds:
        return _money(known_)
    return _nothing_due() if remedy.state == "done" else None


def _what_is_awaited(known_: Known) -> Head:
    promised, lawful = _dates(known_) if known_.is_money else ("", "")
    receipt = known_.receipt
    if receipt is not None and receipt.state == "disputed":
        words = _("We found something else in your parcel than announced")
        return Head(words, _("Tell us below what you sent; a person then decides."), promised, lawful)
    if receipt is not None and receipt.state == "received" and receipt.due_at:
        words = _("We check your parcel by %(day)s") % {"day": _day(receipt.due_at)}
        return Head(words, _then(known_), promised, lawful)
    if known_.nothing_came:
        return _nothing_came(known_)
    if known_.made.goods_back and known_.made.goods_at is None:
        return _on_the_way(known_, promised, lawful)
    if known_.made.goods_back and known_.is_counted_again:
        return Head(_("We look at your parcel once more"), _then(known_), promised, lawful)
    if not known_.is_money:
        return Head(_("Your goods are here") if known_.made.goods_back else _("You keep the goods"), _then(known_))
    if known_.due is not None and not known_.due.total:
        return _nothing_due()
    amount = _money_words(known_.due.total) if known_.due else ""
    words = _("%(amount)s goes back to you") % {"amount": amount} if amount else _("Your money goes back to you")
    return Head(words, "", promised, lawful)


def _nothing_due() -> Head:
    return Head(_("Nothing is paid back"), _("What is taken off comes to the whole price, as shown beside."))


def _then(known_: Known) -> str:
    """Return what follows the check: what the shopper asked for."""
    match wishes.kind_of(known_.made.remedy):
        case "refund" | "partial_refund":
            return _("Then your money goes back the way you paid.")
        case "replacement":
            return _("Then your new item goes out to you.")
    return _("Then we put it right as agreed.")


def _nothing_came(known_: Known) -> Head:
    is_empty = known_.receipt is not None and known_.receipt.ground == "empty"
    words = _("Nothing lay in the box") if is_empty else _("We found something else in your parcel than announced")
    return Head(words, _still_open())


def _still_open() -> str:
    return _("What is missing stays open: send it later, or tell us what happened.")


def _on_the_way(known_: Known, promised: str, lawful: str) -> Head:
    parcel, made = known_.parcel, known_.made
    if parcel is not None and parcel.state == "lost":
        words = _("The carrier counts your parcel as lost")
        return Head(words, _("You need do nothing. A person writes to you about what follows."), promised, lawful)
    if parcel is not None and parcel.state in {"in_transit", "held", "delivered"}:
        is_here = parcel.state == "delivered"
        words = _("Your parcel is with us") if is_here else _("Your parcel is on its way to us")
        check = _("We check it next.") if is_here else _("We check it when it is here.")
        return Head(words, f"{check} {_then(known_)}", promised, lawful)
    if made.ship_by:
        words = _("Hand your parcel over by %(day)s") % {"day": _day(made.ship_by)}
        return Head(words, _("It counts when the carrier takes it. Keep the receipt."), promised, lawful)
    return Head(_("Send your parcel"), "", promised, lawful)


def _replacement(remedy: Remedy) -> Head:
    sent = getattr(remedy, "replacement", None)
    if sent is not None and sent.state == "shipped":
        number = f"{sent.carrier} {sent.tracking_number}".strip()
        return Head(_("Your new item is on its way"), _("Tracking number: %(number)s") % {"number": number})
    if sent is not None and sent.state == "delivered":
        return Head(_("Your new item was delivered"), "")
    return Head(_("Your new item is being packed"), _("You get its tracking number by mail."))


def _money(known_: Known) -> Head:
    """Return how it stands with money that was sent, or is to be: what is stuck first, then what is on its way."""
    refunds = known_.refunds
    moving, arrived = known_.sum_of(refunds, "intended", "sent"), known_.sum_of(refunds, "confirmed")
    is_stuck = any(remedy.state == "failed" for remedy in known_.owed)
    basis = [_way_of(refunds)]
    if not (is_stuck or moving):
        last = max((one.confirmed_at for one in refunds if one.confirmed_at and one.state == "confirmed"), default=None)
        words = _("%(amount)s was paid back on %(day)s") % {"amount": _money_words(arrived), "day": _day(last)}
        return Head(words, _sentences(*basis, _still_open() if known_.is_short else ""))
    promised, lawful = _dates(known_)
    if arrived:
        basis.append(_("You have had %(amount)s of it already.") % {"amount": _money_words(arrived)})
    if is_stuck:
        words = _("The payment did not go through; we are putting it right")
        return Head(words, _sentences(_("You need do nothing."), *basis[1:]), promised, lawful)
    day, is_late = _arrival(known_)
    if is_late:
        basis.append(_("It takes longer than we promised."))
    sent = {"amount": _money_words(moving), "day": _day(day)}
    words = _("%(amount)s will be with you by %(day)s") % sent if day else _("%(amount)s is on its way to you") % sent
    return Head(words, _sentences(*basis), promised, lawful)


def _way_of(refunds: Iterable[Refund]) -> str:
    """Return along what the money goes, as the shopper knows it from paying; nothing where nobody knows."""
    ways = dict.fromkeys(one.payment.method for one in refunds if one.payment.method and one.state in _LIVE)
    names = formats.words_in(ways, get_language() or "en")
    return _("The same way you paid: %(way)s.") % {"way": names} if names else ""


def _arrival(known_: Known) -> tuple[datetime | None, bool]:
    """Return the first day still to come by which the money is due, and whether one before it has been missed."""
    promised, lawful = _moments(known_)
    ahead = [moment for moment in (promised, lawful) if moment and moment >= known_.at]
    is_late = any(moment < known_.at for moment in (promised, lawful) if moment)
    return min(ahead, default=None), is_late


def _sentences(*parts: str) -> str:
    return " ".join(filter(None, parts))


def _dates(known_: Known) -> tuple[str, str]:
    """Return the promised and the latest lawful date of the money in words, or the span that has not begun."""
    whole = known_.whole
    if whole is None:
        return "", ""
    promised, lawful = _moments(known_)
    return (
        _day(promised) if promised else sight.span_words(whole.promise),
        _day(lawful) if lawful else sight.span_words(whole.law),
    )


def _moments(known_: Known) -> tuple[datetime | None, datetime | None]:
    """Return until when the money is promised, and until when law has it; None where that has not begun."""
    whole, made = known_.whole, known_.made
    if whole is None:
        return None, None
    asked_at, goods_at = made.asked_at, made.goods_at
    promised = known_.clocks.get("refund_promise") or whole.refund_promised(asked_at=asked_at, goods_at=goods_at)
    lawful = known_.clocks.get("refund_law") or whole.refund_due(asked_at=asked_at, goods_at=goods_at)
    return promised, lawful


def facts_of(known_: Known) -> list[dict[str, Any]]:
    """Return the separate facts of the page: permission, goods, remedy or replacement, money."""
    goods: dict[str, Any] = {"noun": "parcel", "state": "none"}
    if known_.receipt is not None:
        goods = {"of": known_.receipt}
    elif known_.parcel is not None:
        goods = {"of": known_.parcel}
    elif not known_.made.goods_back or known_.made.state == "refused":
        goods = {"noun": "parcel", "state": "none", "words": _("Nothing to send")}
    facts: list[dict[str, Any]] = [{"of": known_.made}, goods]
    sent = getattr(known_.remedy, "replacement", None)
    if sent is not None:
        facts.append({"of": sent, "label": _("New item")})
        return facts
    money: dict[str, Any] = {"noun": "refund", "state": "none"}
    if known_.made.state == "authorized" and known_.made.goods_back:
        money["words"] = _("Starts after the check")
    if known_.refunds:
        last = known_.refunds[-1]
        money = {"of": last, "note": last.payment.method}
    return [*facts, money]


def expected(known_: Known) -> list[dict[str, Any]]:
    """Return what is still to come, the farthest first, as the timeline shows it."""
    made = known_.made
    if made.state != "authorized" or known_.refunds or getattr(known_.remedy, "replacement", None):
        return []
    if known_.nothing_came:
        return []
    ahead: list[tuple[str | Promise, str]] = []
    promised, lawful = _dates(known_)
    ahead.append((_("Money back") if made.remedy == "refund" else _("Put right"), promised or lawful))
    if made.goods_back:
        receipt = known_.receipt
        if receipt is None or receipt.state == "received":
            ahead.append((_("We open and check your parcel"), _by(receipt.due_at if receipt else None)))
        if made.goods_at is None and known_.parcel is not None and known_.parcel.state in {"planned", "labelled"}:
            ahead.append((_("You hand the parcel over"), _by(made.ship_by)))
    return [{"title": title, "when": when, "kind": "next"} for title, when in ahead]


def page(actor: Actor, made: Return, *, at: datetime, language: str) -> dict[str, Any]:
    """Return all that the page of a return shows."""
    known_ = known(actor, made, at=at)
    marks = timeline.entries_as_marks(journal_queries.timeline(actor, made.case_id), for_shopper=True)
    verbs = set(return_queries.verbs(actor, made))
    return {
        "made": made,
        "known": known_,
        "promise": promise_of(known_),
        "facts": facts_of(known_),
        "marks": [*expected(known_), *marks],
        "why": sources.sources_of(known_.decisions, language=language) if made.state != "withdrawn" else (),
        "notes": sources.notes_of(known_.decisions),
        "is_defect": any(reasons.REASONS[line.reason].fault != "buyer" for line in known_.lines),
        "papers": [one for one in known_.parcels if one.method in PAPERS and one.state == "labelled"],
        "may_label": _may_label(known_),
        "may_track": made.state == "authorized" and made.goods_back and made.goods_at is None,
        "may_prove": made.state not in OVER,
        "is_proof_wanted": "give_evidence" in verbs,
        "may_withdraw": "withdraw" in verbs,
        "offers": settlement_queries.offers(actor, made),
        "evidence": [_exhibit(one) for one in return_queries.evidence(actor, made)],
        "talk": [_bubble(one) for one in conversation_queries.messages(actor, made.case)],
        "sum": _sum(known_),
    }


def _exhibit(one: Evidence) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "name": one.name,
        "size": one.size,
        "is_picture": one.media_type.startswith("image/"),
    }


def _bubble(message: Message) -> dict[str, Any]:
    return {
        "who": _("You") if message.side == "shopper" else message.author_name,
        "is_mine": message.side == "shopper",
        "at": message.at,
        "body": message.body,
        "language": message.language,
    }


def _may_label(known_: Known) -> bool:
    """Whether the shopper can have a label now: permitted, something to send, and none made or asked for yet."""
    made = known_.made
    if made.state != "authorized" or not made.goods_back or made.goods_at or made.method not in PAPERS:
        return False
    return known_.parcel is None or known_.parcel.state == "planned"


def _sum(known_: Known) -> dict[str, Any] | None:
    """Return the receipt of the page: what was settled, else what it will come to; nothing while a person decides."""
    currency = known_.made.currency
    if known_.remedy is not None and known_.remedy.state == "proposed":
        return None
    if known_.remedy is not None:
        items, total = known_.remedy.sums, Money(known_.remedy.amount_minor, currency)
    elif known_.due is not None:
        items = [
            {"kind": item.kind, "minor": item.minor, "facts": item.facts, "ground": item.ground}
            for item in known_.due.items
        ]
        total = known_.due.total
    else:
        return None
    lines = [
        {"label": settlement_texts.item(item), "amount": Money(item["minor"], currency), "minus": item["minor"] < 0}
        for item in items
    ]
    return {"lines": lines, "total": total, "is_settled": known_.remedy is not None}


def _money_words(amount: Money) -> str:
    return formats.money_in(amount, get_language() or "en")


def _day(moment: datetime | None) -> str:
    from_zone = None if moment is None else timezone.localtime(moment)
    return formats.day_in(from_zone.date(), get_language() or "en", "long") if from_zone else ""


def _by(moment: datetime | None) -> str:
    return _("by %(day)s") % {"day": _day(moment)} if moment else ""


def _moment(moment: datetime) -> str:
    return formats.moment_in(timezone.localtime(moment), get_language() or "en", "date")
