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

    The same event again changes nothing. What contradicts an earlier event, or fits no refund and no payment of ours,
    is kept with its problem for a person to see. A refund that was made at the provider is taken in as such.
    """
    refund = _refund_of(told)
    payment = refund.payment if refund else _payment_of(told)
    problem = _problem(told, refund, payment)
    event = _note(told, refund, payment, problem, at=at)
    if event is None:
        return _again(told, refund, payment, at=at)
    if problem is None:
        _apply(told, refund, payment, event, actor=actor, at=at)
    return event


def _refund_of(told: Told) -> Refund | None:
    rows = Refund.objects.select_related("payment")
    found = rows.filter(ref=told.refund_ref).first() if told.refund_ref else None
    if found is None and told.reference:
        found = rows.filter(provider=told.provider, provider_ref=told.reference).first()
    return found


def _payment_of(told: Told) -> Payment | None:
    """Return the one payment of ours that the provider names; numbers that two merchants share name none."""
    found = order_queries.payments_of_provider(MACHINE, provider=told.provider, external_ids=told.payments)
    return found[0] if len(found) == 1 else None


def _problem(told: Told, refund: Refund | None, payment: Payment | None) -> _Problem | None:
    if told.kind == Kind.UNREADABLE:
        return _Problem("unreadable", {"reason": told.reason})
    if payment is None:
        return _Problem("unknown_payment", {"payments": list(told.payments)})
    if refund and told.amount and told.amount != refund.amount:
        return _Problem("amount_differs", {"told": str(told.amount), "ours": str(refund.amount)})
    if told.amount is None and (refund is None or told.kind == Kind.CHARGE_BACK):
        return _Problem("no_amount", {})
    if refund is None and told.amount and told.amount.currency != payment.currency:
        return _Problem("currency_differs", {"told": told.amount.currency, "ours": payment.currency})
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
    """Return the event that is known already; where it had another amount, the contradiction that is kept instead."""
    rows = MoneyEvent.objects.filter(provider=told.provider, reference=told.reference, kind=told.kind)
    known = rows.order_by("problem", "pk")[0]
    if known.problem or told.amount is None or told.amount.minor == known.amount_minor:
        return known
    facts = {"told": str(told.amount), "before": known.amount_minor}
    kept = _note(told, refund, payment, _Problem("contradiction", facts), at=at)
    return kept or rows.filter(problem="contradiction").latest("pk")


def _apply(
    told: Told, refund: Refund | None, payment: Payment | None, event: MoneyEvent, *, actor: Actor, at: datetime
) -> None:
    assert payment is not None  # or the event would have had a problem
    if told.kind == Kind.CHARGE_BACK:
        _charge_back(told, payment, actor=actor, at=at)
        return
    if refund is None:
        refund = _take_in(told, payment, actor=actor, at=at)
        if refund is None:
            return
    if told.kind in _ENDS and _is_old(told, refund, event):
        journal.record(refund, "ignore", actor=actor, at=at, kind=told.kind.value, because="older")
        return
    _step(told, refund, actor=actor, at=at)


def _is_old(told: Told, refund: Refund, event: MoneyEvent) -> bool:
    """Whether a later word on the refund's end has been heard before this one."""
    later = MoneyEvent.objects.filter(refund=refund, problem="", kind__in=_ENDS, happened_at__gt=told.happened_at)
    return later.exclude(pk=event.pk).exists()


def _step(told: Told, refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Let one event move a refund, from wherever it stands."""
    match (told.kind, refund.state):
        case (Kind.REFUND_SUCCEEDED, "intended" | "sent"):
            refunds.confirm(refund, actor=actor, at=at, provider_ref=told.reference)
        case (Kind.REFUND_SUCCEEDED, "failed"):
            _confirm_late(refund, told, actor=actor, at=at)
        case (Kind.REFUND_FAILED, "intended" | "sent"):
            refunds.fail(refund, reason=told.reason, actor=actor, at=at, provider_ref=told.reference)
        case (Kind.REFUND_FAILED, "confirmed"):
            refunds.reverse(refund, reason=told.reason, actor=actor, at=at)
        case (Kind.REFUND_SUCCEEDED, "reversed"):
            journal.record(refund, "contradict", actor=actor, at=at, problem="paid_after_reversal")
        case (Kind.REFUND_PENDING, "intended" | "sent") if told.reference not in {"", refund.ref, refund.provider_ref}:
            Refund.objects.filter(pk=refund.pk).update(provider_ref=told.reference)
            journal.record(refund, "wait", actor=actor, at=at, provider_ref=told.reference)


def _confirm_late(refund: Refund, told: Told, *, actor: Actor, at: datetime) -> None:
    """Confirm a refund that was taken as failed: its money has left after all, so it must be set aside again."""
    try:
        order_actions.reserve(refund.payment_id, refund.amount, actor=actor, at=at)
    except order_actions.NotEnoughLeft as short:
        journal.record(refund, "contradict", actor=actor, at=at, problem="paid_twice", left=str(short.left))
        return
    refunds.confirm(refund, actor=actor, at=at, provider_ref=told.reference)


def _take_in(told: Told, payment: Payment, *, actor: Actor, at: datetime) -> Refund | None:
    """Take in a refund that somebody made at the provider: it lessens what may still go back, and joins the case."""
    if told.kind == Kind.REFUND_FAILED or told.amount is None:
        return None  # nothing of ours has moved
    try:
        order_actions.reserve(payment.pk, told.amount, actor=actor, at=at)
    except order_actions.NotEnoughLeft as short:
        journal.record(
            payment, "contradict", actor=actor, at=at, problem="more_than_left", told=str(told.amount),
            left=str(short.left), reference=told.reference,
        )  # fmt: skip
        return None
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
