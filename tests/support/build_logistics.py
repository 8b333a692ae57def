"""Builders for the way back: centers, sample rates, authorized returns and their parcels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from homeward import logistics
from homeward.connectors.carriers import ManualCarrier
from homeward.logistics import actions, ports
from homeward.logistics.fakes import FakePress
from homeward.logistics.models import Center, Parcel
from homeward.logistics.ports import Labels, Scan
from homeward.orders.models import Order
from homeward.returns import actions as return_actions
from homeward.returns.actions import Wish
from homeward.returns.models import Return
from tests.support import build
from tests.support.cast import NOW, ROOT, Cast


def center(code: str = "roubaix", **more: Any) -> Center:
    """Build a return center in Roubaix that serves every merchant."""
    columns: dict[str, Any] = {
        "name": f"Homeward {code.title()}", "country": "FR", "zone": "Europe/Paris", "kind": "hub",
        "address": ["Quai 7, 12 rue du Fil", "59100 Roubaix"], "handling_minor": 180, "currency": "EUR",
    }  # fmt: skip
    return actions.open_center(code=code, actor=ROOT, at=NOW, **columns | more)


def sample_rates() -> None:
    """Take in the sample cards that the product ships."""
    file = Path(logistics.__file__).with_name("sample_rates.csv")
    actions.import_rates(file.read_text(encoding="utf-8").splitlines(keepends=True), actor=ROOT, at=NOW)


def authorized(
    cast: Cast, *, order: Order | None = None, quantities: Sequence[int] = (1,), reason: str = "no_longer_needed",
    at: datetime = NOW, **more: Any,
) -> Return:  # fmt: skip
    """Build a return of Mei's that law and rulebook have authorized."""
    order = order or build.order(cast.lanting, ship_to=SHIP_TO)
    lines = list(order.lines.order_by("position"))
    wishes = [Wish(line.ref, quantity, reason) for line, quantity in zip(lines, quantities, strict=False)]
    made = return_actions.request(order=order, wishes=wishes, actor=build.shopper_of(order), at=at, **more)
    if made.state != "authorized":
        return_actions.authorize(made, actor=cast.ada, at=at, note="As agreed.")
    return made


SHIP_TO = {
    "name": "Mei Lin",
    "address1": "14 rue de la République",
    "city": "Lyon",
    "zip": "69003",
    "country": "France",
}


def labelled(cast: Cast, **more: Any) -> Parcel:
    """Build a parcel of Mei's with a label of the house."""
    made = authorized(cast, **more)
    (parcel,) = actions.label(made, actor=build.shopper_of(made.order), at=NOW)
    return parcel


def scan(code: str, at: datetime, **more: Any) -> Scan:
    """Build a scan."""
    return Scan(code=code, at=at, **more)


@contextmanager
def carriers(*found: Labels) -> Iterator[None]:
    """Wire these carriers beside the one of the house, and a press that prints nothing, for a while."""
    before, press = list(ports._carriers.values()), ports.press()
    ports.wire(ManualCarrier(), *found, press=FakePress())
    try:
        yield
    finally:
        ports.wire(*before, press=press)
