"""What a shop's rulebook adds to the law in one case: longer windows, free freight, more remedies, a person's eye."""

from __future__ import annotations

from datetime import date, timedelta

from homeward.kernel import Money
from homeward.policies import windows
from homeward.policies.decision import Citation, Deduction, Offer, Remedy, Result, Source, Term, Track, Tried
from homeward.policies.hearing import Hearing
from homeward.policies.rulebook import CompiledClause, Fee, Then
from homeward.policies.situation import Situation

_UNHELD = frozenset({Track.CHANGE_OF_MIND, Track.SAFETY})  # rights that no question or second look may hold up


class Promises:
    """The sum of a shop's clauses for one case."""

    __slots__ = (
        "citations", "deductions", "evidence_wanted", "fees", "granted_by", "holds", "is_boundless", "keeps",
        "last_day", "offers", "pays_return", "questions", "refund", "route",
    )  # fmt: skip

    def __init__(self) -> None:
        self.granted_by = ""  # the first clause whose own window is open
        self.questions: list[str] = []  # what to ask, for one would be open if the answer were good
        self.last_day: date | None = None  # the latest of the shop's windows, open or over
        self.is_boundless = False  # open, and not yet begun to run
        self.pays_return = ""
        self.keeps = ""
        self.refund: Term | None = None
        self.route = ""
        self.offers: list[Offer] = []
        self.deductions: list[Deduction] = []
        self.evidence_wanted: list[str] = []
        self.citations: list[Citation] = []
        self.fees: list[tuple[int, CompiledClause]] = []  # waiting for the track, with their place in the trace
        self.holds: list[tuple[int, CompiledClause]] = []

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
            line = _window(clause, hearing, promises) if clause.has_window else clause.adds
            trace.append(line)
            if line.result == Result.GRANTED:
                _add(clause, promises, len(trace) - 1)
    return promises


def _ends(then: Then, s: Situation) -> date:
    """Return the last day of a clause's own window; without a delivery date, the earliest that it can be."""
    base, days = s.delivered_day or s.ordered_day, []
    if then.guarantee_months is not None and s.claims_fault:
        days.append(windows.months_after(then.guarantee_months, base))
    if then.extend_until is not None:
        days.append(next_day(then.extend_until, s.ordered_day))
    if then.extend_days is not None:
        days.append(base + timedelta(days=then.extend_days))
    return max(days)


def next_day(month_day: str, after: date) -> date:
    """Return the first such day of a year on or after a day: "01-31" after an order in November is next January."""
    month, day = int(month_day[:2]), int(month_day[3:])
    for year in range(after.year, after.year + 9):  # 29 February comes round within eight years
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= after:
            return found
    raise AssertionError(f"{month_day} is no day of the year")


def _window(clause: CompiledClause, hearing: Hearing, promises: Promises) -> Tried:
    """Try a clause's own window; only while it is open do its other benefits count."""
    s, then = hearing.s, clause.then
    if not s.claims_fault and then.extend_days is None and then.extend_until is None:
        return _tried(clause, Result.NOT_APPLICABLE, "other_reason")
    if hearing.is_closed_by_bar:
        return _tried(clause, Result.NOT_MET, "bar_above", by=hearing.barred)
    end, has_begun = _ends(then, s), s.delivered_day is not None or then.extend_days is None
    if s.asked_day > end and has_begun:
        promises.last_day = max(end, promises.last_day or end)
        return _tried(clause, Result.CLOSED, "window_over", last_day=end.isoformat())
    if s.asked_day > end:  # it opened with a delivery whose day we do not know
        promises.questions.append("delivered_at")
        return _tried(clause, Result.NOT_MET, "no_delivery_date")
    if hearing.barred:
        promises.questions += hearing.questions
        return _tried(clause, Result.NOT_MET, "to_be_asked", question=hearing.questions[0])
    promises.granted_by = promises.granted_by or clause.ref
    if not has_begun:
        promises.is_boundless = True
        return _tried(clause, Result.GRANTED, "not_begun")
    promises.last_day = max(end, promises.last_day or end)
    law = hearing.law_end if s.claims_fault else hearing.withdrawal_end
    reason = "in_time" if law is None or end > law else "law_gives_as_much"
    return _tried(clause, Result.GRANTED, reason, last_day=end.isoformat())


def _tried(clause: CompiledClause, result: Result, reason: str, **detail: str | int) -> Tried:
    return Tried(clause.ref, Source.SHOP, result, reason, detail)


def _add(clause: CompiledClause, promises: Promises, place: int) -> None:
    """Count the benefits of a clause that speaks; `place` is its line in the trace."""
    then, ref = clause.then, clause.ref
    promises.citations.append(clause.citation)
    promises.offers += clause.offers
    if then.merchant_pays_return:
        promises.pays_return = promises.pays_return or ref
    if then.keep:
        promises.keeps = promises.keeps or ref
    if then.refund_within_days is not None and (
        promises.refund is None or then.refund_within_days < promises.refund.days
    ):
        promises.refund = Term(then.refund_within_days, "goods_back", ref)
    if then.fee is not None:
        promises.fees.append((place, clause))
    if then.route or then.evidence:
        promises.holds.append((place, clause))


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
