"""What counsel has checked: one field of one edition, who found it right, and how that is taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.journal import queries as journal_queries
from homeward.journal.models import Entry
from homeward.kernel import Actor
from homeward.policies import actions, packs, queries
from homeward.policies.models import CounselMark
from homeward.policies.packs import Pack
from homeward.web import doors
from homeward.web.office import law_words

_NOUN = "counselmark"
_HISTORY = 30


class Check(forms.Form):
    """Who has read the field, and what they said about it."""

    checked_by = forms.CharField(
        label=gettext_lazy("Who checked it"), max_length=120,
        help_text=gettext_lazy("The lawyer or the firm, as it may be quoted."),
        error_messages={"required": gettext_lazy("Name the lawyer or the firm")},
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What was read, such as the opinion and its date."),
    )  # fmt: skip


class TakeBack(forms.Form):
    """Why a check does not stand any more."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is withdrawn"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why the check is withdrawn")},
    )  # fmt: skip


@doors.door(doors.LAW)
def show(request: HttpRequest, code: str, version: str, field: str) -> HttpResponse:
    """Show one field of one edition, its check, the checks of older editions, and what was done about it."""
    return _page(request, _edition(code, version, field), field)


@doors.door(doors.LAW)
@require_POST
def mark(request: HttpRequest, code: str, version: str, field: str) -> HttpResponse:
    """Note that counsel has read the field and found it right."""
    pack = _edition(code, version, field)
    _must_be_able(request.actor)
    form = Check(request.POST)
    if not form.is_valid():
        return _page(request, pack, field, check=form, status=422)
    actions.mark_checked(
        pack.code, pack.version, field, checked_by=form.cleaned_data["checked_by"], note=form.cleaned_data["note"],
        actor=request.actor, at=request.at,
    )  # fmt: skip
    messages.success(request, _("Noted as checked by %(name)s.") % {"name": form.cleaned_data["checked_by"]})
    return redirect("office:law_field", code=code, version=version, field=field)


@doors.door(doors.LAW)
@require_POST
def withdraw(request: HttpRequest, code: str, version: str, field: str) -> HttpResponse:
    """Take back that the field was checked."""
    pack = _edition(code, version, field)
    _must_be_able(request.actor)
    form = TakeBack(request.POST)
    if not form.is_valid():
        return _page(request, pack, field, take_back=form, status=422)
    found = queries.counsel_marks(request.actor, pack.code, pack.version).filter(field=field).first()
    if found is not None:
        actions.withdraw_mark(found, reason=form.cleaned_data["reason"], actor=request.actor, at=request.at)
        messages.success(request, _("The check is withdrawn."))
    return redirect("office:law_field", code=code, version=version, field=field)


def _must_be_able(actor: Actor) -> None:
    if not actions.may_mark(actor):
        raise PermissionDenied


def _edition(code: str, version: str, field: str) -> Pack:
    """Return an edition that says something about the field; anything else is not there."""
    pack = packs.edition(code, version)
    if pack is None or field not in {word for word, value in pack.values() if value is not None}:
        raise Http404
    return pack


def _page(request: HttpRequest, pack: Pack, field: str, *, status: int = 200, **given: forms.Form) -> HttpResponse:
    language = get_language() or "en"
    marks = list(queries.counsel_marks(request.actor, pack.code).filter(field=field))
    ref = law_words.clause_of(pack, field)
    row, text = law_words.told(pack, language)[field], pack.texts.get(ref)
    context: dict[str, Any] = {
        "pack": pack, "place": law_words.place_name(pack, language), "row": row,
        "tone": law_words.trust_tone(row.mark), "ref": ref,
        "cited": text.law(language) if text else "", "says": text.sentence.in_(language) if text else "",
        "mark": next((one for one in marks if one.version == pack.version), None),
        "older": [one for one in marks if one.version != pack.version],
        "newest": packs.library().newest(pack.code), "may_mark": actions.may_mark(request.actor),
        "check": given.get("check") or Check(), "take_back": given.get("take_back") or TakeBack(),
        "history": _history(request.actor, pack.code, field),
    }  # fmt: skip
    return render(request, "office/law_field.html", context, status=status)


def _history(actor: Actor, code: str, field: str) -> list[dict[str, Any]]:
    """Return what was done about a field of a place, the latest first: who did it, when, and what they said.

    The journal of law belongs to the operator; others see the checks themselves.
    """
    rows = journal_queries.entries(actor).filter(noun=_NOUN, facts__code=code, facts__field=field).order_by("-pk")
    return [_event(entry) for entry in rows[:_HISTORY]]


def _event(entry: Entry) -> dict[str, Any]:
    is_mark = entry.verb == "mark_checked"
    figures = {"version": entry.facts.get("version", ""), "name": entry.facts.get("by", "")}
    return {
        "title": _("Edition %(version)s checked by %(name)s") % figures
        if is_mark
        else _("Check of edition %(version)s withdrawn") % figures,
        "at": entry.at, "tone": "good" if is_mark else "bad", "note": entry.facts.get("reason", ""), "entry": entry,
    }  # fmt: skip


def by_field(marks: list[CounselMark], version: str) -> dict[str, tuple[CounselMark, bool]]:
    """Return the check of each field that has one, and whether it is of an older edition."""
    found: dict[str, tuple[CounselMark, bool]] = {}
    for one in marks:
        is_older = one.version != version
        if one.field not in found or (found[one.field][1] and not is_older):
            found[one.field] = (one, is_older)
    return found
