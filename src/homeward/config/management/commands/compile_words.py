"""`homeward compile_words`: the translations, from .po to .mo, without gettext's own tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import BaseCommand


class Command(BaseCommand):
    help = "Compile the translations"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write a .mo beside every .po; fuzzy entries are left out."""
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                with source.open("rb") as file:
                    catalog = read_po(file)
                with source.with_suffix(".mo").open("wb") as file:
                    write_mo(file, catalog)
                done = sum(1 for message in catalog if message.id and message.string and not message.fuzzy)
                self.stdout.write(f"{source.parent.parent.name}: {done} of {len(catalog)} texts")
