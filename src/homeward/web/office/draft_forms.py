"""What people fill in to write a rulebook: clauses with the conditions that they choose, names, cases, the wizard."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from homeward.kernel.textmap import LOCALES
from homeward.policies.conditions import When
from homeward.policies.rulebook import ShopClause, Then
from homeward.web.office import draft_fields
from homeward.web.office.draft_fields import EFFECTS, GROUPS

CONDITIONS = tuple(name for _group, names in GROUPS for name in names)
COUNTRY_FIELDS = ("country", "not_country", "seller_country")
BRANCHES = ("none_of", "any_of")
REF = r"^[A-Za-z0-9][A-Za-z0-9.-]{1,39}$"


class PartForm(forms.Form):
    """Chosen fields of a clause; the others are not there until somebody adds them."""

    use_required_attribute = False

    def __init__(self, *args: Any, shown: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = tuple(dict.fromkeys(name for name in shown if name in draft_fields.MAKERS))
        for name in self.shown:
            self.fields[name] = draft_fields.make(name)
            if name in COUNTRY_FIELDS:
                draft_fields.chosen_first(self.fields[name], self[name].value())

    def rows(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """Return the chosen fields among `names`, as the template draws them."""
        chosen = [name for name in names if name in self.fields]
        return [{"name": name, "field": self[name], "look": draft_fields.look_of(self.fields[name])} for name in chosen]

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Return the conditions that are chosen, group by group."""
        found = [{"title": title, "rows": self.rows(names)} for title, names in GROUPS]
        return [group for group in found if group["rows"]]

    @property
    def choices(self) -> list[dict[str, Any]]:
        """Return the conditions that may still be added, group by group."""
        return [
            {
                "title": title,
                "names": [(name, draft_fields.LABELS[name]) for name in names if name not in self.fields],
            }
            for title, names in GROUPS
        ]

    @property
    def effects(self) -> list[dict[str, Any]]:
        """Return the effects that are chosen."""
        return self.rows(EFFECTS)

    @property
    def more_effects(self) -> list[tuple[str, Any]]:
        """Return the effects that may still be added."""
        return [(name, draft_fields.LABELS[name]) for name in EFFECTS if name not in self.fields]


