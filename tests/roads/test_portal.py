"""The road home as a shopper walks it: from the lost throw in Lyon to the money back, with the worker in between."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from homeward.cases.models import Case
from homeward.conversations import actions as conversation_actions
from homeward.conversations import post
from homeward.conversations.models import Notice
from homeward.conversations.ports import FakeMailer
from homeward.logistics.models import Center, Parcel
from homeward.orders.models import Order
from homeward.returns import queries as return_queries
from homeward.returns.models import Return, Withdrawal
from homeward.settlements import actions as settlement_actions
from homeward.settlements.models import Refund
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.models import Receipt
from tests.support import build, build_logistics, build_warehouse
from tests.support.cast import Cast
from tests.support.portal import Visitor, photo
from tests.support.road import Drain

pytestmark = [pytest.mark.django_db, pytest.mark.road]


@pytest.fixture
def order(cast: Cast, center: Center) -> Order:
    return build.order(cast.lanting, at=timezone.now(), ship_to=build_logistics.SHIP_TO, shipping_minor=590)


def h1(page: str) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r"<h1.*?</h1>", page, re.DOTALL).group()).strip()


def see(visitor: Visitor, made: Return) -> str:
    return visitor.get(f"returns/{made.number}/").content.decode()


def test_a_broken_throw_comes_back_and_its_money_returns(cast: Cast, order: Order, drain: Drain) -> None:
    mei = Visitor()
    mei.prove(order, "69003")
    mei.choose(order, 2)
    mei.reason(order, "delivery/damaged_in_transit", words="La frange est arrachée.", photos=[photo("frange.jpg")])
    mei.solve(order, "refund", "label")
    sent = mei.send(order)
    made = Return.objects.get()
    drain()
    at = timezone.now()
    assert sent.url == f"/r/lanting/returns/{made.number}/"
    assert h1(see(mei, made)).startswith("Hand your parcel over by")

    receipt = build_warehouse.again(cast.kim, Receipt.objects.get())
    warehouse_actions.receive(receipt, build_warehouse.counts(receipt), actor=cast.kim, at=at)
    drain()
    assert h1(see(mei, made)).startswith("We check your parcel by")

    receipt = build_warehouse.again(cast.kim, receipt)
    warehouse_actions.inspect_all(receipt, build_warehouse.all_found(receipt), actor=cast.kim, at=at)
    drain()
    if not Refund.objects.exists():
        settlement_actions.settle(made.pk, actor=cast.fay, at=at)
    drain()
    assert h1(see(mei, made)).startswith("€105.70 will be with you by")

    settlement_actions.confirm_transfers(list(Refund.objects.all()), bank_ref="SEPA 7", actor=cast.fay, at=at)
    drain()
    assert h1(see(mei, made)).startswith("€105.70 was paid back on")
    told = list(Notice.objects.order_by("pk").values_list("kind", flat=True))
    assert sorted(told) == sorted(
        ["authorized", "label_ready", "parcel_received", "inspected", "refund_sent", "refund_confirmed"]
    )
    assert len(mail.outbox) == len(told)
    assert all(message.to == ["mei@lyon.example"] for message in mail.outbox)
    assert all(made.number in message.subject for message in mail.outbox)


def test_the_page_shows_the_road_and_no_inner_steps_of_the_desk(cast: Cast, order: Order, drain: Drain) -> None:
    mei = Visitor()
    made = mei.ask(order, 1)
    conversation_actions.say(made.case, body="Careful with her.", actor=cast.bo, at=timezone.now(), is_note=True)
    drain()

    page = see(mei, made)

    assert "Return authorized" in page
    assert "Careful with her." not in page
    assert "Mail written" not in page
    assert "Case opened" not in page


def test_a_question_is_answered_on_the_page_and_by_mail(cast: Cast, order: Order, drain: Drain) -> None:
    mei = Visitor()
    made = mei.ask(order, 1)
    mei.post(f"returns/{made.number}/message/", {"text": "Quand serai-je remboursée ?", "nonce": "1"})
    case = Case.objects.get(pk=made.case_id)
    assert case.clocks.get(kind="next_response").met_at is None

    conversation_actions.say(case, body="Mardi.", actor=cast.bo, at=timezone.now())
    drain()

    assert "Mardi." in see(mei, made)
    assert any("> Mardi." in message.body for message in mail.outbox)
    assert Case.objects.get(pk=made.case_id).clocks.get(kind="next_response").met_at is not None


def test_calling_off_frees_the_units_for_a_new_return(cast: Cast, order: Order, drain: Drain) -> None:
    mei = Visitor()
    first = mei.ask(order, 2)
    mei.post(f"returns/{first.number}/withdraw/")
    drain()

    second = mei.ask(order, 2)

    assert second.state == "authorized"
    assert Parcel.objects.get(return_request=first).state == "cancelled"
    assert "withdrawn" in Notice.objects.values_list("kind", flat=True)


def test_someone_who_withdrew_sends_it_back_by_the_same_door(cast: Cast, order: Order, drain: Drain) -> None:
    mei = Visitor()
    mei.post("withdraw/", {"name": "Mei Lin", "contract": order.number, "email": order.email})
    receipt = mei.client.get(mei.post("withdraw/confirm/").url).content.decode()
    drain()
    link = re.search(r'href="(/r/lanting/\?order=[^"]+)"', receipt).group(1)

    assert f'value="{order.number}"' in mei.client.get(link).content.decode()
    made = mei.ask(order, 2)

    declared = Withdrawal.objects.get()
    assert declared.order == order
    assert declared.acknowledged_at is not None
    assert return_queries.of_order(build.shopper_of(order), order.pk) == [made]


def test_without_a_mail_server_all_of_it_is_kept_for_the_office(
    cast: Cast, order: Order, drain: Drain, no_mail_server: None
) -> None:
    Visitor().ask(order, 1)
    drain()

    assert mail.outbox == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"kept"}


def test_a_mail_server_that_is_down_delays_and_loses_nothing(
    cast: Cast, order: Order, drain: Drain, mailer: FakeMailer
) -> None:
    mailer.is_down = True
    Visitor().ask(order, 1)
    drain()
    waiting = Notice.objects.filter(state="intended", attempts=1).count()
    mailer.is_down = False

    post.send_due(at=timezone.now() + timedelta(minutes=2))

    assert waiting == Notice.objects.filter(state="sent").count() == len(mailer.outbox) > 0
