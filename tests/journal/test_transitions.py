"""The journal is the only writer of states: it guards, records and tells, or leaves no trace."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.cases.models import Case
from homeward.journal import relay
from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import NotAllowed
from tests.support import build
from tests.support.cast import NOW, Cast


def test_a_move_changes_the_state_and_writes_who_did_what_when(cast: Cast) -> None:
    case = build.case(cast)
    case_actions.close(case, actor=cast.bo, at=NOW)
    entry = Entry.objects.get(verb="close")
    assert (entry.before, entry.after, entry.actor, entry.at) == ("open", "closed", "agent:stf_bo", NOW)
    assert (entry.merchant_id, entry.case_id, entry.ref) == (cast.lanting.pk, case.pk, case.ref)
    case.refresh_from_db()
    assert (case.state, case.closed_at) == ("closed", NOW)


def test_a_verb_that_does_not_lead_on_is_refused_and_nothing_is_written(cast: Cast) -> None:
    case = build.case(cast)
    case_actions.close(case, actor=cast.bo, at=NOW)
    before = Entry.objects.count()
    with pytest.raises(NotAllowed) as refused:
        case_actions.close(case, actor=cast.bo, at=NOW)
    assert (refused.value.state, refused.value.allowed) == ("closed", ("reopen",))
    assert Entry.objects.count() == before


def test_outside_an_action_the_journal_does_not_write(cast: Cast) -> None:
    case = build.case(cast)
    with pytest.raises(RuntimeError, match="inside an action"), transaction.atomic():
        journal.move(case, "close", actor=cast.bo, at=NOW)
    case.refresh_from_db()
    assert case.state == "open"


def test_an_action_that_raises_leaves_no_entry_no_state_and_no_job(cast: Cast) -> None:
    case = build.case(cast)
    before = (Entry.objects.count(), build.jobs())

    @journal.action
    def change_of_heart() -> None:
        journal.move(case, "close", actor=cast.bo, at=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        change_of_heart()
    case.refresh_from_db()
    assert case.state == "open"
    assert (Entry.objects.count(), build.jobs()) == before


def test_entries_cannot_be_changed_or_deleted_even_by_sql(cast: Cast) -> None:
    build.case(cast)
    for sql in ("UPDATE journal_entry SET verb = 'x'", "DELETE FROM journal_entry"):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_the_database_refuses_a_state_that_the_table_does_not_know(cast: Cast) -> None:
    case = build.case(cast)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET state = 'tipsy' WHERE id = %s", [case.pk])


@pytest.fixture
def listener() -> Any:
    """A listener on `case.close` that fails as often as told."""
    heard: list[Entry] = []
    failures: list[Exception] = []

    def notice_the_end(entry: Entry, *, at: Any) -> None:
        if failures:
            raise failures.pop()
        heard.append(entry)

    journal.on("case.close")(notice_the_end)
    notice_the_end.heard, notice_the_end.failures = heard, failures  # type: ignore[attr-defined]
    yield notice_the_end
    relay._listeners["case.close"].pop("journal.notice_the_end", None)


def test_what_happened_is_told_once_to_each_listener(cast: Cast, drain: Callable[..., int], listener: Any) -> None:
    case_actions.close(build.case(cast), actor=cast.bo, at=NOW)
    drain()
    assert [entry.event for entry in listener.heard] == ["case.close"]


def test_a_failing_listener_is_put_aside_and_told_again_until_it_listens(
    cast: Cast, drain: Callable[..., int], listener: Any
) -> None:
    listener.failures[:] = [ValueError("still deaf"), ValueError("deaf")]
    case_actions.close(build.case(cast), actor=cast.bo, at=NOW)
    drain()
    letter = DeadLetter.objects.get()
    assert (letter.attempts, letter.error, letter.solved_at) == (1, "ValueError: deaf", None)
    assert letter.next_at is not None
    assert relay.redeliver(letter.pk, at=NOW) is False
    assert relay.redeliver(letter.pk, at=NOW) is True
    letter.refresh_from_db()
    assert (letter.attempts, letter.solved_at) == (2, NOW)
    assert len(listener.heard) == 1


def test_after_the_last_try_a_letter_waits_for_a_person(cast: Cast, listener: Any, drain: Callable[..., int]) -> None:
    case_actions.close(build.case(cast), actor=cast.bo, at=NOW)
    entry = Entry.objects.get(verb="close")
    for _ in range(len(relay.PAUSES) + 1):
        listener.failures.append(ValueError("deaf"))
        relay.deliver([entry.pk], at=NOW)
    letter = DeadLetter.objects.get()
    assert (letter.attempts, letter.next_at, letter.solved_at) == (len(relay.PAUSES) + 1, None, None)


def test_a_move_that_may_be_impossible_says_so_by_none(cast: Cast) -> None:
    case = build.case(cast)

    @journal.action
    def pick_up() -> Entry | None:
        return journal.move_if(case, "resume", actor=cast.bo, at=NOW)

    before = Entry.objects.count()
    assert pick_up() is None
    case_actions.wait(case, actor=cast.bo, at=NOW)
    entry = pick_up()
    assert entry is not None
    assert (entry.before, entry.after, Entry.objects.count()) == ("waiting", "open", before + 2)


def test_entries_get_their_ids_in_the_order_in_which_they_happened(cast: Cast) -> None:
    case = build.case(cast)

    @journal.action
    def talk() -> list[Entry]:
        return [journal.record(case, word, actor=cast.bo, at=NOW, said={"n": [word]}) for word in ("a", "b", "c")]

    entries = talk()
    kept = list(Entry.objects.filter(pk__in=[entry.pk for entry in entries]).order_by("pk"))
    assert [(entry.pk, entry.verb, entry.facts) for entry in kept] == [
        (entry.pk, word, {"said": {"n": [word]}}) for entry, word in zip(entries, "abc", strict=True)
    ]


def waiting_jobs() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def set_job(job: int, **columns: Any) -> None:
    with connection.cursor() as cursor:
        for name, value in columns.items():
            cursor.execute(f"UPDATE procrastinate_jobs SET {name} = %s WHERE id = %s", [value, job])


def test_a_running_delivery_takes_along_those_that_wait(cast: Cast, listener: Any, drain: Callable[..., int]) -> None:
    cases = [build.case(cast, of=build.order(cast.lanting, number=f"A-{n}")) for n in range(4)]
    drain()
    for case in cases:
        case_actions.close(case, actor=cast.bo, at=NOW)
    entries = list(Entry.objects.filter(verb="close").order_by("pk").values_list("pk", flat=True))
    first, running, later, _ = waiting_jobs()
    set_job(first, status="doing")
    set_job(running, status="doing")
    set_job(later, scheduled_at=NOW)
    assert relay.take_along(first) == [entries[0], entries[3]]
    assert waiting_jobs() == [later]
    assert relay.take_along(first) == [entries[0], entries[3]]  # as whoever takes it up again after a crash will see
    relay.deliver(relay.take_along(first), at=NOW)
    assert [entry.pk for entry in listener.heard] == [entries[0], entries[3]]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_who_close_a_case_at_once_exactly_one_does(transactional_db: None) -> None:
    cast = build.committed_cast()
    case = build.case(cast)
    done: list[str] = []
    gate = threading.Barrier(6)

    def close() -> None:
        gate.wait()
        try:
            case_actions.close(Case.objects.get(pk=case.pk), actor=cast.bo, at=NOW)
            done.append("closed")
        except NotAllowed:
            done.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=close) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["closed", *["refused"] * 5]
    assert Entry.objects.filter(verb="close").count() == 1
