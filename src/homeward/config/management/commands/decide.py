"""`homeward decide FACTS.json`: the verdict on one line of goods, as JSON or in words."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from homeward.policies import answers, verdict, words
from homeward.policies import rulebook as books
from homeward.policies.decision import Decision
from homeward.policies.facts import Facts
from homeward.policies.rulebook import Book, RulebookError
from homeward.policies.statutes import LANGUAGES

_MISUSED = 2  # exit code for facts or a rulebook that cannot be read


class Command(BaseCommand):
    help = "Judge the facts of one line of goods, by the law of the shopper's country and a rulebook"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("facts", help="JSON facts (docs/schema/facts.json), or one a line; - for standard input")
        parser.add_argument("--rulebook", type=Path, metavar="FILE", help="YAML or JSON; else the standard one")
        parser.add_argument("--language", choices=LANGUAGES, help="explain the decision in this language too")
        parser.add_argument("--words", choices=LANGUAGES, help="say it in words of this language instead of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read facts and rulebook, decide, print: one document, or one a line where the facts came one a line."""
        cases, is_many = _cases(options["facts"])
        book = _book(options["rulebook"])
        at = timezone.now()
        for facts in cases:
            made = verdict.decide(facts, book, at=at)
            if options["words"]:
                self._say(made, book, options["words"])
                continue
            text = msgspec.json.encode(answers.document(made, book, language=options["language"] or ""))
            self.stdout.write((text if is_many else msgspec.json.format(text, indent=2)).decode())

    def _say(self, made: Decision, book: Book, language: str) -> None:
        told = words.explain(made, language, book=book)
        self.stdout.write(f"{told.headline} ({told.track})")
        for one in told.citations:
            self.stdout.write(f"  {one.law}: {one.text}")
        for line in told.trace:
            self.stdout.write(f"  {line.result:15} {line.ref:20} {line.note}")


def _cases(name: str) -> tuple[list[Facts], bool]:
    """Return the facts in a file, all of them right, and whether they stand one a line.

    :raises CommandError: naming the file, the line and the field that is wrong.
    """
    text = _text(name)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    is_many = len(lines) > 1 and _is_whole(lines[0][1])
    parts = [(f"{name}:{number}", line) for number, line in lines] if is_many else [(name, text)]
    return list(_read(parts)), is_many


def _read(parts: list[tuple[str, str]]) -> Iterator[Facts]:
    for place, text in parts:
        try:
            yield answers.read(answers.parse(text))
        except answers.WrongFacts as error:
            raise CommandError(f"{place}: {error}", returncode=_MISUSED) from error


def _is_whole(line: str) -> bool:
    """Whether a line is a JSON value by itself."""
    try:
        answers.parse(line)
    except answers.WrongFacts:
        return False
    return True


def _book(file: Path | None) -> Book:
    if file is None:
        return books.standard()
    try:
        return books.from_yaml(_text(str(file)))
    except RulebookError as error:
        raise CommandError(f"{file}: {error}", returncode=_MISUSED) from error


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}", returncode=_MISUSED) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{name}: not UTF-8: {error}", returncode=_MISUSED) from error
