"""`homeward docs`: the pages of docs/ that are drawn from the code: lifecycles, events, laws, the API."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import BaseCommand, CommandError

from homeward.api import root as api_root
from homeward.journal import relay
from homeward.kernel import Lifecycle
from homeward.policies import answers, packs

NOTE = "<!-- Made by `homeward docs` from the code. Do not edit. -->\n"


def lifecycles() -> list[Lifecycle]:
    """Return every lifecycle that a model lives by, in the order of the floors."""
    found = {model.lifecycle.noun: model.lifecycle for model in apps.get_models() if hasattr(model, "lifecycle")}
    return list(found.values())


def lifecycle_page() -> str:
    """Return docs/lifecycles.md: a diagram and a table of verbs and roles for each noun."""
    parts = [NOTE, "# Lifecycles\n"]
    for table in lifecycles():
        parts += [f"## {table.noun}\n", f"```mermaid\n{table.diagram()}\n```\n"]
        parts += ["| verb | from | to | by |\n|---|---|---|---|"]
        parts += [
            f"| {step.verb} | {', '.join(sorted(step.sources))} | {step.target} | {', '.join(sorted(step.roles))} |"
            for step in table.steps
        ]
        parts += [""]
    return "\n".join(parts)


def events_page() -> str:
    """Return docs/events.md: which listeners each event of the journal has."""
    rows = [f"| {event} | {', '.join(names)} |" for event, names in relay.journal_map().items()]
    return "\n".join([NOTE, "# Who listens to what\n", "| event | listeners |\n|---|---|", *rows, ""])


def api_page() -> str:
    """Return docs/openapi.json: the contract of the API, so that a change of it is seen in review."""
    return json.dumps(api_root.api.get_openapi_schema(path_prefix="/api/v1/"), indent=1, sort_keys=True) + "\n"


def laws_page() -> str:
    """Return docs/laws.md: every place that we hold law for, with its edition and how far it was checked."""
    library = packs.Library(packs.FOLDER)
    rows = []
    for pack in (library.newest(code) for code in library.codes if code != packs.NOWHERE):
        marks = [*pack.marks.values(), *pack.exceptions.values()]
        seen = sum(mark.startswith("verified") for mark in marks)
        window = pack.law.withdrawal
        days = "" if window.days is None else f"{window.days}{' working' if window.day_type == 'business' else ''}"
        rows.append(
            f"| {pack.code} | {pack.law.name} | {pack.law.inherits} | {pack.version} | {pack.law.as_of} "
            f"| {pack.law.trust.level} | {seen} | {len(marks) - seen} | {window.kind} | {days} |"
        )
    head = "| code | place | inherits | edition | as of | trust | seen | by memory | change of mind | days |"
    return "\n".join([NOTE, "# The laws that ship\n", head, "|---|---|---|---|---|---|---|---|---|---|", *rows, ""])


def facts_page() -> str:
    """Return docs/schema/facts.json: what `homeward decide` and `POST /decide` take."""
    return json.dumps(answers.facts_schema(), indent=1, sort_keys=True) + "\n"


def decision_page() -> str:
    """Return docs/schema/decision.json: what they give."""
    return json.dumps(answers.decision_schema(), indent=1, sort_keys=True) + "\n"


PAGES = {
    "laws.md": laws_page, "lifecycles.md": lifecycle_page, "events.md": events_page, "openapi.json": api_page,
    "schema/facts.json": facts_page, "schema/decision.json": decision_page,
}  # fmt: skip


class Command(BaseCommand):
    help = "Write the pages of docs/ that are drawn from the code"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is out of date")
        parser.add_argument("--folder", type=Path, default=Path("docs"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the pages, or compare them with what stands there."""
        folder: Path = options["folder"]
        stale = []
        for name, draw in PAGES.items():
            text, file = draw(), folder / name
            if options["check"]:
                stale += [name] if not file.exists() or file.read_text() != text else []
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        if stale:
            raise CommandError(f"out of date: {', '.join(stale)}; run `homeward docs`")
