"""The same wish sent twice at once through the API, under two keys or under one: it takes effect once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from homeward.orders.models import Order, OrderLine, Payment
from homeward.returns.models import Return
from homeward.settlements.models import Posting, Refund, Remedy
from homeward.warehouse.models import Receipt, ReceiptLine, StockMovement
from tests.support import build
from tests.support.api import Caller
from tests.support.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

HANDS = 4


class Crowd:
    """Several systems with one key each that call at once."""

    def __init__(self, order: Order) -> None:
        self.order, self.line = order, order.lines.get()
        self.callers = [Caller(order.merchant) for _ in range(HANDS)]

    def post(self, path: str, body: Any = None, *, key: str = "") -> list[Any]:
        """Let all post the same at once: each under a key of its own, or one caller again and again under `key`."""
        answers: list[Any] = [None] * HANDS

        def call(place: int) -> None:
            caller = self.callers[0 if key else place]
            answers[place] = caller.post(path, body, key=key or f"{path}-{place}")

        raised = at_once(*[lambda place=place: call(place) for place in range(HANDS)])
        assert raised == [None] * HANDS
        return answers

    def wish(self, units: int = 2) -> dict[str, Any]:
        """The body of a request for units of the order's line."""
        line = {"line": self.line.ref, "quantity": units, "reason": "no_longer_needed", "condition": "unopened"}
        return {"order": self.order.ref, "lines": [line]}


@pytest.fixture
def crowd() -> Crowd:
    """Systems of Lanting, and an order of two throws."""
    return Crowd(build.order(build.committed_cast().lanting, at=datetime.now(UTC)))


def outcomes(answers: list[Any]) -> Counter[str]:
    """Return how many calls ended how: by the code of the refusal, or by the state of what was made."""
    return Counter(answer.get("code") or answer["state"] for answer in answers)


def test_two_returns_of_the_same_units_are_one_return_and_a_refusal_that_says_what_is_left(crowd: Crowd) -> None:
    answers = crowd.post("/returns", crowd.wish())
    assert outcomes(answers) == {"authorized": 1, "units_not_available": HANDS - 1}
    assert {tuple(one["available"].values()) for one in answers if "available" in one} == {(0,)}
    assert (Return.objects.count(), OrderLine.objects.get().held) == (1, 2)


def test_requests_for_one_unit_each_hold_as_many_as_there_are(crowd: Crowd) -> None:
    answers = crowd.post("/returns", crowd.wish(1))
    assert outcomes(answers) == {"authorized": 2, "units_not_available": HANDS - 2}
    assert OrderLine.objects.get().held == 2


def test_one_key_at_once_makes_one_return_and_gives_all_the_same_answer(crowd: Crowd) -> None:
    answers = crowd.post("/returns", crowd.wish(), key="once")
    assert all(answer == answers[0] for answer in answers)
    assert (answers[0]["state"], Return.objects.count()) == ("authorized", 1)


def test_a_receipt_is_confirmed_graded_and_paid_once_however_many_say_so(crowd: Crowd) -> None:
    made = crowd.callers[0].post("/returns", crowd.wish(), status=201)
    line = made["lines"][0]["ref"]

    received = crowd.post(f"/returns/{made['ref']}/receive", {"counts": [{"line": line, "good": 2}]})
    receipt = Receipt.objects.get()
    findings = {"findings": [{"line": line, "quantity": 2, "grade": "A", "disposition": "restock"}]}
    graded = crowd.post(f"/receipts/{receipt.ref}/inspect", findings)
    refunded = crowd.post(f"/returns/{made['ref']}/refund")

    assert outcomes(received) == {"received": 1, "not_receivable": HANDS - 1}
    assert outcomes(graded)["inspected"] == 1
    assert set(outcomes(graded)) <= {"inspected", "not_allowed", "findings_do_not_cover"}
    assert len({answer["ref"] for answer in refunded}) == 1
    assert (ReceiptLine.objects.get().good, StockMovement.objects.get().quantity) == (2, 2)
    assert (Remedy.objects.count(), Refund.objects.count(), Posting.objects.count()) == (1, 1, 1)
    assert Payment.objects.get().left.minor == 0


def test_a_withdrawal_and_an_arrival_at_once_leave_one_of_them(crowd: Crowd) -> None:
    made = crowd.callers[0].post("/returns", crowd.wish(), status=201)
    counts = {"counts": [{"line": made["lines"][0]["ref"], "good": 2}]}
    answers: dict[str, Any] = {}

    def call(place: int, path: str, body: Any) -> None:
        answers[path] = crowd.callers[place].post(f"/returns/{made['ref']}/{path}", body)

    assert at_once(lambda: call(0, "withdraw", {}), lambda: call(1, "receive", counts)) == [None, None]

    withdrawn, received = answers["withdraw"].get("code"), answers["receive"].get("code")
    held, state = OrderLine.objects.get().held, Return.objects.get().state
    assert (withdrawn, received, held, state) in {
        (None, "not_receivable", 0, "withdrawn"),
        ("goods_are_here", None, 2, "authorized"),
    }
