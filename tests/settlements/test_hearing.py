"""What providers say: each event once, late and early, contradictory, about refunds that nobody here made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from homeward.cases.models import Case
from homeward.kernel import Money
from homeward.orders.models import Payment
from homeward.settlements import actions, queries, texts
from homeward.settlements.fakes import FakePayments
from homeward.settlements.ledger import Account
from homeward.settlements.models import MoneyEvent, Refund, Remedy
from homeward.settlements.ports import Kind, Told
from tests.support import build_settlements
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stripe() -> Iterator[FakePayments]:
    """A provider whose refunds are pending, so that events decide."""
    with build_settlements.provider(is_slow=True) as fake:
        yield fake


@pytest.fixture
def refund(cast: Cast) -> Refund:
    """A refund of 99.80 that was sent and is pending."""
    return_ = build_settlements.graded(cast)
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    build_settlements.send_all()
    return Refund.objects.get()


def told(refund: Refund, kind: Kind = Kind.REFUND_SUCCEEDED, *, hours: float = 1, **more: object) -> Told:
    """What the provider says of a refund, `hours` from now."""
    known = {
        "provider": "stripe", "kind": kind, "reference": "fk_000001", "amount": refund.amount,
        "refund_ref": refund.ref, "happened_at": NOW + timedelta(hours=hours),
    }  # fmt: skip
    return Told(**(known | more))  # type: ignore[arg-type]


def hear(cast: Cast, what: Told) -> MoneyEvent:
    """Hear it now."""
    return actions.hear(what, actor=cast.machine, at=NOW + timedelta(hours=2))


def state(refund: Refund) -> str:
    """The refund's state in the database."""
    refund.refresh_from_db()
    return refund.state


def left() -> int:
    """What the one payment has left."""
    return Payment.objects.get().left.minor


def test_success_confirms_the_refund_and_finishes_its_remedy(cast: Cast, refund: Refund) -> None:
    hear(cast, told(refund))
    assert state(refund) == "confirmed"
    assert Remedy.objects.get().state == "done"


def test_the_same_event_again_changes_nothing(cast: Cast, refund: Refund) -> None:
    first = hear(cast, told(refund))
    assert hear(cast, told(refund)).pk == first.pk
    assert MoneyEvent.objects.filter(kind="refund_succeeded").count() == 1
    assert queries.balances(cast.fay, Case.objects.get())["EUR"][Account.PAYMENT_CLEARING] == Money(-9_980, "EUR")


def test_a_refund_is_known_by_the_providers_number_too(cast: Cast, refund: Refund) -> None:
    hear(cast, told(refund, refund_ref=""))
    assert state(refund) == "confirmed"


def test_the_same_event_with_another_amount_is_kept_as_a_contradiction(cast: Cast, refund: Refund) -> None:
    hear(cast, told(refund))
    other = told(refund, amount=Money(9_000, "EUR"))
    event = hear(cast, other)
    assert event.problem == "amount_differs"
    assert hear(cast, other).pk == event.pk
    assert state(refund) == "confirmed"
    assert list(queries.problems(cast.fay)) == [event]
    assert list(queries.problems(cast.zoe)) == []
    assert "90.00 EUR" in texts.problem(event.problem, event.facts)


def test_an_event_that_contradicts_its_own_first_word_is_kept(cast: Cast, refund: Refund) -> None:
    charge_back = told(
        refund, Kind.CHARGE_BACK, reference="dp_1", amount=Money(100, "EUR"), refund_ref="",
        payments=(refund.payment.external_id,),
    )  # fmt: skip
    hear(cast, charge_back)
    event = hear(cast, replace(charge_back, amount=Money(200, "EUR")))
    assert event.problem == "contradiction"
    assert hear(cast, replace(charge_back, amount=Money(200, "EUR"))).pk == event.pk
    assert MoneyEvent.objects.filter(reference="dp_1").count() == 2


def test_an_amount_that_is_not_ours_confirms_nothing(cast: Cast, refund: Refund) -> None:
    event = hear(cast, told(refund, amount=Money(9_979, "EUR")))
    assert (event.problem, state(refund)) == ("amount_differs", "sent")


