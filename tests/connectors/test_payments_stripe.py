"""Refunds all the way to Stripe and back: settled here, paid there once, whatever gets lost in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from homeward.connectors.payments import OfflinePayments, providers
from homeward.connectors.payments.stripe import StripePayments
from homeward.kernel import Money
from homeward.orders.models import Payment
from homeward.settlements import actions, ports, sending
from homeward.settlements.models import Refund, Remedy
from homeward.settlements.ports import Unreachable
from tests.support import build_settlements
from tests.support.cast import NOW, Cast
from tests.support.stripe_double import KEY, Double, stripe_double

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture(scope="module")
def double() -> Iterator[Double]:
    """Stripe's double, one for this module."""
    with stripe_double() as running:
        yield running


@pytest.fixture(autouse=True)
def _wired(double: Double) -> Iterator[None]:
    """The connector behind the port, as the wiring puts it there."""
    double.mood()
    [stripe] = providers(stripe_key=KEY, stripe_base=double.base)
    ports.wire(stripe, by_hand=OfflinePayments())
    yield
    ports.wire(by_hand=OfflinePayments())
    assert isinstance(stripe, StripePayments)
    stripe.close()


def on_its_way(cast: Cast, double: Double) -> tuple[str, Refund]:
    """A payment at Stripe, and the refund of it that waits to be sent."""
    payment = double.payment(9_980, "eur")
    return_ = build_settlements.graded(cast, payments=[{"provider": "stripe", "external_id": payment}])
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    return payment, Refund.objects.get()


def test_a_refund_is_paid_at_stripe_under_our_reference(cast: Cast, double: Double) -> None:
    payment, refund = on_its_way(cast, double)
    sending.send(refund.pk, at=NOW)
    refund.refresh_from_db()
    [made] = double.refunds(payment)
    assert (refund.state, refund.provider_ref) == ("confirmed", made["id"])
    assert (made["amount"], made["metadata"]["homeward_refund"]) == (9_980, refund.ref)


@pytest.mark.parametrize("forgets_keys", [False, True])
def test_an_answer_that_is_lost_is_found_and_not_paid_again(cast: Cast, double: Double, forgets_keys: bool) -> None:
    payment, refund = on_its_way(cast, double)
    double.mood(drops_answers=1, forgets_keys=forgets_keys)
    with pytest.raises(Unreachable):
        sending.send(refund.pk, at=NOW)
    assert sending.send_due(at=LATER) == 1
    refund.refresh_from_db()
    assert refund.state == "confirmed"
    assert len(double.refunds(payment)) == 1


def test_a_refusal_of_stripes_frees_the_money_and_says_why(cast: Cast, double: Double) -> None:
    payment, refund = on_its_way(cast, double)
    double.mood(refuses="Charge has been charged back.")
    sending.send(refund.pk, at=NOW)
    refund.refresh_from_db()
    assert (refund.state, refund.failure) == ("failed", "Charge has been charged back.")
    assert Remedy.objects.get().state == "failed"
    assert Payment.objects.get().left == Money(9_980, "EUR")
    assert double.refunds(payment) == []


def test_without_a_key_nobody_but_finance_pays_back() -> None:
    assert providers() == []
