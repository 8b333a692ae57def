"""What settlements need of the outside world: providers along whose payments money goes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from homeward.kernel import Money


class Declined(Exception):
    """The provider will not pay this back, and asking again will not change its mind; no money has moved."""


class Unreachable(Exception):
    """The provider did not answer in time or not in sense: nobody knows whether money has moved.

    Never a failure: the refund is looked up first, then asked for again with the same key.
    """


class Status(StrEnum):
    """How a refund stands at its provider."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What a provider is to pay back. `ref` is our refund's reference: the same one never pays twice.

    `payment` is the provider's own number of the payment; `asked_at` is when the refund was intended.
    """

    ref: str
    payment: str
    amount: Money
    asked_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an instruction, in the provider's words where it has some."""

    status: Status
    provider_ref: str = ""
    amount: Money | None = None
    reason: str = ""
    happened_at: datetime | None = None
    payload: dict[str, Any] = field(default_factory=dict)


class Kind(StrEnum):
    """What providers tell us of by themselves."""

    REFUND_PENDING = "refund_pending"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    CHARGE_BACK = "charge_back"
    UNREADABLE = "unreadable"  # genuine, but not to be made sense of: kept and shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something a provider says happened, in our words. `reference` is its own number of the refund or the dispute.

    `refund_ref` is our reference where the provider gives it back; `payments` are the numbers under which it knows the
    payment.
    """

    provider: str
    kind: Kind
    reference: str
    happened_at: datetime
    amount: Money | None = None
    refund_ref: str = ""
    payments: tuple[str, ...] = ()
    reason: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


class Payments(Protocol):
    """A provider of payments, or the finance desk itself."""

    name: str
    is_remote: bool  # whether asking it leaves this process: then never inside a transaction

    def refund(self, instruction: Instruction) -> Outcome:
        """Pay back; for a ref that was seen before, return what became of it.

        :raises Declined: if it will not.
        :raises Unreachable: if nobody knows.
        """
        ...

    def find(self, instruction: Instruction) -> Outcome | None:
        """Return what became of an instruction that may have reached it, or None where it never did.

        :raises Unreachable: if it cannot be asked.
        """
        ...


_providers: dict[str, Payments] = {}
_by_hand: list[Payments] = []


def wire(*providers: Payments, by_hand: Payments) -> None:
    """Make these the providers of this installation; called once, by the wiring of the product or of a test.

    `by_hand` takes every payment whose provider is not among them: somebody at finance pays those back.
    """
    _providers.clear()
    _providers.update({provider.name: provider for provider in providers})
    _by_hand[:] = [by_hand]


def provider(name: str) -> Payments:
    """Return the provider wired under `name`, else the one by hand."""
    return _providers.get(name) or _by_hand[0]


def remote_names() -> list[str]:
    """Return the names of those providers that are asked over a network."""
    return sorted(name for name, found in _providers.items() if found.is_remote)
