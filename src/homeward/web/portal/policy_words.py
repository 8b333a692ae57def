"""The published policy in sentences: key figures first, then what the law gives and what the shop adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import msgspec
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from homeward.kernel import formats
from homeward.policies import packs, texts
from homeward.policies.decision import Deduction, Outbound, Payer, Term
from homeward.policies.packs import Pack
from homeward.policies.published import Right, Season, Terms
from homeward.policies.rulebook import Book, Then

_AFTER = {
    "trader_informed_of_withdrawal": gettext_lazy("after you tell the shop"),
    "withdrawal_notice_sent": gettext_lazy("after you tell the shop"),
    "cancellation": gettext_lazy("after you tell the shop"),
    "contract_ended": gettext_lazy("after the contract has ended"),
    "goods_back": gettext_lazy("after the goods are back"),
    "proof_of_sending": gettext_lazy("after you show that you sent them"),
    "goods_back_or_proof_of_sending": gettext_lazy("after the goods are back, or you show that you sent them"),
    "order": gettext_lazy("after the order"),
    "purchase": gettext_lazy("after the purchase"),
    "later_of_delivery_or_contract": gettext_lazy("after delivery, or after the contract if that is later"),
    "later_of_delivery_or_disclosure_document": gettext_lazy("after delivery, or after the terms if they came later"),
    "later_of_contract_document_or_delivery": gettext_lazy("after delivery, or after the contract if that came later"),
    "delivery_or_contract_buyer_option": gettext_lazy("after delivery or the contract, as you choose"),
    "contract_copy_received": gettext_lazy("after you get the contract"),
}
_DELIVERY = gettext_lazy("after delivery")


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the numbers that people look for first."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Told:
    """A clause as a reader meets it: where it stands, its ref, what it says, and whether it gives or closes."""

    ref: str
    law: str
    text: str
    layer: str
    tone: str = "idle"
    note: str = ""


def figures(terms: Terms) -> list[Figure]:
    """Return the key figures: how long, who pays, when the money comes, faults, fees."""
    found = [_window(terms), _freight(terms), _money(terms), _faults(terms)]
    if terms.fees:
        later = _("only once the time of the law is over") if terms.law.days else ""
        found.append(Figure(_("Fee"), ", ".join(fee_words(part) for part in terms.fees), later))
    return found


def _window(terms: Terms) -> Figure:
    label, law, shop = _("Change of mind"), terms.law, terms.shop
    if terms.returnable == "unsure":
        return Figure(label, _("A person looks"), _("We hold no sure rule for this place."))
    if terms.returnable == "no":
        return Figure(
            label, _("No return"), _("Neither the law here nor the shop gives a right to send back what is fine.")
        )
    if shop is None or (law.sure_days and law.sure_days >= shop.days):
        return Figure(label, _span(law.days or 0, law.day_type), _both(_after(law.counts_from), _("as the law says")))
    lawful = _("by law %(span)s") % {"span": right_words(law)} if law.days else _("the shop’s own promise")
    return Figure(label, _days(shop.days), _both(str(_DELIVERY), lawful))


def _freight(terms: Terms) -> Figure:
    label = _("Sending back")
    if terms.returnable == "no":
        return Figure(label, _("You pay nothing"), _("if the goods are faulty, damaged or wrong"))
    words = {Payer.MERCHANT: _("The shop pays"), Payer.SHOPPER: _("You pay"), Payer.NOBODY: _("Nothing travels")}
    note = (
        _("If the goods are faulty, damaged or wrong, the shop pays.") if terms.payer_defect == Payer.MERCHANT else ""
    )
    if terms.payer_later == Payer.SHOPPER:
        note = _("Once the time of the law is over, you pay.") + (f" {note}" if note else "")
    return Figure(label, words[terms.payer], note)


def _money(terms: Terms) -> Figure:
    label, law, promise = _("Money back"), terms.refund_law, terms.refund_promise
    if promise is not None:
        lawful = _("by law %(span)s") % {"span": term_words(law)} if law else _("the shop’s own promise")
        return Figure(label, _term(promise), _both(_after(promise.event), lawful))
    if law is not None:
        return Figure(label, _term(law), _both(_after(law.event), _("as the law says")))
    return Figure(label, _("without delay"), "")


def _faults(terms: Terms) -> Figure:
    label, months = _("Faulty goods"), terms.guarantee_months
    if not months:
        return Figure(label, _("By law"), _("The law sets no fixed number of months here."))
    words = ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    return Figure(label, words, _("of the seller’s liability by law, free of charge"))


def right_words(law: Right) -> str:
    """Return the law's window, such as "14 days after delivery"."""
    told = {"days": _span(law.days or 0, law.day_type), "after": _after(law.counts_from)}
    return _("%(days)s %(after)s") % told


