"""What units lose by the state in which they came back: only on a clause of the decision, by the grade found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from homeward.settlements.amounts import Cut, Fee

# Loss of value by grade, in hundredths of a percent, where the decision lets wear be deducted. Goods that were only
# looked at and tried as one would in a store (grades A and B) lose nothing: Directive 2011/83/EU art. 14(2).
WEAR: Mapping[str, int] = {"C": 2_000, "D": 5_000}
INTACT = frozenset({"", "A", "B"})


@dataclass(frozen=True, slots=True)
class Permission:
    """A deduction that the decision allows: "wear" by the ladder, "not_intact" or "fee" by its own figure, if any."""

    ground: str
    ref: str
    hundredths: int = 0
    minor: int = 0


def cuts_for(permissions: Iterable[Permission], grade: str, *, ladder: Mapping[str, int] = WEAR) -> tuple[Cut, ...]:
    """Return what is taken off the price of units of `grade`: at most one deduction for lost value, and the fees.

    Several clauses that allow a deduction for the same damage do not add up; the largest counts. Units that nobody has
    graded lose nothing.
    """
    losses, fees = [], []
    for allowed in permissions:
        match allowed.ground:
            case "wear":
                losses.append(Cut("deduction", allowed.ref, ladder.get(grade, 0), grade))
            case "not_intact" if grade not in INTACT:
                losses.append(Cut("deduction", allowed.ref, allowed.hundredths, grade))
            case "fee":
                fees.append(Cut("fee", allowed.ref, allowed.hundredths))
    largest = max(losses, key=lambda cut: cut.hundredths, default=None)
    return tuple(cut for cut in (largest, *fees) if cut and cut.hundredths)


def fees_in(permissions: Iterable[Permission]) -> tuple[Fee, ...]:
    """Return the fixed fees that the decision allows: each clause's once for the whole return."""
    largest: dict[str, int] = {}
    for allowed in permissions:
        if allowed.ground == "fee" and allowed.minor:
            largest[allowed.ref] = max(allowed.minor, largest.get(allowed.ref, 0))
    return tuple(Fee(ref, minor) for ref, minor in largest.items())


def is_doubtful(permissions: Iterable[Permission], grade: str) -> bool:
    """Whether the law asks for intact goods, gives no figure, and these are not: then a person says what is due."""
    return grade not in INTACT and any(one.ground == "not_intact" and not one.hundredths for one in permissions)
