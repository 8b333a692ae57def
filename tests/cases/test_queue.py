"""The queue of cases: order, filters, counts and the clocks that run."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from homeward.cases import actions, queries
from homeward.cases.actions import NewClock
from homeward.cases.models import Case
from tests.support import build
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def case(
    cast: Cast, number: str, *, due: datetime | None = None, kind: str = "merchant_answer", **more: object
) -> Case:
    """Build a case about an order of its own, with a clock where `due` is given."""
    clocks = [NewClock(kind, due)] if due else []
    return build.case(cast, of=build.order(cast.lanting, number=number), clocks=clocks, **more)


def in_hours(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def test_what_runs_out_first_stands_first_and_urgent_cases_before_all(cast: Cast) -> None:
    without = case(cast, "LT-1")
    later, sooner = case(cast, "LT-2", due=in_hours(9)), case(cast, "LT-3", due=in_hours(2))
    urgent = case(cast, "LT-4", due=in_hours(50), priority=90)
    assert list(queries.queue(cast.bo)) == [urgent, sooner, later, without]
    assert queries.queue(cast.bo, order="priority").first() == urgent
    assert list(queries.queue(cast.bo, order="newest")) == list(reversed(queries.queue(cast.bo, order="oldest")))


def test_a_paused_or_met_clock_does_not_count(cast: Cast) -> None:
    paused, met = case(cast, "LT-1", due=in_hours(1)), case(cast, "LT-2", due=in_hours(1))
    actions.pause_clocks(paused.pk, "merchant_answer", cause="photo", at=NOW)
    actions.meet_clocks(met.pk, at=NOW)
    assert [one.next_due for one in queries.queue(cast.bo)] == [None, None]
    assert queries.running_clocks(cast.bo, [paused.pk, met.pk]) == {}
    assert not queries.queue(cast.bo, overdue_at=in_hours(9)).exists()
    assert not queries.queue(cast.bo, unanswered=True).exists()


def test_counts_are_those_of_the_filters(cast: Cast) -> None:
    late, mine = case(cast, "LT-1", due=NOW), case(cast, "LT-2", due=in_hours(8), kind="inspection")
    waiting, closed = case(cast, "LT-3", due=in_hours(8)), case(cast, "LT-4", due=NOW)
    actions.take(mine, actor=cast.bo, at=NOW)
    actions.wait(waiting, actor=cast.bo, at=NOW)
    actions.close(closed, actor=cast.bo, at=NOW)
    at = in_hours(1)
    found = queries.counts(cast.bo, at=at)
    assert (found.todo, found.mine, found.unanswered, found.overdue, found.waiting) == (2, 1, 2, 1, 1)
    assert list(queries.queue(cast.bo, state="open")) == [late, mine]
    assert list(queries.queue(cast.bo, mine=True)) == [mine]
    assert list(queries.queue(cast.bo, unanswered=True)) == [late, waiting]
    assert list(queries.queue(cast.bo, overdue_at=at)) == [late]
    assert queries.overdue(cast.bo, at=at) == 1
    assert closed in queries.queue(cast.bo, state="all")
    assert queries.queue(cast.olu, merchant="nordlicht").count() == 0
    assert queries.counts(cast.olu, at=at, merchant="nordlicht").todo == 0


def test_nobody_sees_beyond_their_fence(cast: Cast) -> None:
    found = case(cast, "LT-1", due=NOW)
    assert not queries.queue(cast.zoe, state="all").exists()
    assert queries.counts(cast.zoe, at=in_hours(1)).todo == 0
    assert queries.running_clocks(cast.zoe, [found.pk]) == {}
    assert queries.kept(cast.zoe, "merchant_answer", since=NOW).ended == 0
    with pytest.raises(Case.DoesNotExist):
        queries.case(cast.zoe, found.number)


def test_cases_that_other_rooms_found_are_among_the_found(cast: Cast) -> None:
    found = case(cast, "LT-1")
    also = [queries.cases(cast.bo).filter(pk=found.pk).values("pk")]
    assert list(queries.queue(cast.bo, search="1Z 999", also=also)) == [found]
    assert not queries.queue(cast.bo, search="1Z 999").exists()
