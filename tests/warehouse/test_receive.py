"""Receiving: counted once against the announcement, short and over and wrong said aloud."""

from datetime import UTC, datetime

import pytest

from homeward.cases.models import Clock
from homeward.journal.models import Entry
from homeward.kernel import NotAllowed
from homeward.logistics.models import Parcel
from homeward.returns import actions as return_actions
from homeward.warehouse import actions, queries
from homeward.warehouse.actions import Count, Stranger
from homeward.warehouse.models import Receipt, ReceiptLine, StockMovement
from tests.support import build_warehouse
from tests.support.cast import NOW, Cast


def numbers(receipt: Receipt) -> list[tuple[int, int, int, int, str]]:
    """Return received, good, damaged, wrong and outcome of each line."""
    return list(receipt.lines.order_by("pk").values_list("received", "good", "damaged", "wrong", "outcome"))


@pytest.mark.parametrize(
    ("counted", "came"),
    [
        ((2, 0, 0), (2, 2, 0, 0, "match")),
        ((1, 1, 0), (2, 1, 1, 0, "match")),
        ((1, 0, 0), (1, 1, 0, 0, "short")),
        ((1, 0, 1), (2, 1, 0, 1, "wrong")),
        ((0, 0, 1), (1, 0, 0, 1, "wrong")),
    ],
)
def test_each_line_is_counted_against_its_announcement(
    cast: Cast, counted: tuple[int, int, int], came: tuple[int, int, int, int, str]
) -> None:
    receipt = build_warehouse.received(cast, counted)
    assert receipt.state == "received"
    assert numbers(receipt) == [came]
    assert receipt.outcome == came[-1]
    assert receipt.requires_action is (came[-1] != "match")  # D17
    assert (receipt.received_at, receipt.received_by) == (NOW, str(cast.kim))


def test_the_third_unit_stays_open_when_two_of_three_come(cast: Cast) -> None:  # D1
    receipt = build_warehouse.received(cast, (2, 0, 0), lines=[{"quantity": 3}], units=(3,))
    [came] = queries.arrived(cast.kim, receipt.return_request).values()
    assert (came.announced, came.right, came.open) == (3, 2, 1)


def test_more_than_announced_needs_a_word(cast: Cast) -> None:  # D2
    receipt = build_warehouse.expected(cast)
    with pytest.raises(actions.OverReceipt) as refused:
        actions.receive(receipt, build_warehouse.counts(receipt, (3, 0, 0)), actor=cast.kim, at=NOW)
    assert (refused.value.announced, refused.value.counted) == (2, 3)
    receipt = build_warehouse.again(cast.kim, receipt)
    assert (receipt.state, numbers(receipt)) == ("expected", [(0, 0, 0, 0, "")])
    actions.receive(receipt, build_warehouse.counts(receipt, (3, 0, 0), over=True), actor=cast.kim, at=NOW)
    assert numbers(receipt) == [(3, 3, 0, 0, "over")]


