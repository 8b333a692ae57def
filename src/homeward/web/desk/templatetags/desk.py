"""Template tags of the desk: clocks of list rows, verdicts in a sentence, masked addresses."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from babel import Locale
from django import template
from django.utils.translation import gettext as _

from homeward.cases import texts as case_texts
from homeward.kernel import Money, Role
from homeward.parties import texts as party_texts
from homeward.returns import texts as return_texts
from homeward.settlements import texts as settlement_texts
from homeward.web.design import clocks as design_clocks
from homeward.web.design import states

register = template.Library()


@register.simple_tag
def priority_level(priority: int) -> int:
    """Return how many bars a priority of 0 to 100 has: one below 20, three from 40 on."""
    return 1 if priority < 20 else 2 if priority < 40 else 3


@register.simple_tag
def reason_words(code: str) -> Any:
    """Write why a case is urgent."""
    if code == "vulnerable_goods":
        return _("food or medicine")
    if code == "high_value":
        return _("high value")
    return return_texts.REASONS.get(code, code)


@register.simple_tag
def next_clock(case: Any, at: datetime) -> design_clocks.Reading | None:
    """Return the reading of a row's next clock, from the `next_due` that the queue carries."""
    if case.next_due is None:
        return None
    return design_clocks.read(design_clocks.Clock("desk", case.next_due, case.opened_at), at=at)


@register.simple_tag
def case_verb(verb: str) -> Any:
    """Write what a verb does to a case."""
    return case_texts.VERBS.get(verb, verb)


@register.simple_tag
def nonce() -> str:
    """Return a mark by which the same form, sent twice, counts once."""
    return secrets.token_hex(12)


@register.filter
def masked(email: str) -> str:
    """Write an address so that it can be recognized but not copied: `m•••@lyon.example`."""
    name, sign, host = (email or "").partition("@")
    return f"{name[:1]}•••{sign}{host}" if name else ""


@register.simple_tag
def language_words(locale: str) -> str:
    """Write the name of a language in itself."""
    return Locale.parse(locale.replace("-", "_")).get_display_name() or locale


@register.simple_tag
def verdict_title(face: Any) -> str:
    """Write where a return stands, as the head of its verdict."""
    titles = {
        "requested": _("Requested"),
        "under_review": _("Waits for your decision"),
        "evidence_wanted": _("Waits for the shopper’s evidence"),
        "authorized": _("Authorized"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn by the shopper"),
        "expired": _("Expired"),
        "settled": _("Settled"),
    }
    return titles[face.made.state]


@register.simple_tag
def verdict_tone(face: Any) -> str:
    """Return the tone of a return's verdict."""
    tone = states.face("return", face.made.state).tone
    return tone if tone in {"good", "wait", "bad", "contested"} else "wait"


@register.simple_tag
def decided_words(decision: Any) -> str:
    """Write who decided by hand, and which way."""
    role = decision.by.split(":", 1)[0]
    who = party_texts.ROLES.get(Role(role), role) if role in set(Role) else role
    words = {"authorize": _("%(who)s authorized it"), "refuse": _("%(who)s refused it")}
    return words.get(decision.outcome, "%(who)s") % {"who": who}


@register.simple_tag
def state_of(thing: Any) -> Any:
    """Return what `<c-state>` draws: a row as it is, or the face of a (noun, state) pair."""
    return states.face(*thing) if isinstance(thing, tuple) else thing


@register.simple_tag
def form_for(forms: dict[int, Any], key: int) -> Any:
    """Return the form of one return."""
    return forms.get(key)


@register.simple_tag
def sum_lines(sums: Any) -> list[dict[str, Any]]:
    """Return the parts of an itemized amount as `<c-sum>` takes them."""
    return [
        {
            "label": settlement_texts.item(asdict(item)),
            "note": item.ground,
            "amount": Money(item.minor, sums.currency),
            "minus": item.minor < 0,
        }
        for item in sums.items
    ]


@register.simple_tag
def sum_total(sums: Any) -> Any:
    """Return the total of an itemized amount."""
    return sums.total
