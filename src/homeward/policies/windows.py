"""Windows: the last day on which one may ask, counted where the shopper lives, and the day on which money is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from homeward.kernel import Calendar, Deadline, Unit
from homeward.kernel.deadline import end_of_day
from homeward.policies.decision import RefundRule, Term
from homeward.policies.statutes import Guarantee, NotInformed, ShortTerm, Withdrawal

SATURDAY_AND_SUNDAY = frozenset({5, 6})
_UNITS = {"calendar": Unit.DAYS, "business": Unit.WORKING_DAYS}
_FROM_ORDER = frozenset({"order", "purchase"})
_EITHER = "goods_back_or_proof_of_sending"


@dataclass(frozen=True, slots=True)
class Place:
    """Where days are counted: the shopper's zone, and whose public holidays."""

    zone: str
    country: str
    subdivision: str = ""
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY

    def day(self, moment: datetime) -> date:
        """Return the local day of `moment`."""
        return moment.astimezone(_zone(self.zone)).date()

    def end(self, day: date) -> datetime:
        """Return the last instant of the local `day`, as UTC."""
        return _end(day, self.zone)


_zone = lru_cache(maxsize=1024)(ZoneInfo)


@lru_cache(maxsize=16384)
def _end(day: date, zone: str) -> datetime:
    return end_of_day(day, zone=zone)


@lru_cache(maxsize=16384)
def last_day(
    span: Deadline, event: date, country: str, subdivision: str, weekend: frozenset[int] = SATURDAY_AND_SUNDAY
) -> date:
    """Return the last day of `span` after a local `event`, with the working days of that country."""
    return span.last_day(event, Calendar(country, subdivision, weekend=weekend))


def _ends(span: Deadline, event: date, place: Place) -> date:
    return last_day(span, event, place.country, place.subdivision, place.weekend)


@lru_cache(maxsize=256)
def _span(days: int, day_type: str, first_day: str, rolls: bool) -> Deadline:
    return Deadline(days, _UNITS[day_type], first_day, rolls)


def counts_from_order(law: Withdrawal) -> bool:
    """Whether the window opens with the purchase and not with the goods."""
    return law.counts_from in _FROM_ORDER


def change_of_mind_ends(law: Withdrawal, opened: date, place: Place) -> date:
    """Return the last day to change one's mind for a shopper who was informed, for a window that `opened` that day.

    Counts as Regulation 1182/71 or the local law has it: without or with the first day, rolling on or not.
    """
    assert law.days is not None
    return _ends(_span(law.days, law.day_type, law.first_day, rolls(law)), opened, place)


def rolls(law: Withdrawal) -> bool:
    """Whether a last day that is no working day moves to the next one."""
    return law.rolls == "next_working_day"


def uninformed_ends(
    law: Withdrawal, regular: date, informed: date | None, place: Place, *, opened: date, ordered: date
) -> date | None:
    """Return the last day where the information about the right came late (`informed`) or never; None for no end.

    `regular` is the last day for the informed, whose window `opened` that day; `ordered` is the day of the contract.
    Art. 10 of Directive 2011/83/EU adds twelve months to it, cut short to fourteen days after late information; other
    laws give another span from the same start or from the contract, or let the window begin with the information.
    """
    extension = law.not_informed
    if not isinstance(extension, NotInformed):
        return regular
    match extension.how:
        case "add":
            return _added(law, extension, regular, informed, place)
        case "replace":
            longest = _ends(_late_span(law, extension), opened, place)
        case "contract":
            longest = _ends(_late_span(law, extension), ordered, place)
        case "information":
            return _from_information(law, extension, (regular, opened), informed, place)
    return max(regular, longest)


def _late_span(law: Withdrawal, extension: NotInformed) -> Deadline:
    if extension.months is not None:
        return Deadline(extension.months, Unit.MONTHS, rolls=rolls(law))
    return _span(extension.days or 0, "calendar", law.first_day, rolls(law))


