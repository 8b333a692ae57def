"""`homeward rulebook check FILE.yaml`: say what was found in a rulebook, and run the tests beside its rules."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import translation

from homeward.policies import findings, trials
from homeward.policies import rulebook as books
from homeward.policies.findings import ERROR, Finding
from homeward.policies.rulebook import RulebookError
from homeward.web.office import draft_words

USUAL = ("DE", "FR", "GB", "US", "CN", "JP")


class Command(BaseCommand):
    help = "Check a rulebook: what it cannot mean, what never counts, gaps, the law's floor, and its tests"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["check"])
        parser.add_argument("file", type=Path, help="a rulebook as YAML or JSON (docs/rulebooks.md)")
        parser.add_argument(
            "--countries", default="", metavar="DE,FR", help="judge it for these, instead of those it names in sells_to"
        )
        parser.add_argument("--quiet", action="store_true", help="tell only what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, report, run; exit with 1 where something is to be mended or a test is red."""
        try:
            book = books.read_yaml(options["file"].read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except (RulebookError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        countries = tuple(filter(None, options["countries"].split(","))) or book.sells_to or USUAL
        with translation.override("en"):
            report = findings.report(book, countries)
            self._tell(report.findings, quiet=options["quiet"])
            red = 0 if report.errors else self._run(book, quiet=options["quiet"])
        if report.errors or red:
            raise CommandError(f"{len(report.errors)} to be mended, {red} red")

    def _tell(self, found: tuple[Finding, ...], *, quiet: bool) -> None:
        for one in found:
            if one.code != "test_red" and (one.level == ERROR or not quiet):
                told = draft_words.finding(one)
                self.stdout.write(f"{one.level:8} {told['title']}: {told['says']}")

    def _run(self, book: books.Book, *, quiet: bool) -> int:
        red = 0
        for trial in trials.run_all(book):
            red += not trial.is_green
            if not trial.is_green or not quiet:
                self.stdout.write(f"{'green' if trial.is_green else 'RED':8} {trial.example.name}")
            for difference in trial.differences:
                self.stdout.write(f"         {difference}")
        return red
