"""Settling: what came back is agreed, booked, set aside and sent; once, and never more than may go back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from homeward.kernel import Money, NotAllowed
from homeward.returns.models import Return
from homeward.settlements import actions, queries
from homeward.settlements.actions import Grant, NoPayment, NothingToSettle, NotSettledHere
from homeward.settlements.fakes import FakePayments
from homeward.settlements.ledger import Account
from homeward.settlements.models import Refund, Remedy, RemedyLine
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.grading import Grade
from tests.support import build, build_settlements, build_warehouse
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stripe() -> Iterator[FakePayments]:
    """A provider that works."""
    with build_settlements.provider() as fake:
        yield fake


def test_graded_goods_are_refunded_to_the_payment_and_the_return_ends(cast: Cast, stripe: FakePayments) -> None:
    return_ = build_settlements.graded(cast)
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert (remedy.state, remedy.kind, remedy.amount) == ("executing", "refund", Money(9_980, "EUR"))
    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.provider) == ("intended", Money(9_980, "EUR"), "stripe")
    assert build_settlements.payment_of(return_).left == Money(0, "EUR")

    build_settlements.send_all()
    refund.refresh_from_db()
    remedy.refresh_from_db()
    assert (refund.state, remedy.state) == ("confirmed", "done")
    assert refund.provider_ref == "fk_000001"
    assert Return.objects.get().state == "settled"
    assert stripe.paid(refund.ref) == 1


def test_the_books_balance_and_nothing_is_owed_in_the_end(cast: Cast) -> None:
    return_ = build_settlements.graded(cast, lines=[{"tax_minor": 1_663}], tax_minor=1_663)
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    owed = queries.balances(cast.fay, return_.case)["EUR"]
    assert owed == {
        Account.REFUNDS_PAYABLE: Money(-9_980, "EUR"),
        Account.RETURNS_ALLOWANCE: Money(8_317, "EUR"),
        Account.TAX_PAYABLE: Money(1_663, "EUR"),
    }
    build_settlements.send_all()
    paid = queries.balances(cast.fay, return_.case)["EUR"]
    assert Account.REFUNDS_PAYABLE not in paid
    assert paid[Account.PAYMENT_CLEARING] == Money(-9_980, "EUR")
    assert sum(money.minor for money in paid.values()) == 0


def test_the_preview_is_what_is_settled(cast: Cast) -> None:
    return_ = build_settlements.graded(cast, grade=Grade.C, shipping_minor=490)
    preview = queries.preview(cast.bo, return_)
    remedy = actions.settle(return_.pk, actor=cast.bo, at=NOW)
    assert preview.total == remedy.amount
    assert [item.kind for item in preview.items] == [item["kind"] for item in remedy.sums]


def test_settling_twice_gives_the_same_remedy_and_pays_once(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    first = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert actions.settle(return_.pk, actor=cast.api, at=NOW) == first
    build_settlements.send_all()
    assert actions.settle(return_.pk, actor=cast.api, at=NOW) == first
    assert Refund.objects.count() == 1


def test_nothing_is_settled_before_the_goods_are_graded(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    with pytest.raises(NothingToSettle):
        actions.settle(receipt.return_request_id, actor=cast.bo, at=NOW)
    assert not Remedy.objects.exists()


def test_only_what_came_is_refunded_and_the_rest_stays_open(cast: Cast) -> None:
    # D1, M4: announced 3, 2 came; the third may still come
    return_ = build_settlements.graded(cast, (2, 0, 0), units=(3,), lines=[{"quantity": 3}])
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert remedy.amount == Money(9_980, "EUR")
    build_settlements.send_all()
    assert Return.objects.get().state == "authorized"
    assert list(RemedyLine.objects.values_list("quantity", "start")) == [(2, 0)]


def test_money_waits_while_it_is_contested_whether_these_are_the_goods(cast: Cast) -> None:
    # D17
    receipt = build_warehouse.received(cast, (1, 0, 1))
    findings = [build_warehouse.finding(receipt), build_warehouse.finding(receipt, grade=Grade.X)]
    warehouse_actions.inspect_all(receipt, findings, actor=cast.kim, at=NOW)
    receipt = build_warehouse.again(cast.ada, receipt)
    assert receipt.state == "disputed"
    with pytest.raises(NothingToSettle):
        actions.settle(receipt.return_request_id, actor=cast.policy, at=NOW)

    warehouse_actions.resolve(receipt, ruling="as_found", note="a stone in the box", actor=cast.ada, at=NOW)
    remedy = actions.settle(receipt.return_request_id, actor=cast.policy, at=NOW)
    assert remedy.amount == Money(4_990, "EUR")


def test_a_dispute_that_is_ruled_for_the_shopper_brings_the_whole_price(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    warehouse_actions.inspect_all(receipt, build_warehouse.all_found(receipt, Grade.C), actor=cast.kim, at=NOW)
    receipt = build_warehouse.again(cast.ada, receipt)
    warehouse_actions.dispute(receipt, ground="condition", note="it came like that", actor=cast.bo, at=NOW)
    warehouse_actions.resolve(receipt, ruling="in_favor", note="the photos agree", actor=cast.ada, at=NOW)
    remedy = actions.settle(receipt.return_request_id, actor=cast.policy, at=NOW)
    assert remedy.amount == Money(9_980, "EUR")


def test_worn_goods_lose_value_on_the_clause_that_allows_it(cast: Cast) -> None:
    return_ = build_settlements.graded(cast, grade=Grade.C)
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert remedy.amount == Money(7_984, "EUR")
    deduction = remedy.sums[1]
    assert (deduction["kind"], deduction["minor"], deduction["ground"]) == ("deduction", -1_996, "FR-WEAR-L221-23")


def test_the_standard_delivery_comes_back_with_the_whole_order_but_never_the_express_surcharge(cast: Cast) -> None:
    # M10
    return_ = build_settlements.graded(cast, shipping_minor=490, shipping_extra_minor=700, total_minor=11_170)
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert remedy.amount == Money(10_470, "EUR")
    assert remedy.shipping_minor == 490


def test_a_part_of_the_order_brings_no_delivery_back_until_the_rest_follows(cast: Cast) -> None:
    order = build.order(cast.lanting, shipping_minor=490, payments=[{"provider": "stripe"}])
    first = build_warehouse.inspected(cast, of=order, units=(1,))
    one = actions.settle(first.return_request_id, actor=cast.policy, at=NOW)
    second = build_warehouse.inspected(cast, of=order, units=(1,))
    two = actions.settle(second.return_request_id, actor=cast.policy, at=NOW)
    assert (one.amount_minor, two.amount_minor) == (4_990, 5_480)
    assert build_settlements.payment_of(first.return_request).left == Money(0, "EUR")


def test_odd_cents_of_a_line_add_up_over_its_returns(cast: Cast) -> None:
    order = build.order(
        cast.lanting, lines=[{"quantity": 3, "paid_minor": 100, "tax_minor": 16}], payments=[{"provider": "stripe"}]
    )
    found = []
    for _ in range(3):
        receipt = build_warehouse.inspected(cast, of=order, units=(1,))
        remedy = actions.settle(receipt.return_request_id, actor=cast.policy, at=NOW)
        found.append((remedy.amount_minor, remedy.tax_minor))
    assert found == [(33, 5), (33, 5), (34, 6)]


def test_a_split_payment_is_given_back_in_the_declared_order(cast: Cast) -> None:
    # M12: gift card 30, card 70, 50 back
    payments = [
        {"provider": "gift_card", "captured_minor": 3_000, "external_id": "gc"},
        {"provider": "stripe", "captured_minor": 7_000, "external_id": "pi"},
    ]
    return_ = build_settlements.graded(
        cast, units=(1,), lines=[{"quantity": 2, "paid_minor": 10_000}], payments=payments
    )
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert list(Refund.objects.values_list("provider", "amount_minor")) == [("stripe", 5_000)]


def test_what_the_gift_card_paid_never_comes_back_as_cash(cast: Cast) -> None:
    payments = [
        {"provider": "gift_card", "captured_minor": 3_000, "external_id": "gc"},
        {"provider": "stripe", "captured_minor": 7_000, "external_id": "pi"},
    ]
    return_ = build_settlements.graded(cast, lines=[{"quantity": 2, "paid_minor": 10_000}], payments=payments)
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    rows = Refund.objects.order_by("pk").values_list("provider", "amount_minor", "state")
    assert list(rows) == [("stripe", 7_000, "intended"), ("gift_card", 3_000, "sent")]


def test_money_refunded_past_the_return_is_not_paid_again(cast: Cast) -> None:
    # F10
    return_ = build_settlements.graded(
        cast, payments=[{"provider": "stripe", "reserved_minor": 500, "refunded_before_minor": 500}]
    )
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert remedy.amount == Money(9_480, "EUR")
    assert remedy.sums[-1] == {"kind": "beyond_payments", "minor": -500, "ground": "", "facts": {}}


def test_without_a_captured_payment_nothing_is_promised(cast: Cast) -> None:
    # G2: authorized only
    return_ = build_settlements.graded(cast, payments=[{"provider": "stripe", "captured_minor": 0}])
    with pytest.raises(NoPayment):
        actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert not Remedy.objects.exists()


def test_a_free_order_is_settled_without_money(cast: Cast) -> None:
    return_ = build_settlements.graded(cast, lines=[{"paid_minor": 0}], payments=[{"captured_minor": 0}])
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert (remedy.state, remedy.amount_minor) == ("done", 0)
    assert Return.objects.get().state == "settled"
    assert not Refund.objects.exists()


def test_the_currency_that_was_paid_is_the_currency_that_comes_back(cast: Cast) -> None:
    # F25, M13
    return_ = build_settlements.graded(
        cast, country="JP", currency="JPY", lines=[{"quantity": 1, "paid_minor": 9_899}], units=(1,)
    )
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert remedy.amount == Money(9_899, "JPY")
    assert Refund.objects.get().amount == Money(9_899, "JPY")


def test_another_merchants_return_does_not_exist(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    with pytest.raises(Return.DoesNotExist):
        actions.settle(return_.pk, actor=cast.zoe, at=NOW)
    with pytest.raises(Return.DoesNotExist):
        queries.preview(cast.zoe, return_)
    assert not Remedy.objects.exists()


def test_a_return_that_is_not_authorized_is_not_settled(cast: Cast) -> None:
    return_ = build_warehouse.authorized(cast)
    Return.objects.filter(pk=return_.pk).update(state="refused", goods_back=False)
    with pytest.raises(NotAllowed):
        actions.settle(return_.pk, actor=cast.ada, at=NOW)


def test_a_repair_is_not_settled_here(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    Return.objects.filter(pk=return_.pk).update(remedy="repair")
    with pytest.raises(NotSettledHere):
        actions.settle(return_.pk, actor=cast.ada, at=NOW)


def test_goods_that_need_not_come_back_are_refunded_at_once(cast: Cast) -> None:
    return_ = build_warehouse.authorized(cast)
    Return.objects.filter(pk=return_.pk).update(goods_back=False)
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert (remedy.kind, remedy.amount) == ("refund_without_return", Money(9_980, "EUR"))


def test_a_settlement_costs_few_statements(cast: Cast, django_assert_max_num_queries: object) -> None:
    return_ = build_settlements.graded(cast)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        actions.settle(return_.pk, actor=cast.api, at=NOW)


def test_a_part_beyond_ones_authority_waits_for_somebody_with_more(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    remedy = actions.settle(return_.pk, actor=cast.bo, at=NOW, grant=Grant(part=8_000, note="scratched, agreed"))
    assert (remedy.state, remedy.awaits, remedy.amount) == ("proposed", "authority", Money(7_984, "EUR"))
    assert not Refund.objects.exists()
