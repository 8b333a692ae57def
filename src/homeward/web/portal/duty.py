"""What the law of a place asks of the withdrawal function: whether it must be there, under which words, by which law.

Whether there is a duty the statute packs say. The words of a button are law in some places: they stand here, in the
language versions that were checked; where none was, the reader's language says the same, as art. 11a allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.orders import queries as order_queries
from homeward.parties.models import Merchant
from homeward.policies import packs
from homeward.policies.packs import Pack

UNION = "EU"
_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_REGION = re.compile(r"[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\b", re.IGNORECASE)

# The words of the directive (art. 11a(1)) in other languages than the portal's own; those are in its catalogs.
_DIRECTIVE = {"it": "Recedi dal contratto qui", "pl": "Odstąp od umowy tutaj"}
_OWN_WORDS = {"AR": ("es", "Botón de arrepentimiento")}  # Disposición 954/2025: the very name of the button
_CITED = {
    "DE": "§ 356a BGB",
    "FR": "Code de la consommation, L221-21, D221-5",
    "IT": "Codice del consumo, art. 54-bis",
    "AR": "Disposición 954/2025; Ley 24.240, art. 34",
    "BR": "Decreto 7.962/2013, art. 5; Lei 8.078/1990, art. 49",
}


@dataclass(frozen=True, slots=True)
class Duty:
    """The function as the reader meets it: `label` and `confirm` are its two buttons.

    `gloss` says the label once more, in the language of the law or, where the law's own words are the label, in the
    reader's. `law` is what asks for the function, or nothing where no law does.
    """

    place: str
    is_asked: bool
    label: str
    confirm: str
    law: str = ""
    label_language: str = ""
    gloss: str = ""
    gloss_language: str = ""


def duty_in(place: str, *, on: date) -> Duty:
    """Return the function as the law of a place asks for it on a day, in the language that is spoken now."""
    pack, language = law_of(place, on=on), get_language() or "en"
    plain, confirm = _("Withdraw from contract here"), _("Confirm withdrawal")
    if not is_asked(pack, on=on):
        return Duty(place, is_asked=False, label=_("Withdraw from a purchase"), confirm=confirm)
    law = _law(pack, place, language)
    if own := _OWN_WORDS.get(place):
        gloss = "" if language.startswith(own[0]) else plain
        return Duty(place, True, own[1], confirm, law, label_language=own[0], gloss=gloss)
    spoken = next((tongue for tongue in pack.law.languages if tongue in _DIRECTIVE), "")
    if _is_of_union(pack) and spoken:
        return Duty(place, True, plain, confirm, law, gloss=_DIRECTIVE[spoken], gloss_language=spoken)
    return Duty(place, True, plain, confirm, law)


def is_asked(pack: Pack, *, on: date) -> bool:
    """Whether a law asks for the function on a day."""
    rule = pack.law.withdrawal
    if rule.function_required_from is not None:
        return rule.function_required_from <= on
    return bool(rule.function_rules)


def law_of(place: str, *, on: date) -> Pack:
    """Return the law of a place such as "DE", "US-CA" or the Union's common floor."""
    country, _hyphen, part = place.partition("-")
    return packs.pack_for(country, part, on=on)


def place_of(request: HttpRequest, shop: Merchant) -> str:
    """Return whose law the page speaks of: the place named, else that of the reader's order, browser or shop.

    Of browser and shop only a place with the duty counts: a guess may give somebody more, and never less. Failing
    all, the reader may live in the Union.
    """
    if own := named_place(request, shop):
        return own
    on = request.at.date()
    region = _REGION.match(request.headers.get("Accept-Language", ""))
    guesses = [region[1].upper() if region else "", shop.country.upper()]
    return next((guess for guess in guesses if guess and is_asked(law_of(guess, on=on), on=on)), UNION)


def named_place(request: HttpRequest, shop: Merchant) -> str:
    """Return the place that the reader named, else that of the order they have proved to be theirs, or nothing."""
    named = request.POST.get("country", "") or request.GET.get("country", "")
    return named.upper() if is_place(named) else _place_of_order(request, shop)


def is_place(text: str) -> bool:
    """Whether a text has the form of a place: a country, or one of its parts."""
    return bool(_CODE.fullmatch(text.upper()))


def _place_of_order(request: HttpRequest, shop: Merchant) -> str:
    if not request.actor.order_ids:
        return ""
    order = order_queries.orders(request.actor).filter(merchant=shop).first()
    if order is None:
        return ""
    part = order.subdivision.removeprefix(f"{order.country}-")
    return f"{order.country}-{part}" if part else str(order.country)


def _is_of_union(pack: Pack) -> bool:
    return "clear_label" in pack.law.withdrawal.function_rules


def _law(pack: Pack, place: str, language: str) -> str:
    directive = _("Directive 2011/83/EU, art. 11a") if _is_of_union(pack) else ""
    own = _CITED.get(place, "")
    if not own and pack.code != UNION:
        own = pack.texts[pack.law.withdrawal.clause.ref].law(language)
    return "; ".join(filter(None, (own, directive)))
