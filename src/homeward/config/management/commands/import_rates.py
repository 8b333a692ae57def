"""`homeward import_rates`: rate cards of carriers out of a CSV; half a card is never taken."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homeward import logistics
from homeward.connectors.reading import files
from homeward.connectors.reading.files import FileProblem, Opened
from homeward.kernel.actor import MACHINE
from homeward.logistics import actions, texts
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant

SAMPLE = Path(logistics.__file__).with_name("sample_rates.csv")


class Command(BaseCommand):
    help = "Take in rate cards. A card with a wrong row is left out as a whole; the same card again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", default=SAMPLE, help="the CSV; without one, sample cards")
        parser.add_argument("--merchant", default="", metavar="SLUG", help="whose cards they are; without, everybody's")
        parser.add_argument("--encoding", default="", help="how the text is written, if not in UTF-8")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file, tell which cards were taken and what was wrong with the others."""
        try:
            merchant = party_queries.merchant(MACHINE, options["merchant"]) if options["merchant"] else None
            checked = files.check(options["file"], encoding=options["encoding"])
            with Opened(checked) as opened:
                reading = actions.import_rates(opened.text, merchant=merchant, actor=MACHINE, at=timezone.now())
        except Merchant.DoesNotExist as error:
            raise CommandError(f"There is no merchant “{options['merchant']}”.") from error
        except FileProblem as stopped:
            raise CommandError(f"{options['file'].name}: {stopped}") from stopped
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        for card in reading.cards:
            mark = ", a sample" if card.is_sample else ""
            self.stdout.write(f"{card.carrier} {card.service} {card.currency}: {len(card.zones)} zones{mark}")
        for problem in reading.problems:
            self.stdout.write(f"  line {problem.line}: {texts.problem(problem)}")
        if reading.problems:
            raise CommandError("Cards with a wrong row were left out.")
