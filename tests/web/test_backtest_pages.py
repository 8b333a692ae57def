"""The office's backtests: who may, what is asked, how far it is, what it found; each page is sound markup."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from homeward.kernel import Role
from homeward.policies import actions as policy_actions
from homeward.policies.models import BacktestRun
from homeward.policies.rulebook import EMPTY, Fee, Then, standard
from homeward.policies.runs import actions
from homeward.policies.runs.plan import Plan
from homeward.policies.runs.queries import Choice
from homeward.returns import backtesting
from tests.support import build, build_desk, people
from tests.support.build_policies import book, clause
from tests.support.cast import NOW, Cast
from tests.support.markup import faults

pytestmark = pytest.mark.django_db

LAW = Choice("none", "No rulebook", EMPTY)
STANDARD = Choice("standard", "Homeward standard", standard())


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def page(client: Client, address: str) -> str:
    """Return a page, which is sound markup."""
    answer = client.get(address)
    assert answer.status_code == 200
    told = answer.content.decode()
    assert not faults(told)
    return told


def start(cast: Cast, *, old: Choice = LAW, new: Choice = STANDARD, plan: Plan | None = None) -> BacktestRun:
    """Ask for a backtest of Lanting's."""
    return actions.start(merchant=cast.lanting, old=old, new=new, plan=plan or Plan(), actor=cast.ada, at=NOW)


def worked(cast: Cast, **more: Any) -> BacktestRun:
    """Ask for a backtest and work it off."""
    run = start(cast, **more)
    backtesting.work(run.pk, now=lambda: NOW + timedelta(seconds=6))
    run.refresh_from_db()
    assert run.state == "done", run.error
    return run


FORM = {
    "merchant": "lanting", "new": "standard", "old": "none", "sources": ["returns", "orders"], "days": "20",
    "reason": "no_longer_needed", "since": "2026-01-01", "until": "", "freight": "6.90",
}  # fmt: skip


def test_the_list_is_kind_when_empty_and_links_to_what_was_tried(cast: Cast, lin: Client) -> None:
    assert "Nothing has been tried yet" in page(lin, "/office/backtests/")
    run = start(cast)
    told = page(lin, "/office/backtests/")
    assert f"/office/backtests/{run.ref}/" in told
    assert "Waits for the worker" in told


@pytest.mark.parametrize(("role", "status"), [
    (Role.MERCHANT, 200), (Role.SUPERVISOR, 200), (Role.OPERATOR, 200), (Role.AGENT, 403), (Role.FINANCE, 403),
    (Role.DOCK, 403),
])  # fmt: skip
def test_merchants_supervisors_and_the_operator_come_in(cast: Cast, role: Role, status: int) -> None:
    client = people.client_of(people.hire(cast, role, "Somebody", of_operator=role == Role.OPERATOR))
    run = start(cast)
    for address in ("", "new/", f"{run.ref}/"):
        assert client.get(f"/office/backtests/{address}").status_code == status


def test_another_merchant_finds_nothing(cast: Cast) -> None:
    run = start(cast)
    stranger = people.hire(cast, Role.MERCHANT, "Zoe")
    stranger.merchant = cast.nordlicht
    stranger.save()
    client = people.client_of(stranger)
    for address in ("", "progress"):
        assert client.get(f"/office/backtests/{run.ref}/{address}").status_code == 404
    assert client.post(f"/office/backtests/{run.ref}/cancel").status_code == 404
    assert client.get("/office/backtests/new/?merchant=lanting").status_code == 404


def test_a_backtest_is_started_with_all_that_was_asked(cast: Cast, lin: Client) -> None:
    told = page(lin, "/office/backtests/new/?new=standard")
    assert "No rulebook: the law alone" in told
    answer = lin.post("/office/backtests/new/", FORM)
    run = BacktestRun.objects.get()
    assert answer.headers["Location"] == f"/office/backtests/{run.ref}/"
    assert (run.new_ref, run.old_ref, run.asked_by) == ("standard", "none", "Lin")
    assert run.plan == {
        "sources": ["returns", "orders"], "since": "2026-01-01", "days": 20, "reason": "no_longer_needed",
        "freight_minor": 690,
    }  # fmt: skip


