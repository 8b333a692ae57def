"""Goods that must not travel like others: lithium, flammables, liquids, medical devices (IATA DGR 67, ADR 2025)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from homeward.logistics.ports import Mark

LITHIUM = frozenset({"battery", "lithium", "lithium_battery"})
LOOSE_LITHIUM = frozenset({"loose_battery", "power_bank"})
FLAMMABLE = frozenset({"aerosol", "flammable", "perfume", "nail_polish"})
# Signs of danger and safety notices: special provision A154 forbids the air, SP 376 the ordinary road parcel.
DANGER = frozenset({
    "swollen", "leaking", "hot", "smoking", "burnt", "crushed", "soaked", "unsafe", "recalled", "fire_risk",
})  # fmt: skip
FAULTY = frozenset({"defective", "faulty", "damaged", "malfunction", "not_working", "stopped_working"})

_MARKS: dict[Mark, frozenset[str]] = {
    Mark.LITHIUM_BATTERY: LITHIUM | LOOSE_LITHIUM,
    Mark.FRAGILE: frozenset({"fragile", "glass"}),
    Mark.UPRIGHT: frozenset({"upright", "liquid"}),
    Mark.COLD: frozenset({"perishable", "fresh_food", "cold"}),
    Mark.LIQUID: frozenset({"liquid"}) | FLAMMABLE,
    Mark.MEDICAL: frozenset({"medical", "medical_device"}),
}


@dataclass(frozen=True, slots=True)
class Handling:
    """How goods may travel: `is_forbidden` means that no shopper may be given a label for them, whoever asks."""

    marks: tuple[Mark, ...] = ()
    is_forbidden: bool = False
    rule: str = ""


def handling_of(traits: Iterable[str], *, signs: Iterable[str] = ()) -> Handling:
    """Return how goods with `traits` travel; `signs` is what reason and condition tell of them.

    Lithium goods with a sign of danger are for trained people only. Faulty ones, loose batteries and flammables stay
    off aircraft.
    """
    have, told = frozenset(traits), frozenset(signs)
    lithium = bool(have & (LITHIUM | LOOSE_LITHIUM))
    marks = [mark for mark, meant in _MARKS.items() if have & meant]
    if lithium and told & DANGER:
        return Handling(tuple(marks), is_forbidden=True, rule="A154, SP 376")
    if have & LOOSE_LITHIUM:
        rule = "PI 965"
    elif lithium and told & FAULTY:
        rule = "A154"
    elif have & FLAMMABLE:
        rule = "LQ"
    else:
        return Handling(tuple(marks))
    return Handling((*marks, Mark.SURFACE_ONLY), rule=rule)
