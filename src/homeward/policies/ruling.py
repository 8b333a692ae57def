"""From a ruling to a written decision: deadlines, way back, freight, remedies, money, deductions, citations."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from homeward.policies import mind
from homeward.policies.decision import (
    Citation,
    Decision,
    Deduction,
    Offer,
    Outbound,
    Outcome,
    Payer,
    RefundRule,
    Remedy,
    Source,
    Term,
    Track,
    WayBack,
)
from homeward.policies.facts import Reason
from homeward.policies.hearing import Hearing
from homeward.policies.packs import Pack
from homeward.policies.promises import Promises
from homeward.policies.statutes import RemedyRule, Repayment

_FAULT_TRACKS = frozenset({Track.SAFETY, Track.DELIVERY, Track.LATE, Track.GUARANTEE, Track.SHORT_TERM})
_OUTBOUND = {"standard": Outbound.STANDARD, "full": Outbound.FULL, "none": Outbound.NONE, "policy": Outbound.POLICY}
_NOT_HELD = frozenset({"not_allowed", "unknown"})  # what is not known falls to the merchant
_DECIDING = {
    Track.CHANGE_OF_MIND: "withdrawal_days", Track.GUARANTEE: "guarantee_months", Track.DELIVERY: "guarantee_months",
    Track.LATE: "late_delivery_days", Track.SHORT_TERM: "short_term_reject_days",
}  # fmt: skip


class Ruling(NamedTuple):
    """What was decided, with the hearing and the shop's promises behind it."""

    outcome: Outcome
    track: Track
    hearing: Hearing
    promises: Promises

    @property
    def refuses(self) -> bool:
        """Whether the answer is no, so that nothing follows but the grounds."""
        return self.outcome == Outcome.REFUSE


def write(ruling: Ruling, *, at: datetime) -> Decision:
    """Put a ruling into a decision."""
    outcome, track, hearing, promises = ruling
    pack, place, refuses = hearing.pack, hearing.s.place, ruling.refuses
    way_back = _way_back(ruling)
    freight, freight_ref = _freight(ruling) if way_back == WayBack.SEND else (Payer.NOBODY, "")
    bases = _bases(ruling)
    refund = _NO_REFUND if refuses else _refund(ruling)
    deductions = () if refuses else (*_deductions(ruling), *promises.deductions)
    law_day = _law_day(hearing)
    day = _last_day(law_day, ruling)
    return Decision(
        outcome=outcome,
        track=track,
        bases=bases,
        deadline=place.end(day) if day else None,
        deadline_day=day,
        law_deadline=place.end(law_day) if law_day else None,
        withdraw_until=_withdraw_until(hearing),
        guarantee_until=hearing.guarantee_end,
        way_back=way_back,
        send_back=_send_back(pack) if way_back == WayBack.SEND and track == Track.CHANGE_OF_MIND else None,
        freight=freight,
        freight_ref=freight_ref,
        remedies=() if refuses else _remedies(ruling),
        refund=refund,
        deductions=deductions,
        evidence_wanted=() if refuses else tuple(promises.evidence_wanted),
        questions=() if refuses else tuple(dict.fromkeys(hearing.questions)),
        doubts=tuple(hearing.doubts) if outcome == Outcome.REVIEW else (),
        route=_route(ruling),
        citations=_citations(ruling, (*bases, freight_ref), refund, deductions),
        trace=tuple(hearing.trace),
        pack=pack.code,
        pack_version=pack.version,
        is_floor=pack.is_floor,
        is_verified=_is_verified(ruling),
        rulebook=hearing.book.ref,
        rulebook_version=hearing.book.version,
        decided_at=at,
    )


def _bases(ruling: Ruling) -> tuple[str, ...]:
    """Return the clauses that carry the outcome, strongest first."""
    outcome, track, hearing, promises = ruling
    if track == Track.GOODWILL:
        return (promises.granted_by,)
    if outcome == Outcome.REFUSE or hearing.is_closed_by_bar:
        return tuple(hearing.grounds)
    if track == Track.CHANGE_OF_MIND:
        return tuple(hearing.withdrawal_refs or hearing.grounds)
    refs = [ref for _, ref in hearing.granted]
    law = hearing.pack.law.guarantee
    if refs and law and law.burden_clause and "burden_on_shopper" not in hearing.doubts and track != Track.LATE:
        refs.append(law.burden_clause.ref)
    return tuple(refs or hearing.grounds)


def _law_day(hearing: Hearing) -> date | None:
    """Return the last day to ask by law, on the track of this request."""
    if hearing.s.claims_fault:
        return hearing.law_end
    return None if hearing.is_closed_by_bar else hearing.withdrawal_end


