"""Files as they come: packed, marked, half, swapped, in other encodings, endless; each gets a clear answer."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from homeward.connectors import importing
from homeward.connectors.online_retail import invoices
from homeward.connectors.reading.fields import Fields, country_code, decimal, moment
from homeward.connectors.reading.files import FileProblem, Opened, check
from homeward.connectors.reading.streams import records
from homeward.connectors.reading.tables import KINDS
from homeward.orders.drafts import OrderDraft
from homeward.orders.models import ImportRun, Order
from tests.support.build_orders import desk_of
from tests.support.cast import Cast

HEADER = "invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country\n"
ROW = "{n},85048,CAFÉ LIGHTS,12,2009-12-01 07:45:00,6.95,13085,United Kingdom\n"


def rows(count: int, template: str = ROW) -> Iterator[str]:
    return (template.format(n=489_434 + n) for n in range(count))


def written(path: Path, data: str | bytes, name: str = "invoices.csv") -> Path:
    file = path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


def orders_in(file: Path, encoding: str = "") -> int:
    with Opened(check(file, encoding=encoding)) as opened:
        return sum(isinstance(item, OrderDraft) for item in invoices.read(opened))


TEXT = HEADER + "".join(rows(3))


def swapped(first: str, second: str) -> str:
    """Return the table with two names of its header exchanged."""
    return TEXT.replace(first, "…").replace(second, first, 1).replace("…", second)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        gzip.compress(TEXT.encode()),
        gzip.compress(TEXT.encode("utf-8-sig")),
        TEXT.replace(",", ";").replace("6.95", "6,95").encode(),
        TEXT.replace(",", "\t").encode(),
        b"\n\n" + TEXT.encode(),
        TEXT.rstrip("\n").encode(),
    ],
    ids=["plain", "marked", "utf-16", "windows lines", "packed", "packed and marked", "semicolons", "tabs",
         "blank head", "no last line end"],
)  # fmt: skip
def test_a_file_is_read_however_it_was_saved(tmp_path: Path, data: bytes) -> None:
    assert orders_in(written(tmp_path, data)) == 3


def test_another_encoding_is_read_when_it_is_named(tmp_path: Path) -> None:
    assert orders_in(written(tmp_path, TEXT.encode("cp1252")), encoding="cp1252") == 3


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "empty", "empty"),
        (b"\n\n", "empty", "empty"),
        (b"PK\x03\x04and so on", "zip", "Excel"),
        (TEXT.encode("cp1252"), "encoding", "Line 2 is not written in UTF-8"),
        (b"\x00\x01\x02\x03" * 50, "binary", "not a text"),
        (gzip.compress(TEXT.encode())[:-12], "packed_cut_off", "ends early"),
        (b"\x1f\x8b\x08\x00" + b"\xff" * 50, "packed_damaged", "damaged"),
        (TEXT.replace("unit_price,", ""), "columns_missing", "unit_price"),
        (TEXT.replace("customer_id", "country"), "columns_twice", "country"),
        (swapped("quantity", "unit_price"), "columns_swapped", "“quantity” holds “6.95”"),
        (swapped("description", "invoice_date"), "columns_swapped", "“invoice_date” holds “CAFÉ LIGHTS”"),
        (swapped("description", "country"), "columns_swapped", "“country” holds “CAFÉ LIGHTS”"),
        (TEXT.replace(",12,", ",a dozen,"), "no_whole_number", "a dozen"),
        ("just some words\n", "columns_missing", "just some words"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why_before_anything_happens(
    tmp_path: Path, data: str | bytes, code: str, says: str
) -> None:
    with pytest.raises(FileProblem) as problem:
        orders_in(written(tmp_path, data))
    assert problem.value.code == code
    assert says in str(problem.value)


def test_an_encoding_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no encoding called “klingon”"):
        orders_in(written(tmp_path, TEXT), encoding="klingon")


def test_a_quotation_mark_without_end_does_not_swallow_the_memory(tmp_path: Path) -> None:
    text = TEXT + '489999,85048,"never closed' + "x" * 100 + "\n" + "".join(rows(40_000))
    with pytest.raises(FileProblem) as problem:
        orders_in(written(tmp_path, text))
    assert problem.value.facts == {"line": 5}


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "large.csv.gz"
    with gzip.open(file, "wt", compresslevel=1) as out:
        out.write(HEADER)
        out.writelines(rows(25_000))
    tracemalloc.start()
    try:
        assert orders_in(file) == 25_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 << 20


def order(n: int) -> dict[str, object]:
    return {"id": n, "line_items": [], "note": 'naïve "quotes" and } ] { [ ' * 20, "price": 1.5}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([order(n) for n in range(5)]),
        json.dumps({"orders": [order(n) for n in range(5)]}, indent=2),
        json.dumps({"count": 5, "orders": [order(n) for n in range(5)], "next": None}),
        "\n".join(json.dumps({"order": order(n)}) for n in range(5)),
        json.dumps({"create": [order(0), order(1)], "update": [order(2), order(3), order(4)]}),
    ],
    ids=["list", "named list", "list among other things", "one a line", "batch"],
)
@pytest.mark.parametrize("block", [7, 64, 1 << 20])
def test_orders_are_found_wherever_the_shop_put_them(text: str, block: int) -> None:
    assert [one["id"] for one in records(io.StringIO(text), block=block)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "code", "before"),
    [
        (json.dumps([order(1), order(2)])[:-200], "json_cut_off", 1),
        ('[{"id": 1}, {"id": 2}', "json_cut_off", 2),
        ('{"orders": [{"id": 1}', "json_cut_off", 1),
        ('[{"id": 1}, {"id": }]' + " " * 50, "not_json", 1),
        ('[{"id": 1}, {"id": NaN}]' + " " * 50, "not_json", 1),
        ("<html>Not found</html>", "not_json", 0),
        ("[]", "no_orders", 0),
        ('{"orders": []}', "no_orders", 0),
        ("[" * 100_000, "not_json", 0),
    ],
)
def test_json_that_breaks_off_hands_over_what_came_before(text: str, code: str, before: int) -> None:
    found = []
    with pytest.raises(FileProblem) as problem:
        found.extend(records(io.StringIO(text)))
    assert problem.value.code == code
    assert str(problem.value)
    assert len(found) in {0, before}


@pytest.mark.django_db
def test_a_file_that_breaks_off_is_taken_as_far_as_it_goes_and_the_run_says_so(cast: Cast, tmp_path: Path) -> None:
    line = {"id": 1, "name": "Lid", "quantity": 1, "price": "5.00", "tax_lines": []}
    orders = [
        {"id": n, "name": f"#{n}", "created_at": "2026-11-01T10:00:00Z", "currency": "EUR", "total_price": "5.00",
         "taxes_included": True, "line_items": [line], "financial_status": "paid"}
        for n in range(3)
    ]  # fmt: skip
    file = written(tmp_path, json.dumps(orders)[:-60], "orders.json")
    report = importing.import_file(file, importing.FORMATS["shopify"], desk_of(cast.lanting))
    assert report.run.orders_created == 2
    assert "middle of an order" in report.run.stopped_by
    assert report.run.finished_at is not None


@pytest.mark.django_db
def test_the_report_tells_every_row_in_the_order_of_the_file(cast: Cast, tmp_path: Path) -> None:
    bad = ROW.format(n=500_000).replace("United Kingdom", "Atlantis")
    file, sheet = (
        written(tmp_path, TEXT + bad + "A1,B,Adjust bad debt,1,2010-04-29 13:36:00,-5.00,,France\n"),
        io.StringIO(),
    )
    importing.import_file(file, importing.FORMATS["online-retail"], desk_of(cast.lanting), rows_to=sheet)
    table = list(csv.DictReader(io.StringIO(sheet.getvalue())))
    assert [(row["row"], row["outcome"]) for row in table] == [
        ("2", "created"), ("3", "created"), ("4", "created"), ("5", "refused"), ("6", "refused"),
    ]  # fmt: skip
    assert table[3]["message"] == "“Atlantis” is not a country (ISO 3166)"


@pytest.mark.django_db
def test_the_command_imports_and_reports_and_says_what_is_wrong(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, sheet = written(tmp_path, TEXT), tmp_path / "report.csv"
    call_command("import", "online-retail", str(file), "--merchant", "lanting", "--report", str(sheet), "--figures")
    said = capsys.readouterr().out
    assert "3 new, 0 changed" in said
    assert "sold_units" in said
    assert sheet.read_text().count("created") == 3
    assert Order.objects.count() == 3
    run = ImportRun.objects.get()
    assert (run.filename, len(run.sha256), run.rows_read) == ("invoices.csv", 64, 3)
    with pytest.raises(CommandError, match="no merchant “lanthing”; there are: lanting, nordlicht"):
        call_command("import", "online-retail", str(file), "--merchant", "lanthing")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import", "online-retail", str(tmp_path / "none.csv"), "--merchant", "lanting")
    with pytest.raises(CommandError, match="The file is empty"):
        call_command("import", "online-retail", str(written(tmp_path, "")), "--merchant", "lanting")


def test_values_are_read_as_people_write_them() -> None:
    assert country_code("EIRE") == "IE"
    assert country_code("deutschland") is None
    assert decimal("1,234.50") == decimal("1.234,50", has_comma=True)
    assert decimal("Infinity") is None
    found = moment("2026-11-10 09:15:36 -0500", zone="UTC")
    assert found is not None
    assert found.isoformat() == "2026-11-10T14:15:36+00:00"


def test_one_wrong_value_is_told_once_and_counts_one_row() -> None:
    fields = Fields({"price": "x", "quantity": "1.5", "when": "then"}, row=4)
    fields.amount("price", "EUR")
    fields.amount("price", "EUR")
    fields.whole("quantity")
    fields.moment("when")
    fields.text("who", needed=True)
    assert [(one.field, one.code, one.rows) for one in fields.problems] == [
        ("price", "not_an_amount", 1), ("quantity", "not_a_number", 0), ("when", "not_a_date", 0),
        ("who", "missing", 0),
    ]  # fmt: skip


def test_each_kind_of_column_has_its_sentence() -> None:
    sentences = [str(FileProblem(f"no_{kind}", column="when", value="blue")) for kind in KINDS]
    assert len(set(sentences)) == len(KINDS)
    assert all("“when”" in words and "“blue”" in words for words in sentences)
