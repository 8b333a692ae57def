"""`homeward story`: one real return along the road, through the real pages and the real worker, told step by step."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from homeward.config import story


class Command(BaseCommand):
    help = "Send one return along the road of a running demo, and tell it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo runs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell the story; exit with 1 where it does not come to a good end."""
        sys.exit(0 if story.tell(options["url"], self.stdout.write) else 1)
