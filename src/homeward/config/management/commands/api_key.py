"""`homeward api_key MERCHANT NAME`: cut an API key; it is shown this once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from homeward.config.management.commands.staff import CONSOLE
from homeward.kernel.actor import MACHINE
from homeward.parties import actions, queries
from homeward.parties.models import Merchant


class Command(BaseCommand):
    help = "Cut an API key for a merchant's systems"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("merchant", help="slug")
        parser.add_argument("name", help="what it is for")
        parser.add_argument("--scope", action="append", choices=actions.SCOPES, help="left out for all")

    def handle(self, *args: Any, **options: Any) -> None:
        """Cut the key and print its secret."""
        try:
            merchant = queries.merchant(MACHINE, options["merchant"])
        except Merchant.DoesNotExist as error:
            raise CommandError(f"there is no merchant {options['merchant']!r}") from error
        _, secret = actions.cut_key(
            merchant=merchant, name=options["name"], scopes=options["scope"] or actions.SCOPES, actor=CONSOLE,
            at=timezone.now(),
        )  # fmt: skip
        self.stdout.write(secret)
