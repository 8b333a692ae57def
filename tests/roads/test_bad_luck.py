"""Bad luck on the road: providers, mail server and database that are away, lose an answer or say everything twice."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory

from homeward.config import failures
from homeward.conversations import post
from homeward.conversations.models import Notice
from homeward.conversations.ports import FakeMailer
from homeward.kernel.actor import MACHINE
from homeward.orders.models import Payment
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements import sending
from homeward.settlements.fakes import FakePayments
from homeward.settlements.models import MoneyEvent, Refund
from homeward.settlements.ports import Kind, Status, Told, Unreachable
from tests.support import build
from tests.support.cast import Cast
from tests.support.house import House, text_of
from tests.support.portal import Visitor
from tests.support.road import LATER, TODAY, Drain, is_balanced

pytestmark = [pytest.mark.road, pytest.mark.django_db]


def come_back(cast: Cast, house: House, drain: Drain) -> tuple[Visitor, Return]:
    """Let Mei send a throw back and the dock grade it, up to the moment at which the provider is asked."""
    order = build.order(cast.lanting, at=TODAY, locale="en", payments=[{"provider": "stripe", "external_id": "pi_1"}])
    mei = Visitor(HTTP_ACCEPT_LANGUAGE="en")
    made = mei.ask(order, 1)
    drain(at=LATER)
    receipt = house.scan(made.number)
    house.receive(receipt, (1, 0, 0))
    house.inspect(receipt)
    with contextlib.suppress(Unreachable):  # the job fails and is tried again; what follows is heard of all the same
        drain(at=LATER)
    drain(at=LATER)
    return mei, made


def told(kind: str) -> int:
    """How many notices of a kind were written."""
    return Notice.objects.filter(kind=kind).count()


# The provider


@pytest.mark.parametrize("mood", ["is_down", "drops_answers"])
def test_a_provider_that_is_away_or_loses_its_answer_is_asked_again_and_pays_once(
    cast: Cast, house: House, stripe: FakePayments, drain: Drain, mood: str
) -> None:  # G8
    setattr(stripe, mood, 1)
    stripe.forgets_keys = True  # the most careless one: asked twice, it would pay twice
    mei, made = come_back(cast, house, drain)
    refund = Refund.objects.get()
    assert (refund.state, told("refund_confirmed")) == ("sent", 0)
    assert "was paid back" not in text_of(mei.get(f"returns/{made.number}/"))
    assert made.number in text_of(house.fay.get("/office/refunds/?state=sent"))

    stripe.is_down = False
    for minutes in (10, 20, 30):
        sending.send_due(at=TODAY + timedelta(minutes=minutes))
    drain(at=LATER)

    refund.refresh_from_db()
    assert (refund.state, stripe.paid(refund.ref), told("refund_confirmed")) == ("confirmed", 1, 1)
    assert "was paid back" in text_of(mei.get(f"returns/{made.number}/"))
    assert is_balanced(cast)


def test_a_provider_that_says_everything_twice_and_late_changes_nothing(
    cast: Cast, house: House, stripe: FakePayments, drain: Drain
) -> None:  # G13
    _, made = come_back(cast, house, drain)
    refund = Refund.objects.get()
    assert refund.state == "confirmed"
    events = MoneyEvent.objects.count()
    outcome = stripe.turn(refund.ref, Status.SUCCEEDED)
    said = Told(
        provider="stripe", kind=Kind.REFUND_SUCCEEDED, reference=outcome.provider_ref, amount=refund.amount,
        refund_ref=refund.ref, payments=("pi_1",), happened_at=outcome.happened_at,
    )  # fmt: skip
    for _ in range(3):
        settlement_actions.hear(said, actor=MACHINE, at=LATER)
    drain(at=LATER)

    made.refresh_from_db()
    assert (made.state, MoneyEvent.objects.count(), told("refund_confirmed")) == ("settled", events, 1)
    assert Payment.objects.get().left.minor == 4_990
    assert is_balanced(cast)


def test_a_bank_that_sends_the_money_back_days_later_opens_it_for_another_try(
    cast: Cast, house: House, stripe: FakePayments, drain: Drain
) -> None:  # G14
    mei, made = come_back(cast, house, drain)
    refund = Refund.objects.get()
    outcome = stripe.turn(refund.ref, Status.FAILED, reason="Account closed")
    said = Told(
        provider="stripe", kind=Kind.REFUND_FAILED, reference=outcome.provider_ref, amount=refund.amount,
        refund_ref=refund.ref, payments=("pi_1",), reason="Account closed", happened_at=LATER,
    )  # fmt: skip
    settlement_actions.hear(said, actor=MACHINE, at=LATER)
    drain(at=LATER)

    assert Payment.objects.get().left.minor == 9_980
    assert "did not go through" in text_of(mei.get(f"returns/{made.number}/"))
    assert "Account closed" in text_of(house.fay.get("/office/refunds/?state="))
    house.do(house.fay, f"/office/remedies/{refund.remedy.ref}/execute")
    drain(at=LATER)
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["confirmed", "reversed"]
    assert Payment.objects.get().left.minor == 4_990
    assert is_balanced(cast)


# The mail server


def test_a_mail_server_that_is_away_all_along_delays_every_mail_and_doubles_none(
    cast: Cast, house: House, stripe: FakePayments, drain: Drain, mailer: FakeMailer
) -> None:  # K11
    mailer.is_down = True
    _, made = come_back(cast, house, drain)
    made.refresh_from_db()
    assert (made.state, mailer.outbox) == ("settled", [])

    mailer.is_down = False
    for hours in (2, 4, 6):
        post.send_due(at=TODAY + timedelta(hours=hours))

    kinds = list(Notice.objects.values_list("kind", flat=True))
    assert len(kinds) == len(set(kinds)) == len(mailer.outbox)
    assert {"authorized", "label_ready", "parcel_received", "refund_confirmed"} <= set(kinds)
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_an_address_that_nobody_has_stops_no_return_and_is_shown_to_the_office(
    cast: Cast, house: House, stripe: FakePayments, drain: Drain, mailer: FakeMailer
) -> None:  # L3
    mailer.unknown.add("mei@lyon.example")
    _, made = come_back(cast, house, drain)
    made.refresh_from_db()
    assert made.state == "settled"
    page = text_of(house.ada.get("/office/notices/"))
    assert "mei@lyon.example" in page
    assert Notice.objects.filter(state="failed").count() == Notice.objects.count() > 0


# The database


@pytest.mark.parametrize("away", [OperationalError("the connection is lost"), InterfaceError("closed")])
def test_while_the_database_is_away_systems_and_people_are_asked_to_come_back(
    rf: RequestFactory, away: Exception
) -> None:
    answers = {}
    for path in ("/api/v1/returns", "/r/lanting/"):
        try:
            raise away
        except (OperationalError, InterfaceError):
            answers[path] = failures.server_error(rf.get(path))
    assert {(answer.status_code, answer.headers["Retry-After"]) for answer in answers.values()} == {(503, "5")}
    assert b'"code": "database_away"' in answers["/api/v1/returns"].content
    assert "<h1" in answers["/r/lanting/"].content.decode()


def test_a_fault_of_ours_is_a_problem_for_systems_and_a_page_for_people(rf: RequestFactory) -> None:
    problem, page = failures.server_error(rf.get("/api/v1/returns")), failures.server_error(rf.get("/desk/"))
    assert (problem.status_code, problem.headers["Content-Type"]) == (500, "application/problem+json")
    assert (page.status_code, "<h1" in page.content.decode()) == (500, True)
