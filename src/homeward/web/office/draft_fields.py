"""The fields of a clause and of a case as forms draw them: one per thing that a clause may ask or give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from homeward.kernel import Money, formats
from homeward.policies import packs, specimens
from homeward.policies import texts as policy_texts
from homeward.policies.facts import TRAITS
from homeward.policies.specimens import Given
from homeward.returns import texts as return_texts
from homeward.web.office import clauses

LABELS: Mapping[str, Any] = {
    "country": gettext_lazy("The shopper lives in"),
    "not_country": gettext_lazy("The shopper does not live in"),
    "returns_at_least": gettext_lazy("Returns of the shopper in a year, at least"),
    "returns_at_most": gettext_lazy("Returns of the shopper in a year, at most"),
    "return_rate_at_least": gettext_lazy("Of 100 orders came back, at least"),
    "channel": gettext_lazy("Bought through"),
    "not_channel": gettext_lazy("Not bought through"),
    "seller_country": gettext_lazy("The seller sits in"),
    "delivered": gettext_lazy("It has been delivered"),
    "days_since_delivery_at_most": gettext_lazy("Days since delivery, at most"),
    "days_since_order_at_most": gettext_lazy("Days since the order, at most"),
    "ordered_from": gettext_lazy("Ordered from this day on"),
    "ordered_to": gettext_lazy("Ordered until this day"),
    "season": gettext_lazy("Ordered in a season"),
    "category": gettext_lazy("Category of the goods"),
    "not_category": gettext_lazy("Not of this category"),
    "tag": gettext_lazy("Tag of the goods"),
    "not_tag": gettext_lazy("Without this tag"),
    "trait": gettext_lazy("Kind of goods"),
    "not_trait": gettext_lazy("Not this kind of goods"),
    "condition": gettext_lazy("State of the goods"),
    "not_condition": gettext_lazy("Not in this state"),
    "seal_broken": gettext_lazy("The seal is broken"),
    "value_at_most": gettext_lazy("Value, at most"),
    "value_at_least": gettext_lazy("Value, at least"),
    "freight_share_at_least": gettext_lazy("Percent of what the goods fetch that the way back costs, at least"),
    "claims_fault": gettext_lazy("Something is said to be wrong"),
    "reason": gettext_lazy("Reason"),
    "not_reason": gettext_lazy("Not this reason"),
    "reason_code": gettext_lazy("Reason, exactly"),
    "fault": gettext_lazy("The fault lies with"),
    "evidence": gettext_lazy("Evidence given"),
    "any_of": gettext_lazy("One of several cases"),
    "none_of": gettext_lazy("Exceptions"),
    "extend_days": gettext_lazy("Days to ask, from delivery"),
    "extend_until": gettext_lazy("To be asked until this day of the year"),
    "guarantee_months": gettext_lazy("Months of the shop’s own guarantee"),
    "merchant_pays_return": gettext_lazy("The shop pays the way back"),
    "offer": gettext_lazy("Remedies on offer"),
    "keep": gettext_lazy("The shopper keeps the goods"),
    "waive": gettext_lazy("Exceptions of the law that the shop does not use"),
    "refund_within_days": gettext_lazy("Days until the money goes back, from getting the goods"),
    "fee": gettext_lazy("Fee of a return out of goodwill"),
    "fee_percent": gettext_lazy("Fee of a return out of goodwill, percent"),
    "fee_amount": gettext_lazy("Fee of a return out of goodwill, sum"),
    "wanted": gettext_lazy("Evidence wanted first"),
    "route": gettext_lazy("Looked at by"),
}
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Shopper"),
        ("country", "not_country", "returns_at_least", "returns_at_most", "return_rate_at_least"),
    ),
    (
        gettext_lazy("Order"),
        (
            "channel", "not_channel", "seller_country", "delivered", "days_since_delivery_at_most",
            "days_since_order_at_most", "ordered_from", "ordered_to", "season",
        ),
    ),
    (
        gettext_lazy("Goods"),
        (
            "category", "not_category", "tag", "not_tag", "trait", "not_trait", "condition", "not_condition",
            "seal_broken", "value_at_most", "value_at_least", "freight_share_at_least",
        ),
    ),
    (
        gettext_lazy("Request"),
        ("claims_fault", "reason", "not_reason", "reason_code", "fault", "evidence"),
    ),
)  # fmt: skip
EFFECTS = (
    "extend_days", "extend_until", "guarantee_months", "merchant_pays_return", "offer", "keep", "refund_within_days",
    "waive", "fee_percent", "fee_amount", "wanted", "route",
)  # fmt: skip
_LANGUAGES = {
    "en": "English", "zh-hans": "简体中文", "de": "Deutsch", "fr": "Français", "ja": "日本語", "es": "Español",
    "it": "Italiano", "pt": "Português",
}  # fmt: skip


def label_of(name: str) -> Any:
    """Return the words for a field of a clause."""
    return LABELS.get("wanted" if name == "then.evidence" else name, name)


def language_name(code: str) -> str:
    """Return the name of a language in itself."""
    return _LANGUAGES.get(code, code)


class WordsField(forms.CharField):
    """Words parted by commas, as a tuple."""

    def clean(self, value: Any) -> Any:
        """Return the words, each once."""
        text = super().clean(value)
        return tuple(dict.fromkeys(filter(None, (word.strip() for word in text.replace("，", ",").split(",")))))


class AmountsField(forms.CharField):
    """Sums in several currencies, "EUR 25.00, JPY 4000", as minor units by currency."""

    def clean(self, value: Any) -> Any:
        """Return the sums.

        :raises ValidationError: where one is no sum.
        """
        found = {}
        for part in filter(None, (part.strip() for part in super().clean(value).replace("，", ",").split(","))):
            try:
                amount = specimens.money(" ".join(part.upper().split()))
            except ValueError as error:
                message = _("Write sums such as EUR 25.00, JPY 4000; “%(part)s” is none.") % {"part": part}
                raise ValidationError(message) from error
            found[amount.currency] = amount.minor
        return found


class SumField(forms.CharField):
    """One sum with its currency, "EUR 49.90", as a case writes it."""

    def clean(self, value: Any) -> Any:
        """Return the sum.

        :raises ValidationError: where it is none.
        """
        text = " ".join(super().clean(value).upper().split())
        if not text:
            return None
        try:
            return specimens.sum_of(specimens.money(text))
        except ValueError as error:
            raise ValidationError(_("Write a sum such as EUR 49.90")) from error


class YesNo(forms.TypedChoiceField):
    """Yes or no, as a truth; with `nothing`, the words for a third answer, which is None."""

    def __init__(self, *, nothing: Any = None, **kwargs: Any) -> None:
        choices = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
        if nothing:
            choices = [("unknown", nothing), *choices]
        super().__init__(
            choices=choices, coerce={"yes": True, "no": False}.get, empty_value=None,
            widget=forms.RadioSelect, **kwargs,
        )  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        """Return what is chosen."""
        return TRUTHS.get(value, value) if value is None or isinstance(value, bool) else value


TRUTHS = {True: "yes", False: "no", None: "unknown"}


def look_of(field: forms.Field) -> str:
    """Return how the choices of a field are drawn: few side by side, many as lines."""
    return "segments" if isinstance(field, YesNo) else "lines"


def chosen_first(field: forms.Field, chosen: Iterable[Any]) -> None:
    """Let the choices that are taken stand on top of a long list."""
    if isinstance(field, forms.MultipleChoiceField):
        taken = set(map(str, chosen or ()))
        choices: Any = field.choices
        field.choices = sorted(choices, key=lambda choice: str(choice[0]) not in taken)


def amounts_text(sums: Mapping[str, int]) -> str:
    """Return sums as an AmountsField shows them."""
    return ", ".join(specimens.sum_of(Money(minor, currency)) for currency, minor in sums.items())


def countries(more: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return the countries that we hold law for, and some more, by name."""
    language = get_language() or "en"
    codes = {code for code in packs.library().codes if len(code) == 2 and code not in {packs.NOWHERE, "EU"}}
    for code in packs.library().codes:
        codes |= packs.library().newest(code).law.members.keys() if code == "EU" else set()
    codes |= set(more)
    return sorted(((code, formats.country_in(code, language)) for code in codes), key=lambda pair: pair[1])


