"""Refunds on their way: sent once, looked up when nobody knows, freed when they fail, confirmed by hand or provider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from homeward.cases.models import Case
from homeward.kernel import Money, NotAllowed
from homeward.orders import actions as order_actions
from homeward.returns.models import Return
from homeward.settlements import actions, queries, sending
from homeward.settlements.actions import BalanceGone, NotByHand
from homeward.settlements.fakes import FakePayments
from homeward.settlements.ledger import Account
from homeward.settlements.models import MoneyEvent, Refund, Remedy
from homeward.settlements.ports import Status, Unreachable
from tests.support import build, build_settlements
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def stripe() -> Iterator[FakePayments]:
    """A provider whose moods a test may change."""
    with build_settlements.provider() as fake:
        yield fake


def settled(cast: Cast, **more: object) -> tuple[Return, Remedy, Refund]:
    """A return that is settled, its remedy, and the first refund on its way."""
    return_ = build_settlements.graded(cast, **more)  # type: ignore[arg-type]
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    return return_, remedy, Refund.objects.order_by("pk")[0]


def left(return_: Return) -> int:
    """What the payment has left, in minor units."""
    return build_settlements.payment_of(return_).left.minor


# -- at the provider --------------------------------------------------------------------------------------------------


def test_a_refund_that_is_sent_twice_is_paid_once(cast: Cast, stripe: FakePayments) -> None:
    # G7
    _, _, refund = settled(cast)
    sending.send(refund.pk, at=NOW)
    sending.send(refund.pk, at=NOW)
    assert len(stripe.asked) == 1
    assert MoneyEvent.objects.count() == 1


def test_an_answer_that_is_lost_leaves_the_refund_sent_until_it_is_found(cast: Cast, stripe: FakePayments) -> None:
    # G8: never assumed failed, never asked anew before it was looked for; this provider would pay again
    stripe.drops_answers, stripe.forgets_keys = 1, True
    return_, remedy, refund = settled(cast)
    with pytest.raises(Unreachable):
        sending.send(refund.pk, at=NOW)
    refund.refresh_from_db()
    assert refund.state == "sent"
    assert left(return_) == 0

    assert sending.due(at=NOW) == []
    assert sending.due(at=LATER) == [refund.pk]
    sending.send(refund.pk, at=LATER)
    refund.refresh_from_db()
    remedy.refresh_from_db()
    assert (refund.state, remedy.state) == ("confirmed", "done")
    assert stripe.paid(refund.ref) == 1
    assert sending.due(at=LATER) == []


def test_a_provider_that_is_down_is_asked_again_later(cast: Cast, stripe: FakePayments) -> None:
    stripe.is_down = True
    _, _, refund = settled(cast)
    for _ in range(2):
        with pytest.raises(Unreachable):
            sending.send(refund.pk, at=NOW)
    stripe.is_down = False
    sending.send(refund.pk, at=LATER)
    refund.refresh_from_db()
    assert refund.state == "confirmed"
    assert stripe.paid(refund.ref) == 1


def test_a_refusal_frees_the_money_and_waits_for_another_try(cast: Cast, stripe: FakePayments) -> None:
    # G5, G10
    stripe.refuses = "card expired"
    return_, remedy, refund = settled(cast)
    sending.send(refund.pk, at=NOW)
    refund.refresh_from_db()
    remedy.refresh_from_db()
    assert (refund.state, refund.failure, remedy.state) == ("failed", "card expired", "failed")
    assert left(return_) == 9_980
    assert Return.objects.get().state == "authorized"
    assert queries.balances(cast.fay, return_.case)["EUR"][Account.REFUNDS_PAYABLE] == Money(-9_980, "EUR")


def test_a_second_try_is_a_refund_of_its_own(cast: Cast, stripe: FakePayments) -> None:
    stripe.refuses = "card expired"
    return_, remedy, first = settled(cast)
    sending.send(first.pk, at=NOW)
    stripe.refuses = ""
    remedy.refresh_from_db()
    [second] = actions.try_again(remedy, actor=cast.fay, at=LATER)
    assert (second.attempt, second.state, second.ref != first.ref) == (2, "intended", True)
    assert left(return_) == 0
    sending.send(second.pk, at=LATER)
    remedy.refresh_from_db()
    assert remedy.state == "done"
    assert Return.objects.get().state == "settled"
    assert (stripe.paid(first.ref), stripe.paid(second.ref)) == (0, 1)


def test_while_a_refund_is_on_its_way_nobody_can_try_again(cast: Cast) -> None:
    # G16
    _, remedy, _ = settled(cast)
    with pytest.raises(NotAllowed):
        actions.try_again(remedy, actor=cast.fay, at=NOW)
    assert Refund.objects.count() == 1


def test_a_second_try_pays_only_what_is_still_owed(cast: Cast, stripe: FakePayments) -> None:
    payments = [
        {"provider": "stripe", "captured_minor": 7_000, "external_id": "pi"},
        {"provider": "offline", "captured_minor": 2_980, "external_id": "bank"},
    ]
    stripe.refuses = "card expired"
    _, remedy, first = settled(cast, payments=payments)
    by_bank = Refund.objects.get(provider="offline")
    sending.send(first.pk, at=NOW)
    actions.confirm_transfers([by_bank], bank_ref="SEPA 1", actor=cast.fay, at=NOW)
    remedy.refresh_from_db()
    assert remedy.state == "failed"
    stripe.refuses = ""
    [second] = actions.try_again(remedy, actor=cast.fay, at=LATER)
    assert second.amount == Money(7_000, "EUR")
    sending.send(second.pk, at=LATER)
    remedy.refresh_from_db()
    assert remedy.state == "done"


def test_a_second_try_is_refused_where_the_balance_is_gone(cast: Cast, stripe: FakePayments) -> None:
    # G11
    stripe.refuses = "card expired"
    return_, remedy, refund = settled(cast)
    sending.send(refund.pk, at=NOW)
    order_actions.reserve(refund.payment_id, Money(100, "EUR"), actor=cast.fay, at=NOW)
    remedy.refresh_from_db()
    with pytest.raises(BalanceGone) as gone:
        actions.try_again(remedy, actor=cast.fay, at=LATER)
    assert (gone.value.asked, gone.value.left) == (Money(9_980, "EUR"), Money(9_880, "EUR"))
    remedy.refresh_from_db()
    assert remedy.state == "failed"
    assert left(return_) == 9_880


def test_a_slow_refund_stays_sent_and_is_looked_after_now_and_then(cast: Cast, stripe: FakePayments) -> None:
    stripe.is_slow = True
    _, _, refund = settled(cast)
    sending.send(refund.pk, at=NOW)
    refund.refresh_from_db()
    assert (refund.state, refund.provider_ref) == ("sent", "fk_000001")
    assert sending.due(at=LATER) == []
    for hours in (2, 4):
        assert sending.send_due(at=NOW + timedelta(hours=hours)) == 1
        assert sending.due(at=NOW + timedelta(hours=hours, minutes=30)) == []
    stripe.turn(refund.ref, Status.SUCCEEDED)
    sending.send_due(at=NOW + timedelta(hours=6))
    refund.refresh_from_db()
    assert refund.state == "confirmed"
    assert len(stripe.asked) == 1


def test_one_provider_that_does_not_answer_keeps_no_other_refund_waiting(cast: Cast, stripe: FakePayments) -> None:
    _, _, first = settled(cast, number="LT-1")
    return_ = build_settlements.graded(cast, number="LT-2")
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    stripe.drops_answers = 1
    assert sending.send_due(at=LATER) == 1
    first.refresh_from_db()
    assert first.state == "sent"
    assert sending.send_due(at=LATER + timedelta(minutes=5)) == 1
    first.refresh_from_db()
    assert first.state == "confirmed"


def test_two_refunds_of_a_remedy_finish_it_together(cast: Cast) -> None:
    payments = [
        {"provider": "stripe", "captured_minor": 5_000, "external_id": "pi_1"},
        {"provider": "stripe", "captured_minor": 4_980, "external_id": "pi_2"},
    ]
    _, remedy, first = settled(cast, payments=payments)
    sending.send(first.pk, at=NOW)
    remedy.refresh_from_db()
    assert remedy.state == "executing"
    build_settlements.send_all()
    remedy.refresh_from_db()
    assert remedy.state == "done"


# -- by hand ----------------------------------------------------------------------------------------------------------


def test_a_transfer_waits_until_finance_confirms_it(cast: Cast) -> None:
    _, remedy, refund = settled(cast, provider="offline")
    assert refund.state == "sent"
    assert list(queries.queue(cast.fay, state="by_hand")) == [refund]
    assert actions.confirm_transfers([refund], bank_ref="SEPA 2026-11-24/7", actor=cast.fay, at=NOW) == 1
    refund.refresh_from_db()
    remedy.refresh_from_db()
    assert (refund.state, refund.bank_ref, remedy.state) == ("confirmed", "SEPA 2026-11-24/7", "done")
    assert Return.objects.get().state == "settled"
    assert Case.objects.get().state == "closed"


def test_a_provider_that_nobody_has_wired_is_paid_back_by_hand(cast: Cast) -> None:
    _, _, refund = settled(cast, provider="alipay")
    assert (refund.provider, refund.state) == ("alipay", "sent")
    assert list(queries.queue(cast.fay, state="by_hand")) == [refund]


def test_many_transfers_are_confirmed_in_one_go_or_none(cast: Cast) -> None:
    settled(cast, provider="offline", number="LT-1")
    settled(cast, provider="offline", number="LT-2")
    both = list(Refund.objects.order_by("pk"))
    assert actions.confirm_transfers(both, bank_ref="SEPA 9", actor=cast.fay, at=NOW) == 2
    assert set(Refund.objects.values_list("state", "bank_ref")) == {("confirmed", "SEPA 9")}


def test_nobody_confirms_by_hand_what_the_provider_tells_itself(cast: Cast) -> None:
    _, _, refund = settled(cast)
    with pytest.raises(NotByHand):
        actions.confirm_transfers([refund], bank_ref="x", actor=cast.fay, at=NOW)
    with pytest.raises(NotByHand):
        actions.fail_transfer(refund, reason="x", actor=cast.fay, at=NOW)


@pytest.mark.parametrize("who", ["bo", "kim", "ada"])
def test_only_finance_confirms_transfers(cast: Cast, who: str) -> None:
    _, _, refund = settled(cast, provider="offline")
    with pytest.raises(NotAllowed):
        actions.confirm_transfers([refund], bank_ref="x", actor=getattr(cast, who), at=NOW)
    refund.refresh_from_db()
    assert refund.state == "sent"


def test_a_transfer_that_cannot_be_made_frees_its_money(cast: Cast) -> None:
    return_, remedy, refund = settled(cast, provider="offline")
    actions.fail_transfer(refund, reason="account closed", actor=cast.fay, at=NOW)
    remedy.refresh_from_db()
    assert (remedy.state, left(return_)) == ("failed", 9_980)


def test_the_queue_is_searched_and_fenced(cast: Cast) -> None:
    return_, _, refund = settled(cast)
    assert list(queries.queue(cast.fay, search=return_.number.lower())) == [refund]
    assert list(queries.queue(cast.fay, search="LT-48213")) == [refund]
    assert list(queries.queue(cast.fay, search="mei lin")) == [refund]
    assert list(queries.queue(cast.fay, search="nobody")) == []
    assert list(queries.queue(cast.fay, state="intended", provider="stripe", merchant="lanting")) == [refund]
    assert list(queries.queue(cast.zoe)) == []
    assert list(queries.queue(build.shopper_of(return_.order))) == [refund]
    with pytest.raises(Refund.DoesNotExist):
        queries.refund(cast.zoe, refund.ref)


def test_totals_count_and_sum_by_state_and_currency(cast: Cast) -> None:
    settled(cast)
    [total] = queries.totals(cast.fay)
    assert (total.state, total.count, total.sum) == ("intended", 1, Money(9_980, "EUR"))
    assert queries.totals(cast.zoe) == []


def test_a_transfer_that_left_after_all_is_not_confirmed_with_money_that_was_promised_elsewhere(cast: Cast) -> None:
    _, remedy, refund = settled(cast, provider="offline")
    actions.fail_transfer(refund, reason="account closed", actor=cast.fay, at=NOW)
    actions.try_again(remedy, actor=cast.fay, at=NOW)
    with pytest.raises(BalanceGone):
        actions.confirm_transfers([refund], bank_ref="SEPA 9", actor=cast.fay, at=NOW)
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["failed", "sent"]
