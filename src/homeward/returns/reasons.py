"""Why things come back: a two-level tree of reasons, each with fault side, evidence it needs and urgency.

Codes are the contract with the API, the rulebooks and the statistics; words stand in `texts.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A leaf of the tree. `fault` is seller, carrier or buyer; `ground` is
    the family by which law and rulebooks know it."""

    code: str
    group: str
    fault: str
    ground: str
    needs_photo: bool = False
    weight: int = 0  # how much it raises a case's priority, 0 to 40
    keeps_quality: bool = True  # the goods themselves are as they should be


_GROUPS = {
    "quality": (
        Reason("unsafe", "quality", "seller", "unsafe", needs_photo=True, weight=40, keeps_quality=False),
        Reason("defective", "quality", "seller", "defect", needs_photo=True, weight=30, keeps_quality=False),
        Reason("poor_quality", "quality", "seller", "defect", needs_photo=True, weight=25, keeps_quality=False),
        Reason("parts_missing", "quality", "seller", "missing", weight=25, keeps_quality=False),
    ),
    "delivery": (
        Reason(
            "damaged_in_transit", "delivery", "carrier", "damaged", needs_photo=True, weight=30, keeps_quality=False
        ),
        Reason("wrong_item", "delivery", "seller", "wrong_item", needs_photo=True, weight=30),
        Reason("arrived_late", "delivery", "carrier", "late", weight=20),
    ),
    "not_as_described": (
        Reason("looks_different", "not_as_described", "seller", "not_as_described", needs_photo=True, weight=20),
        Reason("does_not_fit_description", "not_as_described", "seller", "not_as_described", weight=20),
    ),
    "size_color": (
        Reason("too_small", "size_color", "buyer", "fit"),
        Reason("too_large", "size_color", "buyer", "fit"),
        Reason("color", "size_color", "buyer", "fit"),
    ),
    "changed_mind": (
        Reason("no_longer_needed", "changed_mind", "buyer", "changed_mind"),
        Reason("ordered_by_mistake", "changed_mind", "buyer", "changed_mind"),
        Reason("better_price", "changed_mind", "buyer", "changed_mind"),
        Reason("unwanted_gift", "changed_mind", "buyer", "changed_mind"),
        Reason("no_reason", "changed_mind", "buyer", "none_given"),
    ),
}

GROUPS: dict[str, tuple[Reason, ...]] = _GROUPS
REASONS: dict[str, Reason] = {reason.code: reason for group in _GROUPS.values() for reason in group}


class NotAReason(ValueError):
    """A code that names no reason, or a group of reasons where one reason is asked for, or one switched off."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"{code!r} is not one of: {', '.join(REASONS)}")


def leaf(code: str, *, off: Collection[str] = ()) -> Reason:
    """Return the reason with this code for a new return.

    :raises NotAReason: if the code is unknown, names a group, or is switched off by the merchant.
    """
    reason = REASONS.get(code)
    if reason is None or code in off:
        raise NotAReason(code)
    return reason


def offered(*, off: Collection[str] = ()) -> dict[str, tuple[Reason, ...]]:
    """Return the tree without reasons that the merchant has switched off and groups that this empties."""
    tree = {group: tuple(r for r in reasons if r.code not in off) for group, reasons in GROUPS.items()}
    return {group: reasons for group, reasons in tree.items() if reasons}
