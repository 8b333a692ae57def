"""Template tags of the desk: priorities, verdicts in a sentence, masked addresses, words of goods and parcels."""

from __future__ import annotations

import secrets
from typing import Any

from babel import Locale, UnknownLocaleError
from django import template
from django.utils.translation import gettext as _

from homeward.cases import texts as case_texts
from homeward.conversations import texts as conversation_texts
from homeward.kernel import Role
from homeward.kernel.formats import locale_of
from homeward.logistics import texts as logistics_texts
from homeward.parties import texts as party_texts
from homeward.returns import texts as return_texts
from homeward.warehouse import texts as warehouse_texts
from homeward.web.design import states
from homeward.web.office.templatetags import office

register = template.Library()

_GRADE_TONES = {"A": "good", "B": "moving", "C": "wait", "D": "bad", "X": "contested"}


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
    if code == "withdrawal":
        return _("withdrawal declared")
    return return_texts.REASONS.get(code, code)


@register.simple_tag
def case_verb(verb: str) -> Any:
    """Write what a verb does to a case."""
    return case_texts.VERBS.get(verb, verb)


@register.simple_tag
def nonce() -> str:
    """Return a mark by which the same form, sent twice, counts once."""
    return secrets.token_hex(12)


@register.filter
def author(message: Any, case: Any) -> str:
    """Write who said something; shoppers without a name are known by their case."""
    return message.author_name or office.person(case)


@register.filter
def masked(email: str) -> str:
    """Write an address so that it can be recognized but not copied: `m•••@lyon.example`."""
    name, sign, host = (email or "").partition("@")
    return f"{name[:1]}•••{sign}{host}" if name else ""


@register.filter
def masked_phone(phone: str) -> str:
    """Write the end of a phone number: `•• •• 44 02`."""
    digits = "".join(sign for sign in phone or "" if sign.isdigit())
    return f"•• •• {digits[-4:-2]} {digits[-2:]}" if len(digits) > 4 else ""


@register.simple_tag
def language_words(locale: str) -> str:
    """Write the name of a language in itself."""
    try:
        found = Locale.parse((locale or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        found = locale_of(locale)
    return found.get_display_name() or locale


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


@register.filter
def remedy_words(remedy: str) -> Any:
    """Write what a shopper wishes."""
    return return_texts.REMEDIES.get(remedy, remedy)


@register.filter
def method_words(method: str) -> Any:
    """Write by which way goods come back."""
    return return_texts.METHODS.get(method, method)


@register.filter
def channel_words(channel: str) -> Any:
    """Write by which channel something was said."""
    return conversation_texts.CHANNELS.get(channel, channel)


@register.filter
def scan_words(code: str) -> Any:
    """Write what a carrier has seen."""
    return logistics_texts.CODES.get(code, code)


@register.filter
def because_words(parcel: Any) -> Any:
    """Write why a parcel goes where it goes."""
    return logistics_texts.BECAUSE.get(parcel.route.get("because", ""), "")


@register.filter
def grade_words(grade: str) -> Any:
    """Write what a grade means."""
    return warehouse_texts.GRADES.get(grade, grade)


@register.filter
def grade_tone(grade: str) -> str:
    """Return the tone of a grade."""
    return _GRADE_TONES.get(grade, "idle")


@register.filter
def disposition_words(disposition: str) -> Any:
    """Write what becomes of a unit."""
    return warehouse_texts.DISPOSITIONS.get(disposition, disposition)


@register.filter
def outcome_words(outcome: str) -> Any:
    """Write how a count came out."""
    return warehouse_texts.OUTCOMES.get(outcome, outcome)


@register.filter
def ground_words(ground: str) -> Any:
    """Write why a receipt is contested."""
    return warehouse_texts.GROUNDS.get(ground, ground)


@register.filter
def ruling_words(ruling: str) -> Any:
    """Write how a dispute ended."""
    return warehouse_texts.RULINGS.get(ruling, ruling)
