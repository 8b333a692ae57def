"""`homeward staff E-MAIL`: give somebody a place among the staff, or change it."""

from __future__ import annotations

import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone

from homeward.kernel import Actor, Money, Role
from homeward.kernel.actor import MACHINE, STAFF
from homeward.parties import actions, queries
from homeward.parties.models import Merchant

CONSOLE = Actor(Role.OPERATOR, "console", "Console")


class Command(BaseCommand):
    help = "Give somebody a place among the staff, or change it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=sorted(STAFF))
        parser.add_argument("--merchant", help="slug; left out for staff of the operator")
        parser.add_argument("--limit", help='largest sum granted alone, such as "50 EUR"; left out for none')
        parser.add_argument("--password", help="asked for when left out; `random` makes one and prints it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hire, and print the password where one was made."""
        password = options["password"] or (getpass.getpass("Password: ") if sys.stdin.isatty() else "random")
        if password == "random":
            password = secrets.token_urlsafe(12)
            self.stdout.write(f"password: {password}")
        try:
            merchant = queries.merchant(MACHINE, options["merchant"]) if options["merchant"] else None
            limit = Money.of(*options["limit"].split()) if options["limit"] else None
            staff = actions.hire(
                email=options["email"], name=options["name"], role=Role(options["role"]), merchant=merchant,
                authority=limit, password=password, actor=CONSOLE, at=timezone.now(),
            )  # fmt: skip
        except Merchant.DoesNotExist as error:
            raise CommandError(f"there is no merchant {options['merchant']!r}") from error
        except (TypeError, ValueError) as error:
            raise CommandError(f'--limit is written "50 EUR": {error}') from error
        except IntegrityError as error:
            raise CommandError("staff with the role merchant need --merchant; operators have none") from error
        self.stdout.write(f"{staff.name} is {staff.role}{f' of {merchant.name}' if merchant else ''}.")
