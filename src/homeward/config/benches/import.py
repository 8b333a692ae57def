"""`homeward bench import`: invoice lines per second, against a plain COPY of the same lines in the same run."""  # noqa: N999

from __future__ import annotations

import csv
import gzip
import os
import resource
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from homeward.config.benches import town
from homeward.connectors import importing
from homeward.connectors.sample import FOLDER
from homeward.kernel.actor import MACHINE
from homeward.policies import queries as policy_queries

SAMPLE = FOLDER / "online_retail.csv.gz"
_LAST_NUMBER = 10**6  # invoice numbers of the sample have six digits; each copy of it gets a range of its own
_TABLE = """
CREATE TABLE bare_line (invoice text, stock_code text, description text, quantity int, invoice_date timestamp,
    unit_price numeric, customer_id text, country text)
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Take how many lines, or which file."""
    parser.add_argument("--lines", type=int, default=500_000, help="made of the sample's, repeated (%(default)s)")
    parser.add_argument("--file", type=Path, help="a file of Online Retail invoice lines instead")


def run(options: dict[str, Any]) -> dict[str, Any]:
    """Import the lines into a database of their own; return the speed, the memory, and what was taken."""
    with tempfile.TemporaryDirectory() as folder, town.own_database() as url:
        path = options["file"] or _file(Path(folder), options["lines"])
        at = town.now()
        seller, _ = town.furnish(at=at)
        desk = importing.Desk(seller, MACHINE, town.now, policy_queries.calendar_of(seller.pk))
        before, began, worked = _memory_mb(), time.perf_counter(), time.process_time()
        postgres = town.postgres_cpu_seconds()
        report = importing.import_file(path, importing.FORMATS["online-retail"], desk)
        seconds = time.perf_counter() - began
        done = report.run
        found = {
            "lines": done.rows_read,
            "orders": done.orders_created,
            "past_returns": done.returns_created,
            "refused_lines": done.rows_refused,
            "seconds": round(seconds, 2),
            "lines_per_second": round(done.rows_read / seconds),
            "cpu_seconds": {
                "import": round(time.process_time() - worked, 2),
                "postgres": round(town.postgres_cpu_seconds() - postgres, 2),
            },
            "memory_mb": {"before": before, "peak": _memory_mb()},
        }
        bare = _copy(url, path)
    return found | {
        "floor_seconds": round(bare, 2),
        "floor_lines_per_second": round(done.rows_read / bare),
        "ratio": round(bare / seconds, 4),
        "load_average": [round(one, 2) for one in os.getloadavg()],
        "cores": os.cpu_count(),
    }


def _file(folder: Path, lines: int) -> Path:
    """Write so many invoice lines: the sample over and over, each time under other invoice numbers."""
    path = folder / "invoices.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerows(_rows(lines))
    return path


def _rows(lines: int) -> Iterator[list[str]]:
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as text:
        head, *rows = csv.reader(text)
    yield head
    for number in range(lines):
        lap, place = divmod(number, len(rows))
        invoice, *rest = rows[place]
        letters, digits = invoice.rstrip("0123456789"), invoice.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        yield [f"{letters}{int(digits) + lap * _LAST_NUMBER}", *rest]


def _copy(url: str, path: Path) -> float:
    """Load the file into a bare table without keys or checks; return how many seconds it took."""
    opening = gzip.open if path.suffix == ".gz" else open
    with opening(path, "rb") as lines, psycopg.connect(url) as connection:
        connection.execute(_TABLE)
        began = time.perf_counter()
        with connection.cursor().copy("COPY bare_line FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
            while block := lines.read(1 << 16):
                copy.write(block)
        connection.commit()
        return time.perf_counter() - began


def _memory_mb() -> int:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
