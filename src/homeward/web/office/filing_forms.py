"""What staff fill in when they file a return for a shopper: items with their reasons, what law must know, the wish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.conversations import texts as conversation_texts
from homeward.returns import reasons, texts
from homeward.web.portal.drafts import Draft
from homeward.web.portal.drafts import Line as Said
from homeward.web.portal.forms import MOST_WORDS, QUESTIONS, SolutionForm
from homeward.web.portal.sight import Row

ORIGINS = ("phone", "counter", "mail")  # by which way a shopper reaches a person


@dataclass(frozen=True, slots=True)
class Line:
    """One order line with its three fields."""

    row: Row
    quantity: forms.BoundField
    reason: forms.BoundField
    words: forms.BoundField


class ItemsForm(forms.Form):
    """How many of each line go back, why, and what the shopper says of it."""

    def __init__(self, *args: Any, rows: Sequence[Row], draft: Draft, off: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.rows, self.draft = [row for row in rows if row.available], draft
        groups = [
            (texts.GROUPS[group], [(leaf.code, texts.REASONS[leaf.code]) for leaf in leaves])
            for group, leaves in reasons.offered(off=off).items()
        ]
        for row in self.rows:
            said = draft.lines.get(row.line.ref)
            self._add(row, said, [("", _("Choose a reason")), *groups])

    def _add(self, row: Row, said: Said | None, choices: Sequence[Any]) -> None:
        ref, title, most = row.line.ref, row.line.title, row.available
        wrong = gettext("Enter how many of “%(title)s” go back: a number from 0 to %(most)s") % {
            "title": title, "most": most,
        }  # fmt: skip
        self.fields[f"quantity_{ref}"] = forms.IntegerField(
            label=gettext("How many of %(title)s") % {"title": title}, min_value=0, max_value=most, required=False,
            initial=min(said.quantity, most) if said else 0,
            error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )  # fmt: skip
        self.fields[f"reason_{ref}"] = forms.ChoiceField(
            label=gettext("Why %(title)s") % {"title": title}, choices=choices, required=False,
            initial=said.reason if said else "", error_messages={"invalid_choice": _("Choose a reason")},
        )  # fmt: skip
        self.fields[f"words_{ref}"] = forms.CharField(
            label=gettext("What the shopper says of %(title)s") % {"title": title}, max_length=MOST_WORDS,
            required=False, initial=said.words if said else "", widget=forms.TextInput(attrs={"dir": "auto"}),
        )  # fmt: skip

    @property
    def lines(self) -> Iterator[Line]:
        """The lines with their fields, as the table draws them."""
        for row in self.rows:
            ref = row.line.ref
            yield Line(row, self[f"quantity_{ref}"], self[f"reason_{ref}"], self[f"words_{ref}"])

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where something goes back, and for something that goes back."""
        data = super().clean() or {}
        chosen = [row.line.ref for row in self.rows if data.get(f"quantity_{row.line.ref}")]
        for ref in chosen:
            if not data.get(f"reason_{ref}") and f"reason_{ref}" not in self.errors:
                self.add_error(f"reason_{ref}", _("Choose a reason"))
        if self.rows and not chosen and not self.errors:
            self.add_error(f"quantity_{self.rows[0].line.ref}", _("Choose at least one item"))
        return data

    def chosen(self) -> Draft:
        """Return the draft for what was filled in; answers to the law's questions are asked anew."""
        data = self.cleaned_data
        lines = {
            ref: Said(quantity=quantity, reason=data[f"reason_{ref}"], words=data[f"words_{ref}"])
            for ref in (row.line.ref for row in self.rows)
            if (quantity := data.get(f"quantity_{ref}"))
        }
        return Draft(nonce=self.draft.nonce, lines=lines, remedy=self.draft.remedy, method=self.draft.method)


class QuestionsForm(forms.Form):
    """What law or carriage must know of some lines, each a yes or no."""

    def __init__(self, *args: Any, ask: Mapping[str, Sequence[str]], titles: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.ask = ask
        for ref, codes in ask.items():
            for code in codes:
                label, hint, choices = QUESTIONS[code]
                self.fields[f"{code}_{ref}"] = forms.TypedChoiceField(
                    label=f"{titles[ref]}: {label}", help_text=hint, choices=choices, widget=forms.RadioSelect,
                    coerce=lambda answer: answer == "yes",
                    error_messages={"required": _("Answer the question"), "invalid_choice": _("Answer the question")},
                )  # fmt: skip

    def answers(self, ref: str) -> dict[str, Any]:
        """Return what was answered about one line."""
        return {code: self.cleaned_data[f"{code}_{ref}"] for code in self.ask[ref]}


class WishForm(SolutionForm):
    """How it shall be put right, how it travels, by which way the shopper asked, and what else they said."""

    def __init__(self, *args: Any, may_review: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["origin"] = forms.ChoiceField(
            label=_("How did the shopper ask?"),
            choices=[(code, conversation_texts.CHANNELS[code]) for code in ORIGINS],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose how they asked"), "invalid_choice": _("Choose how they asked")},
        )
        self.fields["note"] = forms.CharField(
            label=_("What else the shopper said"), required=False, max_length=MOST_WORDS,
            widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        )  # fmt: skip
        if may_review:
            self.fields["review"] = forms.BooleanField(
                label=_("Let a person decide"), required=False,
                help_text=_("Law and rulebook would not let it pass. A person then looks at it instead."),
            )  # fmt: skip
