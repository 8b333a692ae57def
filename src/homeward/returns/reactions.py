"""What returns do when something happened earlier on the road: end what never came, keep declarations running."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from homeward import journal
from homeward.journal.models import Entry
from homeward.kernel import NotAllowed
from homeward.kernel.actor import MACHINE
from homeward.returns import actions, queries
from homeward.returns.actions import GoodsAreHere


@journal.on("case.clock_ran_out")
def end_what_never_came(entry: Entry, *, at: datetime) -> None:
    """Let the returns of a case expire whose clock says so: goodwill that was not used in time."""
    if entry.facts["on_expiry"] != "expire" or entry.case_id is None:
        return
    for made in queries.of_case(MACHINE, entry.case_id):
        with suppress(NotAllowed, GoodsAreHere):
            actions.expire(made, actor=MACHINE, at=at)


@journal.on("return.withdraw", "return.expire")
def let_the_declaration_run_again(entry: Entry, *, at: datetime) -> None:
    """Give the clock back to a declaration whose return came to nothing: the declaration itself still stands."""
    actions.take_up_again(queries.return_(MACHINE, entry.ref), actor=MACHINE, at=at)