@pytest.mark.parametrize(("wrong", "words"), [
    ({"old": "standard"}, "Choose another one than the one that is tried"),
    ({"sources": []}, "Choose at least one kind of history"),
    ({"until": "2025-01-01"}, "This day lies before the first"),
    ({"freight": "6.905"}, "This has more decimals than the currency knows"),
    ({"days": "-1"}, "0"),
])  # fmt: skip
def test_what_makes_no_sense_is_asked_again(cast: Cast, lin: Client, wrong: dict[str, Any], words: str) -> None:
    answer = lin.post("/office/backtests/new/", FORM | wrong)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert words in told
    assert not faults(told)
    assert not BacktestRun.objects.exists()


def test_how_far_it_is_is_told_and_it_can_be_called_off(cast: Cast, lin: Client) -> None:
    run = start(cast)
    assert "The worker will take it up" in page(lin, f"/office/backtests/{run.ref}/")
    begun = actions.begin(run.pk, total=200, at=NOW)
    assert begun is not None
    actions.tell_progress(begun, rows=50, at=NOW)
    told = lin.get(f"/office/backtests/{run.ref}/progress").content.decode()
    assert 'value="25"' in told
    assert "50 of 200 requests" in told
    lin.post(f"/office/backtests/{run.ref}/cancel")
    assert "The backtest was called off" in page(lin, f"/office/backtests/{run.ref}/")
    assert (
        "This backtest is over already."
        in lin.post(f"/office/backtests/{run.ref}/cancel", follow=True).content.decode()
    )


def test_an_open_page_is_shown_anew_when_it_is_over(cast: Cast, lin: Client) -> None:
    run = worked(cast)
    fresh = lin.get(f"/office/backtests/{run.ref}/progress", headers={"HX-Request": "true"})
    assert fresh.headers["HX-Refresh"] == "true"
    assert lin.get(f"/office/backtests/{run.ref}/progress").status_code == 302


def test_what_failed_says_why(cast: Cast, lin: Client) -> None:
    run = start(cast)
    actions.begin(run.pk, total=1, at=NOW)
    actions.fail_silent(at=NOW + timedelta(hours=1))
    told = page(lin, f"/office/backtests/{run.ref}/")
    assert "The backtest came to nothing" in told
    assert "The worker died in the middle of it." in told


def test_an_empty_history_is_said_kindly(cast: Cast, lin: Client) -> None:
    assert "There is no such history" in page(lin, f"/office/backtests/{worked(cast).ref}/")


def test_what_it_found_is_shown_with_examples_and_their_orders(cast: Cast, lin: Client) -> None:
    order = build.order(cast.lanting, delivered_ago=40, number="LT-9")
    build.order(cast.lanting, delivered_ago=40, number="LT-10", country="JP", currency="USD")
    build_desk.ask(cast, reason="defective", number="LT-11")
    mean = book(
        clause("LT-2D", Then(extend_days=2)), clause("LT-FEE", Then(fee=Fee(percent=500))),
        clause("LT-PHOTO", Then(evidence=("photo",))),
    )  # fmt: skip
    plan = Plan(sources=("returns", "orders"), days=20, freight_minor=690)
    run = worked(cast, old=Choice("rbd_1", "Mean draft", mean), plan=plan)
    told = page(lin, f"/office/backtests/{run.ref}/")
    assert "No right cut" in told
    assert f"/office/orders/{order.ref}/" in told
    for words in ("Requests replayed", "What changes", "By country", "STD-30D", "never speaks", "What was taken for"):
        assert words in told
    assert "20 days after delivery" in told


def test_clauses_below_the_law_and_rights_that_wait_stand_first(cast: Cast, lin: Client) -> None:
    build_desk.ask(cast, reason="defective")
    build_desk.ask(cast, reason="no_longer_needed", review=False, number="LT-2")
    mean = book(clause("LT-2D", Then(extend_days=2)), clause("LT-PHOTO", Then(evidence=("photo",))))
    run = worked(cast, new=Choice("rbd_1", "Mean draft", mean))
    told = page(lin, f"/office/backtests/{run.ref}/")
    assert told.index("Clauses that go below the law") < told.index("Requests replayed")
    assert "1 right waits for a person or for evidence first" in told


def test_a_draft_that_cannot_be_meant_is_refused_with_its_reason(cast: Cast, lin: Client) -> None:
    draft = policy_actions.begin(
        book(clause("A-1", Then())), merchant=cast.lanting, actor=cast.ada, at=NOW, origin="upload"
    )  # fmt: skip
    answer = lin.post("/office/backtests/new/", FORM | {"new": draft.ref})
    assert answer.status_code == 422
    assert "A-1 adds nothing" in answer.content.decode()
