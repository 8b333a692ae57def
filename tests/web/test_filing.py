"""Staff file a return for a shopper who calls or walks in: the portal's verdict and mails, marked as filed by staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from homeward.journal.models import Entry
from homeward.kernel import Role
from homeward.orders.models import Order
from homeward.returns.models import Return
from tests.support import build, build_logistics, people
from tests.support.cast import Cast
from tests.support.markup import faults

pytestmark = [pytest.mark.django_db, pytest.mark.road]


@pytest.fixture
def bo(cast: Cast) -> Client:
    """The client of Bo, an agent of Lanting's."""
    return people.client_of(people.hire(cast, Role.AGENT, "Bo", limit="50"))


@pytest.fixture
def order(cast: Cast) -> Order:
    """An order of two throws that was delivered five days ago."""
    build_logistics.center()
    return build.order(cast.lanting, at=timezone.now(), ship_to=build_logistics.SHIP_TO)


def path_of(order: Order, step: str = "") -> str:
    return f"/office/orders/{order.ref}/return/{step}"


def picked(order: Order, quantity: int = 1, reason: str = "no_longer_needed", words: str = "") -> dict[str, Any]:
    """Return what the first page's form holds for the first line."""
    ref = order.lines.order_by("position")[0].ref
    return {f"quantity_{ref}": quantity, f"reason_{ref}": reason, f"words_{ref}": words}


def told(answer: Any) -> str:
    return answer.content.decode()


BRUSHES = {"title": "Brush heads", "traits": ["sealed_hygiene"], "quantity": 1}
WISH = {"remedy": "refund", "method": "label", "origin": "phone", "note": "Is moving house"}


def test_an_agent_files_a_return_that_the_rules_let_pass(
    cast: Cast, bo: Client, order: Order, drain: Callable[..., int]
) -> None:
    assert path_of(order) in told(bo.get(f"/office/orders/{order.ref}/"))
    assert "May come back" in told(bo.get(f"/office/orders/{order.ref}/"))
    answer = bo.post(path_of(order), picked(order, words="Wrong green"), follow=True)
    assert "let this pass at once" in told(answer)
    assert "€49.90" in told(answer)
    page = told(bo.post(path_of(order, "wish/"), WISH, follow=True))
    made = Return.objects.get()
    assert "The return is filed." in page
    assert made.case.number in page
    assert "filed by staff for the shopper (Phone)" in page
    assert (made.state, made.channel, made.note, made.method) == ("authorized", "phone", "Is moving house", "label")
    assert made.lines.get().words == "Wrong green"
    asked = Entry.objects.get(noun="return", verb="request")
    assert (asked.actor.split(":")[0], asked.facts["filed_by_staff"]) == ("agent", "phone")
    drain()
    assert mail.outbox
    assert {letter.to[0] for letter in mail.outbox} == {order.email}


def test_the_same_form_sent_again_files_nothing_more(bo: Client, order: Order) -> None:
    bo.post(path_of(order), picked(order))
    bo.post(path_of(order, "wish/"), WISH)
    answer = bo.post(path_of(order, "wish/"), WISH)
    assert answer.url == path_of(order)
    assert Return.objects.count() == 1


def test_what_lacks_an_answer_is_asked_for(bo: Client, order: Order) -> None:
    nothing = bo.post(path_of(order), {})
    without = bo.post(path_of(order), picked(order, reason=""))
    too_many = bo.post(path_of(order), picked(order, quantity=99))
    assert [answer.status_code for answer in (nothing, without, too_many)] == [422, 422, 422]
    assert "Choose at least one item" in told(nothing)
    assert "Choose a reason" in told(without)
    assert "a number from 0 to" in told(too_many)
    assert bo.get(path_of(order, "wish/")).url == path_of(order)
    bo.post(path_of(order), picked(order))
    answer = bo.post(path_of(order, "wish/"), {"remedy": "refund", "method": "label"})
    assert answer.status_code == 422
    assert "Choose how they asked" in told(answer)
    assert not Return.objects.exists()


