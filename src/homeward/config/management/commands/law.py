"""`homeward law`: the library of law on the command line: list, show, diff, check, and the deadline of a question."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

import msgspec
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from homeward.policies import due, lawtext, overlays, packs
from homeward.policies.due import QUESTIONS, NotAnswered
from homeward.policies.editions import Pack
from homeward.policies.statutes import LANGUAGES

WRONG, UNANSWERED = 1, 2  # exit codes


def day(text: str) -> date:
    """Return a day written as 2026-11-20.

    :raises ArgumentTypeError: if it is no day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day; write it as 2026-11-20") from error


class Command(BaseCommand):
    help = "The library of law: list, show, diff, check, and the last day for a question"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listed = verbs.add_parser("list", help="every place with edition, date and trust")
        listed.add_argument("--json", action="store_true")
        shown = verbs.add_parser("show", help="the law of one place, in words")
        shown.add_argument("code", help="such as DE, US-CA or EU")
        shown.add_argument("--on", type=day, help="the day of the contract; else today")
        shown.add_argument("--language", default="en", help=f"one of {', '.join(LANGUAGES)}")
        shown.add_argument("--json", action="store_true", help="everything as JSON")
        compared = verbs.add_parser("diff", help="two places, or two editions, field by field")
        compared.add_argument(
            "left", help="a place, with an edition or a day where wanted: DE, DE@2026.11, DE@2028-01-01"
        )
        compared.add_argument("right")
        compared.add_argument("--all", action="store_true", help="also the fields in which they agree")
        compared.add_argument("--language", default="en")
        compared.add_argument("--json", action="store_true")
        verbs.add_parser("check", help="read every pack and overlay, and work out their examples")
        asked = verbs.add_parser("due", help="the last day for a question, as 2026-12-04")
        asked.add_argument("code", help="such as DE, US-CA or EU")
        asked.add_argument("question", choices=QUESTIONS, metavar="QUESTION", help=", ".join(QUESTIONS))
        asked.add_argument("date", type=day, help="the day of the event that starts it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out one verb."""
        {"list": self._list, "show": self._show, "diff": self._diff, "check": self._check, "due": self._due}[
            options["verb"]
        ](options)

    def _list(self, options: dict[str, Any]) -> None:
        library = packs.library()
        found = [library.newest(code) for code in library.codes if code != packs.NOWHERE]
        if options["json"]:
            self._json([_line(pack) for pack in found])
            return
        self.stdout.write(
            f"{'code':15} {'name':36} {'edition':10} {'as of':11} {'trust':7} {'seen':>5} {'memory':>6}  from"
        )
        for pack in found:
            line = _line(pack)
            self.stdout.write(
                f"{line['code']:15} {line['name']:36} {line['version']:10} {line['as_of']} {line['trust']:7} "
                f"{line['verified']:5} {line['by_memory']:6}  {line['origin']}"
            )

    def _show(self, options: dict[str, Any]) -> None:
        pack = self._pack(options["code"], options["on"] or timezone.now().date())
        if options["json"]:
            self._json(lawtext.as_data(pack))
        else:
            self.stdout.write("\n".join(lawtext.lines(pack, options["language"])))

    def _diff(self, options: dict[str, Any]) -> None:
        left, right = self._named(options["left"]), self._named(options["right"])
        found = lawtext.compare(left, right, options["language"])
        if not options["all"]:
            found = [one for one in found if not one.is_same]
        if options["json"]:
            self._json({one.word: [one.left.value, one.right.value] for one in found})
            return
        names = (f"{left.code} {left.version}", f"{right.code} {right.version}")
        for one in found:
            self.stdout.write(f"{one.title}")
            for name, row in zip(names, (one.left, one.right), strict=True):
                self.stdout.write(f"  {name:22} {row.says}{f'  [{row.trust}]' if row.trust else ''}")
        if not found:
            self.stdout.write(f"{names[0]} and {names[1]} say the same.")

    def _check(self, options: dict[str, Any]) -> None:
        """Read everything; the exit code is 1 where a file is wrong or an example comes out otherwise."""
        try:
            library = packs.load(packs.FOLDER, packs.beside())
            kinds = dict(overlays.everything())
        except packs.PackError as error:
            raise CommandError(str(error), returncode=WRONG) from error
        found = [pack for shelf in library.packs.values() for pack in shelf]
        marks = [mark for pack in found for mark in (*pack.marks.values(), *pack.exceptions.values())]
        entries = [entry for one in kinds.values() for entry in overlays.entries_of(one)]
        for name, all_marks, what in (
            ("packs", marks, f"{len(found)} editions of {len(library.packs)} places"),
            ("overlays", [entry.mark for entry in entries], f"{len(entries)} entries in {len(kinds)} files"),
        ):
            seen = sum(mark.startswith("verified") for mark in all_marks)
            self.stdout.write(f"{name}: {what}; {seen} facts seen at a source, {len(all_marks) - seen} by memory")
        wrong, worked = _examples(found)
        self.stdout.write(f"examples: {worked} worked out, {len(wrong)} wrong")
        refused = [*library.troubles, *overlays.troubles()]
        wrong += [f"{one.file}: {one.message}; the shipped law stays in force" for one in refused]
        if wrong:
            raise CommandError("\n".join(wrong), returncode=WRONG)

    def _due(self, options: dict[str, Any]) -> None:
        try:
            found = due.due(options["code"], options["question"], options["date"])
        except KeyError as error:
            raise CommandError(f"we hold no law for {options['code']}", returncode=UNANSWERED) from error
        except NotAnswered as error:
            raise CommandError(str(error), returncode=UNANSWERED) from error
        self.stdout.write(found.isoformat())

    def _named(self, text: str) -> Pack:
        """Return the pack of a place, in an edition or on a day where the text names one."""
        code, _, which = text.partition("@")
        if not which:
            return self._pack(code, timezone.now().date())
        try:
            return self._pack(code, date.fromisoformat(which))
        except ValueError:
            pack = packs.edition(code.upper(), which)
        if pack is None:
            held = ", ".join(one.version for one in packs.library().editions(code.upper())) or "none"
            raise CommandError(f"there is no edition {which} of {code}; we hold {held}")
        return pack

    def _pack(self, code: str, on: date) -> Pack:
        try:
            return due.pack_of(code, on, "law")
        except KeyError as error:
            raise CommandError(f"we hold no law for {code}; `homeward law list` names the places") from error
        except NotAnswered as error:
            raise CommandError(str(error)) from error

    def _json(self, data: Any) -> None:
        self.stdout.write(msgspec.json.format(msgspec.json.encode(data), indent=2).decode())


def _line(pack: Pack) -> dict[str, Any]:
    marks = [*pack.marks.values(), *pack.exceptions.values()]
    seen = sum(mark.startswith("verified") for mark in marks)
    return {
        "code": pack.code, "name": pack.law.name, "version": pack.version, "as_of": pack.law.as_of.isoformat(),
        "valid_from": pack.law.valid_from.isoformat(), "trust": pack.law.trust.level, "verified": seen,
        "by_memory": len(marks) - seen, "origin": pack.origin,
    }  # fmt: skip


def _examples(found: list[Pack]) -> tuple[list[str], int]:
    """Return which worked examples come out otherwise than they say, and how many there are."""
    wrong, worked = [], 0
    for pack in found:
        for vector in pack.law.vectors:
            worked += 1
            try:
                got: object = due.due(pack.code, vector.question, vector.event, pack=pack)
            except NotAnswered as error:
                got = error
            if got != vector.expect:
                wrong.append(f"{pack.code} {vector.question} {vector.event}: expected {vector.expect}, got {got}")
    return wrong, worked
