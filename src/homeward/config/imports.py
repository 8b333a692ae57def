"""The worker's side of files that people hand in: reading them, and finding those whose job got lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from homeward.connectors import importing
from homeward.kernel.actor import MACHINE
from homeward.orders import actions as order_actions
from homeward.orders import queries as order_queries
from homeward.orders.models import ImportRun
from homeward.policies import queries as policy_queries
from homeward.web.office import uploads

MOST_TRIES = 12
_LOST_AFTER = timedelta(minutes=5)


def read(ref: str, *, tries: int = 0) -> None:
    """Read the file of a run into orders; one that broke off goes on where it stood, one that is through stays so.

    Whatever stops it for good is kept with the run, so that nobody waits for it in vain.
    """
    run = order_queries.import_runs(MACHINE).get(ref=ref)
    if run.finished_at:
        return
    found = uploads.find(run)
    if found is None:
        _stop(run, _("The file is not here any more. Nothing else was imported."))
        return
    manner, path = found
    with translation.override(manner.language):
        if tries >= MOST_TRIES:
            _stop(run, _("The import broke off %(tries)s times and is not tried again.") % {"tries": tries})
            return
        desk = importing.Desk(
            run.merchant, MACHINE, timezone.now, policy_queries.calendar_of(run.merchant_id), manner.language
        )
        try:
            with uploads.sheet(run) as sheet:
                importing.import_into(
                    run, path, importing.FORMATS[manner.kind], desk, encoding=manner.encoding,
                    most=settings.IMPORT_MOST_BYTES, rows_to=sheet, told=partial(_tell, run),
                )  # fmt: skip
        except (OperationalError, InterfaceError):
            raise  # the database is away: the job is tried again
        except Exception:
            _stop(run, _("Something went wrong here while the file was read; it is written into our log."))
            raise
    uploads.forget(run)


def _tell(run: ImportRun, progress: importing.Progress) -> None:
    uploads.tell(run, progress.part)


def _stop(run: ImportRun, why: str) -> None:
    order_actions.finish_run(run, actor=MACHINE, at=timezone.now(), stopped_by=why)
    uploads.forget(run)


def look_after(*, at: datetime) -> int:
    """Queue the files again that nobody reads though they wait; return how many there were."""
    lost = [
        run
        for run in order_queries.import_runs(MACHINE).filter(finished_at=None, started_at__lt=at - _LOST_AFTER)
        if uploads.find(run) and not _is_queued(run)
    ]
    for run in lost:
        uploads.read_later(run)
    return len(lost)


def _is_queued(run: ImportRun) -> bool:
    jobs = ProcrastinateJob.objects.filter(task_name=uploads.TASK, status__in=("todo", "doing"))
    return jobs.filter(args__run=run.ref).exists()
