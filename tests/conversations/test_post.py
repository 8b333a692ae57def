"""The post: each notice leaves once; a server that is down delays it, none drops it; the office sees what failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from homeward.conversations import actions, post, queries
from homeward.conversations.letters import About, Letter, Text
from homeward.conversations.models import Notice
from homeward.conversations.ports import FakeMailer
from homeward.kernel import NotAllowed
from homeward.kernel.actor import MACHINE
from tests.support import build
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db

LETTER = Letter("Your return is authorized", (Text("It may come back."),))


def write(cast: Cast, **more) -> Notice | None:
    about = About(merchant="Lanting", language="fr", shopper="Mei Lin")
    columns = {"kind": "authorized", "cause": "return.authorize:7", "to": "mei@lyon.example", "letter": LETTER}
    return actions.write_notice(**columns | {"about": about, "merchant_id": cast.lanting.pk, "at": NOW} | more)


def test_a_notice_is_written_and_sent(cast: Cast, mailer: FakeMailer, drain: Callable[..., int]) -> None:
    notice = write(cast)

    drain()

    notice.refresh_from_db()
    (mail,) = mailer.outbox
    assert notice.state == "sent"
    assert notice.attempts == 1
    assert notice.next_at is None
    assert (mail.to, mail.subject, mail.language) == ("mei@lyon.example", "Your return is authorized", "fr")
    assert mail.message_id == f"{notice.ref}@notices.homeward.local"
    assert (mail.sender_name, mail.reply_to) == ("Lanting", "service@lanting.example")


def test_the_same_event_is_told_once(cast: Cast, mailer: FakeMailer, drain: Callable[..., int]) -> None:
    write(cast)
    assert write(cast) is None

    drain()

    assert len(mailer.outbox) == 1
    assert Notice.objects.count() == 1


def test_a_second_job_for_the_same_notice_sends_nothing(cast: Cast, mailer: FakeMailer) -> None:
    notice = write(cast)
    post.send(notice.pk, at=NOW)

    post.send(notice.pk, at=NOW)

    assert len(mailer.outbox) == 1


def test_without_a_mail_server_it_is_kept_at_once(cast: Cast, no_mail_server: None) -> None:
    before = build.jobs()

    notice = write(cast)

    assert notice.state == "kept"
    assert build.jobs() == before


def test_nobody_is_written_to_without_an_address(cast: Cast, mailer: FakeMailer) -> None:
    assert write(cast, to="") is None
    assert Notice.objects.count() == 0


def test_a_server_that_is_down_delays_with_growing_pauses_and_drops_nothing(cast: Cast, mailer: FakeMailer) -> None:
    mailer.is_down = True
    notice = write(cast)
    at, pauses = NOW, []
    for _ in range(6):
        post.send(notice.pk, at=at)
        notice.refresh_from_db()
        pauses.append((notice.next_at - at).total_seconds() / 60)
        at = notice.next_at
    mailer.is_down = False

    post.send(notice.pk, at=at)

    notice.refresh_from_db()
    assert pauses == [1, 5, 15, 60, 180, 360]
    assert notice.state == "sent"
    assert len(mailer.outbox) == 1


def test_a_try_before_its_time_is_left_alone(cast: Cast, mailer: FakeMailer) -> None:
    mailer.is_down = True
    notice = write(cast)
    post.send(notice.pk, at=NOW)
    mailer.is_down = False

    post.send(notice.pk, at=NOW + timedelta(seconds=30))

    assert mailer.outbox == []


def test_after_three_days_a_person_sees_it(cast: Cast, mailer: FakeMailer) -> None:
    mailer.is_down = True
    notice, at = write(cast), NOW
    while at is not None:
        last = at
        post.send(notice.pk, at=at)
        notice.refresh_from_db()
        at = notice.next_at

    notice.refresh_from_db()
    assert notice.state == "failed"
    assert notice.failure == "the mail server does not answer"
    assert timedelta(days=2.5) < last - NOW < timedelta(days=3.5)
    assert list(queries.notices(cast.olu, state="failed")) == [notice]


def test_an_unknown_mailbox_fails_at_once(cast: Cast, mailer: FakeMailer) -> None:
    mailer.unknown.add("mei@lyon.example")
    notice = write(cast)

    post.send(notice.pk, at=NOW)

    notice.refresh_from_db()
    assert notice.state == "failed"
    assert "550" in notice.failure


def test_a_person_has_it_tried_again(cast: Cast, mailer: FakeMailer, drain: Callable[..., int]) -> None:
    mailer.unknown.add("mei@lyon.example")
    notice = write(cast)
    post.send(notice.pk, at=NOW)
    mailer.unknown.clear()
    notice.refresh_from_db()

    actions.retry(notice, actor=cast.ada, at=NOW)
    drain()

    notice.refresh_from_db()
    assert notice.state == "sent"
    assert len(mailer.outbox) == 1


def test_a_sent_notice_is_not_sent_again(cast: Cast, mailer: FakeMailer) -> None:
    notice = write(cast)
    post.send(notice.pk, at=NOW)
    notice.refresh_from_db()

    with pytest.raises(NotAllowed):
        actions.retry(notice, actor=cast.ada, at=NOW)


def test_a_claim_keeps_a_second_worker_away_until_it_runs_out(cast: Cast, mailer: FakeMailer) -> None:
    notice = write(cast)
    assert actions.claim(notice.pk, at=NOW) is not None  # and its worker dies here

    post.send(notice.pk, at=NOW + timedelta(minutes=9))
    assert mailer.outbox == []
    assert post.send_due(at=NOW + timedelta(minutes=10)) == 1

    assert len(mailer.outbox) == 1


def test_a_lost_answer_sends_again_under_the_same_id(cast: Cast, mailer: FakeMailer) -> None:
    mailer.drops_answers = True
    notice = write(cast)
    post.send(notice.pk, at=NOW)
    mailer.drops_answers = False

    post.send_due(at=NOW + timedelta(minutes=1))

    assert [mail.message_id for mail in mailer.outbox] == [f"{notice.ref}@notices.homeward.local"] * 2
    notice.refresh_from_db()
    assert notice.state == "sent"


def test_a_notice_that_is_to_wait_goes_at_its_time(cast: Cast, mailer: FakeMailer) -> None:
    later = NOW + timedelta(hours=1)
    notice = write(cast, not_before=later)

    post.send(notice.pk, at=NOW)
    assert (mailer.outbox, notice.state) == ([], "intended")

    assert post.send_due(at=later) == 1
    assert len(mailer.outbox) == 1


def test_staff_see_the_notices_of_their_own_fence(cast: Cast, mailer: FakeMailer) -> None:
    notice = write(cast)
    shopper = build.shopper_of(build.order(cast.lanting))

    assert list(queries.notices(cast.bo)) == [notice]
    assert list(queries.notices(cast.olu, kind="authorized")) == [notice]
    assert list(queries.notices(cast.zoe)) == []
    assert list(queries.notices(shopper)) == []
    with pytest.raises(Notice.DoesNotExist):
        queries.notice(cast.zoe, notice.ref)
    assert queries.notice(MACHINE, notice.ref) == notice
