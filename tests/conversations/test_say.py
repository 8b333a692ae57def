"""Saying something in a case: verbatim, once, with the clocks that it starts and stops; notes stay inside."""

from __future__ import annotations

from datetime import timedelta

import pytest

from homeward.cases import actions as case_actions
from homeward.cases.actions import NewClock
from homeward.cases.models import Case, Clock
from homeward.conversations import actions, queries
from homeward.conversations.models import Message
from homeward.journal.models import Entry
from homeward.kernel.actor import MACHINE
from tests.support import build
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    return build.case(cast)


def clock(case: Case, kind: str) -> Clock:
    return Clock.objects.get(case=case, kind=kind)


def test_words_are_kept_as_they_were_written(cast: Cast, case: Case) -> None:
    words = "  <b>Où</b> est mon colis ?\r\n\r\n😠 {{ 7*7 }}  "

    actions.say(case, body=words, actor=build.shopper_of(case.order), at=NOW)

    assert Message.objects.get().body == words


def test_a_shopper_starts_the_clock_of_the_next_answer(cast: Cast, case: Case) -> None:
    actions.say(case, body="Where is it?", actor=build.shopper_of(case.order), at=NOW)

    assert clock(case, "next_response").due_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("trait", ["perishable", "medical"])
def test_fresh_and_medical_goods_are_answered_in_five_minutes(cast: Cast, trait: str) -> None:
    case = build.case(cast, of=build.order(cast.lanting, lines=[{"traits": [trait]}]))

    actions.say(case, body="It is warm", actor=build.shopper_of(case.order), at=NOW)

    assert clock(case, "next_response").due_at == NOW + timedelta(minutes=5)


def test_a_second_message_does_not_give_the_desk_more_time(cast: Cast, case: Case) -> None:
    shopper = build.shopper_of(case.order)
    actions.say(case, body="Hello", actor=shopper, at=NOW)

    actions.say(case, body="Anybody?", actor=shopper, at=NOW + timedelta(minutes=10))

    assert clock(case, "next_response").due_at == NOW + timedelta(minutes=15)


def test_an_answer_stops_the_clocks(cast: Cast, case: Case) -> None:
    case_actions.start_clocks(case, [NewClock("first_response", NOW + timedelta(minutes=15))], at=NOW)
    actions.say(case, body="Hello", actor=build.shopper_of(case.order), at=NOW)

    actions.say(case, body="It comes tomorrow.", actor=cast.bo, at=NOW + timedelta(minutes=3))

    assert clock(case, "first_response").met_at == NOW + timedelta(minutes=3)


def test_a_question_after_an_answer_starts_the_clock_anew(cast: Cast, case: Case) -> None:
    shopper = build.shopper_of(case.order)
    actions.say(case, body="Hello", actor=shopper, at=NOW)
    actions.say(case, body="Hello Mei", actor=cast.bo, at=NOW + timedelta(minutes=3))

    actions.say(case, body="And now?", actor=shopper, at=NOW + timedelta(hours=2))

    running = clock(case, "next_response")
    assert running.met_at is None
    assert running.due_at == NOW + timedelta(hours=2, minutes=15)


def test_a_note_stops_no_clock_and_no_shopper_sees_it(cast: Cast, case: Case) -> None:
    shopper = build.shopper_of(case.order)
    actions.say(case, body="Hello", actor=shopper, at=NOW)

    actions.say(case, body="Looks like fraud", actor=cast.bo, at=NOW, is_note=True)

    assert clock(case, "next_response").met_at is None
    assert [message.body for message in queries.messages(shopper, case)] == ["Hello"]
    assert [message.side for message in queries.messages(cast.bo, case)] == ["shopper", "note"]


def test_a_shopper_cannot_write_a_note(cast: Cast, case: Case) -> None:
    message = actions.say(case, body="Hello", actor=build.shopper_of(case.order), at=NOW, is_note=True)

    assert message.side == "shopper"


def test_the_same_form_says_it_once(cast: Cast, case: Case) -> None:
    shopper = build.shopper_of(case.order)

    first = actions.say(case, body="Hello", actor=shopper, at=NOW, nonce="form-1")
    second = actions.say(case, body="Hello", actor=shopper, at=NOW, nonce="form-1")

    assert first.pk == second.pk
    assert Message.objects.count() == 1
    assert Entry.objects.filter(verb="say").count() == 1


def test_the_same_words_in_two_forms_are_two_messages(cast: Cast, case: Case) -> None:
    shopper = build.shopper_of(case.order)
    actions.say(case, body="Hello", actor=shopper, at=NOW, nonce="form-1")
    actions.say(case, body="Hello", actor=shopper, at=NOW, nonce="form-2")

    assert Message.objects.count() == 2


@pytest.mark.parametrize("words", ["", "   \n", "\x00"])
def test_nothing_said_is_refused(cast: Cast, case: Case, words: str) -> None:
    with pytest.raises(actions.NothingSaid):
        actions.say(case, body=words, actor=cast.bo, at=NOW)
    assert Message.objects.count() == 0


def test_too_much_said_is_refused_and_says_how_much_fits(cast: Cast, case: Case) -> None:
    with pytest.raises(actions.TooMuchSaid) as refused:
        actions.say(case, body="x" * 5001, actor=cast.bo, at=NOW)
    assert (refused.value.length, refused.value.most) == (5001, 5000)


def test_a_message_brings_a_waiting_and_a_closed_case_back(cast: Cast, case: Case) -> None:
    shopper = build.shopper_of(case.order)
    case_actions.wait(case, actor=cast.bo, at=NOW)
    actions.say(case, body="Hello", actor=shopper, at=NOW)
    assert Case.objects.get(pk=case.pk).state == "open"

    case_actions.close(Case.objects.get(pk=case.pk), actor=cast.bo, at=NOW)
    actions.say(case, body="One more thing", actor=shopper, at=NOW)
    again = Case.objects.get(pk=case.pk)
    assert (again.state, again.closed_at) == ("open", None)


def test_strangers_see_no_message(cast: Cast, case: Case) -> None:
    message = actions.say(case, body="Hello", actor=cast.bo, at=NOW)
    other = build.shopper_of(build.order(cast.lanting, number="LT-2", email="hana@osaka.example"))

    for stranger in (cast.zoe, other):
        assert queries.messages(stranger, case) == []
        with pytest.raises(Message.DoesNotExist):
            queries.message(stranger, message.ref)
    assert queries.message(MACHINE, message.ref) == message
