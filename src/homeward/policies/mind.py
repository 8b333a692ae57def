"""The right to change one's mind: its window where the shopper lives, and the bars that may close it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from homeward.policies import windows
from homeward.policies.bars import BARS, Bar, condition_bar
from homeward.policies.decision import Result, Source, Tried
from homeward.policies.facts import ALL, Facts
from homeward.policies.hearing import OPEN, Hearing
from homeward.policies.packs import Pack

_FALLS_IF_SHOWN = frozenset({"default_unless_disclosed", "posted_policy_default"})


def try_all(hearing: Hearing) -> None:
    """Try the right itself, then the bars. For faulty goods both only say what would hold beside."""
    _right(hearing)
    _bars(hearing)


def _right(hearing: Hearing) -> None:
    law, facts = hearing.pack.law.withdrawal, hearing.s.facts
    if law.kind == "none":
        other_law = law.unless_terms_shown and facts.return_terms_shown is not True
        _no_right(hearing, "no_right_here", doubt="other_law_may_help" if other_law else "")
    elif law.kind == "conditional":
        _no_right(hearing, "only_on_failure", doubt="only_on_failure")
    elif law.kind in _FALLS_IF_SHOWN and facts.return_terms_shown is True:
        _no_right(hearing, "terms_were_shown")
    elif law.kind == "unknown" or law.days is None:
        _no_right(hearing, "no_data", doubt="no_data")
    else:
        _window(hearing)


def _no_right(hearing: Hearing, reason: str, doubt: str = "") -> None:
    """The law gives no right here; the shop alone may."""
    ref = hearing.pack.law.withdrawal.clause.ref
    hearing.pass_by(ref, reason)
    if hearing.s.claims_fault:
        return
    if doubt:
        hearing.doubt(doubt)
    else:
        hearing.close(ref, is_sure=hearing.pack.is_solid("withdrawal_kind"))


def _window(hearing: Hearing) -> None:
    law, s = hearing.pack.law.withdrawal, hearing.s
    opened = s.ordered_day if windows.counts_from_order(law) else s.delivered_day
    if opened is None:
        _without_delivery(hearing)
        return
    regular = windows.change_of_mind_ends(law, opened, s.place)
    end = hearing.withdrawal_end = _with_late_information(hearing, regular, opened)
    ref = law.clause.ref
    if s.claims_fault:
        hearing.pass_by(ref, "judged_as_fault")
    elif end is None or s.asked_day <= end:
        hearing.withdrawal_open = True
        hearing.withdrawal_refs.append(ref)
        _tell_open(hearing, regular, opened)
    else:
        hearing.close(ref, is_sure=_is_surely_over(hearing, end, is_longer=end > regular))
        hearing.tell(ref, Result.CLOSED, "window_over", last_day=end.isoformat())
    _tell_extension(hearing, regular, end)


def _tell_open(hearing: Hearing, regular: date, opened: date) -> None:
    """Keep that the window is open, until when, and on which day of it the shopper asked."""
    law, s, end = hearing.pack.law.withdrawal, hearing.s, hearing.withdrawal_end
    if end is None:  # it ends only after the information
        hearing.tell(law.clause.ref, Result.GRANTED, "not_begun")
        return
    day = (s.asked_day - opened).days + (law.first_day == "event_day")
    reason = "in_time" if s.asked_day <= regular else "in_longer_time"
    hearing.tell(law.clause.ref, Result.GRANTED, reason, day=day, of=law.days or 0, last_day=end.isoformat())


def _without_delivery(hearing: Hearing) -> None:
    """Without a delivery date the window cannot have ended earlier than if it had opened with the order."""
    law, s = hearing.pack.law.withdrawal, hearing.s
    if s.claims_fault:
        hearing.pass_by(law.clause.ref, "judged_as_fault")
    elif s.asked_day <= windows.change_of_mind_ends(law, s.ordered_day, s.place):
        hearing.withdrawal_open = True
        hearing.withdrawal_refs.append(law.clause.ref)
        hearing.tell(law.clause.ref, Result.GRANTED, "not_begun")
    else:
        hearing.questions.append("delivered_at")
        hearing.tell(law.clause.ref, Result.NOT_MET, "no_delivery_date")
    _tell_extension(hearing, s.ordered_day, s.ordered_day)


def _with_late_information(hearing: Hearing, regular: date, opened: date) -> date | None:
    """Return the last day, later where the shop cannot prove that it informed in time; None where that has no end."""
    facts, law, place = hearing.s.facts, hearing.pack.law.withdrawal, hearing.s.place
    informed = place.day(facts.informed_at) if facts.informed_at else None
    was_informed = facts.informed_of_withdrawal is True if informed is None else informed <= opened
    if was_informed:
        return regular
    return windows.uninformed_ends(law, regular, informed, place, opened=opened, ordered=hearing.s.ordered_day)


def _tell_extension(hearing: Hearing, regular: date, end: date | None) -> None:
    """Keep how the clause on missing information came out."""
    clause = hearing.pack.law.withdrawal.not_informed_clause
    if clause is None:
        return
    if hearing.s.claims_fault:
        hearing.pass_by(clause.ref, "judged_as_fault")
    elif end is None:
        hearing.withdrawal_refs.append(clause.ref)
        hearing.tell(clause.ref, Result.GRANTED, "not_begun")
    elif end <= regular:
        hearing.pass_by(clause.ref, "not_needed")
    else:
        if regular < hearing.s.asked_day <= end:
            hearing.withdrawal_refs.append(clause.ref)
        result = Result.GRANTED if hearing.withdrawal_open else Result.CLOSED
        hearing.tell(clause.ref, result, "not_informed", last_day=end.isoformat())


def _is_surely_over(hearing: Hearing, end: date, *, is_longer: bool) -> bool:
    """Whether the window is over even under the kindest reading of every field that is not verified."""
    pack, s = hearing.pack, hearing.s
    if not pack.is_solid("withdrawal_days") or (is_longer and not pack.is_solid("not_informed_extension")):
        return False
    kindest = windows.most_generous_end(
        pack.law.withdrawal, end, s.place,
        first_day_sure=pack.is_solid("first_day"), rolling_sure=pack.is_solid("last_day_rolls"),
    )  # fmt: skip
    return s.asked_day > kindest


# The bars.


class CompiledBar:
    """A bar of one pack, with the lines that it leaves in a trace. No key means: the state that the law demands."""

    __slots__ = ("bar", "is_solid", "key", "needs_confirmation", "needs_notice", "not_asked", "other_goods", "ref")

    def __init__(
        self, ref: str, bar: Bar, *, is_solid: bool, key: str = "", needs_notice: bool = False,
        needs_confirmation: bool = False,
    ) -> None:  # fmt: skip
        self.ref, self.bar, self.key, self.is_solid = ref, bar, key, is_solid
        self.needs_notice, self.needs_confirmation = needs_notice, needs_confirmation
        self.other_goods = Tried(ref, Source.BAR, Result.NOT_APPLICABLE, "other_goods")
        self.not_asked = Tried(ref, Source.BAR, Result.NOT_APPLICABLE, "no_bar_here")


@dataclass(frozen=True, slots=True)
class PackBars:
    """All bars of one pack."""

    all: tuple[CompiledBar, ...]
    by_state: tuple[CompiledBar, ...]
    traits: frozenset[str]
    other_goods: tuple[Tried, ...]
    not_asked: tuple[Tried, ...]

    def are_strangers_to(self, facts: Facts) -> bool:
        """Whether no bar speaks of goods like these; most goods pass at one look at their traits."""
        if not self.traits.isdisjoint(facts.goods.traits):
            return False
        return not any(bar.bar.concerns(facts) for bar in self.by_state)


@lru_cache(maxsize=512)
def _bars_of(pack: Pack) -> PackBars:
    law, bars = pack.law.bars, []
    if law:
        bars += [
            CompiledBar(
                closed.ref,
                BARS[key],
                key=key,
                needs_notice=law.need_notice and not closed.needs_confirmation,
                needs_confirmation=closed.needs_confirmation,
                is_solid=pack.is_solid_bar(key),
            )
            for key, closed in law.closed.items()
        ]
    state, clause = condition_bar(pack.law.deduction.condition), pack.law.deduction.clause
    if state and clause:
        bars.append(CompiledBar(clause.ref, state, is_solid=pack.is_solid("condition_demanded")))
    return PackBars(
        tuple(bars),
        tuple(bar for bar in bars if not bar.bar.traits),
        frozenset().union(*(bar.bar.traits for bar in bars)),
        tuple(bar.other_goods for bar in bars),
        tuple(bar.not_asked for bar in bars),
    )


def _bars(hearing: Hearing) -> None:
    """Try the exceptions: each closes the way only for its goods, and only after due notice."""
    bars, facts = _bars_of(hearing.pack), hearing.s.facts
    is_asked = hearing.withdrawal_open or hearing.withdrawal_end is not None
    if hearing.s.claims_fault or not is_asked:
        hearing.trace.extend(bars.not_asked)
    elif bars.are_strangers_to(facts):
        hearing.trace.extend(bars.other_goods)
    else:
        for bar in bars.all:
            hearing.trace.append(_try_bar(hearing, bar))


def _try_bar(hearing: Hearing, bar: CompiledBar) -> Tried:
    facts = hearing.s.facts
    if not bar.bar.concerns(facts):
        return bar.other_goods
    if reason := _why_open(hearing, bar):
        by = {"by": hearing.waived[bar.key]} if reason == "waived" else {}
        return Tried(bar.ref, Source.BAR, Result.NOT_MET, reason, by)
    bites, question = bar.bar.bites(facts), {"question": bar.bar.answer} if bar.bar.answer else {}
    if bites is None:
        hearing.questions.append(bar.bar.answer)
        hearing.barred = hearing.barred or OPEN
        return Tried(bar.ref, Source.BAR, Result.NOT_MET, "to_be_asked", question)
    if not bites:
        return Tried(bar.ref, Source.BAR, Result.NOT_MET, "answered_no", question)
    hearing.barred = hearing.barred if hearing.is_closed_by_bar else bar.ref
    hearing.close(bar.ref, is_sure=bar.is_solid)
    return Tried(bar.ref, Source.BAR, Result.CLOSED, "closes")


def _why_open(hearing: Hearing, bar: CompiledBar) -> str:
    """Return why an exception does not count for goods that it concerns, or nothing."""
    facts = hearing.s.facts
    if bar.key in hearing.waived:
        return "waived"
    if bar.key and bar.key not in hearing.book.used_bars:
        return "not_used"
    if bar.needs_confirmation and bar.key not in facts.confirmations:
        return "not_confirmed"
    if bar.needs_notice and facts.notices_shown.isdisjoint({bar.key, ALL}):
        return "notice_not_shown"
    return ""


def is_free_of_bars(hearing: Hearing) -> bool:
    """Whether no exception stands in the way of a change of mind, asked or not."""
    if not hearing.s.claims_fault:
        return not hearing.barred
    bars, facts = _bars_of(hearing.pack), hearing.s.facts
    if bars.are_strangers_to(facts):
        return True
    return not any(
        bar.bar.concerns(facts) and not _why_open(hearing, bar) and bar.bar.bites(facts) is not False
        for bar in bars.all
    )
