"""Hearing what providers say: each event once, kept for good, applied where it fits, shown where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from homeward import journal
from homeward.cases import queries as case_queries
from homeward.kernel import Actor, new_ref
from homeward.kernel.actor import MACHINE
from homeward.orders import actions as order_actions
from homeward.orders import queries as order_queries
from homeward.orders.models import Payment
from homeward.settlements import ledger
from homeward.settlements.actions import books, refunds
from homeward.settlements.lifecycle import OPEN
from homeward.settlements.models import MoneyEvent, Refund
from homeward.settlements.ports import Kind, Told

_ENDS = {Kind.REFUND_SUCCEEDED, Kind.REFUND_FAILED}


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why an event cannot be applied: a code with its figures."""

    code: str
    facts: Mapping[str, Any]


@journal.action
def hear(told: Told, *, actor: Actor, at: datetime) -> MoneyEvent:
    """Take in what a provider says: keep it once, and let it move the refund it speaks of.

    The same event again changes nothing, nor does one that is older than what we know. What contradicts an earlier
    event, or fits no refund and no payment of ours, is kept with its problem for a person to see. A refund that was
    made at the provider is taken in as such.
    """
    refund = None if told.kind == Kind.CHARGE_BACK else _refund_of(told)
    payment = refund.payment if refund else _payment_of(told)
    is_old = refund is not None and _is_old(told, refund)
    problem = _problem_of_telling(told, refund, payment) or (
        None if is_old else _problem_of_moving(told, refund, payment)
    )
    event = _note(told, refund, payment, problem, at=at)
    if event is None:
        return _again(told, refund, payment, at=at)
    if problem is None and payment is not None and not is_old:
        _apply(told, refund, payment, actor=actor, at=at)
    return event


def _refund_of(told: Told) -> Refund | None:
    """Return the refund that is meant, locked, so that one word on it is heard at a time."""
    rows = Refund.objects.select_for_update(of=("self",), no_key=True).select_related("payment")
    found = rows.filter(ref=told.refund_ref).first() if told.refund_ref else None
    if found is None and told.reference:
        found = rows.filter(provider=told.provider, provider_ref=told.reference).first()
    return found


def _payment_of(told: Told) -> Payment | None:
    """Return the one payment of ours that the provider names; numbers that two merchants share name none."""
    found = order_queries.payments_of_provider(MACHINE, provider=told.provider, external_ids=told.payments)
    return found[0] if len(found) == 1 else None


def _is_old(told: Told, refund: Refund) -> bool:
    """Whether a later word on how the refund ended has been heard before this one."""
    if told.kind not in _ENDS or refund.state in OPEN:
        return False
    later = MoneyEvent.objects.filter(refund=refund, problem="", kind__in=_ENDS, happened_at__gt=told.happened_at)
    return later.exists()


def _problem_of_telling(told: Told, refund: Refund | None, payment: Payment | None) -> _Problem | None:
    """Return what is wrong with what is said, whatever may have moved."""
    if told.kind == Kind.UNREADABLE:
        return _Problem("unreadable", {"reason": told.reason})
    if payment is None:
        return _Problem("unknown_payment", {"payments": list(told.payments)})
    if told.amount is None:
        return None if refund else _Problem("no_amount", {})
    if refund and told.amount != refund.amount:
        return _Problem("amount_differs", {"told": str(told.amount), "ours": str(refund.amount)})
    if told.amount.currency != payment.currency:
        return _Problem("currency_differs", {"told": told.amount.currency, "ours": payment.currency})
    return None


def _problem_of_moving(told: Told, refund: Refund | None, payment: Payment | None) -> _Problem | None:
    """Return why money that has moved elsewhere does not fit into our books."""
    if payment is None or told.kind not in {Kind.REFUND_SUCCEEDED, Kind.REFUND_PENDING}:
        return None
    if refund and refund.state == "reversed" and told.kind == Kind.REFUND_SUCCEEDED:
        return _Problem("paid_after_reversal", {})
    if refund and not (refund.state == "failed" and told.kind == Kind.REFUND_SUCCEEDED):
        return None
    if refund:
        payment.refresh_from_db()  # it was read before the refund's lock was held
        if refunds.is_paid_anew(refund):
            return _Problem("paid_anew", {"told": str(refund.amount)})
    amount = refund.amount if refund else told.amount
    left = refunds.room_for(refund) if refund else payment.left
    if amount and left < amount:
        return _Problem("more_than_left", {"told": str(amount), "left": str(left)})
    return None


_NOTE = """
INSERT INTO settlements_moneyevent (merchant_id, provider, reference, kind, amount_minor, currency, refund_id,
    payment_id, happened_at, heard_at, payload, problem, facts)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s
WHERE NOT EXISTS (SELECT FROM settlements_moneyevent WHERE provider = %s AND reference = %s AND kind = %s
                  AND problem = %s AND problem <> '' AND amount_minor IS NOT DISTINCT FROM %s)
ON CONFLICT DO NOTHING RETURNING id
"""


