"""Translations from .po to .mo without gettext and without a database: `python -m homeward.config.words`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_all(folder: Path = LOCALE) -> Iterator[str]:
    """Write a .mo beside every .po in `folder`, fuzzy entries left out; yield a line about each."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalog = read_po(file)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        done = sum(1 for message in catalog if message.id and message.string and not message.fuzzy)
        yield f"{source.parent.parent.name}: {done} of {len(catalog)} texts"


if __name__ == "__main__":
    for line in compile_all():
        print(line)
