"""Paying back by hand: every instruction waits for somebody at finance to make the transfer and say so."""

from __future__ import annotations

from homeward.settlements.ports import Instruction, Outcome, Status


class OfflinePayments:
    """The finance desk as a provider: it asks nobody, and its books are the refunds that wait for a transfer."""

    name = "offline"
    is_remote = False

    def refund(self, instruction: Instruction) -> Outcome:
        """Let the refund wait for its transfer."""
        return Outcome(status=Status.PENDING, amount=instruction.amount)

    def find(self, instruction: Instruction) -> Outcome | None:
        """Return that it still waits: nobody but finance knows more."""
        return Outcome(status=Status.PENDING, amount=instruction.amount)
