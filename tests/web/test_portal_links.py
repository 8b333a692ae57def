"""Links by mail: signed, for one purpose, good for a time; an old one offers a new one, a forged one is 404."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from homeward.orders.models import Order
from homeward.web.portal import links
from tests.support import build
from tests.support.cast import Cast
from tests.support.portal import Visitor, old_token

pytestmark = [pytest.mark.django_db, pytest.mark.road]


@pytest.fixture(autouse=True)
def fresh_limits(cast: Cast) -> None:
    cache.clear()


@pytest.fixture
def order(cast: Cast) -> Order:
    return build.order(cast.lanting, at=timezone.now())


@pytest.fixture
def mei() -> Visitor:
    return Visitor()


def path_in(body: str, kind: str) -> str:
    """Return the path of the first link of a kind in a mail."""
    return re.search(rf"https?://[^/\s]+(/r/\S+/{kind}/\S+)", body).group(1)


def test_a_link_to_the_mailbox_opens_the_order(mei: Visitor, order: Order, drain: Callable[..., int]) -> None:
    answer = mei.post("link/", {"email": "MEI@lyon.example"})
    drain()

    opened = mei.client.get(path_in(mail.outbox[0].body, "open"))

    assert "a mail with a link is on its way" in answer.content.decode()
    assert opened.url == f"/r/lanting/orders/{order.ref}/"
    assert mei.client.get(opened.url).status_code == 200


def test_an_unknown_mailbox_gets_the_same_answer_and_no_mail(mei: Visitor, order: Order, drain) -> None:
    known = mei.post("link/", {"email": "mei@lyon.example"}).content
    unknown = mei.post("link/", {"email": "zoe@lyon.example"}).content
    drain()

    assert known.replace(b"mei@", b"") == unknown.replace(b"zoe@", b"")
    assert [sent.to for sent in mail.outbox] == [["mei@lyon.example"]]


def test_one_mailbox_gets_four_links_an_hour_whatever_its_plus(mei: Visitor, order: Order) -> None:
    answers = [mei.post("link/", {"email": f"mei+{n}@lyon.example"}).status_code for n in range(5)]

    assert answers == [200, 200, 200, 200, 429]


def test_orders_of_another_shop_are_not_mailed(mei: Visitor, cast: Cast, order: Order, drain) -> None:
    build.order(cast.nordlicht, number="NL-1")
    mei.post("link/", {"email": "mei@lyon.example"})
    drain()

    assert "NL-1" not in mail.outbox[0].body


def test_an_expired_link_offers_a_new_one(mei: Visitor, order: Order, drain: Callable[..., int]) -> None:
    token = old_token(links.ORDER, {"order": order.pk})
    expired = mei.get(f"open/{token}/")

    renewed = mei.post("link/renew/", {"purpose": "order", "token": token})
    drain()

    assert expired.status_code == 410
    assert "Send me a new link" in expired.content.decode()
    assert mei.get(f"orders/{order.ref}/").status_code == 404
    assert renewed.status_code == 200
    assert mail.outbox[0].to == ["mei@lyon.example"]
    assert mei.client.get(path_in(mail.outbox[0].body, "open")).status_code == 302


def test_a_forged_link_is_404(mei: Visitor, order: Order) -> None:
    token = links.sign(links.ORDER, {"order": order.pk})

    assert mei.get(f"open/{token[:-2]}xx/").status_code == 404
    assert mei.get("open/nonsense/").status_code == 404
    assert mei.post("link/renew/", {"purpose": "order", "token": "nonsense"}).status_code == 404
    assert mei.post("link/renew/", {"purpose": "nothing", "token": token}).status_code == 404


def test_a_link_serves_one_purpose(mei: Visitor, order: Order) -> None:
    token = links.sign(links.ORDER, {"order": order.pk})

    assert mei.get(f"go/{token}/").status_code == 404
    assert mei.get(f"draft/{token}/").status_code == 404


def test_a_link_does_not_open_an_order_in_another_shop(order: Order) -> None:
    token = links.sign(links.ORDER, {"order": order.pk})

    assert Visitor("nordlicht").get(f"open/{token}/").status_code == 404


def test_a_draft_is_taken_up_on_another_device(mei: Visitor, order: Order, drain) -> None:
    mei.prove(order)
    mei.choose(order, 2)
    mei.reason(order, "size_color/too_small", words="Trop petit")
    sent = mei.post(f"orders/{order.ref}/later/")
    drain()
    phone = Visitor()

    opened = phone.client.get(path_in(mail.outbox[0].body, "draft"))

    assert sent.status_code == 200
    assert opened.url == f"/r/lanting/orders/{order.ref}/"
    assert "Trop petit" in phone.get(f"orders/{order.ref}/reasons/1/").content.decode()
    assert 'value="2"' in phone.get(f"orders/{order.ref}/").content.decode()
