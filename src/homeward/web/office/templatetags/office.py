"""Template tags of staff pages: journal entries, import problems and plain minor units in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from homeward.journal.models import Entry
from homeward.kernel import Money, formats
from homeward.orders import texts as order_texts
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
