"""Inspecting: grade and disposition of every unit, and the stock movement that follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.journal import prepared
from homeward.kernel import Actor, new_ref
from homeward.warehouse.actions.judging import Finding, Judged, judge
from homeward.warehouse.actions.photographing import add_photos
from homeward.warehouse.actions.stock import put_away, void_all
from homeward.warehouse.models import Inspection, Outcome, Receipt, ReceiptLine
from homeward.warehouse.photos import Kept


class NothingLeft(Exception):
    """More units are graded than arrived and wait for it."""

    def __init__(self, line: str, left: int) -> None:
        self.line, self.left = line, left
        super().__init__(f"{line}: {left} left to inspect")


class CountMismatch(ValueError):
    """Findings do not cover exactly the units that wait: `left` says how many of each line do."""

    def __init__(self, left: Mapping[str, int], found: Mapping[str, int]) -> None:
        self.left, self.found = dict(left), dict(found)
        super().__init__(f"to inspect: {self.left}; found: {self.found}")


class SamePerson(Exception):
    """The second pair of eyes must be somebody else's."""


@journal.action
def inspect(
    receipt: Receipt, finding: Finding, *, actor: Actor, at: datetime, photos: Sequence[Kept] = (), nonce: str = ""
) -> Inspection:
    """Put down what was found on one unit, or on several alike; with the last unit the receipt is inspected.

    A unit that is not the one sold, by grade or by serial number, contests the receipt instead: money waits for a
    word. A receipt that is contested already can still be graded, and stays contested. `nonce` names the form: the
    same form once more gives the first finding again.

    :raises NotAllowed: if the receipt is not received yet, or inspected.
    :raises UnknownLine: if the receipt has no such line.
    :raises NothingLeft: if not so many units of the line wait.
    :raises UnknownAnswer, Unanswered, NotLawful, ReasonWanted: as `grading.judge` does.
    :raises SerialWanted, SerialSeen: if the goods have known serial numbers, and this is not one unit with its own.
    """
    try:
        hold_open(receipt, "inspect", actor=actor)
    except journal.NotAllowed:
        if known := _of_form(receipt, nonce):  # the first time it was the last unit
            return known
        raise
    if known := _of_form(receipt, nonce):
        return known
    made = _grade(receipt, [finding], actor=actor, at=at, nonce=nonce)[0]
    add_photos(receipt, photos, inspection=made, actor=actor, at=at)
    return made


@journal.action
def inspect_all(receipt: Receipt, findings: Sequence[Finding], *, actor: Actor, at: datetime) -> list[Inspection]:
    """Put down in one go what was found on all units that wait, as a warehouse system reports it.

    :raises CountMismatch: if the findings do not cover exactly these units.
    :raises NotAllowed: if the receipt is not received yet, or inspected.
    :raises UnknownAnswer, Unanswered, NotLawful, ReasonWanted, SerialWanted, SerialSeen: as `inspect` does.
    """
    lines = lines_of(receipt)
    waiting = _check_cover(lines, findings)
    judged = judge(receipt, findings, lines, at=at)
    untouched = not any(line.inspected for line in lines.values())
    if not untouched or receipt.state != "received" or any(one.needs_second for one in judged):
        hold_open(receipt, "inspect", actor=actor)
        _check_cover(lines_of(receipt), findings)
        return _grade(receipt, findings, actor=actor, at=at)
    _end(
        receipt, lines.values(), judged, actor=actor, at=at
    )  # locks the receipt; whoever graded a unit meanwhile shows below
    if _close_lines(receipt) != len(waiting):
        raise CountMismatch(_waiting(lines_of(receipt)), _found(findings))
    return _write(receipt, judged, actor=actor, at=at)


