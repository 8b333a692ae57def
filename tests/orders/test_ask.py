"""Questions about orders: what may come back, whose it is, and nothing across the fences."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homeward.kernel import Actor, Role
from homeward.orders import actions, queries
from homeward.orders.models import Delivery, ImportProblem, ImportRun, Order, Payment
from homeward.parties.models import Merchant
from tests.support import build
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db

STRANGER = Actor(Role.SHOPPER, "anonymous")


def answer(cast: Cast, **line: object) -> tuple[int, list[str]]:
    [one] = queries.returnable(cast.bo, build.order(cast.lanting, lines=[line]))
    return one.available, [reason.code for reason in one.reasons]


@pytest.mark.parametrize(
    ("line", "available", "reasons"),
    [
        ({"quantity": 2}, 2, []),
        ({"quantity": 3, "delivered": 2}, 2, ["partly_delivered"]),
        ({"quantity": 2, "delivered": 0}, 0, ["not_delivered"]),
        ({"quantity": 2, "held": 1}, 1, ["partly_asked_back"]),
        ({"quantity": 2, "held": 2}, 0, ["all_asked_back"]),
        ({"quantity": 3, "delivered": 2, "held": 2}, 0, ["partly_delivered", "all_asked_back"]),
        ({"quantity": 1, "is_physical": False}, 0, ["not_physical"]),
        ({"quantity": 1, "category": "gift_card", "is_physical": False}, 0, ["gift_card"]),
    ],
)
def test_how_many_may_come_back_and_why_not_more(
    cast: Cast, line: dict[str, object], available: int, reasons: list[str]
) -> None:
    assert answer(cast, **line) == (available, reasons)


def test_nothing_of_a_canceled_order_comes_back(cast: Cast) -> None:
    [one] = queries.returnable(cast.bo, build.order(cast.lanting, cancelled_at=NOW))
    assert (one.available, [str(reason) for reason in one.reasons]) == (0, ["The order was canceled."])


def test_the_answer_and_the_guard_agree(cast: Cast) -> None:
    order = build.order(cast.lanting, lines=[{"quantity": 3, "delivered": 2}, {"is_physical": False}])
    for one in queries.returnable(cast.bo, order):
        with pytest.raises(actions.NotReturnable) as refusal:
            actions.hold([(one.line.pk, one.available + 1)], by="ret_1", actor=cast.bo, at=NOW)
        assert refusal.value.available == {one.line.pk: one.available}


def test_reasons_are_sentences(cast: Cast) -> None:
    [one] = queries.returnable(cast.bo, build.order(cast.lanting, lines=[{"quantity": 3, "delivered": 2, "held": 1}]))
    assert [str(reason) for reason in one.reasons] == ["1 not delivered yet.", "1 asked back already."]


def test_a_stranger_from_another_merchant_sees_no_order(cast: Cast) -> None:
    order = build.order(cast.lanting)
    for ask in (
        lambda: queries.order(cast.zoe, order.ref),
        lambda: queries.lines(cast.zoe, order),
        lambda: queries.payments(cast.zoe, order),
        lambda: queries.returnable(cast.zoe, order),
        lambda: queries.returnable(STRANGER, order),
    ):
        with pytest.raises(Order.DoesNotExist):
            ask()
    with pytest.raises(Payment.DoesNotExist):
        queries.payment(cast.zoe, order.payments.get().ref)
    assert not queries.orders(cast.zoe).exists()
    assert not queries.products(cast.zoe).exists()
    with pytest.raises(Merchant.DoesNotExist):
        queries.history_figures(cast.zoe, cast.lanting, source="test")


def test_a_shopper_sees_the_orders_that_are_proved_and_no_others(cast: Cast) -> None:
    mine, other = build.order(cast.lanting), build.order(cast.lanting, number="LT-2")
    mei = build.shopper_of(mine)
    assert queries.order(mei, mine.ref) == mine
    assert list(queries.orders(mei)) == [mine]
    with pytest.raises(Order.DoesNotExist):
        queries.order(mei, other.ref)


def test_an_order_comes_with_all_that_hangs_on_it_in_few_statements(cast: Cast) -> None:
    ref = build.order(cast.lanting, lines=[{}, {}, {}]).ref
    with CaptureQueriesContext(connection) as log:
        order = queries.order(cast.bo, ref)
        assert [line.position for line in order.lines.all()] == [0, 1, 2]
        assert len(order.payments.all()) == 1
        assert order.merchant == cast.lanting
    assert len(log) == 4


@pytest.mark.parametrize("proof", ["mei@lyon.example", "69003", "5678"])
def test_number_and_one_proof_find_the_order(cast: Cast, proof: str) -> None:
    order = build.order(cast.lanting)
    assert queries.order_of_shopper(STRANGER, number="lt 48213", proof=proof) == order


@pytest.mark.parametrize(("number", "proof"), [
    ("LT-48213", "tom@leeds.example"), ("LT-48213", ""), ("LT-99999", "mei@lyon.example"), ("", "69003"),
    ("%", "69003"),
])  # fmt: skip
def test_every_miss_is_the_same_miss_with_the_same_work(cast: Cast, number: str, proof: str) -> None:
    build.order(cast.lanting)
    with CaptureQueriesContext(connection) as log, pytest.raises(Order.DoesNotExist, match="no order has this"):
        queries.order_of_shopper(STRANGER, number=number, proof=proof)
    assert len(log) == 1


def test_the_portal_of_one_merchant_finds_no_order_of_another(cast: Cast) -> None:
    build.order(cast.nordlicht)
    own = Actor(Role.SHOPPER, "anonymous", merchant_id=cast.lanting.pk)
    with pytest.raises(Order.DoesNotExist):
        queries.order_of_shopper(own, number="LT-48213", proof="69003")


def test_of_two_orders_with_one_number_the_proof_decides(cast: Cast) -> None:
    build.order(cast.lanting)
    toms = build.order(cast.nordlicht, email="tom@leeds.example", postcode="LS1 4AP", phone="")
    assert queries.order_of_shopper(STRANGER, number="LT-48213", proof="ls14ap") == toms


class TestPages:
    def test_pages_follow_one_another_without_gap_or_double(self, cast: Cast) -> None:
        for number in range(7):
            build.order(cast.lanting, number=f"LT-{number}", placed_at=NOW - timedelta(days=number // 2))
        seen: list[str] = []
        after = ""
        while True:
            page = queries.page_of_orders(cast.bo, after=after, limit=3)
            seen += [order.number for order in page.rows]
            if not (after := page.next):
                break
        assert seen == ["LT-1", "LT-0", "LT-3", "LT-2", "LT-5", "LT-4", "LT-6"]

    @pytest.mark.parametrize("cursor", ["x", "!!", "bm90IG91cnM", "2026"])
    def test_a_cursor_that_is_not_ours_is_refused(self, cast: Cast, cursor: str) -> None:
        with pytest.raises(queries.BadCursor):
            queries.page_of_orders(cast.bo, after=cursor)

    @pytest.mark.parametrize("search", ["lt-48", "#LT 48213", "MEI@lyon", "6C123", "buyer-7"])
    def test_orders_are_found_by_what_people_have_at_hand(self, cast: Cast, search: str) -> None:
        order = build.order(cast.lanting, buyer="buyer-7")
        build.order(cast.lanting, number="XX-1", email="tom@leeds.example")
        Delivery.objects.create(ref="dlv_1", merchant=cast.lanting, order=order, tracking_number="6C123")
        assert [found.number for found in queries.page_of_orders(cast.bo, search=search).rows] == ["LT-48213"]
        assert not queries.page_of_orders(cast.zoe, search=search).rows

    def test_without_a_number_time_postcode_and_means_of_payment_find_it(self, cast: Cast) -> None:
        order = build.order(cast.lanting)
        day = timedelta(days=1)
        found = queries.page_of_orders(
            cast.bo, placed_from=order.placed_at - day, placed_to=order.placed_at + day, postcode="69003", method="4402"
        )
        assert found.rows == [order]
        assert not queries.page_of_orders(cast.bo, placed_to=order.placed_at).rows
        assert not queries.page_of_orders(cast.bo, source="shopify").rows


def test_imports_and_their_problems_stay_within_the_fence(cast: Cast) -> None:
    run = ImportRun.objects.create(ref="imp_1", merchant=cast.lanting, source="api", started_at=NOW)
    ImportProblem.objects.create(run=run, row=3, code="unknown_country", facts={"value": "Oz"})
    assert [one.message for one in queries.import_problems(cast.bo, run)] == ["“Oz” is not a country (ISO 3166)"]
    assert list(queries.import_runs(cast.bo)) == [run]
    assert not queries.import_runs(cast.zoe).exists()
    with pytest.raises(ImportRun.DoesNotExist):
        queries.import_problems(cast.zoe, run)
