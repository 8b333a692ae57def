"""Two hands at once: one message, one notice, one mail."""

from __future__ import annotations

import pytest

from homeward.conversations import actions, post
from homeward.conversations.letters import About, Letter, Text
from homeward.conversations.models import Message, Notice
from homeward.conversations.ports import FakeMailer
from homeward.journal.models import Entry
from tests.support import build
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LETTER = Letter("Your return is authorized", (Text("It may come back."),))


@pytest.fixture
def stage() -> Cast:
    return build.committed_cast()


def write(cast: Cast) -> Notice | None:
    return actions.write_notice(
        kind="authorized", cause="return.authorize:7", to="mei@lyon.example", letter=LETTER,
        about=About(merchant="Lanting", language="fr"), merchant_id=cast.lanting.pk, at=NOW,
    )  # fmt: skip


def test_one_form_sent_by_several_at_once_is_said_once(stage: Cast, mailer: FakeMailer) -> None:
    case = build.case(stage)
    shopper = build.shopper_of(case.order)

    raised = at_once(*[lambda: actions.say(case, body="Hello", actor=shopper, at=NOW, nonce="form-1")] * 6)

    assert raised == [None] * 6
    assert Message.objects.count() == 1
    assert Entry.objects.filter(verb="say").count() == 1


def test_one_event_told_by_several_at_once_is_one_notice(stage: Cast, mailer: FakeMailer) -> None:
    raised = at_once(*[lambda: write(stage)] * 6)

    assert raised == [None] * 6
    assert Notice.objects.count() == 1
    assert Entry.objects.filter(noun="notice", verb="write").count() == 1


def test_one_notice_sent_by_several_at_once_is_one_mail(stage: Cast, mailer: FakeMailer) -> None:
    notice = write(stage)
    assert notice is not None

    raised = at_once(*[lambda: post.send(notice.pk, at=NOW)] * 6)

    assert raised == [None] * 6
    assert len(mailer.outbox) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("sent", 1)