def _last_day(law_day: date | None, ruling: Ruling) -> date | None:
    """Return the later of law and shop; None where one has not begun to run, or neither has a window."""
    hearing, promises = ruling.hearing, ruling.promises
    if promises.is_boundless or (hearing.withdrawal_open and hearing.withdrawal_end is None):
        return None
    return max((day for day in (law_day, promises.last_day) if day), default=None)


def _withdraw_until(hearing: Hearing) -> datetime | None:
    """Return until when the right to change one's mind stays open beside this request."""
    end = hearing.withdrawal_end
    if end is None or hearing.s.asked_day > end or not mind.is_free_of_bars(hearing):
        return None
    return hearing.s.place.end(end)


def _way_back(ruling: Ruling) -> WayBack:
    """Return what becomes of the goods."""
    if ruling.hearing.is_dangerous:
        return WayBack.DO_NOT_SEND
    if ruling.refuses or ruling.hearing.s.facts.reason == Reason.MISSING or ruling.track == Track.LATE:
        return WayBack.NOTHING
    return WayBack.KEEP if ruling.promises.keeps else WayBack.SEND


def _freight(ruling: Ruling) -> tuple[Payer, str]:
    """Return who pays the way back, and the clause that says so. What is not known falls to the merchant."""
    hearing, promises = ruling.hearing, ruling.promises
    rule, facts = hearing.pack.law.freight, hearing.s.facts
    if hearing.s.claims_fault and rule.defect in {"merchant", "unknown"}:
        door = next((ref for _, ref in hearing.granted), "")
        return Payer.MERCHANT, door or promises.pays_return
    if promises.pays_return:
        return Payer.MERCHANT, promises.pays_return
    if ruling.track == Track.GOODWILL:
        return Payer.SHOPPER, promises.granted_by
    payer = rule.defect if hearing.s.claims_fault else rule.change_of_mind
    if payer == "shopper_if_informed" and facts.informed_of_withdrawal is True:
        payer = "shopper"
    shopper_pays = payer in {"shopper", "policy"}
    return (Payer.SHOPPER if shopper_pays else Payer.MERCHANT), rule.clause.ref if rule.clause else ""


def _remedies(ruling: Ruling) -> tuple[Offer, ...]:
    """Return the remedies in the law's order, then the shop's."""
    lawful, promised = _lawful(ruling), ruling.promises.offers
    if not promised and ruling.track != Track.GOODWILL:
        return lawful
    default = [] if lawful else [Offer(Remedy.REFUND, ruling.promises.granted_by, Source.SHOP)]
    offers = [*lawful, *(promised or default)]
    firsts: dict[tuple[Remedy, int], Offer] = {}
    for offer in offers:
        firsts.setdefault((offer.remedy, offer.tier), offer)
    return tuple(firsts.values())


def _lawful(ruling: Ruling) -> tuple[Offer, ...]:
    s, pack = ruling.hearing.s, ruling.hearing.pack
    beyond_repair = s.facts.reason in {Reason.WRONG_ITEM, Reason.MISSING} or "perishable" in s.facts.goods.traits
    age = s.order_age if s.age is None else s.age
    track = ruling.track
    if track == Track.GOODWILL and ruling.hearing.granted:  # the shop says yes without proof: the law's remedies stay
        track = ruling.hearing.granted[0][0]
    return _lawful_remedies(pack, track, min(age, _longest_limit(pack) + 1), beyond_repair=beyond_repair)


@lru_cache(maxsize=512)
def _longest_limit(pack: Pack) -> int:
    """Return after how many days the last of the remedies that have a day limit is over."""
    rules = [rule for group in pack.law.guarantee.remedies for rule in group] if pack.law.guarantee else []
    return max((rule.within_days for rule in rules if isinstance(rule, RemedyRule)), default=-1)


@lru_cache(maxsize=8192)
def _lawful_remedies(pack: Pack, track: Track, age: int, *, beyond_repair: bool) -> tuple[Offer, ...]:
    """Return what the law gives on a track, tier by tier, for goods so many days old."""
    law = pack.law
    if track == Track.CHANGE_OF_MIND:
        return (Offer(Remedy.REFUND, law.withdrawal.clause.ref, Source.STATUTE),)
    if track == Track.LATE and law.late:
        return (Offer(Remedy.REFUND, law.late.clause.ref, Source.STATUTE),)
    if track == Track.SAFETY and law.safety:
        return _tiers(law.safety.remedies, law.safety.clause.ref, age, beyond_repair=beyond_repair)
    if track in _FAULT_TRACKS and law.guarantee:
        return _tiers(law.guarantee.remedies, law.guarantee.clause.ref, age, beyond_repair=beyond_repair)
    return ()


