"""Taking orders: new ones whole, the same again not at all, corrections only where they change something."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homeward.journal.models import Entry
from homeward.kernel import Money
from homeward.orders import actions
from homeward.orders.drafts import CURRENCIES, DeliveryDraft, LineDraft, OrderDraft, ProductDraft
from homeward.orders.models import Delivery, Order, OrderLine, Payment, Product
from homeward.parties.models import Shopper
from tests.support import build
from tests.support.build_orders import line_draft, order_draft, payment_draft, rulebook_of
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


def take(cast: Cast, *drafts: OrderDraft, **more: Any) -> actions.Upserts:
    columns: dict[str, Any] = {"merchant": cast.lanting, "source": "api", "actor": cast.api, "at": NOW}
    return actions.upsert_orders(drafts, **columns | more, rulebook_of=rulebook_of)


def test_an_order_arrives_whole(cast: Cast) -> None:
    draft = order_draft(
        "LT-48213", line_draft(), line_draft(external_id="2", sku="TS-06-JADE", quantity=1, unit_minor=6490),
        shipping_minor=590, discount_minor=1000, tax_minor=2510, total_minor=9980 + 6490 - 1000 + 590,
        payments=(payment_draft(16060),),
        deliveries=(DeliveryDraft(tracking_number="6C123", carrier="La Poste", lines=(("1", 2),)),),
    )  # fmt: skip
    result = take(cast, draft)
    order = Order.objects.get()
    assert result.created == {"LT-48213": order.pk}
    assert (order.merchant, order.number_key, order.total_minor) == (cast.lanting, "LT48213", 16060)
    assert order.shopper is not None
    assert (order.shopper.email, order.shopper.name) == ("mei@lyon.example", "Mei Laurent")
    throws, teas = OrderLine.objects.order_by("position")
    assert throws.paid_minor + teas.paid_minor + order.shipping_minor == order.total_minor
    assert throws.shipping_minor + teas.shipping_minor == 590
    assert throws.tax_minor + teas.tax_minor == 2510
    assert (throws.rulebook_ref, throws.delivered, throws.held) == ("rbk_2026", 2, 0)
    assert Payment.objects.get().left.minor == 16060
    assert Delivery.objects.get().lines == [{"line": "1", "quantity": 2}]
    assert [entry.event for entry in Entry.objects.filter(noun="order")] == ["order.import"]


def test_the_same_again_changes_nothing_and_writes_nothing(cast: Cast) -> None:
    drafts = [order_draft(f"LT-{n}", payments=(payment_draft(external_id=f"pi_{n}"),)) for n in range(3)]
    take(cast, *drafts)
    before = list(Order.objects.values()), list(OrderLine.objects.values()), list(Payment.objects.values())
    with CaptureQueriesContext(
        connection,
    ) as log:
        result = take(cast, *drafts, at=NOW + timedelta(days=1))
    assert (result.created, result.changed) == ({}, {})
    assert sorted(result.unchanged) == ["LT-0", "LT-1", "LT-2"]
    assert before == (list(Order.objects.values()), list(OrderLine.objects.values()), list(Payment.objects.values()))
    assert len(log) <= 5


def test_a_correction_changes_what_it_names_and_leaves_the_rest(cast: Cast) -> None:
    take(cast, order_draft("LT-1", line_draft(delivered=0)))
    line = OrderLine.objects.get()
    result = take(cast, order_draft("LT-1", line_draft(delivered_at=NOW), line_draft(external_id="2", quantity=1)))
    after = OrderLine.objects.get(pk=line.pk)
    assert list(result.changed) == ["LT-1"]
    assert (after.ref, after.delivered, after.delivered_at) == (line.ref, 2, NOW)
    assert [row.position for row in OrderLine.objects.order_by("pk")] == [1, 2]
    assert Entry.objects.filter(noun="order").last().event == "order.correct"


def test_a_correction_never_goes_below_what_is_held(cast: Cast) -> None:
    take(cast, order_draft("LT-1", line_draft(quantity=3)))
    line = OrderLine.objects.get()
    actions.hold([(line.pk, 2)], by="ret_1", actor=cast.bo, at=NOW)
    result = take(cast, order_draft("LT-1", line_draft(quantity=1)))
    after = OrderLine.objects.get()
    assert (after.quantity, after.delivered, after.held, after.paid_minor) == (3, 2, 2, 14970)
    assert [problem.code for problem in result.problems] == ["kept_for_returns"]
    assert not result.problems[0].is_refusal


def test_a_line_that_the_shop_removed_stays_as_an_empty_one(cast: Cast) -> None:
    take(cast, order_draft("LT-1", line_draft(), line_draft(external_id="2", sku="B")))
    take(cast, order_draft("LT-1", line_draft()))
    assert list(OrderLine.objects.order_by("position").values_list("quantity", "delivered")) == [(2, 2), (0, 0)]


def test_refunds_the_shop_made_before_us_count_as_gone(cast: Cast) -> None:
    payment = payment_draft(refunded_before_minor=4990)
    take(cast, order_draft("LT-1", line_draft(returned_before=1), payments=(payment,)))
    line, paid = OrderLine.objects.get(), Payment.objects.get()
    assert (line.held, line.returned_before, paid.reserved_minor, paid.left.minor) == (1, 1, 4990, 4990)
    take(
        cast,
        order_draft("LT-1", line_draft(returned_before=2), payments=(replace(payment, refunded_before_minor=9980),)),
    )
    line, paid = OrderLine.objects.get(), Payment.objects.get()
    assert (line.held, paid.left.minor) == (2, 0)


def test_a_payment_is_not_lowered_below_what_is_refunded(cast: Cast) -> None:
    take(cast, order_draft("LT-1", payments=(payment_draft(),)))
    paid = Payment.objects.get()
    actions.reserve(paid.pk, paid.left, actor=cast.fay, at=NOW)
    result = take(cast, order_draft("LT-1", payments=(payment_draft(5000),)))
    assert Payment.objects.get().captured_minor == 9980
    assert [problem.code for problem in result.problems] == ["payment_kept_for_refunds"]


def test_the_same_money_told_under_another_number_is_not_doubled(cast: Cast) -> None:
    take(cast, order_draft("LT-1", payments=(payment_draft(),)))
    take(cast, order_draft("LT-1", payments=(payment_draft(external_id="ch_9"),)))
    assert dict(Payment.objects.values_list("external_id", "captured_minor")) == {"pi_1": 0, "ch_9": 9980}
    actions.reserve(Payment.objects.get(external_id="ch_9").pk, Money(500, "EUR"), actor=cast.fay, at=NOW)
    result = take(cast, order_draft("LT-1", payments=(payment_draft(external_id="ch_10"),)))
    assert dict(Payment.objects.values_list("external_id", "captured_minor")) == {"pi_1": 0, "ch_9": 9980}
    assert [problem.code for problem in result.problems] == ["payments_kept_for_refunds"]


def test_a_correction_that_names_no_payment_leaves_them(cast: Cast) -> None:
    take(cast, order_draft("LT-1", payments=(payment_draft(),)))
    take(cast, order_draft("LT-1", phone="0"))
    assert Payment.objects.get().captured_minor == 9980


def test_one_payment_does_not_pay_two_orders(cast: Cast) -> None:
    result = take(
        cast, order_draft("LT-1", payments=(payment_draft(),)), order_draft("LT-2", payments=(payment_draft(),))
    )
    assert Payment.objects.get().order.number == "LT-1"
    assert [problem.code for problem in result.problems] == ["payment_elsewhere"]
    again = take(cast, order_draft("LT-3", payments=(payment_draft(),)))
    assert [problem.code for problem in again.problems] == ["payment_elsewhere"]


def test_more_delivered_than_ordered_counts_as_ordered(cast: Cast) -> None:
    result = take(cast, order_draft("LT-1", line_draft(quantity=10, delivered=12)))
    assert OrderLine.objects.get().delivered == 10
    assert [problem.code for problem in result.problems] == ["over_delivered"]


def test_the_catalog_says_what_the_shop_leaves_out(cast: Cast) -> None:
    phone = ProductDraft(
        sku="NL-P5", title={"en": "Phone"}, category="electronics", traits=("battery", "serial"), hs_code="851713",
        origin="CN", weight_g=190,
    )  # fmt: skip
    actions.list_products([phone], merchant=cast.lanting, actor=cast.ada, at=NOW)
    take(cast, order_draft("LT-1", line_draft(sku="NL-P5"), line_draft(external_id="2", sku="NEW")))
    line = OrderLine.objects.get(sku="NL-P5")
    assert (line.category, line.traits, line.hs_code, line.weight_g) == (
        "electronics",
        ["battery", "serial"],
        "851713",
        190,
    )
    assert Product.objects.get(sku="NEW").titles.in_("de") == "Linen throw"


def test_a_gift_card_is_no_thing(cast: Cast) -> None:
    take(cast, order_draft("LT-1", line_draft(category="gift_card", traits=("gift_card",))))
    assert not OrderLine.objects.get().is_physical


def test_shoppers_are_met_once_per_merchant(cast: Cast) -> None:
    take(cast, order_draft("LT-1"), order_draft("LT-2", email="MEI@lyon.example"), order_draft("LT-3", email=""))
    take(cast, order_draft("LT-1"), merchant=cast.nordlicht)
    assert Shopper.objects.count() == 2
    assert Order.objects.get(number="LT-3").shopper is None


def test_a_named_twin_in_one_call_is_told(cast: Cast) -> None:
    result = take(cast, order_draft("LT-1"), order_draft("LT-1", line_draft(quantity=9)))
    assert OrderLine.objects.get().quantity == 2
    assert [problem.code for problem in result.problems] == ["order_again"]


BAD: list[tuple[str, OrderDraft, str]] = [
    ("quantity 0", order_draft("X", line_draft(quantity=0)), "quantity_out_of_range"),
    ("quantity −1", order_draft("X", line_draft(quantity=-1, delivered=0)), "quantity_out_of_range"),
    ("quantity 10⁹", order_draft("X", line_draft(quantity=10**9)), "quantity_out_of_range"),
    ("negative price", order_draft("X", line_draft(unit_minor=-1)), "amount_out_of_range"),
    ("wrong currency", order_draft("X", currency="XYZ"), "unknown_currency"),
    ("currency of old", order_draft("X", currency="DEM"), "unknown_currency"),
    ("unknown country", order_draft("X", country="QQ"), "unknown_country"),
    ("tomorrow's order", order_draft("X", placed_at=NOW + timedelta(days=3)), "date_in_future"),
    ("order of antiquity", order_draft("X", placed_at=NOW.replace(year=1899)), "date_too_old"),
    ("delivered before", order_draft("X", line_draft(delivered_at=NOW - timedelta(days=30))), "delivered_before_order"),
    ("a moment without a zone", order_draft("X", placed_at=NOW.replace(tzinfo=None)), "no_zone"),
    ("year one", order_draft("X", placed_at=NOW.replace(year=1), payments=(payment_draft(),)), "date_too_old"),
    ("no lines", replace(order_draft("X"), lines=()), "no_lines"),
    ("one line twice", order_draft("X", line_draft(), line_draft()), "line_twice"),
    ("another total", order_draft("X", total_minor=5), "does_not_add_up"),
    ("paid in another currency", order_draft("X", payments=(payment_draft(currency="USD"),)), "currency_differs"),
    ("refunded beyond paid", order_draft("X", payments=(payment_draft(5, refunded_before_minor=6),)),
     "refunded_beyond_captured"),
    ("no number", order_draft("#"), "missing"),
    ("half a character", order_draft("X", name="Mei\ud83d"), "half_character"),
    ("a number beyond 64 bits", order_draft("X", line_draft(quantity=10**30)), "quantity_out_of_range"),
    ("a zero character", order_draft("X", name="Mei\0"), "zero_character"),
    ("a number without end", order_draft("X" * 81), "too_long"),
]  # fmt: skip


@pytest.mark.parametrize(("draft", "code"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_wrong_order_is_told_and_left_out_while_its_neighbors_are_taken(
    cast: Cast, draft: OrderDraft, code: str
) -> None:
    result = take(cast, order_draft("LT-1"), draft)
    assert list(result.created) == ["LT-1"]
    assert [problem.code for problem in result.problems if problem.is_refusal][:1] == [code]
    assert Order.objects.get().number == "LT-1"


def test_a_single_wrong_order_is_refused_with_every_problem(cast: Cast) -> None:
    draft = order_draft("LT-1", line_draft(quantity=0), currency="EURO", country="Frankreich")
    with pytest.raises(actions.Malformed) as refusal:
        actions.upsert_order(
            draft, merchant=cast.lanting, source="api", actor=cast.api, at=NOW, rulebook_of=rulebook_of
        )
    assert {problem.code for problem in refusal.value.problems} >= {
        "quantity_out_of_range", "unknown_currency", "unknown_country",
    }  # fmt: skip
    assert not Order.objects.exists()


def test_a_single_order_comes_back_with_what_became_of_it(cast: Cast) -> None:
    order, result = actions.upsert_order(
        order_draft("LT-1"), merchant=cast.lanting, source="api", actor=cast.api, at=NOW, rulebook_of=rulebook_of
    )
    assert (order.number, list(result.created)) == ("LT-1", ["LT-1"])


def test_currencies_are_those_in_use() -> None:
    assert {"EUR", "USD", "GBP", "CNY", "JPY", "KWD"} <= CURRENCIES
    assert not {"DEM", "XYZ", "EUX"} & CURRENCIES


def test_a_thousand_orders_take_as_many_statements_as_one(cast: Cast) -> None:
    def drafts(first: int, count: int) -> list[OrderDraft]:
        return [
            order_draft(
                f"LT-{n}", line_draft(sku=f"S{n % 50}"), email=f"s{n}@x.example",
                payments=(payment_draft(external_id=f"p{n}"),),
            )
            for n in range(first, first + count)
        ]  # fmt: skip

    with CaptureQueriesContext(connection) as few:
        take(cast, *drafts(0, 10))
    with CaptureQueriesContext(connection) as many:
        take(cast, *drafts(10, 400))
    assert Order.objects.count() == 410
    assert len(many) <= len(few)


def test_kits_are_listed_with_their_parts(cast: Cast) -> None:
    cup = ProductDraft(sku="CUP", title={"en": "Cup"})
    kit = ProductDraft(sku="KIT", title={"en": "Set"}, traits=("kit",), parts=(("CUP", 6),))
    for parts in (kit, replace(kit, parts=(("CUP", 4),))):
        actions.list_products([cup, parts], merchant=cast.lanting, actor=cast.ada, at=NOW)
    [component] = Product.objects.get(sku="KIT").components.all()
    assert (component.part.sku, component.quantity) == ("CUP", 4)


def test_a_draft_of_a_line_needs_no_word_on_earlier_returns(cast: Cast) -> None:
    take(cast, order_draft("LT-1", line_draft(returned_before=1)))
    silent = LineDraft(external_id="1", title="Linen throw, sand", quantity=2, unit_minor=4990, delivered=2)
    take(cast, order_draft("LT-1", silent))
    line = OrderLine.objects.get()
    assert (line.title, line.held, line.returned_before) == ("Linen throw, sand", 1, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_same_orders_told_twice_at_once_are_taken_once() -> None:
    cast = build.committed_cast()
    for turn in range(5):
        drafts = [
            order_draft(
                f"LT-{turn}-{n}", line_draft(sku=f"S{turn}-{n}"), email=f"s{turn}-{n}@x.example",
                payments=(payment_draft(external_id=f"p{turn}-{n}"),),
            )
            for n in range(20)
        ]  # fmt: skip
        results: list[actions.Upserts] = []
        raised = at_once(
            lambda told=drafts, results=results: results.append(take(cast, *told)),
            lambda told=drafts, results=results: results.append(take(cast, *reversed(told))),
        )
        assert raised == [None, None]
        assert sum(len(one.created) for one in results) == 20
        assert not any(one.changed for one in results)
    assert Order.objects.count() == OrderLine.objects.count() == Payment.objects.count() == 100
    assert Shopper.objects.count() == Product.objects.count() == 100
