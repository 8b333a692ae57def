"""The plan of a backtest: which history, and what is taken for granted where history is silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from homeward.policies.structs import learned

Source = Literal["returns", "past", "orders"]
SOURCES: tuple[Source, ...] = ("returns", "past", "orders")


@learned
class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a backtest reads.

    `sources`: "returns" asked for here, "past" returns from before Homeward, and "orders": every line that nobody
    sent back, as if everybody asked `days` after delivery for the leaf `reason`. `since` and `until` are days of the
    order. `freight_minor` is what a way back costs in the merchant's currency, where history does not say.
    """

    sources: tuple[Source, ...] = ("returns", "past")
    since: date | None = None
    until: date | None = None
    days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 14
    reason: str = "no_reason"
    freight_minor: Annotated[int, msgspec.Meta(ge=0)] | None = None


def to_data(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain data for a JSON column."""
    data: dict[str, Any] = msgspec.to_builtins(plan)
    return data


def from_data(data: Mapping[str, Any]) -> Plan:
    """Return the plan in plain data.

    :raises msgspec.ValidationError: naming the field that is wrong.
    """
    return msgspec.convert(data, Plan)