def _tiers(
    tiers: tuple[tuple[str | RemedyRule, ...], ...], ref: str, age: int, *, beyond_repair: bool
) -> tuple[Offer, ...]:
    """Return the remedies tier by tier, without those that are over or make no sense for these goods."""
    offers: list[Offer] = []
    seen = {"repair"} if beyond_repair else set()
    tier = 0
    for group in tiers:
        is_open = [rule for rule in group if not isinstance(rule, RemedyRule) or age <= rule.within_days]
        kinds = [kind for kind in (str(getattr(rule, "kind", rule)) for rule in is_open) if kind not in seen]
        if kinds:
            tier += 1
            seen.update(kinds)
            offers += [Offer(Remedy(kind), ref, Source.STATUTE, tier) for kind in kinds]
    return tuple(offers)


_NO_REFUND = RefundRule()


def _refund(ruling: Ruling) -> RefundRule:
    """Return when the money is due by law and by promise, and what of the first delivery goes back with it."""
    law, track = ruling.hearing.pack.law, ruling.track
    promise = ruling.promises.refund
    if track == Track.CHANGE_OF_MIND:
        return _mind_refund(ruling.hearing.pack, promise)
    due: Term | None = None
    if track == Track.LATE and law.late:
        due = _term(law.late.refund, law.late.clause.ref)
    elif track in _FAULT_TRACKS and law.guarantee:
        due = _term(law.guarantee.refund, law.guarantee.clause.ref)
    outbound = Outbound.FULL if ruling.hearing.s.claims_fault else Outbound.POLICY
    return RefundRule(law=due, promise=promise, outbound=outbound)


def _term(repayment: Repayment | None, ref: str) -> Term | None:
    return Term(repayment.days, repayment.event, ref, repayment.day_type) if repayment else None


@lru_cache(maxsize=1024)
def _mind_refund(pack: Pack, promise: Term | None) -> RefundRule:
    rule = pack.law.refund
    ref = rule.clause.ref if rule.clause else ""
    return RefundRule(
        law=Term(rule.days, rule.event, ref, rule.day_type) if rule.days is not None else None,
        promise=promise,
        may_withhold_until="" if rule.may_withhold_until in _NOT_HELD else rule.may_withhold_until,
        same_means=rule.same_means is not False,
        outbound=_OUTBOUND.get(rule.outbound, Outbound.STANDARD),  # not known: the kinder reading
    )


@lru_cache(maxsize=512)
def _send_back(pack: Pack) -> Term | None:
    """Return how soon the goods must be on their way."""
    rule = pack.law.return_goods
    if rule is None or rule.days is None:
        return None
    return Term(rule.days, rule.event, pack.law.withdrawal.clause.ref)


def _deductions(ruling: Ruling) -> tuple[Deduction, ...]:
    """Return what the law lets the shop take off for wear; nothing where it did not inform the shopper."""
    rule, facts = ruling.hearing.pack.law.deduction, ruling.hearing.s.facts
    if ruling.track != Track.CHANGE_OF_MIND or rule.clause is None:
        return ()
    if rule.use == "refuse_if_not_intact":
        return (Deduction("not_intact", rule.clause.ref),)
    may_deduct = rule.use == "beyond_testing" and facts.informed_of_withdrawal is True
    return (Deduction("wear", rule.clause.ref),) if may_deduct else ()


def _route(ruling: Ruling) -> str:
    """Return to whom a review goes: safety first, then as the shop says, the shopper where something is asked."""
    outcome, _, hearing, promises = ruling
    if outcome != Outcome.REVIEW:
        return ""
    if hearing.is_dangerous or "safety_claim" in hearing.doubts:
        return "safety"
    return promises.route or ("shopper" if promises.evidence_wanted or hearing.questions else "agent")


def _is_verified(ruling: Ruling) -> bool:
    """Whether the deciding field was seen in a source; the shop's own promises need none."""
    if ruling.refuses or ruling.track in {Track.GOODWILL, Track.SAFETY}:
        return True
    return ruling.hearing.pack.is_solid(_DECIDING[ruling.track])


def _citations(
    ruling: Ruling, refs: tuple[str, ...], refund: RefundRule, deductions: tuple[Deduction, ...]
) -> tuple[Citation, ...]:
    """Return every clause that the decision rests on, each once, the ground first."""
    pack = ruling.hearing.pack
    refs = (*refs, refund.law.ref if refund.law else "", *(part.ref for part in deductions))
    cited = {ref: _cite(ref, pack) for ref in refs if ref in pack.texts}
    if not ruling.refuses:
        cited |= {citation.ref: citation for citation in ruling.promises.citations}
    return tuple(cited.values())


@lru_cache(maxsize=8192)
def _cite(ref: str, pack: Pack) -> Citation:
    is_bar = pack.law.bars is not None and any(closed.ref == ref for closed in pack.law.bars.closed.values())
    return Citation(ref, Source.BAR if is_bar else Source.STATUTE, pack.version)
