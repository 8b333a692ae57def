"""The journal: every event once, the only writer of states, and the relay that tells later stations.

`from homeward import journal`, then `journal.action`, `journal.move`, `journal.move_if`, `journal.record`,
`journal.on`, `journal.Noun`, `journal.state_check`, `journal.NotAllowed`. They are fetched at first use, since Django
imports this package before any model may load.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homeward.journal.noun import Noun, state_check
    from homeward.journal.relay import on
    from homeward.journal.transitions import NotAllowed, action, move, move_if, record

__all__ = ["NotAllowed", "Noun", "action", "move", "move_if", "on", "record", "state_check"]

_HOMES = {
    "Noun": "noun", "state_check": "noun", "on": "relay", "action": "transitions", "move": "transitions",
    "move_if": "transitions", "record": "transitions", "NotAllowed": "transitions",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
