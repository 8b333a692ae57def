"""Verbs of the conversations: say something in a case; write notices and record what became of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q
from procrastinate.contrib.django import app

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.cases import queries as case_queries
from homeward.cases.actions import NewClock
from homeward.cases.models import Case
from homeward.conversations import letters, ports, promises
from homeward.conversations.letters import About, Letter
from homeward.conversations.models import Message, Notice
from homeward.kernel import Actor, Role, new_ref
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.returns import actions as return_actions
from homeward.returns import queries as return_queries

MOST_SIGNS = 5_000
LEASE = timedelta(minutes=10)  # longer than any mail server takes to answer; then a try counts as lost


class NothingSaid(ValueError):
    """A message holds no words."""


class TooMuchSaid(ValueError):
    """A message is longer than `most` signs; nothing was kept."""

    def __init__(self, length: int) -> None:
        self.length, self.most = length, MOST_SIGNS
        super().__init__(f"{length} signs, {MOST_SIGNS} fit into one message")


@journal.action
def say(
    case: Case, *, body: str, actor: Actor, at: datetime, nonce: str = "", language: str = "", channel: str = "portal",
    is_note: bool = False,
) -> Message:  # fmt: skip
    """Add words to a case, verbatim; the same `nonce` says them once.

    A shopper's words start the clock of the next answer and call the case back to the desk; staff words stop the
    answer clocks. A note is seen by staff only and moves nothing.

    :raises NothingSaid: without words.
    :raises TooMuchSaid: beyond 5,000 signs.
    """
    body = body.replace("\x00", "")  # the one sign that PostgreSQL cannot hold
    if not body.strip():
        raise NothingSaid("a message needs words")
    if len(body) > MOST_SIGNS:
        raise TooMuchSaid(len(body))
    side = "shopper" if actor.role == Role.SHOPPER else "note" if is_note else "staff"
    message = Message(
        ref=new_ref("msg", at=at), case=case, merchant_id=case.merchant_id, side=side, author=str(actor),
        author_name=actor.name[:120], body=body, language=language, channel=channel, at=at, nonce=nonce[:40],
    )  # fmt: skip
    Message.objects.bulk_create([message], ignore_conflicts=bool(nonce))
    if nonce:
        kept = Message.objects.get(case=case, nonce=message.nonce)
        if kept.ref != message.ref:
            return kept
        message = kept
    journal.record(case, "say", actor=actor, at=at, side=side, message=message.ref)
    if side == "shopper":
        _expect_answer(case, actor=actor, at=at)
    elif side == "staff":
        case_actions.meet_clocks(case.pk, "first_response", "next_response", at=at)
    return message


def _expect_answer(case: Case, *, actor: Actor, at: datetime) -> None:
    """Start the clock of the next answer where none runs, and put the case before the desk again."""
    running = {clock.kind for clock in case_queries.clocks(MACHINE, case) if clock.met_at is None}
    if not running & {"first_response", "next_response"}:
        lines = order_queries.lines(MACHINE, case.order) if case.order else []
        traits = {trait for line in lines for trait in line.traits}
        due = promises.answer_by(traits, at=at)
        case_actions.start_clocks(case, [NewClock("next_response", due, owner="agent", on_expiry="remind")], at=at)
    case_actions.move_if(case, "resume", actor=actor, at=at)
    case_actions.move_if(case, "reopen", actor=actor, at=at, closed_at=None)


@journal.action
def write_notice(
    *, kind: str, cause: str, to: str, letter: Letter, about: About, merchant_id: int, at: datetime,
    case_id: int | None = None, noun_ref: str = "", not_before: datetime | None = None,
) -> Notice | None:  # fmt: skip
    """Write the one notice of this `kind` about this `cause` and hand it to the post; None where it stands already.

    Where no mail server is set, it is kept for the office at once. `not_before` lets it wait.
    """
    if not to:
        return None
    notice = Notice(
        ref=new_ref("ntc", at=at), merchant_id=merchant_id, case_id=case_id, kind=kind, cause=cause, about=noun_ref,
        to=to, locale=about.language, subject=letter.subject, text=letters.plain(letter, about),
        html=letters.html(letter, about), written_at=at, next_at=not_before,
    )  # fmt: skip
    if not _is_first(notice):
        return None
    journal.record(notice, "write", actor=MACHINE, at=at, kind=kind)
    if ports.mailer() is None:
        keep(notice, at=at)
    else:
        _post(notice, at=not_before)
    return notice


_NOTICE_FIELDS = tuple(field for field in Notice._meta.concrete_fields if not field.primary_key)
_FIRST = f"""
INSERT INTO conversations_notice ({", ".join(f'"{field.column}"' for field in _NOTICE_FIELDS)})
VALUES ({", ".join("%s" for _ in _NOTICE_FIELDS)})
ON CONFLICT (kind, cause) DO NOTHING RETURNING id
"""


def _is_first(notice: Notice) -> bool:
    """Keep a new notice; False where its event is told already."""
    values = [field.get_db_prep_save(getattr(notice, field.attname), connection) for field in _NOTICE_FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, values)
        row = cursor.fetchone()
    if row is not None:
        notice.pk = row[0]
    return row is not None


@journal.action
def claim(notice_id: int, *, at: datetime) -> Notice | None:
    """Take a notice that is due in hand for one try, so that nobody else tries it meanwhile; None where none is due."""
    due = Notice.objects.filter(Q(next_at=None) | Q(next_at__lte=at), pk=notice_id, state="intended")
    if not due.update(attempts=F("attempts") + 1, next_at=at + LEASE):
        return None
    return Notice.objects.select_related("merchant").get(pk=notice_id)


@journal.action
def mark_sent(notice: Notice, *, at: datetime) -> None:
    """Record that the mail is on its way; a withdrawal's receipt also counts as acknowledged."""
    journal.move(notice, "send", actor=MACHINE, at=at, set={"sent_at": at, "next_at": None, "failure": ""})
    if notice.kind == "withdrawal_acknowledged":
        withdrawal = return_queries.withdrawals(MACHINE).get(ref=notice.about)
        return_actions.acknowledge(withdrawal, actor=MACHINE, at=at)


