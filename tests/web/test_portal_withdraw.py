"""The withdrawal function: two steps, no reason, no account, never turned away, acknowledged with date and time."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse

from homeward.conversations.models import Notice
from homeward.returns.models import Withdrawal
from tests.support import build
from tests.support.cast import Cast
from tests.support.portal import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.road]


@pytest.fixture(autouse=True)
def fresh_limits(cast: Cast) -> None:
    cache.clear()


@pytest.fixture
def guest() -> Visitor:
    return Visitor()


def declare(visitor: Visitor, **more: str) -> HttpResponse:
    """Walk through both steps and return the page of the receipt."""
    first = visitor.post("withdraw/", {"name": "Mei Lin", "contract": "LT-48213", "email": "mei@lyon.example"} | more)
    assert first.status_code == 302, first.content
    second = visitor.post("withdraw/confirm/")
    assert second.status_code == 302, second.content
    return visitor.client.get(second.url)


def test_a_guest_withdraws_and_gets_a_receipt_with_date_and_time(guest: Visitor) -> None:
    page = declare(guest)

    made = Withdrawal.objects.get()
    assert made.number in page.content.decode()
    assert re.search(r"\d\d:\d\d:\d\d \(", page.content.decode())
    assert "Withdrawal received" in page.content.decode()


def test_the_second_step_shows_the_declaration_before_it_counts(guest: Visitor) -> None:
    guest.post("withdraw/", {"name": "Mei Lin", "contract": "LT-48213", "email": "mei@lyon.example"})

    page = guest.get("withdraw/confirm/").content.decode()

    assert "I, Mei Lin, withdraw from contract LT-48213 with Lanting." in page
    assert "Confirm withdrawal" in page
    assert Withdrawal.objects.count() == 0


def test_only_name_contract_and_mail_are_asked_for(guest: Visitor) -> None:
    answer = guest.post("withdraw/")

    page = guest.get("withdraw/").content.decode()
    assert answer.content.decode().count('class="error"') == 3
    assert set(re.findall(r'name="(\w+)"', page)) - {"csrfmiddlewaretoken", "viewport"} >= {"name", "contract", "email"}
    assert page.count(" required") == 3


def test_a_known_order_is_matched_by_number_and_mail(cast: Cast, guest: Visitor) -> None:
    order = build.order(cast.lanting)

    declare(guest)

    assert Withdrawal.objects.get().order == order


def test_another_mail_address_is_taken_and_not_linked(cast: Cast, guest: Visitor) -> None:
    build.order(cast.lanting)

    page = declare(guest, email="zoe@evil.example")

    assert page.status_code == 200
    assert Withdrawal.objects.get().order is None


def test_known_and_unknown_contracts_look_the_same(cast: Cast, guest: Visitor) -> None:
    build.order(cast.lanting)

    known, unknown = declare(guest).content.decode(), declare(guest, contract="something I bought").content.decode()

    def shape(page: str) -> list[str]:
        return re.findall(r"<(\w+)", page)

    assert shape(known) == shape(unknown)


def test_the_receipt_is_mailed_with_the_full_content(guest: Visitor, drain: Callable[..., int]) -> None:
    declare(guest, scope="the blue throw")

    drain()

    (sent,) = mail.outbox
    made = Withdrawal.objects.get()
    assert sent.to == ["mei@lyon.example"]
    assert made.number in sent.subject
    for words in ("Mei Lin", "LT-48213", "the blue throw", "mei@lyon.example", "Lanting"):
        assert words in sent.body
    assert re.search(r"\d\d:\d\d:\d\d \(", sent.body)
    assert made.acknowledged_at is not None


def test_the_time_that_counts_is_that_of_the_click(guest: Visitor, drain: Callable[..., int]) -> None:
    declare(guest)
    received_at = Withdrawal.objects.get().received_at

    drain()

    assert Withdrawal.objects.get().received_at == received_at
    assert Notice.objects.get().written_at >= received_at


def test_the_receipt_can_be_saved_as_a_file(guest: Visitor) -> None:
    declare(guest)
    number = Withdrawal.objects.get().number

    file = guest.get(f"withdraw/{number}/receipt.txt")

    assert file.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f"{number}.txt" in file.headers["Content-Disposition"]
    assert "withdraw from contract LT-48213" in file.content.decode()


def test_nobody_else_sees_the_receipt(guest: Visitor) -> None:
    declare(guest)
    number = Withdrawal.objects.get().number

    assert Visitor().get(f"withdraw/{number}/").status_code == 404


def test_confirming_twice_shows_the_first_receipt(guest: Visitor) -> None:
    declare(guest)

    again = guest.post("withdraw/confirm/")

    assert again.status_code == 302
    assert Withdrawal.objects.get().number in again.url


def test_repeating_a_withdrawal_is_taken_too(guest: Visitor) -> None:
    declare(guest)
    declare(guest)

    assert Withdrawal.objects.count() == 2


def test_a_robot_is_stopped_at_the_first_step(guest: Visitor) -> None:
    answer = guest.post(
        "withdraw/", {"name": "x", "contract": "y", "email": "z@example.org", "website": "https://spam.example"}
    )

    assert answer.status_code == 422
    assert guest.post("withdraw/confirm/").url.endswith("/withdraw/")


def test_a_flood_from_one_address_must_wait_and_is_told_the_other_way(guest: Visitor) -> None:
    for _ in range(20):
        declare(guest)
    guest.post("withdraw/", {"name": "Mei", "contract": "LT-48213", "email": "mei@lyon.example"})

    answer = guest.post("withdraw/confirm/")

    assert answer.status_code == 429
    assert "service@lanting.example" in answer.content.decode()
    assert Withdrawal.objects.count() == 20


def test_one_mailbox_is_not_flooded_with_receipts(guest: Visitor, drain: Callable[..., int]) -> None:
    for number in range(8):
        declare(guest, email=f"mei+{number}@lyon.example")

    drain()

    assert len(mail.outbox) == 5
    assert Withdrawal.objects.count() == 8
    assert Notice.objects.filter(state="failed").count() == 3


def test_markup_in_a_name_is_shown_as_text(guest: Visitor) -> None:
    guest.post("withdraw/", {"name": "<img src=x onerror=alert(1)>", "contract": "<b>1</b>", "email": "a@example.org"})

    page = guest.get("withdraw/confirm/").content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_every_page_of_the_portal_leads_to_the_function(cast: Cast, guest: Visitor) -> None:
    for path in ("", "link/", "withdraw/"):
        assert 'href="/r/lanting/withdraw/' in guest.get(path).content.decode()
