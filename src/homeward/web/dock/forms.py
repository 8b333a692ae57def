"""What people at the dock fill in: counts, strangers, one unit at a time, reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from homeward.parties.models import Merchant
from homeward.warehouse import texts
from homeward.warehouse.actions import Count, Finding, Stranger
from homeward.warehouse.checklists import Checklist
from homeward.warehouse.grading import Disposition, Grade
from homeward.warehouse.models import ReceiptLine

MOST = 100_000
_NUMBER = {
    "required": _("Enter a number, 0 if there is none."),
    "invalid": _("Enter a whole number."),
    "min_value": _("Enter 0 or more."),
    "max_value": _("Enter 100,000 at most."),
}


class Placed(forms.Form):
    """A form whose ids are told apart from those of its neighbors on the page."""

    place = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.place}_%s")
        super().__init__(*args, **kwargs)


def _number(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST, initial=0, error_messages=_NUMBER, **more
    )  # fmt: skip


class LineCount(forms.Form):
    """How many units of one announced line came, and in which first state."""

    good = _number(_("Right"))
    damaged = _number(_("Damaged"))
    wrong = _number(_("Another item"))
    over = forms.BooleanField(label=_("More came than announced; I counted twice"), required=False)

    def __init__(self, *args: Any, line: ReceiptLine, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": line.key} | kwargs)
        self.line = line

    def count(self) -> Count:
        """Return what was counted."""
        return Count(self.line.key, **self.cleaned_data)


class Box(Placed):
    """What else lay in the box, and a note about it."""

    place = "box"
    stranger = forms.CharField(label=_("What is it?"), required=False, max_length=200)
    stranger_units = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=MOST, initial=1, required=False, error_messages=_NUMBER
    )
    note = forms.CharField(
        label=_("Note on the parcel"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def strangers(self) -> list[Stranger]:
        """Return what nobody announced, or nothing."""
        words = self.cleaned_data["stranger"].strip()
        return [Stranger(words, self.cleaned_data["stranger_units"] or 1)] if words else []


class Unit(Placed):
    """What is found on one unit, or on several alike."""

    place = "unit"
    quantity = forms.IntegerField(
        label=_("Units alike"), min_value=1, max_value=MOST, initial=1, error_messages=_NUMBER
    )  # fmt: skip
    grade = forms.ChoiceField(choices=[(one.value, one.value) for one in Grade], required=False)
    disposition = forms.ChoiceField(choices=list(texts.DISPOSITIONS.items()), required=False)
    serial = forms.CharField(
        label=_("Serial number"), max_length=60,
        error_messages={"required": _("Scan the serial number of this unit; such goods are graded one by one.")},
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    second_eyes = forms.BooleanField(label=_("Ask a second pair of eyes"), required=False)
    no_photo = forms.BooleanField(label=_("No photo is possible"), required=False)

    def __init__(self, *args: Any, line: ReceiptLine, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.checklist = line, checklist
        self.fields["serial"].required = bool(line.serials) and self.data.get("grade") != Grade.X

    def answers(self) -> dict[str, str]:
        """Return the answers given so far; what fits no question is left out."""
        return answers_in(self.data, self.checklist)

    def finding(self) -> Finding:
        """Return what was found, as the dock's verb takes it."""
        data = self.cleaned_data
        return Finding(
            line=self.line.key, quantity=data["quantity"], answers=self.answers(),
            grade=Grade(data["grade"]) if data["grade"] else None,
            disposition=Disposition(data["disposition"]) if data["disposition"] else None, serial=data["serial"],
            note=data["note"], second_eyes=data["second_eyes"],
        )  # fmt: skip


def answers_in(data: Mapping[str, Any], checklist: Checklist) -> dict[str, str]:
    """Return the answers to a checklist that were posted as `q-<question>`."""
    given = {question.key: data.get(f"q-{question.key}", "") for question in checklist.questions}
    return {q.key: given[q.key] for q in checklist.questions if q.answer(given[q.key]) is not None}


def counts_in(data: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts that travel in an address while goods are scanned: `<line>-good=<number>`."""
    return {
        key: min(int(value), MOST)
        for key, value in data.items()
        if key.endswith("-good") and value.isascii() and value.isdigit()
    }


class NotAnnounced(Placed):
    """Goods that nobody announced: whose dock they lie on, what they are."""

    place = "new"
    label_text = forms.CharField(label=_("What stands on the label"), required=False, max_length=80)
    description = forms.CharField(
        label=_("What lies in it"), max_length=200, error_messages={"required": _("Say what lies in the box.")}
    )
    quantity = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=MOST, initial=1, error_messages=_NUMBER
    )  # fmt: skip
    merchant = forms.ChoiceField(label=_("For whom"), error_messages={"required": _("Choose for whom it is.")})
    note = forms.CharField(label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, merchants: Sequence[Merchant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchants = {merchant.slug: merchant for merchant in merchants}
        choices = [(slug, merchant.name) for slug, merchant in self.merchants.items()]
        self.fields["merchant"].choices = choices if len(choices) == 1 else [("", "—"), *choices]

    def clean_merchant(self) -> Merchant:
        """Return the merchant for whom the goods are kept."""
        return self.merchants[self.cleaned_data["merchant"]]


class Dispute(Placed):
    """Why somebody contests what came."""

    place = "dispute"
    ground = forms.ChoiceField(
        label=_("What is contested"), widget=forms.RadioSelect, choices=list(texts.GROUNDS.items()),
        error_messages={"required": _("Choose what is contested.")},
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class Ruling(Placed):
    """The word that ends a dispute, with its reason."""

    place = "ruling"
    ruling = forms.ChoiceField(
        label=_("Ruling"), widget=forms.RadioSelect, choices=list(texts.RULINGS.items()),
        error_messages={"required": _("Choose the ruling.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in a few words.")},
    )  # fmt: skip


class Reason(Placed):
    """Why something is taken back."""

    place = "reopen"
    reason = forms.CharField(
        label=_("Reason"), max_length=400, error_messages={"required": _("Say why, in a few words.")}
    )  # fmt: skip
