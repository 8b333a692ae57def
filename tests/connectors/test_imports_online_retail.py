"""Online Retail invoice lines: orders, past returns, services and corrections told apart, and the reference figures."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from homeward.connectors import importing
from homeward.connectors.online_retail import invoices
from homeward.connectors.reading.files import Opened, check
from homeward.orders import queries
from homeward.orders.drafts import OrderDraft, PastReturnDraft, Problem
from homeward.orders.models import ImportProblem, Order, OrderLine, PastReturn
from tests.support.build_orders import desk_of
from tests.support.cast import Cast
from tests.support.shared import shared_data

HEADER = "invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country\n"
SALE = "489434,85048,CHRISTMAS GLASS BALL,12,2009-12-01 07:45:00,6.95,13085,United Kingdom\n"
POSTAGE = "489434,POST,POSTAGE,1,2009-12-01 07:45:00,18.00,13085,United Kingdom\n"
BACK = "C489999,85048,CHRISTMAS GLASS BALL,-3,2009-12-05 10:00:00,6.95,13085,United Kingdom\n"


def items(path: Path, text: str) -> list[invoices.Item]:
    file = path / "invoices.csv"
    file.write_text(text, encoding="utf-8")
    with Opened(check(file)) as opened:
        return list(invoices.read(opened))


def test_an_invoice_becomes_an_order_with_its_carriage(tmp_path: Path) -> None:
    [order] = items(tmp_path, HEADER + SALE + POSTAGE)
    assert isinstance(order, OrderDraft)
    assert (order.number, order.buyer, order.country, order.currency) == ("489434", "13085", "GB", "GBP")
    assert (order.shipping_minor, order.total_minor, order.rows) == (1800, 12 * 695 + 1800, (2, 3))
    [line] = order.lines
    assert (line.sku, line.quantity, line.unit_minor, line.delivered) == ("85048", 12, 695, 12)
    assert order.payments[0].captured_minor == order.total_minor


def test_a_cancellation_becomes_a_past_return(tmp_path: Path) -> None:
    [back] = items(tmp_path, HEADER + BACK)
    assert isinstance(back, PastReturnDraft)
    assert (back.external_id, back.quantity, back.value_minor, back.buyer) == ("C489999/1", 3, 2085, "13085")


def test_invoices_that_stand_interleaved_come_out_whole(tmp_path: Path) -> None:
    other = SALE.replace("489434", "489435")
    found = items(tmp_path, HEADER + SALE + other + SALE + other)
    assert [(one.number, len(one.lines)) for one in found if isinstance(one, OrderDraft)] == [
        ("489434", 2),
        ("489435", 2),
    ]


def test_an_invoice_that_comes_again_much_later_is_told(tmp_path: Path) -> None:
    between = "".join(SALE.replace("489434", str(600000 + n)) for n in range(2_500))
    found = items(tmp_path, HEADER + SALE + between + SALE)
    assert [one.code for one in found if isinstance(one, Problem)] == ["order_again"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("489500,POST,POSTAGE,1,2009-12-01 07:45:00,18.00,1,France\n", "service_row"),
        ("C489500,D,Discount,-1,2009-12-01 07:45:00,9.00,1,France\n", "service_row"),
        ("489500,21733,lost,-96,2009-12-01 10:52:00,0.0,,United Kingdom\n", "stock_correction"),
        ("489500,21733,found,96,2009-12-01 10:52:00,0.0,,United Kingdom\n", "stock_correction"),
        ("A506401,B,Adjust bad debt,1,2010-04-29 13:36:00,-53594.36,,United Kingdom\n", "bad_debt"),
        ("489500,TEST001,This is a test,1,2010-04-29 13:36:00,4.5,1,United Kingdom\n", "test_row"),
        (SALE.replace(",12,", ",1000000000,"), None),
        (SALE.replace(",12,", ",twelve,"), "not_a_number"),
        (SALE.replace("6.95", "6.95.1"), "not_an_amount"),
        (SALE.replace("2009-12-01 07:45:00", "yesterday"), "not_a_date"),
        (SALE.replace("2009-12-01 07:45:00", ""), "missing"),
        (SALE.replace("85048", ""), "missing"),
        (SALE.replace("United Kingdom", "Atlantis"), "unknown_country"),
        (SALE.replace("United Kingdom\n", "United King"), "unknown_country"),
        ("489500,85048,half a r", "row_cut_off"),
        ('489500,85048,"half a q', "row_cut_off"),
    ],
)
def test_rows_that_are_no_sale_are_told_and_stop_nobody(tmp_path: Path, row: str, code: str | None) -> None:
    good = "".join(SALE.replace("489434", str(600000 + n)) for n in range(3))
    found = items(tmp_path, HEADER + good + row)
    assert sum(isinstance(one, OrderDraft) for one in found) == (3 if code else 4)
    assert [one.code for one in found if isinstance(one, Problem)] == ([code] if code else [])


def test_the_first_edition_of_the_data_has_other_column_names(tmp_path: Path) -> None:
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    [order] = items(tmp_path, header + SALE.replace("13085", "13085.0"))
    assert isinstance(order, OrderDraft)
    assert order.buyer == "13085"


@pytest.mark.django_db
def test_a_return_finds_the_latest_sale_that_was_large_enough(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    small = SALE.replace("489434", "489440").replace(",12,", ",2,").replace("12-01", "12-03")
    stranger = BACK.replace("13085", "99999").replace("C489999", "C490000")
    file.write_text(HEADER + SALE + small + BACK + stranger)
    report = importing.import_file(file, importing.FORMATS["online-retail"], desk_of(cast.lanting))
    assert (report.run.orders_created, report.run.returns_created) == (2, 2)
    known, unknown = PastReturn.objects.order_by("external_id")
    assert known.line is not None
    assert (known.line.order.number, known.line.held, known.line.returned_before) == ("489434", 3, 3)
    assert unknown.line is None


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv.gz"
    file.write_bytes(gzip.compress((HEADER + SALE + BACK).encode()))
    importing.import_file(file, importing.FORMATS["online-retail"], desk_of(cast.lanting))
    before = list(Order.objects.values()), list(OrderLine.objects.values()), list(PastReturn.objects.values())
    report = importing.import_file(file, importing.FORMATS["online-retail"], desk_of(cast.lanting))
    run = report.run
    assert (run.orders_created, run.orders_changed, run.orders_unchanged, run.returns_created) == (0, 0, 1, 0)
    assert before == (list(Order.objects.values()), list(OrderLine.objects.values()), list(PastReturn.objects.values()))


@pytest.mark.django_db
def test_a_quantity_of_a_thousand_million_is_kept_as_a_problem_with_its_row(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(HEADER + SALE.replace(",12,", ",1000000000,"))
    report = importing.import_file(file, importing.FORMATS["online-retail"], desk_of(cast.lanting))
    problem = ImportProblem.objects.get()
    assert (problem.run, problem.row, problem.code) == (report.run, 2, "quantity_out_of_range")
    assert "1000000000" in problem.message
    assert "1000000000" in problem.raw
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_the_whole_history_reproduces_its_reference_figures(cast: Cast) -> None:
    path = shared_data("online_retail_y1/online_retail_y1.csv.gz")
    expected = json.loads(shared_data("online_retail_y1/expected.json").read_text())
    report = importing.import_file(path, importing.FORMATS["online-retail"], desk_of(cast.lanting))
    assert report.run.rows_read == 525_461
    figures = queries.history_figures(
        cast.olu, cast.lanting, source="online-retail", skus=invoices.MERCHANDISE, zone=invoices.ZONE
    )
    assert len(figures) == 17
    assert figures == {
        name: round(value * 100) if name.endswith("_value") else value
        for name, value in (expected["totals"] | expected["matching"]).items()
        if name in figures
    }