@journal.action
def keep(notice: Notice, *, at: datetime) -> None:
    """Keep a notice for the office to show, because this installation has no mail server."""
    journal.move(notice, "keep", actor=MACHINE, at=at, set={"next_at": None})


@journal.action
def delay(notice: Notice, *, why: str, at: datetime) -> None:
    """Put a notice aside that nobody took; try again later, and after three days show it to a person."""
    next_at = promises.next_try(notice.attempts, at=at)
    if next_at is None:
        fail(notice, why=why, at=at)
        return
    Notice.objects.filter(pk=notice.pk).update(next_at=next_at, failure=why[:300])
    _post(notice, at=next_at)


@journal.action
def fail(notice: Notice, *, why: str, at: datetime) -> None:
    """Record that a mail cannot arrive, and why; a person sees it in the office."""
    journal.move(notice, "fail", actor=MACHINE, at=at, set={"next_at": None, "failure": why[:300]}, why=why[:300])


@journal.action
def retry(notice: Notice, *, actor: Actor, at: datetime) -> None:
    """Hand a failed or kept notice to the post anew.

    :raises NotAllowed: if it is neither.
    """
    journal.move(notice, "retry", actor=actor, at=at, set={"next_at": None, "attempts": 0})
    if ports.mailer() is None:
        keep(notice, at=at)
    else:
        _post(notice, at=None)


def due(*, at: datetime, most: int = 500) -> list[int]:
    """Return notices whose time has come: those that a worker took and never brought to an end are among them."""
    rows = Notice.objects.filter(state="intended", next_at__lte=at).order_by("next_at")
    return list(rows.values_list("pk", flat=True)[:most])


def _post(notice: Notice, *, at: datetime | None) -> None:
    """Queue one try, in the running transaction; `at` None is now."""
    app.configure_task("conversations.send_notice", queue="mail", schedule_at=at).defer(notice_id=notice.pk)