def test_failure_frees_the_money(cast: Cast, refund: Refund) -> None:
    hear(cast, told(refund, Kind.REFUND_FAILED, reason="expired_or_canceled_card"))
    assert (state(refund), refund.failure, left()) == ("failed", "expired_or_canceled_card", 9_980)
    assert Remedy.objects.get().state == "failed"


def test_a_failure_after_success_reverses_the_refund(cast: Cast, refund: Refund) -> None:
    # G13, G14
    hear(cast, told(refund, hours=1))
    assert Case.objects.get().state == "closed"
    hear(cast, told(refund, Kind.REFUND_FAILED, hours=48, reason="account closed"))
    assert (state(refund), left()) == ("reversed", 9_980)
    assert Remedy.objects.get().state == "failed"
    assert Case.objects.get().state == "open"
    balances = queries.balances(cast.fay, Case.objects.get())["EUR"]
    assert balances[Account.REFUNDS_PAYABLE] == Money(-9_980, "EUR")
    assert Account.PAYMENT_CLEARING not in balances


def test_a_failure_older_than_the_success_is_ignored(cast: Cast, refund: Refund) -> None:
    # G13
    hear(cast, told(refund, hours=1))
    hear(cast, told(refund, Kind.REFUND_FAILED, hours=0.5))
    assert state(refund) == "confirmed"
    assert MoneyEvent.objects.filter(refund=refund, problem="").count() == 3


def test_a_success_that_arrives_after_a_newer_failure_is_ignored(cast: Cast, refund: Refund) -> None:
    hear(cast, told(refund, Kind.REFUND_FAILED, hours=2))
    hear(cast, told(refund, hours=1))
    assert state(refund) == "failed"


def test_a_success_newer_than_the_failure_takes_the_money_aside_again(cast: Cast, refund: Refund) -> None:
    hear(cast, told(refund, Kind.REFUND_FAILED, hours=1))
    assert left() == 9_980
    hear(cast, told(refund, hours=2))
    assert (state(refund), left()) == ("confirmed", 0)
    assert Remedy.objects.get().state == "done"


def test_a_reversed_refund_can_be_paid_again(cast: Cast, refund: Refund, stripe: FakePayments) -> None:
    hear(cast, told(refund, hours=1))
    hear(cast, told(refund, Kind.REFUND_FAILED, hours=48))
    stripe.is_slow = False
    [second] = actions.try_again(Remedy.objects.get(), actor=cast.fay, at=NOW)
    build_settlements.send_all()
    assert (state(second), Remedy.objects.get().state) == ("confirmed", "done")


# -- made past Homeward -----------------------------------------------------------------------------------------------


def failed_and_intended_anew(cast: Cast, refund: Refund) -> Refund:
    """Let a refund fail, and return the one that finance wants to send in its place."""
    hear(cast, told(refund, Kind.REFUND_FAILED, reason="closed"))
    [second] = actions.try_again(Remedy.objects.get(), actor=cast.fay, at=NOW)
    return second


def test_a_refund_that_arrives_after_all_stops_the_one_that_was_to_leave_in_its_place(
    cast: Cast, refund: Refund
) -> None:
    second = failed_and_intended_anew(cast, refund)
    hear(cast, told(refund, hours=2))
    assert (state(refund), state(second)) == ("confirmed", "failed")
    build_settlements.send_all()
    assert (state(second), Remedy.objects.get().state, left()) == ("failed", "done", 0)


def test_a_refund_that_arrives_after_all_beside_its_second_is_put_before_a_person(cast: Cast, refund: Refund) -> None:
    second = failed_and_intended_anew(cast, refund)
    build_settlements.send_all()
    event = hear(cast, told(refund, hours=2))
    assert (event.problem, state(refund), state(second)) == ("paid_anew", "failed", "sent")
    assert "99.80" in texts.problem(event.problem, event.facts)
    hear(cast, told(second, reference="fk_000002", hours=3))
    assert (Remedy.objects.get().state, left()) == ("done", 0)


