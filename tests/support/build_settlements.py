"""Builders for settlements: a fake provider behind the port, and returns of Mei's whose goods have been graded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from homeward.connectors.payments import OfflinePayments
from homeward.orders.models import Payment
from homeward.returns.models import Return
from homeward.settlements import ports, sending
from homeward.settlements.fakes import FakePayments
from homeward.settlements.models import Refund
from homeward.warehouse.grading import Grade
from tests.support import build, build_warehouse
from tests.support.cast import NOW, Cast


@contextmanager
def provider(name: str = "stripe", **moods: Any) -> Iterator[FakePayments]:
    """Wire a fake provider under `name` beside the finance desk, and unwire it again."""
    fake = FakePayments(name)
    for mood, value in moods.items():
        setattr(fake, mood, value)
    ports.wire(fake, by_hand=OfflinePayments())
    try:
        yield fake
    finally:
        ports.wire(by_hand=OfflinePayments())


def graded(
    cast: Cast, *numbers: tuple[int, int, int], grade: Grade = Grade.A, units: Sequence[int] = (2,),
    provider: str = "stripe", payments: Sequence[dict[str, Any]] | None = None, lines: Sequence[dict[str, Any]] = ({},),
    number: str = "LT-48213", **order: Any,
) -> Return:  # fmt: skip
    """Build an authorized return all of whose units have come back and been graded alike.

    The order is paid along one payment of `provider`, or along `payments`.
    """
    made = build.order(cast.lanting, number=number, lines=lines, payments=payments or [{"provider": provider}], **order)
    receipt = build_warehouse.inspected(cast, *numbers, grade=grade, of=made, units=units)
    return_ = receipt.return_request
    assert return_ is not None
    return return_


def send_all(*, at: Any = NOW) -> None:
    """Do what the worker would: bring every refund that is intended or sent to its provider."""
    for pk in Refund.objects.filter(state__in=["intended", "sent"]).order_by("pk").values_list("pk", flat=True):
        sending.send(pk, at=at)


def payment_of(return_: Return) -> Payment:
    """Return the first payment of a return's order, as it stands."""
    return Payment.objects.filter(order_id=return_.order_id).order_by("pk")[0]
