"""The jobs of the worker: thin edges that read the clock and call one function each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from homeward.api import idempotency
from homeward.cases import actions as case_actions
from homeward.config import imports
from homeward.conversations import post
from homeward.conversations.ports import MailDelayed
from homeward.journal import relay
from homeward.kernel.actor import MACHINE
from homeward.logistics import actions as logistics_actions
from homeward.logistics import errands
from homeward.policies.runs import actions as backtest_actions
from homeward.returns import backtesting
from homeward.settlements import sending
from homeward.settlements.ports import Unreachable
from homeward.web.office import invitations
from homeward.web.portal import mailing

# What waits out a database that has gone away and comes back, for about two hours.
WAITS = RetryStrategy(max_attempts=12, exponential_wait=2, retry_exceptions={OperationalError, InterfaceError})


@app.task(name="journal.deliver", queue="relay", pass_context=True, retry=WAITS)
def deliver(context: JobContext | None = None, *, entry_ids: list[int]) -> None:
    """Tell the listeners of these entries, and of those whose delivery waits; later again if the database is away."""
    taken = relay.take_along(context.job.id) if context and context.job.id else []
    relay.deliver(taken or entry_ids, at=timezone.now())


@app.task(name="journal.redeliver", queue="relay", retry=WAITS)
def redeliver(letter_id: int) -> None:
    """Try a delivery that failed once more."""
    relay.redeliver(letter_id, at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="cases.wind_clocks", queue="relay")
def wind_clocks(timestamp: int) -> None:
    """Find the clocks that have run out."""
    at = timezone.now()
    while len(case_actions.expire_clocks(actor=MACHINE, at=at)) == case_actions.MOST_CLOCKS:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="journal.take_up", queue="relay")
async def take_up(timestamp: int) -> None:
    """Take up jobs again whose worker died in the middle of them."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="api.forget_answers", queue="relay")
def forget_answers(timestamp: int) -> None:
    """Forget answers to posts that nobody repeats any more."""
    idempotency.forget(before=timezone.now() - timedelta(days=30))


@app.task(name="office.import_file", queue="imports", pass_context=True, retry=WAITS)
def import_file(context: JobContext | None = None, *, run: str) -> None:
    """Read a file of orders that somebody handed in."""
    imports.read(run, tries=context.job.attempts if context else 0)


@app.periodic(cron="*/5 * * * *")
@app.task(name="office.look_after_imports", queue="imports")
def look_after_imports(timestamp: int) -> None:
    """Find files that fell out of the queue, and have them read."""
    imports.look_after(at=timezone.now())


@app.task(name="conversations.send_notice", queue="mail", retry=WAITS)
def send_notice(notice_id: int) -> None:
    """Try to send one notice."""
    post.send(notice_id, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="conversations.send_due", queue="mail")
def send_due(timestamp: int) -> None:
    """Find notices that fell out of the queue, as when a worker died, and send them."""
    post.send_due(at=timezone.now())


@app.task(name="portal.mail_links", queue="mail", retry=WAITS)
def mail_links(shop: int, email: str, language: str) -> None:
    """Mail links to the orders of a mailbox."""
    mailing.mail_links(shop=shop, email=email, language=language, at=timezone.now())


@app.task(
    name="office.invite",
    queue="mail",
    retry=RetryStrategy(
        max_attempts=12, exponential_wait=2, retry_exceptions={OperationalError, InterfaceError, MailDelayed}
    ),
)
def invite(person: str) -> None:
    """Mail somebody the link through which they set their password."""
    invitations.send(person, at=timezone.now())


@app.task(name="portal.renew_link", queue="mail", retry=WAITS)
def renew_link(shop: int, purpose: str, content: dict[str, Any], language: str) -> None:
    """Mail a new link in place of an old one."""
    mailing.renew(shop=shop, purpose=purpose, content=content, language=language, at=timezone.now())


@app.task(
    name="settlements.send_refund",
    queue="money",
    retry=RetryStrategy(max_attempts=6, exponential_wait=5, retry_exceptions={Unreachable}),
)
def send_refund(refund_id: int) -> None:
    """Bring one refund to its provider; one that does not answer is asked again, later and later."""
    sending.send(refund_id, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="settlements.send_due", queue="money")
def send_due_refunds(timestamp: int) -> None:
    """Look after refunds that nobody has heard of for a while, as when a worker died between asking and writing."""
    sending.send_due(at=timezone.now())


@app.periodic(cron="*/15 * * * *")
@app.task(name="logistics.ask_for_scans", queue="carriers")
def ask_for_scans(timestamp: int) -> None:
    """Ask remote carriers what they have seen of our parcels."""
    errands.ask_for_scans(at=timezone.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="logistics.expire_labels", queue="carriers")
def expire_labels(timestamp: int) -> None:
    """Call off labels that nobody has used in time."""
    logistics_actions.expire_labels(actor=MACHINE, at=timezone.now())


@app.task(name="policies.run_backtest", queue="backtests", retry=WAITS)
def run_backtest(run_id: int) -> None:
    """Work off one backtest; one whose worker died is begun anew by the next."""
    backtesting.work(run_id, now=timezone.now)


@app.periodic(cron="*/5 * * * *")
@app.task(name="policies.fail_silent", queue="relay")
def fail_silent_backtests(timestamp: int) -> None:
    """Fail the backtests that a worker left behind and no other takes up."""
    backtest_actions.fail_silent(at=timezone.now())