@journal.action
def confirm(inspection: Inspection, *, actor: Actor, at: datetime) -> None:
    """Confirm as the second person what another one found; only then do the units move.

    :raises SamePerson: if the actor is who inspected.
    :raises NotAllowed: if nobody waits for a second person, or the receipt is over.
    """
    receipt = inspection.line.receipt
    hold_open(receipt, "inspect", actor=actor)
    if inspection.by == str(actor):
        raise SamePerson
    rows = Inspection.objects.filter(pk=inspection.pk, needs_second=True, second_at=None, voided_at=None)
    if not rows.update(second_by=str(actor), second_at=at):
        raise journal.NotAllowed("inspection", "confirm", "void" if inspection.voided_at else "done", actor.role)
    inspection.second_by, inspection.second_at = str(actor), at
    put_away(receipt, [inspection], at=at)
    journal.record(receipt, "confirm", actor=actor, at=at, inspection=inspection.ref, grade=inspection.grade)
    _finish(receipt, actor=actor, at=at)


@journal.action
def void(inspection: Inspection, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take back a finding that was a mistake: its units wait again, and what they did to the stock is undone.

    :raises NotAllowed: if it is void already, or the receipt is inspected; then a head reopens the receipt.
    """
    receipt = inspection.line.receipt
    hold_open(receipt, "inspect", actor=actor)
    if not void_all([inspection.pk], reason=reason, actor=actor, at=at):
        raise journal.NotAllowed("inspection", "void", "void", actor.role)
    ReceiptLine.objects.filter(pk=inspection.line_id).update(inspected=F("inspected") - inspection.quantity)
    journal.record(receipt, "void", actor=actor, at=at, inspection=inspection.ref, reason=reason)


def hold_open(receipt: Receipt, verb: str, *, actor: Actor) -> None:
    """Lock a receipt that is received or contested, so that one person at a time grades its units.

    :raises NotAllowed: if it is in another state, or the actor may not grade.
    """
    receipt.refresh_from_db(fields=["state"], from_queryset=Receipt.objects.select_for_update())
    may = verb in Receipt.lifecycle.allowed("received", role=actor.role)
    if not may or receipt.state not in {"received", "disputed"}:
        allowed = Receipt.lifecycle.allowed(receipt.state, role=actor.role)
        raise journal.NotAllowed("receipt", verb, receipt.state, actor.role, allowed)


def lines_of(receipt: Receipt) -> dict[str, ReceiptLine]:
    """Return the lines of a receipt by key, with what the order says of the goods."""
    return {line.key: line for line in _lines_of(receipt_id=receipt.pk)}


@prepared.question
def _lines_of(receipt_id: int) -> QuerySet[ReceiptLine]:
    return ReceiptLine.objects.filter(receipt_id=receipt_id).select_related("return_line__order_line").order_by("pk")


def _close_lines(receipt: Receipt) -> int:
    """Mark all units of lines of which none was graded before as graded; return how many lines those are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE warehouse_receiptline SET inspected = received "
            "WHERE receipt_id = %s AND inspected = 0 AND received > 0", [receipt.pk],
        )  # fmt: skip
        return cursor.rowcount


def _of_form(receipt: Receipt, nonce: str) -> Inspection | None:
    return Inspection.objects.filter(line__receipt=receipt, nonce=nonce).first() if nonce else None


def _grade(
    receipt: Receipt, findings: Sequence[Finding], *, actor: Actor, at: datetime, nonce: str = ""
) -> list[Inspection]:
    """Write findings on a receipt that the caller has locked, and end its inspection where nothing waits any more."""
    lines = lines_of(receipt)
    judged = judge(receipt, findings, lines, at=at)
    for one in judged:
        if not 1 <= one.finding.quantity <= one.line.left:
            raise NothingLeft(one.line.key, one.line.left)
        one.line.inspected += one.finding.quantity
    ReceiptLine.objects.bulk_update({one.line.pk: one.line for one in judged}.values(), ["inspected"])
    made = _write(receipt, judged, actor=actor, at=at, nonce=nonce)
    journal.record(receipt, "grade", actor=actor, at=at, units=[one.as_fact for one in judged])
    _finish(receipt, actor=actor, at=at)
    return made


def _waiting(lines: Mapping[str, ReceiptLine]) -> dict[str, int]:
    return {key: line.left for key, line in lines.items() if line.left}


