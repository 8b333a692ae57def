"""What the later pages show of a draft: remedies and ways on offer, what it comes to and when, and all answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homeward.kernel import Actor, Money, formats
from homeward.logistics import queries as logistics_queries
from homeward.orders import queries as order_queries
from homeward.orders.models import Order, OrderLine
from homeward.policies.decision import Term
from homeward.returns import reasons, texts, verdicts
from homeward.returns.verdicts import Verdict
from homeward.settlements import queries as settlement_queries
from homeward.settlements import texts as settlement_texts
from homeward.web.design.forms import Choice
from homeward.web.portal import sight
from homeward.web.portal.drafts import Draft, Line

# The law's and the shop's words for a remedy, as returns call it. What is missing is not on offer here yet.
REMEDY_OF = {
    "refund": "refund", "replace": "replacement", "repair": "repair", "price_reduction": "partial_refund",
    "partial_refund": "partial_refund",
}  # fmt: skip
METHODS = ("qr", "label", "own_carrier")

_METHOD_HINTS = {
    "qr": gettext_lazy("Show the code at the counter. You need no printer."),
    "label": gettext_lazy("Print it and stick it on the parcel."),
    "own_carrier": gettext_lazy("You send it yourself and tell us the number."),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen, and the verdict behind it."""

    remedies: Sequence[tuple[str, Choice]]
    methods: Sequence[tuple[str, Choice]]
    whole: Verdict
    is_reviewed: bool

    @property
    def only_remedy(self) -> str:
        """The remedy that needs no choice; nothing where there is one to make, for no right is put before another."""
        return self.remedies[0][0] if len(self.remedies) == 1 else ""

    @property
    def first_method(self) -> str:
        """The way that is proposed, "none" where nothing is to be sent."""
        return self.methods[0][0] if self.methods else "none"


@dataclass(frozen=True, slots=True)
class Due:
    """What the draft comes to: a receipt, where the money goes, and the two dates that matter."""

    lines: Sequence[dict[str, Any]]
    total: Money
    way: str
    promised: str
    lawful: str
    is_money: bool


def offered(order: Order, draft: Draft, *, actor: Actor, at: datetime, language: str) -> Offered:
    """Return the remedies that hold for all lines, rights first as the law ranks them, and the ways to send."""
    judged = sight.judge(order, draft, actor=actor, at=at)
    whole = verdicts.sum_up(list(judged.values()))
    is_kept = not whole.goods_back and whole.outcome == "authorize"
    due_ = due(order, draft, whole, actor=actor, at=at, remedy="refund")
    remedies = [
        (code, _remedy(code, due_, is_kept=is_kept, language=language)) for code in _common(list(judged.values()))
    ]
    free = whole.freight_payer != "shopper"
    cost = None if free else _freight(order, draft, whole, actor=actor, at=at)
    methods = [] if is_kept else [(code, _method(code, free=free, cost=cost, language=language)) for code in METHODS]
    return Offered(remedies, methods, whole, is_reviewed=draft.review or whole.outcome != "authorize")


def _common(judged: Sequence[Verdict]) -> list[str]:
    """Return what every line may have now, in the order of the first; money back where nothing is common."""
    lists = []
    for verdict in judged:
        now = [offer for offer in sight.decision_of(verdict).remedies if offer.tier == 1]
        lists.append([REMEDY_OF[offer.remedy] for offer in now if offer.remedy in REMEDY_OF])
    first, *others = lists
    common = list(dict.fromkeys(code for code in first if all(code in other for other in others)))
    return common or ["refund"]


def _remedy(code: str, due_: Due, *, is_kept: bool, language: str) -> Choice:
    total = formats.money_in(due_.total, language)
    match code:
        case "refund":
            words = _("Money back, and you keep the item") if is_kept else _("Give me my money back")
            return Choice(words, due_.way and _("The same way you paid: %(way)s") % {"way": due_.way}, total)
        case "replacement":
            hint = _("It leaves once the old one is checked.") if not is_kept else _("It leaves within days.")
            return Choice(_("Send me a new one"), hint)
        case "repair":
            return Choice(_("Repair it"), _("Free of charge. A person writes to you about how."))
        case _:
            return Choice(
                _("Keep it, and get part of the money back"), _("A person names the sum. You accept it or decline.")
            )


