"""What carriers tell: one vocabulary of scans, what they mean for a parcel whatever their order, and files of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from homeward.logistics.tables import Problem, rows_of


class Code(StrEnum):
    """The scans that we tell apart, in the order in which they are believed when they bear the same time."""

    LABEL_CREATED = "label_created"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    EXCEPTION = "exception"
    HELD_CUSTOMS = "held_customs"
    LOST = "lost"
    SENT_BACK = "sent_back"
    DELIVERED = "delivered"


DOCK = "dock"  # the source of what our own people saw with their own eyes
HAND = "hand"  # the source of what staff have entered for a carrier

# Scans by which the carrier admits that it has, or had, the parcel; "exception" may be a quarrel about the label alone.
ADMITS_CUSTODY = frozenset(Code) - {Code.LABEL_CREATED, Code.EXCEPTION}

_STATES = {
    Code.ACCEPTED: "in_transit",
    Code.IN_TRANSIT: "in_transit",
    Code.OUT_FOR_DELIVERY: "in_transit",
    Code.EXCEPTION: "held",
    Code.HELD_CUSTOMS: "held",
    Code.LOST: "lost",
    Code.SENT_BACK: "sent_back",
    Code.DELIVERED: "delivered",
}
_RANKS = {code: rank for rank, code in enumerate(Code)}
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # of anything that a carrier can have seen

# Words of carriers and aggregators for our codes, blanks and hyphens as underscores.
_SYNONYMS = {
    **{code.value: code for code in Code},
    **dict.fromkeys(("created", "pre_transit", "info_received", "pending", "已下单"), Code.LABEL_CREATED),
    **dict.fromkeys(
        ("picked_up", "pickup", "collected", "accepted_by_carrier", "posted", "揽收", "已揽收"), Code.ACCEPTED
    ),
    **dict.fromkeys(("transit", "departed", "arrived", "customs_cleared", "在途", "运输中", "清关"), Code.IN_TRANSIT),
    **dict.fromkeys(("with_courier", "delivering", "派件", "派送中"), Code.OUT_FOR_DELIVERY),
    **dict.fromkeys(("signed", "delivery_confirmed", "签收", "已签收"), Code.DELIVERED),
    **dict.fromkeys(("customs_hold", "held_in_customs", "customs_delay", "海关扣留", "清关异常"), Code.HELD_CUSTOMS),
    **dict.fromkeys(
        ("delayed", "failed", "delivery_failed", "on_hold", "refused", "damaged", "异常", "疑难"), Code.EXCEPTION
    ),
    **dict.fromkeys(("missing", "parcel_lost", "丢失"), Code.LOST),
    **dict.fromkeys(("return_to_sender", "returned_to_sender", "退回", "退签"), Code.SENT_BACK),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A scan as the judgment needs it: what, when, and who says so."""

    code: Code
    at: datetime
    source: str = ""

    @property
    def proves_sending(self) -> bool:
        """Whether this shows that the carrier has taken the parcel over: its own word, or a receipt that staff saw."""
        if self.source == DOCK:
            return False
        return self.code is Code.ACCEPTED if self.source == HAND else self.code in ADMITS_CUSTODY


def code_of(word: str) -> Code | None:
    """Return our code for a carrier's word, or None for a word that we do not know."""
    return _SYNONYMS.get(re.sub(r"[\s-]+", "_", word.strip().lower()))


def state_told(scans: Iterable[Seen]) -> str | None:
    """Return the state that all scans of a parcel together tell, in whatever order they came; None if they tell none.

    What our dock has in its hands has arrived. Otherwise the way back to the sender is believed before a delivery,
    since carriers call the handing over to the sender "delivered" too; and a delivery before anything else, since
    scans go on trickling in after it. Else the latest scan holds. A carrier's exception alone moves nothing: it must
    have had the parcel first.
    """
    known = list(scans)
    if any(scan.code is Code.DELIVERED and scan.source == DOCK for scan in known):
        return "delivered"
    for final in (Code.SENT_BACK, Code.DELIVERED):
        if any(scan.code is final for scan in known):
            return _STATES[final]
    telling = [scan for scan in known if scan.code in _STATES]
    if not any(scan.proves_sending or scan.source == HAND for scan in telling):
        return None
    return _STATES[max(telling, key=lambda scan: (scan.at, _RANKS[scan.code])).code]