def term_words(term: Term) -> str:
    """Return a span with what it counts from."""
    if term.days == 0:
        return _("at once %(after)s") % {"after": _after(term.event)}
    return _("within %(days)s %(after)s") % {"days": _span(term.days, term.day_type), "after": _after(term.event)}


def _term(term: Term) -> str:
    return _span(term.days, term.day_type) if term.days else _("at once")


def _after(event: str) -> str:
    return str(_AFTER.get(event, _DELIVERY))


def _both(first: str, second: str) -> str:
    return _("%(first)s; %(second)s") % {"first": first, "second": second}


def _span(days: int, day_type: str) -> str:
    return _working_days(days) if day_type == "business" else _days(days)


def fee_words(fee: Deduction) -> str:
    """Return a fee as a sum or a share of the refund."""
    if fee.amount is not None:
        return formats.money_in(fee.amount, _language())
    return f"{formats.number_in(fee.percent / 100, _language())} %"


def season_words(season: Season) -> str:
    """Return a season in one sentence."""
    first, last = (_day(day) for day in (season.first, season.last))
    if season.until is not None:
        told = {"first": first, "last": last, "until": _day(season.until)}
        return _("Bought from %(first)s to %(last)s: can come back until %(until)s.") % told
    told = {"first": first, "last": last, "days": _days(season.days or 0)}
    return _("Bought from %(first)s to %(last)s: can come back for %(days)s after delivery.") % told


def law(terms: Terms, pack: Pack) -> Iterator[Told]:
    """Yield what the law gives, clause by clause, and what becomes of the price of the first delivery."""
    for ref in terms.law_refs:
        said = pack.texts[ref]
        note = str(_OUTBOUND.get(terms.outbound, "")) if terms.refund_law and ref == terms.refund_law.ref else ""
        yield Told(ref, said.law(_language()), said.sentence.in_(_language()), "statute", note=note)


_OUTBOUND = {
    Outbound.STANDARD: gettext_lazy("The price of standard delivery is refunded too when all goes back."),
    Outbound.FULL: gettext_lazy("The price of delivery is refunded too when all goes back."),
}


def shop(terms: Terms, book: Book, *, name: str) -> Iterator[Told]:
    """Yield what the shop says here, clause by clause: what gives something in green, how it looks at claims plain."""
    thens = {clause.ref: clause.then for clause in book.clauses}
    for ref in terms.shop_refs:
        tone = "good" if _gives(thens[ref]) else "idle"
        yield Told(ref, name, book.words(ref).in_(_language()), "shop", tone=tone)


def _gives(then: Then) -> bool:
    """Whether a clause gives something, beside what it asks for and who looks at it."""
    return msgspec.structs.replace(then, evidence=(), route="", fee=None) != Then()


def exceptions(terms: Terms, pack: Pack) -> Iterator[Told]:
    """Yield the goods for which the law closes its right and the shop makes use of it."""
    for one in terms.exceptions:
        said = pack.texts[one.ref]
        note = ""
        if one.waived_by:
            note = _("The shop may take them back all the same: %(refs)s") % {"refs": ", ".join(one.waived_by)}
        title = str(texts.BARS[one.key])
        text = f"{title}{_colon()}{said.sentence.in_(_language())}"
        yield Told(one.ref, said.law(_language()), text, "bar", note=note)


def place_name(place: str) -> str:
    """Return the name of a place: a country in the reader's language, one of its parts with its country before it."""
    country, _hyphen, part = place.partition("-")
    if place == "EU":
        return _("European Union")
    name = formats.country_in(country, _language())
    if not part:
        return name
    own = packs.library().newest(place).law.name
    return f"{name} · {own}"


def _colon() -> str:
    return "：" if not _is_spaced() else "\u202f: " if _language() == "fr" else ": "


def _is_spaced() -> bool:
    return not _language().startswith(("zh", "ja"))


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _working_days(count: int) -> str:
    return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": count}


def _day(day: date) -> str:
    return formats.day_in(day, _language(), "date")


def _language() -> str:
    return get_language() or "en"
