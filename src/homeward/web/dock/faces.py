"""What the dock's pages show of a receipt, prepared: lines, the unit on the table, what was found, where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from homeward.kernel import Actor
from homeward.orders.models import OrderLine
from homeward.returns import texts as return_texts
from homeward.warehouse import proposing, queries, texts
from homeward.warehouse.checklists import Answer, Grade
from homeward.warehouse.grading import Disposition, Suggestion
from homeward.warehouse.models import Inspection, Photo, Receipt, ReceiptLine
from homeward.web.design.clocks import Clock

Words = str | Promise

TONES = {Grade.A: "good", Grade.B: "moving", Grade.C: "wait", Grade.D: "bad", Grade.X: "contested"}
_OUTCOME_TONES = {"match": "good", "short": "wait", "over": "wait", "wrong": "contested", "unknown": "contested"}


@dataclass(frozen=True, slots=True)
class LineFace:
    """One line of the receipt: what it is, and what was announced and counted of it."""

    line: ReceiptLine
    title: str
    sku: str
    reason: Words
    said: str
    cells: Sequence[Mapping[str, Any]]

    @property
    def sold(self) -> OrderLine | None:
        """The order line that sold it; None for what nobody announced."""
        return self.line.return_line.order_line if self.line.return_line else None

    @property
    def codes(self) -> str:
        """What a scanner may read off these goods, blank between."""
        return " ".join([self.sku, *self.line.serials]) if self.sku else ""


@dataclass(frozen=True, slots=True)
class UnitFace:
    """The unit on the table: its checklist, the proposal, and what may become of it."""

    face: LineFace
    number: int
    total: int
    questions: Sequence[Mapping[str, Any]]
    answered: int
    suggestion: Suggestion
    grades: Sequence[Mapping[str, Any]]
    open: Sequence[Mapping[str, Any]]
    closed: Sequence[Mapping[str, Any]]
    lifted: Sequence[Words]


@dataclass(frozen=True, slots=True)
class FindingFace:
    """One finding as the list shows it."""

    made: Inspection
    title: str
    grade: Words
    tone: str
    disposition: Words
    photos: Sequence[Mapping[str, Any]]


def lines_of(actor: Actor, receipt: Receipt) -> list[LineFace]:
    """Return the lines of a receipt as pages show them."""
    return [line_face(line) for line in queries.lines(actor, receipt)]


def line_face(line: ReceiptLine) -> LineFace:
    """Return one line as pages show it."""
    asked = line.return_line
    return LineFace(
        line=line,
        title=asked.order_line.title if asked else line.description,
        sku=asked.order_line.sku if asked else "",
        reason=return_texts.REASONS.get(asked.reason, asked.reason) if asked else "",
        said=asked.words if asked else "",
        cells=_cells(line),
    )


def _cells(line: ReceiptLine) -> list[dict[str, Any]]:
    over = max(line.right - line.announced, 0)
    numbers = (
        (line.announced, "idle"), (line.right - over, "good"), (line.missing, "wait"), (over, "wait"),
        (line.wrong, "contested"),
    )  # fmt: skip
    return [{"words": number, "tone": tone if number else ""} for number, tone in numbers]


def unit_of(
    lines: Sequence[LineFace], receipt: Receipt, *, at: datetime, key: str = "",
    answers: Mapping[str, str] | None = None, grade: Grade | None = None, disposition: str = "",
) -> UnitFace | None:  # fmt: skip
    """Return the next unit that waits, of the line `key` if it is named; None where all have been graded.

    What nobody announced, and what was counted as another item, is proposed as not ours.
    """
    waiting = [face for face in lines if face.line.left]
    face = next((face for face in waiting if face.line.key == key), waiting[0] if waiting else None)
    if face is None:
        return None
    given = dict(answers or {})
    if grade is None and not given and _is_another(face.line):
        grade = Grade.X
    proposal = proposing.suggest(receipt, face.line, given, at=at, grade=grade)
    is_ready = grade is not None or not proposal.unanswered
    chosen = disposition if disposition in proposal.allowed else proposal.disposition if is_ready else ""
    return UnitFace(
        face=face,
        number=sum(one.line.inspected for one in lines) + 1,
        total=sum(one.line.received for one in lines),
        questions=_questions(proposal, given),
        answered=len(proposal.checklist.questions) - len(proposal.unanswered),
        suggestion=proposal,
        grades=_grades(proposal.grade if is_ready else None),
        open=[_way(one, proposal, chosen, is_ready=is_ready) for one in proposal.allowed],
        closed=[_closed(one, proposal) for one in Disposition if one in proposal.closed],
        lifted=[texts.LIMITS[limit.key] for limit in proposal.lifted],
    )


def _is_another(line: ReceiptLine) -> bool:
    return line.return_line is None or line.inspected >= line.right


def _questions(proposal: Suggestion, given: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"q-{question.key}",
            "words": texts.QUESTIONS[question.key],
            "is_gate": question.is_gate,
            "value": given.get(question.key, ""),
            "answers": [
                {"value": one.word, "label": texts.answer(question.key, one.word), "tone": _tone(one)}
                for one in question.answers
            ],
        }
        for question in proposal.checklist.questions
    ]


def _tone(answer: Answer) -> str:
    return {Grade.A: "good", Grade.B: "wait", Grade.C: "wait", Grade.D: "bad"}[answer.at_best]


def _grades(chosen: Grade | None) -> list[dict[str, Any]]:
    return [
        {
            "value": grade.value, "title": "?" if grade == Grade.X else grade.value, "hint": texts.GRADES[grade],
            "tone": TONES[grade], "checked": grade == chosen,
        }
        for grade in Grade
    ]  # fmt: skip


def _way(one: Disposition, proposal: Suggestion, chosen: str, *, is_ready: bool) -> dict[str, Any]:
    return {
        "value": one.value, "words": texts.DISPOSITIONS[one], "checked": one == chosen,
        "is_proposed": is_ready and one == proposal.disposition,
    }  # fmt: skip


def _closed(one: Disposition, proposal: Suggestion) -> dict[str, Any]:
    limit = proposal.closed[one]
    return {
        "words": texts.DISPOSITIONS[one], "why": texts.LIMITS[limit.key], "source": limit.source,
        "layer": "statute" if limit.layer == "law" else "shop",
    }  # fmt: skip


def findings_of(actor: Actor, receipt: Receipt) -> list[FindingFace]:
    """Return the findings on a receipt, newest first, void ones too."""
    found = queries.inspections(actor, receipt)
    return [
        FindingFace(
            made=made,
            title=line_face(made.line).title,
            grade=texts.GRADES[made.grade],
            tone=TONES[Grade(made.grade)],
            disposition=texts.DISPOSITIONS[made.disposition],
            photos=gallery(made.photos.all()),
        )
        for made in reversed(found)
    ]


def gallery(photos: Iterable[Photo]) -> list[dict[str, Any]]:
    """Return photos as the gallery shows them."""
    return [
        {
            "src": reverse("dock:photo", args=[photo.ref]), "href": reverse("dock:photo", args=[photo.ref]),
            "alt": photo.name, "caption": photo.name,
        }
        for photo in photos
    ]  # fmt: skip


def clock_of(receipt: Receipt) -> Clock | None:
    """Return the clock of the inspection, while it runs."""
    if receipt.state != "received" or receipt.due_at is None:
        return None
    return Clock(source="desk", due_at=receipt.due_at, started_at=receipt.received_at)


def outcome_of(receipt: Receipt) -> dict[str, Any] | None:
    """Return how the count came out, in words with its tone."""
    if not receipt.outcome:
        return None
    return {"words": texts.OUTCOMES[receipt.outcome], "tone": _OUTCOME_TONES[receipt.outcome]}
