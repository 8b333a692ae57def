"""Staff who can sign in: the cast as rows, and a client for each."""

from __future__ import annotations

from django.test import Client

from homeward.kernel import Money, Role
from homeward.parties import actions as party_actions
from homeward.parties.models import Staff
from tests.support.cast import NOW, ROOT, Cast


def hire(cast: Cast, role: Role, name: str, *, limit: str = "", of_operator: bool = False) -> Staff:
    """Hire somebody of Lanting's (or of the operator's)."""
    return party_actions.hire(
        email=f"{name.lower()}@lanting.example", name=name, role=role, actor=ROOT, at=NOW, password="a long password",
        merchant=None if of_operator else cast.lanting, authority=Money.of(limit, "EUR") if limit else None,
    )  # fmt: skip


def client_of(staff: Staff) -> Client:
    """Return a client in which `staff` is signed in."""
    client = Client()
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
