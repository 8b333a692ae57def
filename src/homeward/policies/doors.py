"""The doors of the law for goods that are unsafe, wrong, late or faulty, in the order in which they are tried."""

from __future__ import annotations

from datetime import date, timedelta

from homeward.policies import windows
from homeward.policies.decision import Result, Track
from homeward.policies.facts import SAFETY_REASONS, Fault, Reason
from homeward.policies.hearing import Hearing
from homeward.policies.packs import TRANSPORT
from homeward.policies.statutes import Guarantee, Late

_ENDS_ON_A_DAY = frozenset({"fixed"})  # kinds of guarantee that end by the calendar, not by a court's measure


def try_all(hearing: Hearing) -> None:
    """Try safety, delivery, lateness, guarantee and early rejection."""
    _transport(hearing)
    _recall(hearing)
    _delivery(hearing)
    _late(hearing)
    _guarantee(hearing)
    _short_term(hearing)


def _transport(hearing: Hearing) -> None:
    """Dangerous batteries stay where they are; a faulty one is asked about before anything travels."""
    facts, goods = hearing.s.facts, hearing.s.facts.goods
    is_battery = "battery" in goods.traits
    if goods.danger_signs:
        hearing.doubt("danger_signs")
    if goods.danger_signs or (is_battery and (goods.recalled or facts.reason in SAFETY_REASONS)):
        hearing.is_dangerous = True
        hearing.tell(TRANSPORT.ref, Result.GRANTED, "dangerous")
        return
    if is_battery and hearing.s.claims_fault and goods.danger_signs is None:
        hearing.questions.append("danger_signs")
    hearing.pass_by(TRANSPORT.ref, "not_dangerous")


def _recall(hearing: Hearing) -> None:
    """A known recall grants at once; a mere claim of danger goes to a person."""
    facts, rule = hearing.s.facts, hearing.pack.law.safety
    if facts.goods.recalled and rule:
        hearing.granted.append((Track.SAFETY, rule.clause.ref))
        hearing.tell(rule.clause.ref, Result.GRANTED, "recalled")
        return
    concerns = facts.goods.recalled or facts.reason in SAFETY_REASONS
    if concerns:
        hearing.doubt("recall_without_rule" if facts.goods.recalled else "safety_claim")
    if rule and concerns:
        hearing.tell(rule.clause.ref, Result.NOT_MET, "no_recall_known")
    elif rule:
        hearing.pass_by(rule.clause.ref, "other_reason")


def _is_undelivered_loss(hearing: Hearing) -> bool:
    return hearing.s.facts.reason == Reason.MISSING and hearing.s.delivered_day is None


def _delivery(hearing: Hearing) -> None:
    """Goods that came broken, incomplete, wrong or unlike their description."""
    rule = hearing.pack.law.delivery
    if rule is None:
        return
    if not hearing.speaks_of_delivery:
        hearing.pass_by(rule.clause.ref, "other_reason")
    elif _is_undelivered_loss(hearing):
        hearing.pass_by(rule.clause.ref, "not_delivered")
    else:
        _weigh(hearing, Track.DELIVERY, rule.clause.ref)


def _late(hearing: Hearing) -> None:
    """Goods that have not come in time, or not at all."""
    rule = hearing.pack.law.late
    if hearing.s.facts.reason == Reason.LATE or _is_undelivered_loss(hearing):
        if rule is None:
            hearing.doubt("no_term_in_law")
        else:
            _weigh_delay(hearing, rule)
    elif rule:
        hearing.pass_by(rule.clause.ref, "other_reason")


def _weigh_delay(hearing: Hearing, rule: Late) -> None:
    s, ref = hearing.s, rule.clause.ref
    promised = s.facts.promised_at
    due = s.place.day(promised) if promised else s.ordered_day + timedelta(days=rule.days)
    if s.delivered_day is not None:
        hearing.doubt("arrived_since")
        reason = "arrived_late" if s.delivered_day > due else "arrived_in_time"
        hearing.tell(ref, Result.NOT_MET, reason, last_day=due.isoformat())
    elif s.asked_day > due:
        hearing.granted.append((Track.LATE, ref))
        hearing.tell(ref, Result.GRANTED, "late", last_day=due.isoformat())
    else:
        hearing.close(ref, is_sure=hearing.pack.is_solid("late_delivery_days"))
        hearing.tell(ref, Result.NOT_MET, "not_late_yet", last_day=due.isoformat())


def _guarantee(hearing: Hearing) -> None:
    """Defects that show later; the guarantee's last day is kept in any case."""
    law, s = hearing.pack.law.guarantee, hearing.s
    if law is None:
        if s.claims_fault:
            hearing.doubt("no_data")
        return
    hearing.guarantee_end = _guarantee_end(hearing, law)
    if hearing.speaks_of_defect:
        _weigh(hearing, Track.GUARANTEE, law.clause.ref)
    else:
        hearing.pass_by(law.clause.ref, "other_reason")
    if law.extension_clause and s.facts.repaired_under_guarantee:
        hearing.tell(law.extension_clause.ref, Result.GRANTED, "repaired")


def _guarantee_end(hearing: Hearing, law: Guarantee) -> date | None:
    s = hearing.s
    months = windows.guarantee_months(law, s.ordered_day, repaired=s.facts.repaired_under_guarantee)
    return None if months is None else windows.months_after(months, s.delivered_day or s.ordered_day)


def _weigh(hearing: Hearing, track: Track, ref: str) -> None:
    """Whether the seller answers for a fault: how long, and who must prove that it was there from the start."""
    law, s = hearing.pack.law.guarantee, hearing.s
    if law is None:
        hearing.doubt("no_term_in_law")
        hearing.tell(ref, Result.NOT_MET, "no_term_in_law")
        return
    base = s.delivered_day or s.ordered_day
    end = hearing.law_end = _guarantee_end(hearing, law)
    day = (s.asked_day - base).days
    if s.facts.fault == Fault.BUYER:
        hearing.doubt("fault_with_shopper")
        hearing.tell(ref, Result.NOT_MET, "fault_with_shopper")
    elif law.burden_months and s.asked_day <= windows.months_after(law.burden_months, base):
        hearing.granted.append((track, ref))
        hearing.tell(ref, Result.GRANTED, "presumed", day=day, months=law.burden_months)
    elif end is None or s.asked_day <= end:
        hearing.granted.append((track, ref))
        hearing.doubt("burden_on_shopper")
        hearing.tell(ref, Result.GRANTED, "burden_on_shopper", day=day)
    else:
        is_sure = law.kind in _ENDS_ON_A_DAY and hearing.pack.is_solid("guarantee_months")
        hearing.close(ref, is_sure=is_sure)
        hearing.tell(ref, Result.CLOSED, "guarantee_over", last_day=end.isoformat())


def _short_term(hearing: Hearing) -> None:
    """Early rejection of faulty goods, where the law has it."""
    rule, s = hearing.pack.law.short_term, hearing.s
    if rule is None:
        return
    base = s.delivered_day or s.ordered_day
    day = (s.asked_day - base).days
    if not any(track in {Track.DELIVERY, Track.GUARANTEE} for track, _ in hearing.granted):
        hearing.pass_by(rule.clause.ref, "other_reason")
    elif s.asked_day <= windows.rejection_ends(rule, hearing.pack.law.withdrawal, base, s.place):
        hearing.granted.append((Track.SHORT_TERM, rule.clause.ref))
        hearing.tell(rule.clause.ref, Result.GRANTED, "day_of", day=day, of=rule.days)
    else:
        hearing.tell(rule.clause.ref, Result.CLOSED, "days_over", day=day, of=rule.days)
