"""Who has access: API keys of a shop's systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from homeward.parties import actions as party_actions
from homeward.parties import queries as party_queries
from homeward.web import doors
from homeward.web.design.forms import Choice

SCOPES: Mapping[str, str | Promise] = {
    "orders.write": gettext_lazy("Tell orders, payments and deliveries"),
    "orders.read": gettext_lazy("Read orders"),
    "returns.write": gettext_lazy("Ask for returns and decide on them"),
    "returns.read": gettext_lazy("Read returns and parcels"),
    "parcels.write": gettext_lazy("Make labels and tell what carriers see"),
    "warehouse.write": gettext_lazy("Receive and grade goods"),
    "refunds.write": gettext_lazy("Settle returns and confirm refunds"),
    "refunds.read": gettext_lazy("Read remedies and refunds"),
    "journal.read": gettext_lazy("Read the journal of events"),
}


class NewKey(forms.Form):
    """What a key is for, and what it may do."""

    merchant = forms.ChoiceField(label=gettext_lazy("Merchant"))
    name = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=80,
        help_text=gettext_lazy("The system that will hold it, such as “shop” or “warehouse”."),
        error_messages={"required": gettext_lazy("Say which system will hold the key")},
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose what the key may do")},
    )  # fmt: skip

    def __init__(self, *args: Any, merchants: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["merchant"].choices = merchants
        self.fields["scopes"].choices = [
            (scope, Choice(SCOPES.get(scope, scope), hint=scope)) for scope in party_actions.SCOPES
        ]
        if len(merchants) == 1:
            self.fields["merchant"].widget = forms.HiddenInput()
            self.fields["merchant"].initial = merchants[0][0]


def _form(request: HttpRequest, data: Any = None) -> NewKey:
    merchants = [(one.slug, one.name) for one in party_queries.merchants(request.actor)]
    return NewKey(data, merchants=merchants)


def _page(request: HttpRequest, form: NewKey, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"keys": party_queries.api_keys(request.actor)[:200], "form": form, "scope_words": SCOPES} | more
    response = render(request, "office/keys.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@doors.door(doors.KEYS)
def keys(request: HttpRequest) -> HttpResponse:
    """List the API keys, and cut a new one; its secret is shown this once."""
    if request.method != "POST":
        return _page(request, _form(request))
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    merchant = party_queries.merchant(request.actor, form.cleaned_data["merchant"])
    key, secret = party_actions.cut_key(
        merchant=merchant, name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"], actor=request.actor,
        at=request.at,
    )  # fmt: skip
    return _page(request, _form(request), cut=key, secret=secret)


@doors.door(doors.KEYS)
@require_POST
def revoke(request: HttpRequest, ref: str) -> HttpResponse:
    """Make a key useless from now on."""
    key = party_queries.api_keys(request.actor).get(ref=ref)
    party_actions.revoke_key(key, actor=request.actor, at=request.at)
    messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("office:keys")
