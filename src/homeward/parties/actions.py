"""Verbs of the parties: admit merchants, meet shoppers, hire staff and let them go, cut and revoke API keys."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
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


class PlaceRefused(Exception):
    """A place among the staff is not given, changed or taken like this; `code` is one of `texts.REFUSALS`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


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
def allow_origins(merchant: Merchant, allowed: Sequence[str], *, actor: Actor, at: datetime) -> None:
    """Let the pages of these web addresses, and no others, show the merchant's withdrawal form inside."""
    if Merchant.objects.filter(pk=merchant.pk).exclude(shop_origins=list(allowed)).update(shop_origins=list(allowed)):
        journal.record(merchant, "allow_origins", actor=actor, at=at, origins=list(allowed))
    merchant.shop_origins = list(allowed)


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
    staff.name, staff.role, staff.merchant, staff.locale, staff.is_active = name, role, merchant, locale, True
    for column, value in _limit(authority).items():
        setattr(staff, column, value)
    if password or not staff.pk:
        staff.set_password(password)
    staff.save()
    journal.record(staff, "hire", actor=actor, at=at, role=str(role))
    return staff


@journal.action
def invite(
    *, email: str, name: str, role: Role, actor: Actor, at: datetime, merchant: Merchant | None = None,
    authority: Money | None = None, locale: str = "en",
) -> Staff:  # fmt: skip
    """Give somebody new a place among the staff; they come in once they have set a password through a link.

    :raises PlaceRefused: if the e-mail has a place already, or the actor may not give this one.
    """
    _check_grant(actor, role=role, merchant_id=merchant.pk if merchant else None, authority=authority)
    staff = Staff(
        ref=new_ref("stf", at=at), email=email.strip().lower(), name=name, role=role, merchant=merchant, locale=locale,
        created_at=at, **_limit(authority),
    )  # fmt: skip
    staff.set_unusable_password()
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError as error:
        raise PlaceRefused("taken") from error
    journal.record(staff, "invite", actor=actor, at=at, role=str(role))
    return staff


@journal.action
def change_place(staff: Staff, *, role: Role, authority: Money | None, actor: Actor, at: datetime) -> Staff:
    """Give somebody another role or limit; it holds from their next click on.

    :raises PlaceRefused: if it is the actor's own place, beyond what they may give, or nobody would be left on top.
    """
    staff = _in_hand(staff, actor=actor)
    _check_grant(actor, role=role, merchant_id=staff.merchant_id, authority=authority)
    if role != Role.OPERATOR:
        _keep_an_operator(staff)
    before = staff.role
    staff.role = role
    for column, value in _limit(authority).items():
        setattr(staff, column, value)
    staff.save(update_fields=["role", "authority_minor", "authority_currency"])
    limit = {} if authority is None else {"limit": str(authority)}
    journal.record(staff, "change_place", actor=actor, at=at, role=str(role), before=str(before), **limit)
    return staff


@journal.action
def let_go(staff: Staff, *, actor: Actor, at: datetime) -> Staff:
    """Take somebody's place: their sessions end now, and their password with them, so that none of them comes back.

    :raises PlaceRefused: if it is the actor's own place, not theirs to take, or nobody would be left on top.
    """
    staff = _in_hand(staff, actor=actor)
    _keep_an_operator(staff)
    if staff.is_active:
        staff.is_active = False
        staff.set_unusable_password()  # every session is signed with it
        staff.save(update_fields=["is_active", "password"])
        journal.record(staff, "let_go", actor=actor, at=at)
    return staff


@journal.action
def bring_back(staff: Staff, *, actor: Actor, at: datetime) -> Staff:
    """Give somebody who was let go their old place again; they set a new password through a link.

    :raises PlaceRefused: if it is not the actor's to give.
    """
    staff = _in_hand(staff, actor=actor)
    _check_grant(actor, role=Role(staff.role), merchant_id=staff.merchant_id, authority=_authority(staff))
    if not staff.is_active:
        staff.is_active = True
        staff.save(update_fields=["is_active"])
        journal.record(staff, "bring_back", actor=actor, at=at)
    return staff


@journal.action
def note_invitation(staff: Staff, *, actor: Actor, at: datetime, why_not: str = "") -> None:
    """Record that the mail with the link has left, or why it never will."""
    if why_not:
        journal.record(staff, "miss", actor=actor, at=at, why=why_not)
    else:
        journal.record(staff, "mail", actor=actor, at=at)


def _in_hand(staff: Staff, *, actor: Actor) -> Staff:
    """Return a place as it is now, if it is the actor's to change.

    It is locked with all operators, in one order: two of them who go for each other wait here instead of passing by.
    """
    if staff.ref == actor.id:
        raise PlaceRefused("yourself")
    locked = Staff.objects.select_for_update().filter(Q(pk=staff.pk) | Q(role=Role.OPERATOR)).order_by("pk")
    staff = next(one for one in locked if one.pk == staff.pk)
    if not _manages(actor, role=Role(staff.role), merchant_id=staff.merchant_id):
        raise PlaceRefused("not_yours")
    return staff


def _manages(actor: Actor, *, role: Role, merchant_id: int | None) -> bool:
    if actor.role == Role.OPERATOR:
        return True
    return actor.role == Role.MERCHANT and role != Role.OPERATOR and merchant_id == actor.fence


def _check_grant(actor: Actor, *, role: Role, merchant_id: int | None, authority: Money | None) -> None:
    """Refuse a place that the actor may not give, or that there is not: nobody hands out more than they have."""
    if not _manages(actor, role=role, merchant_id=merchant_id):
        raise PlaceRefused("not_yours")
    if (role == Role.OPERATOR and merchant_id) or (role == Role.MERCHANT and not merchant_id):
        raise PlaceRefused("misplaced")
    if actor.authority is not None and (authority is None or not actor.may_grant(authority)):
        raise PlaceRefused("beyond_your_limit")


def _keep_an_operator(staff: Staff) -> None:
    """Refuse to take the last operator's place."""
    if staff.role != Role.OPERATOR or not staff.is_active:
        return
    if not Staff.objects.filter(role=Role.OPERATOR, is_active=True).exclude(pk=staff.pk).exists():
        raise PlaceRefused("last_operator")


def _limit(authority: Money | None) -> dict[str, Any]:
    return {
        "authority_minor": None if authority is None else authority.minor,
        "authority_currency": "" if authority is None else authority.currency,
    }


def _authority(staff: Staff) -> Money | None:
    return None if staff.authority_minor is None else Money(staff.authority_minor, staff.authority_currency)


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