def external(cast: Cast, minor: int = 4_000, kind: Kind = Kind.REFUND_SUCCEEDED, **more: object) -> Told:
    """What the provider says of a refund made in its dashboard."""
    known = {
        "provider": "stripe", "kind": kind, "reference": "re_dashboard", "amount": Money(minor, "EUR"),
        "payments": (Payment.objects.get().external_id, "ch_other"), "happened_at": NOW,
    }  # fmt: skip
    return Told(**(known | more))  # type: ignore[arg-type]


def test_a_refund_made_in_the_dashboard_lessens_what_may_go_back(cast: Cast) -> None:
    # M9
    return_ = build_settlements.graded(cast)
    hear(cast, external(cast))
    refund = Refund.objects.get()
    assert (refund.state, refund.is_external, refund.case_id) == ("confirmed", True, return_.case_id)
    assert left() == 5_980
    assert queries.balances(cast.fay, return_.case)["EUR"][Account.UNEXPLAINED_REFUNDS] == Money(4_000, "EUR")
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert remedy.amount == Money(5_980, "EUR")


def test_a_dashboard_refund_is_taken_in_once_and_may_still_fail(cast: Cast) -> None:
    build_settlements.graded(cast)
    hear(cast, external(cast, kind=Kind.REFUND_PENDING))
    assert (Refund.objects.get().state, left()) == ("intended", 5_980)
    hear(cast, external(cast, kind=Kind.REFUND_PENDING))
    hear(cast, external(cast, kind=Kind.REFUND_FAILED))
    assert (Refund.objects.get().state, left()) == ("failed", 9_980)


def test_a_dashboard_refund_beyond_the_balance_is_put_before_a_person(cast: Cast, refund: Refund) -> None:
    event = hear(cast, external(cast, 100))
    assert Refund.objects.count() == 1
    assert event.payment_id == refund.payment_id
    assert event.problem == "more_than_left"


def test_a_payment_that_nobody_knows_is_kept_and_shown_to_the_operator(cast: Cast) -> None:
    told = Told(
        provider="stripe", kind=Kind.REFUND_SUCCEEDED, reference="re_x", amount=Money(1, "EUR"), payments=("pi_x",),
        happened_at=NOW,
    )  # fmt: skip
    event = hear(cast, told)
    assert (event.problem, event.merchant_id) == ("unknown_payment", None)
    assert hear(cast, told).pk == event.pk
    assert list(queries.problems(cast.olu)) == [event]


def test_what_cannot_be_read_is_kept(cast: Cast) -> None:
    told = Told(provider="stripe", kind=Kind.UNREADABLE, reference="evt_1", reason="KeyError", happened_at=NOW)
    event = hear(cast, told)
    assert event.problem == "unreadable"
    assert "KeyError" in texts.problem(event.problem, event.facts)


def test_another_currency_than_was_paid_is_no_refund_of_this_payment(cast: Cast) -> None:
    build_settlements.graded(cast)
    event = hear(cast, external(cast, amount=Money(4_000, "USD")))
    assert (event.problem, left()) == ("currency_differs", 9_980)


def test_a_charge_back_lessens_the_payment_and_is_booked(cast: Cast) -> None:
    # G14
    return_ = build_settlements.graded(cast)
    hear(cast, external(cast, 9_980, Kind.CHARGE_BACK, reference="dp_1"))
    payment = Payment.objects.get()
    assert (payment.charged_back_minor, payment.left.minor) == (9_980, 0)
    assert queries.balances(cast.fay, return_.case)["EUR"][Account.CHARGEBACKS] == Money(9_980, "EUR")


# -- in the database --------------------------------------------------------------------------------------------------


def test_money_events_can_neither_be_changed_nor_deleted(cast: Cast, refund: Refund) -> None:
    event = hear(cast, told(refund))
    for sql in ("UPDATE settlements_moneyevent SET amount_minor = 1 WHERE id = %s",
                "DELETE FROM settlements_moneyevent WHERE id = %s"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [event.pk])
    assert MoneyEvent.objects.filter(pk=event.pk, amount_minor=9_980).exists()


def test_the_database_takes_the_same_event_once(cast: Cast, refund: Refund) -> None:
    event = hear(cast, told(refund))
    event.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)
    assert MoneyEvent.objects.filter(kind="refund_succeeded").count() == 1
