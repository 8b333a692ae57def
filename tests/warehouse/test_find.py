"""Finding by scan, the dock's queues, and its reactions to parcels."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from homeward.logistics import actions as logistics_actions
from homeward.warehouse import actions, queries
from homeward.warehouse.models import Receipt
from tests.support import build, build_warehouse
from tests.support.cast import NOW, Cast


@pytest.mark.parametrize(
    "scan",
    [
        "{receipt}", "{parcel}", "{tracking}", "{number}", "https://shop.example/r/x/{number}",
        "https://homeward.example/dock/receipts/{receipt}/", "{return}", "{spaced}",
    ],
)  # fmt: skip
def test_every_mark_on_a_box_leads_to_its_receipt(cast: Cast, scan: str) -> None:
    receipt = build_warehouse.expected(cast)
    tracking = receipt.parcel.tracking_number
    text = scan.format(
        receipt=receipt.ref, parcel=receipt.parcel.ref, tracking=tracking, spaced=" ".join(tracking),
        number=receipt.return_request.number, **{"return": receipt.return_request.ref},
    )  # fmt: skip
    found = queries.find(cast.kim, text)
    assert found.receipts == (receipt,)
    assert queries.find(cast.zoe, text).is_nothing


def test_open_receipts_come_first(cast: Cast) -> None:
    done = build_warehouse.inspected(cast, (1, 0, 0))
    fresh = actions.open_receipt(done.return_request, actor=cast.kim, at=NOW)
    assert queries.find(cast.kim, done.return_request.number).receipts == (fresh, done)


def test_a_serial_leads_to_the_receipt_that_waits_for_it(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast, lines=[{"serials": ["SN-77"]}], units=(1,))
    assert queries.find(cast.kim, "SN-77").receipts == (receipt,)


def test_a_return_and_a_parcel_without_receipts_are_found_as_such(cast: Cast) -> None:
    made = build_warehouse.authorized(cast)
    assert queries.find(cast.kim, made.number).return_request == made
    assert queries.find(cast.kim, made.order.number).return_request == made
    parcel = build_warehouse.parcel(cast, {build_warehouse.lines_of(made)[0]: 1})
    assert queries.find(cast.kim, parcel.tracking_number).parcel == parcel


@pytest.mark.parametrize(
    "scan", ["", "   ", "NOBODY-KNOWS-ME", "rcp_00000000000000000000000000", "'; DROP TABLE x; --"]
)
def test_what_nobody_knows_is_nothing(cast: Cast, scan: str) -> None:
    build_warehouse.expected(cast)
    assert queries.find(cast.kim, scan).is_nothing


def test_the_queues_show_what_is_next_and_what_is_late(cast: Cast) -> None:
    far = build_warehouse.expected(cast)
    near = build_warehouse.expected(cast, number="LT-2")
    logistics_actions.mark(near.parcel, "accept", actor=cast.kim, at=NOW)
    first = build_warehouse.received(cast, number="LT-3", at=NOW - timedelta(days=9))
    second = build_warehouse.received(cast, number="LT-4")
    contested = build_warehouse.received(cast, (0, 0, 0), number="LT-5")
    assert list(queries.expected(cast.kim)) == [near, far]
    assert list(queries.to_inspect(cast.kim)) == [first, second]
    assert list(queries.contested(cast.kim)) == [contested]
    figures = queries.figures(cast.kim, at=NOW)
    assert (figures.expected, figures.waiting, figures.late, figures.contested) == (2, 2, 1, 1)
    assert queries.figures(cast.zoe, at=NOW) == queries.Figures(0, 0, 0, 0, 0)


def test_a_dock_sees_its_own_center_and_what_has_none(cast: Cast) -> None:
    here = build_warehouse.expected(cast, center=build_warehouse.roubaix())
    there = build_warehouse.roubaix(code="osaka", name="Osaka", country="JP", zone="Asia/Tokyo")
    build_warehouse.expected(cast, center=there, number="LT-2")
    anywhere = build_warehouse.expected(cast, number="LT-3")
    assert set(queries.expected(cast.kim, center="roubaix")) == {here, anywhere}


def test_a_cancelled_parcel_is_no_longer_expected(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast)
    logistics_actions.cancel(receipt.parcel, actor=cast.ada, at=NOW)
    assert not queries.expected(cast.kim).exists()


def test_a_label_makes_the_dock_expect_the_parcel(cast: Cast, drain: Callable[..., int]) -> None:
    made = build_warehouse.authorized(cast)
    type(made).objects.update(channel="api")  # a shop system, which asks for its labels itself
    drain()
    parcel = made.parcels.get()
    assert not Receipt.objects.exists()  # planned only: nothing is on its way yet
    logistics_actions.mark(parcel, "accept", actor=cast.ada, at=NOW)
    drain()
    receipt = Receipt.objects.get()
    assert (receipt.parcel, receipt.return_request, receipt.state) == (parcel, made, "expected")
    logistics_actions.deliver(parcel, actor=cast.kim, at=NOW)
    drain()
    assert Receipt.objects.get() == receipt


def test_stock_movements_are_a_feed(cast: Cast) -> None:
    build_warehouse.inspected(cast)
    build_warehouse.inspected(cast, number="LT-2")
    first, second = queries.movements(cast.kim)
    assert [row.pk for row in queries.movements(cast.kim, after=first.pk)] == [second.pk]
    assert not queries.movements(cast.zoe).exists()


def test_verbs_are_those_that_lead_on(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    assert queries.verbs(cast.kim, receipt) == ("inspect", "dispute", "reopen")
    assert queries.verbs(cast.fay, receipt) == ()
    stranger = actions.receive_unknown("X1", [actions.Stranger("Spoon")], merchant=cast.lanting, actor=cast.kim, at=NOW)
    assert queries.verbs(cast.kim, stranger) == ("inspect", "match")


def test_receipts_of_a_return_come_with_lines_and_findings(cast: Cast, django_assert_num_queries) -> None:
    made = build_warehouse.inspected(cast).return_request
    with django_assert_num_queries(6):
        [receipt] = queries.receipts_of(cast.bo, made)
        assert [inspection.grade for line in receipt.lines.all() for inspection in line.inspections.all()] == ["A"]
    assert queries.receipts_of(cast.zoe, made) == []
    assert len(queries.receipts_of(build.shopper_of(made.order), made)) == 1
