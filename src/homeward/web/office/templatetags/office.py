"""Template tags of staff pages: columns and crumbs, journal entries, import problems, plain minor units in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from homeward.journal.models import Entry
from homeward.kernel import Money, formats
from homeward.orders import texts as order_texts
from homeward.settlements import texts as settlement_texts
from homeward.web import sums, timeline
from homeward.web.design import states

register = template.Library()


@register.simple_tag
def columns(*heads: Any) -> list[Any]:
    """Return the heads of a table as `<c-table>` takes them."""
    return list(heads)


@register.filter
def figures(head: Any) -> dict[str, Any]:
    """Return the head of a column of figures."""
    return {"label": head, "num": True}


@register.filter
def hushed(head: Any) -> dict[str, Any]:
    """Return a head that is only read out, as above buttons."""
    return {"label": head, "hush": True}


@register.filter
def picks(head: Any) -> dict[str, Any]:
    """Return the head of a column of checkboxes."""
    return {"label": head, "check": True}


@register.simple_tag
def crumbs(*parts: Any) -> list[tuple[Any, str]]:
    """Return crumbs of words and addresses by turns; the last one needs no address."""
    pairs = [*parts, ""] if len(parts) % 2 else list(parts)
    return list(zip(pairs[::2], pairs[1::2], strict=True))


@register.filter
def person(of: Any) -> str:
    """Write who a case or an order is about: name, else e-mail, else what the shop calls them, else its number."""
    order = getattr(of, "order", None) or of
    known = getattr(of, "shopper", None) or getattr(order, "shopper", None)
    names = (getattr(known, "name", ""), getattr(known, "email", ""), getattr(order, "email", ""))
    return next(filter(None, (*names, getattr(order, "buyer", ""))), of.number)


@register.filter
def event_words(entry: Entry) -> Any:
    """Write what an entry says."""
    return timeline.words_for(entry)[0]


@register.filter
def event_tone(entry: Entry) -> str:
    """Return the tone of an entry."""
    return timeline.words_for(entry)[1]


@register.filter
def event_note(entry: Entry) -> str:
    """Write what of an entry's facts matters."""
    return timeline.note_of(entry)


@register.filter
def event_actor(entry: Entry) -> Any:
    """Write who acted."""
    return timeline.who(entry)


@register.filter
def event_address(entry: Entry) -> str:
    """Return where one may look at what an entry is about."""
    return timeline.address_of(entry)


@register.filter
def noun_words(noun: str) -> Any:
    """Write the name of a noun of the journal."""
    return timeline.NOUNS.get(noun, noun)


@register.simple_tag
def minor(amount: int, currency: str) -> str:
    """Write minor units of a currency as money."""
    return formats.money_in(Money(amount, currency), get_language() or "en")


@register.simple_tag
def problem_words(problem: Any) -> Any:
    """Write why a row of an import was not taken."""
    return order_texts.problem(problem.code, problem.facts)


@register.simple_tag
def state_words(noun: str, state: str) -> Any:
    """Write the words for a state; a state that the table does not hold stands for itself."""
    return states.face(noun, state).words if (noun, state) in states.FACES else state


@register.simple_tag
def credit(amount: int, currency: str) -> str:
    """Write the credit side of a leg, which the books hold below zero."""
    return minor(-amount, currency)


@register.simple_tag
def account_words(account: str) -> Any:
    """Write the name of an account."""
    return settlement_texts.ACCOUNTS.get(account, account)


@register.simple_tag
def posting_words(posting: Any) -> Any:
    """Write what a booking is for."""
    return settlement_texts.POSTINGS.get(posting.kind, posting.kind)


@register.simple_tag
def remedy_kind(remedy: Any) -> Any:
    """Write what kind of remedy it is."""
    return settlement_texts.KINDS.get(remedy.kind, remedy.kind)


@register.filter
def awaits_words(remedy: Any) -> Any:
    """Write whose word a remedy waits for."""
    return settlement_texts.AWAITS.get(remedy.awaits, "")


@register.simple_tag
def sum_of(remedy: Any) -> list[dict[str, Any]]:
    """Return the items of a remedy as `<c-sum>` takes them."""
    return sums.of_remedy(remedy)


@register.simple_tag
def money_problem(event: Any) -> str:
    """Write what does not fit in a provider's word."""
    return settlement_texts.problem(event.problem, event.facts)
