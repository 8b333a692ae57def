"""Writing order lines: new ones by COPY with what the catalog knows of them, known ones by correction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from homeward.kernel import new_ref
from homeward.orders.actions import catalog
from homeward.orders.actions.rows import copy, json_rows, recordset
from homeward.orders.corrections import GONE, Standing, correct
from homeward.orders.drafts import LineDraft, Problem
from homeward.orders.portions import Share
from homeward.parties.models import Merchant

if TYPE_CHECKING:
    from homeward.orders.actions.upserts import RulebookOf, Taken

_COLUMNS = (
    "ref", "merchant_id", "order_id", "position", "external_id", "product_id", "sku", "title", "category", "traits",
    "hs_code", "origin", "weight_g", "quantity", "delivered", "held", "returned_before", "unit_minor", "paid_minor",
    "tax_minor", "discount_minor", "shipping_minor", "delivered_at", "serials", "rulebook_ref", "is_physical",
)  # fmt: skip
_NOT_GOODS = {"gift_card", "digital"}
_UNLISTED = catalog.Known(0, "", [], "", "", 0)


def write(
    created: Sequence[Taken], changed: Sequence[Taken], *, merchant: Merchant, at: datetime,
    rulebook_of: RulebookOf, notes: list[Problem],
) -> None:  # fmt: skip
    """Write the lines of new orders and correct those of changed ones; what was not followed goes to `notes`."""
    wanted = {line.sku: line for one in (*created, *changed) for line in one.draft.lines if line.sku}
    known = catalog.known(wanted, merchant=merchant, at=at)
    rows = [
        _row(one, place, position, known, merchant.pk, at, rulebook_of(merchant.pk, one.draft.placed_at))
        for one, place, position in (*_all_of(created), *_corrected(changed, notes))
    ]
    notes += (note for one in created for line in one.draft.lines if (note := _over_delivered(one, line)))
    copy("orders_orderline", _COLUMNS, rows)


_New = tuple["Taken", int, int]  # an order, the place of a line in its draft, and the position that it gets


def _all_of(created: Sequence[Taken]) -> Iterable[_New]:
    return ((one, place, place + 1) for one in created for place in range(len(one.draft.lines)))


def _row(  # noqa: PLR0917 - called once per line of millions
    one: Taken, place: int, position: int, known: Mapping[str, catalog.Known], merchant_id: int, at: datetime,
    rulebook: str,
) -> tuple[Any, ...]:  # fmt: skip
    """Return a new line as COPY wants it; where the shop is silent, the catalog speaks."""
    line = one.draft.lines[place]
    product = known.get(line.sku, _UNLISTED)
    stand = _told(line, one.examined.shares[place])
    traits, category = list(line.traits) or product.traits, line.category or product.category
    return (
        new_ref("lin", at=at), merchant_id, one.order_id, position, line.external_id, product.id or None, line.sku,
        line.title[:300], category, traits, line.hs_code or product.hs_code,
        line.origin or product.origin, line.weight_g or product.weight_g, stand.quantity, stand.delivered, stand.held,
        stand.returned_before, stand.unit_minor, stand.paid_minor, stand.tax_minor, stand.discount_minor,
        stand.shipping_minor, stand.delivered_at, list(stand.serials), rulebook,
        line.is_physical and _NOT_GOODS.isdisjoint([category, *traits]),
    )  # fmt: skip


def _told(line: LineDraft, share: Share) -> Standing:
    """Return the standing of a line as the shop tells it, before anything of ours is held."""
    delivered = min(line.delivered, line.quantity)
    before = min(line.returned_before or 0, delivered)
    return Standing(
        line.quantity, delivered, before, before, line.unit_minor, share.paid_minor, share.tax_minor,
        share.discount_minor, share.shipping_minor, line.delivered_at, line.serials,
    )  # fmt: skip


def _over_delivered(one: Taken, line: LineDraft) -> Problem | None:
    if line.delivered <= line.quantity:
        return None
    facts = {"value": line.delivered, "quantity": line.quantity}
    return Problem(one.draft.row, line.external_id, "over_delivered", facts, is_refusal=False, rows=0)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A line as the database has it, locked until its correction is written."""

    id: int
    position: int
    sku: str
    title: str
    standing: Standing


_LOCK = """
SELECT order_id, external_id, id, position, sku, title, quantity, delivered, held, returned_before, unit_minor,
       paid_minor, tax_minor, discount_minor, shipping_minor, delivered_at, serials
FROM orders_orderline WHERE order_id = ANY(%s) ORDER BY id FOR UPDATE
"""
_CHANGES = {
    "id": "bigint", "sku": "text", "title": "text", "quantity": "int", "delivered": "int", "held": "int",
    "returned_before": "int", "unit_minor": "bigint", "paid_minor": "bigint", "tax_minor": "bigint",
    "discount_minor": "bigint", "shipping_minor": "bigint", "delivered_at": "timestamptz", "serials": "text[]",
}  # fmt: skip
_UPDATE = f"""
UPDATE orders_orderline AS line SET {", ".join(f"{column} = told.{column}" for column in _CHANGES if column != "id")}
FROM {recordset(_CHANGES)} WHERE line.id = told.id
"""


def _corrected(changed: Sequence[Taken], notes: list[Problem]) -> list[_New]:
    """Correct the stored lines of changed orders; return the lines that are new in them."""
    if not changed:
        return []
    stored = _locked([one.order_id for one in changed])
    updates: list[dict[str, Any]] = []
    new: list[_New] = []
    for one in changed:
        known = stored.get(one.order_id, {})
        places = {line.external_id: place for place, line in enumerate(one.draft.lines)}
        for external_id, line in known.items():
            updates += _correction(line, external_id, one, places.get(external_id), notes)
        last = max((line.position for line in known.values()), default=0)
        fresh = [place for external_id, place in places.items() if external_id not in known]
        new += ((one, place, last + step) for step, place in enumerate(fresh, 1))
    if updates:
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [json_rows(updates)])
    return new


def _locked(order_ids: list[int]) -> dict[int, dict[str, _Stored]]:
    """Return the lines of these orders by their external id, locked."""
    found: dict[int, dict[str, _Stored]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [order_ids])
        for order_id, external_id, id_, position, sku, title, *columns, serials in cursor.fetchall():
            line = _Stored(id_, position, sku, title, Standing(*(*columns, tuple(serials))))
            found.setdefault(order_id, {})[external_id] = line
    return found


def _correction(
    stored: _Stored, external_id: str, one: Taken, place: int | None, notes: list[Problem]
) -> list[dict[str, Any]]:
    """Return the row that corrects a line, none where nothing changes; what was not followed goes to `notes`."""
    told, sku, title = GONE, stored.sku, stored.title
    if place is not None:
        line = one.draft.lines[place]
        told, sku, title = _told(line, one.examined.shares[place]), line.sku, line.title[:300]
        if line.returned_before is None:
            told = replace(told, returned_before=stored.standing.returned_before)
        if over := _over_delivered(one, line):
            notes.append(over)
    after, said = correct(stored.standing, told)
    notes += (Problem(one.draft.row, external_id, *note, is_refusal=False, rows=0) for note in said)
    if (after, sku, title) == (stored.standing, stored.sku, stored.title):
        return []
    columns = {name: getattr(after, name) for name in _CHANGES if name not in {"id", "sku", "title"}}
    return [{"id": stored.id, "sku": sku, "title": title, **columns}]
