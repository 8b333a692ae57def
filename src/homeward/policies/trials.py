"""Trials: one case tried on a rulebook, and the tests beside the rules run on it, green or red."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from homeward.policies import specimens
from homeward.policies.decision import Decision, Outcome, Result, Source
from homeward.policies.rulebook import Book
from homeward.policies.specimens import Example, Expected, Given
from homeward.policies.verdict import decide


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came otherwise than a test expects; `field` is the expectation's name."""

    field: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, found {self.found or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Trial:
    """A test that was run: the decision, and what came otherwise."""

    example: Example
    decision: Decision
    differences: tuple[Difference, ...]

    @property
    def is_green(self) -> bool:
        """Whether everything came as expected."""
        return not self.differences


def try_case(given: Given, book: Book) -> Decision:
    """Return the decision on a case under a rulebook.

    :raises ValueError: if a sum has more decimals than its currency.
    """
    return decide(specimens.to_facts(given), book, at=given.asked_at)


def run(example: Example, book: Book) -> Trial:
    """Run one test on a rulebook."""
    decision = try_case(example.given, book)
    return Trial(example, decision, tuple(_differences(example.expect, decision)))


def run_all(book: Book) -> list[Trial]:
    """Run the tests that a rulebook carries."""
    return [run(example, book) for example in book.tests]


def speaking(decision: Decision) -> tuple[str, ...]:
    """Return the clauses of the shop that count in a decision, in the order of the book."""
    return tuple(line.ref for line in decision.trace if line.source == Source.SHOP and line.result == Result.GRANTED)


def as_found(decision: Decision) -> Expected:
    """Return a decision as an expectation, to keep a case as a test."""
    is_no = decision.outcome == Outcome.REFUSE
    return Expected(
        outcome=decision.outcome,
        track=decision.track,
        payer=None if is_no else decision.freight,
        deadline=decision.deadline_day,
        way_back=None if is_no else decision.way_back,
        speaks=speaking(decision),
    )


def _differences(expect: Expected, decision: Decision) -> Iterator[Difference]:
    found = {
        "outcome": decision.outcome, "track": decision.track, "payer": decision.freight,
        "deadline": decision.deadline_day, "way_back": decision.way_back,
    }  # fmt: skip
    for name, value in found.items():
        wanted = getattr(expect, name)
        if wanted is not None and wanted != value:
            yield Difference(name, str(wanted), "" if value is None else str(value))
    offered = {offer.remedy for offer in decision.remedies}
    if missing := [remedy.value for remedy in expect.remedies if remedy not in offered]:
        yield Difference("remedies", ", ".join(missing), ", ".join(sorted(offered)))
    counting = speaking(decision)
    if silent := [ref for ref in expect.speaks if ref not in counting]:
        yield Difference("speaks", ", ".join(silent), ", ".join(counting))