def _method(code: str, *, free: bool, cost: Money | None, language: str) -> Choice:
    price, more = _("Free") if free else _("You pay it"), ""
    if code == "own_carrier":
        price, more = "", _("Paid back against the receipt.") if free else _("You pay the carrier.")
    elif not free:
        price, more = formats.money_in(cost, language) if cost else price, _("It comes off your refund.")
    return Choice(texts.METHODS[code], f"{_METHOD_HINTS[code]} {more}".rstrip(), price)


def _freight(order: Order, draft: Draft, whole: Verdict, *, actor: Actor, at: datetime) -> Money | None:
    units = {ref: line.quantity for ref, line in draft.lines.items()}
    return logistics_queries.estimate(actor, order, units, at=at, payer=whole.freight_payer).freight


def due(
    order: Order, draft: Draft, whole: Verdict, *, actor: Actor, at: datetime, remedy: str = "", method: str = ""
) -> Due:
    """Return what the draft comes to, by the function that will settle it."""
    sold = {line.ref: line for line in order_queries.lines(actor, order)}
    counts = {sold[ref].pk: line.quantity for ref, line in draft.lines.items()}
    pays = whole.freight_payer == "shopper" and whole.goods_back and (method or draft.method) != "own_carrier"
    freight = _freight(order, draft, whole, actor=actor, at=at) if pays else None
    amount = settlement_queries.preview_of_wish(
        actor, order, counts, brings_shipping=whole.refund_shipping, freight=freight
    )
    is_money = (remedy or draft.remedy or "refund") == "refund"
    payment = next(iter(order_queries.payments(actor, order)), None)
    lines = [
        {
            "label": settlement_texts.item(asdict(item)),
            "amount": Money(item.minor, amount.currency),
            "minus": item.minor < 0,
            "note": _ground(item.kind),
        }
        for item in amount.items
    ]
    if not is_money:
        lines = [{"label": str(words), "amount": Money.zero(order.currency)} for words in _titles(draft, sold)]
    return Due(
        lines=lines,
        total=amount.total if is_money else Money.zero(order.currency),
        way=payment.method if payment else "",
        promised=_date(whole.refund_promised(asked_at=at, goods_at=None), whole.promise),
        lawful=_date(whole.refund_due(asked_at=at, goods_at=None), whole.law),
        is_money=is_money,
    )


def due_now(order: Order, draft: Draft, *, actor: Actor, at: datetime) -> Due:
    """Return what the draft comes to, judging it anew."""
    judged = sight.judge(order, draft, actor=actor, at=at)
    return due(order, draft, verdicts.sum_up(list(judged.values())), actor=actor, at=at)


def _titles(draft: Draft, sold: dict[str, OrderLine]) -> list[str]:
    return [f"{line.quantity} × {sold[ref].title}" for ref, line in draft.lines.items()]


def _ground(kind: str) -> str:
    match kind:
        case "freight":
            return _("You changed your mind, so the way back is yours to pay.")
        case "shipping":
            return _("The whole order goes back, so its delivery is paid back too.")
        case _:
            return ""


def _date(moment: datetime | None, term: Term | None) -> str:
    """Return a date in words, or the span where its clock has not begun; nothing where no one promised anything."""
    return sight.day_words(sight.local_day(moment)) if moment is not None else sight.span_words(term)


def answers(order: Order, draft: Draft, *, actor: Actor, at: datetime, language: str) -> dict[str, Any]:
    """Return all answers of a draft for the page on which they are checked."""
    sold = {line.ref: line for line in order_queries.lines(actor, order)}
    choices = offered(order, draft, actor=actor, at=at, language=language)
    remedies, methods = dict(choices.remedies), dict(choices.methods)
    return {
        "order": order,
        "draft": draft,
        "offered": choices,
        "parts": [
            {"place": place, "sold": sold[ref], "line": line, "reason": _reason(line), "files": line.files}
            for place, (ref, line) in enumerate(draft.lines.items(), start=1)
        ],
        "remedy": remedies.get(draft.remedy, Choice(texts.REMEDIES.get(draft.remedy, draft.remedy))),
        "method": methods.get(draft.method),
        "ship_by": choices.whole.ship_by(at) if choices.methods and not choices.is_reviewed else None,
        "due": due(order, draft, choices.whole, actor=actor, at=at),
    }


def _reason(line: Line) -> str:
    group = texts.GROUPS[reasons.REASONS[line.reason].group]
    if line.reason == "no_reason":
        return str(group)
    return _("%(group)s: %(reason)s") % {"group": group, "reason": texts.REASONS[line.reason]}
