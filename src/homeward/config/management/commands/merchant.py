"""`homeward merchant SLUG`: admit a merchant to this installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from homeward.config.management.commands.staff import CONSOLE
from homeward.parties import actions


class Command(BaseCommand):
    help = "Admit a merchant"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="stands in the address of the portal: /r/SLUG/")
        parser.add_argument("--name", required=True)
        parser.add_argument("--country", required=True, help="ISO 3166, such as CN")
        parser.add_argument("--currency", required=True, help="ISO 4217, such as EUR")
        parser.add_argument("--zone", default="UTC", help="IANA, such as Asia/Shanghai")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Admit the merchant, or say that it is here already."""
        merchant = actions.admit(
            slug=options["slug"], name=options["name"], country=options["country"].upper(),
            currency=options["currency"].upper(), zone=options["zone"], email=options["email"], actor=CONSOLE,
            at=timezone.now(),
        )  # fmt: skip
        self.stdout.write(f"{merchant.name} is at /r/{merchant.slug}/")
