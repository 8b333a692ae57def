"""Taking orders as shops tell them: new ones whole, known ones where they changed, unchanged ones not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from homeward import journal
from homeward.kernel import Actor, new_ref
from homeward.orders.actions import lines, sides
from homeward.orders.actions.rows import json_rows, recordset
from homeward.orders.drafts import Examined, OrderDraft, Problem, examine, number_key
from homeward.orders.models import Order
from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant

RulebookOf = Callable[[int, datetime], str]
"""Says which rulebook of a merchant (its number) holds for a purchase at a time."""


class Malformed(Exception):
    """An order cannot be taken as it was told; `problems` says why, field by field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.field}: {problem.code}" for problem in problems))


@dataclass(slots=True)
class Upserts:
    """What became of drafts, by the shop's number of the order; created and changed ones with our id."""

    created: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taken:
    """A draft that passed its examination, with the reference and the id that its order has."""

    draft: OrderDraft
    examined: Examined
    ref: str
    order_id: int = 0


@journal.action
def upsert_orders(
    drafts: Sequence[OrderDraft], *, merchant: Merchant, source: str, actor: Actor, at: datetime,
    rulebook_of: RulebookOf,
) -> Upserts:  # fmt: skip
    """Take a handful of orders and write one entry for each that is new or changed; the same again changes nothing.

    A draft with a problem is left out and told in the result; the others are taken. What is held for returns and set
    aside for refunds stays, whatever a correction says.
    """
    result = apply(drafts, merchant=merchant, source=source, at=at, rulebook_of=rulebook_of)
    refs = _refs([*result.created.values(), *result.changed.values()])
    for verb, orders in (("import", result.created), ("correct", result.changed)):
        for order_id in orders.values():
            order = Order(pk=order_id, ref=refs[order_id], merchant_id=merchant.pk)
            journal.record(order, verb, actor=actor, at=at, source=source)
    return result


@journal.action
def upsert_order(
    draft: OrderDraft, *, merchant: Merchant, source: str, actor: Actor, at: datetime, rulebook_of: RulebookOf
) -> tuple[Order, Upserts]:
    """Take one order; return it with what became of it, notes included.

    :raises Malformed: if it cannot be taken as it was told.
    """
    result = upsert_orders([draft], merchant=merchant, source=source, actor=actor, at=at, rulebook_of=rulebook_of)
    if refusals := [problem for problem in result.problems if problem.is_refusal]:
        raise Malformed(refusals)
    return Order.objects.get(merchant=merchant, source=source, external_id=draft.external_id), result


def apply(
    drafts: Sequence[OrderDraft], *, merchant: Merchant, source: str, at: datetime, rulebook_of: RulebookOf
) -> Upserts:
    """Write the drafts with a fixed number of statements, however many they are; see `upsert_orders`."""
    result = Upserts()
    taken = _examined(drafts, result.problems, at=at)
    if not taken:
        return result
    found = _write_orders(taken, merchant=merchant, source=source, at=at)
    created = [one for one in found if one.ref == taken[one.draft.external_id].ref]
    changed = [one for one in found if one.ref != taken[one.draft.external_id].ref]
    if found:
        lines.write(created, changed, merchant=merchant, at=at, rulebook_of=rulebook_of, notes=result.problems)
        sides.write_payments(created, changed, merchant=merchant, at=at, notes=result.problems)
        sides.write_deliveries(found, merchant=merchant, at=at)
    result.created = {one.draft.external_id: one.order_id for one in created}
    result.changed = {one.draft.external_id: one.order_id for one in changed}
    result.unchanged = [key for key in taken if key not in result.created and key not in result.changed]
    return result


def _examined(drafts: Sequence[OrderDraft], problems: list[Problem], *, at: datetime) -> dict[str, Taken]:
    """Return the drafts that may be taken, by external id; what is wrong with the others goes to `problems`."""
    good: dict[str, Taken] = {}
    for draft in sorted(drafts, key=lambda draft: draft.external_id):  # one order of locks for all importers
        examined = examine(draft, at=at)
        if examined.problems:
            problems += examined.problems
        elif draft.external_id in good:
            rows = max(len(draft.rows), 1)
            problems.append(Problem(draft.row, "external_id", "order_again", {"value": draft.number}, rows=rows))
        else:
            good[draft.external_id] = Taken(draft, examined, new_ref("ord", at=at))
    return good


