"""One contract for all payment providers: the fake, the finance desk, and Stripe against its double."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from homeward.connectors.payments import OfflinePayments
from homeward.connectors.payments.stripe import StripePayments, from_stripe, to_stripe
from homeward.kernel import Money
from homeward.settlements.fakes import FakePayments
from homeward.settlements.ports import Declined, Instruction, Payments, Status, Unreachable
from tests.support.stripe_double import KEY, Double, stripe_double

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Stand:
    """A provider to be tried: a payment of 100.00 that it knows, its moods, and how often it has paid back."""

    port: Payments
    payment: str
    mood: Callable[..., None]
    paid: Callable[[], int]

    def ask(self, ref: str = "rfd_1", minor: int = 1_230, currency: str = "EUR") -> Instruction:
        """An instruction over a part of the payment."""
        own = f"{ref}_{self.payment}"  # the double keeps its keys over all tests
        return Instruction(ref=own, payment=self.payment, amount=Money(minor, currency), asked_at=AT, note="HW-7KM3")


@pytest.fixture(scope="module")
def double() -> Iterator[Double]:
    """Stripe's double, one for this module."""
    with stripe_double() as running:
        yield running


def fake_stand() -> Stand:
    """The fake that other tests use."""
    port = FakePayments()

    def mood(**moods: Any) -> None:
        for name in ("is_down", "is_slow", "forgets_keys", "drops_answers", "refuses"):
            setattr(port, name, moods.get(name, type(getattr(port, name))()))

    return Stand(port, "pi_fake", mood, lambda: len(port.books))


@pytest.fixture
def stripe(double: Double) -> Iterator[StripePayments]:
    """The connector."""
    double.mood()
    port = StripePayments(KEY, base=double.base, timeout=5)
    yield port
    port.close()


@pytest.fixture(params=["fake", "stripe"])
def stand(request: pytest.FixtureRequest) -> Stand:
    """Every provider that keeps books of its own."""
    if request.param == "fake":
        return fake_stand()
    double, port = request.getfixturevalue("double"), request.getfixturevalue("stripe")
    payment = double.payment(10_000, "eur")
    return Stand(port, payment, double.mood, lambda: len(double.refunds(payment)))


def test_a_refund_is_paid_and_says_what_was_paid(stand: Stand) -> None:
    outcome = stand.port.refund(stand.ask())
    assert (outcome.status, outcome.amount) == (Status.SUCCEEDED, Money(1_230, "EUR"))
    assert outcome.provider_ref
    assert stand.paid() == 1


def test_the_same_reference_is_paid_once(stand: Stand) -> None:
    first = stand.port.refund(stand.ask())
    assert stand.port.refund(stand.ask()).provider_ref == first.provider_ref
    assert stand.paid() == 1


def test_two_references_are_two_refunds(stand: Stand) -> None:
    stand.port.refund(stand.ask("rfd_1"))
    stand.port.refund(stand.ask("rfd_2"))
    assert stand.paid() == 2


def test_a_refund_is_found_by_our_reference_and_only_by_that(stand: Stand) -> None:
    assert stand.port.find(stand.ask()) is None
    made = stand.port.refund(stand.ask())
    found = stand.port.find(stand.ask())
    assert found is not None
    assert (found.provider_ref, found.amount) == (made.provider_ref, made.amount)
    assert stand.port.find(stand.ask("rfd_other")) is None


def test_a_refund_whose_answer_was_lost_is_found(stand: Stand) -> None:
    stand.mood(drops_answers=1)
    with pytest.raises(Unreachable):
        stand.port.refund(stand.ask())
    found = stand.port.find(stand.ask())
    assert found is not None
    assert found.status == Status.SUCCEEDED
    assert stand.paid() == 1


def test_a_lost_answer_is_no_second_refund_where_the_key_is_kept(stand: Stand) -> None:
    stand.mood(drops_answers=1)
    with pytest.raises(Unreachable):
        stand.port.refund(stand.ask())
    assert stand.port.refund(stand.ask()).status == Status.SUCCEEDED
    assert stand.paid() == 1


def test_where_keys_are_forgotten_looking_first_prevents_the_second_refund(stand: Stand) -> None:
    stand.mood(drops_answers=1, forgets_keys=True)
    with pytest.raises(Unreachable):
        stand.port.refund(stand.ask())
    assert stand.port.find(stand.ask()) is not None
    stand.port.refund(stand.ask())  # whoever does not look first pays twice: the double is as careless as we say
    assert stand.paid() == 2


