"""Who works here: hiring, changing a place, letting go and bringing back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.journal import queries as journal_queries
from homeward.kernel import Actor, Money, Role
from homeward.orders.drafts import CURRENCIES, LARGEST_AMOUNT
from homeward.parties import actions as party_actions
from homeward.parties import queries as party_queries
from homeward.parties import texts as party_texts
from homeward.parties.actions import PlaceRefused
from homeward.parties.models import Merchant, Staff
from homeward.web import doors
from homeward.web.design.forms import Choice
from homeward.web.office import invitations

WHAT_THEY_DO = {
    Role.AGENT: gettext_lazy("Decides on returns and answers shoppers"),
    Role.SUPERVISOR: gettext_lazy("Decides what is beyond the limits of agents"),
    Role.DOCK: gettext_lazy("Receives and grades goods"),
    Role.FINANCE: gettext_lazy("Confirms refunds and keeps the books"),
    Role.MERCHANT: gettext_lazy("All of that for one shop, its keys and its staff"),
    Role.OPERATOR: gettext_lazy("Everything, for all shops"),
}


OPERATOR = "."  # in place of a shop; no slug is a point


class Place(forms.Form):
    """A role, and how much whoever has it may grant alone."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)
    limit = forms.CharField(
        label=gettext_lazy("May grant alone"), required=False, max_length=20,
        help_text=gettext_lazy("The largest sum. Leave it empty for no limit."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    currency = forms.ChoiceField(label=gettext_lazy("Currency of the limit"))

    def __init__(self, *args: Any, roles: Iterable[Role], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (str(role), Choice(party_texts.ROLES[role], hint=WHAT_THEY_DO[role])) for role in roles
        ]
        self.fields["currency"].choices = [(code, code) for code in sorted(CURRENCIES)]
        self.fields["currency"].initial = currency

    def clean(self) -> dict[str, Any]:
        """Put the sum and its currency together as `authority`."""
        told = super().clean() or self.cleaned_data
        told["authority"] = None
        if text := told.get("limit", "").replace(" ", "").replace(",", "."):
            try:
                told["authority"] = Money.of(text, told.get("currency") or "EUR")
            except ValueError:
                self.add_error("limit", _("Write a sum such as 50 or 12.50"))
            else:
                if not 0 <= told["authority"].minor <= LARGEST_AMOUNT:
                    self.add_error("limit", _("Write a sum such as 50 or 12.50"))
        return told


class Hire(Place):
    """Somebody new: who they are, of whom, and their place."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(
        label=gettext_lazy("Work e-mail"), max_length=254,
        help_text=gettext_lazy("A link goes there, through which they set their password."),
    )  # fmt: skip
    merchant = forms.ChoiceField(label=gettext_lazy("Whose staff"))
    locale = forms.ChoiceField(label=gettext_lazy("Language of the invitation"), choices=settings.LANGUAGES)
    field_order = ("name", "email", "merchant", "role", "limit", "currency", "locale")

    def __init__(self, *args: Any, actor: Actor, merchants: list[Merchant], **kwargs: Any) -> None:
        super().__init__(*args, roles=_roles(actor), currency=merchants[0].currency if merchants else "EUR", **kwargs)
        of_shops = [(one.slug, one.name) for one in merchants]
        self.fields["locale"].initial = get_language() or "en"
        if actor.sees_all_merchants:
            self.fields["merchant"].choices = [(OPERATOR, _("the operator")), *of_shops]
        else:
            self.fields["merchant"].choices = of_shops
            self.fields["merchant"].widget = forms.HiddenInput()
            self.fields["merchant"].initial = of_shops[0][0]

    def clean(self) -> dict[str, Any]:
        """Look whether role and shop fit."""
        told = super().clean()
        if told.get("role") == Role.MERCHANT and told.get("merchant") == OPERATOR:
            self.add_error("merchant", _("Say whose staff: the role of a merchant needs a shop"))
        if told.get("role") == Role.OPERATOR and told.get("merchant") != OPERATOR:
            self.add_error("merchant", _("Operators belong to no merchant: choose “the operator”"))
        return told


def _roles(actor: Actor) -> list[Role]:
    """Return the roles that somebody may give."""
    return [role for role in WHAT_THEY_DO if role != Role.OPERATOR or actor.role == Role.OPERATOR]


def _hire_form(request: HttpRequest, *data: Any) -> Hire:
    return Hire(*data, actor=request.actor, merchants=list(party_queries.merchants(request.actor)))


@doors.door(doors.KEYS)
def staff(request: HttpRequest) -> HttpResponse:
    """List the staff with their roles and limits, and hire somebody."""
    if request.method != "POST":
        return _list(request, _hire_form(request))
    form = _hire_form(request, request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    told = form.cleaned_data
    shop = told["merchant"]
    merchant = None if shop == OPERATOR else party_queries.merchant(request.actor, shop)
    try:
        person = party_actions.invite(
            email=told["email"], name=told["name"], role=Role(told["role"]), merchant=merchant,
            authority=told["authority"], locale=told["locale"], actor=request.actor, at=request.at,
        )  # fmt: skip
    except PlaceRefused as refused:
        form.add_error("email" if refused.code == "taken" else None, str(party_texts.REFUSALS[refused.code]))
        return _list(request, form, status=422)
    return _invited(request, person)


def _list(request: HttpRequest, form: Hire, *, status: int = 200) -> HttpResponse:
    people = list(party_queries.staff(request.actor))
    missed = _missed(request.actor, people)
    rows = [{"person": one, "actor": party_queries.actor_of(one), "standing": _standing(one, missed)} for one in people]
    return render(request, "office/staff.html", {"people": rows, "form": form}, status=status)


def _standing(person: Staff, missed: set[str]) -> str:
    """Return how somebody stands: left, invited (and whether the mail missed them), or nothing where they work."""
    if not person.is_active:
        return "left"
    if person.has_usable_password():
        return ""
    return "missed" if person.ref in missed else "invited"


def _missed(actor: Actor, people: Iterable[Staff]) -> set[str]:
    """Return whose invitation could not be sent, as the latest word of the journal has it."""
    refs = [one.ref for one in people if one.is_active and not one.has_usable_password()]
    rows = journal_queries.entries(actor).filter(noun="staff", ref__in=refs, verb__in=("mail", "miss"))
    latest = {entry.ref: entry.verb for entry in rows}
    return {ref for ref, verb in latest.items() if verb == "miss"}


def _invited(request: HttpRequest, person: Staff) -> HttpResponse:
    """Send somebody the link, or show it this once to whoever invites them, where no mail can be sent."""
    if invitations.is_mailed():
        invitations.send_later(person)
        words = {"name": person.name, "email": person.email}
        messages.success(request, _("A mail with a link is on its way to %(name)s, %(email)s.") % words)
        return redirect("office:person", ref=person.ref)
    return _page(request, person, link=invitations.link(person), days=invitations.good_for())


def _place_form(request: HttpRequest, person: Staff, *data: Any) -> Place:
    at_home = {Role.OPERATOR} if person.merchant_id else {Role.MERCHANT}
    limit = party_queries.actor_of(person).authority
    return Place(
        *data, roles=[role for role in _roles(request.actor) if role not in at_home],
        currency=limit.currency if limit else person.merchant.currency if person.merchant else "EUR",
        initial={"role": person.role, "limit": str(limit.decimal) if limit is not None else ""},
    )  # fmt: skip


def _page(request: HttpRequest, person: Staff, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "person": person, "is_self": person.ref == request.actor.id, "place": party_queries.actor_of(person),
        "standing": _standing(person, _missed(request.actor, [person])), "is_mailed": invitations.is_mailed(),
        "form": _place_form(request, person),
    } | more  # fmt: skip
    response = render(request, "office/person.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@doors.door(doors.KEYS)
def person(request: HttpRequest, ref: str) -> HttpResponse:
    """Show somebody's place, and change it."""
    found = party_queries.staff(request.actor).get(ref=ref)
    if request.method != "POST":
        return _page(request, found)
    form = _place_form(request, found, request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    told = form.cleaned_data
    try:
        party_actions.change_place(
            found, role=Role(told["role"]), authority=told["authority"], actor=request.actor, at=request.at
        )
    except PlaceRefused as refused:
        return _page(request, found, form=form, refusal=party_texts.REFUSALS[refused.code], status=409)
    messages.success(request, _("The place of %(name)s is changed.") % {"name": found.name})
    return redirect("office:person", ref=ref)


@doors.door(doors.KEYS)
@require_POST
def invite_again(request: HttpRequest, ref: str) -> HttpResponse:
    """Send somebody who has no password yet a new link."""
    found = party_queries.staff(request.actor).get(ref=ref)
    if not found.is_active or found.has_usable_password():
        return redirect("office:person", ref=ref)
    return _invited(request, found)


@doors.door(doors.KEYS)
@require_POST
def let_go(request: HttpRequest, ref: str) -> HttpResponse:
    """Take somebody's place; they are signed out at once."""
    return _do(request, ref, party_actions.let_go) or redirect("office:person", ref=ref)


@doors.door(doors.KEYS)
@require_POST
def bring_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Give somebody their old place again, and a link to set a new password."""
    refused = _do(request, ref, party_actions.bring_back)
    return refused or _invited(request, party_queries.staff(request.actor).get(ref=ref))


def _do(request: HttpRequest, ref: str, verb: Callable[..., Staff]) -> HttpResponse | None:
    """Do something with a place; return the page that says why not, where it is refused."""
    found = party_queries.staff(request.actor).get(ref=ref)
    try:
        verb(found, actor=request.actor, at=request.at)
    except PlaceRefused as refused:
        return _page(request, found, refusal=party_texts.REFUSALS[refused.code], status=409)
    return None
