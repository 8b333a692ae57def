"""What a desk decides with a shopper: a replacement, money without a return, a part of the price, a second look."""

from __future__ import annotations

from typing import Any

import pytest

from homeward.conversations.models import Notice
from homeward.kernel import Money
from homeward.logistics.models import Parcel
from homeward.orders.models import Order, OrderLine, Payment
from homeward.returns.models import Evidence, Return
from homeward.settlements.models import Refund, Remedy, Replacement
from homeward.warehouse.models import Receipt
from tests.support import build, build_logistics
from tests.support.cast import Cast
from tests.support.house import House, text_of
from tests.support.portal import Visitor, photo
from tests.support.road import LATER, TODAY, Drain, bring_home, is_balanced

pytestmark = [pytest.mark.road, pytest.mark.django_db]


def bought(cast: Cast, **more: Any) -> Order:
    """An order of one lamp for £60, delivered to Tom in Leeds 230 days ago: whether it was sound is his to show."""
    told = {
        "email": "tom@leeds.example", "name": "Tom Hale", "country": "GB", "locale": "en", "currency": "GBP",
        "lines": ({"title": "Desk lamp", "unit_minor": 6000, "quantity": 1},), "delivered_ago": 230,
    }  # fmt: skip
    return build.order(cast.lanting, at=TODAY, ship_to=build_logistics.SHIP_TO, **told | more)


def complains(
    order: Order, *, remedy: str = "replacement", words: str = "It does not light up."
) -> tuple[Visitor, Return]:
    """Let the shopper ask through the door for faulty goods, with a photo."""
    browser = Visitor(HTTP_ACCEPT_LANGUAGE="en").prove(order)
    browser.post(f"orders/{order.ref}/", {"door": order.lines.get().ref})
    browser.reason(order, "quality/defective", words=words, photos=[photo("lamp.jpg")])
    browser.solve(order, remedy, "label")
    number = browser.send(order).url.rstrip("/").rsplit("/", 1)[-1]
    return browser, Return.objects.get(number=number)


def reads(browser: Visitor, made: Return) -> str:
    """The shopper's page of a return."""
    return text_of(browser.get(f"returns/{made.number}/"))


def state_of(made: Return) -> str:
    """How a return stands."""
    made.refresh_from_db()
    return made.state


def test_tom_in_leeds_gets_a_lamp_that_works(cast: Cast, house: House, drain: Drain) -> None:
    order = bought(cast)
    tom, made = complains(order)
    assert (made.state, Evidence.objects.count()) == ("under_review", 1)
    drain(at=LATER)
    case = text_of(house.bo.get(f"/desk/cases/{made.case.number}/"))
    assert "It does not light up." in case
    assert "GB-CRA" in case

    house.decide(house.ada, made, "authorize", remedy="replacement", goods_back="yes")
    drain(at=LATER)
    receipt = house.scan(made.number)
    house.receive(receipt, (1, 0, 0))
    house.inspect(receipt, grade="D", disposition="destroy", no_photo="on", note="No light")
    drain(at=LATER)

    new = Replacement.objects.get()
    house.do(house.bo, f"/desk/replacements/{new.ref}/ship", carrier="Royal Mail", tracking_number="RM 1")
    drain(at=LATER)
    house.do(house.bo, f"/desk/replacements/{new.ref}/deliver")
    drain(at=LATER)

    assert state_of(made) == "settled"
    assert Replacement.objects.get().state == "delivered"
    assert not Refund.objects.exists()
    assert Payment.objects.get().left == Money.of("60", "GBP")
    assert "Your new item was delivered" in reads(tom, made)
    assert {"authorized", "label_ready"} <= set(Notice.objects.values_list("kind", flat=True))
    assert "RM 1" in Notice.objects.get(kind="replacement_shipped").text


def test_what_costs_more_to_send_than_it_is_worth_stays_and_the_money_goes(
    cast: Cast, house: House, drain: Drain
) -> None:
    order = bought(cast, lines=({"title": "Mug", "unit_minor": 600, "quantity": 1},))
    tom, made = complains(order, words="The handle is off.")

    house.decide(house.ada, made, "authorize", remedy="refund", goods_back="no")
    drain(at=LATER)
    house.pay()
    drain(at=LATER)

    assert state_of(made) == "settled"
    assert not Parcel.objects.exists()
    assert not Receipt.objects.exclude(state="cancelled").exists()
    assert Refund.objects.get().amount == Money.of("6", "GBP")
    assert "£6.00 was paid back" in reads(tom, made)
    assert OrderLine.objects.get().held == 1


def test_a_part_of_the_price_is_offered_accepted_and_paid_and_the_lamp_stays(
    cast: Cast, house: House, drain: Drain
) -> None:
    order = bought(cast)
    tom, made = complains(order, words="A scratch on the foot.")

    house.decide(house.ada, made, "offer", part=25, note="A scratch")
    drain(at=LATER)
    offer = Remedy.objects.get()
    assert "£15.00" in reads(tom, made)
    tom.post(f"returns/{made.number}/offers/{offer.ref}/accept/")
    tom.post(f"returns/{made.number}/offers/{offer.ref}/accept/")
    drain(at=LATER)
    house.pay()
    drain(at=LATER)

    assert state_of(made) == "settled"
    assert [refund.amount for refund in Refund.objects.all()] == [Money.of("15", "GBP")]
    assert Payment.objects.get().left == Money.of("45", "GBP")
    assert not Parcel.objects.exclude(state="cancelled").exists()


def test_an_offer_that_is_turned_down_leaves_the_whole_right(cast: Cast, house: House, drain: Drain) -> None:
    order = bought(cast)
    tom, made = complains(order)
    house.decide(house.ada, made, "offer", part=25, note="A scratch")
    drain(at=LATER)
    offer = Remedy.objects.get()

    tom.post(f"returns/{made.number}/offers/{offer.ref}/decline/")
    drain(at=LATER)
    house.decide(house.ada, made, "authorize", remedy="refund", goods_back="yes")
    bring_home(house, made, drain)
    house.pay()
    drain(at=LATER)

    assert state_of(made) == "settled"
    assert dict(Remedy.objects.values_list("kind", "state")) == {"partial_refund": "declined", "refund": "done"}
    assert Refund.objects.get().amount == Money.of("60", "GBP")


def test_who_is_late_asks_a_person_who_refuses_and_another_who_overturns_it(
    cast: Cast, house: House, drain: Drain
) -> None:
    order = bought(cast)
    tom = Visitor(HTTP_ACCEPT_LANGUAGE="en").prove(order)
    tom.post(f"orders/{order.ref}/", {"review": order.lines.get().ref})
    tom.reason(order, "changed_mind", words="I was in hospital.")
    tom.solve(order)
    made = Return.objects.get(number=tom.send(order).url.rstrip("/").rsplit("/", 1)[-1])
    assert made.state == "under_review"

    house.decide(house.bo, made, "refuse", ground="other", note="Seven months are too long.")
    drain(at=LATER)
    assert "Seven months are too long." in reads(tom, made)
    assert OrderLine.objects.get().held == 0
    house.decide(house.ada, made, "overturn", note="He was in hospital.")
    drain(at=LATER)
    assert OrderLine.objects.get().held == 1
    bring_home(house, made, drain)
    house.pay()
    drain(at=LATER)

    assert state_of(made) == "settled"
    told = list(Notice.objects.order_by("pk").values_list("kind", flat=True))
    assert told.index("refused") < told.index("authorized") < told.index("refund_confirmed")
    assert len(told) == len(set(told))
    assert is_balanced(cast)
