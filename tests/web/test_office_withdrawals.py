"""Declarations in the office and at the desk: failed mails, candidates, the case with the clock, pages of the shop."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from django.test import Client

from homeward.conversations.models import Notice
from homeward.conversations.ports import FakeMailer
from homeward.kernel import Role
from homeward.returns import actions as return_actions
from homeward.returns.models import Withdrawal
from tests.support import build, people
from tests.support.cast import NOW, Cast
from tests.support.mailing import mailer
from tests.support.markup import faults

__all__ = ["mailer"]
pytestmark = pytest.mark.django_db


def sign_in(cast: Cast, role: Role, name: str) -> Client:
    return people.client_of(people.hire(cast, role, name, of_operator=role == Role.OPERATOR))


@pytest.fixture
def lin(cast: Cast) -> Client:
    """The client of the merchant."""
    return sign_in(cast, Role.MERCHANT, "Lin")


def declare(cast: Cast, contract: str = "my blue throw") -> Withdrawal:
    return return_actions.declare_withdrawal(
        merchant=cast.lanting, name="Mei Lin", contract=contract, email="mei@lyon.example", locale="en", country="FR",
        actor=cast.machine, at=NOW,
    )  # fmt: skip


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert (answer.status_code, faults(answer.content.decode())) == (200, []), path
    return html.unescape(answer.content.decode())


def test_a_receipt_that_cannot_be_mailed_loses_nothing_and_is_shown(
    cast: Cast, lin: Client, mailer: FakeMailer, drain: Callable[..., int]
) -> None:
    mailer.unknown.add("mei@lyon.example")
    made = declare(cast)

    drain()

    assert Notice.objects.get().state == "failed"
    assert "mail failed" in text(lin, "/office/withdrawals/")
    page = text(lin, f"/office/withdrawals/{made.ref}/")
    assert "550 no mailbox here" in page
    assert f"/office/notices/{Notice.objects.get().ref}/" in page


def test_orders_that_may_be_meant_are_offered(cast: Cast, lin: Client) -> None:
    build.order(cast.lanting, email="other@example.org")
    made = declare(cast, "Order lt 48213 of May")

    assert "LT-48213" in text(lin, f"/office/withdrawals/{made.ref}/")


def test_the_desk_sees_what_was_declared_and_finds_the_order(cast: Cast) -> None:
    order, bo = build.order(cast.lanting), sign_in(cast, Role.AGENT, "Bo")
    build.order(cast.lanting, number="LT-90001")
    made = declare(cast)
    path = f"/desk/cases/{made.case.number}/"
    page = text(bo, path)
    assert f"Declaration of withdrawal {made.number}" in page
    assert "Find the order" in page
    assert "Refund by law" in page

    bo.post(f"/office/withdrawals/{made.ref}/match", {"order": order.number})

    made.refresh_from_db()
    assert made.order == order
    assert "It is about order LT-48213" in text(bo, path)


def test_what_to_copy_is_shown_and_the_shops_addresses_are_kept(cast: Cast, lin: Client) -> None:
    path = "/office/withdrawals/shop-page/lanting/"
    page = text(lin, path)
    for words in (
        "/r/lanting/withdraw.js",
        "/r/lanting/withdraw/embed/",
        ">Vertrag widerrufen</a>",
        "/r/lanting/withdraw/?lang=fr",
    ):
        assert words in page, words

    lin.post(path, {"origins": "Shop.example\nhttps://www.shop.example/"})

    cast.lanting.refresh_from_db()
    assert cast.lanting.shop_origins == ["https://shop.example", "https://www.shop.example"]
    assert "https://www.shop.example" in text(lin, path)


def test_a_wrong_address_is_named_and_nothing_is_kept(cast: Cast, lin: Client) -> None:
    answer = lin.post(
        "/office/withdrawals/shop-page/lanting/", {"origins": "https://fine.example\nhttp://open.example"}
    )

    assert (answer.status_code, faults(answer.content.decode())) == (422, [])
    assert "“http://open.example” is no address" in html.unescape(answer.content.decode())
    cast.lanting.refresh_from_db()
    assert cast.lanting.shop_origins == []


def test_nobody_sets_the_addresses_of_another_shop(cast: Cast, lin: Client) -> None:
    assert lin.post("/office/withdrawals/shop-page/nordlicht/", {"origins": "https://evil.example"}).status_code == 404


def test_one_shop_is_led_to_its_page_and_an_operator_picks(cast: Cast, lin: Client) -> None:
    assert lin.get("/office/withdrawals/shop-page/").url.endswith("/shop-page/lanting/")
    page = text(sign_in(cast, Role.OPERATOR, "Olu"), "/office/withdrawals/shop-page/")
    assert "/shop-page/nordlicht/" in page