def _found(findings: Sequence[Finding]) -> dict[str, int]:
    found = Counter[str]()
    for finding in findings:
        found[finding.line] += finding.quantity
    return dict(found)


def _check_cover(lines: Mapping[str, ReceiptLine], findings: Sequence[Finding]) -> dict[str, int]:
    waiting, found = _waiting(lines), _found(findings)
    if waiting != found or any(finding.quantity < 1 for finding in findings):
        raise CountMismatch(waiting, found)
    return waiting


def _write(
    receipt: Receipt, judged: Sequence[Judged], *, actor: Actor, at: datetime, nonce: str = ""
) -> list[Inspection]:
    made = prepared.insert(
        Inspection(
            ref=new_ref("ins", at=at), line=one.line, merchant_id=receipt.merchant_id, quantity=one.finding.quantity,
            checklist=dict(one.finding.answers), checklist_key=one.verdict.suggestion.checklist.key,
            grade=one.verdict.grade, disposition=one.verdict.disposition,
            suggested_grade=one.verdict.suggestion.grade,
            suggested_disposition=one.verdict.suggestion.disposition, serial=one.finding.serial.strip(),
            serial_matches=one.serial_matches, note=one.finding.note, by=str(actor), at=at,
            needs_second=one.needs_second, nonce=nonce,
        )
        for one in judged
    )  # fmt: skip
    put_away(receipt, [row for row in made if not row.needs_second], at=at)
    return made


def _finish(receipt: Receipt, *, actor: Actor, at: datetime) -> None:
    """End the inspection of a locked receipt, unless units or a second person are waited for."""
    lines = list(receipt.lines.select_related("return_line"))
    if receipt.state != "received" or any(line.left for line in lines):
        return
    live = live_inspections(receipt)
    if not any(inspection.is_open for inspection in live):
        _end(receipt, lines, live, actor=actor, at=at)


def live_inspections(receipt: Receipt) -> list[Inspection]:
    """Return the findings on a receipt that are not void, oldest first."""
    rows = Inspection.objects.filter(line__receipt=receipt, voided_at=None).order_by("pk")
    return list(rows.select_related("line__return_line"))


def _end(
    receipt: Receipt, lines: Iterable[ReceiptLine], found: Sequence[Judged | Inspection], *, actor: Actor, at: datetime
) -> None:
    """Take the receipt to inspected; to contested where a unit of a return is not the one that was sold."""
    units = [one.as_fact for one in found]
    outcome = recount(lines, found)
    ground = _ground(found) if receipt.is_announced else ""
    columns = {"inspected_at": at, "outcome": outcome}
    if ground:
        columns["ground"] = ground
        journal.move(receipt, "dispute", actor=actor, at=at, set=columns, ground=ground, units=units)
    else:
        journal.move(receipt, "inspect", actor=actor, at=at, set=columns, units=units)
    if receipt.case_id:
        case_actions.meet_clocks(receipt.case_id, "inspection", at=at)


def recount(lines: Iterable[ReceiptLine], found: Sequence[Judged | Inspection]) -> str:
    """Let what was graded correct the first look: `wrong` are the units that turned out to be another thing.

    Return the outcome of the whole receipt.
    """
    others = Counter[int]()
    for one in found:
        others[one.line.pk] += one.units if one.is_another else 0
    lines = list(lines)
    changed = [line for line in lines if line.return_line_id and line.wrong != others[line.pk]]
    for line in changed:
        right = line.received - others[line.pk]
        line.wrong, line.damaged = others[line.pk], min(line.damaged, right)
        line.good = right - line.damaged
        line.outcome = line.found
    if changed:
        ReceiptLine.objects.bulk_update(changed, ["good", "damaged", "wrong", "outcome"])
    return Outcome.worst(line.outcome for line in lines if line.outcome)


def _ground(found: Sequence[Judged | Inspection]) -> str:
    if any(one.serial_matches is False for one in found):
        return "switched"
    return "wrong_item" if any(one.is_another for one in found) else ""
