"""The contract of the mailer port, run on the fake and on Django's mail against a loopback server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from homeward.connectors.mail import DjangoMailer
from homeward.conversations.ports import FakeMailer, Mail, MailDelayed, Mailer, MailRefused
from tests.support.smtp import mail_server

MAIL = Mail(
    to="mei@lyon.example", subject="您的退货 HW-7KM3-94QX", text="Bonjour Mei,\n\nvotre retour est autorisé.\n",
    html="<p>Bonjour Mei,</p>", language="fr", message_id="ntc_1@notices.homeward.local", sender_name="Lanting 兰亭",
    reply_to="service@lanting.example",
)  # fmt: skip


@dataclass
class Post:
    """A mailer and the ways to look behind it."""

    mailer: Mailer
    arrived: Callable[[], list[str]]
    break_down: Callable[[], None]
    forget: Callable[[str], None]


@pytest.fixture(params=["fake", "django"])
def post(request: pytest.FixtureRequest, settings) -> Iterator[Post]:
    if request.param == "fake":
        fake = FakeMailer()
        yield Post(
            fake, lambda: [mail.message_id for mail in fake.outbox], lambda: setattr(fake, "is_down", True),
            fake.unknown.add,
        )  # fmt: skip
        return
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        yield Post(
            DjangoMailer(), lambda: [mail["Message-ID"].strip("<>") for mail in server.mails],
            lambda: setattr(server, "greeting", "421 closed for today"), server.unknown.add,
        )  # fmt: skip


def test_a_mail_arrives_once_under_its_own_id(post: Post) -> None:
    post.mailer.send(MAIL)

    assert post.arrived() == ["ntc_1@notices.homeward.local"]


def test_an_unknown_mailbox_is_refused_for_good(post: Post) -> None:
    post.forget("mei@lyon.example")

    with pytest.raises(MailRefused, match="550"):
        post.mailer.send(MAIL)
    assert post.arrived() == []


def test_a_server_that_is_down_delays(post: Post) -> None:
    post.break_down()

    with pytest.raises(MailDelayed):
        post.mailer.send(MAIL)
    assert post.arrived() == []


def test_the_server_is_busy_for_now(settings) -> None:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        server.takes_mail = "452 mailbox full"

        with pytest.raises(MailDelayed, match="452"):
            DjangoMailer().send(MAIL)


def test_a_closed_port_delays(settings) -> None:
    with mail_server() as server:
        port = server.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2

    with pytest.raises(MailDelayed):
        DjangoMailer().send(MAIL)


def test_what_leaves_speaks_for_the_merchant_in_two_forms(settings) -> None:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        DjangoMailer().send(MAIL)

    (mail,) = server.mails
    assert mail["Subject"] == "您的退货 HW-7KM3-94QX"
    assert "Lanting 兰亭" in str(mail["From"])
    assert mail["Reply-To"] == "service@lanting.example"
    assert mail["Content-Language"] == "fr"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "votre retour est autorisé" in mail.get_body(("plain",)).get_content()
    assert "<p>Bonjour Mei,</p>" in mail.get_body(("html",)).get_content()


def test_no_header_is_smuggled_in_by_a_line_break(settings) -> None:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        DjangoMailer().send(replace(MAIL, subject="Hello\r\nBcc: zoe@evil.example", sender_name="A\nB"))

    (mail,) = server.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: zoe@evil.example"
