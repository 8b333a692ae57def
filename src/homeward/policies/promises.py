"""What a shop's rulebook adds to the law in one case: longer windows, free freight, more remedies, a person's eye."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from homeward.kernel import Money
from homeward.policies import windows
from homeward.policies.decision import Citation, Deduction, Offer, Remedy, Result, Source, Term, Track, Tried
from homeward.policies.hearing import Hearing
from homeward.policies.rulebook import CompiledClause, Fee, Then
from homeward.policies.situation import Situation

_UNHELD = frozenset({Track.CHANGE_OF_MIND, Track.SAFETY})  # rights that no question or second look may hold up


@dataclass(slots=True)
class Promises:
    """The sum of a shop's clauses for one case."""

    granted_by: str = ""  # the first clause whose own window is open
    may_grant: bool = False  # one may be, once an open question is answered
    last_day: date | None = None  # the latest of the shop's windows, open or over
    is_boundless: bool = False  # open, and not yet begun to run
    pays_return: str = ""
    keeps: str = ""
    refund: Term | None = None
    route: str = ""
    offers: list[Offer] = field(default_factory=list)
    deductions: list[Deduction] = field(default_factory=list)
    evidence_wanted: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    fees: list[tuple[int, CompiledClause]] = field(default_factory=list)
    holds: list[tuple[int, CompiledClause]] = field(default_factory=list)

    @property
    def withholds_money(self) -> bool:
        """Whether the shop offers other things only, which is no answer where the law may give money."""
        return bool(self.offers) and all(offer.remedy != Remedy.REFUND for offer in self.offers)


def waivers(situation: Situation, clauses: tuple[CompiledClause, ...]) -> dict[str, str]:
    """Return the bars that the shop does not use here, each with the clause that says so."""
    waived: dict[str, str] = {}
    for clause in clauses:
        if all(test(situation) for test, _ in clause.tests):
            waived |= dict.fromkeys(clause.then.waive, clause.ref)
    return waived


def hear(hearing: Hearing) -> Promises:
    """Try every clause of the shop, and keep each in the trace with its outcome."""
    promises, situation, trace = Promises(), hearing.s, hearing.trace
    for clause in hearing.book.compiled:
        for test, line in clause.tests:
            if not test(situation):
                trace.append(line)
                break
        else:
            if not clause.has_window or _window(clause, hearing, promises):
                _add(clause, hearing, promises)
    return promises


def _ends(then: Then, s: Situation) -> date:
    """Return the last day of a clause's own window; without a delivery date, the earliest that it can be."""
    base, days = s.delivered_day or s.ordered_day, []
    if then.guarantee_months is not None and s.claims_fault:
        days.append(windows.months_after(then.guarantee_months, base))
    if then.extend_until is not None:
        days.append(_next(then.extend_until, s.ordered_day))
    if then.extend_days is not None:
        days.append(base + timedelta(days=then.extend_days))
    return max(days)


def _next(month_day: str, after: date) -> date:
    month, day = int(month_day[:2]), int(month_day[3:])
    for year in range(after.year, after.year + 9):  # 29 February comes round within eight years
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= after:
            return found
    raise AssertionError(f"{month_day} is no day of the year")


def _window(clause: CompiledClause, hearing: Hearing, promises: Promises) -> bool:
    """Try a clause's own window; return whether it is open and so its other benefits count."""
    s, then = hearing.s, clause.then
    if not s.claims_fault and then.extend_days is None and then.extend_until is None:
        _tell(hearing, clause, Result.NOT_APPLICABLE, "other_reason")
        return False
    if hearing.is_closed_by_bar:
        _tell(hearing, clause, Result.NOT_MET, "bar_above", by=hearing.barred)
        return False
    end = _ends(then, s)
    if s.asked_day > end:
        _too_late(clause, end, hearing, promises)
        return False
    if hearing.barred:
        promises.may_grant = True
        _tell(hearing, clause, Result.NOT_MET, "to_be_asked", question=hearing.questions[0])
        return False
    promises.granted_by = promises.granted_by or clause.ref
    if s.delivered_day is None:
        promises.is_boundless = True
    else:
        promises.last_day = max(end, promises.last_day or end)
    return True


