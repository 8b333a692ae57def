"""A rulebook's clauses in sentences: when each speaks and what it adds, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from homeward.kernel import Money, TextMap, formats
from homeward.policies import texts as policy_texts
from homeward.policies.conditions import When
from homeward.policies.rulebook import Fee, ShopClause, Then
from homeward.returns import texts as return_texts

Words = str | Promise

REASONS: Mapping[str, Words] = {
    "unsafe": gettext_lazy("unsafe"),
    "recalled": gettext_lazy("recalled"),
    "not_as_described": gettext_lazy("not as described"),
    "wrong_item": gettext_lazy("a different item"),
    "damaged": gettext_lazy("damaged on the way"),
    "missing": gettext_lazy("something missing"),
    "late": gettext_lazy("too late"),
    "defect": gettext_lazy("a defect"),
    "fit": gettext_lazy("size or color"),
    "changed_mind": gettext_lazy("a change of mind"),
    "none_given": gettext_lazy("no reason given"),
}
FAULTS: Mapping[str, Words] = {
    "buyer": gettext_lazy("the shopper"),
    "seller": gettext_lazy("the shop"),
    "carrier": gettext_lazy("the carrier"),
    "none": gettext_lazy("nobody"),
}
TRAITS: Mapping[str, Words] = {
    "activates": gettext_lazy("goods that are activated"),
    "air_travel": gettext_lazy("air travel"),
    "alcohol_market_priced": gettext_lazy("drink at a market value"),
    "as_is": gettext_lazy("goods sold as they are"),
    "battery": gettext_lazy("goods with a battery"),
    "customised": gettext_lazy("goods made to the shopper’s wishes"),
    "daily_supply": gettext_lazy("daily goods brought to the home"),
    "dated_service": gettext_lazy("services for a set date"),
    "declared_flawed": gettext_lazy("goods sold with a flaw"),
    "digital": gettext_lazy("digital content"),
    "exempt_by_decree": gettext_lazy("goods exempt by decree"),
    "financial_service": gettext_lazy("financial services"),
    "flammable": gettext_lazy("flammable goods"),
    "gambling": gettext_lazy("bets and lottery tickets"),
    "gift_card": gettext_lazy("gift cards"),
    "health": gettext_lazy("health goods"),
    "kit_part": gettext_lazy("parts of a kit"),
    "market_priced": gettext_lazy("goods at a market price"),
    "medical": gettext_lazy("medical devices"),
    "medicine": gettext_lazy("medicines"),
    "mixed": gettext_lazy("goods mixed with others"),
    "oversized": gettext_lazy("oversized goods"),
    "perishable": gettext_lazy("goods that spoil"),
    "periodical": gettext_lazy("newspapers and magazines"),
    "personal_use": gettext_lazy("goods of personal use"),
    "public_auction": gettext_lazy("goods from an auction"),
    "sealed_hygiene": gettext_lazy("sealed hygiene goods"),
    "sealed_media": gettext_lazy("sealed recordings or software"),
    "second_hand": gettext_lazy("second-hand goods"),
    "service": gettext_lazy("services"),
    "short_shelf_life": gettext_lazy("goods of short shelf life"),
    "underwear": gettext_lazy("underwear and swimwear"),
    "urgent_repair": gettext_lazy("urgent repairs"),
}
ROUTES: Mapping[str, Words] = {
    "agent": gettext_lazy("an agent"),
    "supervisor": gettext_lazy("a supervisor"),
    "merchant": gettext_lazy("the merchant"),
    "operator": gettext_lazy("the operator"),
}
_SEASON_YEAR = 2028  # any leap year: seasons name days, not years


def conditions(when: When) -> list[str]:
    """Return when a clause speaks, each condition in words; nothing where it always does."""
    return [words for name, tell in _CONDITIONS.items() if (words := _told(when, name, tell))]


def effects(then: Then) -> list[str]:
    """Return what a clause adds to the law, each effect in a sentence."""
    return [words for name, tell in _EFFECTS.items() if (words := _told(then, name, tell))]


def card(clause: ShopClause) -> dict[str, Any]:
    """Return a clause as a card shows it: what it says, when it speaks and what it adds, in the reader's language."""
    return {
        "ref": clause.ref,
        "says": TextMap(clause.text).in_(_reader()),
        "when": conditions(clause.when),
        "then": effects(clause.then),
    }


def _told(part: Any, name: str, tell: Callable[[Any], str]) -> str:
    value = getattr(part, name)
    return "" if value is None or value in ((), {}, "") or (value is False and name not in _FLAGS) else tell(value)


def _or(words: Iterable[Any]) -> str:
    """Return alternatives as a list; the sentence around it says that one of them is enough."""
    return formats.words_in(words, get_language() or "en")


def _named(texts: Mapping[str, Words], values: Sequence[str]) -> str:
    return _or(texts.get(str(value), value) for value in values)


def _reader() -> str:
    return get_language() or "en"


def _countries(codes: Sequence[str]) -> str:
    return _or(formats.country_in(code, _reader()) for code in codes)


def _amounts(sums: Mapping[str, int]) -> str:
    return _or(formats.money_in(Money(minor, currency), _reader(), clear=True) for currency, minor in sums.items())


def _month_day(text: str) -> str:
    return formats.day_in(date(_SEASON_YEAR, int(text[:2]), int(text[3:])), _reader(), "short")


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _months(count: int) -> str:
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}


def _branches(branches: Sequence[When]) -> str:
    both, either = _("%(one)s and %(other)s"), _("%(one)s or %(other)s")
    return _chained(either, (_chained(both, conditions(branch)) for branch in branches))


