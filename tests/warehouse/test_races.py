"""Two at the same moment: a receipt is counted once, a unit graded once, a rest opened once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from homeward.kernel import NotAllowed
from homeward.returns import actions as return_actions
from homeward.warehouse import actions
from homeward.warehouse.models import Inspection, Receipt, ReceiptLine, StockMovement
from tests.support import build, build_warehouse
from tests.support.cast import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all works at the same moment in threads of their own; return results, or the exceptions they raised."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[index] = work()
        except Exception as error:  # the loser's refusal is the result
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def refusals(results: list[Any]) -> list[type]:
    return [type(result) for result in results if isinstance(result, Exception)]


def test_a_receipt_confirmed_twice_at_once_counts_once() -> None:
    cast = build.committed_cast()
    for number in range(3):
        receipt = build_warehouse.expected(cast, number=f"LT-{number}")
        counts = build_warehouse.counts(receipt)

        def confirm(receipt: Receipt = receipt, counts: list[actions.Count] = counts) -> None:
            actions.receive(build_warehouse.again(cast.kim, receipt), counts, actor=cast.kim, at=NOW)

        assert refusals(at_once(confirm, confirm, confirm)) == [NotAllowed, NotAllowed]
        assert ReceiptLine.objects.get(receipt=receipt).received == 2


def test_the_last_unit_is_graded_once() -> None:
    cast = build.committed_cast()
    receipt = build_warehouse.received(cast, (1, 0, 0))
    found = build_warehouse.finding(receipt)

    def grade() -> None:
        actions.inspect(build_warehouse.again(cast.kim, receipt), found, actor=cast.kim, at=NOW)

    def grade_all() -> None:
        actions.inspect_all(build_warehouse.again(cast.api, receipt), [found], actor=cast.api, at=NOW)

    results = at_once(grade, grade, grade_all, grade_all)
    assert len(refusals(results)) == 3
    assert Receipt.objects.get().state == "inspected"
    assert (Inspection.objects.count(), StockMovement.objects.count()) == (1, 1)


def test_two_graders_finish_a_receipt_together() -> None:
    cast = build.committed_cast()
    receipt = build_warehouse.received(cast, lines=[{}, {}], units=(1, 1))
    works = [
        lambda index=index: actions.inspect(
            build_warehouse.again(cast.kim, receipt), build_warehouse.finding(receipt, index), actor=cast.kim, at=NOW
        )
        for index in range(2)
    ]
    assert refusals(at_once(*works)) == []
    assert Receipt.objects.get().state == "inspected"


def test_the_rest_of_a_return_is_opened_once() -> None:
    cast = build.committed_cast()
    made = build_warehouse.authorized(cast)
    opened = at_once(*[lambda: actions.open_receipt(made, actor=cast.kim, at=NOW)] * 3)
    assert refusals(opened) == []
    assert len(set(opened)) == 1
    assert Receipt.objects.count() == 1


def test_worker_and_scan_expect_the_same_parcel_once() -> None:
    cast = build.committed_cast()
    made = build_warehouse.authorized(cast)
    parcel = build_warehouse.parcel(cast, {line: line.quantity for line in build_warehouse.lines_of(made)})
    results = at_once(*[lambda: actions.expect(parcel, actor=cast.machine, at=NOW)] * 4)
    assert refusals(results) == []
    assert (Receipt.objects.count(), ReceiptLine.objects.count()) == (1, 1)


def test_a_withdrawal_and_an_arrival_cannot_both_win() -> None:
    cast = build.committed_cast()
    receipt = build_warehouse.expected(cast)
    made, counts = receipt.return_request, build_warehouse.counts(receipt)
    shopper = build.shopper_of(made.order)
    results = at_once(
        lambda: actions.receive(build_warehouse.again(cast.kim, receipt), counts, actor=cast.kim, at=NOW),
        lambda: return_actions.withdraw(made, actor=shopper, at=NOW),
    )
    assert len(refusals(results)) == 1
    made.refresh_from_db()
    receipt.refresh_from_db()
    assert (made.state, receipt.state) in {("withdrawn", "expected"), ("authorized", "received")}