def test_a_provider_that_is_down_has_paid_nothing(stand: Stand) -> None:
    stand.mood(is_down=True)
    with pytest.raises(Unreachable):
        stand.port.refund(stand.ask())
    with pytest.raises(Unreachable):
        stand.port.find(stand.ask())
    stand.mood()
    assert stand.port.find(stand.ask()) is None


def test_a_refusal_is_told_in_the_providers_words_and_moves_nothing(stand: Stand) -> None:
    stand.mood(refuses="Charge has already been refunded.")
    with pytest.raises(Declined, match="already been refunded"):
        stand.port.refund(stand.ask())
    assert stand.paid() == 0


def test_a_slow_refund_is_pending(stand: Stand) -> None:
    stand.mood(is_slow=True)
    assert stand.port.refund(stand.ask()).status == Status.PENDING
    found = stand.port.find(stand.ask())
    assert found is not None
    assert found.status == Status.PENDING


# -- the finance desk -------------------------------------------------------------------------------------------------


def test_by_hand_every_refund_waits_for_a_transfer() -> None:
    desk = OfflinePayments()
    ask = Instruction(ref="rfd_1", payment="bank", amount=Money(500, "EUR"), asked_at=AT)
    assert not desk.is_remote
    assert desk.refund(ask).status == Status.PENDING
    found = desk.find(ask)
    assert found is not None
    assert found.status == Status.PENDING


# -- only Stripe ------------------------------------------------------------------------------------------------------


def ask(payment: str, *, ref: str = "rfd_only", amount: Money | None = None) -> Instruction:
    """An instruction of one test alone, over 5.00 EUR."""
    return Instruction(ref=ref, payment=payment, amount=amount or Money(500, "EUR"), asked_at=AT)


def test_yen_are_sent_as_yen(double: Double, stripe: StripePayments) -> None:
    # F25: 9,899 JPY, not 989,900
    payment = double.payment(9_899, "jpy")
    assert stripe.refund(ask(payment, ref="rfd_yen", amount=Money(9_899, "JPY"))).amount == Money(9_899, "JPY")
    assert double.refunds(payment)[0]["amount"] == 9_899


@pytest.mark.parametrize(
    ("amount", "theirs"),
    [
        (Money(1_230, "EUR"), 1_230), (Money(500, "JPY"), 500), (Money(5_120, "KWD"), 5_120), (Money(5, "ISK"), 500),
        (Money(5, "UGX"), 500), (Money(500, "MGA"), 5),
    ],
)  # fmt: skip
def test_amounts_are_counted_as_stripe_counts_them(amount: Money, theirs: int) -> None:
    assert to_stripe(amount) == theirs
    assert from_stripe(theirs, amount.currency.lower()) == amount


@pytest.mark.parametrize("amount", [Money(5_124, "KWD"), Money(550, "MGA")])
def test_an_amount_that_stripe_cannot_express_is_declined(amount: Money) -> None:
    with pytest.raises(Declined, match="finer"):
        to_stripe(amount)


@pytest.mark.parametrize("payment", ["", "c123.1", "cus_1"])
def test_a_number_that_is_no_payment_of_stripes_is_declined(stripe: StripePayments, payment: str) -> None:
    with pytest.raises(Declined, match="not a payment"):
        stripe.refund(ask(payment))


def test_a_payment_that_stripe_does_not_know_is_declined(stripe: StripePayments) -> None:
    with pytest.raises(Declined):
        stripe.refund(ask("pi_unknown", ref="rfd_unknown"))


def test_nobody_listening_is_not_a_refusal() -> None:
    port = StripePayments(KEY, base="http://127.0.0.1:9", timeout=1)
    with pytest.raises(Unreachable):
        port.refund(ask("pi_1"))
    port.close()


def test_another_request_under_the_same_key_is_not_taken_for_a_refusal(double: Double, stripe: StripePayments) -> None:
    payment = double.payment(10_000, "eur")
    stripe.refund(ask(payment, ref="rfd_key"))
    with pytest.raises(Unreachable, match="another request"):
        stripe.refund(ask(payment, ref="rfd_key", amount=Money(600, "EUR")))
    assert len(double.refunds(payment)) == 1
