"""WooCommerce's order JSON: net prices with tax beside them, fees, refunds, and the published examples."""

from __future__ import annotations

from typing import Any

import pytest

from homeward.connectors import importing
from homeward.connectors.woocommerce import order_json
from homeward.orders.drafts import OrderDraft, Problem, shares_of
from homeward.orders.models import Order, OrderLine, Payment
from tests.support.build_orders import desk_of
from tests.support.cast import Cast
from tests.support.shared import shared_data


def record(**more: Any) -> dict[str, Any]:
    """Build an order of a kettle and two lids, sent and paid by card."""
    return {
        "id": 900, "number": "900", "status": "completed", "currency": "EUR", "date_created": "2026-11-01T10:00:00",
        "date_created_gmt": "2026-11-01T09:00:00", "date_paid_gmt": "2026-11-01T09:01:00", "total": "71.40",
        "total_tax": "11.40", "shipping_total": "5.00", "shipping_tax": "0.95", "discount_total": "0",
        "prices_include_tax": True, "customer_id": 10, "payment_method": "stripe", "transaction_id": "pi_77",
        "payment_method_title": "Card", "created_via": "checkout",
        "billing": {"first_name": "Jonas", "email": "Jonas@Kiel.example", "phone": "0431 555 0100", "country": "DE"},
        "shipping": {"first_name": "Jonas", "last_name": "Wulf", "postcode": "24103", "country": "DE", "city": "Kiel"},
        "line_items": [
            {"id": 1, "name": "Kettle &amp; lid", "sku": "K1", "quantity": 1, "subtotal": "35.00", "total": "35.00",
             "total_tax": "6.65"},
            {"id": 2, "name": "Lid", "sku": "L1", "quantity": 2, "subtotal": "25.00", "total": "20.00",
             "total_tax": "3.80", "meta_data": [{"key": "Serial number", "value": "A1, A2"}]},
        ],
        "refunds": [],
    } | more  # fmt: skip


def draft(**more: Any) -> OrderDraft:
    [found] = order_json.draft_of(record(**more))
    assert isinstance(found, OrderDraft), found
    return found


def test_net_prices_and_their_tax_make_what_was_paid() -> None:
    order = draft()
    kettle, lids = shares_of(order)
    assert (kettle.paid_minor, kettle.tax_minor) == (4165, 665)
    assert (lids.paid_minor, lids.tax_minor, lids.discount_minor) == (2380, 380, 500)
    assert kettle.paid_minor + lids.paid_minor + order.shipping_minor == order.total_minor == 7140
    assert order.lines[0].title == "Kettle & lid"
    assert order.lines[1].serials == ("A1", "A2")
    assert (order.email, order.postcode, order.buyer) == ("jonas@kiel.example", "24103", "10")
    assert (order.payments[0].provider, order.payments[0].external_id) == ("stripe", "pi_77")
    assert order.placed_at.isoformat() == "2026-11-01T09:00:00+00:00"


def test_fees_stand_beside_the_lines_and_negative_ones_are_a_discount() -> None:
    order = draft(fee_lines=[{"total": "2.00", "total_tax": "0.38"}], total="73.78")
    assert order.other_minor == 238
    less = draft(fee_lines=[{"total": "-10.00", "total_tax": "0"}], total="61.40")
    assert less.discount_minor == 1000
    assert sum(share.paid_minor for share in shares_of(less)) == 6140 - 595


def test_refunds_already_made_are_gone() -> None:
    part = draft(refunds=[{"id": 1, "total": "-10.00"}, {"id": 2, "total": "-9.00"}])
    assert part.payments[0].refunded_before_minor == 1900
    assert part.lines[0].returned_before is None
    whole = draft(status="refunded", refunds=[{"id": 1, "total": "-71.40"}])
    assert [line.returned_before for line in whole.lines] == [1, 2]


@pytest.mark.parametrize(("status", "delivered", "paid", "is_off"), [
    ("completed", 1, 1, False), ("processing", 0, 1, False), ("pending", 0, 0, False), ("cancelled", 0, 0, True),
])  # fmt: skip
def test_the_status_tells_what_was_sent_paid_and_called_off(
    status: str, delivered: int, paid: int, is_off: bool
) -> None:
    order = draft(status=status, date_paid_gmt="2026-11-01T09:01:00" if paid else None)
    assert order.lines[0].delivered == delivered
    assert len(order.payments) == paid
    assert bool(order.cancelled_at) is is_off


def test_money_that_no_gateway_can_send_back_is_offline() -> None:
    payment = draft(payment_method="bacs", transaction_id="").payments[0]
    assert (payment.provider, payment.external_id) == ("offline", "woocommerce-900")


def test_parcels_are_taken_from_the_shipment_tracking_extension() -> None:
    items = [{"tracking_number": "JD0001", "tracking_provider": "DHL"}]
    order = draft(meta_data=[{"key": "_wc_shipment_tracking_items", "value": items}])
    assert [(parcel.tracking_number, parcel.carrier) for parcel in order.deliveries] == [("JD0001", "DHL")]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"currency": "ZZZ"}, "unknown_currency"), ({"date_created": "soon", "date_created_gmt": ""}, "not_a_date"),
     ({"total": "seventy"}, "not_an_amount"), ({"line_items": None}, "not_an_order"),
     ({"shipping": {"country": "Oz"}}, "unknown_country")],
)  # fmt: skip
def test_a_wrong_value_is_told(change: dict[str, Any], code: str) -> None:
    found = list(order_json.draft_of(record(**change), row=3))
    assert all(isinstance(one, Problem) for one in found)
    assert code in [one.code for one in found if isinstance(one, Problem)]


@pytest.mark.django_db
def test_the_published_examples_import_and_a_later_word_corrects_the_first(cast: Cast) -> None:
    def take(name: str) -> importing.Report:
        path = shared_data(f"commerce_payloads/woocommerce_docs_v3/{name}")
        return importing.import_file(path, importing.FORMATS["woocommerce"], desk_of(cast.lanting))

    assert take("orders__01.json").run.orders_created == 1
    order = Order.objects.get()
    assert (order.number, order.country, order.subdivision, order.total_minor) == ("727", "US", "CA", 2935)
    assert sum(OrderLine.objects.values_list("paid_minor", flat=True)) + order.shipping_minor == 2935
    assert [line.delivered for line in order.lines.order_by("position")] == [0, 0]
    assert Payment.objects.get().captured_minor == 2935
    assert take("orders__03.json").run.orders_changed == 1
    assert [line.delivered for line in order.lines.order_by("position")] == [2, 1]
    batch = take("orders__05.json").run  # creates 728 and 729, updates 727, deletes 723
    assert (batch.orders_created, batch.orders_changed, batch.orders_unchanged) == (2, 0, 1)
    assert take("orders__05.json").run.orders_unchanged == 3
