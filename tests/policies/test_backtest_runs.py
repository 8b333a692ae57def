"""A backtest is asked for, worked off, called off, taken up anew; its history is what was sold and returned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homeward.connectors import importing
from homeward.connectors.sample import FOLDER
from homeward.journal.models import Entry
from homeward.kernel import Money, NotAllowed, new_ref
from homeward.kernel.actor import MACHINE
from homeward.orders.models import Order, OrderLine, PastReturn
from homeward.parties.models import Merchant
from homeward.policies import actions as policy_actions
from homeward.policies import results
from homeward.policies.facts import NEWCOMER
from homeward.policies.models import BacktestRun
from homeward.policies.rulebook import EMPTY, RulebookError, Then, standard
from homeward.policies.runs import actions, queries
from homeward.policies.runs.plan import Plan
from homeward.policies.runs.queries import Choice
from homeward.returns import backtesting, verdicts
from homeward.returns.gathering import History
from homeward.returns.verdicts import Wish
from tests.support import build, build_desk
from tests.support.build_orders import desk_of
from tests.support.build_policies import book, clause
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db

OLD = Choice("none", "No rulebook", EMPTY)
NEW = Choice("standard", "Homeward standard", standard())
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def start(cast: Cast, *, plan: Plan | None = None, new: Choice = NEW, **more: Any) -> BacktestRun:
    """Ask for a backtest of Lanting's."""
    wanted = {"merchant": cast.lanting, "old": OLD, "actor": cast.ada, "at": NOW} | more
    return actions.start(new=new, plan=plan or Plan(), **wanted)


def work(run: BacktestRun) -> BacktestRun:
    """Work a backtest off, and return it as it stands then."""
    backtesting.work(run.pk, now=lambda: LATER)
    run.refresh_from_db()
    return run


def past_return(order: Order, line: OrderLine | None, **more: Any) -> PastReturn:
    """Build a return from before Homeward: one unit, nine days after the order."""
    columns = {
        "ref": new_ref("pst", at=NOW), "merchant": order.merchant, "source": "test",
        "external_id": new_ref("x", at=NOW), "line": line, "quantity": 1, "value_minor": 4990, "currency": "EUR",
        "returned_at": order.placed_at + timedelta(days=9),
    }  # fmt: skip
    return PastReturn.objects.create(**columns | more)


# Its life


def test_a_backtest_is_kept_with_both_books_as_they_were_and_a_job_is_queued(cast: Cast) -> None:
    run = start(cast)
    assert (run.state, run.new_name, run.asked_by) == ("queued", "Homeward standard", "Ada")
    assert run.new_document["clauses"]
    assert Entry.objects.filter(ref=run.ref, verb="start").exists()
    assert build.jobs() == 1


def test_the_worker_does_what_is_queued(cast: Cast, drain: Any) -> None:
    build_desk.ask(cast, reason="no_longer_needed", review=False)
    run = start(cast)
    drain()
    run.refresh_from_db()
    assert (run.state, run.rows_done, run.percent) == ("done", 1, 100)


