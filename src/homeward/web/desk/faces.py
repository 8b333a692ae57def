"""What the case page shows, prepared: clocks, verdicts with their reasons, lines with four facts each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from homeward.cases import queries as case_queries
from homeward.cases import texts as case_texts
from homeward.cases.models import Case
from homeward.conversations import queries as conversation_queries
from homeward.journal import queries as journal_queries
from homeward.kernel import Actor, Money
from homeward.logistics import queries as logistics_queries
from homeward.orders import queries as order_queries
from homeward.policies import words as policy_words
from homeward.returns import queries as return_queries
from homeward.returns import texts as return_texts
from homeward.returns.models import Decision, Return, ReturnLine
from homeward.settlements import queries as settlement_queries
from homeward.warehouse import queries as warehouse_queries
from homeward.web import timeline
from homeward.web.design import clocks as design_clocks

DECIDING = ("authorize", "refuse", "ask_evidence", "overturn", "give_evidence", "withdraw")


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a line was judged as it was: its decision in words."""

    line: ReturnLine
    tone: str
    title: str
    citations: Sequence[dict[str, Any]]
    trace: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ReturnFace:
    """One return of the case with all that the page shows of it."""

    made: Return
    lines: Sequence[dict[str, Any]]
    reasons: Sequence[Reasons]
    evidence: Sequence[dict[str, Any]]
    parcels: Sequence[Any]
    receipts: Sequence[Any]
    remedies: Sequence[Any]
    refunds: Sequence[Any]
    sums: Any
    value: Money
    verbs: Sequence[str]
    grounds: Sequence[tuple[str, str]]
    by_hand: Decision | None


@dataclass(frozen=True, slots=True)
class CaseFace:
    """The whole page of a case."""

    case: Case
    clocks: Sequence[design_clocks.Clock]
    returns: Sequence[ReturnFace]
    messages: Sequence[Any]
    notices: Sequence[Any]
    marks: Sequence[dict[str, Any]]
    verbs: Sequence[str]
    history: dict[str, int] = field(default_factory=dict)


def face_of(actor: Actor, case: Case, *, language: str) -> CaseFace:
    """Return the page of a case as `actor` may see it."""
    made = [_return_face(actor, one, language=language) for one in return_queries.of_case(actor, case.pk)]
    return CaseFace(
        case=case,
        clocks=[_clock(clock) for clock in case_queries.clocks(actor, case)],
        returns=made,
        messages=conversation_queries.messages(actor, case),
        notices=conversation_queries.notices_of_case(actor, case),
        marks=timeline.entries_as_marks(journal_queries.timeline(actor, case.pk)),
        verbs=Case.lifecycle.allowed(case.state, role=actor.role),
        history=_history(actor, case),
    )


def _clock(clock: Any) -> design_clocks.Clock:
    return design_clocks.Clock(
        source=clock.source,
        due_at=clock.due_at,
        started_at=clock.started_at,
        title=case_texts.CLOCKS.get(clock.kind, clock.kind),
        note=clock.basis,
        paused_at=clock.paused_at,
        waits_for=clock.pauses[-1]["cause"] if clock.paused_at and clock.pauses else "",
        met_at=clock.met_at,
    )


def _history(actor: Actor, case: Case) -> dict[str, int]:
    if case.shopper_id is None:
        return {}
    orders = order_queries.orders(actor).filter(shopper_id=case.shopper_id).count()
    returns = return_queries.returns(actor).filter(shopper_id=case.shopper_id)
    return {"orders": orders, "returns": returns.count(), "refused": returns.filter(state="refused").count()}


def _return_face(actor: Actor, made: Return, *, language: str) -> ReturnFace:
    lines = return_queries.lines(actor, made)
    decisions = return_queries.decisions(actor, made)
    by_line = {decision.line_id: decision for decision in reversed(decisions) if decision.line_id}
    reasons = [_reasons(line, by_line[line.pk], language) for line in lines if line.pk in by_line]
    parcels = logistics_queries.parcels_of(actor, made)
    receipts = warehouse_queries.receipts_of(actor, made)
    remedies = settlement_queries.remedies_of(actor, made)
    refunds = list(settlement_queries.refunds(actor).filter(remedy__return_request=made))
    goods = _last(receipts) or (parcels[0] if parcels else ("parcel", "none"))
    return ReturnFace(
        made=made,
        lines=[_line(line, made, goods, _last(remedies), _last(refunds[::-1])) for line in lines],
        reasons=reasons,
        evidence=[_exhibit(one) for one in return_queries.evidence(actor, made)],
        parcels=parcels,
        receipts=receipts,
        remedies=remedies,
        refunds=refunds,
        sums=settlement_queries.preview(actor, made),
        value=Money.total([_paid(line, made) for line in lines], made.currency),
        verbs=[verb for verb in return_queries.verbs(actor, made) if verb in DECIDING],
        grounds=_grounds(reasons),
        by_hand=next((decision for decision in decisions if decision.line_id is None), None),
    )


def _last(rows: Sequence[Any]) -> Any:
    return rows[-1] if rows else None


def _paid(line: ReturnLine, made: Return) -> Money:
    return Money(line.order_line.paid_minor * line.quantity // line.order_line.quantity, made.currency)


def _reasons(line: ReturnLine, decision: Decision, language: str) -> Reasons:
    titles = {
        "authorize": _("Law and rulebook say yes"),
        "refuse": _("Law and rulebook say no"),
        "review": _("A person decides"),
    }
    tones = {"authorize": "good", "refuse": "bad", "review": "wait"}
    return Reasons(
        line=line,
        tone=tones[decision.outcome],
        title=titles[decision.outcome],
        citations=policy_words.citations(decision.document, language=language),
        trace=policy_words.trace(decision.document, language=language),
    )


def _grounds(reasons: Sequence[Reasons]) -> list[tuple[str, str]]:
    """Return the clauses that speak against a return, as grounds of a refusal."""
    found = {
        clause["ref"]: f"{clause['ref']} · {clause['title']}"
        for one in reasons
        for clause in one.trace
        if clause["result"] in {"closed", "not_met"}
    }
    return list(found.items())


def _line(line: ReturnLine, made: Return, goods: Any, remedy: Any, refund: Any) -> dict[str, Any]:
    """Return one line with the four facts that are kept apart."""
    return {
        "title": line.order_line.title,
        "sku": line.order_line.sku,
        "picture": getattr(line.order_line.product, "picture", ""),
        "quantity": line.quantity,
        "bought": line.order_line.quantity,
        "reason": return_texts.REASONS.get(line.reason, line.reason),
        "condition": return_texts.CONDITIONS.get(line.condition, ""),
        "words": line.words,
        "serials": line.serials,
        "permission": made,
        "goods": goods,
        "remedy": remedy or ("remedy", "none"),
        "money": refund or ("refund", "none"),
        "paid": _paid(line, made),
    }


def _exhibit(one: Any) -> dict[str, Any]:
    address = reverse("desk:evidence", args=[one.ref])
    is_picture = one.media_type.startswith("image/")
    return {
        "src": f"{address}?preview" if is_picture else "",
        "alt": one.name,
        "href": address,
        "caption": one.name,
        "icon": "" if is_picture else "file",
    }
