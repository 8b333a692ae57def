"""`homeward compile_words`: the translations, from .po to .mo."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from homeward.config import words


class Command(BaseCommand):
    help = "Compile the translations"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write a .mo beside every .po."""
        for line in words.compile_all():
            self.stdout.write(line)
