"""Shopify's table and JSON: the same order told in two ways, sums understood, refunds already made counted as gone."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from homeward.connectors import importing
from homeward.connectors.reading.files import Opened, check
from homeward.connectors.shopify import order_json, orders_csv
from homeward.orders import queries
from homeward.orders.drafts import OrderDraft, Problem
from homeward.orders.models import ImportProblem, Order, OrderLine, Payment
from tests.support.build_orders import desk_of
from tests.support.cast import Cast
from tests.support.shared import shared_data

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,"
    "Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
)
COLUMNS = next(csv.reader([HEADER]))

MEI = {
    "Name": "#1001", "Email": "mei@lyon.example", "Financial Status": "paid", "Fulfillment Status": "fulfilled",
    "Currency": "EUR", "Subtotal": "149.70", "Shipping": "5.90", "Taxes": "25.93", "Total": "155.60",
    "Discount Amount": "15.00", "Created at": "2026-11-10 09:15:36 +0100", "Lineitem quantity": "2",
    "Lineitem name": "Linen throw - sand", "Lineitem price": "49.90", "Lineitem sku": "LT-150-SAND",
    "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem fulfillment status": "fulfilled",
    "Shipping Name": "Mei Laurent", "Shipping Zip": "'69003", "Shipping City": "Lyon", "Shipping Country": "FR",
    "Billing Phone": "+33 6 12 34 44 02", "Payment Method": "Shopify Payments", "Id": "5550001", "Source": "web",
    "Tax 1 Name": "FR TVA 20%", "Tax 1 Value": "25.93", "Lineitem discount": "0.00", "Refunded Amount": "0.00",
    "Outstanding Balance": "0.00", "Paid at": "2026-11-10 09:15:40 +0100",
}  # fmt: skip
TEA = {
    "Name": "#1001", "Email": "mei@lyon.example", "Created at": "2026-11-10 09:15:36 +0100", "Lineitem quantity": "1",
    "Lineitem name": "Celadon tea set", "Lineitem price": "64.90", "Lineitem sku": "TS-06-JADE",
    "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem fulfillment status": "pending",
    "Lineitem discount": "0.00",
}  # fmt: skip
TOM = MEI | {
    "Name": "#1002", "Email": "tom@leeds.example", "Id": "5550002", "Subtotal": "99.80", "Discount Amount": "0.00",
    "Total": "105.70", "Taxes": "17.62", "Shipping Country": "GB", "Shipping Zip": "LS1 4AP", "Currency": "GBP",
}  # fmt: skip


def table(*rows: dict[str, str], delimiter: str = ",", columns: list[str] = COLUMNS) -> str:
    lines = [delimiter.join(columns)]
    lines += [delimiter.join(row.get(column, "") for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


def drafts(tmp_path: Path, text: str) -> list[OrderDraft | Problem]:
    file = tmp_path / "orders_export.csv"
    file.write_text(text)
    with Opened(check(file)) as opened:
        return list(orders_csv.read(opened))


def only(found: list[OrderDraft | Problem]) -> OrderDraft:
    [draft] = found
    assert isinstance(draft, OrderDraft), draft
    return draft


def test_the_rows_of_an_order_are_gathered(tmp_path: Path) -> None:
    mei, tom = drafts(tmp_path, table(MEI, TEA, TOM))
    assert isinstance(mei, OrderDraft)
    assert isinstance(tom, OrderDraft)
    assert (mei.external_id, mei.number, mei.email, mei.postcode) == ("5550001", "#1001", "mei@lyon.example", "69003")
    assert [(line.sku, line.quantity, line.delivered) for line in mei.lines] == [
        ("LT-150-SAND", 2, 2),
        ("TS-06-JADE", 1, 0),
    ]
    assert (mei.discount_minor, mei.shipping_minor, mei.total_minor, mei.tax_included) == (1500, 590, 15560, True)
    assert mei.shipping_tax_minor == 98  # 20 % lies on 149.70 + 5.90
    assert (mei.payments[0].provider, mei.payments[0].captured_minor) == ("shopify_payments", 15560)
    assert (mei.rows, tom.rows) == ((2, 3), (4,))


def test_prices_without_tax_are_recognized_by_their_sum(tmp_path: Path) -> None:
    row = MEI | {
        "Subtotal": "99.80",
        "Discount Amount": "0",
        "Taxes": "8.23",
        "Total": "113.93",
        "Tax 1 Name": "CA 8.25%",
    }
    draft = only(drafts(tmp_path, table(row)))
    assert (draft.tax_included, draft.tax_minor, draft.shipping_tax_minor) == (False, 823, 0)


def test_a_discount_on_delivery_takes_nothing_off_the_goods(tmp_path: Path) -> None:
    row = MEI | {"Subtotal": "99.80", "Discount Amount": "5.90", "Total": "99.80", "Taxes": "16.63"}
    draft = only(drafts(tmp_path, table(row)))
    assert (draft.discount_minor, draft.shipping_minor, draft.total_minor) == (0, 0, 9980)


def test_an_unpaid_order_has_no_payment_and_a_part_paid_one_less(tmp_path: Path) -> None:
    unpaid = MEI | {"Financial Status": "pending"}
    part = TOM | {"Financial Status": "partially_paid", "Outstanding Balance": "100.00"}
    first, second = drafts(tmp_path, table(unpaid, TEA, part))
    assert isinstance(first, OrderDraft)
    assert isinstance(second, OrderDraft)
    assert first.payments == ()
    assert second.payments[0].captured_minor == 570


def test_what_was_refunded_before_us_is_gone(tmp_path: Path) -> None:
    row = TOM | {"Financial Status": "refunded", "Refunded Amount": "105.70"}
    draft = only(drafts(tmp_path, table(row)))
    assert draft.lines[0].returned_before == 2
    assert draft.payments[0].refunded_before_minor == 10570


def test_a_gift_card_is_paid_for_and_never_a_thing(tmp_path: Path) -> None:
    row = TOM | {"Lineitem name": "Gift card €50", "Lineitem requires shipping": "false"}
    [line] = only(drafts(tmp_path, table(row))).lines
    assert (line.category, line.is_physical) == ("gift_card", False)


def test_semicolons_and_commas_for_cents_and_a_mark_at_the_head_are_understood(tmp_path: Path) -> None:
    row = {name: value.replace(".", ",") if value.replace(".", "").isdigit() else value for name, value in TOM.items()}
    draft = only(drafts(tmp_path, "\ufeff" + table(row, delimiter=";")))
    assert (draft.total_minor, draft.lines[0].unit_minor) == (10570, 4990)


def test_half_a_file_tells_which_order_is_cut_off(tmp_path: Path) -> None:
    whole = table(TOM, MEI, TEA)
    between = whole[: whole.index("\n#1001", whole.index("\n#1001") + 1) + 1]  # after Mei's first row
    within = whole[: whole.index("Celadon")]
    for text in (between, within):
        found = drafts(tmp_path, text)
        assert [one.number for one in found if isinstance(one, OrderDraft)] == ["#1002"]
        assert "order_cut_off" in [one.code for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Currency": "EURO"}, "unknown_currency"),
        ({"Shipping Country": "Utopia"}, "unknown_country"),
        ({"Created at": ""}, "missing"),
        ({"Lineitem quantity": "two"}, "not_a_number"),
        ({"Lineitem price": "free"}, "not_an_amount"),
    ],
)
def test_a_wrong_value_keeps_its_order_out_with_row_and_value(
    tmp_path: Path, change: dict[str, str], code: str
) -> None:
    more = (TOM | {"Name": "#1003", "Id": "3"}, MEI | {"Name": "#1004", "Id": "4"}, TEA | {"Name": "#1004"})
    found = drafts(tmp_path, table(MEI, TEA, TOM | change, *more))
    problems = [one for one in found if isinstance(one, Problem)]
    assert [one.number for one in found if isinstance(one, OrderDraft)] == ["#1001", "#1003", "#1004"]
    assert (problems[0].code, problems[0].row, problems[0].rows) == (code, 4, 1)
    assert "#1002" in problems[0].raw


def test_an_order_at_two_places_is_told(tmp_path: Path) -> None:
    found = drafts(tmp_path, table(TOM, MEI, TEA, TOM))
    assert [one.code for one in found if isinstance(one, Problem)] == ["order_again"]


@pytest.mark.django_db
def test_an_order_that_does_not_add_up_is_refused_with_both_sums(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "orders_export.csv"
    file.write_text(table(TOM | {"Total": "500.00"}, MEI, TEA))
    importing.import_file(file, importing.FORMATS["shopify-csv"], desk_of(cast.lanting))
    problem = ImportProblem.objects.get()
    assert (problem.code, problem.row) == ("does_not_add_up", 2)
    assert problem.facts == {"told": 50000, "found": 10570}
    assert Order.objects.get().number == "#1001"


def json_order(**more: Any) -> dict[str, Any]:
    """Build the JSON of Mei's order, as the table above tells it."""
    return {
        "id": 5550001, "name": "#1001", "email": "mei@lyon.example", "created_at": "2026-11-10T09:15:36+01:00",
        "currency": "EUR", "taxes_included": True, "total_price": "155.60", "total_tax": "25.93",
        "total_discounts": "15.00", "financial_status": "paid", "customer_locale": "fr-FR", "source_name": "web",
        "payment_gateway_names": ["shopify_payments"], "customer": {"id": 77, "first_name": "Mei"},
        "shipping_address": {
            "name": "Mei Laurent", "zip": "69003", "city": "Lyon", "country_code": "FR", "phone": "+33 6 12 34 44 02",
        },
        "line_items": [
            {"id": 1, "name": "Linen throw - sand", "sku": "LT-150-SAND", "quantity": 2, "price": "49.90", "grams": 900,
             "discount_allocations": [{"amount": "9.10"}], "tax_lines": [{"price": "15.12"}]},
            {"id": 2, "name": "Celadon tea set", "sku": "TS-06-JADE", "quantity": 1, "price": "64.90",
             "discount_allocations": [{"amount": "5.90"}], "tax_lines": [{"price": "9.83"}]},
        ],
        "shipping_lines": [{"price": "5.90", "discounted_price": "5.90", "tax_lines": [{"price": "0.98"}]}],
        "fulfillments": [
            {"id": 9, "status": "success", "shipment_status": "delivered", "updated_at": "2026-11-14T12:00:00Z",
             "created_at": "2026-11-11T08:00:00Z", "tracking_number": "6C42", "tracking_company": "La Poste",
             "line_items": [{"id": 1, "quantity": 2}]},
        ],
        "refunds": [],
    } | more  # fmt: skip


