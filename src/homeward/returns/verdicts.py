"""From an order and a shopper's wishes to facts, and from the policy's decisions to one verdict for a return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from homeward.kernel import Calendar, Deadline, Money, Unit
from homeward.kernel.actor import POLICY
from homeward.orders.models import Order, OrderLine
from homeward.policies import decision as decisions
from homeward.policies import facts as policy_facts
from homeward.policies import packs
from homeward.policies import queries as policy_queries
from homeward.policies import verdict as policy_verdict
from homeward.policies.decision import Decision, Outbound, Outcome, Payer, Term, Track, WayBack
from homeward.policies.facts import Condition, Facts, Fault, Goods, Reason, Standing
from homeward.policies.statutes import Refund
from homeward.returns import reasons


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shopper wishes for one order line (by ref): how many go back, why, in what state."""

    line: str
    quantity: int
    reason: str
    condition: str = ""
    seal_broken: bool | None = None
    danger_signs: bool | None = None
    serials: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """When a shopper withdrew from a contract before asking here, and whether from all of it."""

    at: datetime
    is_whole: bool


_FRESH = timedelta(days=30)  # a declaration counts by itself so long; after that a person looks


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the policy's decisions for one line or for a whole return."""

    outcome: str
    value: Money
    goods_back: bool = True
    freight_payer: str = "merchant"
    refund_shipping: bool = False
    bases: tuple[str, ...] = ()
    ground: str = ""
    evidence_wanted: tuple[str, ...] = ()
    rulebook_ref: str = ""
    refund_basis: str = ""
    law: Term | None = None
    promise: Term | None = None
    may_withhold: bool = False
    is_right: bool = True
    send_back: Term | None = None
    asked_at: datetime | None = None
    zone: str = "UTC"
    country: str = ""
    document: dict[str, Any] = field(default_factory=dict)

    def ship_by(self, at: datetime) -> datetime:
        """Return the end of the day by which the goods must be on their way; 14 days where nothing says so."""
        days = self.send_back.days if self.send_back else 14
        return Deadline(days).resolve(at, zone=self.zone)

    def refund_due(
        self, *, asked_at: datetime, goods_at: datetime | None, posted_at: datetime | None = None
    ) -> datetime | None:
        """Return the latest lawful moment of the refund, or None while the event it counts from has not come.

        Where the shopper had withdrawn before they asked here, it counts from then (Directive 2011/83/EU art. 13(1)).
        Where the shop may wait for goods or proof of posting (Directive 2011/83/EU art. 13(3)), it is never earlier
        than the end of that event's day.
        """
        came = min((moment for moment in (posted_at, goods_at) if moment), default=None)
        asked_at = min(asked_at, self.asked_at or asked_at)
        due = _due(self.law, self, asked_at=asked_at, posted_at=posted_at, goods_at=goods_at)
        if due and self.may_withhold and self.goods_back and came:
            due = max(due, Deadline(0).resolve(came, zone=self.zone))
        return due

    def waits(self, *, posted_at: datetime | None, goods_at: datetime | None) -> bool:
        """Whether the shop may still hold the money back, since neither goods nor proof of posting are here."""
        return self.may_withhold and self.goods_back and not posted_at and not goods_at

    def refund_promised(
        self, *, asked_at: datetime, goods_at: datetime | None, posted_at: datetime | None = None
    ) -> datetime | None:
        """Return the moment by which the shop promises the money, or None while its event has not come."""
        return _due(self.promise, self, asked_at=asked_at, posted_at=posted_at, goods_at=goods_at)


def refund_due_of(rule: Refund, *, ref: str, declared_at: datetime, zone: str, country: str) -> datetime | None:
    """Return until when a law demands the money after a declaration alone; None where it counts from the goods."""
    if rule.days is None:
        return None
    term = Term(rule.days, rule.event, ref, rule.day_type)
    whole = Verdict(outcome="", value=Money(0, "EUR"), law=term, zone=zone, country=country)
    return whole.refund_due(asked_at=declared_at, goods_at=None)


class NotOfThisOrder(LookupError):
    """A wish names a line that does not belong to this order, whoever owns it."""

    def __init__(self, refs: Sequence[str]) -> None:
        self.refs = list(refs)
        super().__init__(f"not lines of this order: {', '.join(refs)}")


