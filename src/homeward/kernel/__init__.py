"""Pure words of the trade, without Django: money, lifecycles, deadlines, references, actors, texts."""

from homeward.kernel.actor import Actor, Role
from homeward.kernel.deadline import Calendar, Deadline, Unit
from homeward.kernel.lifecycle import Lifecycle, NotAllowed, Step, step
from homeward.kernel.money import CurrencyMismatch, Money, places
from homeward.kernel.ref import new_number, new_ref
from homeward.kernel.textmap import LOCALES, TextMap

__all__ = [
    "LOCALES", "Actor", "Calendar", "CurrencyMismatch", "Deadline", "Lifecycle", "Money", "NotAllowed", "Role",
    "Step", "TextMap", "Unit", "new_number", "new_ref", "places", "step",
]  # fmt: skip
