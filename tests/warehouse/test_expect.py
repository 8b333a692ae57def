"""Expecting: every parcel with returns in it is expected at the dock, once."""

import pytest

from homeward.warehouse import actions, queries
from homeward.warehouse.models import Receipt, ReceiptLine
from tests.support import build, build_warehouse
from tests.support.cast import NOW, Cast


def test_a_parcel_is_expected_with_what_it_carries(cast: Cast) -> None:
    made = build_warehouse.authorized(cast, units=(2,))
    [line] = build_warehouse.lines_of(made)
    parcel = build_warehouse.parcel(cast, {line: 2}, center=build_warehouse.roubaix())
    [receipt] = actions.expect(parcel, actor=cast.machine, at=NOW)
    assert (receipt.state, receipt.return_request, receipt.case_id) == ("expected", made, made.case_id)
    assert receipt.center.code == "roubaix"
    assert list(receipt.lines.values_list("return_line", "announced")) == [(line.pk, 2)]


def test_expecting_twice_is_expecting_once(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast)
    assert actions.expect(receipt.parcel, actor=cast.machine, at=NOW) == [receipt]
    assert (Receipt.objects.count(), ReceiptLine.objects.count()) == (1, 1)


def test_a_parcel_with_three_returns_gets_three_receipts(cast: Cast) -> None:  # D10
    returns = [build_warehouse.authorized(cast, number=f"LT-{n}") for n in range(3)]
    carries = {line: line.quantity for made in returns for line in build_warehouse.lines_of(made)}
    receipts = actions.expect(build_warehouse.parcel(cast, carries), actor=cast.machine, at=NOW)
    assert {receipt.return_request for receipt in receipts} == set(returns)
    assert {receipt.case_id for receipt in receipts} == {made.case_id for made in returns}


def test_an_empty_parcel_is_not_expected(cast: Cast) -> None:
    assert actions.expect(build_warehouse.parcel(cast, {}), actor=cast.machine, at=NOW) == []


def test_goods_brought_without_a_parcel_are_counted_against_their_return(cast: Cast) -> None:
    made = build_warehouse.authorized(cast)
    receipt = actions.open_receipt(made, actor=cast.kim, at=NOW, center=build_warehouse.roubaix())
    assert receipt.parcel is None
    assert [line.announced for line in receipt.lines.all()] == [2]
    assert actions.open_receipt(made, actor=cast.kim, at=NOW) == receipt


def test_a_second_parcel_is_counted_against_what_is_still_open(cast: Cast) -> None:  # D5
    first = build_warehouse.received(cast, (1, 0, 0))
    second = actions.open_receipt(first.return_request, actor=cast.kim, at=NOW)
    assert second != first
    assert [line.announced for line in second.lines.all()] == [1]


def test_nothing_more_is_expected_once_all_has_come(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    with pytest.raises(actions.NothingOpen):
        actions.open_receipt(receipt.return_request, actor=cast.kim, at=NOW)


def test_the_same_parcel_is_not_opened_a_second_time(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0))
    with pytest.raises(actions.AlreadyReceived) as refused:
        actions.open_receipt(receipt.return_request, parcel=receipt.parcel, actor=cast.kim, at=NOW)
    assert refused.value.ref == receipt.ref


@pytest.mark.parametrize("state", ["requested", "under_review", "evidence_wanted", "refused", "withdrawn", "expired"])
def test_goods_of_a_return_that_is_not_authorized_are_not_opened(cast: Cast, state: str) -> None:  # C4
    made = build_warehouse.authorized(cast)
    made.state = state
    with pytest.raises(actions.NotReceivable):
        actions.open_receipt(made, actor=cast.olu, at=NOW)
    assert Receipt.objects.count() == 0


def test_what_comes_after_the_end_only_a_head_takes_in(cast: Cast) -> None:  # M4
    receipt = build_warehouse.inspected(cast, (1, 0, 0))
    made = receipt.return_request
    made.state = "settled"
    with pytest.raises(actions.NotReceivable):
        actions.open_receipt(made, actor=cast.kim, at=NOW)
    late = actions.open_receipt(made, actor=cast.ada, at=NOW)
    assert [line.announced for line in late.lines.all()] == [1]


def test_strangers_see_no_receipt(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast)
    assert queries.receipt(cast.kim, receipt.ref) == receipt
    assert queries.receipt(cast.olu, receipt.ref) == receipt
    shopper = build.shopper_of(receipt.return_request.order)
    assert queries.receipt(shopper, receipt.ref) == receipt
    with pytest.raises(Receipt.DoesNotExist):
        queries.receipt(cast.zoe, receipt.ref)
    other = build.order(cast.lanting, number="LT-9", email="tom@leeds.example")
    with pytest.raises(Receipt.DoesNotExist):
        queries.receipt(build.shopper_of(other), receipt.ref)
