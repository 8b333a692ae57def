"""The same form sent several times at once: one return, one withdrawal."""

from __future__ import annotations

import pytest

from homeward.orders.models import Order
from homeward.returns.models import Return, Withdrawal
from homeward.web.portal import actions
from homeward.web.portal.drafts import Draft, Line
from tests.support import build
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage() -> Cast:
    return build.committed_cast()


def test_one_draft_sent_six_times_at_once_is_one_return(stage: Cast) -> None:
    order = build.order(stage.lanting, lines=[{"quantity": 20, "unit_minor": 4990}])
    draft = Draft("nonce-1", {order.lines.get().ref: Line(quantity=2, reason="no_reason")}, "refund", "label")
    numbers: list[str] = []

    def send() -> None:
        mine = Order.objects.select_related("merchant", "shopper").get(pk=order.pk)
        shopper = build.shopper_of(order)
        numbers.append(actions.send(draft, mine, exhibits=(), actor=shopper, at=NOW, language="fr"))

    raised = at_once(*[send] * 6)

    assert raised == [None] * 6
    assert Return.objects.count() == 1
    assert set(numbers) == {Return.objects.get().number}
    assert order.lines.get().held == 2


def test_one_declaration_confirmed_six_times_at_once_is_one_withdrawal(stage: Cast) -> None:
    def declare() -> None:
        actions.declare(
            shop=stage.lanting, nonce="nonce-2", name="Mei Lin", contract="LT-48213", email="mei@lyon.example",
            scope="", order=None, actor=stage.machine, at=NOW, language="fr",
        )  # fmt: skip

    raised = at_once(*[declare] * 6)

    assert raised == [None] * 6
    assert Withdrawal.objects.count() == 1