class HeadForm(forms.Form):
    """The name of a clause and its words, a field for each language of the portal and for those it has besides."""

    use_required_attribute = False

    ref = forms.RegexField(
        REF, label=_("Name of the clause"), max_length=40,
        help_text=_("Cited in every decision; it stays the same from version to version. Letters, digits, - and ."),
        error_messages={"invalid": _("Use letters, digits, - and . for the name, two at least")},
        widget=forms.TextInput(attrs={"class": "short mono"}),
    )  # fmt: skip

    def __init__(self, *args: Any, languages: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = tuple(dict.fromkeys((*LOCALES, *languages)))
        for language in self.languages:
            is_needed = language == "en"
            self.fields[f"text_{language}"] = forms.CharField(
                label=draft_fields.language_name(language), required=is_needed, max_length=600,
                help_text="" if is_needed or self._has(language) else _("No words yet: English is shown instead."),
                widget=forms.Textarea(attrs={"rows": 2, "lang": language}),
            )  # fmt: skip

    def _has(self, language: str) -> bool:
        return bool(self.initial.get(f"text_{language}") or self.data.get(f"text_{language}"))

    def clean_ref(self) -> str:
        """Return the name in capitals."""
        return str(self.cleaned_data["ref"]).upper()

    @property
    def texts(self) -> list[dict[str, Any]]:
        """Return the fields of the words."""
        return [{"field": self[f"text_{language}"], "lang": language} for language in self.languages]


class ClauseForms:
    """All forms of one clause: head, conditions, effects, and a form for each branch of exceptions and cases."""

    def __init__(self, *, head: HeadForm, when: PartForm, then: PartForm, branches: dict[str, list[PartForm]]) -> None:
        self.head, self.when, self.then, self.branches = head, when, then, branches
        self.complaint = ""

    @classmethod
    def of(cls, clause: ShopClause) -> ClauseForms:
        """Return the forms filled with a clause."""
        initial = {"ref": clause.ref} | {f"text_{code}": text for code, text in clause.text.items()}
        return cls(
            head=HeadForm(initial=initial, languages=clause.text),
            when=_part("when", _initial_when(clause.when)),
            then=_part("then", _initial_then(clause.then)),
            branches={
                name: [
                    _part(f"{name}-{number}", _initial_when(branch))
                    for number, branch in enumerate(getattr(clause.when, name))
                ]
                for name in BRANCHES
            },
        )

    @classmethod
    def sent(cls, data: QueryDict, *, is_final: bool) -> ClauseForms:
        """Return the forms as they were sent; with what was added or left out, where they are not final."""
        shown = {key.removesuffix("-shown"): data.getlist(key) for key in data if key.endswith("-shown")}
        if not is_final:
            _change_choice(data, shown)
        names = {
            branch: sorted(
                (key for key in shown if key.startswith(f"{branch}-")), key=lambda key: int(key.split("-")[1])
            )
            for branch in BRANCHES
        }

        def part(prefix: str) -> PartForm:
            chosen = shown.get(prefix, [])
            if is_final:
                return PartForm(data, shown=chosen, prefix=prefix)
            form = PartForm(shown=chosen, prefix=prefix)
            form.initial = _raw(form, data)
            return form

        languages = [key.removeprefix("text_") for key in data if key.startswith("text_")]
        head = HeadForm(data, languages=languages) if is_final else HeadForm(languages=languages)
        if not is_final:
            head.initial = _raw(head, data)
        branches = {branch: [part(key) for key in keys] for branch, keys in names.items()}
        return cls(head=head, when=part("when"), then=part("then"), branches=branches)

    @property
    def all(self) -> list[forms.Form]:
        """Every form, in the order of the page."""
        return [self.head, self.when, *self.branches["none_of"], *self.branches["any_of"], self.then]

    @property
    def errors(self) -> list[Any]:
        """What the summary of errors lists."""
        return [*self.all, *([self.complaint] if self.complaint else [])]

    def clause(self, *, before: ShopClause) -> ShopClause | None:
        """Return the clause that was sent, or None where something has to be put right.

        What no form shows is kept as it was `before`: branches in branches, and the order of words that are the same.
        """
        valid = [form.is_valid() for form in self.all]  # every form, so that all errors are told at once
        if not all(valid):
            return None
        when = _in_order(_when(self.when), before.when) | {
            name: tuple(_branch(form, number, getattr(before.when, name)) for number, form in enumerate(branch))
            for name, branch in self.branches.items()
        }
        head = self.head.cleaned_data
        text = {code: head[f"text_{code}"].strip() for code in self.head.languages if head[f"text_{code}"].strip()}
        then = _in_order(_then(self.then), before.then)
        try:
            asked = msgspec.to_builtins(When(**when))
            return msgspec.convert({"ref": head["ref"], "when": asked, "then": then, "text": text}, ShopClause)
        except msgspec.ValidationError as error:
            self.complaint = str(error)
            return None


def _branch(form: PartForm, number: int, before: tuple[When, ...]) -> When:
    """Return a branch that was sent, with the branches in it that no form shows."""
    old = before[number] if number < len(before) else When()
    return When(**_in_order(_when(form), old), any_of=old.any_of, none_of=old.none_of)


def _in_order(sent: dict[str, Any], before: When | Then) -> dict[str, Any]:
    """Return what was sent, the same words in the order that they had before."""
    for name, value in sent.items():
        old = getattr(before, name, None)
        is_list = isinstance(value, list | tuple) and isinstance(old, tuple) and name != "season"
        if is_list and set(map(str, old or ())) == set(map(str, value)):
            sent[name] = type(value)(str(word) for word in old or ())
    return sent


def _number(key: str) -> int:
    """Return the number of a branch; what is none stands last."""
    digits = key.partition("-")[2]
    return int(digits) if digits.isdigit() else 999


def _part(prefix: str, initial: dict[str, Any]) -> PartForm:
    return PartForm(shown=initial, initial=initial, prefix=prefix)


def _initial_when(when: When) -> dict[str, Any]:
    return {name: _to_form(name, value) for name in CONDITIONS if (value := getattr(when, name)) not in (None, (), {})}


def _initial_then(then: Then) -> dict[str, Any]:
    found = {
        name: _to_form(name, value)
        for name in EFFECTS
        if (value := getattr(then, name, None)) not in (None, (), {}, "", False)
    }
    if then.evidence:
        found["wanted"] = list(then.evidence)
    if then.fee and then.fee.percent:
        found["fee_percent"] = Decimal(then.fee.percent) / 100
    if then.fee and then.fee.amount:
        found["fee_amount"] = draft_fields.amounts_text(then.fee.amount)
    return found


def _to_form(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return draft_fields.amounts_text(value)
    if name == "season":
        return "/".join(value)
    if isinstance(value, tuple):
        is_text = draft_fields.MAKERS[name] is draft_fields._words
        return ", ".join(value) if is_text else [str(getattr(one, "value", one)) for one in value]
    return value


def _when(form: PartForm) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in form.shown:
        value = form.cleaned_data.get(name)
        if name == "season":
            first, last = str(value).replace(" ", "").split("/")
            found[name] = (first, last)
        else:
            found[name] = tuple(value) if isinstance(value, list) else value
    return found


def _then(form: PartForm) -> dict[str, Any]:
    found = {
        name: list(value) if isinstance(value, list | tuple) else value
        for name in form.shown
        if (value := form.cleaned_data.get(name)) not in (None, "", [], ()) and not name.startswith("fee_")
    }
    if "wanted" in found:
        found["evidence"] = found.pop("wanted")
    fee = {}
    if form.cleaned_data.get("fee_percent"):
        fee["percent"] = int(form.cleaned_data["fee_percent"] * 100)
    if form.cleaned_data.get("fee_amount"):
        fee["amount"] = form.cleaned_data["fee_amount"]
    return found | ({"fee": fee} if fee else {})


def _change_choice(data: QueryDict, shown: dict[str, list[str]]) -> None:
    """Add or take away what was asked for: "add-when" names a field, "less" a form and a field, "branch" a branch."""
    if branch := data.get("branch"):
        taken = [_number(key) for key in shown if key.startswith(f"{branch}-")]
        if branch in BRANCHES:
            shown[f"{branch}-{max(taken, default=-1) + 1}"] = [""]
    form, _colon, name = data.get("less", "").partition(":")
    if form and not name:
        shown.pop(form, None)
    elif name in shown.get(form, []):
        shown[form].remove(name)
    more = data.get("more", "")
    if more and data.get(f"add-{more}"):
        shown.setdefault(more, []).append(str(data[f"add-{more}"]))


def _raw(form: forms.Form, data: QueryDict) -> dict[str, Any]:
    """Return what was typed, right or wrong, so that nothing is lost while a form grows."""
    found = {}
    for name, field in form.fields.items():
        key = form.add_prefix(name)
        if key in data or isinstance(field.widget, forms.CheckboxSelectMultiple | forms.CheckboxInput):
            found[name] = field.widget.value_from_datadict(data, {}, key)
    return found


class DescribeForm(forms.Form):
    """Name and countries of a draft."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=120)
    sells_to = forms.MultipleChoiceField(
        label=_("Countries you sell to"), required=False, choices=draft_fields.countries,
        help_text=_("The floor of the law and gaps are looked for in these."), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        draft_fields.chosen_first(self.fields["sells_to"], self["sells_to"].value())


class UploadForm(forms.Form):
    """A rulebook as a file."""

    file = forms.FileField(
        label=_("Rulebook as YAML"), help_text=_("At most 1 MB. Nothing is published by this."),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.json"}),
    )  # fmt: skip
