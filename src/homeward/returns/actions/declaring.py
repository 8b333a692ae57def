"""Declarations of withdrawal (Directive 2011/83/EU art. 11a): always accepted, kept for good, acknowledged at once."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from homeward import journal
from homeward.kernel import Actor, new_number, new_ref
from homeward.kernel.actor import MACHINE
from homeward.orders.models import Order
from homeward.parties.models import Merchant
from homeward.returns.models import Return, Withdrawal


@journal.action
def declare_withdrawal(
    *, merchant: Merchant, name: str, contract: str, email: str, locale: str, actor: Actor, at: datetime,
    scope: str = "", order: Order | None = None,
) -> Withdrawal:  # fmt: skip
    """Take a declaration as it is, with the instant at which it was sent; nothing about it is a condition.

    Matching it to an `order` is best effort and may follow later. The acknowledgment is a notice of the event.
    """
    evidence = {
        "merchant": merchant.ref, "name": name, "contract": contract, "scope": scope, "email": email,
        "locale": locale, "received_at": at.isoformat(),
    }  # fmt: skip
    made = Withdrawal.objects.create(
        ref=new_ref("wdr", at=at), number=new_number("W"), merchant=merchant, name=name, contract=contract, scope=scope,
        email=email, locale=locale, received_at=at, digest=fingerprint(evidence), order=order,
    )  # fmt: skip
    journal.record(made, "declare", actor=actor, at=at, number=made.number, matched=order.number if order else None)
    return made


def fingerprint(evidence: dict[str, str]) -> str:
    """Return the SHA-256 over a declaration's columns in a fixed writing, so that anybody can check it later."""
    text = json.dumps(evidence, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@journal.action
def match_withdrawal(
    made: Withdrawal, *, actor: Actor, at: datetime, order: Order | None = None, by_return: Return | None = None
) -> None:
    """Tie a declaration to its order or to the return that carries it out."""
    columns = {key: value for key, value in (("order", order), ("return_request", by_return)) if value is not None}
    Withdrawal.objects.filter(pk=made.pk).update(**columns)
    journal.record(made, "match", actor=actor, at=at, **{key: value.ref for key, value in columns.items()})


@journal.action
def acknowledge(made: Withdrawal, *, at: datetime, actor: Actor = MACHINE) -> None:
    """Note that the acknowledgment of a declaration went out; the first time counts."""
    if Withdrawal.objects.filter(pk=made.pk, acknowledged_at=None).update(acknowledged_at=at):
        journal.record(made, "acknowledge", actor=actor, at=at)