def _picks(words: Mapping[str, Any], hint: Any = "") -> Callable[[], forms.Field]:
    return lambda: forms.MultipleChoiceField(
        choices=lambda: [(key, _capital(text)) for key, text in words.items()], help_text=hint,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


_capital = lazy(lambda text: str(text)[:1].upper() + str(text)[1:], str)


def _country_picks() -> forms.Field:
    return forms.MultipleChoiceField(choices=countries, widget=forms.CheckboxSelectMultiple)


def _words() -> forms.Field:
    return WordsField(help_text=gettext_lazy("Part several with commas; one of them is enough."), max_length=500)


def _count(most: int = 20_000) -> Callable[[], forms.Field]:
    return lambda: forms.IntegerField(
        min_value=0, max_value=most, widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "tiny"})
    )


def _amounts() -> forms.Field:
    return AmountsField(help_text=gettext_lazy("Such as EUR 25.00, JPY 4000. Other currencies never match."))


def _day() -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"))


_SPAN = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


def _season() -> forms.Field:
    return forms.RegexField(
        rf"^{_SPAN}\s*/\s*{_SPAN}$", help_text=gettext_lazy("Month-day/month-day, such as 11-01/12-24"),
        error_messages={"invalid": gettext_lazy("Write two days of the year, such as 11-01/12-24")},
        widget=forms.TextInput(attrs={"class": "short mono"}),
    )  # fmt: skip


