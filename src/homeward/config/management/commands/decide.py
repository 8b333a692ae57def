"""`homeward decide FACTS.json`: the verdict on one line of goods, as JSON or in words."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import msgspec
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from homeward.policies import decision as decisions
from homeward.policies import facts as fact_forms
from homeward.policies import rulebook as books
from homeward.policies import verdict, words
from homeward.policies.rulebook import Book, RulebookError


class Command(BaseCommand):
    help = "Judge the facts of one line of goods, by the law of the shopper's country and a rulebook"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("facts", help="a JSON file of facts (docs/decision.md), or - for standard input")
        parser.add_argument("--rulebook", type=Path, metavar="FILE", help="YAML or JSON; else the standard one")
        parser.add_argument("--words", metavar="LANGUAGE", help="say it in words of this language instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read facts and rulebook, decide, print."""
        try:
            facts = fact_forms.from_json(_text(options["facts"]))
            book = books.from_yaml(options["rulebook"].read_text()) if options["rulebook"] else books.standard()
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['facts']}: {error}") from error
        except RulebookError as error:
            raise CommandError(f"{options['rulebook']}: {error}") from error
        decision = verdict.decide(facts, book, at=timezone.now())
        if options["words"]:
            self._say(decision, book, options["words"])
        else:
            self.stdout.write(msgspec.json.format(decisions.to_json(decision), indent=2).decode())

    def _say(self, decision: decisions.Decision, book: Book, language: str) -> None:
        told = words.explain(decision, language, book=book)
        self.stdout.write(f"{told.headline} ({told.track})")
        for one in told.citations:
            self.stdout.write(f"  {one.law}: {one.text}")
        for line in told.trace:
            self.stdout.write(f"  {line.result:15} {line.ref:20} {line.note}")


def _text(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text()
