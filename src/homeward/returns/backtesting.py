"""A backtest as the worker does it: reads history, lets both rulebooks judge it, and keeps what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import structlog
from django.db import InterfaceError, OperationalError

from homeward.kernel.actor import MACHINE
from homeward.orders import gathering as order_gathering
from homeward.parties.models import Merchant
from homeward.policies import backtest, rulebook
from homeward.policies.results import Result
from homeward.policies.runs import actions as run_actions
from homeward.policies.runs import plan as plans
from homeward.policies.runs import queries as run_queries
from homeward.returns.gathering import History

log = structlog.get_logger(__name__)


def work(run_id: int, *, now: Callable[[], datetime], workers: int = 2) -> None:
    """Work a backtest off from its beginning to one of its ends.

    One that a worker left behind is begun anew. Whatever goes wrong fails it with the reason, except that a database
    that has gone away is waited for.

    :raises OperationalError: if the database goes away; to try again does no harm.
    """
    row = run_queries.waiting(MACHINE, run_id)
    if row is None:
        return
    history = History(MACHINE, row.merchant, plans.from_data(row.plan))
    run = run_actions.begin(run_id, total=history.total(), at=now())
    if run is None:
        return
    try:
        found = backtest.run(
            history.chunks(), rulebook.read(run.old_document), rulebook.read(run.new_document), at=run.asked_at,
            workers=workers if run.rows_total > backtest.WORTH_WORKERS else 1,
            progress=lambda rows: run_actions.tell_progress(run, rows=rows, at=now()),
            cancelled=lambda: not run_queries.is_wanted(MACHINE, run, attempt=run.attempts),
        )  # fmt: skip
    except backtest.Cancelled:
        return
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # whatever it is: nobody shall wait for a backtest that will not come
        log.exception("a backtest failed", backtest=run.ref)
        run_actions.fail(run, error=f"{type(error).__name__}: {error}", at=now())
        return
    found = msgspec.structs.replace(found, assumptions=history.notes())
    run_actions.finish(run, result=_told(found, run.merchant), rows=found.rows, at=now())


def _told(found: Result, merchant: Merchant) -> dict[str, Any]:
    """Return the result as plain data, its examples with the orders that they come from."""
    data = found.to_data()
    lists = [change.get("examples", []) for change in data["changes"]]
    lists += [data["floor"].get(name, []) for name in ("cut_examples", "held_examples")]
    shown = [example for examples in lists for example in examples]
    known = order_gathering.purchases(MACHINE, merchant, sorted({example["row"] for example in shown}))
    for example in shown:
        if bought := known.get(example["row"]):
            example |= {"order": bought.ref, "number": bought.number, "title": bought.title}
    return data
