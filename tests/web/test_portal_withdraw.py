"""The withdrawal function: two steps, no reason, no account, never turned away, acknowledged with date and time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from pypdf import PdfReader

from homeward.conversations import ports, post
from homeward.conversations.models import Notice
from homeward.conversations.ports import FakeMailer, FakeTypesetter
from homeward.returns.models import Withdrawal
from tests.support import build, relay
from tests.support.cast import NOW, Cast
from tests.support.mailing import mailer
from tests.support.portal import Visitor

__all__ = ["mailer"]
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
    ((name, content, media_type),) = sent.attachments
    assert (name, media_type) == (f"{made.number}.pdf", "application/pdf")
    words = "".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    for told in (made.number, "LT-48213", "thebluethrow", "mei@lyon.example", made.digest):
        assert told in words


def test_a_receipt_that_cannot_be_set_goes_as_words(
    guest: Visitor, mailer: FakeMailer, drain: Callable[..., int]
) -> None:
    before = ports.typesetter()
    ports.wire(mailer=mailer, typesetter=FakeTypesetter(is_broken=True))
    declare(guest)

    drain()

    ports.wire(mailer=mailer, typesetter=before)
    (sent,) = mailer.outbox
    assert (sent.attachments, "LT-48213" in sent.text) == ((), True)


def test_a_closed_shop_still_takes_withdrawals(cast: Cast, guest: Visitor) -> None:
    type(cast.lanting).objects.filter(pk=cast.lanting.pk).update(closed_at=NOW)

    assert declare(guest).status_code == 200
    assert Withdrawal.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "query", "label", "law"),
    [
        ({}, "?lang=en", "Withdraw from contract here", "art. 11a"),
        ({}, "?country=DE&lang=de", "Vertrag widerrufen", "§ 356a BGB"),
        ({}, "?country=FR&lang=fr", "Renoncer au contrat ici", "L221-21"),
        ({"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.8"}, "?lang=de", "Vertrag widerrufen", "FAGG"),
        ({}, "?country=PL&lang=en", "Odstąp od umowy tutaj", "art. 11a"),
        ({}, "?country=AR&lang=en", "Botón de arrepentimiento", "954/2025"),
        ({}, "?country=BR&lang=en", "Withdraw from contract here", "7.962/2013"),
        ({}, "?country=US-CA&lang=en", "Withdraw from a purchase", "wherever you live"),
    ],
)
def test_label_and_law_follow_the_readers_place(
    cast: Cast, headers: dict[str, str], query: str, label: str, law: str
) -> None:
    page = Visitor(**headers).get(f"withdraw/{query}").content.decode()

    assert f">{label}</" in page
    assert law in page


def test_the_law_of_a_proved_order_counts(cast: Cast, guest: Visitor) -> None:
    guest.prove(build.order(cast.lanting, country="AR"))

    assert "Botón de arrepentimiento" in guest.get("withdraw/").content.decode()


def test_the_time_that_counts_is_that_of_the_click(guest: Visitor, drain: Callable[..., int]) -> None:
    declare(guest)
    received_at = Withdrawal.objects.get().received_at

    drain()

    assert Withdrawal.objects.get().received_at == received_at
    assert Notice.objects.get().written_at >= received_at


def test_the_receipt_can_be_saved_as_a_file(guest: Visitor) -> None:
    declare(guest)
    number = Withdrawal.objects.get().number

    file, paper = guest.get(f"withdraw/{number}/receipt.txt"), guest.get(f"withdraw/{number}/receipt.pdf")

    assert file.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f"{number}.txt" in file.headers["Content-Disposition"]
    assert "withdraw from contract LT-48213" in file.content.decode()
    assert paper.content.startswith(b"%PDF")
    assert paper.headers["Content-Type"] == "application/pdf"


def test_nobody_else_sees_the_receipt(guest: Visitor) -> None:
    declare(guest)
    number = Withdrawal.objects.get().number

    for path in ("", "receipt.txt", "receipt.pdf"):
        assert Visitor().get(f"withdraw/{number}/{path}").status_code == 404


def test_confirming_twice_shows_the_first_receipt(guest: Visitor) -> None:
    declare(guest)

    again = guest.post("withdraw/confirm/")

    assert again.status_code == 302
    assert Withdrawal.objects.get().number in again.url


def test_repeating_a_withdrawal_is_taken_too(guest: Visitor) -> None:
    declare(guest)
    declare(guest)

    assert Withdrawal.objects.count() == 2


def test_what_looks_like_a_robot_is_taken_too_and_gets_its_mail_later(guest: Visitor) -> None:
    page = declare(guest, website="https://spam.example")

    made = Withdrawal.objects.get()
    assert made.number in page.content.decode()
    relay.drain(at=made.received_at)
    assert (mail.outbox, Notice.objects.get().state) == ([], "intended")
    assert post.send_due(at=made.received_at + timedelta(hours=1)) == 1
    assert len(mail.outbox) == 1


def test_a_flood_from_one_address_loses_no_declaration(guest: Visitor) -> None:
    for number in range(24):
        assert declare(guest, email=f"mei@{number}.example").status_code == 200

    assert Withdrawal.objects.count() == 24
    relay.drain(at=Withdrawal.objects.latest("pk").received_at)
    assert len(mail.outbox) == 20
    assert Notice.objects.filter(state="intended").count() == 4


def test_one_mailbox_gets_a_flood_of_receipts_slowly_and_in_the_end_all(guest: Visitor) -> None:
    for number in range(8):
        declare(guest, email=f"mei+{number}@lyon.example")

    last = Withdrawal.objects.latest("pk").received_at
    relay.drain(at=last)
    assert (len(mail.outbox), Withdrawal.objects.count()) == (5, 8)

    post.send_due(at=last + timedelta(hours=2))
    assert len(mail.outbox) == 8


def test_markup_in_a_name_is_shown_as_text(guest: Visitor) -> None:
    guest.post("withdraw/", {"name": "<img src=x onerror=alert(1)>", "contract": "<b>1</b>", "email": "a@example.org"})

    page = guest.get("withdraw/confirm/").content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_every_page_of_the_portal_leads_to_the_function(cast: Cast, guest: Visitor) -> None:
    for path in ("", "link/", "withdraw/"):
        assert 'href="/r/lanting/withdraw/' in guest.get(path).content.decode()
