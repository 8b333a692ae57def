"""Setting money of a payment aside for refunds: never more than was captured less what was charged back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from homeward import journal
from homeward.kernel import Actor, Money
from homeward.orders.models import Payment


class NotEnoughLeft(Exception):
    """A payment has less left than was to be set aside; `left` says how much."""

    def __init__(self, asked: Money, left: Money) -> None:
        self.asked, self.left = asked, left
        super().__init__(f"{asked} asked of a payment that has {left} left")


class NotReserved(Exception):
    """More was to be freed than is set aside for refunds of ours."""

    def __init__(self, given: Money, reserved: Money) -> None:
        self.given, self.reserved = given, reserved
        super().__init__(f"{given} to be freed of {reserved} set aside")


_RESERVE = """
UPDATE orders_payment SET reserved_minor = reserved_minor + %s
WHERE id = %s AND currency = %s AND reserved_minor + %s <= captured_minor - charged_back_minor
RETURNING id, ref, merchant_id
"""
_FREE = """
UPDATE orders_payment SET reserved_minor = reserved_minor - %s
WHERE id = %s AND currency = %s AND reserved_minor - %s >= refunded_before_minor
RETURNING id, ref, merchant_id
"""
_CHARGE_BACK = """
WITH found AS (SELECT id, captured_minor - charged_back_minor - reserved_minor AS free FROM orders_payment
               WHERE id = %s AND currency = %s FOR UPDATE)
UPDATE orders_payment AS payment SET charged_back_minor = charged_back_minor + least(found.free, %s)
FROM found WHERE payment.id = found.id
RETURNING payment.id, payment.ref, payment.merchant_id, found.free
"""


@journal.action
def reserve(payment_id: int, amount: Money, *, actor: Actor, at: datetime) -> None:
    """Set `amount` of a payment aside for a refund that is intended now.

    The row stays locked until the transaction ends, so that the refund's own row is written under this lock.

    :raises NotEnoughLeft: if less is left, or the payment is in another currency.
    :raises ValueError: if the amount is not above zero.
    """
    found = _run(_RESERVE, amount, [amount.minor, payment_id, amount.currency, amount.minor])
    if found is None:
        raise NotEnoughLeft(amount, Payment.objects.get(pk=payment_id).left)
    _record("reserve", found, actor=actor, at=at, amount=str(amount))


@journal.action
def free(payment_id: int, amount: Money, *, actor: Actor, at: datetime) -> None:
    """Give back what was set aside for a refund that failed or was reversed.

    :raises NotReserved: if less is set aside.
    :raises ValueError: if the amount is not above zero.
    """
    found = _run(_FREE, amount, [amount.minor, payment_id, amount.currency, amount.minor])
    if found is None:
        payment = Payment.objects.get(pk=payment_id)
        raise NotReserved(amount, Money(payment.reserved_minor - payment.refunded_before_minor, payment.currency))
    _record("free", found, actor=actor, at=at, amount=str(amount))


@journal.action
def charge_back(payment_id: int, amount: Money, *, actor: Actor, at: datetime) -> Money:
    """Note that the bank took `amount` back; return the part that had already been refunded or set aside.

    That part is a loss which no column can hide: the caller must put it before a person.

    :raises Payment.DoesNotExist: if there is no such payment in this currency.
    :raises ValueError: if the amount is not above zero.
    """
    found = _run(_CHARGE_BACK, amount, [payment_id, amount.currency, amount.minor])
    if found is None:
        raise Payment.DoesNotExist(f"no payment {payment_id} in {amount.currency}")
    lost = Money(max(amount.minor - found[3], 0), amount.currency)
    _record("charge_back", found, actor=actor, at=at, amount=str(amount), already_refunded=str(lost))
    return lost


def _run(sql: str, amount: Money, values: list[Any]) -> tuple[Any, ...] | None:
    if amount.minor <= 0:
        raise ValueError(f"{amount} is not above zero")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def _record(verb: str, found: tuple[Any, ...], *, actor: Actor, at: datetime, **facts: str) -> None:
    payment = Payment(pk=found[0], ref=found[1], merchant_id=found[2])
    journal.record(payment, verb, actor=actor, at=at, **facts)
