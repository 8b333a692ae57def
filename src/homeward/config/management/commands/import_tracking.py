"""`homeward import_tracking`: a carrier's file of scans, row by row; parcels follow what it tells."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homeward.connectors.reading import files
from homeward.connectors.reading.files import FileProblem, Opened
from homeward.kernel.actor import MACHINE
from homeward.logistics import actions, texts

_SHOWN = 20  # problems told in full; the rest is counted


class Command(BaseCommand):
    help = (
        "Take in a CSV of scans with the columns tracking_number, code, at, place, text. The same file again changes "
        "nothing; wrong rows are told and do not stop it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file, plain or packed with gzip")
        parser.add_argument("--zone", default="", help="whose clock times without an offset tell, as Europe/Paris")
        parser.add_argument("--encoding", default="", help="how the text is written, if not in UTF-8")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file, tell what was taken in and what was not."""
        zone = options["zone"]
        try:
            ZoneInfo(zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(f"There is no zone “{zone}”; write one like Europe/Paris.") from error
        try:
            checked = files.check(options["file"], encoding=options["encoding"])
            with Opened(checked) as opened:
                report = actions.import_tracking(opened.text, actor=MACHINE, at=timezone.now(), zone=zone)
        except FileProblem as stopped:
            raise CommandError(f"{options['file'].name}: {stopped}") from stopped
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        scans = "scan" if report.taken == 1 else "scans"
        self.stdout.write(f"{report.taken:,} {scans} taken in, {report.repeated:,} known before")
        self.stdout.write(f"{len(report.problems):,} rows not taken")
        for problem in report.problems[:_SHOWN]:
            self.stdout.write(f"  line {problem.line}: {texts.problem(problem)}")
