"""Holding units for returns: never more than was delivered, all or nothing, and nothing twice at once."""

from __future__ import annotations

import pytest

from homeward.journal.models import Entry
from homeward.kernel import Money
from homeward.orders import actions
from homeward.orders.models import Order, OrderLine, Payment
from tests.support import build
from tests.support.build_orders import line_draft, order_draft, rulebook_of
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once


def held(*lines: OrderLine) -> list[int]:
    return list(
        OrderLine.objects.filter(pk__in=[line.pk for line in lines]).order_by("pk").values_list("held", flat=True)
    )


@pytest.mark.django_db
class TestHold:
    def test_a1_more_than_was_delivered_is_refused_and_says_how_many_are_left(self, cast: Cast) -> None:
        order = build.order(cast.lanting, lines=[{"quantity": 3, "delivered": 2}])
        line = order.lines.get()
        with pytest.raises(actions.NotReturnable) as refusal:
            actions.hold([(line.pk, 3)], by="ret_1", actor=cast.bo, at=NOW)
        assert refusal.value.short == {line.pk: 2}
        assert held(line) == [0]
        assert not Entry.objects.filter(verb="hold").exists()

    def test_a3_a_second_request_gets_what_the_first_left(self, cast: Cast) -> None:
        line = build.order(cast.lanting).lines.get()
        actions.hold([(line.pk, 1)], by="ret_1", actor=cast.bo, at=NOW)
        with pytest.raises(actions.NotReturnable):
            actions.hold([(line.pk, 2)], by="ret_2", actor=cast.bo, at=NOW)
        actions.hold([(line.pk, 1)], by="ret_2", actor=cast.bo, at=NOW)
        assert held(line) == [2]

    def test_a4_a_canceled_request_frees_what_it_held(self, cast: Cast) -> None:
        line = build.order(cast.lanting).lines.get()
        actions.hold([(line.pk, 2)], by="ret_1", actor=cast.bo, at=NOW)
        actions.release([(line.pk, 2)], by="ret_1", actor=cast.bo, at=NOW)
        actions.hold([(line.pk, 2)], by="ret_2", actor=cast.bo, at=NOW)
        assert held(line) == [2]

    def test_one_line_short_holds_none_of_them(self, cast: Cast) -> None:
        order = build.order(cast.lanting, lines=[{}, {"quantity": 1}])
        first, second = order.lines.order_by("pk")
        with pytest.raises(actions.NotReturnable) as refusal:
            actions.hold([(first.pk, 1), (second.pk, 2)], by="ret_1", actor=cast.bo, at=NOW)
        assert refusal.value.available == {first.pk: 2, second.pk: 1}
        assert held(first, second) == [0, 0]

    def test_a_line_named_twice_is_counted_together(self, cast: Cast) -> None:
        line = build.order(cast.lanting).lines.get()
        with pytest.raises(actions.NotReturnable):
            actions.hold([(line.pk, 2), (line.pk, 1)], by="ret_1", actor=cast.bo, at=NOW)
        assert held(line) == [0]

    def test_a_line_that_does_not_exist_holds_none(self, cast: Cast) -> None:
        line = build.order(cast.lanting).lines.get()
        with pytest.raises(actions.NotReturnable) as refusal:
            actions.hold([(line.pk, 1), (10**12, 1)], by="ret_1", actor=cast.bo, at=NOW)
        assert refusal.value.short == {10**12: 0}
        assert held(line) == [0]

    @pytest.mark.parametrize("columns", [{"is_physical": False}, {"delivered": 0}])
    def test_a15_what_is_no_thing_or_not_there_yet_cannot_be_held(self, cast: Cast, columns: dict[str, object]) -> None:
        line = build.order(cast.lanting, lines=[columns]).lines.get()
        with pytest.raises(actions.NotReturnable):
            actions.hold([(line.pk, 1)], by="ret_1", actor=cast.bo, at=NOW)

    def test_nothing_of_a_canceled_order_can_be_held(self, cast: Cast) -> None:
        line = build.order(cast.lanting, cancelled_at=NOW).lines.get()
        with pytest.raises(actions.NotReturnable):
            actions.hold([(line.pk, 1)], by="ret_1", actor=cast.bo, at=NOW)

    @pytest.mark.parametrize("quantity", [0, -1])
    def test_a_quantity_below_one_is_a_mistake_of_the_caller(self, cast: Cast, quantity: int) -> None:
        line = build.order(cast.lanting).lines.get()
        with pytest.raises(ValueError, match="nothing"):
            actions.hold([(line.pk, quantity)], by="ret_1", actor=cast.bo, at=NOW)
        with pytest.raises(ValueError, match="no lines"):
            actions.hold([], by="ret_1", actor=cast.bo, at=NOW)

    def test_nothing_is_let_go_twice(self, cast: Cast) -> None:
        line = build.order(cast.lanting, lines=[{"held": 1, "returned_before": 1}]).lines.get()
        actions.hold([(line.pk, 1)], by="ret_1", actor=cast.bo, at=NOW)
        actions.release([(line.pk, 1)], by="ret_1", actor=cast.bo, at=NOW)
        with pytest.raises(actions.NotHeld):
            actions.release([(line.pk, 1)], by="ret_1", actor=cast.bo, at=NOW)
        assert held(line) == [1]

    def test_the_journal_says_for_whom_units_are_held(self, cast: Cast) -> None:
        order = build.order(cast.lanting)
        line = order.lines.get()
        actions.hold([(line.pk, 1)], by="ret_1", actor=cast.bo, at=NOW)
        entry = Entry.objects.get(verb="hold")
        assert (entry.event, entry.ref, entry.merchant_id) == ("order.hold", order.ref, cast.lanting.pk)
        assert entry.facts == {"by": "ret_1", "lines": {line.ref: 1}}


