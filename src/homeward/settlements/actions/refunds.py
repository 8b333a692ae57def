"""Money on its way back: intended under a lock, sent by a job, confirmed, failed, tried again, reversed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max, Sum
from procrastinate.contrib.django import app

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.journal import prepared
from homeward.kernel import Actor, Money, Role, new_ref
from homeward.kernel.actor import MACHINE
from homeward.orders import actions as order_actions
from homeward.returns import actions as return_actions
from homeward.settlements import gathering, ledger, ports
from homeward.settlements.actions import books
from homeward.settlements.amounts import Share, Terms, allocate
from homeward.settlements.lifecycle import OPEN
from homeward.settlements.models import Refund, Remedy


class BalanceGone(Exception):
    """The payments of an order have less left than a remedy comes to; `left` says how much."""

    def __init__(self, asked: Money, left: Money) -> None:
        self.asked, self.left = asked, left
        super().__init__(f"{asked} is owed, but only {left} may still go back along the payments")


class NotByHand(Exception):
    """Whether this refund arrived is for its provider to say, not for people."""


def intend(remedy: Remedy, shares: Sequence[Share], *, actor: Actor, at: datetime, attempt: int = 1) -> list[Refund]:
    """Set money aside and write down that it is to go back, one refund per payment; jobs will send it.

    Each refund's row is written under the lock that its reservation holds on the payment. A provider that is not
    remote is told at once.

    :raises BalanceGone: if a payment has less left, since somebody else was quicker.
    """
    rows = []
    for share in shares:
        amount = Money(share.minor, remedy.currency)
        _set_aside(share.tender.id, amount, actor=actor, at=at)
        rows.append(
            Refund(
                ref=new_ref("rfd", at=at), merchant_id=remedy.merchant_id, case_id=remedy.case_id, remedy=remedy,
                payment_id=share.tender.id, attempt=attempt, amount_minor=share.minor, currency=remedy.currency,
                provider=share.tender.provider, intended_at=at, intended_by=str(actor),
            )
        )  # fmt: skip
    for refund in prepared.insert(rows):
        journal.record(refund, "intend", actor=actor, at=at, amount=str(refund.amount), provider=refund.provider)
        if ports.provider(refund.provider).is_remote:
            app.configure_task("settlements.send_refund", queue="money").defer(refund_id=refund.pk)
        else:
            record_sent(refund, actor=MACHINE, at=at)
    return rows


def _set_aside(payment_id: int, amount: Money, *, actor: Actor, at: datetime) -> None:
    try:
        order_actions.reserve(payment_id, amount, actor=actor, at=at)
    except order_actions.NotEnoughLeft as short:
        raise BalanceGone(short.asked, short.left) from short


@journal.action
def record_sent(refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Note that a refund is about to leave: from now on nobody can be sure that its provider has not heard of it.

    :raises NotAllowed: if it has left before.
    """
    journal.move(refund, "send", actor=actor, at=at, set={"sent_at": at})


@journal.action
def confirm_transfers(refunds: Sequence[Refund], *, bank_ref: str, actor: Actor, at: datetime) -> int:
    """Confirm that finance has transferred these refunds, all in one go; return how many those are.

    Nothing is confirmed unless all can be.

    :raises NotByHand: if the provider of one tells us itself.
    :raises NotAllowed: if one is confirmed already, or not waiting.
    :raises BalanceGone: if one was taken as failed, and its money has been promised elsewhere or sent anew since.
    """
    for refund in sorted(refunds, key=lambda refund: refund.pk):
        if ports.provider(refund.provider).is_remote:
            raise NotByHand(refund.ref)
        confirm(refund, actor=actor, at=at, bank_ref=bank_ref)
    return len(refunds)


def is_by_hand(refund: Refund) -> bool:
    """Whether finance itself transfers this refund, since no provider does."""
    return not ports.provider(refund.provider).is_remote


@journal.action
def fail_transfer(refund: Refund, *, reason: str, actor: Actor, at: datetime) -> None:
    """Note that finance cannot transfer a refund, and why; its money is free for another try.

    :raises NotByHand: if the provider tells us itself.
    :raises NotAllowed: if it is not waiting.
    """
    if ports.provider(refund.provider).is_remote:
        raise NotByHand(refund.ref)
    fail(refund, reason=reason, actor=actor, at=at)