def _chained(pair: str, words: Iterable[str]) -> str:
    return reduce(lambda one, other: pair % {"one": one, "other": other}, words)


# True and false of these both say something.
_FLAGS = {"claims_fault", "delivered", "seal_broken"}

_CONDITIONS: Mapping[str, Callable[[Any], str]] = {
    "claims_fault": lambda is_so: (
        _("the shopper says that something is wrong") if is_so else _("nothing is said to be wrong")
    ),
    "reason": lambda found: _("the reason is one of: %(what)s") % {"what": _named(REASONS, found)},
    "not_reason": lambda found: _("the reason is none of: %(what)s") % {"what": _named(REASONS, found)},
    "reason_code": lambda found: _("the reason is one of: %(what)s") % {"what": _named(return_texts.REASONS, found)},
    "fault": lambda found: _("the fault lies with: %(what)s") % {"what": _named(FAULTS, found)},
    "country": lambda found: _("the shopper lives in: %(what)s") % {"what": _countries(found)},
    "not_country": lambda found: _("the shopper does not live in: %(what)s") % {"what": _countries(found)},
    "seller_country": lambda found: _("the seller sits in: %(what)s") % {"what": _countries(found)},
    "channel": lambda found: _("bought through: %(what)s") % {"what": _or(found)},
    "not_channel": lambda found: _("not bought through: %(what)s") % {"what": _or(found)},
    "category": lambda found: _("the category is one of: %(what)s") % {"what": _or(found)},
    "not_category": lambda found: _("the category is none of: %(what)s") % {"what": _or(found)},
    "tag": lambda found: _("marked as one of: %(what)s") % {"what": _or(found)},
    "not_tag": lambda found: _("marked as none of: %(what)s") % {"what": _or(found)},
    "trait": lambda found: _("the goods are one of: %(what)s") % {"what": _named(TRAITS, found)},
    "not_trait": lambda found: _("the goods are none of: %(what)s") % {"what": _named(TRAITS, found)},
    "condition": lambda found: _("their state is one of: %(what)s") % {"what": _named(STATES, found)},
    "not_condition": lambda found: _("their state is none of: %(what)s") % {"what": _named(STATES, found)},
    "seal_broken": lambda is_so: _("the seal is broken") if is_so else _("the seal is intact"),
    "delivered": lambda is_so: _("it has been delivered") if is_so else _("it has not been delivered"),
    "evidence": lambda found: _("one of these is given: %(what)s") % {"what": _named(policy_texts.EVIDENCE, found)},
    "value_at_most": lambda sums: _("the value is at most %(sums)s") % {"sums": _amounts(sums)},
    "value_at_least": lambda sums: _("the value is at least %(sums)s") % {"sums": _amounts(sums)},
    "days_since_delivery_at_most": lambda count: _("delivered at most %(days)s ago") % {"days": _days(count)},
    "days_since_order_at_most": lambda count: _("ordered at most %(days)s ago") % {"days": _days(count)},
    "ordered_from": lambda day: _("ordered from %(day)s on") % {"day": formats.day_in(day, _reader(), "date")},
    "ordered_to": lambda day: _("ordered until %(day)s") % {"day": formats.day_in(day, _reader(), "date")},
    "season": lambda span: (
        _("ordered from %(first)s to %(last)s of any year")
        % {"first": _month_day(span[0]), "last": _month_day(span[1])}
    ),
    "freight_share_at_least": lambda share: (
        _("the way back costs at least %(share)s %% of what the goods fetch") % {"share": share}
    ),
    "returns_at_least": lambda count: _("at least %(count)s returns of the shopper in a year") % {"count": count},
    "returns_at_most": lambda count: _("at most %(count)s returns of the shopper in a year") % {"count": count},
    "return_rate_at_least": lambda rate: _("at least %(rate)s of 100 orders came back") % {"rate": rate},
    "any_of": lambda branches: _("one of these holds: %(what)s") % {"what": _branches(branches)},
    "none_of": lambda branches: _("but not when %(what)s") % {"what": _branches(branches)},
}

STATES: Mapping[str, Words] = {**return_texts.CONDITIONS, "faulty": gettext_lazy("Faulty")}


def _fee(fee: Fee) -> str:
    parts = [f"{fee.percent / 100:g} %"] if fee.percent else []
    parts += [_amounts(fee.amount)] if fee.amount else []
    return _("The handling of a return out of goodwill costs %(what)s.") % {"what": " + ".join(parts)}


_EFFECTS: Mapping[str, Callable[[Any], str]] = {
    "extend_days": lambda count: _("It may be asked back for %(days)s after delivery.") % {"days": _days(count)},
    "extend_until": lambda day: _("It may be asked back until %(day)s after the order.") % {"day": _month_day(day)},
    "guarantee_months": lambda count: (
        _("The shop answers for defects for %(months)s.") % {"months": _months(count)}
    ),
    "merchant_pays_return": lambda _is_so: _("The shop pays the way back."),
    "offer": lambda found: _("On offer: %(what)s.") % {"what": _named(policy_texts.REMEDIES, found)},
    "keep": lambda _is_so: _("The shopper keeps the goods, nothing travels."),
    "waive": lambda found: _("The shop does not use this bar: %(what)s.") % {"what": _named(policy_texts.BARS, found)},
    "refund_within_days": lambda count: (
        _("The money goes back within %(days)s of getting the goods.") % {"days": _days(count)}
    ),
    "fee": _fee,
    "evidence": lambda found: _("Wanted first: %(what)s.") % {"what": _named(policy_texts.EVIDENCE, found)},
    "route": lambda role: _("Looked at by %(who)s.") % {"who": ROUTES.get(role, role)},
}  # fmt: skip
