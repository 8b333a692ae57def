"""What agents fill in: decisions, offers and replies with their words; errors say what to do."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from homeward.kernel import Money
from homeward.returns import texts as return_texts
from homeward.warehouse import texts as warehouse_texts
from homeward.web.design.forms import Choice

MOST_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class About:
    """What a form has to know of the thing it is about: its currency, the grounds at hand, what is wished."""

    currency: str = "EUR"
    grounds: Sequence[tuple[str, str]] = ()
    remedy: str = "refund"
    goods_back: bool = True
    serves: Mapping[str, Any] = field(default_factory=dict)


class AskForm(forms.Form):
    """A form that one verb asks; `looks` says how its fields are drawn."""

    looks: Mapping[str, Mapping[str, str]] = {}

    def __init__(self, *args: Any, about: About, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to what the form is about."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields with their looks, as the templates draw them."""
        return [{"field": self[name], **self.looks.get(name, {})} for name in self.fields]

    @property
    def words(self) -> str:
        """What has been written for people, to be kept where the verb comes too late."""
        return str(self.data.get(self.add_prefix("note"), "") or self.data.get(self.add_prefix("wanted"), ""))


def _words(label: Any, *, rows: int = 2, required: bool = True, error: Any = None, hint: Any = "") -> forms.CharField:
    errors = {"required": error} if error else {}
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=MOST_WORDS, error_messages=errors,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class SumField(forms.CharField):
    """A sum in the currency of the order, with a comma or a point for decimals."""

    default_error_messages = {"sum": _("Write a sum above zero, such as 12.50")}
    currency = "EUR"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def clean(self, value: Any) -> Money | None:
        """Return the sum, or None where none is given."""
        text = super().clean(value).replace(" ", "").replace(",", ".")
        if not text:
            return None
        try:
            found = Money.of(text, self.currency)
        except ValueError:
            found = Money.zero(self.currency)
        if found.minor <= 0:
            raise forms.ValidationError(self.error_messages["sum"], code="sum")
        return found


class Authorize(AskForm):
    """How a return is permitted."""

    looks = {"goods_back": {"look": "segments"}}

    remedy = forms.ChoiceField(
        label=_("Remedy"),
        choices=[(key, Choice(return_texts.REMEDIES[key])) for key in ("refund", "replacement")],
        widget=forms.RadioSelect,
    )
    goods_back = forms.ChoiceField(
        label=_("The goods"),
        choices=[("yes", _("come back first")), ("no", _("stay with the shopper"))],
        widget=forms.RadioSelect,
    )
    note = _words(_("Note"), required=False)

    def prepare(self) -> None:
        """Start from what the shopper wishes and what law and rulebook say of the goods."""
        self.fields["remedy"].initial = "replacement" if self.about.remedy in {"replacement", "replace"} else "refund"
        self.fields["goods_back"].initial = "yes" if self.about.goods_back else "no"


class Refuse(AskForm):
    """Why a return is refused."""

    looks = {"ground": {"look": "lines"}}

    ground = forms.ChoiceField(
        label=_("Ground"), widget=forms.RadioSelect, error_messages={"required": _("Choose the ground of the refusal")}
    )
    note = _words(_("In plain words, for the shopper"), rows=3, required=False)

    def prepare(self) -> None:
        """Offer the clauses that speak against the return, and words of one's own."""
        other = ("other", Choice(_("Something else: say it in words")))
        self.fields["ground"].choices = [*((ref, Choice(words)) for ref, words in self.about.grounds), other]
        if not self.about.grounds:
            self.fields["ground"].initial = "other"
            self.fields["ground"].help_text = _("Law and rulebook say yes. A refusal against them is kept as such.")
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = _("Say in words why the return is refused.")

    def clean(self) -> dict[str, Any]:
        """Ask for words where no clause is named."""
        data = super().clean() or {}
        if data.get("ground") == "other" and not str(data.get("note", "")).strip():
            self.add_error("note", _("Say in words why the return is refused."))
        return data


class AskEvidence(AskForm):
    """What is wanted, and what it is for."""

    looks = {"days": {"css": "tiny"}}

    wanted = _words(
        _("What do you need, and what for?"), rows=3, error=_("Say what you need to see, and what for"),
        hint=_("A photo is asked for its use, never as proof of honesty."),
    )  # fmt: skip
    days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=60, initial=7)


class Overturn(AskForm):
    """Why a refusal is taken back."""

    note = _words(_("Why"), error=_("Say why the refusal is overturned"))


class Plain(AskForm):
    """A verb that needs no more than a yes."""


class Note(AskForm):
    """A verb with a note, if one likes."""

    note = _words(_("Note"), required=False)


class Yes(AskForm):
    """The shopper's yes, told to us in another way than by the page."""

    note = _words(_("How did the shopper say yes?"), error=_("Say how the shopper said yes: by mail, by phone, when"))


class Offer(AskForm):
    """A part of the price, or a sum, for keeping the goods."""

    looks = {"part": {"suffix": "%"}}

    part = forms.IntegerField(label=_("Part of the price"), required=False, min_value=1, max_value=100)
    sum = SumField(label=_("Or a sum"), required=False)
    note = _words(_("Why, for the team"), required=False)

    def prepare(self) -> None:
        """Ask for sums in the currency of the order."""
        self.fields["sum"].currency = self.about.currency
        self.looks = {**self.looks, "sum": {"suffix": self.about.currency}}

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two, not for both."""
        data = super().clean() or {}
        if self.errors:
            return data
        if bool(data.get("part")) == bool(data.get("sum")):
            self.add_error("part", _("Give either a part of the price or a sum"))
        return data


class Compensate(AskForm):
    """A sum beside the goods, for trouble or delay."""

    sum = SumField(label=_("Sum"), error_messages={"required": _("Write a sum above zero, such as 12.50")})
    note = _words(_("For what?"), error=_("Say what the compensation is for"))
    mark = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def prepare(self) -> None:
        """Ask for sums in the currency of the order, once per form."""
        self.fields["sum"].currency = self.about.currency
        self.fields["mark"].initial = secrets.token_hex(12)
        self.looks = {"sum": {"suffix": self.about.currency}}


class Ship(AskForm):
    """The carrier and the number under which new goods travel."""

    looks = {"tracking_number": {"css": "mono"}}

    carrier = forms.CharField(label=_("Carrier"), max_length=40, error_messages={"required": _("Name the carrier")})
    tracking_number = forms.CharField(
        label=_("Tracking number"), max_length=60, error_messages={"required": _("Enter the tracking number")}
    )


class Cancel(AskForm):
    """Why new goods will not be sent."""

    note = _words(_("Why"), error=_("Say why they will not be sent"))


class Contest(AskForm):
    """On what ground the dock's count or finding is contested."""

    looks = {"ground": {"look": "lines"}}

    ground = forms.ChoiceField(
        label=_("Ground"), widget=forms.RadioSelect,
        choices=[(key, Choice(words)) for key, words in warehouse_texts.GROUNDS.items()],
        error_messages={"required": _("Choose what is contested")},
    )  # fmt: skip
    note = _words(_("Note"), required=False)


class Resolve(AskForm):
    """The word that ends a dispute, and why."""

    looks = {"ruling": {"look": "lines"}}

    ruling = forms.ChoiceField(
        label=_("Ruling"), widget=forms.RadioSelect,
        choices=[(key, Choice(words)) for key, words in warehouse_texts.RULINGS.items()],
        error_messages={"required": _("Choose whose word holds")},
    )  # fmt: skip
    note = _words(_("Why"), error=_("Say why"))
