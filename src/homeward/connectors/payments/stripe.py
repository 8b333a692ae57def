"""Stripe behind the port of payments: our reference is the idempotency key, and metadata to find the refund again by.

Needs the extra `homeward[stripe]`. Stripe keeps idempotency keys for a day only, and some doubles not at all, so a
refund that may have been asked for before is looked up first.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import stripe

from homeward.kernel import Money
from homeward.settlements.ports import Declined, Instruction, Outcome, Status, Unreachable

NAME = "stripe"
METADATA = "homeward_refund"
TIMEOUT = 20  # seconds

_STATUS = {
    "succeeded": Status.SUCCEEDED,
    "pending": Status.PENDING,
    "requires_action": Status.PENDING,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
# Currencies that Stripe counts otherwise than ISO 4217 does, as (theirs, ours): 100 of theirs are 1 króna.
# https://docs.stripe.com/currencies#special-cases
_SCALE = {"ISK": (100, 1), "UGX": (100, 1), "MGA": (1, 100)}
_LAST_DIGIT_IS_ZERO = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


class StripePayments:
    """Refunds along payments that were taken through Stripe, by their `pi_…` or `ch_…` number."""

    name = NAME
    is_remote = True

    def __init__(self, key: str, *, base: str = "", timeout: float = TIMEOUT) -> None:
        self._http = stripe.RequestsClient(timeout=timeout)
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": base} if base else None,
            http_client=self._http,
            max_network_retries=0,  # whether to ask again is decided where the refund is recorded
        )

    def refund(self, instruction: Instruction) -> Outcome:
        """Ask for a refund under our reference as key."""
        params: dict[str, Any] = {
            **_payment(instruction),
            "amount": to_stripe(instruction.amount),
            "metadata": {METADATA: instruction.ref, "return": instruction.note},
        }
        try:
            made = self._client.v1.refunds.create(params, options={"idempotency_key": instruction.ref})  # type: ignore[arg-type]
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            raise Declined(error.user_message or str(error)) from error
        except stripe.StripeError as error:
            raise Unreachable(error.user_message or type(error).__name__) from error
        return outcome_of(made.to_dict())

    def find(self, instruction: Instruction) -> Outcome | None:
        """Look through the refunds of the payment for the one that bears our reference."""
        try:
            listed = self._client.v1.refunds.list({**_payment(instruction), "limit": 100})  # type: ignore[arg-type]
            for made in listed.auto_paging_iter():
                known = made.to_dict()
                if (known.get("metadata") or {}).get(METADATA) == instruction.ref:
                    return outcome_of(known)
        except stripe.InvalidRequestError as error:
            raise Declined(error.user_message or str(error)) from error
        except stripe.StripeError as error:
            raise Unreachable(error.user_message or type(error).__name__) from error
        return None

    def close(self) -> None:
        """Hang up."""
        self._http.close()


def outcome_of(refund: dict[str, Any]) -> Outcome:
    """Return what a refund object of Stripe's says.

    :raises KeyError, TypeError, ValueError: if it is not one.
    """
    return Outcome(
        status=_STATUS.get(refund["status"], Status.PENDING),
        provider_ref=number_of(refund),
        amount=amount_of(refund),
        reason=refund.get("failure_reason") or "",
        happened_at=datetime.fromtimestamp(refund["created"], UTC),
        payload={key: refund.get(key) for key in ("id", "status", "amount", "currency", "failure_reason", "charge")},
    )


def number_of(of: dict[str, Any]) -> str:
    """Return Stripe's number of an object.

    :raises ValueError: if it has none.
    """
    number = of["id"]
    if not isinstance(number, str) or not number:
        raise ValueError(f"not a number of Stripe's: {number!r}")
    return number


def amount_of(of: dict[str, Any]) -> Money:
    """Return the sum that an object is about.

    :raises ValueError: if it is none above zero.
    """
    minor = of["amount"]
    if not isinstance(minor, int) or minor <= 0:
        raise ValueError(f"not an amount: {minor!r}")
    return from_stripe(minor, of["currency"])


def to_stripe(amount: Money) -> int:
    """Return an amount as Stripe counts it.

    :raises Declined: if Stripe cannot express it.
    """
    theirs, ours = _SCALE.get(amount.currency, (1, 1))
    minor, rest = divmod(amount.minor * theirs, ours)
    if rest or (amount.currency in _LAST_DIGIT_IS_ZERO and minor % 10):
        raise Declined(f"{amount} is finer than Stripe can pay back")
    return minor


def from_stripe(minor: int, currency: str) -> Money:
    """Return the money that Stripe means."""
    theirs, ours = _SCALE.get(currency.upper(), (1, 1))
    return Money(minor * ours // theirs, currency.upper())


def _payment(instruction: Instruction) -> dict[str, str]:
    """Return how Stripe is told which payment is meant."""
    if instruction.payment.startswith("pi_"):
        return {"payment_intent": instruction.payment}
    if instruction.payment.startswith(("ch_", "py_")):
        return {"charge": instruction.payment}
    raise Declined(f"{instruction.payment} is not a payment of Stripe's")