def _month_day() -> forms.Field:
    return forms.RegexField(
        rf"^{_SPAN}$", help_text=gettext_lazy("Month-day, such as 01-31"),
        error_messages={"invalid": gettext_lazy("Write a day of the year, such as 01-31")},
        widget=forms.TextInput(attrs={"class": "tiny mono"}),
    )  # fmt: skip


def _sure() -> forms.Field:
    return forms.BooleanField(required=False)


def _route() -> forms.Field:
    return forms.ChoiceField(choices=lambda: [(key, _capital(text)) for key, text in clauses.ROUTES.items()])


def _percent() -> forms.Field:
    return forms.DecimalField(
        min_value=0, max_value=100, decimal_places=2, widget=forms.NumberInput(attrs={"class": "tiny"})
    )


def _traits() -> forms.Field:
    return _picks({key: clauses.TRAITS.get(key, key) for key in sorted(TRAITS)})()


MAKERS: Mapping[str, Callable[[], forms.Field]] = {
    **dict.fromkeys(("country", "not_country", "seller_country"), _country_picks),
    **dict.fromkeys(("channel", "not_channel", "category", "not_category", "tag", "not_tag"), _words),
    **dict.fromkeys(("trait", "not_trait"), _traits),
    **dict.fromkeys(("reason", "not_reason"), _picks(clauses.REASONS)),
    "reason_code": _picks(return_texts.REASONS),
    "fault": _picks(clauses.FAULTS),
    **dict.fromkeys(("condition", "not_condition"), _picks(clauses.STATES)),
    **dict.fromkeys(("evidence", "wanted"), _picks(policy_texts.EVIDENCE)),
    **dict.fromkeys(("claims_fault", "delivered", "seal_broken"), YesNo),
    **dict.fromkeys(("value_at_most", "value_at_least", "fee_amount"), _amounts),
    **dict.fromkeys(
        (
            "days_since_delivery_at_most", "days_since_order_at_most", "returns_at_least", "returns_at_most",
            "extend_days", "refund_within_days",
        ),
        _count(),
    ),
    "guarantee_months": _count(1_200),
    "return_rate_at_least": _count(100),
    "freight_share_at_least": _count(1_000),
    "ordered_from": _day,
    "ordered_to": _day,
    "season": _season,
    "extend_until": _month_day,
    "merchant_pays_return": _sure,
    "keep": _sure,
    "offer": _picks(policy_texts.REMEDIES),
    "waive": _picks({key: text for key, text in policy_texts.BARS.items() if key}),
    "fee_percent": _percent,
    "route": _route,
}  # fmt: skip


def make(name: str) -> forms.Field:
    """Return the form field of one thing that a clause may ask or give."""
    field = MAKERS[name]()
    field.label = LABELS[name]
    return field


def query_of(given: Given) -> str:
    """Return a case as the query that fills the tester's form; what is as usual is left out."""
    pairs: list[tuple[str, Any]] = []
    for name, value in msgspec.to_builtins(given).items():
        default = _DEFAULTS.get(name)
        if value == default:
            continue
        if isinstance(value, list):
            pairs += [(name, word) for word in value] if name in {"traits", "evidence"} else [(name, ", ".join(value))]
        elif isinstance(default, bool) or isinstance(value, bool):
            pairs.append((name, TRUTHS[value]))
        else:
            pairs.append((name, "" if value is None else value))
    pairs += [(name, "") for name in ("delivered_days_ago",) if given.delivered_days_ago is None]
    return urlencode(list(dict.fromkeys(pairs)))


_DEFAULTS: dict[str, Any] = {
    field.encode_name: msgspec.to_builtins(field.default)
    for field in msgspec.structs.fields(Given)
    if field.default is not msgspec.NODEFAULT
}