def test_what_law_must_know_is_asked_before_the_wish(cast: Cast, bo: Client) -> None:
    order = build.order(cast.lanting, at=timezone.now(), country="DE", notices=["*"], lines=[BRUSHES])
    ref = order.lines.get().ref
    page = told(bo.post(path_of(order), picked(order), follow=True))
    assert "Is the seal open?" in page
    assert bo.post(path_of(order, "wish/"), {}).status_code == 422
    page = told(bo.post(path_of(order, "wish/"), {f"seal_broken_{ref}": "yes"}, follow=True))
    assert "Law and rulebook refuse this at once" in page
    bo.post(path_of(order, "wish/"), WISH | {"review": "on"})
    made = Return.objects.get()
    assert (made.state, made.lines.get().seal_broken) == ("under_review", True)


def test_what_the_rules_refuse_is_refused_for_staff_too(cast: Cast, bo: Client) -> None:
    order = build.order(cast.lanting, at=timezone.now(), country="DE", notices=["*"], lines=[BRUSHES])
    ref = order.lines.get().ref
    bo.post(path_of(order), picked(order))
    bo.post(path_of(order, "wish/"), {f"seal_broken_{ref}": "yes"})
    bo.post(path_of(order, "wish/"), WISH)
    assert Return.objects.get().state == "refused"


def test_a_fault_without_a_photo_asks_the_shopper_for_one(bo: Client, order: Order) -> None:
    page = told(bo.post(path_of(order), picked(order, reason="defective"), follow=True))
    assert "asked by mail for a photo" in page
    bo.post(path_of(order, "wish/"), WISH)
    assert Return.objects.get().state == "evidence_wanted"


def test_units_that_went_meanwhile_are_chosen_again(bo: Client, order: Order, cast: Cast) -> None:
    line = order.lines.order_by("position")[0]
    bo.post(path_of(order), picked(order, quantity=line.quantity))
    type(line).objects.filter(pk=line.pk).update(held=line.quantity)
    answer = bo.post(path_of(order, "wish/"), WISH, follow=True)
    assert "Nothing was sent; choose again." in told(answer)
    assert not Return.objects.exists()


def test_an_order_without_a_mailbox_says_that_no_mail_can_go(bo: Client, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(email="")
    assert "no mail can go to the shopper" in told(bo.get(path_of(order)))


def test_what_staff_draft_and_what_the_portal_drafts_stay_apart(bo: Client, order: Order) -> None:
    bo.post(path_of(order), picked(order))
    assert {key.split(":")[0] for key in bo.session.keys() if ":" in key} == {"filing"}  # noqa: SIM118


@pytest.mark.parametrize("step", ["", "wish/"])
def test_only_a_desk_files_and_only_for_its_own_shop(cast: Cast, order: Order, step: str) -> None:
    fay = people.client_of(people.hire(cast, Role.FINANCE, "Fay"))
    assert fay.get(path_of(order, step)).status_code == 403
    assert path_of(order) not in told(fay.get(f"/office/orders/{order.ref}/"))
    bo = people.client_of(people.hire(cast, Role.AGENT, "Bo"))
    theirs = build.order(cast.nordlicht, number="NL-1")
    assert bo.get(path_of(theirs, step)).status_code == 404
    assert bo.post(path_of(theirs, step)).status_code == 404


def test_the_pages_are_sound(cast: Cast, bo: Client, order: Order) -> None:
    sealed = build.order(cast.lanting, number="LT-2", at=timezone.now(), country="DE", notices=["*"], lines=[BRUSHES])
    pages = [bo.get(path_of(order)), bo.post(path_of(order), {})]
    bo.post(path_of(order), picked(order))
    bo.post(path_of(sealed), picked(sealed))
    pages += [bo.get(path_of(order, "wish/")), bo.get(path_of(sealed, "wish/"))]
    assert [faults(told(page)) for page in pages] == [[]] * 4
