"""Template tags of staff pages: journal entries, import problems and plain minor units in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from homeward.journal.models import Entry
from homeward.kernel import Money, formats
from homeward.orders import texts as order_texts
from homeward.settlements import texts as settlement_texts
from homeward.web import timeline
from homeward.web.design import states

register = template.Library()


@register.filter
def event_words(entry: Entry) -> Any:
    """Write what an entry says."""
    return timeline.words_for(entry)[0]


@register.filter
def event_actor(entry: Entry) -> Any:
    """Write who acted."""
    return timeline.who(entry)


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
    """Write the words for a state."""
    return states.face(noun, state).words


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


@register.simple_tag
def money_problem(event: Any) -> str:
    """Write what does not fit in a provider's word."""
    return settlement_texts.problem(event.problem, event.facts)