def from_json(record: dict[str, Any]) -> OrderDraft:
    return only(list(order_json.draft_of(record)))


def test_json_tells_discounts_taxes_parcels_and_the_day_of_arrival() -> None:
    draft = from_json(json_order())
    throws, tea = draft.lines
    assert (throws.discount_minor, throws.tax_minor, throws.delivered, throws.weight_g) == (910, 1512, 2, 900)
    assert throws.delivered_at is not None
    assert throws.delivered_at.isoformat() == "2026-11-14T12:00:00+00:00"
    assert (tea.delivered, tea.delivered_at) == (0, None)
    assert (draft.shipping_minor, draft.shipping_tax_minor, draft.locale, draft.buyer) == (590, 98, "fr-FR", "77")
    assert (draft.deliveries[0].tracking_number, draft.deliveries[0].carrier) == ("6C42", "La Poste")


def test_json_refunds_reduce_what_may_come_back_and_units_never_sent_were_never_sold() -> None:
    refunds = [
        {"refund_line_items": [{"line_item_id": 1, "quantity": 1, "restock_type": "return"}],
         "transactions": [{"kind": "refund", "status": "success", "amount": "45.35", "gateway": "shopify_payments"}]},
        {"refund_line_items": [
            {"line_item_id": 2, "quantity": 1, "restock_type": "cancel", "subtotal": "59.00", "total_tax": "9.83"}],
         "transactions": [{"kind": "refund", "status": "failure", "amount": "59.00"}]},
    ]  # fmt: skip
    draft = from_json(json_order(refunds=refunds))
    [throws] = draft.lines
    assert (throws.quantity, throws.returned_before) == (2, 1)
    assert draft.total_minor == 15560 - 5900
    assert draft.payments[0].refunded_before_minor == 4535


