"""What the wizard and the tester of rulebooks ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from homeward.policies import draft_texts
from homeward.policies import texts as policy_texts
from homeward.policies.specimens import Given
from homeward.policies.wizard import CATEGORIES
from homeward.web.office import clauses, draft_fields
from homeward.web.office.draft_fields import SumField, WordsField, YesNo


class WizardForm(forms.Form):
    """What a shop tells the wizard."""

    use_required_attribute = False

    origin = forms.ChoiceField(label=_("Your goods are sent from"), choices=draft_fields.countries)
    destinations = forms.MultipleChoiceField(
        label=_("You sell to"), choices=draft_fields.countries, widget=forms.CheckboxSelectMultiple
    )
    categories = forms.MultipleChoiceField(
        label=_("You sell"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(key, draft_texts.CATEGORIES[key]) for key in CATEGORIES],
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Days for a change of mind"), min_value=0, max_value=365, initial=30,
        help_text=_("Where the law gives as many or more, nothing is promised. 0 leaves it to the law."),
        widget=forms.NumberInput(attrs={"class": "tiny", "inputmode": "numeric"}),
    )  # fmt: skip
    freight = forms.ChoiceField(
        label=_("Who pays the way back?"), initial="faults", choices=list(draft_texts.FREIGHT.items()),
        widget=forms.RadioSelect,
    )  # fmt: skip
    keep_limit = forms.IntegerField(
        label=_("Worth of goods that may stay, in euros"), min_value=0, max_value=1_000, initial=15,
        help_text=_("Where carrying them back costs more than they are worth. 0 for never."),
        widget=forms.NumberInput(attrs={"class": "tiny", "inputmode": "numeric"}),
    )  # fmt: skip
    gifts = forms.BooleanField(label=_("Keep the window open for gifts until the end of January"), required=False)
    use_bars = forms.BooleanField(
        label=_("Use the exceptions that the law allows"), required=False, initial=True,
        help_text=_("Such as sealed hygiene goods once opened, or goods made to measure."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        draft_fields.chosen_first(self.fields["destinations"], self["destinations"].value())


class CaseForm(forms.Form):
    """A case for the tester, as `policies.specimens.Given` has it."""

    use_required_attribute = False

    country = forms.ChoiceField(label=_("The shopper lives in"), choices=draft_fields.countries, initial="DE")
    category = forms.CharField(label=_("Category of the goods"), required=False, max_length=40)
    traits = forms.MultipleChoiceField(
        label=_("Kind of goods"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(key, draft_fields._capital(text)) for key, text in clauses.TRAITS.items()],
    )  # fmt: skip
    tags = WordsField(label=_("Tags"), required=False)
    reason = forms.ChoiceField(
        label=_("Reason"), initial="changed_mind",
        choices=[(key, draft_fields._capital(text)) for key, text in clauses.REASONS.items()],
    )  # fmt: skip
    value = SumField(label=_("Value of one piece"), initial="EUR 50.00", help_text=_("Such as EUR 49.90"))
    quantity = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=10_000, initial=1)
    asked = forms.DateField(
        label=_("Asked on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    delivered_days_ago = forms.IntegerField(
        label=_("Days since delivery"), required=False, min_value=0, max_value=20_000, initial=4,
        help_text=_("Leave it empty where nothing has arrived."),
    )  # fmt: skip
    ordered_days_ago = forms.IntegerField(
        label=_("Days since the order"), required=False, min_value=0, max_value=20_000,
        help_text=_("Empty: four days before the delivery"),
    )  # fmt: skip
    condition = forms.ChoiceField(
        label=_("State of the goods"), required=False,
        choices=[("", _("Not known")), *((key, text) for key, text in clauses.STATES.items())],
    )  # fmt: skip
    fault = forms.ChoiceField(
        label=_("The fault lies with"), initial="none",
        choices=[(key, draft_fields._capital(text)) for key, text in clauses.FAULTS.items()],
    )  # fmt: skip
    seal_broken = YesNo(label=policy_texts.QUESTIONS["seal_broken"], nothing=_("Not asked"), initial="unknown")
    activated = YesNo(label=policy_texts.QUESTIONS["activated"], nothing=_("Not asked"), initial="unknown")
    started = YesNo(label=policy_texts.QUESTIONS["started"], nothing=_("Not asked"), initial="unknown")
    packaging_missing = YesNo(label=policy_texts.QUESTIONS["packaging_missing"], required=False, nothing=_("Not asked"))
    danger_signs = YesNo(label=policy_texts.QUESTIONS["danger_signs"], nothing=_("Not asked"), initial=False)
    recalled = YesNo(label=_("The product is recalled"), initial=False)
    freight = SumField(label=_("What the way back costs"), required=False)
    resale = SumField(label=_("What the goods fetch once back"), required=False)
    channel = forms.CharField(label=_("Bought through"), required=False, max_length=40)
    seller_country = forms.CharField(
        label=_("Country of the seller"), required=False, max_length=2, help_text=_("Two capitals, such as CN")
    )
    evidence = forms.MultipleChoiceField(
        label=_("Evidence given"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=list(policy_texts.EVIDENCE.items()),
    )  # fmt: skip
    informed = YesNo(label=_("The shopper was told of the right to withdraw"), initial=True)
    notices = YesNo(label=_("The notices of exceptions were shown"), initial=True)
    terms = YesNo(label=_("The shop’s own terms were shown"), initial=True)
    orders = forms.IntegerField(label=_("Orders of the shopper in a year"), min_value=0, max_value=10_000, initial=3)
    returns = forms.IntegerField(label=_("Returns of the shopper in a year"), min_value=0, max_value=10_000, initial=0)

    FOLDED = (
        (_("Goods"), ("traits", "tags", "condition", "fault", "quantity", "seal_broken", "activated", "started",
                      "packaging_missing", "danger_signs", "recalled")),
        (_("Order and way back"), ("asked", "ordered_days_ago", "channel", "seller_country", "freight", "resale")),
        (_("Shopper, notices and evidence"), ("informed", "notices", "terms", "orders", "returns", "evidence")),
    )  # fmt: skip
    FIRST = ("country", "category", "reason", "value", "delivered_days_ago")

    def __init__(self, *args: Any, told: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = frozenset(told)

    @property
    def first(self) -> list[Any]:
        """The fields that every case needs."""
        return [self[name] for name in self.FIRST]

    @property
    def folded(self) -> list[dict[str, Any]]:
        """The other fields, in folds; one that says something unusual stands open."""
        return [
            {"title": title, "rows": [self._row(name) for name in names], "open": any(map(self._is_told, names))}
            for title, names in self.FOLDED
        ]

    def _row(self, name: str) -> dict[str, Any]:
        return {"field": self[name], "look": draft_fields.look_of(self.fields[name])}

    def _is_told(self, name: str) -> bool:
        if self.errors.get(name):
            return True
        usual = self.fields[name].prepare_value(self.fields[name].initial)
        return name in self.told and name != "asked" and self[name].data not in (None, "", [], str(usual))

    def given(self) -> Given:
        """Return the case that was told."""
        unasked = {name for name, field in self.fields.items() if isinstance(field, YesNo)}
        told = {
            name: value for name, value in self.cleaned_data.items() if name in unasked or value not in ("", None, [])
        }
        told.setdefault("delivered_days_ago", None)
        return msgspec.convert(msgspec.to_builtins(told), Given)


def with_defaults(form: type[forms.Form], told: Mapping[str, Sequence[str]]) -> QueryDict:
    """Return a query with the usual values of a form where it is silent."""
    data = QueryDict(mutable=True)
    for name, field in form.base_fields.items():
        if name in told:
            data.setlist(name, list(told[name]))
        elif (value := field.initial) is not None:
            data[name] = field.prepare_value(value)
    return data
