"""What the page of a return says about money, whichever way it stands."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from homeward.cases.models import Clock
from homeward.kernel import Money
from homeward.orders.models import Payment
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements.actions import Grant
from homeward.settlements.models import Refund, Remedy
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.models import Receipt
from tests.support import build, build_logistics, build_warehouse
from tests.support.cast import Cast
from tests.support.portal import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.road]


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path, cast: Cast) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def mei() -> Visitor:
    return Visitor()


@pytest.fixture
def made(mei: Visitor, cast: Cast) -> Return:
    """A return of one throw at 49.90 that was authorized at once."""
    build_logistics.center()
    order = build.order(cast.lanting, at=timezone.now(), ship_to=build_logistics.SHIP_TO)
    Payment.objects.filter(order=order).update(method="Visa •• 4402", provider="offline")
    return mei.ask(order, 1)


def head(visitor: Visitor, made: Return) -> tuple[str, str]:
    """Return the sentence at the head of the page, and the one below it."""
    page = visitor.get(f"returns/{made.number}/").content.decode()
    promise = re.search(r'<div class="promise">(.*?)</div>', page, re.DOTALL).group(1)
    words = re.search(r"<h1[^>]*>(.*?)</h1>", promise, re.DOTALL).group(1)
    basis = re.search(r'</h1>\s*<p class="muted">(.*?)</p>', promise, re.DOTALL)
    return words.strip(), basis.group(1).strip() if basis else ""


def check(cast: Cast, made: Return) -> Receipt:
    """Let the goods arrive and pass."""
    receipt = warehouse_actions.open_receipt(made, actor=cast.kim, at=timezone.now())
    warehouse_actions.receive(receipt, build_warehouse.counts(receipt), actor=cast.kim, at=timezone.now())
    receipt = build_warehouse.again(cast.kim, receipt)
    warehouse_actions.inspect_all(receipt, build_warehouse.all_found(receipt), actor=cast.kim, at=timezone.now())
    return build_warehouse.again(cast.ada, receipt)


def settle(cast: Cast, made: Return) -> Refund:
    """Let the goods pass and the money be agreed."""
    check(cast, made)
    settlement_actions.settle(made.pk, actor=cast.fay, at=timezone.now())
    return Refund.objects.get()


def test_money_on_its_way_names_the_way_it_was_paid(mei: Visitor, made: Return, cast: Cast) -> None:
    settle(cast, made)
    words, basis = head(mei, made)
    assert words.startswith("€49.90 will be with you by ")
    assert basis == "The same way you paid: Visa •• 4402."


def test_money_that_is_late_names_the_day_of_the_law(mei: Visitor, made: Return, cast: Cast) -> None:
    settle(cast, made)
    soon = timezone.now() + timedelta(days=2)
    Clock.objects.filter(kind="refund_promise").update(due_at=timezone.now() - timedelta(days=1), met_at=None)
    Clock.objects.filter(kind="refund_law").update(due_at=soon, met_at=None)
    words, basis = head(mei, made)
    assert f"will be with you by {soon:%A} {soon.day} " in words
    assert basis.endswith("It takes longer than we promised.")


def test_money_that_is_later_than_the_law_has_it_names_no_day_that_is_gone(
    mei: Visitor, made: Return, cast: Cast
) -> None:
    settle(cast, made)
    Clock.objects.filter(kind__startswith="refund").update(due_at=timezone.now() - timedelta(days=1), met_at=None)
    words, basis = head(mei, made)
    assert words == "€49.90 is on its way to you"
    assert basis.endswith("It takes longer than we promised.")


def test_money_that_arrived_by_the_second_try_has_arrived(mei: Visitor, made: Return, cast: Cast) -> None:
    refund = settle(cast, made)
    settlement_actions.fail_transfer(refund, reason="closed", actor=cast.fay, at=timezone.now())
    assert head(mei, made) == ("The payment did not go through; we are putting it right", "You need do nothing.")
    [second] = settlement_actions.try_again(Remedy.objects.get(), actor=cast.fay, at=timezone.now())
    assert head(mei, made)[0].startswith("€49.90 will be with you by ")
    settlement_actions.confirm_transfers([second], bank_ref="1", actor=cast.fay, at=timezone.now())
    assert head(mei, made)[0].startswith("€49.90 was paid back on ")


def test_of_money_that_arrived_in_part_the_rest_is_on_its_way(mei: Visitor, made: Return, cast: Cast) -> None:
    payment = Payment.objects.get()
    Payment.objects.filter(pk=payment.pk).update(captured_minor=2_000)
    Payment.objects.create(
        ref="pay_2", order=made.order, merchant=payment.merchant, provider="offline", external_id="second",
        method="Gift card", captured_minor=2_990, currency="EUR", captured_at=payment.captured_at,
    )  # fmt: skip
    check(cast, made)
    settlement_actions.settle(made.pk, actor=cast.fay, at=timezone.now())
    first, second = Refund.objects.order_by("pk")
    assert head(mei, made)[1] == "The same way you paid: Visa •• 4402, Gift card."
    settlement_actions.confirm_transfers([first], bank_ref="1", actor=cast.fay, at=timezone.now())
    words, basis = head(mei, made)
    assert words.startswith("€29.90 will be with you by ")
    assert basis.endswith("You have had €20.00 of it already.")
    settlement_actions.fail_transfer(second, reason="closed", actor=cast.fay, at=timezone.now())
    assert head(mei, made)[1] == "You need do nothing. You have had €20.00 of it already."


def test_while_a_person_decides_no_sum_is_named(mei: Visitor, made: Return, cast: Cast) -> None:
    check(cast, made)
    settlement_actions.settle(made.pk, actor=cast.policy, at=timezone.now(), grant=Grant(part=5_000, note="half"))
    assert head(mei, made) == ("A person works out what goes back to you", "You need do nothing.")
    assert "What you get" not in mei.get(f"returns/{made.number}/").content.decode()


def test_an_offer_is_not_what_the_shopper_gets(mei: Visitor, made: Return, cast: Cast) -> None:
    settlement_actions.offer(made.pk, grant=Grant(agreed=Money.of("15.00", "EUR")), actor=cast.ada, at=timezone.now())
    page = mei.get(f"returns/{made.number}/").content.decode()
    assert "What you get if all comes back in good order" in page
    assert head(mei, made)[0].startswith("Hand your parcel over by")


def test_a_gift_beside_the_goods_does_not_hide_how_they_stand(mei: Visitor, made: Return, cast: Cast) -> None:
    sum_ = Grant(agreed=Money.of("5.00", "EUR"), note="for the delay")
    settlement_actions.compensate(made.pk, grant=sum_, key="1", actor=cast.ada, at=timezone.now())
    words, basis = head(mei, made)
    assert words.startswith("Hand your parcel over by")
    assert basis.endswith("Beside it you get €5.00 for your trouble.")


def test_a_parcel_that_is_counted_again_says_so(mei: Visitor, made: Return, cast: Cast) -> None:
    receipt = check(cast, made)
    remedy = settlement_actions.settle(made.pk, actor=cast.fay, at=timezone.now())
    Refund.objects.filter(remedy=remedy).update(state="intended")
    warehouse_actions.reopen(receipt, reason="Wrong box", actor=cast.ada, at=timezone.now())
    settlement_actions.recall(made.pk, actor=cast.machine, at=timezone.now())
    assert head(mei, made) == (
        "We look at your parcel once more", "Then your money goes back the way you paid."
    )  # fmt: skip


def test_a_parcel_that_lies_at_our_door_is_not_on_its_way(mei: Visitor, made: Return, cast: Cast) -> None:
    parcel = made.parcels.get()
    type(parcel).objects.filter(pk=parcel.pk).update(state="delivered")
    assert head(mei, made) == (
        "Your parcel is with us", "We check it next. Then your money goes back the way you paid."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("remedy", "then"),
    [("replace", "Then your new item goes out to you."), ("repair", "Then we put it right as agreed.")],
)
def test_who_asked_for_something_else_is_not_promised_money(
    mei: Visitor, made: Return, cast: Cast, remedy: str, then: str
) -> None:
    Return.objects.filter(pk=made.pk).update(remedy=remedy)
    receipt = warehouse_actions.open_receipt(made, actor=cast.kim, at=timezone.now())
    warehouse_actions.receive(receipt, build_warehouse.counts(receipt), actor=cast.kim, at=timezone.now())
    words, basis = head(mei, made)
    assert words.startswith("We check your parcel by ")
    assert basis == then
    assert "We promise your money" not in mei.get(f"returns/{made.number}/").content.decode()


def test_where_nothing_is_left_of_the_price_nothing_is_promised(mei: Visitor, made: Return, cast: Cast) -> None:
    check(cast, made)
    settlement_actions.settle(made.pk, actor=cast.fay, at=timezone.now())
    Refund.objects.all().delete()
    Remedy.objects.update(state="done", amount_minor=0, tax_minor=0)
    assert head(mei, made)[0] == "Nothing is paid back"
