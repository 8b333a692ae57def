"""The shipped sample: it loads once, adds up, speaks five languages, and walks every path."""

from __future__ import annotations

from datetime import timedelta

import pytest

from homeward.connectors import sample
from homeward.kernel import LOCALES
from homeward.orders import actions, queries
from homeward.orders.models import Order, OrderLine, PastReturn, Payment, Product
from tests.support.cast import NOW, ROOT, Cast

pytestmark = pytest.mark.django_db


def everything() -> list[list[dict[str, object]]]:
    return [list(model.objects.order_by("pk").values()) for model in (Product, Order, OrderLine, Payment, PastReturn)]


def test_it_loads_and_adds_up_and_loads_again_without_a_change() -> None:
    loaded = sample.load_sample(at=NOW, actor=ROOT)
    assert set(loaded.merchants) == {"lanting", "nordlicht", "wrenfield"}
    assert (loaded.products, loaded.orders, loaded.rows) == (29, 20, 4308)
    for order in Order.objects.prefetch_related("lines", "payments"):
        paid = sum(line.paid_minor for line in order.lines.all())
        assert paid + order.shipping_minor + order.shipping_extra_minor + order.other_minor == order.total_minor
        assert sum(line.shipping_minor for line in order.lines.all()) == order.shipping_minor
        captured = sum(payment.captured_minor for payment in order.payments.all())
        assert order.cancelled_at or captured == order.total_minor
    before = everything()
    assert sample.load_sample(at=NOW + timedelta(hours=1), actor=ROOT) == loaded
    assert everything() == before


def test_real_invoices_come_from_many_countries_with_returns_that_found_their_sale() -> None:
    sample.load_sample(at=NOW, actor=ROOT)
    history = Order.objects.filter(source="online-retail")
    assert len(set(history.exclude(country="").values_list("country", flat=True))) >= 25
    returns = PastReturn.objects.all()
    assert returns.count() > 100
    assert returns.filter(line__isnull=False).count() > 0.6 * returns.count()


def test_a_demo_started_later_is_fresh_but_for_what_is_being_sent_back() -> None:
    sample.load_sample(at=NOW, actor=ROOT)
    line = OrderLine.objects.get(order__number="LT-48213", sku="LT-150-SAND")
    actions.hold([(line.pk, 1)], by="ret_1", actor=ROOT, at=NOW)
    sample.load_sample(at=NOW + timedelta(days=30), actor=ROOT)
    ages = {
        order.number: (NOW + timedelta(days=30) - order.placed_at).days
        for order in Order.objects.filter(number__in=("LT-48213", "LT-48177"))
    }
    assert ages == {"LT-48213": 45, "LT-48177": 11}


def test_mei_finds_her_order_as_the_mock_ups_show_it(cast: Cast) -> None:
    sample.load_sample(at=NOW, actor=ROOT)
    order = queries.order_of_shopper(cast.olu, number="LT-48213", proof="69003")
    answers = queries.returnable(cast.olu, order)
    assert [(one.line.sku, one.available, [reason.code for reason in one.reasons]) for one in answers] == [
        ("TS-06-JADE", 1, []), ("LT-150-SAND", 2, []), ("BB-04", 1, []), ("SC-CUSTOM", 1, []),
        ("PL-S", 0, ["all_asked_back"]),
    ]  # fmt: skip
    assert [one.line.paid_minor for one in answers] == [6490, 9980, 1240, 11800, 1800]
    assert "customised" in answers[3].line.traits
    assert order.payments.get().left.minor == order.total_minor - 1800
    assert order.shopper is not None
    assert order.shopper.locale == "fr"


def test_every_path_is_there_to_walk() -> None:
    sample.load_sample(at=NOW, actor=ROOT)
    lines = OrderLine.objects.filter(order__source="sample")
    traits = {trait for line in lines for trait in line.traits}
    assert traits >= {
        "battery", "serial", "activates", "sized", "sealed_hygiene", "perishable", "medical", "customised", "kit",
        "gift_card", "digital", "underwear",
    }  # fmt: skip
    assert lines.filter(delivered=0, order__cancelled_at=None).exists()
    assert lines.filter(delivered__gt=0, delivered_at=None).exists()
    assert lines.exclude(serials=[]).exists()
    orders = Order.objects.filter(source="sample")
    assert {order.country for order in orders} >= {"FR", "GB", "JP", "CN", "DE", "US", "IT", "AT"}
    assert {order.subdivision for order in orders if order.country == "US"} == {"CA", "NY"}
    assert orders.filter(informed_at=None).exists()
    assert orders.filter(cancelled_at__isnull=False).exists()
    two_ways = Payment.objects.filter(order__number="LT-48150")
    assert {payment.provider for payment in two_ways} == {"gift_card", "offline"}


def test_every_product_has_a_title_in_every_language_of_the_portal() -> None:
    for drafts in sample.catalog().values():
        for draft in drafts:
            assert set(draft.title) == set(LOCALES), draft.sku
            assert all(draft.title.values())
