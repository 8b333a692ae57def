"""Deadlines by law: for a place, a question and the event that starts it, the last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, get_args

from homeward.kernel import Deadline, Unit
from homeward.policies import overlays, packs, windows
from homeward.policies.editions import Pack
from homeward.policies.overlay_forms import CustomsRelief
from homeward.policies.statutes import DayType, NotInformed, Question
from homeward.policies.windows import Place

QUESTIONS: tuple[Question, ...] = get_args(Question)
Why = Literal["not_regulated", "not_known"]


class NotAnswered(Exception):
    """A question that the law of a place does not answer: it says nothing, or we do not know what it says."""

    def __init__(self, code: str, question: str, why: Why, message: str) -> None:
        words = "not regulated" if why == "not_regulated" else "not known"
        super().__init__(f"{code} {question}: {words}: {message}")
        self.code, self.question, self.why = code, question, why


def due(code: str, question: Question, event: date, *, pack: Pack | None = None) -> date:
    """Return the last day for `question` in a place, when the event that starts it was on the local day `event`.

    Shoppers' deadlines roll on to a working day where the law says so; those of the seller stay on the earlier day.
    The event is: the delivery (withdrawal, reject, guarantee; the purchase or the contract's copy where the law counts
    from there), whatever starts the refund clock, the complaint (reply), the export (tax-free and customs return).

    :raises NotAnswered: if the law is silent, or not known.
    :raises KeyError: if we hold no law for the place.
    """
    pack = pack or pack_of(code, event, question)
    return _ANSWERS[question](_Asked(code.upper(), question, event, pack))


def pack_of(code: str, on: date, question: str) -> Pack:
    """Return the pack that holds in a place on a day.

    :raises KeyError: if we hold no law for the place.
    :raises NotAnswered: if we hold law for the place, but none for that day.
    """
    country, _, part = code.upper().partition("-")
    if country not in packs.library().codes or country == packs.NOWHERE:
        raise KeyError(code)
    found = packs.pack_for(country, part, on=on)
    if found.code == packs.NOWHERE:
        raise NotAnswered(code, question, "not_known", f"no edition of this law that we hold was in force on {on}")
    return found


class _Asked:
    """A question with the law that answers it."""

    def __init__(self, code: str, question: Question, event: date, pack: Pack) -> None:
        self.code, self.question, self.event, self.pack, self.law = code, question, event, pack, pack.law
        country, _, part = pack.code.partition("-")
        self.place = Place(pack.law.zone, country, part, pack.weekend)

    def silent(self, message: str) -> NotAnswered:
        return NotAnswered(self.code, self.question, "not_regulated", message)

    def unknown(self, message: str) -> NotAnswered:
        return NotAnswered(self.code, self.question, "not_known", message)

    def missing(self, word: str, message: str) -> NotAnswered:
        """Return why a field is empty: the law is known to say nothing, or nobody has established what it says."""
        is_silent = word in self.law.trust.unregulated
        return self.silent(message) if is_silent else self.unknown(f"{message}, or nobody has established it")

    def seller_day(self, days: int, day_type: DayType) -> date:
        """Return the last day of a seller's term, which never rolls on."""
        unit = Unit.WORKING_DAYS if day_type == "business" else Unit.DAYS
        return windows.last_day(
            Deadline(days, unit), self.event, self.place.country, self.place.subdivision, self.place.weekend
        )


def _withdrawal(asked: _Asked) -> date:
    law = asked.law.withdrawal
    if law.kind == "none":
        raise asked.silent(f"the law of {asked.law.name} gives no right to change one's mind about an online purchase")
    if law.days is None:
        raise asked.unknown(f"for {asked.law.name} no number of days is known")
    return windows.change_of_mind_ends(law, asked.event, asked.place)


