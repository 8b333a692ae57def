"""A declaration of withdrawal: kept for good by the database itself, and from its moment on the law's clock runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from homeward.cases import actions as case_actions
from homeward.cases.models import Clock
from homeward.conversations import actions as conversation_actions
from homeward.conversations.models import Notice
from homeward.journal.models import Entry
from homeward.orders.models import Order
from homeward.returns import actions
from homeward.returns.actions import Wish, declaring
from homeward.returns.models import Return, Withdrawal
from tests.support import build
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def declare(cast: Cast, order: Order | None = None, **more: object) -> Withdrawal:
    told = {"name": "Mei Lin", "contract": "LT-48213", "email": "mei@lyon.example", "locale": "en"}
    return actions.declare_withdrawal(
        **{"merchant": cast.lanting, "order": order, "actor": cast.machine, "at": NOW} | told | more
    )


def clocks(made: Withdrawal) -> dict[str, Clock]:
    return {clock.kind: clock for clock in Clock.objects.filter(case=made.case, met_at=None)}


def ask_back(order: Order, *, quantity: int = 2, at: datetime = NOW) -> Return:
    wish = Wish(order.lines.get().ref, quantity, "no_longer_needed")
    return actions.request(order=order, wishes=[wish], actor=build.shopper_of(order), at=at)


# The record


@pytest.mark.parametrize(
    "column",
    ["ref", "number", "name", "contract", "scope", "email", "locale", "received_at", "digest", "merchant_id"],
)
def test_the_database_refuses_to_change_what_was_declared(cast: Cast, column: str) -> None:
    made = declare(cast)
    value = {"received_at": "2020-01-01T00:00:00Z", "merchant_id": cast.nordlicht.pk}.get(column, "x")

    with pytest.raises(DatabaseError, match="withdrawal"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE returns_withdrawal SET {column} = %s WHERE id = %s", [value, made.pk])

    made.refresh_from_db()
    assert made.contract == "LT-48213"


def test_the_database_refuses_to_delete_a_declaration(cast: Cast) -> None:
    made = declare(cast)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM returns_withdrawal WHERE id = %s", [made.pk])

    assert Withdrawal.objects.filter(pk=made.pk).exists()


def test_the_fingerprint_can_be_computed_by_anybody(cast: Cast) -> None:
    made = declare(cast, scope="the blue one")

    evidence = {
        "merchant": cast.lanting.ref, "name": "Mei Lin", "contract": "LT-48213", "scope": "the blue one",
        "email": "mei@lyon.example", "locale": "en", "received_at": made.received_at.isoformat(),
    }  # fmt: skip
    assert made.digest == declaring.fingerprint(evidence)


# The clock


def test_the_clock_of_the_orders_law_runs_from_the_declaration(cast: Cast) -> None:
    made = declare(cast, build.order(cast.lanting, country="DE"))

    law = clocks(made)["refund_law"]
    assert (law.source, law.basis, law.due_at.date().isoformat()) == ("law", "DE-REF-357", "2026-12-08")
    assert law.paused_at == NOW  # the shop may wait for the goods
    assert clocks(made)["ship_by"].owner == "shopper"
    made.case.refresh_from_db()
    assert made.case.state == "waiting"


def test_where_the_law_lets_nobody_wait_the_clock_is_running(cast: Cast) -> None:
    made = declare(cast, build.order(cast.lanting, country="BR"))

    law = clocks(made)["refund_law"]
    assert law.paused_at is None
    assert law.due_at <= NOW + timedelta(days=1)
    made.case.refresh_from_db()
    assert made.case.state == "open"


def test_where_the_money_counts_from_the_goods_only_these_are_awaited(cast: Cast) -> None:
    assert set(clocks(declare(cast, build.order(cast.lanting, country="KR")))) == {"ship_by"}


def test_where_no_law_gives_the_right_a_person_answers(cast: Cast) -> None:
    assert set(clocks(declare(cast, build.order(cast.lanting, country="US")))) == {"merchant_answer"}


def test_a_declaration_without_an_order_has_its_legal_clock_and_a_person_to_find_it(cast: Cast) -> None:
    made = declare(cast, country="FR")

    running = clocks(made)
    assert set(running) == {"refund_law", "find_order"}
    assert running["refund_law"].paused_at is None  # nobody knows yet whether goods are owed
    assert running["refund_law"].due_at.date().isoformat() == "2026-12-08"
    assert running["find_order"].due_at == NOW + timedelta(hours=48)
    assert (made.case.order, made.case.merchant) == (None, cast.lanting)


def test_finding_the_order_winds_the_clock_by_its_law(cast: Cast) -> None:
    made, order = declare(cast, country="FR"), build.order(cast.lanting, country="BR")

    actions.match_withdrawal(made, order=order, actor=cast.ada, at=NOW + timedelta(days=1))

    running = clocks(made)
    assert set(running) == {"refund_law"}
    assert running["refund_law"].due_at < NOW + timedelta(days=2)
    made.case.refresh_from_db()
    assert made.case.order == order


# The return that carries it out


def test_the_return_takes_the_clock_over_and_it_still_runs_from_the_declaration(cast: Cast) -> None:
    order = build.order(cast.lanting)
    made = declare(cast, order)

    back = ask_back(order, at=NOW + timedelta(days=3))

    made.refresh_from_db()
    assert (made.return_request, made.case.state, clocks(made)) == (back, "closed", {})
    law = Clock.objects.get(case=back.case, kind="refund_law")
    assert law.due_at.date() == (NOW + timedelta(days=14)).date()


def test_a_return_of_a_part_leaves_the_rest_of_the_declaration_at_the_desk(cast: Cast) -> None:
    order = build.order(cast.lanting)
    made = declare(cast, order)

    ask_back(order, quantity=1)

    made.refresh_from_db()
    assert made.case.state != "closed"
    assert "refund_law" in clocks(made)


def test_a_declared_part_is_done_with_its_return(cast: Cast) -> None:
    order = build.order(cast.lanting)
    made = declare(cast, order, scope="one of the throws")

    ask_back(order, quantity=1)

    made.refresh_from_db()
    assert made.case.state == "closed"


def test_a_return_that_is_called_off_gives_the_clock_back(cast: Cast, drain: Callable[..., int]) -> None:
    order = build.order(cast.lanting)
    made = declare(cast, order)
    back = ask_back(order)

    actions.withdraw(back, actor=build.shopper_of(order), at=NOW + timedelta(days=1))
    drain()

    made.refresh_from_db()
    assert made.return_request is None
    assert made.case.state == "waiting"
    assert clocks(made)["refund_law"].due_at.date() == (NOW + timedelta(days=14)).date()


def test_a_clock_that_runs_out_calls_the_desk(cast: Cast) -> None:
    made = declare(cast, country="FR")

    case_actions.expire_clocks(actor=cast.machine, at=NOW + timedelta(days=20))

    told = Entry.objects.filter(noun="case", verb="clock_ran_out").values_list("facts", flat=True)
    assert {facts["kind"] for facts in told} == {"refund_law", "find_order"}
    made.case.refresh_from_db()
    assert made.case.priority > declaring.PRIORITY


def test_what_the_desk_writes_reaches_the_declarer(cast: Cast, drain: Callable[..., int]) -> None:
    made = declare(cast)

    conversation_actions.say(made.case, body="Which order is it?", actor=cast.bo, at=NOW)
    drain()

    told = Notice.objects.get(kind="message_answer")
    assert (told.to, "Which order is it?" in told.text) == ("mei@lyon.example", True)
