"""The way of a refund to its provider: outside every transaction, between the intent and the record.

1. The intent is written and committed; it sets the money aside.
2. `record_sent` is committed: from here on the provider may have heard of it.
3. The provider is asked, with our reference as key. If this is not the first time, it is asked first what it knows.
4. What it says is heard. If it says nothing, the refund stays sent, and step 3 is done again later.

Whoever dies in between leaves a row that says so, and `due` finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import connection
from django.db.models import F

from homeward.kernel import NotAllowed
from homeward.kernel.actor import MACHINE
from homeward.settlements import actions, ports
from homeward.settlements.lifecycle import OPEN
from homeward.settlements.models import Refund
from homeward.settlements.ports import Declined, Instruction, Kind, Outcome, Status, Told, Unreachable

log = structlog.get_logger(__name__)

PATIENCE = timedelta(minutes=2)  # how long a job may take before we take it for dead
PAUSE = timedelta(hours=1)  # between two looks at a refund that its provider knows and has not finished
_KINDS = {
    Status.PENDING: Kind.REFUND_PENDING,
    Status.SUCCEEDED: Kind.REFUND_SUCCEEDED,
    Status.FAILED: Kind.REFUND_FAILED,
}
_LOCKS = 7_305  # our class of advisory locks


def send(refund_id: int, *, at: datetime) -> None:
    """Bring one refund to its provider and hear what becomes of it; harmless for one that is settled or under way.

    :raises Unreachable: if the provider did not answer; the refund stays sent, and is to be looked after again.
    """
    with _alone_with(refund_id) as alone:
        refund = Refund.objects.select_related("payment", "remedy__return_request").filter(pk=refund_id).first()
        if not alone or refund is None or refund.state not in OPEN or refund.is_external:
            return
        provider = ports.provider(refund.provider)
        if not provider.is_remote:
            return
        is_first = refund.state == "intended"
        try:
            if is_first:
                actions.record_sent(refund, actor=MACHINE, at=at)
            else:
                Refund.objects.filter(pk=refund.pk).update(looked_at=at)
        except NotAllowed:
            return  # somebody ended it meanwhile
        _hear(refund, _ask(provider, _instruction(refund), is_first=is_first), at=at)


def send_due(*, at: datetime) -> int:
    """Look after refunds that should have been heard of by now; return how many were.

    One whose provider does not answer is left for the next time, and does not keep the others waiting.
    """
    heard = 0
    for refund_id in due(at=at):
        try:
            send(refund_id, at=at)
        except Unreachable:
            log.warning("a provider does not answer", refund=refund_id)
        else:
            heard += 1
    return heard


def due(*, at: datetime, most: int = 100) -> list[int]:
    """Return refunds at remote providers that should have been heard of by now, those first that waited longest.

    Where the provider has taken a refund on, it tells by itself how that ends; we look seldom, in case it forgets.
    """
    rows = Refund.objects.filter(
        provider__in=ports.remote_names(), state__in=OPEN, is_external=False, intended_at__lt=at - PATIENCE
    ).exclude(provider_ref__gt="", sent_at__gt=at - PAUSE)
    rows = rows.exclude(provider_ref__gt="", looked_at__gt=at - PAUSE).exclude(looked_at__gt=at - PATIENCE)
    rows = rows.order_by(F("looked_at").asc(nulls_first=True), "pk")
    return list(rows.values_list("pk", flat=True)[:most])


def _ask(provider: ports.Payments, instruction: Instruction, *, is_first: bool) -> Outcome:
    try:
        known = None if is_first else provider.find(instruction)
        return known or provider.refund(instruction)
    except Declined as declined:
        return Outcome(status=Status.FAILED, amount=instruction.amount, reason=str(declined))


def _hear(refund: Refund, outcome: Outcome, *, at: datetime) -> None:
    actions.hear(
        Told(
            provider=refund.provider,
            kind=_KINDS[outcome.status],
            reference=outcome.provider_ref or refund.ref,
            amount=outcome.amount,
            refund_ref=refund.ref,
            payments=(refund.payment.external_id,),
            reason=outcome.reason,
            happened_at=outcome.happened_at or at,
            payload=outcome.payload,
        ),
        actor=MACHINE,
        at=at,
    )


def _instruction(refund: Refund) -> Instruction:
    return Instruction(
        ref=refund.ref,
        payment=refund.payment.external_id,
        amount=refund.amount,
        asked_at=refund.intended_at,
        note=refund.remedy.return_request.number if refund.remedy else "",
    )


@contextmanager
def _alone_with(refund_id: int) -> Iterator[bool]:
    """Hold a lock that dies with this connection, so that no two workers ask for the same refund at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, refund_id & 0x7FFFFFFF])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, refund_id & 0x7FFFFFFF])