def lines_wished(lines: Iterable[OrderLine], wishes: Iterable[Wish]) -> dict[str, OrderLine]:
    """Return an order's lines by ref, for wishes that name no others.

    :raises NotOfThisOrder: if a wish names a line of another order.
    """
    found = {line.ref: line for line in lines}
    if strangers := [wish.line for wish in wishes if wish.line not in found]:
        raise NotOfThisOrder(strangers)
    return found


def _due(
    term: Term | None, whole: Verdict, *, asked_at: datetime, posted_at: datetime | None, goods_at: datetime | None
) -> datetime | None:
    """Return when a term ends: it counts from goods back, proof of sending, the earlier of both, or from asking."""
    if term is None:
        return None
    events = {
        "goods_back": [goods_at],
        "proof_of_sending": [posted_at],
        "goods_back_or_proof_of_sending": [posted_at, goods_at],
    }.get(term.event, [asked_at])
    known = [moment for moment in (events if whole.goods_back else [asked_at]) if moment]
    if not known:
        return None
    unit = Unit.WORKING_DAYS if term.day_type == "business" else Unit.DAYS
    return Deadline(term.days, unit).resolve(min(known), zone=whole.zone, calendar=Calendar(whole.country))


def hours(count: int) -> Deadline:
    """Return a span of hours."""
    return Deadline(count, Unit.HOURS)


def judge(
    order: Order, lines: Mapping[str, OrderLine], wishes: Sequence[Wish], *, at: datetime, has_evidence: bool = False,
    record: Callable[[], Standing] | None = None, freight: Mapping[str, Money] | None = None,
    declared: Declared | None = None,
) -> dict[str, Verdict]:  # fmt: skip
    """Return the policy's verdict on each wish, by order line ref: what preview and request both ask.

    Each line is judged by the rulebook of the day it was bought. `record` tells the shopper's record; it is asked only
    where a rulebook does. `freight` is what the way back of a line would cost, where somebody has worked it out.
    Who has `declared` their withdrawal in time asked in time, whenever the goods follow.
    """
    found: dict[str, Verdict] = {}
    standing: Standing | None = None
    asked_at = min(at, declared.at) if declared else at
    for wish in wishes:
        line = lines[wish.line]
        rulebook = policy_queries.rulebook_for(POLICY, merchant_id=order.merchant_id, ref=line.rulebook_ref)
        if standing is None and record and rulebook.asks_record:
            standing = record()
        facts = facts_of(
            order, line, wish, at=asked_at, has_evidence=has_evidence, standing=standing or policy_facts.NEWCOMER,
            freight=(freight or {}).get(wish.line),
        )  # fmt: skip
        pack = packs.pack_for(facts.country, facts.subdivision, on=order.placed_at.date())
        made = policy_verdict.decide(facts, rulebook, at=at, pack=pack)
        document = {
            "decision": decisions.to_data(made), "facts": msgspec.to_builtins(facts),
            "zone": pack.law.zone, "rulebook_ref": line.rulebook_ref,
        }  # fmt: skip
        verdict = from_document(document, value=facts.value)
        if declared and verdict.outcome == Outcome.AUTHORIZE and not (declared.is_whole and at - declared.at <= _FRESH):
            now = policy_verdict.decide(msgspec.structs.replace(facts, asked_at=at), rulebook, at=at, pack=pack)
            verdict = replace(verdict, outcome=Outcome.REVIEW) if now.outcome == Outcome.REFUSE else verdict
        found[wish.line] = verdict
    return found


def from_document(document: dict[str, Any], *, value: Money) -> Verdict:
    """Return the verdict that a stored decision document holds, for goods of `value`."""
    made = decisions.from_data(document["decision"])
    return Verdict(
        outcome=made.outcome,
        value=value,
        goods_back=_comes_back(made, document["facts"].get("reason", "")),
        freight_payer="shopper" if made.freight == Payer.SHOPPER else "merchant",
        refund_shipping=made.refund.outbound in {Outbound.STANDARD, Outbound.FULL},
        bases=made.bases,
        ground=_ground(made),
        evidence_wanted=made.evidence_wanted,
        rulebook_ref=document["rulebook_ref"],
        refund_basis=made.refund.law.ref if made.refund.law else "",
        law=made.refund.law,
        promise=made.refund.promise,
        may_withhold=bool(made.refund.may_withhold_until),
        is_right=made.track != Track.GOODWILL,
        send_back=made.send_back,
        asked_at=datetime.fromisoformat(asked) if (asked := document["facts"].get("asked_at")) else None,
        zone=document["zone"],
        country=document["facts"]["country"],
        document=document,
    )


