"""A bank in a folder: its books outlive whoever asks it, and it may forget idempotency keys as careless ones do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from homeward.settlements.ports import Instruction, Outcome, Status

NAME = "bank"


class FolderBank:
    """A remote provider of payments whose books are one file per reference, one line per time it paid.

    `step` is called before anything happens and again when it has, so that a bench can kill the caller in between.
    """

    name = NAME
    is_remote = True

    def __init__(self, folder: Path, *, keeps_keys: bool, step: Callable[[], None] = lambda: None) -> None:
        self.folder, self.keeps_keys, self.step = folder, keeps_keys, step

    def refund(self, instruction: Instruction) -> Outcome:
        """Pay back; for a key that was seen before only where keys are forgotten."""
        self.step()
        if not (self.keeps_keys and self.paid(instruction.ref)):
            self._pay(instruction)
        self.step()
        return self._outcome(instruction)

    def find(self, instruction: Instruction) -> Outcome | None:
        """Look into the books."""
        self.step()
        return self._outcome(instruction) if self.paid(instruction.ref) else None

    def paid(self, ref: str) -> int:
        """Return how often a reference was paid."""
        try:
            return (self.folder / ref).read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0

    def _pay(self, instruction: Instruction) -> None:
        books = os.open(self.folder / instruction.ref, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(books, f"{instruction.payment} {instruction.amount}\n".encode())
        finally:
            os.close(books)

    def _outcome(self, instruction: Instruction) -> Outcome:
        return Outcome(
            status=Status.SUCCEEDED, provider_ref=f"bank_{instruction.ref}", amount=instruction.amount,
            happened_at=instruction.asked_at,
        )  # fmt: skip
