"""The post: takes a notice in hand, calls the mailer outside any transaction, and records what became of it."""

from __future__ import annotations

from datetime import datetime

from homeward.conversations import actions, notices, ports
from homeward.conversations.models import Notice
from homeward.conversations.ports import Mail, MailDelayed, MailRefused


def send(notice_id: int, *, at: datetime) -> None:
    """Try to send one notice that is due.

    1. Claim it: the row says that a try runs, so a second worker leaves it alone.
    2. Hand the mail over, with nothing locked.
    3. Record: sent; delayed with a growing pause; failed for good; or kept where no mail server is set.

    A worker that dies between 2 and 3 leaves a claim that runs out; the mail then goes again under the same
    Message-ID, by which mail systems know it as the same one.
    """
    notice = actions.claim(notice_id, at=at)
    if notice is None:
        return
    mailer = ports.mailer()
    if mailer is None:
        actions.keep(notice, at=at)
        return
    try:
        mailer.send(mail_of(notice))
    except MailDelayed as why:
        actions.delay(notice, why=str(why), at=at)
    except MailRefused as why:
        actions.fail(notice, why=str(why), at=at)
    else:
        actions.mark_sent(notice, at=at)


def send_due(*, at: datetime) -> int:
    """Try every notice whose time has come, and return how many; what fell out of the queue is found here."""
    waiting = actions.due(at=at)
    for notice_id in waiting:
        send(notice_id, at=at)
    return len(waiting)


def mail_of(notice: Notice) -> Mail:
    """Return a notice as the mail that leaves."""
    return Mail(
        to=notice.to, subject=notice.subject, text=notice.text, html=notice.html, language=notice.locale,
        message_id=f"{notice.ref}@notices.homeward.local", sender_name=notice.merchant.name,
        reply_to=notice.merchant.email, attachments=notices.attachments_of(notice),
    )  # fmt: skip
