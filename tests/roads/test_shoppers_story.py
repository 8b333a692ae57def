"""Four shoppers who changed their mind, each under their own law, in their own language and currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail

from homeward.cases.models import Case
from homeward.conversations.models import Notice
from homeward.kernel import Money
from homeward.orders.models import Order, OrderLine, Payment
from homeward.returns.models import Decision, Return
from homeward.settlements.models import Refund
from homeward.warehouse.models import Receipt, StockMovement
from tests.support import build, build_logistics
from tests.support.cast import Cast
from tests.support.house import House
from tests.support.portal import Visitor
from tests.support.road import LATER, TODAY, Drain, is_balanced

pytestmark = [pytest.mark.road, pytest.mark.django_db]


@dataclass(frozen=True)
class Buyer:
    """A shopper, where they live, and what they bought."""

    country: str
    locale: str
    currency: str
    unit: int
    days: float
    subdivision: str = ""
    header: str = ""

    def bought(self, cast: Cast, *, lines: Any = ({},), **more: Any) -> Order:
        """Build the order: lines of this price, delivered so many days ago, informed of the law."""
        priced = [{"unit_minor": self.unit} | line for line in lines]
        return build.order(
            cast.lanting, at=TODAY, country=self.country, locale=self.locale, currency=self.currency, lines=priced,
            delivered_ago=self.days, subdivision=self.subdivision, ship_to=build_logistics.SHIP_TO, **more,
        )  # fmt: skip

    def visits(self) -> Visitor:
        """Open the portal in a browser that speaks their language."""
        return Visitor(HTTP_ACCEPT_LANGUAGE=self.header or self.locale)


def travel(house: House, made: Return, drain: Drain, *counts: tuple[int, int, int]) -> None:
    """Let the parcel travel, be counted and graded as new, and the money follow."""
    drain(at=LATER)
    receipt = house.scan(made.number)
    house.receive(receipt, *counts)
    for place, (good, _, _) in enumerate(counts):
        for _unit in range(good):
            house.inspect(receipt, place)
    drain(at=LATER)
    house.pay()
    drain(at=LATER)
    made.refresh_from_db()


def law_of(made: Return) -> set[str]:
    """The clauses on which a return was judged."""
    documents = Decision.objects.filter(return_request=made).values_list("document", flat=True)
    return {ref for document in documents for ref in document.get("decision", {}).get("bases", [])}


def test_mei_in_lyon_sends_back_one_of_two_throws_and_keeps_the_cup(cast: Cast, house: House, drain: Drain) -> None:
    mei = Buyer("FR", "fr", "EUR", 4990, days=5)
    order = mei.bought(cast, lines=({}, {"title": "Cup", "unit_minor": 1500, "quantity": 1}), shipping_minor=590)
    browser = mei.visits()

    made = browser.ask(order, 1)
    travel(house, made, drain, (1, 0, 0))

    assert (made.state, law_of(made)) == ("settled", {"FR-WDR-L221-18"})
    refund = Refund.objects.get()
    assert (refund.state, refund.amount) == ("confirmed", Money.of("49.90", "EUR"))  # delivery stays: the cup stays
    assert dict(OrderLine.objects.values_list("title", "held")) == {"Linen throw": 1, "Cup": 0}
    assert "49,90" in browser.get(f"returns/{made.number}/").content.decode()
    assert StockMovement.objects.get().quantity == 1
    assert Case.objects.get(pk=made.case_id).state == "closed"
    assert {notice.locale for notice in Notice.objects.all()} == {"fr"}
    assert len(mail.outbox) == Notice.objects.count()
    assert is_balanced(cast)


def test_hana_in_osaka_is_paid_in_yen_within_eight_days(cast: Cast, house: House, drain: Drain) -> None:
    hana = Buyer("JP", "ja", "JPY", 9899, days=6)
    order = hana.bought(cast, lines=({"quantity": 1},))
    browser = hana.visits()

    made = browser.ask(order, 1)
    travel(house, made, drain, (1, 0, 0))

    assert (made.state, law_of(made)) == ("settled", {"JP-RET-15-3"})
    assert Refund.objects.get().amount == Money(9899, "JPY")
    assert Payment.objects.get().left == Money(0, "JPY")
    page = browser.get(f"returns/{made.number}/").content.decode()
    assert '<html lang="ja"' in page
    assert "9,899" in page
    assert is_balanced(cast)


def test_a_shopper_in_hangzhou_sends_back_within_seven_days_without_a_reason(
    cast: Cast, house: House, drain: Drain
) -> None:
    lan = Buyer("CN", "zh-hans", "CNY", 32800, days=6, header="zh-CN")
    order = lan.bought(cast, lines=({"quantity": 1},))
    browser = lan.visits()

    made = browser.ask(order, 1, reason="changed_mind/no_reason")
    travel(house, made, drain, (1, 0, 0))

    assert (made.state, law_of(made)) == ("settled", {"CN-7D-25"})
    assert Refund.objects.get().amount == Money.of("328.00", "CNY")
    page = browser.get(f"returns/{made.number}/").content.decode()
    assert '<html lang="zh-hans"' in page.lower()
    assert "328.00" in page


def test_on_the_day_after_the_seventh_only_the_promise_of_the_shop_is_left(cast: Cast) -> None:
    lan = Buyer("CN", "zh-hans", "CNY", 32800, days=9, header="zh-CN")
    made = lan.visits().ask(lan.bought(cast), 1)
    assert law_of(made) == {"STD-30D"}


def test_in_california_thirty_days_hold_where_the_shop_showed_no_terms(cast: Cast, house: House, drain: Drain) -> None:
    ana = Buyer("US", "en", "USD", 12000, days=20, subdivision="CA")
    order = ana.bought(cast, lines=({"quantity": 1},))

    made = ana.visits().ask(order, 1)
    travel(house, made, drain, (1, 0, 0))

    assert (made.state, law_of(made)) == ("settled", {"US-CA-1723"})
    assert Refund.objects.get().amount == Money.of("120.00", "USD")
    assert Receipt.objects.get().state == "inspected"