def sum_up(verdicts: Sequence[Verdict]) -> Verdict:
    """Return one verdict for all lines of a return: clear only where all lines agree, else for a person to see."""
    if len(verdicts) == 1:
        return verdicts[0]
    first = verdicts[0]
    outcomes = {verdict.outcome for verdict in verdicts}
    payers = {verdict.freight_payer for verdict in verdicts}
    return Verdict(
        outcome=first.outcome if len(outcomes) == 1 else Outcome.REVIEW,
        value=Money.total([verdict.value for verdict in verdicts], first.value.currency),
        goods_back=any(verdict.goods_back for verdict in verdicts),
        freight_payer="shopper" if payers == {"shopper"} else "merchant",
        refund_shipping=all(verdict.refund_shipping for verdict in verdicts),
        bases=tuple(dict.fromkeys(basis for verdict in verdicts for basis in verdict.bases)),
        ground=next((verdict.ground for verdict in verdicts if verdict.ground), ""),
        evidence_wanted=tuple(dict.fromkeys(kind for verdict in verdicts for kind in verdict.evidence_wanted)),
        rulebook_ref=first.rulebook_ref,
        refund_basis=first.refund_basis,
        law=min((v.law for v in verdicts if v.law), key=lambda term: term.days, default=None),
        promise=max((v.promise for v in verdicts if v.promise), key=lambda term: term.days, default=None),
        may_withhold=all(verdict.may_withhold for verdict in verdicts),
        is_right=any(verdict.is_right for verdict in verdicts),
        send_back=first.send_back,
        asked_at=first.asked_at,
        zone=first.zone,
        country=first.country,
        document={"lines": len(verdicts)},
    )


def facts_of(
    order: Order, line: OrderLine, wish: Wish, *, at: datetime, has_evidence: bool, standing: Standing,
    freight: Money | None,
) -> Facts:  # fmt: skip
    """Return what is known about one wish as the policy asks for it."""
    reason = reasons.leaf(wish.reason)
    return Facts(
        country=order.country,
        subdivision=order.subdivision,
        ordered_at=order.placed_at,
        delivered_at=line.delivered_at,
        asked_at=at,
        unit_value=Money(line.paid_minor // max(line.quantity, 1), order.currency),  # 0: the shop took the line out
        quantity=wish.quantity,
        goods=Goods(
            category=line.category,
            traits=frozenset(line.traits),
            seal_broken=wish.seal_broken,
            danger_signs=wish.danger_signs,
        ),
        reason=Reason(reason.ground),
        reason_code=reason.code,
        condition=_condition(wish.condition, reason),
        fault=Fault(reason.fault) if reason.fault != "buyer" else Fault.NONE,
        language=order.locale or "en",
        channel=order.channel,
        seller_country=order.merchant.country,
        evidence=frozenset({"photo"}) if has_evidence else frozenset(),
        freight_estimate=freight,
        informed_of_withdrawal=bool(order.informed_at) or None,
        informed_at=order.informed_at if order.informed_at and _late(order, line) else None,
        notices_shown=frozenset(order.notices),
        return_terms_shown="return_terms" in order.notices or None,
        confirmations=frozenset(n.removeprefix("confirmed:") for n in order.notices if n.startswith("confirmed:")),
        standing=standing,
    )


def _late(order: Order, line: OrderLine) -> bool:
    """Whether the shopper was informed of the right to withdraw only after the goods had come."""
    return bool(order.informed_at and line.delivered_at and order.informed_at > line.delivered_at)


def _condition(word: str, reason: reasons.Reason) -> Condition | None:
    if not reason.keeps_quality:
        return Condition.FAULTY
    return Condition(word) if word else None


def _comes_back(made: Decision, reason: str) -> bool:
    """Whether goods come back; a refusal says nothing of it, so who lets goods in after all has them come back."""
    if made.outcome == Outcome.REFUSE:
        return reason != Reason.MISSING
    return made.way_back in {WayBack.SEND, WayBack.DO_NOT_SEND}


def _ground(made: Decision) -> str:
    """Return the clause that a refusal rests on: the first that was closed, else the first that was not met."""
    if made.outcome != Outcome.REFUSE:
        return ""
    for result in ("closed", "not_met"):
        for tried in made.trace:
            if tried.result == result:
                return tried.ref
    return made.bases[0] if made.bases else ""