_COLUMNS = {
    "ref": "text", "merchant_id": "bigint", "source": "text", "external_id": "text", "number": "text",
    "number_key": "text", "shopper_id": "bigint", "buyer": "text", "placed_at": "timestamptz", "currency": "text",
    "country": "text", "subdivision": "text", "postcode": "text", "phone": "text", "email": "text", "ship_to": "jsonb",
    "locale": "text", "channel": "text", "goods_minor": "bigint", "discount_minor": "bigint",
    "shipping_minor": "bigint", "shipping_extra_minor": "bigint", "other_minor": "bigint", "tax_minor": "bigint",
    "tax_included": "boolean", "total_minor": "bigint", "informed_at": "timestamptz", "notices": "text[]",
    "is_test": "boolean", "cancelled_at": "timestamptz", "digest": "text", "imported_at": "timestamptz",
    "changed_at": "timestamptz",
}  # fmt: skip
_FIXED = {"ref", "merchant_id", "source", "external_id", "imported_at"}
_UPSERT = f"""
INSERT INTO orders_order AS known ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)} FROM {recordset(_COLUMNS)}
ON CONFLICT (merchant_id, source, external_id) DO UPDATE
SET {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS if column not in _FIXED)}
WHERE known.digest <> excluded.digest
RETURNING id, external_id, ref
"""


def _write_orders(taken: dict[str, Taken], *, merchant: Merchant, source: str, at: datetime) -> list[Taken]:
    """Insert new orders and update changed ones; return these, with the id and ref that the database knows."""
    people = [
        {"email": one.draft.email, "name": one.draft.name[:200], "phone": one.draft.phone, "country": one.draft.country,
         "locale": one.draft.locale}
        for one in taken.values() if one.draft.email
    ]  # fmt: skip
    shoppers = party_actions.meet_all(merchant=merchant, people=people, at=at) if people else {}
    rows = [_order_row(one, shoppers, merchant=merchant, source=source, at=at) for one in taken.values()]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [json_rows(rows)])
        return [
            replace(taken[external_id], ref=ref, order_id=order_id) for order_id, external_id, ref in cursor.fetchall()
        ]


def _order_row(
    taken: Taken, shoppers: dict[str, int], *, merchant: Merchant, source: str, at: datetime
) -> dict[str, Any]:
    draft, shares = taken.draft, taken.examined.shares
    paid = sum(share.paid_minor for share in shares)
    return {
        "ref": taken.ref, "merchant_id": merchant.pk, "source": source, "external_id": draft.external_id,
        "number": draft.number, "number_key": number_key(draft.number),
        "shopper_id": shoppers.get(draft.email.strip().lower()), "buyer": draft.buyer, "placed_at": draft.placed_at,
        "currency": draft.currency, "country": draft.country, "subdivision": draft.subdivision,
        "postcode": draft.postcode, "phone": draft.phone, "email": draft.email.strip().lower(),
        "ship_to": dict(draft.ship_to), "locale": draft.locale, "channel": draft.channel,
        "goods_minor": sum(line.unit_minor * line.quantity for line in draft.lines),
        "discount_minor": sum(share.discount_minor for share in shares),
        "shipping_minor": draft.shipping_minor, "shipping_extra_minor": draft.shipping_extra_minor,
        "other_minor": draft.other_minor, "tax_minor": draft.tax_minor, "tax_included": draft.tax_included,
        "total_minor": paid + draft.shipping_minor + draft.shipping_extra_minor + draft.other_minor,
        "informed_at": draft.informed_at, "notices": draft.notices, "is_test": draft.is_test,
        "cancelled_at": draft.cancelled_at, "digest": taken.examined.digest, "imported_at": at, "changed_at": at,
    }  # fmt: skip


def _refs(order_ids: list[int]) -> dict[int, str]:
    return dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "ref"))