def _too_late(clause: CompiledClause, end: date, hearing: Hearing, promises: Promises) -> None:
    """A window is over, unless it opens with a delivery whose day we do not know."""
    if hearing.s.delivered_day is None and clause.then.extend_days is not None:
        promises.may_grant = True
        hearing.questions.append("delivered_at")
        _tell(hearing, clause, Result.NOT_MET, "no_delivery_date")
        return
    promises.last_day = max(end, promises.last_day or end)
    _tell(hearing, clause, Result.CLOSED, "window_over", last_day=end.isoformat())


def _tell(hearing: Hearing, clause: CompiledClause, result: Result, reason: str, **detail: str | int) -> None:
    hearing.trace.append(Tried(clause.ref, Source.SHOP, result, reason, detail))


def _add(clause: CompiledClause, hearing: Hearing, promises: Promises) -> None:
    """Count the benefits of a clause that speaks."""
    then, ref = clause.then, clause.ref
    promises.offers += [Offer(remedy, ref, Source.SHOP) for remedy in then.offer]
    if then.merchant_pays_return:
        promises.pays_return = promises.pays_return or ref
    if then.keep:
        promises.keeps = promises.keeps or ref
    if then.refund_within_days is not None and (
        promises.refund is None or then.refund_within_days < promises.refund.days
    ):
        promises.refund = Term(then.refund_within_days, "goods_back", ref)
    if then.fee is not None:
        promises.fees.append((len(hearing.trace), clause))
    if then.route or then.evidence:
        promises.holds.append((len(hearing.trace), clause))
    hearing.trace.append(_line(clause, hearing))
    promises.citations.append(clause.citation)


def _line(clause: CompiledClause, hearing: Hearing) -> Tried:
    if not clause.has_window:
        return clause.adds
    if hearing.s.delivered_day is None:
        return Tried(clause.ref, Source.SHOP, Result.GRANTED, "not_begun")
    end = _ends(clause.then, hearing.s)
    law = hearing.law_end if hearing.s.claims_fault else hearing.withdrawal_end
    reason = "in_time" if law is None or end > law else "law_gives_as_much"
    return Tried(clause.ref, Source.SHOP, Result.GRANTED, reason, {"last_day": end.isoformat()})


def settle(hearing: Hearing, promises: Promises, track: Track, *, is_refusal: bool) -> None:
    """Apply what depends on the track: fees only for goodwill, and no hold on a right that needs no ground."""
    for place, clause in promises.fees:
        refusal = _why_no_fee(hearing, track)
        if refusal:
            _take_back(hearing, promises, place, clause, refusal)
        elif clause.then.fee:
            promises.deductions.append(_fee(clause.ref, clause.then.fee, hearing.s))
    for place, clause in promises.holds:
        if is_refusal or track in _UNHELD:
            _take_back(hearing, promises, place, clause, "nothing_to_hold" if is_refusal else "right_above")
            continue
        promises.route = promises.route or clause.then.route
        missing = [kind for kind in clause.then.evidence if kind not in hearing.s.facts.evidence]
        promises.evidence_wanted += [kind for kind in missing if kind not in promises.evidence_wanted]
        if clause.then.evidence and not _gives(clause):
            reason = "evidence_missing" if missing else "evidence_given"
            hearing.trace[place] = Tried(clause.ref, Source.SHOP, Result.GRANTED, reason)


def _why_no_fee(hearing: Hearing, track: Track) -> str:
    if track != Track.GOODWILL or hearing.s.claims_fault:
        return "right_above"
    return "" if hearing.s.facts.return_terms_shown is True else "terms_not_shown"


def _take_back(hearing: Hearing, promises: Promises, place: int, clause: CompiledClause, reason: str) -> None:
    """A part of the clause cannot count; when it was all that the clause says, the clause is not met."""
    if _gives(clause):
        return
    hearing.trace[place] = Tried(clause.ref, Source.SHOP, Result.NOT_MET, reason)
    promises.citations.remove(clause.citation)


def _gives(clause: CompiledClause) -> bool:
    """Whether a clause gives something, beside its fee or hold."""
    then = clause.then
    gifts = (clause.has_window, then.offer, then.keep, then.merchant_pays_return, then.waive)
    return any(gifts) or then.refund_within_days is not None


def _fee(ref: str, fee: Fee, s: Situation) -> Deduction:
    amount = Money(fee.amount[s.currency], s.currency) if s.currency in fee.amount else None
    return Deduction("fee", ref, fee.percent, amount)
