"""What every road shares: the real today that pages and API read, the worker as a fixture, books that must balance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from homeward.orders.models import Order
from homeward.returns.models import Return
from homeward.settlements import queries as settlement_queries
from tests.support.api import Caller
from tests.support.cast import Cast
from tests.support.house import House

Drain = Callable[..., int]
TODAY = datetime.now(UTC)
LATER = TODAY + timedelta(hours=1)


def is_balanced(cast: Cast) -> bool:
    """Whether the books add up to nothing in every currency."""
    return all(sum(one.minor for one in of.values()) == 0 for of in settlement_queries.trial_balance(cast.olu).values())


def wish(order: Order, units: int = 1, **line: Any) -> dict[str, Any]:
    """The body of a request for units of the order's first line."""
    told = {"line": order.lines.first().ref, "quantity": units, "reason": "too_small", "condition": "unopened"}
    return {"order": order.ref, "lines": [told | line]}


def bring_in(api: Caller, made: dict[str, Any], units: int = 1) -> None:
    """Let units of a return arrive and be graded as new, as a warehouse system tells it."""
    line = made["lines"][0]["ref"]
    receipt = api.post(f"/returns/{made['ref']}/receive", {"counts": [{"line": line, "good": units}]}, status=200)
    finding = {"line": line, "quantity": units, "grade": "A", "disposition": "restock"}
    api.post(f"/receipts/{receipt['ref']}/inspect", {"findings": [finding]}, status=200)


def bring_home(house: House, made: Return, drain: Drain, units: int = 1) -> None:
    """Let units of a return travel, be counted and graded as new at the dock, and happen what follows from it."""
    drain(at=LATER)
    receipt = house.scan(made.number)
    house.receive(receipt, (units, 0, 0))
    house.inspect(receipt, quantity=units)
    drain(at=LATER)
