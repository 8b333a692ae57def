"""The jobs of the worker: thin edges that read the clock and call one function each."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from homeward.conversations import post
from homeward.journal import relay
from homeward.web.portal import mailing


@app.task(name="journal.deliver", queue="relay")
def deliver(entry_ids: list[int]) -> None:
    """Tell the listeners of these entries."""
    relay.deliver(entry_ids, at=timezone.now())


@app.task(name="journal.redeliver", queue="relay")
def redeliver(letter_id: int) -> None:
    """Try a delivery that failed once more."""
    relay.redeliver(letter_id, at=timezone.now())


@app.task(name="conversations.send_notice", queue="mail")
def send_notice(notice_id: int) -> None:
    """Try to send one notice."""
    post.send(notice_id, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="conversations.send_due", queue="mail")
def send_due(timestamp: int) -> None:
    """Find notices that fell out of the queue, as when a worker died, and send them."""
    post.send_due(at=timezone.now())


@app.task(name="portal.mail_links", queue="mail")
def mail_links(shop: int, email: str, language: str) -> None:
    """Mail links to the orders of a mailbox."""
    mailing.mail_links(shop=shop, email=email, language=language, at=timezone.now())


@app.task(name="portal.renew_link", queue="mail")
def renew_link(shop: int, purpose: str, content: dict[str, Any], language: str) -> None:
    """Mail a new link in place of an old one."""
    mailing.renew(shop=shop, purpose=purpose, content=content, language=language, at=timezone.now())