@journal.action
def try_again(remedy: Remedy, *, actor: Actor, at: datetime) -> list[Refund]:
    """Send what a failed remedy still owes anew, along whatever payments have something left.

    :raises NotAllowed: if the remedy has not failed.
    :raises BalanceGone: if the payments have not enough left.
    """
    found = gathering.gather(remedy.return_request_id, actor=actor, lock=True)
    journal.move(remedy, "execute", actor=actor, at=at)
    attempts = Refund.objects.filter(remedy=remedy).aggregate(last=Max("attempt"))["last"] or 0
    shares = shares_for(remedy, found)
    return intend(remedy, shares, actor=actor, at=at, attempt=attempts + 1)


def shares_for(remedy: Remedy, found: gathering.Gathered) -> list[Share]:
    """Return how what is still owed of a remedy goes back over the payments as they stand.

    :raises BalanceGone: if they have not enough left.
    """
    due = _owed(remedy, but_for=())
    tenders = found.basis_of((), Terms()).tenders
    left = sum(tender.left_minor for tender in tenders)
    if left < due:
        raise BalanceGone(Money(due, remedy.currency), Money(left, remedy.currency))
    return allocate(due, tenders)


def _owed(remedy: Remedy, *, but_for: Iterable[Refund]) -> int:
    """Return what of a remedy no refund that moves or has moved makes good, in minor units."""
    counted = Refund.objects.filter(remedy=remedy, state__in=[*OPEN, "confirmed"]).exclude(
        pk__in=[refund.pk for refund in but_for]
    )
    return remedy.amount_minor - (counted.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def is_paid_anew(refund: Refund) -> bool:
    """Whether what a failed refund was for has left again since, so that it would be paid twice.

    What was intended anew and has not left does not count: it gives way (see `confirm`).
    """
    return refund.remedy is not None and _owed(refund.remedy, but_for=_waiting(refund)) < refund.amount_minor


def room_for(refund: Refund) -> Money:
    """Return what its payment has left for a failed refund that arrived after all, with what gives way to it."""
    minor = sum(one.amount_minor for one in _giving_way(refund) if one.payment_id == refund.payment_id)
    return refund.payment.left + Money(minor, refund.currency)


def _giving_way(refund: Refund) -> list[Refund]:
    """Return what was intended in place of a failed refund, locked, where there is no place for both."""
    waiting = _waiting(refund)
    is_in_the_way = refund.remedy is not None and _owed(refund.remedy, but_for=[refund]) < refund.amount_minor
    return waiting if is_in_the_way else []


def _waiting(refund: Refund) -> list[Refund]:
    rows = Refund.objects.filter(remedy=refund.remedy_id, remedy__isnull=False, state="intended")
    return list(rows.exclude(pk=refund.pk).select_for_update(no_key=True).order_by("pk"))


def confirm(refund: Refund, *, actor: Actor, at: datetime, provider_ref: str = "", bank_ref: str = "") -> None:
    """Take a refund as arrived: book it, and finish the remedy and the return whose last it was.

    One that was taken as failed has left after all, so its money is set aside again, and what was intended in its
    place does not leave. Where its remedy has given way to another meanwhile, nobody knows any more what it was for.

    :raises NotAllowed: if it is confirmed already.
    :raises BalanceGone: if it was taken as failed, and its money has been promised elsewhere or sent anew since.
    """
    columns = {"confirmed_at": at} | _known(provider_ref=provider_ref, bank_ref=bank_ref)
    entry = journal.move(refund, "confirm", actor=actor, at=at, set=columns, amount=str(refund.amount))
    if entry.before == "failed":
        _give_way(refund, at=at)
    remedy = _locked_remedy(refund)
    if entry.before == "failed":
        _set_aside(refund.payment_id, refund.amount, actor=actor, at=at)
    is_owed = remedy is not None and remedy.state != "declined"
    legs = ledger.paid(refund.amount_minor) if is_owed else ledger.unexplained(refund.amount_minor)
    books.post(
        "refund", refund.ref, legs, currency=refund.currency, merchant_id=refund.merchant_id, case_id=refund.case_id,
        at=at,
    )  # fmt: skip
    if remedy is not None and is_owed:
        finish_if_paid(remedy, actor=actor, at=at)


def _give_way(refund: Refund, *, at: datetime) -> None:
    """Let what was intended in place of a failed refund fail in its turn, since that one arrived after all.

    :raises BalanceGone: if so much has left already that there is no place for it.
    """
    if refund.remedy is None:
        return
    for other in _giving_way(refund):
        fail(other, reason=f"{refund.ref} arrived after all", actor=MACHINE, at=at)
    owed = _owed(refund.remedy, but_for=[refund])
    if owed < refund.amount_minor:
        raise BalanceGone(refund.amount, Money(owed, refund.currency))


def fail(refund: Refund, *, reason: str, actor: Actor, at: datetime, provider_ref: str = "") -> None:
    """Take a refund as failed: its money is free again, and its remedy waits for another try.

    :raises NotAllowed: if it is over.
    """
    columns = {"failure": reason[:300]} | _known(provider_ref=provider_ref)
    journal.move(refund, "fail", actor=actor, at=at, set=columns, reason=reason[:300], amount=str(refund.amount))
    _let_go(refund, {"executing"}, reason=reason, actor=actor, at=at)


def reverse(refund: Refund, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take back that a refund arrived: the bank returned it. Its booking is undone, its money free, its case open.

    :raises NotAllowed: if it was not confirmed.
    """
    journal.move(refund, "reverse", actor=actor, at=at, set={"failure": reason[:300]}, reason=reason[:300])
    books.undo("refund", refund.ref, at=at)
    remedy = _let_go(refund, {"executing", "done"}, reason=reason, actor=actor, at=at)
    if remedy:
        case_actions.move_if(remedy.case, "reopen", actor=MACHINE, at=at, closed_at=None)


def _let_go(refund: Refund, states: set[str], *, reason: str, actor: Actor, at: datetime) -> Remedy | None:
    """Free the money of a refund that moves none, and let its remedy fail where it is in one of `states`.

    Locks are taken in the order refund, remedy, payment, here and in every verb.
    """
    remedy = _locked_remedy(refund)
    order_actions.free(refund.payment_id, refund.amount, actor=actor, at=at)
    if remedy and remedy.state in states:
        journal.move(remedy, "fail", actor=_desk(actor), at=at, reason=reason[:300])
    return remedy


def _locked_remedy(refund: Refund) -> Remedy | None:
    """Return the remedy of a refund, locked with its return: of two that end at once, the second sees the first."""
    return None if refund.remedy_id is None else locked(refund.remedy_id)


def locked(remedy_id: int) -> Remedy:
    """Return a remedy with its return, both locked."""
    rows = Remedy.objects.select_for_update(of=("self", "return_request"), no_key=True).select_related("return_request")
    return rows.get(pk=remedy_id)


_PROGRESS = """
SELECT
    (SELECT coalesce(sum(amount_minor), 0) FROM settlements_refund
     WHERE remedy_id = %(remedy)s AND state = 'confirmed'),
    NOT EXISTS (SELECT FROM settlements_remedy WHERE return_request_id = %(return)s AND id <> %(remedy)s
                AND state NOT IN ('done', 'declined')),
    NOT EXISTS (
        SELECT FROM returns_returnline AS line WHERE line.return_request_id = %(return)s AND line.quantity > (
            SELECT coalesce(sum(part.quantity), 0) FROM settlements_remedyline AS part
            JOIN settlements_remedy AS remedy ON remedy.id = part.remedy_id
            WHERE part.return_line_id = line.id AND (remedy.state = 'done' OR remedy.id = %(remedy)s)
        )
    )
"""


def finish_if_paid(remedy: Remedy, *, actor: Actor, at: datetime, is_fulfilled: bool = False) -> None:
    """Finish a remedy all of whose money has arrived (or whose goods have), and with the last one its return.

    The clocks of the refund stop as soon as nothing is owed, even where more goods may still come.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, {"remedy": remedy.pk, "return": remedy.return_request_id})
        confirmed, nothing_owed, all_settled = cursor.fetchone()
    if confirmed < remedy.amount_minor or not (remedy.amount_minor or is_fulfilled):
        return
    journal.move(remedy, "finish", actor=_desk(actor), at=at, kind=remedy.kind, amount=str(remedy.amount))
    if nothing_owed and all_settled and remedy.return_request.state == "authorized":
        return_actions.settle(remedy.return_request, actor=_desk(actor), at=at)
    elif nothing_owed and remedy.kind != "compensation":
        case_actions.meet_clocks(remedy.case_id, "refund_promise", "refund_law", at=at)


def _desk(actor: Actor) -> Actor:
    """Return who moves the nouns that follow: shoppers and carriers set things going, the house carries them on."""
    return actor if actor.is_staff or actor.role == Role.API else MACHINE


def _known(**columns: str) -> dict[str, str]:
    return {column: value for column, value in columns.items() if value}
