"""`homeward bench decide`: verdicts per second on one core."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from homeward.policies import bench


def add_arguments(parser: ArgumentParser) -> None:
    """Take how long to measure, and how long the rulebook is."""
    parser.add_argument("--seconds", type=float, default=3.0, help="of processor time (%(default)s)")
    parser.add_argument("--clauses", type=int, default=25, help="in the shop's rulebook (%(default)s)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure and return what was found."""
    return bench.measure(options["seconds"], options["clauses"])