def _added(law: Withdrawal, extension: NotInformed, regular: date, informed: date | None, place: Place) -> date:
    longest = _ends(_late_span(law, extension), regular, place)
    if informed is None or extension.cut_short_days is None:
        return longest
    span = _span(extension.cut_short_days, "calendar", law.first_day, rolls(law))
    return max(regular, min(longest, _ends(span, informed, place)))


def _from_information(
    law: Withdrawal, extension: NotInformed, window: tuple[date, date], informed: date | None, place: Place
) -> date | None:
    """Count from the information; `window` is the regular last day and the day on which it opened."""
    regular, opened = window
    longest = None
    if extension.months is not None:
        longest = _ends(Deadline(extension.months, Unit.MONTHS, rolls=rolls(law)), opened, place)
    if informed is None:
        return longest
    end = max(
        regular, _ends(_span(extension.days or law.days or 0, law.day_type, law.first_day, rolls(law)), informed, place)
    )
    return end if longest is None else max(regular, min(end, longest))


def most_generous_end(law: Withdrawal, end: date, place: Place, *, first_day_sure: bool, rolling_sure: bool) -> date:
    """Return the last day under the kindest reading of what is not verified, so that no doubt refuses anybody."""
    if law.first_day == "event_day" and not first_day_sure:
        end += timedelta(days=1)
    if law.rolls != "next_working_day" and not rolling_sure:
        end = Calendar(place.country, place.subdivision, weekend=place.weekend).next_working(end)
    return end


@lru_cache(maxsize=16384)
def months_after(months: int, event: date) -> date:
    """Return the last day of a term of months that a law counts from the local day `event`."""
    return Deadline(months, Unit.MONTHS).last_day(event)


def rejection_ends(law: ShortTerm, window: Withdrawal, event: date, place: Place) -> date:
    """Return the last day for early rejection of goods that came on the day `event`; it rolls as the law has it."""
    return _ends(_span(law.days, "calendar", "day_after_event", rolls(window)), event, place)


def guarantee_months(law: Guarantee, contract: date, *, repaired: bool) -> int | None:
    """Return how many months the legal guarantee runs for a contract of that day; None where the law has no number."""
    if law.months is None or not repaired:
        return law.months
    extra = law.national_extension_months or 0
    if law.extension and contract >= (law.extension.contracts_from or contract):
        extra = max(extra, law.extension.months)
    return law.months + extra


@dataclass(frozen=True, slots=True)
class Due:
    """When a refund must be made. `is_held` means that the law lets the trader wait for the goods or their posting."""

    law_at: datetime | None
    promise_at: datetime | None
    is_held: bool

    @property
    def first_at(self) -> datetime | None:
        """The earlier of the two, which is the one to watch."""
        return min((at for at in (self.law_at, self.promise_at) if at), default=None)


def refund_due(rule: RefundRule, events: Mapping[str, datetime], place: Place) -> Due:
    """Return when the money is due, given what has happened so far.

    `events` holds moments by name: "trader_informed_of_withdrawal", "goods_back", "proof_of_sending",
    "contract_ended", "cancellation". A trader's term never rolls on to a working day: the earlier date is the target.
    """
    law_at = _term_end(rule.law, events, place)
    released = _moment(rule.may_withhold_until, events) if rule.may_withhold_until else None
    if law_at and released:
        law_at = max(law_at, place.end(place.day(released)))
    is_held = bool(rule.may_withhold_until) and released is None
    return Due(law_at, _term_end(rule.promise, events, place), is_held)


def _moment(event: str, events: Mapping[str, datetime]) -> datetime | None:
    if event == _EITHER:
        return min((events[name] for name in ("goods_back", "proof_of_sending") if name in events), default=None)
    return events.get(event)


def _term_end(term: Term | None, events: Mapping[str, datetime], place: Place) -> datetime | None:
    began = _moment(term.event, events) if term else None
    if term is None or began is None:
        return None
    span = _span(term.days, term.day_type, "day_after_event", False)
    return place.end(_ends(span, place.day(began), place))
