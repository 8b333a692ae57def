"""Imports into a run that has begun: what cannot be read ends it, what broke off goes on where it stood."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from pathlib import Path

import pytest

from homeward.connectors import importing
from homeward.connectors.reading.files import FileProblem, check
from homeward.orders import actions as order_actions
from homeward.orders.models import ImportRun, Order
from tests.support.build_orders import desk_of
from tests.support.cast import NOW, Cast

FORMAT = importing.FORMATS["online-retail"]
HEADER = "invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country\n"
SALE = "{n},85048,CAFÉ LIGHTS,12,2009-12-01 07:45:00,6.95,13085,United Kingdom\n"
BACK = "C{n},85048,CAFÉ LIGHTS,-3,2009-12-05 10:00:00,6.95,13085,United Kingdom\n"
WRONG = "489433,85048,CAFÉ LIGHTS,many,2009-12-01 07:45:00,6.95,13085,United Kingdom\n"
SALES = 8_500  # more than travel in one transaction


class Unplugged(Exception):
    """The worker is gone in the middle of its work."""


def unplugged(progress: importing.Progress) -> None:
    raise Unplugged


def begin(cast: Cast) -> ImportRun:
    return order_actions.start_run(
        merchant=cast.lanting, source=FORMAT.source, filename="invoices.csv", sha256="0" * 64, actor=cast.olu, at=NOW
    )


def written(path: Path) -> Path:
    file = path / "invoices.csv"
    sales = "".join(SALE.format(n=489_434 + n) for n in range(SALES))
    file.write_text(HEADER + WRONG + sales + BACK.format(n=489_434), encoding="utf-8")
    return file


def test_an_import_that_broke_off_goes_on_where_it_stood_and_counts_nothing_twice(cast: Cast, tmp_path: Path) -> None:
    file, run, desk = written(tmp_path), begin(cast), desk_of(cast.lanting)
    with pytest.raises(Unplugged):
        importing.import_into(run, file, FORMAT, desk, told=unplugged)
    run.refresh_from_db()
    assert run.finished_at is None
    assert 0 < run.orders_created < SALES

    sheet = io.StringIO()
    importing.import_into(run, file, FORMAT, desk, rows_to=sheet)
    run.refresh_from_db()
    assert (run.rows_read, run.rows_refused, run.finished_at) == (SALES + 2, 1, NOW)
    assert (run.orders_created, run.orders_changed, run.orders_unchanged, run.returns_created) == (SALES, 0, 0, 1)
    assert run.problems.count() == 1
    assert Order.objects.filter(lines__returned_before=3).count() == 1
    rows = list(csv.DictReader(io.StringIO(sheet.getvalue())))
    assert [int(row["row"]) for row in rows] == sorted(int(row["row"]) for row in rows)
    assert {row["outcome"] for row in rows} == {"refused", "taken", "created", "past return"}
    assert len(rows) == SALES + 2


def test_what_cannot_be_read_at_all_ends_the_run_in_the_language_of_whoever_brought_it(
    cast: Cast, tmp_path: Path
) -> None:
    file, run = tmp_path / "orders.xlsx", begin(cast)
    file.write_bytes(b"PK\x03\x04 and more")
    desk = replace(desk_of(cast.lanting), language="de")
    assert importing.import_into(run, file, FORMAT, desk) is None
    run.refresh_from_db()
    assert run.finished_at == NOW
    assert "Excel" in run.stopped_by
    assert not run.stopped_by.startswith("This is")


def test_a_file_that_unpacks_beyond_the_limit_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "orders.csv.gz"
    bomb.write_bytes(gzip.compress(b"a" * 30_000_000))
    assert check(bomb).lines == 0
    with pytest.raises(FileProblem, match="larger than 5 MB"):
        check(bomb, most=5_000_000)