def _uninformed(asked: _Asked) -> date:
    law, longer = asked.law.withdrawal, asked.law.withdrawal.not_informed
    if law.kind == "none":
        raise asked.silent(f"the law of {asked.law.name} gives no right to change one's mind about an online purchase")
    if longer == "none":
        raise asked.silent(f"the law of {asked.law.name} adds no time where the shopper was not informed")
    if not isinstance(longer, NotInformed):
        raise asked.unknown(f"for {asked.law.name} nothing is known about missing information")
    if longer.how == "information" and longer.months is None:
        if longer.days is None:
            raise asked.silent("the time does not begin to run, so it has no end, before the shopper is informed")
        informed = windows.uninformed_ends(
            law, asked.event, asked.event, asked.place, opened=asked.event, ordered=asked.event
        )
        assert informed is not None
        return informed
    regular = windows.change_of_mind_ends(law, asked.event, asked.place) if law.days is not None else asked.event
    end = windows.uninformed_ends(law, regular, None, asked.place, opened=asked.event, ordered=asked.event)
    assert end is not None
    return end


def _refund(asked: _Asked) -> date:
    law = asked.law.refund
    if law.days is None:
        if asked.law.withdrawal.kind == "none":
            raise asked.silent("without a right to change one's mind there is no term for its refund")
        raise asked.missing("refund_deadline_days", f"the law of {asked.law.name} has no number of days for the refund")
    return asked.seller_day(law.days, law.day_type)


def _reject(asked: _Asked) -> date:
    law = asked.law.short_term
    if law is None:
        raise asked.missing("short_term_reject_days", f"the law of {asked.law.name} has no early rejection by days")
    return windows.rejection_ends(law, asked.law.withdrawal, asked.event, asked.place)


def _guarantee(asked: _Asked) -> date:
    law = asked.law.guarantee
    if law is not None and law.kind == "provincial":
        raise asked.silent(f"in {asked.law.name} this is a matter of the provinces")
    if law is None or law.months is None:
        raise asked.missing("guarantee_months", f"the law of {asked.law.name} names no number of months")
    return windows.months_after(law.months, asked.event)


def _reply(asked: _Asked) -> date:
    law = asked.law.reply
    if law is None:
        raise asked.missing("trader_reply_days", f"the law of {asked.law.name} has no term for answering a complaint")
    return asked.seller_day(law.days, law.day_type)


def _customs(asked: _Asked) -> date:
    """Return the last day of the longest relief that answers the question; customs terms never roll on."""
    reliefs = [one for one in overlays.customs_relief(asked.pack.code, asked.event) if asked.question in one.answers]
    nearest = [one for one in reliefs if one.place == reliefs[0].place]
    if ends := [end for one in nearest if (end := _relief_ends(one, asked.event))]:
        return max(ends)
    others = [one for one in overlays.customs_ever(asked.pack.code) if asked.question in one.answers]
    dated = [f"{one.instrument} ({one.valid_from or '…'} to {one.valid_to or '…'})" for one in others]
    if any(one.window_months or one.back_within_days for one in others):
        raise asked.unknown(f"no relief that we hold covers goods exported on {asked.event}: {', '.join(dated)}")
    if others:
        raise asked.unknown(f"{', '.join(one.name for one in others)}: its window is not established")
    raise asked.unknown(f"for {asked.law.name} we hold no relief on goods that come back")


def _relief_ends(relief: CustomsRelief, event: date) -> date | None:
    if relief.window_months is not None:
        return Deadline(relief.window_months, Unit.MONTHS).last_day(event)
    return None if relief.back_within_days is None else Deadline(relief.back_within_days).last_day(event)


_ANSWERS: dict[Question, Callable[[_Asked], date]] = {
    "withdrawal": _withdrawal,
    "withdrawal-uninformed": _uninformed,
    "refund": _refund,
    "reject": _reject,
    "guarantee": _guarantee,
    "reply": _reply,
    "tax-free-return": _customs,
    "customs-return": _customs,
}
