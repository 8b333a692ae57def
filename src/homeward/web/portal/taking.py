"""Taking a declaration of withdrawal, on our own page or inside a shop's: always taken, never twice for one form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from django.http import HttpRequest

from homeward.conversations.letters import About, proof
from homeward.kernel import Actor, Role
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.parties.models import Merchant
from homeward.web.portal import actions, limits

FIELDS = ("name", "contract", "email", "scope")
_ROBOTS_WAIT = timedelta(hours=1)


def take(
    request: HttpRequest, shop: Merchant, fields: Mapping[str, str], *, nonce: str, country: str, is_robot: bool
) -> str:
    """Take a declaration and return the number of its receipt; the same words by the same form count once.

    Nothing refuses it. Many from one address, and forms that a robot seems to have filled, only get their mail later.
    """
    told = {name: fields.get(name, "") for name in FIELDS}
    calm = limits.calm_at(limits.WITHDRAWALS_BY_ADDRESS, limits.address_of(request), at=request.at)
    later = request.at + _ROBOTS_WAIT if is_robot else None
    meant = order_queries.named(MACHINE, merchant=shop, contract=told["contract"], email=told["email"], at=request.at)
    return actions.declare(
        shop=shop, nonce=mark(nonce, told), **told, order=meant.order, country=country,
        receipt_after=max((moment for moment in (calm, later) if moment), default=None),
        actor=Actor(Role.SHOPPER, "guest", told["name"], merchant_id=shop.pk), at=request.at,
        language=request.LANGUAGE_CODE,
    )  # fmt: skip


def statement(request: HttpRequest, shop: Merchant, fields: Mapping[str, str]) -> str:
    """Return the declaration as the sentence that the receipt will quote."""
    told = {name: fields.get(name, "") for name in FIELDS}
    about = About(merchant=shop.legal_name or shop.name, language=request.LANGUAGE_CODE)
    return proof.statement(about, proof.Declaration(number="", received_at=request.at, **told))


def mark(nonce: str, fields: Mapping[str, str]) -> str:
    """Return the mark of these words in this form: going back and changing them makes another declaration."""
    words = "\x1f".join((nonce, *(fields[name] for name in FIELDS)))
    return hashlib.sha256(words.encode()).hexdigest()[:40]
