"""Verbs of backtests: start and cancel; and for the worker begin, tell progress, finish, fail and find the dead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from procrastinate.contrib.django import app

from homeward import journal
from homeward.kernel import Actor, NotAllowed, new_ref
from homeward.kernel.actor import MACHINE
from homeward.parties.models import Merchant
from homeward.policies import rulebook as books
from homeward.policies.models import BacktestRun
from homeward.policies.runs import plan as plans
from homeward.policies.runs.lifecycle import STARTER_ROLES
from homeward.policies.runs.plan import Plan
from homeward.policies.runs.queries import Choice

MOST_ATTEMPTS = 3  # a backtest that takes the worker down is not tried for ever
SILENCE = timedelta(minutes=10)  # after which a backtest at work counts as dead: a chunk takes seconds
DIED = "worker_died"


class SameBook(ValueError):
    """A rulebook was to be compared with itself."""


@journal.action
def start(
    *, merchant: Merchant, old: Choice, new: Choice, plan: Plan, actor: Actor, at: datetime
) -> BacktestRun:  # fmt: skip
    """Ask for a backtest of `new` beside `old`; both are kept as they are now, and the worker takes it up.

    :raises NotAllowed: for a role that may not.
    :raises SameBook: if both are the same.
    :raises RulebookError: if one says something that it cannot mean.
    """
    if actor.role not in STARTER_ROLES:
        raise NotAllowed("backtest", "start", "", actor.role)
    if old.ref == new.ref:
        raise SameBook(old.ref)
    run = BacktestRun.objects.create(
        ref=new_ref("bkt", at=at), merchant=merchant, plan=plans.to_data(plan),
        old_ref=old.ref, old_name=old.name, old_document=books.to_data(books.check(old.book)),
        new_ref=new.ref, new_name=new.name, new_document=books.to_data(books.check(new.book)),
        asked_at=at, asked_by=actor.name or str(actor),
    )  # fmt: skip
    journal.record(run, "start", actor=actor, at=at, old=old.ref, new=new.ref)
    app.configure_task("policies.run_backtest", queue="backtests").defer(run_id=run.pk)
    return run


@journal.action
def cancel(run: BacktestRun, *, actor: Actor, at: datetime) -> None:
    """Call a backtest off; the worker stops after the chunk that it is at.

    :raises NotAllowed: if it has ended, or for a role that may not.
    """
    journal.move(run, "cancel", actor=actor, at=at, set={"ended_at": at})


@journal.action
def begin(run_id: int, *, total: int, at: datetime) -> BacktestRun | None:
    """Set to work on a backtest, or take it up anew where a worker died; return None where nobody wants it any more.

    One that was taken up too often has failed: it is what takes the worker down.
    """
    run = BacktestRun.objects.select_for_update(of=("self",)).select_related("merchant").filter(pk=run_id).first()
    if run is None or run.state not in {"queued", "running"}:
        return None
    if run.attempts >= MOST_ATTEMPTS:
        journal.move(run, "fail", actor=MACHINE, at=at, set={"ended_at": at, "error": DIED})
        return None
    verb = "begin" if run.state == "queued" else "resume"
    fields = {"attempts": run.attempts + 1, "begun_at": at, "alive_at": at, "rows_done": 0, "rows_total": total}
    journal.move(run, verb, actor=MACHINE, at=at, set=fields)
    return run


def tell_progress(run: BacktestRun, *, rows: int, at: datetime) -> None:
    """Keep how far a backtest is, and that somebody is at it."""
    BacktestRun.objects.filter(pk=run.pk, attempts=run.attempts).update(rows_done=rows, alive_at=at)


@journal.action
def finish(run: BacktestRun, *, result: Mapping[str, Any], rows: int, at: datetime) -> bool:
    """Keep what a backtest found; return whether anybody still wanted it."""
    fields = {"result": dict(result), "rows_done": rows, "rows_total": rows, "ended_at": at, "alive_at": at}
    entry = journal.move_if(run, "finish", actor=MACHINE, at=at, set=fields, rows=rows)
    return entry is not None


@journal.action
def fail(run: BacktestRun, *, error: str, at: datetime) -> None:
    """Say that a backtest came to nothing, and why."""
    journal.move_if(run, "fail", actor=MACHINE, at=at, set={"ended_at": at, "error": error[:200]})


@journal.action
def fail_silent(*, at: datetime) -> int:
    """Fail the backtests that nobody has been at for a while and that no job will take up; return how many."""
    silent = BacktestRun.objects.filter(state="running", alive_at__lt=at - SILENCE).defer("result")
    for run in silent:
        journal.move_if(run, "fail", actor=MACHINE, at=at, set={"ended_at": at, "error": DIED})
    return len(silent)
