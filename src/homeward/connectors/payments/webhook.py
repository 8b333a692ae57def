"""Stripe's webhook: who really is Stripe is heard, each event once; what cannot be used is kept and shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import stripe

from homeward.connectors.payments.stripe import METADATA, NAME, amount_of, number_of, outcome_of
from homeward.kernel.actor import MACHINE
from homeward.settlements import actions
from homeward.settlements.models import MoneyEvent
from homeward.settlements.ports import Kind, Status, Told

TOLERANCE = 300  # seconds between Stripe's clock and ours, as its library has it
MOST = 512 * 1024  # bytes of one event

_KIND = {
    Status.PENDING: Kind.REFUND_PENDING,
    Status.SUCCEEDED: Kind.REFUND_SUCCEEDED,
    Status.FAILED: Kind.REFUND_FAILED,
}
Reader = Callable[[dict[str, Any], datetime], Told | None]


class BadSignature(Exception):
    """The body is no event that bears the account's signature, or an old one: answer 400 and keep nothing."""


def receive(body: bytes, signature: str, *, secret: str, at: datetime) -> MoneyEvent | None:
    """Take in one call of Stripe's webhook: return the event that was kept, or None for one that is none of ours.

    The same call again is harmless. An event of a kind that we know but cannot make sense of is kept as unreadable.

    :raises BadSignature: if the call is not from Stripe, too large or too old.
    """
    told = read(body, signature, secret=secret)
    return None if told is None else actions.hear(told, actor=MACHINE, at=at)


def read(body: bytes, signature: str, *, secret: str) -> Told | None:
    """Return what a call says in our words, or None where it is of a kind that does not concern refunds.

    :raises BadSignature: if the call is not from Stripe, too large or too old.
    """
    if len(body) > MOST:
        raise BadSignature("larger than any event")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
        event = json.loads(body)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise BadSignature(str(error)) from error
    if not isinstance(event, dict) or event.get("object") != "event":
        raise BadSignature("not an event")
    reader = _READERS.get(str(event.get("type")))
    if reader is None:
        return None
    try:
        happened_at = datetime.fromtimestamp(event["created"], UTC)
        return reader(event["data"]["object"], happened_at)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return _unreadable(event, error)


def _refund(refund: dict[str, Any], happened_at: datetime) -> Told:
    outcome = outcome_of(refund)
    return Told(
        provider=NAME,
        kind=_KIND[outcome.status],
        reference=outcome.provider_ref,
        amount=outcome.amount,
        refund_ref=(refund.get("metadata") or {}).get(METADATA, ""),
        payments=_payments(refund),
        reason=outcome.reason,
        happened_at=happened_at,
        payload=outcome.payload,
    )


def _dispute(dispute: dict[str, Any], happened_at: datetime) -> Told:
    return Told(
        provider=NAME,
        kind=Kind.CHARGE_BACK,
        reference=number_of(dispute),
        amount=amount_of(dispute),
        payments=_payments(dispute),
        reason=dispute.get("reason") or "",
        happened_at=happened_at,
        payload={key: dispute.get(key) for key in ("id", "status", "amount", "currency", "reason", "charge")},
    )


def _payments(of: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(number for key in ("payment_intent", "charge") if isinstance(number := of.get(key), str))


def _unreadable(event: Mapping[str, Any], error: Exception) -> Told:
    created = event.get("created")
    return Told(
        provider=NAME,
        kind=Kind.UNREADABLE,
        reference=str(event.get("id") or "")[:120],
        reason=f"{event.get('type')}: {error!r}"[:200],
        happened_at=datetime.fromtimestamp(created if isinstance(created, int) else 0, UTC),
        payload=dict(event),
    )


# A dispute that is only an inquiry takes no money; the one that does says so by "funds withdrawn".
_READERS: dict[str, Reader] = {
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.refund.updated": _refund,
    "charge.dispute.funds_withdrawn": _dispute,
}