def test_json_transactions_are_payments_of_their_own() -> None:
    transactions = [
        {"id": 1, "kind": "sale", "status": "success", "gateway": "gift_card", "amount": "50.00"},
        {"id": 2, "kind": "sale", "status": "success", "gateway": "shopify_payments", "amount": "105.60"},
        {"id": 3, "kind": "sale", "status": "failure", "gateway": "shopify_payments", "amount": "105.60"},
    ]
    refunds = [{"transactions": [{"kind": "refund", "status": "success", "amount": "20.00", "parent_id": 2}]}]
    card, paid = from_json(json_order(transactions=transactions, refunds=refunds)).payments
    assert (card.provider, card.captured_minor, card.refunded_before_minor) == ("gift_card", 5000, 0)
    assert (paid.provider, paid.captured_minor, paid.refunded_before_minor) == ("shopify_payments", 10560, 2000)


def test_json_speaks_the_currency_that_the_shopper_paid() -> None:
    def both(minor: str) -> dict[str, Any]:
        return {"shop_money": {"amount": "1.00"}, "presentment_money": {"amount": minor, "currency_code": "JPY"}}

    line = {"id": 1, "name": "Tea", "quantity": 1, "price": "1.00", "price_set": both("9899"), "tax_lines": []}
    record = json_order(
        presentment_currency="JPY", total_price_set=both("9899"), total_discounts="0", total_tax="0", line_items=[line],
        shipping_lines=[], total_tax_set=both("0"), total_discounts_set=both("0"), total_outstanding="0",
    )  # fmt: skip
    draft = from_json(record)
    assert (draft.currency, draft.total_minor, draft.lines[0].unit_minor) == ("JPY", 9899, 9899)


