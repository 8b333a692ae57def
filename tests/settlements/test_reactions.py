"""What settlements do by themselves: pay what was graded or need not come, book labels; each harmless when repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from homeward.journal import relay
from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import Money
from homeward.logistics import actions as logistics_actions
from homeward.logistics.models import Parcel
from homeward.logistics.ports import LabelBought
from homeward.returns import actions as return_actions
from homeward.settlements import queries
from homeward.settlements.fakes import FakePayments
from homeward.settlements.ledger import Account
from homeward.settlements.models import Posting, Refund, Remedy
from homeward.warehouse.grading import Grade
from tests.support import build, build_settlements, build_warehouse
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stripe() -> Iterator[FakePayments]:
    """A provider that works."""
    with build_settlements.provider() as fake:
        yield fake


def tell(event: str) -> None:
    """Deliver the last entry of this event once more."""
    noun, verb = event.split(".")
    entry = Entry.objects.filter(noun=noun, verb=verb).order_by("-pk")[0]
    relay.deliver([entry.pk], at=NOW)
    assert not DeadLetter.objects.filter(listener__startswith="settlements.").exists()


def test_graded_goods_are_paid_without_anybody_asking(cast: Cast, drain: Callable[..., int]) -> None:
    return_ = build_settlements.graded(cast)
    drain()
    return_.refresh_from_db()
    assert (return_.state, Refund.objects.get().state) == ("settled", "confirmed")
    assert not DeadLetter.objects.exists()


def test_hearing_of_the_same_receipt_twice_pays_once(cast: Cast) -> None:
    build_settlements.graded(cast)
    tell("receipt.inspect")
    tell("receipt.inspect")
    assert Refund.objects.count() == 1


def test_goods_that_need_not_come_back_are_paid_when_that_is_decided(cast: Cast) -> None:
    order = build.order(cast.lanting, payments=[{"provider": "stripe"}])
    wish = return_actions.Wish(line=order.lines.get().ref, quantity=1, reason="no_longer_needed")
    return_ = return_actions.request(order=order, wishes=[wish], actor=build.shopper_of(order), at=NOW, review=True)
    return_actions.authorize(return_, actor=cast.ada, at=NOW, goods_back=False, note="cheaper than the label")
    tell("return.authorize")
    remedy = Remedy.objects.get()
    assert (remedy.kind, remedy.amount) == ("refund_without_return", Money(4_990, "EUR"))


def test_a_return_whose_goods_are_to_come_is_not_paid_before_they_do(cast: Cast) -> None:
    build_warehouse.authorized(cast)
    tell("return.authorize")
    assert not Remedy.objects.exists()


def test_what_is_not_money_is_left_to_others(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    type(return_).objects.filter(pk=return_.pk).update(remedy="repair")
    tell("receipt.inspect")
    assert not Remedy.objects.exists()


def test_goods_that_no_rule_can_value_wait_for_a_person(cast: Cast) -> None:
    build_settlements.graded(cast, grade=Grade.D, country="CN")
    tell("receipt.inspect")
    assert Remedy.objects.get().awaits == "authority"


def labelled(cast: Cast, **more: object) -> Parcel:
    """A parcel whose label has just been bought for 5.95."""
    return_ = build_warehouse.authorized(cast)
    units = {line: line.quantity for line in build_warehouse.lines_of(return_)}
    parcel = build_warehouse.parcel(cast, units, state="planned", currency="EUR", **more)
    bought = LabelBought(tracking_number="LB1", cost=Money(595, "EUR"))
    logistics_actions.record_label(parcel, bought, actor=cast.machine, at=NOW)
    return parcel


def test_a_label_is_booked_once(cast: Cast) -> None:
    parcel = labelled(cast)
    tell("parcel.label")
    tell("parcel.label")
    balances = queries.balances(cast.fay, parcel.case)["EUR"]
    assert balances == {Account.RETURN_FREIGHT: Money(595, "EUR"), Account.CARRIER_PAYABLE: Money(-595, "EUR")}
    assert (Posting.objects.count(), Entry.objects.filter(verb="book").count()) == (1, 1)


def test_a_label_that_is_given_back_is_booked_back(cast: Cast) -> None:
    parcel = labelled(cast)
    tell("parcel.label")
    logistics_actions.cancel(parcel, cause="not needed", actor=cast.ada, at=NOW)
    tell("parcel.cancel")
    tell("parcel.cancel")
    assert queries.balances(cast.fay, parcel.case) == {}
    assert Posting.objects.count() == 2


def test_a_label_that_the_shopper_pays_is_taken_off_once(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast, of=build.order(cast.lanting, payments=[{"provider": "stripe"}]))
    type(receipt.return_request).objects.update(freight_payer="shopper")
    Parcel.objects.update(cost_minor=595, currency="EUR", payer="shopper")
    warehouse = build_warehouse
    warehouse.actions.receive(receipt, warehouse.counts(receipt, (1, 0, 0)), actor=cast.kim, at=NOW)
    receipt = warehouse.again(cast.kim, receipt)
    warehouse.actions.inspect_all(receipt, warehouse.all_found(receipt), actor=cast.kim, at=NOW)
    tell("receipt.inspect")
    remedy = Remedy.objects.get()
    assert [(item["kind"], item["minor"]) for item in remedy.sums] == [("goods", 4_990), ("freight", -595)]
    preview = queries.preview(cast.bo, receipt.return_request)
    assert [item.kind for item in preview.items] == ["goods"]