def verbs_between(state: str, told: str | None) -> tuple[str, ...]:
    """Return the verbs that lead a parcel from `state` to the state that its scans tell; nothing if it is there.

    Before the first scan stands "accept", so that the proof of sending is journaled whichever scan comes first.
    """
    if told is None or told == state:
        return ()
    if state in {"planned", "labelled", "cancelled"}:
        return ("accept", *verbs_between("in_transit", told))
    match told:
        case "in_transit":
            return {"held": ("release",), "lost": ("find",)}.get(state, ())
        case "held":
            return {"in_transit": ("hold",), "lost": ("find", "hold")}.get(state, ())
        case "lost":
            return ("lose",) if state in {"in_transit", "held"} else ()
        case "sent_back":
            return ("send_back",)
        case _:
            return ("deliver",)


class UnknownScan(ValueError):
    """A scan that is not of our vocabulary, or whose time cannot be."""


def checked(code: str, at: datetime, *, now: datetime) -> tuple[Code, datetime]:
    """Return code and time of a scan in our own terms.

    :raises UnknownScan: if the code is none of ours, or the time has no zone, lies far back or more than a day ahead.
    """
    if code not in _RANKS:
        raise UnknownScan(f"not a scan: {code!r}")
    if at.tzinfo is None or not _EARLIEST < at < now + timedelta(days=1):
        raise UnknownScan(f"not the time of a scan: {at.isoformat()}")
    return Code(code), at.astimezone(UTC)


def time_of(verb: str, scans: Iterable[Seen]) -> datetime | None:
    """Return when what a verb says happened: the time of the latest scan that tells it, of a delivery the first."""
    wanted = {"deliver": "delivered", "send_back": "sent_back", "lose": "lost", "hold": "held"}.get(verb, "in_transit")
    times = [scan.at for scan in scans if _STATES.get(scan.code) == wanted]
    return (min if verb == "deliver" else max)(times, default=None)


def sent_at(scans: Iterable[Seen]) -> datetime | None:
    """Return when the carrier is first known to have had the parcel: the duty to refund may start there."""
    return min((scan.at for scan in scans if scan.proves_sending), default=None)


# -- files of scans ---------------------------------------------------------------------------------------------------

_COLUMNS = ("tracking_number", "code", "at", "place", "text")
_CONTROLS = dict.fromkeys((*range(32), 127), " ")


@dataclass(frozen=True, slots=True)
class Row:
    """One sound line of a file of scans."""

    line: int
    tracking_number: str
    code: Code
    at: datetime
    place: str = ""
    text: str = ""


def read_scans(lines: Iterable[str], *, now: datetime, zone: str = "", problems: list[Problem]) -> Iterator[Row]:
    """Yield the sound rows of a CSV of scans as they are read; add to `problems` why the others are not.

    Times need an offset, unless `zone` names the place whose clock they tell. What lies more than a day ahead of
    `now` is refused: a scan that has not happened would start duties that are not due.
    """
    required = ("tracking_number", "code", "at")
    for line, cells in rows_of(lines, columns=_COLUMNS, required=required, problems=problems):
        code, at = code_of(cells["code"]), _time(cells["at"], zone)
        number = cells["tracking_number"].replace(" ", "").upper()
        if not number or len(number) > 60:
            problems.append(Problem(line, "no_tracking_number", "tracking_number", cells["tracking_number"]))
        elif code is None:
            problems.append(Problem(line, "unknown_code", "code", cells["code"]))
        elif isinstance(at, str):
            problems.append(Problem(line, at, "at", cells["at"]))
        elif not _EARLIEST < at < now + timedelta(days=1):
            problems.append(Problem(line, "impossible_time", "at", cells["at"]))
        else:
            yield Row(line, number, code, at, _words(cells["place"], 120), _words(cells["text"], 200))


def _time(words: str, zone: str) -> datetime | str:
    """Return the UTC instant that `words` tell, or the code of what is wrong with them."""
    try:
        at = datetime.fromisoformat(words)
        if at.tzinfo is None:
            if not zone:
                return "time_without_zone"
            at = at.replace(tzinfo=ZoneInfo(zone))
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return "not_a_time"


def _words(text: str, most: int) -> str:
    return text.translate(_CONTROLS)[:most].strip()
