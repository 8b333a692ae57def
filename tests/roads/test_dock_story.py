"""What happens where the parcel is not what was announced: a part of it, a second parcel, another item and a ruling."""

from __future__ import annotations

import pytest

from homeward.orders.models import Order
from homeward.returns.models import Return
from homeward.settlements.models import Refund
from homeward.warehouse.models import Receipt, StockMovement
from tests.support import build, build_logistics
from tests.support.cast import Cast
from tests.support.house import House, text_of
from tests.support.portal import Visitor
from tests.support.road import LATER, TODAY, Drain

pytestmark = [pytest.mark.road, pytest.mark.django_db]

X = {"grade": "X", "disposition": "quarantine", "no_photo": "on", "note": "A tea towel, not a throw"}


def bought(cast: Cast, units: int) -> Order:
    """An order of Mei's: throws at €30 and delivery for €6."""
    lines = ({"unit_minor": 3000, "quantity": units},)
    return build.order(
        cast.lanting, at=TODAY, lines=lines, shipping_minor=600, ship_to=build_logistics.SHIP_TO, locale="en"
    )


def paid() -> list[int]:
    """The refunds so far, in cents."""
    return list(Refund.objects.order_by("pk").values_list("amount_minor", flat=True))


def test_two_of_three_come_first_and_the_third_a_week_later(cast: Cast, house: House, drain: Drain) -> None:  # D1, D5
    mei = Visitor(HTTP_ACCEPT_LANGUAGE="en")
    made = mei.ask(bought(cast, 3), 3)
    drain(at=LATER)

    first = house.scan(made.number)
    house.receive(first, (2, 0, 0))
    house.inspect(first, quantity=2)
    drain(at=LATER)
    house.pay()
    drain(at=LATER)
    made.refresh_from_db()
    assert paid() == [6000]
    assert (made.state, made.order.lines.get().held) == ("authorized", 3)
    assert "What is missing stays open" in text_of(mei.get(f"returns/{made.number}/"))

    second = house.scan_again(made.number)
    house.receive(second, (1, 0, 0))
    house.inspect(second)
    drain(at=LATER)
    house.pay()
    drain(at=LATER)
    made.refresh_from_db()
    assert paid() == [6000, 3600]  # the delivery comes back with the last unit
    assert made.state == "settled"
    assert sorted(Receipt.objects.values_list("outcome", flat=True)) == ["match", "short"]
    assert sum(StockMovement.objects.values_list("quantity", flat=True)) == 3


def test_counting_more_than_was_announced_takes_a_second_look(cast: Cast, house: House, drain: Drain) -> None:  # D2
    made = Visitor().ask(bought(cast, 3), 1)
    drain(at=LATER)
    receipt = house.scan(made.number)
    line = receipt.lines.get().key
    answer = house.kim.post(
        f"/dock/receipts/{receipt.ref}/receive",
        {f"{line}-good": 2, f"{line}-damaged": 0, f"{line}-wrong": 0},
        HTTP_ACCEPT_LANGUAGE="en",
    )
    assert answer.status_code == 422
    assert "You counted 2, announced were 1." in text_of(answer)

    house.receive(receipt, (2, 0, 0), **{f"{line}-over": "on"})
    house.inspect(receipt, quantity=2)
    drain(at=LATER)
    assert Receipt.objects.get().outcome == "over"
    assert paid() == [3000]


def running(made: Return, *kinds: str) -> list[str]:
    """Those clocks of a return that run."""
    clocks = made.case.clocks.filter(kind__in=kinds, paused_at=None, met_at=None)
    return sorted(clocks.values_list("kind", flat=True))


def wrong_item(cast: Cast, house: House, drain: Drain) -> tuple[Return, Receipt]:
    """A return of one throw, in whose box lay something else; the receipt is contested."""
    made = Visitor().ask(bought(cast, 1), 1)
    drain(at=LATER)
    receipt = house.scan(made.number)
    house.receive(receipt, (0, 0, 1))
    house.inspect(receipt, **X)
    drain(at=LATER)
    receipt.refresh_from_db()
    return made, receipt


def test_another_item_moves_no_money_until_somebody_has_ruled_for_the_shopper(
    cast: Cast, house: House, drain: Drain
) -> None:  # D7, D17
    made, receipt = wrong_item(cast, house, drain)
    assert (receipt.state, receipt.outcome, paid()) == ("disputed", "wrong", [])
    assert not StockMovement.objects.filter(destination="restock").exists()

    house.do(house.ada, f"/desk/receipts/{receipt.ref}/resolve", ruling="in_favor", note="Our label was on the towel")
    drain(at=LATER)
    house.pay()
    drain(at=LATER)

    made.refresh_from_db()
    assert (made.state, paid()) == ("settled", [3600])


def test_what_the_dock_found_stands_and_the_throw_may_still_come(cast: Cast, house: House, drain: Drain) -> None:
    made, receipt = wrong_item(cast, house, drain)
    house.do(house.ada, f"/desk/receipts/{receipt.ref}/resolve", ruling="as_found", note="The towel is not ours")
    drain(at=LATER)
    made.refresh_from_db()
    assert (made.state, made.goods_at, paid()) == ("authorized", None, [])
    page = text_of(Visitor(HTTP_ACCEPT_LANGUAGE="en").prove(made.order).get(f"returns/{made.number}/"))
    assert "We found something else in your parcel than announced" in page
    assert "We promise your money" not in page
    assert not running(made, "refund_promise", "refund_law")

    second = house.scan_again(made.number)
    house.receive(second, (1, 0, 0))
    house.inspect(second)
    assert running(made, "refund_promise", "refund_law")
    drain(at=LATER)
    assert paid() == [3600]


def test_a_box_without_anything_moves_no_money_and_the_throw_may_still_come(
    cast: Cast, house: House, drain: Drain
) -> None:
    mei = Visitor(HTTP_ACCEPT_LANGUAGE="en")
    made = mei.ask(bought(cast, 1), 1)
    drain(at=LATER)
    receipt = house.scan(made.number)
    house.receive(receipt, (0, 0, 0))
    house.do(house.ada, f"/desk/receipts/{receipt.ref}/resolve", ruling="as_found", note="Weighed on arrival: empty")
    drain(at=LATER)
    assert "Nothing lay in the box" in text_of(mei.get(f"returns/{made.number}/"))

    second = house.scan_again(made.number)
    house.receive(second, (1, 0, 0))
    house.inspect(second)
    drain(at=LATER)
    assert paid() == [3600]


def test_a_ruling_that_is_turned_around_brings_the_money_after_all(cast: Cast, house: House, drain: Drain) -> None:
    made, receipt = wrong_item(cast, house, drain)
    house.do(house.ada, f"/desk/receipts/{receipt.ref}/resolve", ruling="as_found", note="The towel is not ours")
    house.do(house.ada, f"/desk/receipts/{receipt.ref}/dispute", ground="wrong_item", note="Mei sent a photo")
    house.do(house.ada, f"/desk/receipts/{receipt.ref}/resolve", ruling="in_favor", note="Our label is on the photo")
    drain(at=LATER)
    made.refresh_from_db()
    assert made.goods_at is not None
    assert paid() == [3600]
