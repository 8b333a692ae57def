"""A payment provider in memory, with books of its own and moods."""

from __future__ import annotations

from dataclasses import replace

from homeward.settlements.ports import Declined, Instruction, Outcome, Status, Unreachable


class FakePayments:
    """A remote provider of payments.

    `is_down` makes it fail before anything happens; `drops_answers` makes it pay and then lose that many answers, as
    networks do. `refuses` holds the words with which it turns everything down; `is_slow` leaves refunds pending.
    `forgets_keys` makes it pay again for the same key, as a careless provider would.
    """

    is_remote = True

    def __init__(self, name: str = "fake", *, left: dict[str, int] | None = None) -> None:
        self.name = name
        self.left = left  # what each payment may still give back, in minor units; None means plenty
        self.is_down = self.is_slow = self.forgets_keys = False
        self.drops_answers = 0
        self.refuses = ""
        self.asked: list[Instruction] = []
        self.books: list[tuple[Instruction, Outcome]] = []

    def refund(self, instruction: Instruction) -> Outcome:
        """Pay back once per key, as far as the moods allow."""
        self._answer()
        self.asked.append(instruction)
        known = None if self.forgets_keys else self._of(instruction.ref)
        outcome = known or self._pay(instruction)
        if self.drops_answers:
            self.drops_answers -= 1
            raise Unreachable("the answer was lost")
        return outcome

    def find(self, instruction: Instruction) -> Outcome | None:
        """Look into the books."""
        self._answer()
        return self._of(instruction.ref)

    def turn(self, ref: str, status: Status, reason: str = "") -> Outcome:
        """Let a refund in the books change its mind, as banks do days later; return how it stands now."""
        for index, (instruction, outcome) in enumerate(self.books):
            if instruction.ref == ref:
                turned = replace(outcome, status=status, reason=reason)
                self.books[index] = (instruction, turned)
                return turned
        raise LookupError(ref)

    def paid(self, ref: str) -> int:
        """Return how often a refund was paid."""
        return sum(instruction.ref == ref and outcome.status != Status.FAILED for instruction, outcome in self.books)

    def _pay(self, instruction: Instruction) -> Outcome:
        if self.refuses:
            raise Declined(self.refuses)
        if self.left is not None:
            if self.left.get(instruction.payment, 0) < instruction.amount.minor:
                raise Declined("more than the payment has left")
            self.left[instruction.payment] -= instruction.amount.minor
        outcome = Outcome(
            status=Status.PENDING if self.is_slow else Status.SUCCEEDED,
            provider_ref=f"fk_{len(self.books) + 1:06d}",
            amount=instruction.amount,
            happened_at=instruction.asked_at,
        )
        self.books.append((instruction, outcome))
        return outcome

    def _of(self, ref: str) -> Outcome | None:
        return next((outcome for instruction, outcome in self.books if instruction.ref == ref), None)

    def _answer(self) -> None:
        if self.is_down:
            raise Unreachable("nobody answers")
