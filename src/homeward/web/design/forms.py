"""Form fields as our components draw them: one shape per widget, with ids that tie label, hint, error and control."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

_LISTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True, slots=True)
class Choice:
    """The words of one choice card: give it as the label in a field's `choices`."""

    title: str | Promise
    hint: str | Promise = ""
    price: str | Promise = ""
    lang: str = ""

    def __str__(self) -> str:
        return str(self.title)


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button or checkbox of a list, ready to draw."""

    id: str
    type: str
    name: str
    value: str
    words: Choice
    is_checked: bool
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """A bound field ready to draw: `kind` is input, check, list, file or hidden."""

    kind: str
    id: str
    name: str
    label: str | Promise
    hint: str | Promise
    errors: tuple[str, ...]
    is_optional: bool
    described_by: str
    control: SafeString
    options: tuple[Option, ...] = field(default=())
    accept: str = ""
    is_multiple: bool = False

    @property
    def hint_id(self) -> str:
        """The id of the hint."""
        return f"{self.id}_helptext"

    @property
    def error_id(self) -> str:
        """The id of the error."""
        return f"{self.id}_error"


def shape(bound: BoundField, *, css: str = "") -> Shape:
    """Return how to draw `bound`; `css` is added to the class of its control ("short", "tiny", "mono")."""
    widget, name = bound.field.widget, bound.auto_id or bound.html_name
    described_by = " ".join(
        part for part, is_there in ((f"{name}_helptext", bound.help_text), (f"{name}_error", bound.errors)) if is_there
    )
    kind = _kind(bound)
    return Shape(
        kind=kind,
        id=name,
        name=bound.html_name,
        label=bound.label or "",
        hint=mark_safe(bound.help_text) if isinstance(bound.help_text, SafeString) else bound.help_text,
        errors=tuple(sentences(bound)),
        is_optional=not bound.field.required and kind not in {"check", "hidden"},
        described_by=described_by,
        control=mark_safe("") if kind == "list" else _control(bound, kind, css, described_by),
        options=tuple(_options(bound)) if kind == "list" else (),
        accept=widget.attrs.get("accept", ""),
        is_multiple=bool(getattr(widget, "allow_multiple_selected", False)),
    )


def sentences(bound: BoundField) -> list[str]:
    """Return the errors of a field as sentences that say what to do; Django's own "required" says only that it is."""
    asks = gettext("Choose: %(label)s") if isinstance(bound.field.widget, _LISTS) else gettext("Fill in: %(label)s")
    found = []
    for error in bound.errors.as_data():
        is_plain = error.code == "required" and error.message == forms.Field.default_error_messages["required"]
        found += [asks % {"label": bound.label}] if is_plain else [str(words) for words in error.messages]
    return found


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, _LISTS):
        return "list"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "file" if isinstance(widget, forms.FileInput) else "input"


def _control(bound: BoundField, kind: str, css: str, described_by: str) -> SafeString:
    attrs: dict[str, Any] = {}
    if kind == "input":
        attrs["class"] = " ".join(filter(None, ("input", css, bound.field.widget.attrs.get("class", ""))))
    if described_by and kind != "hidden":
        attrs["aria-describedby"] = described_by
    if kind == "file":
        attrs["data-files"] = f"{bound.auto_id}_previews"
    return bound.as_widget(attrs=attrs)


def _options(bound: BoundField) -> Iterator[Option]:
    for sub in bound:
        data = sub.data
        label = data["label"]
        yield Option(
            id=data["attrs"].get("id", f"{bound.auto_id}_{data['index']}"),
            type=data["type"],
            name=data["name"],
            value=str(data["value"]),
            words=label if isinstance(label, Choice) else Choice(label),
            is_checked=data["selected"],
            is_disabled=bool(data["attrs"].get("disabled")),
        )


def error_links(found: Any) -> list[tuple[str, str]]:
    """Return (id, sentence) of every error of a form, a formset or a list of either; the id is "" for general ones."""
    if found is None:
        return []
    if isinstance(found, forms.BaseForm):
        return [*(("", str(e)) for e in found.non_field_errors()), *_field_errors(found)]
    if isinstance(found, forms.BaseFormSet):
        general = [("", str(e)) for e in found.non_form_errors()]
        return general + [link for form in found.forms for link in error_links(form)]
    if isinstance(found, (ErrorDict, dict)):
        return [(key, str(words)) for key, words in found.items()]
    return [link for part in found for link in _one_or_form(part)]


def _one_or_form(part: Any) -> Iterable[tuple[str, str]]:
    if isinstance(part, (forms.BaseForm, forms.BaseFormSet)):
        return error_links(part)
    return [("", str(part))] if isinstance(part, (str, Promise)) else [(part[0], str(part[1]))]


def _field_errors(form: forms.BaseForm) -> Iterator[tuple[str, str]]:
    for bound in form:
        target = bound.auto_id
        if isinstance(bound.field.widget, _LISTS):
            target = f"{bound.auto_id}_0"
        for sentence in sentences(bound):
            yield ("" if bound.is_hidden else target, sentence)
