"""The questions of the portal; errors say what to do, in the same words on top and at the field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.conversations.actions import MOST_SIGNS
from homeward.returns import evidence, reasons, texts
from homeward.returns.evidence import Exhibit, NotEvidence
from homeward.returns.reasons import Reason
from homeward.web.design.forms import Choice

MOST_WORDS = 1_000
MOST_FILES = 10

REFUSED_FILES = {
    "empty": _("“%(name)s” is empty. Choose another file"),
    "too_large": _("“%(name)s” is larger than 25 MB. Choose a smaller one"),
    "unknown_kind": _("“%(name)s” is no photo, film or PDF. Choose a JPG, PNG, HEIC, MP4 or PDF"),
    "damaged": _("“%(name)s” cannot be opened. Take the photo anew"),
    "too_many_pixels": _("“%(name)s” has too many pixels. Choose a smaller one"),
}


class Trapped(forms.Form):
    """A form with a field that people never see and robots love to fill."""

    website = forms.CharField(required=False, max_length=200)

    @property
    def is_robot(self) -> bool:
        """Whether the hidden field was filled."""
        return bool(self.data.get("website"))


class LookupForm(Trapped):
    """Which order, and one thing that shows it is yours."""

    order = forms.CharField(
        label=_("Order number"),
        help_text=_("It stands in your order e-mail."),
        max_length=80,
        error_messages={"required": _("Enter the order number")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    proof = forms.CharField(
        label=_("E-mail, postcode or last 4 digits of the phone"),
        help_text=_("One of the three, as given with the order. We use it for nothing else."),
        max_length=254,
        error_messages={"required": _("Enter the e-mail, the postcode or the last 4 digits of the phone")},
        widget=forms.TextInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
    )


class LinkForm(Trapped):
    """The mailbox to which links to orders go."""

    email = forms.EmailField(
        label=_("E-mail address you ordered with"),
        error_messages={
            "required": _("Enter the e-mail address you ordered with"),
            "invalid": _("Enter an e-mail address like name@example.com"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class WithdrawalForm(Trapped):
    """The declaration: name, what identifies the contract, where the receipt goes. Nothing else may be asked."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        error_messages={"required": _("Enter your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contract = forms.CharField(
        label=_("Order or contract number"),
        help_text=_("If you do not have it, describe what you bought and when."),
        max_length=200,
        error_messages={"required": _("Enter the order number, or what you bought and when")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail for the receipt"),
        error_messages={
            "required": _("Enter the e-mail address for the receipt"),
            "invalid": _("Enter an e-mail address like name@example.com"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    scope = forms.CharField(
        label=_("Only some items?"),
        help_text=_("Name them. Leave it empty to withdraw from the whole order."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_name(self) -> str:
        """Return the name on one line."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_contract(self) -> str:
        """Return what names the contract on one line."""
        return " ".join(self.cleaned_data["contract"].split())


class MessageForm(forms.Form):
    """Words to the shop, verbatim; `nonce` marks the form so that it is said once."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=MOST_SIGNS,
        strip=False,
        error_messages={"required": _("Write a message"), "max_length": _("Shorten it to %(limit_value)s characters")},
    )
    nonce = forms.CharField(max_length=40)

    def clean_text(self) -> str:
        """Return the words as they were written; nothing but blanks is no message."""
        if not self.cleaned_data["text"].strip():
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return str(self.cleaned_data["text"])


class TrackingForm(forms.Form):
    """The number under which the shopper's own carrier carries the parcel."""

    carrier = forms.CharField(
        label=_("Carrier"), max_length=40, error_messages={"required": _("Enter the name of the carrier")}
    )
    number = forms.RegexField(
        r"^[A-Za-z0-9 ./-]{4,40}$",
        label=_("Tracking number"),
        help_text=_("It stands on the receipt of the counter."),
        error_messages={
            "required": _("Enter the tracking number"),
            "invalid": _("Enter the tracking number as on the receipt: letters and digits, at least 4"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class FileInput(forms.ClearableFileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files at once, each examined by its content; what comes out are exhibits."""

    widget = FileInput

    def __init__(self, **more: Any) -> None:
        super().__init__(
            widget=FileInput(attrs={"multiple": True, "accept": "image/*,video/*,application/pdf"}),
            help_text=_("JPG, PNG, HEIC, MP4 or PDF, up to 25 MB each."),
            error_messages={"required": _("Choose at least one file")},
            **more,
        )

    def clean(self, data: Any, initial: Any = None) -> list[Exhibit]:
        """Return the files as exhibits, none where none was chosen.

        :raises ValidationError: naming each file that cannot be taken, and why.
        """
        files = [file for file in (data or []) if file]
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most %(most)s files at a time"), params={"most": MOST_FILES})
        exhibits, refused = [], []
        for file in files:
            try:
                exhibits.append(_examined(file))
            except NotEvidence as error:
                refused.append(forms.ValidationError(REFUSED_FILES[error.code], params={"name": error.name}))
        if refused:
            raise forms.ValidationError(refused)
        return exhibits


def _examined(file: Any) -> Exhibit:
    return evidence.examine(evidence.content_of(file), name=file.name)


class EvidenceForm(forms.Form):
    """Photos, films and papers that show what happened."""

    photos = FilesField(label=_("Photos, films or papers"))


DEFECT_GROUPS = ("quality", "delivery", "not_as_described")

GROUP_HINTS = {
    "quality": _("Broken, unsafe, poorly made, or parts are missing"),
    "delivery": _("Damaged on the way, the wrong item, or too late"),
    "not_as_described": _("Other than the pictures or the words said"),
    "size_color": _("Too small, too large, or the color does not suit"),
    "changed_mind": _("You do not have to tell us why"),
}


class ReasonForm(forms.Form):
    """Why one item goes back: a group, what happened within it, own words, and photos."""

    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=MOST_WORDS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    photos = FilesField(label=_("Photos of what happened"), required=False)
    no_photo = forms.BooleanField(label=_("I cannot take a photo"), required=False)

    def __init__(self, *args: Any, off: Sequence[str] = (), defect_only: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].help_text = gettext("Up to %(most)s characters. Write in any language.") % {
            "most": MOST_WORDS
        }
        tree = reasons.offered(off=off)
        self.tree: dict[str, tuple[Reason, ...]] = {
            group: leaves for group, leaves in tree.items() if not defect_only or group in DEFECT_GROUPS
        }
        self.fields["group"] = forms.ChoiceField(
            label=_("Reason"),
            choices=[(group, Choice(texts.GROUPS[group], GROUP_HINTS[group])) for group in self.tree],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a reason"), "invalid_choice": _("Choose a reason")},
        )
        for group, leaves in self.tree.items():
            self.fields[f"reason_{group}"] = forms.ChoiceField(
                label=_("What happened?") if group in DEFECT_GROUPS else _("More exactly"),
                choices=[(leaf.code, texts.REASONS[leaf.code]) for leaf in leaves],
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": _("Choose what happened")},
            )

    def clean(self) -> dict[str, Any]:
        """Put the chosen leaf of the chosen group into `reason`; a change of mind needs no leaf."""
        data = super().clean() or {}
        group = data.get("group")
        if not group:
            return data
        leaf = data.get(f"reason_{group}")
        codes = [reason.code for reason in self.tree[group]]
        if not leaf and "no_reason" in codes:
            leaf = "no_reason"
        if not leaf and len(codes) == 1:
            leaf = codes[0]
        if leaf:
            data["reason"] = leaf
        elif f"reason_{group}" not in self.errors:
            self.add_error(f"reason_{group}", _("Choose what happened"))
        return data

    def branches(self) -> Iterable[tuple[str, Choice, forms.BoundField | None, bool]]:
        """Yield each group with its words, the field of its leaves, and whether it is chosen."""
        chosen = self["group"].value()
        for group, leaves in self.tree.items():
            self.fields[f"reason_{group}"].required = group in DEFECT_GROUPS  # told on the page; judged in `clean`
            words = Choice(texts.GROUPS[group], GROUP_HINTS[group])
            yield group, words, self[f"reason_{group}"] if len(leaves) > 1 else None, group == chosen


QUESTIONS = {
    "seal_broken": (
        _("Is the seal open?"),
        _("The law lets sealed hygiene goods go back only while the seal is closed."),
        (("no", _("No, it is closed")), ("yes", _("Yes, it is open"))),
    ),
    "danger_signs": (
        _("Is the battery swollen, leaking, hot or damaged?"),
        _("Such a battery must not travel. We then tell you what to do, and you need not send it."),
        (("no", _("No, it looks normal")), ("yes", _("Yes"))),
    ),
}


class QuestionsForm(forms.Form):
    """What law or carriage must know about one item, each a yes or no."""

    def __init__(self, *args: Any, ask: Sequence[str], **more: Any) -> None:
        super().__init__(*args, **more)
        for code in ask:
            label, hint, choices = QUESTIONS[code]
            self.fields[code] = forms.TypedChoiceField(
                label=label, help_text=hint, choices=choices, widget=forms.RadioSelect,
                coerce=lambda answer: answer == "yes",
                error_messages={"required": _("Answer the question"), "invalid_choice": _("Answer the question")},
            )  # fmt: skip


class SolutionForm(forms.Form):
    """How it shall be put right, and how the goods travel."""

    def __init__(
        self, *args: Any, remedies: Sequence[tuple[str, Choice]], methods: Sequence[tuple[str, Choice]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["remedy"] = forms.ChoiceField(
            label=_("How shall we put it right?"),
            choices=remedies,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a solution"), "invalid_choice": _("Choose a solution")},
        )
        if methods:
            self.fields["method"] = forms.ChoiceField(
                label=_("How will it travel?"),
                choices=methods,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose how it travels"), "invalid_choice": _("Choose how it travels")},
            )
