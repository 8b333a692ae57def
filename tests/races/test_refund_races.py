"""Two hands on the same money at once: one refund, one booking, one payment, whoever comes first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from homeward.journal import relay
from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import Money, NotAllowed
from homeward.kernel.actor import MACHINE
from homeward.orders import actions as order_actions
from homeward.orders.models import Payment
from homeward.returns.models import Return
from homeward.settlements import actions, queries, sending
from homeward.settlements.actions import BalanceGone, Grant
from homeward.settlements.amounts import TooMuch
from homeward.settlements.fakes import FakePayments
from homeward.settlements.models import MoneyEvent, Posting, Refund, Remedy, RemedyLine
from homeward.settlements.ports import Kind, Told
from tests.support import build, build_settlements, build_warehouse
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage() -> Cast:
    """The cast, committed."""
    return build.committed_cast()


@pytest.fixture(autouse=True)
def stripe() -> Iterator[FakePayments]:
    """A provider that forgets idempotency keys, so that only we prevent a second payment."""
    with build_settlements.provider(forgets_keys=True) as fake:
        yield fake


def books_balance() -> bool:
    """Whether every currency sums to zero."""
    balance = queries.trial_balance(MACHINE)
    return all(sum(money.minor for money in accounts.values()) == 0 for accounts in balance.values())


def test_two_refunds_of_60_on_100_do_not_both_pass(stage: Cast) -> None:
    # G4
    return_ = build_settlements.graded(stage, lines=[{"quantity": 1, "paid_minor": 10_000}], units=(1,))
    grant = Grant(agreed=Money(6_000, "EUR"))
    raised = at_once(
        lambda: actions.compensate(return_.pk, grant=grant, key="one", actor=stage.ada, at=NOW),
        lambda: actions.compensate(return_.pk, grant=grant, key="two", actor=stage.ada, at=NOW),
    )
    assert [type(error) for error in raised if error] == [TooMuch]
    assert list(Refund.objects.values_list("amount_minor", flat=True)) == [6_000]
    assert Payment.objects.get().left == Money(4_000, "EUR")


def test_two_reservations_of_60_on_100_do_not_both_pass(stage: Cast) -> None:
    build.order(stage.lanting, lines=[{"quantity": 1, "paid_minor": 10_000}])
    pk, sixty = Payment.objects.get().pk, Money(6_000, "EUR")
    raised = at_once(*[lambda: order_actions.reserve(pk, sixty, actor=stage.ada, at=NOW)] * 2)
    assert [type(error) for error in raised if error] == [order_actions.NotEnoughLeft]
    assert Payment.objects.get().left == Money(4_000, "EUR")


def test_a_return_that_is_settled_by_many_at_once_is_settled_once(stage: Cast) -> None:
    return_ = build_settlements.graded(stage)
    actors = [stage.policy, stage.api, stage.ada, stage.bo]
    raised = at_once(*[lambda who=who: actions.settle(return_.pk, actor=who, at=NOW) for who in actors])
    assert raised == [None] * 4
    assert (Remedy.objects.count(), Refund.objects.count(), Posting.objects.count()) == (1, 1, 1)
    assert Payment.objects.get().left == Money(0, "EUR")


def test_a_receipt_that_is_told_of_twice_at_once_is_settled_once(stage: Cast) -> None:
    build_settlements.graded(stage)
    entry = Entry.objects.get(noun="receipt", verb="inspect")
    raised = at_once(*[lambda: relay.deliver([entry.pk], at=NOW)] * 3)
    assert raised == [None] * 3
    assert not DeadLetter.objects.filter(listener__startswith="settlements.").exists()
    assert (Remedy.objects.count(), Refund.objects.count()) == (1, 1)


def test_two_returns_of_one_order_share_its_cents_and_its_delivery_once(stage: Cast) -> None:
    order = build.order(
        stage.lanting, lines=[{"quantity": 2, "paid_minor": 101}], shipping_minor=491, payments=[{"provider": "stripe"}]
    )
    receipts = [build_warehouse.inspected(stage, of=order, units=(1,)) for _ in range(2)]
    pks = [receipt.return_request_id for receipt in receipts]
    raised = at_once(*[lambda pk=pk: actions.settle(pk, actor=stage.policy, at=NOW) for pk in pks])
    assert raised == [None, None]
    assert sorted(RemedyLine.objects.values_list("start", "goods_minor")) == [(0, 50), (1, 51)]
    assert sum(Remedy.objects.values_list("amount_minor", flat=True)) == 592
    assert Payment.objects.get().left == Money(0, "EUR")


def test_a_refund_that_several_workers_send_at_once_is_paid_once(stage: Cast, stripe: FakePayments) -> None:
    return_ = build_settlements.graded(stage)
    actions.settle(return_.pk, actor=stage.policy, at=NOW)
    refund = Refund.objects.get()
    raised = at_once(*[lambda: sending.send(refund.pk, at=NOW)] * 4)
    assert raised == [None] * 4
    sending.send_due(at=NOW + timedelta(hours=1))
    assert stripe.paid(refund.ref) == 1
    assert Refund.objects.get().state == "confirmed"
    assert Return.objects.get().state == "settled"


def test_a_double_click_on_confirm_counts_once(stage: Cast) -> None:
    return_ = build_settlements.graded(stage, provider="offline")
    actions.settle(return_.pk, actor=stage.policy, at=NOW)
    copies = [Refund.objects.get() for _ in range(3)]
    raised = at_once(
        *[lambda one=one: actions.confirm_transfers([one], bank_ref="S", actor=stage.fay, at=NOW) for one in copies]
    )
    assert sorted(type(error).__name__ for error in raised if error) == ["NotAllowed", "NotAllowed"]
    assert Posting.objects.filter(kind="refund").count() == 1
    assert books_balance()


def test_one_transfer_that_cannot_be_confirmed_stops_all(stage: Cast) -> None:
    # G22: one that is confirmed already, with a fresh one
    for number in ("LT-1", "LT-2"):
        return_ = build_settlements.graded(stage, provider="offline", number=number)
        actions.settle(return_.pk, actor=stage.policy, at=NOW)
    first, second = Refund.objects.order_by("pk")
    actions.confirm_transfers([first], bank_ref="SEPA 8", actor=stage.fay, at=NOW)
    with pytest.raises(NotAllowed):
        actions.confirm_transfers([second, first], bank_ref="SEPA 9", actor=stage.fay, at=NOW)
    assert list(Refund.objects.order_by("pk").values_list("state", flat=True)) == ["confirmed", "sent"]


def test_a_double_click_on_try_again_makes_one_refund(stage: Cast) -> None:
    return_ = build_settlements.graded(stage, provider="offline")
    remedy = actions.settle(return_.pk, actor=stage.policy, at=NOW)
    actions.fail_transfer(Refund.objects.get(), reason="closed", actor=stage.fay, at=NOW)
    copies = [Remedy.objects.get(pk=remedy.pk) for _ in range(2)]
    raised = at_once(*[lambda one=one: actions.try_again(one, actor=stage.fay, at=NOW) for one in copies])
    assert [type(error) for error in raised if error] == [NotAllowed]
    assert Refund.objects.count() == 2
    assert Payment.objects.get().left == Money(0, "EUR")


def test_two_approvals_at_once_pay_once(stage: Cast) -> None:
    return_ = build_settlements.graded(stage)
    remedy = actions.settle(return_.pk, actor=stage.bo, at=NOW, grant=Grant(part=9_000))
    copies = [Remedy.objects.get(pk=remedy.pk) for _ in range(2)]
    raised = at_once(*[lambda one=one: actions.agree(one, actor=stage.ada, at=NOW) for one in copies])
    assert len([error for error in raised if error]) == 1
    assert Refund.objects.count() == 1


def test_approval_and_refusal_at_once_leave_one_of_them(stage: Cast) -> None:
    return_ = build_settlements.graded(stage)
    remedy = actions.settle(return_.pk, actor=stage.bo, at=NOW, grant=Grant(part=9_000))
    one, two = Remedy.objects.get(pk=remedy.pk), Remedy.objects.get(pk=remedy.pk)
    raised = at_once(
        lambda: actions.agree(one, actor=stage.ada, at=NOW), lambda: actions.decline(two, actor=stage.ada, at=NOW)
    )
    assert [type(error) for error in raised if error] == [NotAllowed]
    remedy.refresh_from_db()
    assert (remedy.state, Refund.objects.count()) in {("executing", 1), ("declined", 0)}


# -- against the provider ---------------------------------------------------------------------------------------------


def told(refund: Refund, kind: Kind, hours: int) -> Told:
    """What the provider says of a refund."""
    return Told(
        provider="stripe", kind=kind, reference="fk_000001", amount=refund.amount, refund_ref=refund.ref,
        happened_at=NOW + timedelta(hours=hours),
    )  # fmt: skip


@pytest.mark.parametrize(("failed_at", "ends", "left"), [(1, "confirmed", 0), (3, None, None)])
def test_success_and_failure_at_once_end_as_their_times_say(
    stage: Cast, stripe: FakePayments, failed_at: int, ends: str | None, left: int | None
) -> None:
    # a failure that is older than the success is void; a newer one undoes it
    stripe.is_slow = True
    return_ = build_settlements.graded(stage)
    actions.settle(return_.pk, actor=stage.policy, at=NOW)
    build_settlements.send_all()
    refund = Refund.objects.get()
    words = [told(refund, Kind.REFUND_SUCCEEDED, 2), told(refund, Kind.REFUND_FAILED, failed_at)]
    raised = at_once(*[lambda what=what: actions.hear(what, actor=stage.machine, at=NOW) for what in words])
    assert raised == [None, None]
    refund.refresh_from_db()
    if ends:
        assert (refund.state, Payment.objects.get().left.minor) == (ends, left)
    else:
        assert (refund.state, Payment.objects.get().left.minor) in {("reversed", 9_980), ("failed", 9_980)}
    assert books_balance()


def test_the_same_event_many_times_at_once_is_kept_once(stage: Cast, stripe: FakePayments) -> None:
    stripe.is_slow = True
    return_ = build_settlements.graded(stage)
    actions.settle(return_.pk, actor=stage.policy, at=NOW)
    build_settlements.send_all()
    what = told(Refund.objects.get(), Kind.REFUND_SUCCEEDED, 1)
    raised = at_once(*[lambda: actions.hear(what, actor=stage.machine, at=NOW)] * 4)
    assert raised == [None] * 4
    assert MoneyEvent.objects.filter(kind="refund_succeeded").count() == 1
    assert Posting.objects.filter(kind="refund").count() == 1


def test_two_refunds_of_a_remedy_that_arrive_at_once_finish_it(stage: Cast) -> None:
    payments = [
        {"provider": "stripe", "captured_minor": 5_000, "external_id": "pi_1"},
        {"provider": "stripe", "captured_minor": 4_980, "external_id": "pi_2"},
    ]
    return_ = build_settlements.graded(stage, payments=payments)
    actions.settle(return_.pk, actor=stage.policy, at=NOW)
    pks = list(Refund.objects.values_list("pk", flat=True))
    raised = at_once(*[lambda pk=pk: sending.send(pk, at=NOW) for pk in pks])
    assert raised == [None, None]
    assert (Remedy.objects.get().state, Return.objects.get().state) == ("done", "settled")


def test_two_remedies_of_a_return_that_are_paid_at_once_end_it(stage: Cast) -> None:
    return_ = build_settlements.graded(stage)
    grant = Grant(agreed=Money(500, "EUR"))
    actions.compensate(return_.pk, grant=grant, key="late", actor=stage.ada, at=NOW)
    actions.settle(return_.pk, actor=stage.policy, at=NOW)
    pks = list(Refund.objects.values_list("pk", flat=True))
    raised = at_once(*[lambda pk=pk: sending.send(pk, at=NOW) for pk in pks])
    assert raised == [None, None]
    assert Return.objects.get().state == "settled"


def test_a_dashboard_refund_and_a_settlement_at_once_never_pay_more_than_was_captured(stage: Cast) -> None:
    return_ = build_settlements.graded(stage)
    external = Told(
        provider="stripe", kind=Kind.REFUND_SUCCEEDED, reference="re_1", amount=Money(4_000, "EUR"),
        payments=(Payment.objects.get().external_id,), happened_at=NOW,
    )  # fmt: skip
    raised = at_once(
        lambda: actions.hear(external, actor=stage.machine, at=NOW),
        lambda: actions.settle(return_.pk, actor=stage.policy, at=NOW),
    )
    payment = Payment.objects.get()
    assert payment.reserved_minor <= payment.captured_minor
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == payment.reserved_minor
    assert {type(error) for error in raised if error} <= {order_actions.NotEnoughLeft, BalanceGone}