@pytest.mark.parametrize("record", [{}, {"line_items": "none"}, {"": 5}, {"errors": "Not Found"}])
def test_what_is_no_order_is_told(record: dict[str, Any]) -> None:
    [problem] = order_json.draft_of(record, row=7)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.row) == ("not_an_order", 7)


def test_json_with_broken_characters_and_endless_numbers_is_read_or_told() -> None:
    broken = json.loads(json.dumps(json_order(name="#10\ud83d01\0")))
    assert from_json(broken).number == "#1001"
    endless = json_order()
    endless["line_items"][0]["quantity"] = 10**40
    [problem] = order_json.draft_of(endless)
    assert isinstance(problem, Problem)
    assert problem.code == "not_a_number"


@pytest.mark.django_db
def test_the_table_and_then_the_json_of_one_order_are_one_order(cast: Cast, tmp_path: Path) -> None:
    as_table, as_json = tmp_path / "orders_export.csv", tmp_path / "orders.json"
    as_table.write_text(table(MEI, TEA))
    as_json.write_text(json.dumps({"orders": [json_order()]}))
    importing.import_file(as_table, importing.FORMATS["shopify-csv"], desk_of(cast.lanting))
    report = importing.import_file(as_json, importing.FORMATS["shopify"], desk_of(cast.lanting))
    assert (report.run.orders_changed, report.problems) == (1, {})
    order = Order.objects.get()
    assert [line.delivered for line in order.lines.order_by("position")] == [2, 0]
    assert Payment.objects.count() == 1
    paid = sum(OrderLine.objects.values_list("paid_minor", flat=True))
    assert paid + order.shipping_minor == order.total_minor == Payment.objects.get().captured_minor
    found = queries.order_of_shopper(cast.bo, number="1001", proof="4402")
    assert found == order


@pytest.mark.django_db
def test_published_examples_of_order_json(cast: Cast) -> None:
    """One example adds up, is a test and canceled; the other's sums contradict its lines, and it is told so."""
    for example, codes in (("go_shopify", []), ("shopify_python_api", ["does_not_add_up"])):
        path = shared_data(f"commerce_payloads/{example}/order.json")
        report = importing.import_file(path, importing.FORMATS["shopify"], desk_of(cast.lanting))
        assert list(report.problems) == codes
    order = Order.objects.get()
    assert (order.number, order.is_test, order.total_minor, order.country) == ("#9999", True, 1000, "US")
    assert order.cancelled_at is not None
    assert all(one.available == 0 for one in queries.returnable(cast.bo, order))
