"""`homeward bench NAME`: measurements, each printing one JSON object and comparing itself with a floor or a peer."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.management import BaseCommand, CommandError

BENCHES = {
    "road": "whole returns per second through the API against the bare rows",
    "decide": "verdicts per second on one core",
    "backtest": "past order lines per second that a draft is tried on",
    "races": "every command takes effect once, even when it is sent twice at once",
    "refunds": "refunds through kills of the worker at every point",
    "import": "invoice lines per second",
}


def _module(name: str) -> Any:
    """Return the module of a bench.

    :raises CommandError: if it is not part of this installation.
    """
    place = f"homeward.config.benches.{name}"
    if find_spec(place) is None:
        raise CommandError(f"The bench “{name}” is not part of this installation: there is no {place}.")
    return import_module(place)


class Command(BaseCommand):
    help = "Measure: " + ", ".join(BENCHES)

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = parser.add_subparsers(dest="name", required=True)
        for name, about in BENCHES.items():
            bench = names.add_parser(name, help=about, description=about)
            _module(name).add_arguments(bench)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one bench and print what it found as one JSON object."""
        found = _module(options["name"]).run(options)
        self.stdout.write(json.dumps(found, indent=2, default=str))