def test_confirming_twice_counts_once(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    with pytest.raises(NotAllowed) as refused:
        actions.receive(receipt, build_warehouse.counts(receipt), actor=cast.kim, at=NOW)
    assert refused.value.state == "received"
    assert numbers(receipt) == [(2, 2, 0, 0, "match")]
    assert Entry.objects.filter(noun="receipt", verb="receive").count() == 1


def test_the_return_hears_of_it_and_the_parcel_is_delivered(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    receipt.return_request.refresh_from_db()
    assert receipt.return_request.goods_at == NOW
    assert Parcel.objects.get().state == "delivered"
    assert Parcel.objects.get().delivered_at == NOW


def test_the_inspection_is_due_in_three_working_days_of_the_center(cast: Cast) -> None:
    """Friday 6 November 2026: Monday, Tuesday, and not the holiday of Wednesday 11 November but Thursday."""
    friday = datetime(2026, 11, 6, 15, 0, tzinfo=UTC)
    receipt = build_warehouse.received(cast, center=build_warehouse.roubaix(), at=friday)
    clock = Clock.objects.get(kind="inspection")
    assert clock.due_at == receipt.due_at == datetime(2026, 11, 12, 22, 59, 59, 999999, tzinfo=UTC)
    assert (clock.owner, clock.source, clock.case_id) == ("dock", "desk", receipt.case_id)


def test_without_a_center_the_merchant_s_calendar_counts(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    assert receipt.due_at == datetime(2026, 11, 27, 15, 59, 59, 999999, tzinfo=UTC)  # end of Friday in Shanghai


def test_lines_that_nobody_counted_came_with_nothing(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast, lines=[{}, {}], units=(1, 1))
    actions.receive(receipt, build_warehouse.counts(receipt, (1, 0, 0), (0, 0, 0))[:1], actor=cast.kim, at=NOW)
    assert [row[0] for row in numbers(receipt)] == [1, 0]
    assert receipt.outcome == "short"


def test_two_parcels_a_week_apart_are_two_receipts(cast: Cast) -> None:  # D5
    first = build_warehouse.received(cast, (1, 0, 0))
    second = actions.open_receipt(first.return_request, actor=cast.kim, at=NOW)
    second = build_warehouse.again(cast.kim, second)
    actions.receive(second, build_warehouse.counts(second), actor=cast.kim, at=NOW)
    [came] = queries.arrived(cast.kim, first.return_request).values()
    assert (came.right, came.open) == (2, 0)
    assert len(queries.receipts_of(cast.kim, first.return_request)) == 2


def test_a_box_with_three_returns_and_a_stranger_is_three_receipts_and_a_quarantine_record(cast: Cast) -> None:  # M7
    returns = [build_warehouse.authorized(cast, number=f"LT-{n}", units=(1,)) for n in range(3)]
    carries = {line: 1 for made in returns for line in build_warehouse.lines_of(made)}
    parcel = build_warehouse.parcel(cast, carries)
    first, *others = [
        build_warehouse.again(cast.kim, one) for one in actions.expect(parcel, actor=cast.machine, at=NOW)
    ]
    spoon = [Stranger("Silver spoon")]
    actions.receive(first, build_warehouse.counts(first), strangers=spoon, actor=cast.kim, at=NOW)
    for other in others:
        actions.receive(other, build_warehouse.counts(other), actor=cast.kim, at=NOW)
    found = Receipt.objects.get(return_request=None)
    assert Receipt.objects.filter(parcel=parcel, state="received").count() == 4
    assert (found.outcome, found.found_with, found.parcel, found.case_id) == ("unknown", first, parcel, first.case_id)
    assert list(found.lines.values_list("description", "received", "wrong")) == [("Silver spoon", 1, 1)]
    assert first.outcome == "match"  # nobody is paid for the spoon, and nobody's money waits for it


def test_an_empty_box_is_contested_at_once(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (0, 0, 0))
    assert (receipt.state, receipt.ground, receipt.outcome) == ("disputed", "empty", "short")
    receipt.return_request.refresh_from_db()
    assert receipt.return_request.goods_at is None
    assert not Clock.objects.filter(kind="inspection").exists()


@pytest.mark.parametrize("count", [{"good": -1}, {"good": 100_001}, {"damaged": 10**9}, {"wrong": -5}])
def test_a_count_beyond_belief_is_refused(cast: Cast, count: dict[str, int]) -> None:
    receipt = build_warehouse.expected(cast)
    key = receipt.lines.get().key
    with pytest.raises(actions.BadCount):
        actions.receive(receipt, [Count(key, **count, over=True)], actor=cast.kim, at=NOW)
    assert ReceiptLine.objects.get().received == 0


def test_a_line_counted_twice_is_refused(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast)
    key = receipt.lines.get().key
    with pytest.raises(actions.BadCount):
        actions.receive(receipt, [Count(key, good=1), Count(key, good=1)], actor=cast.kim, at=NOW)


def test_a_line_of_another_receipt_is_refused(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast)
    other = build_warehouse.expected(cast, number="LT-2")
    with pytest.raises(actions.UnknownLine):
        actions.receive(receipt, build_warehouse.counts(other), actor=cast.kim, at=NOW)
    assert Receipt.objects.filter(state="expected").count() == 2


def test_a_return_that_was_withdrawn_meanwhile_is_not_received(cast: Cast) -> None:  # C4
    receipt = build_warehouse.expected(cast)
    made = receipt.return_request
    type(made).objects.filter(pk=made.pk).update(state="withdrawn")
    with pytest.raises(actions.NotReceivable):
        actions.receive(receipt, build_warehouse.counts(receipt), actor=cast.kim, at=NOW)
    made.refresh_from_db()
    assert made.goods_at is None  # nothing of it was written
    assert Receipt.objects.get().state == "expected"


@pytest.mark.parametrize("role", ["bo", "fay", "policy"])
def test_who_does_not_work_at_the_dock_cannot_receive(cast: Cast, role: str) -> None:
    receipt = build_warehouse.expected(cast)
    with pytest.raises(NotAllowed):
        actions.receive(receipt, build_warehouse.counts(receipt), actor=getattr(cast, role), at=NOW)
    assert Receipt.objects.get().state == "expected"


def test_received_goods_are_no_stock_yet(cast: Cast) -> None:  # E3
    receipt = build_warehouse.received(cast)
    assert queries.stock(cast.kim, merchant_id=cast.lanting.pk, sku="SKU-1") == {"returns_area": 2}
    assert StockMovement.objects.count() == 0
    actions.inspect_all(receipt, build_warehouse.all_found(receipt), actor=cast.kim, at=NOW)
    assert queries.stock(cast.kim, merchant_id=cast.lanting.pk, sku="SKU-1") == {"restock": 2}


def test_a_sku_that_was_never_here_has_no_places(cast: Cast) -> None:  # E2
    assert queries.stock(cast.kim, merchant_id=cast.lanting.pk, sku="NEVER") == {}


def test_units_that_have_come_back_cannot_be_asked_back_again(cast: Cast) -> None:  # M1
    receipt = build_warehouse.inspected(cast)
    order = receipt.return_request.order
    with pytest.raises(return_actions.UnitsGone) as refused:
        build_warehouse.authorized(cast, of=order, units=(1,))
    assert list(refused.value.available.values()) == [0]


def test_a_return_has_come_when_every_line_has(cast: Cast) -> None:  # D13
    receipt = build_warehouse.received(cast, (1, 0, 0), (0, 0, 0), lines=[{}, {}], units=(1, 1))
    first, second = queries.arrived(cast.kim, receipt.return_request).values()
    assert (first.open, second.open) == (0, 1)
