"""The page of a return: where it stands, the dates that matter, and what the shopper can do; for its owner alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from homeward.conversations.models import Message
from homeward.kernel import Money, Role
from homeward.logistics.models import Parcel
from homeward.orders.models import Order
from homeward.returns import actions as return_actions
from homeward.returns.models import Evidence, Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements.actions import Grant
from homeward.settlements.models import Refund, Remedy
from homeward.warehouse import actions as warehouse_actions
from tests.support import build, build_logistics, build_warehouse, people
from tests.support.cast import Cast
from tests.support.portal import Visitor, photo

pytestmark = [pytest.mark.django_db, pytest.mark.road]


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path, cast: Cast) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def mei() -> Visitor:
    return Visitor()


@pytest.fixture
def order(cast: Cast) -> Order:
    build_logistics.center()
    return build.order(cast.lanting, at=timezone.now(), ship_to=build_logistics.SHIP_TO)


@pytest.fixture
def made(mei: Visitor, order: Order) -> Return:
    """A return of one throw that was authorized at once."""
    return mei.ask(order, 1)


def page_of(visitor: Visitor, made: Return) -> str:
    answer = visitor.get(f"returns/{made.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def h1(page: str) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r"<h1.*?</h1>", page, re.DOTALL).group()).strip()


def test_the_page_says_by_when_to_hand_over_and_both_dates_of_the_money(mei: Visitor, made: Return) -> None:
    page = page_of(mei, made)

    assert h1(page).startswith("Hand your parcel over by")
    assert "Law’s latest" in page
    assert "Roubaix" in page
    assert "€49.90" in page


def test_label_and_slip_are_real_documents(mei: Visitor, made: Return) -> None:
    parcel = Parcel.objects.get()

    label = mei.get(f"returns/{made.number}/parcels/{parcel.ref}/label.pdf")
    slip = mei.get(f"returns/{made.number}/parcels/{parcel.ref}/slip.pdf")

    for paper in (label, slip):
        assert paper.headers["Content-Type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF-")


def test_a_drop_off_code_shows_on_the_page(mei: Visitor, order: Order) -> None:
    made = mei.ask(order, 1, method="qr")

    assert 'class="qr"' in page_of(mei, made)


def test_an_own_carrier_is_noted_with_its_number(mei: Visitor, order: Order) -> None:
    made = mei.ask(order, 1, method="own_carrier")

    answer = mei.post(f"returns/{made.number}/tracking/", {"carrier": "Colissimo", "number": "6A 1234 5678 901"})

    assert answer.status_code == 302
    assert Parcel.objects.get().tracking_number == "6A12345678901"


def test_a_tracking_number_must_look_like_one(mei: Visitor, made: Return) -> None:
    answer = mei.post(f"returns/{made.number}/tracking/", {"carrier": "x", "number": "<script>"})

    assert answer.status_code == 422
    assert "letters and digits, at least 4" in answer.content.decode()


def test_calling_off_frees_the_goods(mei: Visitor, made: Return) -> None:
    answer = mei.post(f"returns/{made.number}/withdraw/")

    page = mei.client.get(answer.url).content.decode()
    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert h1(page) == "You called this return off"
    assert "Call the return off" not in page


def test_calling_off_twice_says_so(mei: Visitor, made: Return) -> None:
    mei.post(f"returns/{made.number}/withdraw/")

    answer = mei.post(f"returns/{made.number}/withdraw/")

    assert "can no longer be called off" in mei.client.get(answer.url).content.decode()


def test_goods_that_are_here_cannot_be_called_off(mei: Visitor, made: Return, cast: Cast) -> None:
    return_actions.goods_arrived(made, actor=cast.kim, at=timezone.now())

    answer = mei.post(f"returns/{made.number}/withdraw/")

    assert "here already" in mei.client.get(answer.url).content.decode()
    assert "Call the return off" not in page_of(mei, made)


def test_a_message_is_said_once_and_shown_as_text(mei: Visitor, made: Return) -> None:
    words = "<script>alert('x')</script>\nWhen?"
    data = {"text": words, "nonce": "form-1"}

    mei.post(f"returns/{made.number}/message/", data)
    mei.post(f"returns/{made.number}/message/", data)

    assert Message.objects.get().body.replace("\r\n", "\n") == words
    page = page_of(mei, made)
    assert "<script>alert('x')" not in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in page


def test_an_empty_message_asks_for_words(mei: Visitor, made: Return) -> None:
    answer = mei.post(f"returns/{made.number}/message/", {"text": "  ", "nonce": "form-1"})

    assert answer.status_code == 422
    assert "Write a message" in answer.content.decode()


def test_evidence_is_added_and_shown_only_to_its_owner(mei: Visitor, made: Return) -> None:
    answer = mei.post(f"returns/{made.number}/evidence/", {"photos": [photo("lid.jpg")]})

    exhibit = Evidence.objects.get()
    picture = mei.get(f"returns/{made.number}/evidence/{exhibit.ref}/")
    assert answer.status_code == 302
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.content.startswith(b"\xff\xd8\xff")
    assert Visitor().get(f"returns/{made.number}/evidence/{exhibit.ref}/").status_code == 404


def test_wanted_evidence_sends_the_return_back_to_review(mei: Visitor, made: Return, cast: Cast) -> None:
    second = mei.ask(build.order(cast.lanting, number="LT-2", at=timezone.now()), 1)
    Return.objects.filter(pk=second.pk).update(state="under_review")
    return_actions.ask_evidence(Return.objects.get(pk=second.pk), actor=cast.bo, at=timezone.now(), wanted="photo")
    assert h1(page_of(mei, second)).startswith("Add a photo by")

    mei.post(f"returns/{second.number}/evidence/", {"photos": [photo()]})

    second.refresh_from_db()
    assert second.state == "under_review"
    assert h1(page_of(mei, second)).startswith("You have our answer by")


def test_a_refusal_shows_why_and_the_doors_that_remain(mei: Visitor, order: Order, cast: Cast) -> None:
    mei.prove(order)
    mei.choose(order, 1)
    made = mei.ask(order, 1)
    Return.objects.filter(pk=made.pk).update(state="under_review")
    return_actions.refuse(
        Return.objects.get(pk=made.pk), actor=cast.bo, at=timezone.now(), ground="other", note="Worn & washed."
    )

    page = page_of(mei, made)

    assert h1(page) == "We cannot take these goods back"
    assert "Worn &amp; washed." in page
    assert "What else is possible" in page
    assert "report a defect" in page


def test_the_check_and_the_money_change_the_sentence(mei: Visitor, made: Return, cast: Cast) -> None:
    at = timezone.now()
    [receipt] = warehouse_actions.expect(Parcel.objects.get(), actor=cast.machine, at=at)
    receipt = build_warehouse.again(cast.kim, receipt)
    warehouse_actions.receive(receipt, build_warehouse.counts(receipt), actor=cast.kim, at=at)
    checked = h1(page_of(mei, made))
    receipt = build_warehouse.again(cast.kim, receipt)
    warehouse_actions.inspect_all(receipt, build_warehouse.all_found(receipt), actor=cast.kim, at=at)
    settlement_actions.settle(made.pk, actor=cast.fay, at=at)
    sent = h1(page_of(mei, made))
    settlement_actions.confirm_transfers(list(Refund.objects.all()), bank_ref="1", actor=cast.fay, at=at)
    paid = h1(page_of(mei, made))

    assert checked.startswith("We check your parcel by")
    assert sent.startswith("€49.90 will be with you by")
    assert paid.startswith("€49.90 was paid back on")


def test_an_offer_is_accepted_with_one_press(mei: Visitor, made: Return, cast: Cast) -> None:
    settlement_actions.offer(made.pk, grant=Grant(agreed=Money.of("15.00", "EUR")), actor=cast.ada, at=timezone.now())
    offer = Remedy.objects.get()
    assert "We offer you €15.00" in page_of(mei, made)

    answer = mei.post(f"returns/{made.number}/offers/{offer.ref}/accept/")

    offer.refresh_from_db()
    assert answer.status_code == 302
    assert offer.state in {"agreed", "executing"}


def test_an_offer_is_declined_and_the_return_goes_on(mei: Visitor, made: Return, cast: Cast) -> None:
    settlement_actions.offer(made.pk, grant=Grant(agreed=Money.of("15.00", "EUR")), actor=cast.ada, at=timezone.now())
    offer = Remedy.objects.get()

    mei.post(f"returns/{made.number}/offers/{offer.ref}/decline/")
    again = mei.post(f"returns/{made.number}/offers/{offer.ref}/accept/")

    offer.refresh_from_db()
    assert offer.state == "declined"
    assert "no longer stands" in mei.client.get(again.url).content.decode()


@pytest.mark.parametrize(
    "path",
    ["", "withdraw/", "evidence/", "message/", "tracking/", "label/", "offers/rem_x/accept/", "offers/rem_x/decline/"],
)
def test_a_stranger_gets_404_everywhere(made: Return, path: str) -> None:
    stranger = Visitor()

    answer = stranger.post(f"returns/{made.number}/{path}") if path else stranger.get(f"returns/{made.number}/")

    assert answer.status_code == 404


def test_another_shopper_gets_404_and_not_403(made: Return, cast: Cast) -> None:
    zoe = Visitor().prove(build.order(cast.lanting, number="LT-9", email="zoe@elsewhere.example"))

    assert zoe.get(f"returns/{made.number}/").status_code == 404
    assert zoe.post(f"returns/{made.number}/withdraw/").status_code == 404
    made.refresh_from_db()
    assert made.state == "authorized"


def test_papers_of_another_return_are_404(mei: Visitor, made: Return, cast: Cast) -> None:
    other = Visitor().ask(build.order(cast.lanting, number="LT-9", email="zoe@elsewhere.example", at=timezone.now()), 1)
    theirs = Parcel.objects.get(return_request=other)

    assert mei.get(f"returns/{made.number}/parcels/{theirs.ref}/label.pdf").status_code == 404


def test_the_link_in_the_mail_opens_the_page_without_a_proof(
    mei: Visitor, made: Return, drain: Callable[..., int]
) -> None:
    drain()
    url = re.search(r"http\S+/go/\S+", mail.outbox[0].body).group()
    path = url.split("8000", 1)[-1]
    visitor = Visitor()

    answer = visitor.client.get(path)

    assert answer.status_code == 302
    assert visitor.client.get(answer.url).status_code == 200


def test_staff_who_are_signed_in_are_shoppers_here_all_the_same(made: Return, cast: Cast) -> None:
    client = people.client_of(people.hire(cast, Role.AGENT, "Bo"))

    assert client.get(f"/r/lanting/returns/{made.number}/").status_code == 404


def test_few_queries_for_a_whole_page(mei: Visitor, made: Return, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(45):
        page_of(mei, made)
