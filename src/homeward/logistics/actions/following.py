"""Following parcels: scans of carriers, the word of staff, the arrival at the dock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from homeward import journal
from homeward.kernel import Actor, NotAllowed, new_ref
from homeward.logistics import queries, tracking
from homeward.logistics.models import Center, Parcel, TrackingEvent
from homeward.logistics.ports import Scan
from homeward.logistics.tables import Problem
from homeward.logistics.tracking import DOCK, HAND, Code, Row, Seen
from homeward.parties.models import Merchant
from homeward.returns import actions as return_actions

_BY_HAND = {
    "accept": Code.ACCEPTED,
    "hold": Code.EXCEPTION,
    "release": Code.IN_TRANSIT,
    "find": Code.IN_TRANSIT,
    "lose": Code.LOST,
    "send_back": Code.SENT_BACK,
}
_CHUNK = 1000


@dataclass(slots=True)
class TrackingReport:
    """What became of a file of scans: rows taken, rows that said nothing new, and what was wrong with the rest."""

    taken: int = 0
    repeated: int = 0
    problems: list[Problem] = field(default_factory=list)


@journal.action
def track(parcel: Parcel, scans: Sequence[Scan], *, actor: Actor, at: datetime, source: str = "api") -> int:
    """Take in what a carrier has seen, and let the parcel follow; return how many scans were new.

    Scans may come late, twice and out of turn: the state follows from all of them together. The first that shows the
    parcel in the carrier's hands is journaled as "accept", with the time of the scan, and told to the returns in it,
    because the duty to refund may start there (Directive 2011/83/EU art. 13(3)); should an earlier one turn up later,
    "accept" is journaled again with the earlier time.

    :raises UnknownScan: if a code is not of our vocabulary, or a time cannot be.
    """
    checked = [tracking.checked(scan.code, scan.at, now=at) for scan in scans]
    row = Parcel.objects.select_for_update().get(pk=parcel.pk)
    known = {(Code(code), when): source_ for code, when, source_ in row.events.values_list("code", "at", "source")}
    new = {key: scan for key, scan in zip(checked, scans, strict=True) if key not in known}
    TrackingEvent.objects.bulk_create(
        (
            TrackingEvent(
                parcel=row, code=code, at=when, text=scan.text[:200], place=scan.place[:120], source=source, heard_at=at
            )
            for (code, when), scan in new.items()
        ),
        ignore_conflicts=True,
    )
    if new:
        told = [Seen(code, when, heard) for (code, when), heard in known.items()]
        told += [Seen(code, when, source) for code, when in new]
        _follow(row, told, actor=actor, at=at)
        parcel.state, parcel.accepted_at, parcel.delivered_at = row.state, row.accepted_at, row.delivered_at
    return len(new)


@journal.action
def mark(
    parcel: Parcel, verb: str, *, actor: Actor, at: datetime, text: str = "", happened_at: datetime | None = None
) -> None:
    """Enter by hand what staff have learned of a parcel: accept, hold, release, lose, find or send_back.

    `happened_at` is when it happened, where that is known to be earlier, as on the receipt of a post office.

    :raises NotAllowed: if the verb does not lead on from the parcel's state, or cannot be said by hand.
    """
    code = _BY_HAND.get(verb)
    if code is None:
        raise NotAllowed("parcel", verb, parcel.state, actor.role)
    when = min(happened_at or at, at)
    journal.move(
        parcel, verb, actor=actor, at=at, source=HAND, text=text[:200], happened_at=when.isoformat(),
        set={"accepted_at": when} if verb == "accept" else {},
    )  # fmt: skip
    _note(parcel, code, when, source=HAND, text=text, at=at)
    if verb == "accept":
        _tell_returns(parcel, when, actor=actor, at=at)


@journal.action
def deliver(parcel: Parcel, *, actor: Actor, at: datetime, place: str = "") -> None:
    """Note that a parcel lies on our dock: what our people hold in their hands outweighs every scan. Twice is once.

    :raises NotAllowed: if this role may not.
    """
    _note(parcel, Code.DELIVERED, at, source=DOCK, place=place, at=at)
    try:
        journal.move(parcel, "deliver", actor=actor, at=at, set={"delivered_at": at}, source=DOCK)
    except NotAllowed as refused:
        if refused.state != "delivered":
            raise
        parcel.state = refused.state  # a carrier's scan came first


@journal.action
def arrive_unannounced(
    *, merchant: Merchant, actor: Actor, at: datetime, tracking_number: str = "", carrier: str = "",
    center: Center | None = None,
) -> Parcel:  # fmt: skip
    """Take in a parcel that nobody announced; one whose number we know after all is that parcel."""
    number = tracking_number.replace(" ", "").upper()[:60]
    parcel = Parcel.objects.filter(merchant=merchant, tracking_number=number).first() if number else None
    if parcel is None:
        parcel = Parcel.objects.create(
            ref=new_ref("par", at=at), merchant=merchant, center=center, tracking_number=number, method="unannounced",
            carrier=carrier.strip().lower()[:40] or "other", currency=merchant.currency, planned_at=at,
        )  # fmt: skip
        journal.record(parcel, "appear", actor=actor, at=at, number=number)
    deliver(parcel, actor=actor, at=at)
    return parcel


def import_tracking(
    lines: Iterable[str], *, actor: Actor, at: datetime, zone: str = "", source: str = "file"
) -> TrackingReport:
    """Take in a CSV of scans, parcel by parcel, each in a transaction of its own; reading it twice changes nothing."""
    report = TrackingReport()
    rows = tracking.read_scans(lines, now=at, zone=zone, problems=report.problems)
    while chunk := list(islice(rows, _CHUNK)):
        for parcel, of_parcel in _by_parcel(chunk, actor, report):
            scans = [Scan(code=row.code, at=row.at, place=row.place, text=row.text) for row in of_parcel]
            new = track(parcel, scans, actor=actor, at=at, source=source)
            report.taken += new
            report.repeated += len(of_parcel) - new
    report.problems.sort(key=lambda problem: problem.line)
    return report


def _by_parcel(chunk: Sequence[Row], actor: Actor, report: TrackingReport) -> Iterator[tuple[Parcel, list[Row]]]:
    """Yield the parcels that rows speak of; add to the report the rows that speak of none, or of more than one."""
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in chunk:
        by_number[row.tracking_number].append(row)
    found: dict[str, list[Parcel]] = defaultdict(list)
    for parcel in queries.parcels(actor).filter(tracking_number__in=list(by_number)):
        found[parcel.tracking_number].append(parcel)
    for number, rows in by_number.items():
        match found.get(number, []):
            case [parcel]:
                yield parcel, rows
            case several:
                code = "several_parcels" if several else "unknown_tracking_number"
                report.problems += [Problem(row.line, code, "tracking_number", number) for row in rows]


def _follow(parcel: Parcel, scans: Sequence[Seen], *, actor: Actor, at: datetime) -> None:
    """Bring a locked parcel to the state that its scans tell, and its proof of sending to the earliest one."""
    told, sent_at = tracking.state_told(scans), tracking.sent_at(scans)
    verbs = tracking.verbs_between(parcel.state, told)
    for verb in verbs:
        columns: dict[str, Any] = {}
        when = tracking.time_of(verb, scans)
        if verb == "accept":
            columns["accepted_at"] = when = sent_at or when
        elif verb == "deliver":
            columns["delivered_at"] = when
        journal.move(parcel, verb, actor=actor, at=at, set=columns, **_facts(parcel, when))
    is_news = "accept" in verbs
    if sent_at and not is_news and (parcel.accepted_at is None or sent_at < parcel.accepted_at):
        Parcel.objects.filter(pk=parcel.pk).update(accepted_at=sent_at)
        parcel.accepted_at, is_news = sent_at, True
        journal.record(parcel, "accept", actor=actor, at=at, **_facts(parcel, sent_at))
    if is_news and parcel.accepted_at:
        _tell_returns(parcel, parcel.accepted_at, actor=actor, at=at)


def _tell_returns(parcel: Parcel, posted_at: datetime, *, actor: Actor, at: datetime) -> None:
    """Tell every return that lies in a parcel, and is not over, since when the carrier has it."""
    lines = parcel.lines.select_related("return_line__return_request__case", "return_line__return_request__merchant")
    for made in {line.return_line.return_request for line in lines.order_by("pk")}:
        if made.state == "authorized":
            return_actions.posted(made, posted_at=posted_at, actor=actor, at=at)


def _facts(parcel: Parcel, happened_at: datetime | None) -> dict[str, Any]:
    return {
        "carrier": parcel.carrier,
        "number": parcel.tracking_number,
        "happened_at": happened_at.isoformat() if happened_at else None,
    }


def _note(
    parcel: Parcel, code: Code, when: datetime, *, source: str, at: datetime, text: str = "", place: str = ""
) -> None:
    event = TrackingEvent(
        parcel=parcel, code=code, at=when, text=text[:200], place=place[:120], source=source, heard_at=at
    )
    TrackingEvent.objects.bulk_create([event], ignore_conflicts=True)
