"""What the case page shows around its returns, prepared: clocks, who asks, words, mails, journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from homeward.cases import queries as case_queries
from homeward.cases import texts as case_texts
from homeward.cases.models import Case, Clock
from homeward.conversations import queries as conversation_queries
from homeward.journal import queries as journal_queries
from homeward.kernel import Actor, formats
from homeward.orders import queries as order_queries
from homeward.parties import queries as party_queries
from homeward.returns import queries as return_queries
from homeward.returns.models import Return, Withdrawal
from homeward.web import timeline
from homeward.web.design import clocks as design_clocks
from homeward.web.design.templatetags import homeward
from homeward.web.desk.return_face import ReturnFace, return_face

_OTHER_RETURNS = 6
_LATEST_STEPS = 12


@dataclass(frozen=True, slots=True)
class Others:
    """What else is known of the case's shopper: how many orders and returns, and the latest other returns."""

    orders: int
    returns: int
    refused: int
    latest: Sequence[Return]


@dataclass(frozen=True, slots=True)
class CaseFace:
    """The whole page of a case."""

    case: Case
    clocks: Sequence[design_clocks.Clock]
    kept_clocks: Sequence[Any]
    returns: Sequence[ReturnFace]
    messages: Sequence[Any]
    notices: Sequence[Any]
    marks: Sequence[dict[str, Any]]
    verbs: Sequence[str]
    assignee: str
    others: Others | None
    declared: Sequence[Withdrawal] = ()

    @property
    def marks_new(self) -> Sequence[dict[str, Any]]:
        """The latest steps."""
        return self.marks[:_LATEST_STEPS]

    @property
    def marks_old(self) -> Sequence[dict[str, Any]]:
        """The steps before those."""
        return self.marks[_LATEST_STEPS:]


def face_of(actor: Actor, case: Case, *, language: str) -> CaseFace:
    """Return the page of a case as `actor` may see it."""
    made = [return_face(actor, one, language=language) for one in return_queries.of_case(actor, case.pk)]
    clocks = case_queries.clocks(actor, case)
    return CaseFace(
        case=case,
        clocks=[clock_of(clock, language=language) for clock in clocks if clock.met_at is None],
        kept_clocks=[case_texts.CLOCKS.get(clock.kind, clock.kind) for clock in clocks if clock.met_at],
        returns=made,
        messages=conversation_queries.messages(actor, case),
        notices=conversation_queries.notices_of_case(actor, case),
        marks=timeline.entries_as_marks(journal_queries.timeline(actor, case.pk)),
        verbs=Case.lifecycle.allowed(case.state, role=actor.role),
        assignee=names_of(actor, [case.assignee]).get(case.assignee, ""),
        others=_others(actor, case),
        declared=list(return_queries.withdrawals_of_case(actor, case.pk)),
    )


def clock_of(clock: Clock, *, language: str) -> design_clocks.Clock:
    """Return a clock of a case as the strip takes it, with its moment and its ground in words."""
    due = formats.moment_in(homeward.local(clock.due_at), language, "brief")
    basis = _basis(clock.basis)
    return design_clocks.Clock(
        source=clock.source,
        due_at=clock.due_at,
        started_at=clock.started_at,
        title=case_texts.CLOCKS.get(clock.kind, clock.kind),
        note=f"{due} · {basis}" if basis else due,
        paused_at=clock.paused_at,
        waits_for=_cause(clock.pauses[-1]["cause"]) if clock.paused_at and clock.pauses else "",
        met_at=clock.met_at,
    )


def _basis(basis: str) -> str:
    """Return the ground of a clock in words: a span, or the ref of a clause as it is."""
    count, _blank, unit = basis.partition(" ")
    words = {
        "h": _("within %(count)s hours"),
        "hours": _("within %(count)s hours"),
        "days": _("within %(count)s days"),
        "working_days": _("within %(count)s working days"),
    }
    return words[unit] % {"count": count} if unit in words else basis


def _cause(cause: str) -> str:
    """Return why a clock stands still, in words."""
    known = {"goods or proof of posting": _("until goods or proof of posting are here")}
    return known.get(cause, cause)


def names_of(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """Return the names of members of staff by ref; of the operator's, a shop sees only that they are."""
    wanted = {ref for ref in refs if ref}
    if not wanted:
        return {}
    found = {one.ref: one.name for one in party_queries.staff(actor).filter(ref__in=wanted)}
    return {ref: found.get(ref, _("somebody of the operator")) for ref in wanted}


def _others(actor: Actor, case: Case) -> Others | None:
    if case.shopper_id is None:
        return None
    returns = list(return_queries.returns(actor).filter(shopper_id=case.shopper_id).select_related("case", "order"))
    latest = sorted((one for one in returns if one.case_id != case.pk), key=lambda one: one.asked_at, reverse=True)
    return Others(
        orders=order_queries.orders(actor).filter(shopper_id=case.shopper_id).count(),
        returns=len(returns),
        refused=sum(one.state == "refused" for one in returns),
        latest=latest[:_OTHER_RETURNS],
    )
