"""Where the money goes: to two payments, after a declaration of withdrawal, and on a second try."""

from __future__ import annotations

from typing import Any

import pytest

from homeward.conversations.models import Notice
from homeward.orders.models import Order, Payment
from homeward.returns.models import Return, Withdrawal
from homeward.settlements.fakes import FakePayments
from homeward.settlements.models import Refund, Remedy
from tests.support import build, build_logistics
from tests.support.cast import Cast
from tests.support.house import House, text_of
from tests.support.portal import Visitor
from tests.support.road import LATER, TODAY, Drain, bring_home, is_balanced

pytestmark = [pytest.mark.road, pytest.mark.django_db]

CARD = {"provider": "stripe", "external_id": "pi_1", "method": "Visa •• 4402", "captured_minor": 7_000}
GIFT_CARD = {"provider": "gift_card", "external_id": "gc_1", "method": "Gift card", "captured_minor": 3_000}


def bought(cast: Cast, *payments: dict[str, Any], **more: Any) -> Order:
    """An order of two throws at €50 for Mei, who reads English here."""
    return build.order(
        cast.lanting, at=TODAY, lines=({"unit_minor": 5_000},), payments=list(payments), locale="en",
        ship_to=build_logistics.SHIP_TO, **more,
    )  # fmt: skip


def come_back(house: House, made: Return, units: int, drain: Drain) -> None:
    """Let so many units come home, and look at the return again."""
    bring_home(house, made, drain, units)
    made.refresh_from_db()


def refunds() -> list[tuple[str, int, str]]:
    """The refunds so far: provider, sum, state."""
    return list(Refund.objects.order_by("pk").values_list("provider", "amount_minor", "state"))


def test_what_gift_card_and_card_paid_together_goes_to_the_card_first_and_never_more_than_each_paid(
    cast: Cast, house: House, stripe: FakePayments, drain: Drain
) -> None:  # M12
    order = bought(cast, CARD, GIFT_CARD)
    mei = Visitor(HTTP_ACCEPT_LANGUAGE="en")
    come_back(house, mei.ask(order, 1), 1, drain)
    assert refunds() == [("stripe", 5_000, "confirmed")]

    second = mei.ask(order, 1)
    come_back(house, second, 1, drain)
    assert refunds()[1:] == [("stripe", 2_000, "confirmed"), ("gift_card", 3_000, "sent")]
    gift_card = Refund.objects.get(provider="gift_card")
    house.do(house.fay, f"/office/refunds/{gift_card.ref}/confirm", bank_ref="GC-771")

    second.refresh_from_db()
    assert second.state == "settled"
    assert [payment.left.minor for payment in Payment.objects.all()] == [0, 0]
    assert sum(instruction.amount.minor for instruction, _ in stripe.books) == 7_000


def test_a_declaration_of_withdrawal_is_acknowledged_and_its_money_comes_with_the_goods(
    cast: Cast, house: House, drain: Drain
) -> None:
    order = bought(cast, {}, delivered_ago=10)
    mei = Visitor(HTTP_ACCEPT_LANGUAGE="en")
    mei.post("withdraw/", {"name": "Mei Lin", "contract": order.number, "email": order.email})
    receipt = mei.client.get(mei.post("withdraw/confirm/").url)
    drain(at=LATER)
    declared = Withdrawal.objects.get()
    assert declared.number in text_of(receipt)
    assert (declared.order, declared.acknowledged_at is not None) == (order, True)

    made = mei.ask(order, 2)
    come_back(house, made, 2, drain)
    house.pay()
    drain(at=LATER)

    made.refresh_from_db()
    assert (made.state, [sum_ for _, sum_, _ in refunds()]) == ("settled", [10_000])
    told = set(Notice.objects.values_list("kind", flat=True))
    assert {"authorized", "refund_sent", "refund_confirmed"} <= told
    assert declared.number in text_of(house.ada.get("/office/withdrawals/"))


def test_money_that_the_provider_turns_down_is_seen_by_finance_and_sent_on_a_second_try(
    cast: Cast, house: House, stripe: FakePayments, drain: Drain
) -> None:  # G5, G10, G16
    stripe.refuses = "The card has expired"
    mei = Visitor(HTTP_ACCEPT_LANGUAGE="en")
    made = mei.ask(bought(cast, CARD | {"captured_minor": 10_000}), 2)
    come_back(house, made, 2, drain)
    assert refunds() == [("stripe", 10_000, "failed")]
    assert Payment.objects.get().left.minor == 10_000
    assert "did not go through" in text_of(mei.get(f"returns/{made.number}/"))
    assert "The card has expired" in text_of(house.fay.get("/office/refunds/?state=failed"))
    assert "refund_confirmed" not in Notice.objects.values_list("kind", flat=True)

    stripe.refuses = ""
    remedy = Remedy.objects.get()
    house.do(house.fay, f"/office/remedies/{remedy.ref}/execute")
    again = house.fay.post(f"/office/remedies/{remedy.ref}/execute")
    drain(at=LATER)

    made.refresh_from_db()
    assert again.status_code == 409
    assert made.state == "settled"
    assert refunds() == [("stripe", 10_000, "failed"), ("stripe", 10_000, "confirmed")]
    assert len(stripe.books) == 1
    assert is_balanced(cast)