@pytest.mark.parametrize("who", ["bo", "kim", "fay"])
def test_only_merchant_supervisor_and_operator_start_one(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        start(cast, actor=getattr(cast, who))
    assert not BacktestRun.objects.exists()


def test_a_book_is_not_compared_with_itself(cast: Cast) -> None:
    with pytest.raises(actions.SameBook):
        start(cast, new=OLD)


def test_a_draft_that_says_what_cannot_be_meant_is_refused(cast: Cast) -> None:
    with pytest.raises(RulebookError):
        start(cast, new=Choice("rbd_1", "Draft", book(clause("A-1", Then()))))


def test_who_cancels_first_wins_and_the_worker_stops(cast: Cast) -> None:
    run = start(cast)
    actions.cancel(run, actor=cast.ada, at=NOW)
    assert (work(run).state, run.result) == ("cancelled", None)
    with pytest.raises(NotAllowed):
        actions.cancel(run, actor=cast.ada, at=NOW)


def test_what_is_cancelled_at_work_stays_cancelled(cast: Cast) -> None:
    run = start(cast)
    begun = actions.begin(run.pk, total=10, at=NOW)
    assert begun is not None
    actions.cancel(run, actor=cast.ada, at=NOW)
    assert not queries.is_wanted(MACHINE, begun, attempt=begun.attempts)
    assert not actions.finish(begun, result={}, rows=10, at=LATER)
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_one_whose_worker_died_is_begun_anew_and_the_first_attempt_no_longer_counts(cast: Cast) -> None:
    run = start(cast)
    first = actions.begin(run.pk, total=10, at=NOW)
    again = actions.begin(run.pk, total=10, at=LATER)
    assert first is not None
    assert again is not None
    assert (again.state, again.attempts) == ("running", 2)
    assert not queries.is_wanted(MACHINE, first, attempt=first.attempts)
    actions.tell_progress(first, rows=9, at=LATER)
    again.refresh_from_db()
    assert again.rows_done == 0
    assert work(run).state == "done"


def test_one_that_takes_the_worker_down_again_and_again_fails(cast: Cast) -> None:
    run = start(cast)
    for _ in range(actions.MOST_ATTEMPTS):
        assert actions.begin(run.pk, total=10, at=NOW)
    assert work(run).state == "failed"
    assert run.error == actions.DIED


def test_one_that_nobody_is_at_any_more_does_not_run_for_ever(cast: Cast) -> None:
    run = start(cast)
    actions.begin(run.pk, total=10, at=NOW)
    assert actions.fail_silent(at=NOW + timedelta(minutes=9)) == 0
    assert actions.fail_silent(at=NOW + timedelta(minutes=11)) == 1
    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", actions.DIED)


def test_whatever_goes_wrong_fails_it_with_the_reason(cast: Cast) -> None:
    run = start(cast)
    BacktestRun.objects.filter(pk=run.pk).update(new_document={"clauses": 7})
    assert work(run).state == "failed"
    assert run.error.startswith("RulebookError")


def test_nobody_sees_the_backtests_of_another_merchant(cast: Cast) -> None:
    run = start(cast)
    assert list(queries.backtests(cast.zoe)) == []
    with pytest.raises(BacktestRun.DoesNotExist):
        queries.backtest(cast.zoe, run.ref)
    assert queries.backtest(cast.olu, run.ref) == run


def test_drafts_versions_the_standard_and_the_bare_law_can_be_tried(cast: Cast) -> None:
    row = policy_actions.publish(book(clause("A-1", Then(keep=True))), merchant=cast.lanting, actor=cast.ada, at=NOW)
    draft = policy_actions.begin(standard(), merchant=cast.lanting, actor=cast.ada, at=NOW, origin="standard")
    refs = [one.ref for one in queries.choices(cast.ada, cast.lanting)]
    assert refs == [draft.ref, row.ref, "standard", "none"]
    assert queries.holding_ref(cast.ada, cast.lanting, NOW) == row.ref
    assert queries.holding_ref(cast.zoe, cast.nordlicht, NOW) == "standard"
    with pytest.raises(queries.NoSuchBook):
        queries.choice(cast.ada, cast.lanting, "rbk_other")


# Its history


def test_returns_asked_for_here_are_judged_on_the_facts_of_their_day(cast: Cast) -> None:
    made = build_desk.ask(cast, reason="no_longer_needed", review=False)
    run = work(start(cast, plan=Plan(sources=("returns",))))
    found = results.from_data(run.result or {})
    assert (found.rows, found.checked) == (1, 1)
    (columns,) = History(MACHINE, cast.lanting, Plan()).chunks()
    document = made.decisions.exclude(line=None).first().document["facts"]
    assert columns.row(0).asked_at == datetime.fromisoformat(document["asked_at"])
    assert columns.row(0).reason_code == "no_longer_needed"


@pytest.mark.parametrize("reason", ["no_reason", "defective", "damaged_in_transit", "too_small"])
def test_a_line_that_nobody_sent_back_has_the_facts_of_one_that_is_asked_back(cast: Cast, reason: str) -> None:
    notices = ["return_terms", "confirmed:customised", "perishable"]
    order = build.order(cast.lanting, lines=[{"traits": ["battery"], "category": "lamps"}], notices=notices, locale="")
    line = order.lines.get()
    plan = Plan(sources=("orders",), days=20, reason=reason)
    (columns,) = History(MACHINE, cast.lanting, plan).chunks()
    asked = line.delivered_at + timedelta(days=20)
    wish = Wish(line.ref, line.quantity, reason)
    alone = verdicts.facts_of(order, line, wish, at=asked, has_evidence=False, standing=NEWCOMER, freight=None)
    assert columns.row(0) == alone
    assert list(columns.rows) == [line.pk]


def test_who_was_informed_too_late_is_so_in_history_too(cast: Cast) -> None:
    order = build.order(cast.lanting, delivered_ago=40, informed_at=NOW - timedelta(days=30))
    line = order.lines.get()
    (columns,) = History(MACHINE, cast.lanting, Plan(sources=("orders",))).chunks()
    facts = verdicts.facts_of(
        order, line, Wish(line.ref, 2, "no_reason"), at=line.delivered_at + timedelta(days=14), has_evidence=False,
        standing=NEWCOMER, freight=None,
    )  # fmt: skip
    assert columns.row(0) == facts
    assert facts.informed_at is not None


def test_past_returns_are_asked_on_their_day_and_those_without_a_sale_are_told(cast: Cast) -> None:
    order = build.order(cast.lanting, delivered_ago=None)
    past_return(order, order.lines.get())
    past_return(order, None)
    history = History(MACHINE, cast.lanting, Plan(sources=("past",)))
    assert history.total() == 1
    (columns,) = history.chunks()
    facts = columns.row(0)
    assert (facts.asked_at, facts.quantity, facts.delivered_at) == (order.placed_at + timedelta(days=9), 1, None)
    notes = {note.code: note.rows for note in history.notes()}
    assert notes == {
        "past_without_sale": 1, "past": 1, "record_unknown": 1, "delivery_unknown": 1, "freight_unknown": 1,
    }  # fmt: skip


def test_the_price_of_a_way_back_is_assumed_only_where_it_is_not_known(cast: Cast) -> None:
    build.order(cast.lanting, number="A")
    build.order(cast.lanting, number="B", currency="USD")
    history = History(MACHINE, cast.lanting, Plan(sources=("orders",), freight_minor=690))
    (columns,) = history.chunks()
    prices = {columns.row(row).unit_value.currency: columns.row(row).freight_estimate for row in range(2)}
    assert prices == {"EUR": Money(690, "EUR"), "USD": None}


def test_only_orders_of_the_span_count_in_the_zone_of_the_merchant(cast: Cast) -> None:
    at = datetime(2026, 10, 31, 17, tzinfo=UTC)  # in Shanghai it is the first of November
    build.order(cast.lanting, placed_at=at)
    november = Plan(sources=("orders",), since=datetime(2026, 11, 1).date(), until=datetime(2026, 11, 1).date())
    october = Plan(sources=("orders",), until=datetime(2026, 10, 31).date())
    assert [History(MACHINE, cast.lanting, plan).total() for plan in (november, october)] == [1, 0]


def test_history_stays_behind_the_fence(cast: Cast) -> None:
    build.order(cast.lanting)
    for source in ("returns", "past", "orders"):
        with pytest.raises(Merchant.DoesNotExist):
            History(cast.zoe, cast.lanting, Plan(sources=(source,))).total()


def test_examples_name_the_order_that_they_come_from(cast: Cast) -> None:
    order = build.order(cast.lanting, delivered_ago=20)
    run = work(start(cast, plan=Plan(sources=("orders",), days=19)))
    found = results.from_data(run.result or {})
    shown = found.changes[0].examples[0]
    assert (shown["order"], shown["number"]) == (order.ref, order.number)
    assert found.assumptions


def test_half_read_returns_are_left_out_and_told(cast: Cast) -> None:
    made = build_desk.ask(cast)
    decision = made.decisions.exclude(line=None).latest("pk")
    decision.pk, decision.document = None, {"facts": {"country": 7}}
    decision.save()
    history = History(MACHINE, cast.lanting, Plan(sources=("returns",)))
    assert list(history.chunks()) == []
    assert [(note.code, note.rows) for note in history.notes()] == [("returns_unread", 1)]


def test_imported_invoice_lines_are_replayed_with_what_came_back_of_them(cast: Cast) -> None:
    importing.import_file(FOLDER / "online_retail.csv.gz", importing.FORMATS["online-retail"], desk_of(cast.lanting))
    longer = Choice("rbd_1", "Longer", book(clause("LT-90D", Then(extend_days=90))))
    run = work(start(cast, new=longer, plan=Plan(sources=("past", "orders"), days=60)))
    found = results.from_data(run.result or {})
    assert found.rows == run.rows_total > 1_000
    assert {note.code for note in found.assumptions} >= {"past", "orders", "not_informed"}
    assert found.floor.cut == 0
    assert found.checked > 20