@pytest.mark.django_db
class TestReserve:
    def payment(self, cast: Cast, **columns: object) -> Payment:
        return build.order(cast.lanting, payments=[{"captured_minor": 1000} | columns]).payments.get()

    def test_f10_what_is_left_can_be_set_aside_and_not_a_cent_more(self, cast: Cast) -> None:
        paid = self.payment(cast, captured_minor=1230)
        actions.reserve(paid.pk, Money(500, "EUR"), actor=cast.fay, at=NOW)
        with pytest.raises(actions.NotEnoughLeft) as refusal:
            actions.reserve(paid.pk, Money(731, "EUR"), actor=cast.fay, at=NOW)
        assert refusal.value.left == Money(730, "EUR")
        actions.reserve(paid.pk, Money(730, "EUR"), actor=cast.fay, at=NOW)
        paid.refresh_from_db()
        assert paid.left == Money(0, "EUR")

    def test_another_currency_is_refused(self, cast: Cast) -> None:
        with pytest.raises(actions.NotEnoughLeft):
            actions.reserve(self.payment(cast).pk, Money(1, "USD"), actor=cast.fay, at=NOW)

    @pytest.mark.parametrize("minor", [0, -800])
    def test_f11_nothing_or_less_cannot_be_set_aside(self, cast: Cast, minor: int) -> None:
        with pytest.raises(ValueError, match="above zero"):
            actions.reserve(self.payment(cast).pk, Money(minor, "EUR"), actor=cast.fay, at=NOW)

    def test_a_failed_refund_frees_its_money_once(self, cast: Cast) -> None:
        paid = self.payment(cast, reserved_minor=300, refunded_before_minor=300)
        actions.reserve(paid.pk, Money(700, "EUR"), actor=cast.fay, at=NOW)
        actions.free(paid.pk, Money(700, "EUR"), actor=cast.fay, at=NOW)
        with pytest.raises(actions.NotReserved):
            actions.free(paid.pk, Money(1, "EUR"), actor=cast.fay, at=NOW)
        paid.refresh_from_db()
        assert paid.left == Money(700, "EUR")

    def test_a_chargeback_takes_what_is_left_and_tells_what_was_already_refunded(self, cast: Cast) -> None:
        paid = self.payment(cast)
        actions.reserve(paid.pk, Money(600, "EUR"), actor=cast.fay, at=NOW)
        lost = actions.charge_back(paid.pk, Money(1000, "EUR"), actor=cast.fay, at=NOW)
        paid.refresh_from_db()
        assert (lost, paid.charged_back_minor, paid.left) == (Money(600, "EUR"), 400, Money(0, "EUR"))
        with pytest.raises(actions.NotEnoughLeft):
            actions.reserve(paid.pk, Money(1, "EUR"), actor=cast.fay, at=NOW)

    def test_a_chargeback_on_a_payment_that_is_not_there_is_told(self, cast: Cast) -> None:
        with pytest.raises(Payment.DoesNotExist):
            actions.charge_back(10**12, Money(1, "EUR"), actor=cast.fay, at=NOW)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_returns_of_the_same_units_at_once_hold_them_once() -> None:
    cast = build.committed_cast()
    for number in range(25):
        first, second = build.order(cast.lanting, number=f"LT-{number}", lines=[{}, {}]).lines.order_by("pk")
        crosswise = [[(first.pk, 2), (second.pk, 1)], [(second.pk, 2), (first.pk, 1)]]
        results = at_once(
            *(lambda lines=lines: actions.hold(lines, by="ret", actor=cast.bo, at=NOW) for lines in crosswise)
        )
        assert sum(isinstance(one, actions.NotReturnable) for one in results) == 1
        assert sorted(held(first, second)) == [1, 2]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_refunds_at_once_never_exceed_the_payment() -> None:
    cast = build.committed_cast()
    for number in range(15):
        paid = build.order(cast.lanting, number=f"LT-{number}", payments=[{"captured_minor": 1000}]).payments.get()
        results = at_once(
            *(lambda: actions.reserve(paid.pk, Money(400, "EUR"), actor=cast.fay, at=NOW),) * 4  # noqa: B023
        )
        assert sum(isinstance(one, actions.NotEnoughLeft) for one in results) == 2
        paid.refresh_from_db()
        assert paid.reserved_minor == 800
    assert Order.objects.count() == 15


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_correction_and_a_return_at_once_never_leave_more_held_than_delivered() -> None:
    cast = build.committed_cast()
    told = {"merchant": cast.lanting, "source": "api", "actor": cast.api, "at": NOW, "rulebook_of": rulebook_of}
    for number in range(15):
        actions.upsert_orders([order_draft(f"LT-{number}", line_draft(quantity=3))], **told)  # type: ignore[arg-type]
        line = OrderLine.objects.get(order__number=f"LT-{number}")
        less = order_draft(f"LT-{number}", line_draft(quantity=1))
        held, corrected = at_once(
            lambda line=line: actions.hold([(line.pk, 2)], by="ret", actor=cast.bo, at=NOW),
            lambda less=less: actions.upsert_orders([less], **told),
        )
        line.refresh_from_db()
        assert corrected is None
        if held is None:  # the return came first: the correction kept its units
            assert (line.quantity, line.delivered, line.held) == (3, 2, 2)
        else:
            assert isinstance(held, actions.NotReturnable)
            assert (line.quantity, line.delivered, line.held) == (1, 1, 0)
