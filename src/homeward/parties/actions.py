"""Verbs of the parties: admit merchants, meet shoppers, hire staff, cut and revoke API keys."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models.functions import Lower

from homeward import journal
from homeward.kernel import Actor, Money, Role, new_ref
from homeward.parties.models import ApiKey, Merchant, Shopper, Staff

SCOPES = (
    "orders.write", "orders.read", "returns.write", "returns.read", "parcels.write", "warehouse.write",
    "refunds.write", "refunds.read", "journal.read",
)  # fmt: skip


class UnknownScope(ValueError):
    """An API key was asked to have a scope that does not exist."""


@journal.action
def admit(*, slug: str, name: str, country: str, currency: str, actor: Actor, at: datetime, **more: Any) -> Merchant:
    """Admit a merchant to this installation, or return the one that already has this slug."""
    merchant, is_new = Merchant.objects.get_or_create(
        slug=slug,
        defaults={
            "ref": new_ref("mer", at=at), "name": name, "country": country, "currency": currency, "created_at": at,
            **more,
        },
    )  # fmt: skip
    if is_new:
        journal.record(merchant, "admit", actor=actor, at=at)
    return merchant


@journal.action
def meet(*, merchant: Merchant, email: str, at: datetime, **more: Any) -> Shopper:
    """Return the merchant's shopper with this e-mail address, made known now if need be."""
    shopper = Shopper.objects.filter(merchant=merchant, email__iexact=email).first()
    if shopper is None:
        shopper = Shopper.objects.create(
            merchant=merchant, email=email.strip().lower(), ref=new_ref("shp", at=at), created_at=at, **more
        )
    return shopper


@journal.action
def meet_all(*, merchant: Merchant, people: Iterable[Mapping[str, Any]], at: datetime) -> dict[str, int]:
    """Return the ids of many of the merchant's shoppers by e-mail in lower case, made known now where need be.

    `people` hold an `email` and further columns of a shopper; who is known already is not changed.
    """
    by_email = {email: one for one in people if (email := one["email"].strip().lower())}

    def known(emails: list[str]) -> dict[str, int]:
        rows = Shopper.objects.filter(merchant=merchant).annotate(address=Lower("email")).exclude(email="")
        return dict(rows.filter(address__in=emails).values_list("address", "pk"))

    ids = known(list(by_email))
    if missing := sorted(by_email.keys() - ids.keys()):
        new = [
            Shopper(merchant=merchant, ref=new_ref("shp", at=at), created_at=at, **{**by_email[email], "email": email})
            for email in missing
        ]
        Shopper.objects.bulk_create(new, ignore_conflicts=True)
        ids |= known(missing)
    return ids


@journal.action
def hire(
    *, email: str, name: str, role: Role, actor: Actor, at: datetime, password: str | None = None,
    merchant: Merchant | None = None, authority: Money | None = None, locale: str = "en",
) -> Staff:  # fmt: skip
    """Give someone a place among the staff, or change the place they have."""
    staff = Staff.objects.filter(email__iexact=email).first() or Staff(
        ref=new_ref("stf", at=at), email=email.lower(), created_at=at
    )
    staff.name, staff.role, staff.merchant, staff.locale = name, role, merchant, locale
    staff.authority_minor = authority.minor if authority else None
    staff.authority_currency = authority.currency if authority else ""
    if password or not staff.pk:
        staff.set_password(password)
    staff.save()
    journal.record(staff, "hire", actor=actor, at=at, role=str(role))
    return staff


@journal.action
def cut_key(*, merchant: Merchant, name: str, scopes: Sequence[str], actor: Actor, at: datetime) -> tuple[ApiKey, str]:
    """Cut an API key; return it with its secret, which is shown this once and never stored.

    :raises UnknownScope: if a scope does not exist.
    """
    if unknown := set(scopes) - set(SCOPES):
        raise UnknownScope(f"unknown scopes: {', '.join(sorted(unknown))}; there are {', '.join(SCOPES)}")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        ref=new_ref("key", at=at), merchant=merchant, name=name, prefix=prefix, digest=digest(secret),
        scopes=sorted(scopes), created_at=at, created_by=str(actor),
    )  # fmt: skip
    journal.record(key, "cut", actor=actor, at=at, scopes=sorted(scopes))
    return key, f"hw_{prefix}_{secret}"


@journal.action
def revoke_key(key: ApiKey, *, actor: Actor, at: datetime) -> None:
    """Make an API key useless from now on."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        journal.record(key, "revoke", actor=actor, at=at)


def digest(secret: str) -> str:
    """Return what is stored of a key's secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
