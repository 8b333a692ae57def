"""What a finding comes to: serial numbers against the order, grade and disposition against law and house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from homeward.warehouse import grading
from homeward.warehouse.actions.receiving import UnknownLine
from homeward.warehouse.grading import Disposition, Grade, Verdict
from homeward.warehouse.models import Inspection, Receipt, ReceiptLine
from homeward.warehouse.proposing import place_and_day


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on `quantity` units alike of one line, named by its key (the return line's ref).

    An empty grade or disposition takes what the checklist proposes. `second_eyes` asks for a second person although no
    rule does.
    """

    line: str
    quantity: int = 1
    answers: Mapping[str, str] = field(default_factory=dict)
    grade: Grade | None = None
    disposition: Disposition | None = None
    serial: str = ""
    note: str = ""
    second_eyes: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with the line it is about, and what it comes to."""

    finding: Finding
    line: ReceiptLine
    verdict: Verdict
    serial_matches: bool | None

    @property
    def units(self) -> int:
        """How many units are alike."""
        return self.finding.quantity

    @property
    def needs_second(self) -> bool:
        """Whether a second person has to look."""
        return self.finding.second_eyes or self.verdict.suggestion.needs_second_person

    @property
    def is_another(self) -> bool:
        """Whether these units are not the ones that were sold."""
        return self.verdict.grade == Grade.X

    @property
    def as_fact(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        return {
            "line": self.line.key, "quantity": self.finding.quantity, "grade": self.verdict.grade,
            "disposition": self.verdict.disposition,
        }  # fmt: skip


class SerialWanted(ValueError):
    """The order knows the serial numbers of these goods, so each unit is inspected with its own."""

    def __init__(self, line: str) -> None:
        self.line = line
        super().__init__(f"{line}: one unit at a time, with its serial number")


class SerialSeen(ValueError):
    """A unit with this serial number has been inspected already."""

    def __init__(self, serial: str) -> None:
        self.serial = serial
        super().__init__(f"{serial} has been inspected")


def judge(
    receipt: Receipt, findings: Sequence[Finding], lines: Mapping[str, ReceiptLine], *, at: datetime
) -> list[Judged]:
    """Return what findings come to, at the place and on the day of the inspection."""
    if strange := [finding.line for finding in findings if finding.line not in lines]:
        raise UnknownLine(strange)
    country, day = place_and_day(receipt, at=at)
    serials: set[str] = set()
    return [_judge_one(finding, lines[finding.line], serials, country, day) for finding in findings]


def _judge_one(finding: Finding, line: ReceiptLine, serials: set[str], country: str, day: date) -> Judged:
    """Judge one finding; a serial number that was not sold makes the unit another thing than the one sold."""
    matches = _check_serial(finding, line, serials)
    grade, disposition = finding.grade, finding.disposition
    if matches is False and grade != Grade.X:
        grade = Grade.X
        disposition = disposition if disposition == Disposition.SEND_BACK else Disposition.QUARANTINE
    verdict = grading.judge(
        line.goods, {} if grade == Grade.X else finding.answers, country=country, day=day, grade=grade,
        disposition=disposition, note=finding.note,
    )  # fmt: skip
    return Judged(finding, line, verdict, matches)


def _check_serial(finding: Finding, line: ReceiptLine, seen: set[str]) -> bool | None:
    """Return whether the serial number fits the order; None where nobody can tell."""
    sold, serial = {_bare(serial) for serial in line.serials}, _bare(finding.serial)
    if not sold:
        return None
    if finding.grade != Grade.X and (not serial or finding.quantity != 1):
        raise SerialWanted(line.key)
    if not serial:
        return None
    known = Inspection.objects.filter(line__return_line__order_line=line.return_line.order_line_id, voided_at=None)  # type: ignore[union-attr]
    if serial in seen or serial in {_bare(one) for one in known.exclude(serial="").values_list("serial", flat=True)}:
        raise SerialSeen(finding.serial)
    seen.add(serial)
    return serial in sold


def _bare(serial: str) -> str:
    return "".join(letter for letter in serial.upper() if letter.isalnum())
