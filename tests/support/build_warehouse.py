"""Builders for the dock: authorized returns of Mei's, their parcels, and receipts as far along as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from homeward.kernel import Actor, new_ref
from homeward.logistics.models import Center, Parcel, ParcelLine
from homeward.orders.models import Order
from homeward.returns import actions as return_actions
from homeward.returns.actions import Wish
from homeward.returns.models import Return, ReturnLine
from homeward.warehouse import actions, queries
from homeward.warehouse.actions import Count, Finding
from homeward.warehouse.grading import Grade
from homeward.warehouse.models import Receipt
from tests.support import build
from tests.support.cast import NOW, Cast

BEST = {"packaging": "sealed", "complete": "yes", "marks": "none"}  # of the general checklist


def roubaix(**more: Any) -> Center:
    """Build the hub in Roubaix, which serves all merchants."""
    return Center.objects.create(
        **{
            "ref": new_ref("ctr", at=NOW), "code": "roubaix", "name": "Roubaix hub", "kind": "hub", "country": "FR",
            "zone": "Europe/Paris", "address": ["1 quai de Calais", "59100 Roubaix"],
        } | more
    )  # fmt: skip


def authorized(
    cast: Cast, *, of: Order | None = None, units: Sequence[int] = (2,), at: datetime = NOW, number: str = "LT-48213",
    lines: Sequence[dict[str, Any]] = ({},),
) -> Return:  # fmt: skip
    """Build a return that has been authorized: `units` of each line of an order that was delivered five days ago."""
    order = of or build.order(cast.lanting, number=number, lines=lines)
    order_lines = list(order.lines.order_by("position"))
    wishes = [
        Wish(line=line.ref, quantity=quantity, reason="no_longer_needed", condition="unopened")
        for line, quantity in zip(order_lines, units, strict=False)
    ]
    made = return_actions.request(order=order, wishes=wishes, actor=build.shopper_of(order), at=at)
    if made.state != "authorized":  # goods that law keeps out of a change of mind: an agent lets them in
        return_actions.authorize(made, actor=cast.olu, at=at, note="let in for the test", goods_back=True)
    return made


def lines_of(made: Return) -> list[ReturnLine]:
    """Return the lines of a return in their order."""
    return list(made.lines.select_related("order_line").order_by("pk"))


def parcel(
    cast: Cast, carries: Mapping[ReturnLine, int], *, center: Center | None = None, state: str = "labelled", **more: Any
) -> Parcel:  # fmt: skip
    """Build a parcel with units of return lines in it, of one return or of several."""
    first = next(iter(carries), None)
    made = Parcel.objects.create(
        **{
            "ref": new_ref("par", at=NOW), "state": state, "merchant": cast.lanting, "center": center,
            "return_request": first.return_request if first else None,
            "case": first.return_request.case if first else None, "carrier": "dhl",
            "tracking_number": f"MR{Parcel.objects.count():08d}", "planned_at": NOW,
        } | more
    )  # fmt: skip
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=made, return_line=line, quantity=quantity) for line, quantity in carries.items()
    )
    return made


def expected(cast: Cast, *, center: Center | None = None, at: datetime = NOW, **more: Any) -> Receipt:
    """Build a receipt that is expected at the dock, with the parcel that carries all units of one return."""
    made = authorized(cast, **more)
    carried = parcel(cast, {line: line.quantity for line in lines_of(made)}, center=center)
    [receipt] = actions.expect(carried, actor=cast.machine, at=at)
    return again(cast.kim, receipt)


def again(actor: Actor, receipt: Receipt) -> Receipt:
    """Return the receipt as a page or the API would fetch it."""
    return queries.receipt(actor, receipt.ref)


def counts(receipt: Receipt, *numbers: tuple[int, int, int], over: bool = False) -> list[Count]:
    """Return counts (good, damaged, wrong) for the lines of a receipt; without numbers all is as announced."""
    lines = list(receipt.lines.select_related("return_line").order_by("pk"))
    found = numbers or tuple((line.announced, 0, 0) for line in lines)
    return [Count(line.key, *number, over=over) for line, number in zip(lines, found, strict=True)]


def received(cast: Cast, *numbers: tuple[int, int, int], at: datetime = NOW, **more: Any) -> Receipt:
    """Build a receipt that has been counted: as announced, or (good, damaged, wrong) for each line."""
    receipt = expected(cast, at=at, **more)
    actions.receive(receipt, counts(receipt, *numbers), actor=cast.kim, at=at)
    return again(cast.kim, receipt)


def finding(receipt: Receipt, index: int = 0, **more: Any) -> Finding:
    """Return a finding on a line of a receipt: one unit as new, unless `more` says otherwise."""
    line = list(receipt.lines.select_related("return_line").order_by("pk"))[index]
    return Finding(**{"line": line.key, "grade": Grade.A} | more)


def all_found(receipt: Receipt, grade: Grade = Grade.A, **more: Any) -> list[Finding]:
    """Return findings that cover every unit that waits."""
    lines = receipt.lines.select_related("return_line").order_by("pk")
    return [Finding(line=line.key, quantity=line.left, grade=grade, **more) for line in lines if line.left]


def inspected(cast: Cast, *numbers: tuple[int, int, int], grade: Grade = Grade.A, **more: Any) -> Receipt:
    """Build a receipt whose units have all been graded alike."""
    receipt = received(cast, *numbers, **more)
    actions.inspect_all(receipt, all_found(receipt, grade), actor=cast.kim, at=NOW)
    return again(cast.kim, receipt)
