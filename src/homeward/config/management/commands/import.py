"""`homeward import`: orders of a file into the database, with a progress bar and a report, row by row."""  # noqa: N999

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homeward.connectors import importing
from homeward.connectors.online_retail import invoices
from homeward.connectors.reading.files import FileProblem
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.orders import texts as order_texts
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant
from homeward.policies import queries as policy_queries

_WIDTH = 28
_EVERY = 0.2  # seconds between two pictures of the bar


class Command(BaseCommand):
    help = "Import orders of a shop. The same file again changes nothing; wrong rows are told and do not stop it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=sorted(importing.FORMATS), help="what kind of file it is")
        parser.add_argument("file", type=Path, help="the file, plain or packed with gzip")
        parser.add_argument("--merchant", required=True, metavar="SLUG", help="whose orders they are")
        parser.add_argument("--encoding", default="", help="how the text is written, if not in UTF-8")
        parser.add_argument("--report", type=Path, metavar="CSV", help="write what became of each row into this table")
        parser.add_argument("--figures", action="store_true", help="print what the imported history adds up to")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            merchant = party_queries.merchant(MACHINE, options["merchant"])
        except Merchant.DoesNotExist as error:
            known = ", ".join(one.slug for one in party_queries.merchants(MACHINE)) or "none yet"
            raise CommandError(f"There is no merchant “{options['merchant']}”; there are: {known}.") from error
        desk = importing.Desk(merchant, MACHINE, timezone.now, policy_queries.calendar_of(merchant.pk))
        bar = Bar(self.stderr, is_shown=sys.stderr.isatty())
        started = time.monotonic()
        try:
            with ExitStack() as stack:
                sheet = self._sheet(options["report"], stack)
                report = importing.import_file(
                    options["file"], importing.FORMATS[options["source"]], desk, encoding=options["encoding"],
                    rows_to=sheet, told=bar.show,
                )  # fmt: skip
        except FileProblem as problem:
            bar.close()
            raise CommandError(f"{options['file'].name}: {problem}") from problem
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        bar.close()
        self._tell(report, time.monotonic() - started)
        if options["figures"]:
            self._figures(merchant, importing.FORMATS[options["source"]].source)
        if report.run.stopped_by:
            raise CommandError(f"{options['file'].name}: {report.run.stopped_by}")

    def _sheet(self, path: Path | None, stack: ExitStack) -> TextIO | None:
        return stack.enter_context(path.open("w", encoding="utf-8", newline="")) if path else None

    def _tell(self, report: importing.Report, seconds: float) -> None:
        run = report.run
        rate = run.rows_read / seconds if seconds else 0
        lines = [
            f"Import {run.ref}: {run.rows_read:,} rows in {seconds:.1f} s ({rate:,.0f} rows/s)",
            f"  orders   {run.orders_created:,} new, {run.orders_changed:,} changed, {run.orders_unchanged:,} the same",
        ]
        if run.returns_created:
            lines.append(f"  history  {run.returns_created:,} past returns")
        lines.append(f"  rows     {run.rows_refused:,} not taken")
        for code, count in report.problems.most_common():
            example = report.examples[code]
            text = order_texts.problem(code, example.facts)
            lines.append(f"           {count:,} × {code}, for example row {example.row}: {text}")
        self.stdout.write("\n".join(lines))

    def _figures(self, merchant: Merchant, source: str) -> None:
        is_history = source == invoices.SOURCE
        figures = order_queries.history_figures(
            MACHINE, merchant, source=source, skus=invoices.MERCHANDISE if is_history else "",
            zone=invoices.ZONE if is_history else None,
        )  # fmt: skip
        for name, value in figures.items():
            shown = f"{value / 100:,.2f}" if name.endswith("_value") else f"{value:,}"
            self.stdout.write(f"  {name:<28}{shown:>16}")


class Bar:
    """A progress bar on a terminal: part, rows, rows a second, time left."""

    def __init__(self, out: Any, *, is_shown: bool) -> None:
        self.out, self.is_shown = out, is_shown
        self.started = self.last = time.monotonic()

    def show(self, progress: importing.Progress) -> None:
        """Draw the bar anew, not more often than eyes can follow."""
        now = time.monotonic()
        if not self.is_shown or (now - self.last < _EVERY and progress.part < 1):
            return
        self.last = now
        seconds = now - self.started
        left = seconds / progress.part - seconds if progress.part else 0
        full = round(progress.part * _WIDTH)
        self.out.write(
            f"\r{'█' * full}{'░' * (_WIDTH - full)} {progress.part:4.0%}  {progress.rows:,} rows  "
            f"{progress.rows / seconds:,.0f}/s  {int(left // 60)}:{int(left % 60):02} left ",
            ending="",
        )
        self.out.flush()

    def close(self) -> None:
        """End the line of the bar."""
        if self.is_shown:
            self.out.write("")
