"""What agents fill in: decisions with their words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from homeward.returns import texts as return_texts


class Authorize(forms.Form):
    """How a return is permitted."""

    remedy = forms.ChoiceField(
        label=_("Remedy"), choices=[(key, return_texts.REMEDIES[key]) for key in ("refund", "replacement")]
    )
    goods_back = forms.ChoiceField(
        label=_("The goods"),
        choices=[("yes", _("come back first")), ("no", _("stay with the shopper"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class Refuse(forms.Form):
    """Why a return is refused."""

    ground = forms.ChoiceField(label=_("Ground"))
    note = forms.CharField(
        label=_("In plain words, for the shopper"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: object, grounds: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["ground"].choices = [*grounds, ("other", _("Something else: say it in words"))]

    def clean(self) -> dict[str, object]:
        """Ask for words where no clause is named."""
        data = super().clean() or {}
        if data.get("ground") == "other" and not str(data.get("note", "")).strip():
            self.add_error("note", _("Say in words why the return is refused."))
        return data


class AskEvidence(forms.Form):
    """What is wanted, and what it is for."""

    wanted = forms.CharField(
        label=_("What do you need, and what for?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=60, initial=7)


class Overturn(forms.Form):
    """Why a refusal is taken back."""

    note = forms.CharField(label=_("Why"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