def _note(
    told: Told, refund: Refund | None, payment: Payment | None, problem: _Problem | None, *, at: datetime
) -> MoneyEvent | None:
    """Keep an event; return None where it is known already."""
    event = MoneyEvent(
        merchant_id=payment.merchant_id if payment else None, provider=told.provider, reference=told.reference,
        kind=told.kind.value, amount_minor=told.amount.minor if told.amount else None,
        currency=told.amount.currency if told.amount else "", refund=refund, payment=payment,
        happened_at=told.happened_at, heard_at=at, payload=told.payload,
        problem=problem.code if problem else "", facts=dict(problem.facts) if problem else {},
    )  # fmt: skip
    fields = [field for field in MoneyEvent._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in fields]
    mark = [event.provider, event.reference, event.kind, event.problem, event.amount_minor]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [*values, *mark])
        row = cursor.fetchone()
    if row is None:
        return None
    event.pk = row[0]
    return event


def _again(told: Told, refund: Refund | None, payment: Payment | None, *, at: datetime) -> MoneyEvent:
    """Return the event that is known already; where only another amount is, the contradiction that is kept instead."""
    rows = MoneyEvent.objects.filter(provider=told.provider, reference=told.reference, kind=told.kind)
    same = rows.filter(amount_minor=told.amount.minor if told.amount else None).order_by("pk").first()
    if same is not None:
        return same
    before = rows.order_by("pk")[0]
    facts = {"told": str(told.amount), "before": before.amount_minor}
    kept = _note(told, refund, payment, _Problem("contradiction", facts), at=at)
    return kept or before


def _apply(told: Told, refund: Refund | None, payment: Payment, *, actor: Actor, at: datetime) -> None:
    if told.kind == Kind.CHARGE_BACK:
        _charge_back(told, payment, actor=actor, at=at)
    elif refund is not None:
        _step(told, refund, actor=actor, at=at)
    elif told.kind != Kind.REFUND_FAILED:  # a stranger's refund that failed has moved nothing
        _step(told, _take_in(told, payment, actor=actor, at=at), actor=actor, at=at)


def _step(told: Told, refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Let one event move a refund, from wherever it stands."""
    match (told.kind, refund.state):
        case (Kind.REFUND_SUCCEEDED, "intended" | "sent" | "failed"):
            refunds.confirm(refund, actor=actor, at=at, provider_ref=told.reference)
        case (Kind.REFUND_FAILED, "intended" | "sent"):
            refunds.fail(refund, reason=told.reason, actor=actor, at=at, provider_ref=told.reference)
        case (Kind.REFUND_FAILED, "confirmed"):
            refunds.reverse(refund, reason=told.reason, actor=actor, at=at)
        case (Kind.REFUND_PENDING, "intended" | "sent") if told.reference not in {"", refund.ref, refund.provider_ref}:
            Refund.objects.filter(pk=refund.pk).update(provider_ref=told.reference)
            journal.record(refund, "wait", actor=actor, at=at, provider_ref=told.reference)


def _take_in(told: Told, payment: Payment, *, actor: Actor, at: datetime) -> Refund:
    """Take in a refund that somebody made at the provider: it lessens what may still go back, and joins the case."""
    assert told.amount is not None  # or the event would have had a problem
    order_actions.reserve(payment.pk, told.amount, actor=actor, at=at)
    case = case_queries.cases(MACHINE).filter(order_id=payment.order_id).order_by("-pk").first()
    refund = Refund.objects.create(
        ref=new_ref("rfd", at=at), merchant_id=payment.merchant_id, case=case, payment=payment, is_external=True,
        amount_minor=told.amount.minor, currency=told.amount.currency, provider=told.provider,
        provider_ref=told.reference, intended_at=told.happened_at, intended_by=told.provider,
    )  # fmt: skip
    journal.record(refund, "take_in", actor=actor, at=at, amount=str(told.amount), reference=told.reference)
    return refund


def _charge_back(told: Told, payment: Payment, *, actor: Actor, at: datetime) -> None:
    """Note what a bank took back; the part that had been refunded before is a loss that a person must see."""
    assert told.amount is not None  # or the event would have had a problem
    order_actions.charge_back(payment.pk, told.amount, actor=actor, at=at)
    case = case_queries.cases(MACHINE).filter(order_id=payment.order_id).order_by("-pk").first()
    books.post(
        "charge_back", told.reference, ledger.charged_back(told.amount.minor), currency=told.amount.currency,
        merchant_id=payment.merchant_id, case_id=case.pk if case else None, at=at,
    )  # fmt: skip
