"""The merchants' catalogs: products listed by hand, and those that first show up in an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from homeward import journal
from homeward.kernel import Actor, new_ref
from homeward.orders.actions.rows import json_rows, recordset
from homeward.orders.drafts import LineDraft, ProductDraft
from homeward.orders.models import Component, Product
from homeward.parties.models import Merchant


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog says about a product, for lines whose shop says less."""

    id: int
    category: str
    traits: list[str]
    hs_code: str
    origin: str
    weight_g: int


_COLUMNS = {
    "ref": "text", "merchant_id": "bigint", "sku": "text", "title": "jsonb", "category": "text", "traits": "text[]",
    "hs_code": "text", "origin": "text", "weight_g": "int", "price_minor": "bigint", "currency": "text",
    "picture": "text",
}  # fmt: skip
_INSERT = f"""
INSERT INTO orders_product AS known ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)} FROM {recordset(_COLUMNS)}
ON CONFLICT (merchant_id, sku)"""
_ADD = _INSERT + " DO NOTHING"
_CHANGED = [column for column in _COLUMNS if column not in {"ref", "merchant_id", "sku"}]
_LIST = f"""{_INSERT} DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in _CHANGED)}
WHERE ({", ".join(f"known.{column}" for column in _CHANGED)})
    IS DISTINCT FROM ({", ".join(f"excluded.{column}" for column in _CHANGED)})
RETURNING id, sku, ref
"""
_FIND = """
SELECT sku, id, category, traits, hs_code, origin, weight_g FROM orders_product WHERE merchant_id = %s AND sku = ANY(%s)
"""


@journal.action
def list_products(drafts: Sequence[ProductDraft], *, merchant: Merchant, actor: Actor, at: datetime) -> dict[str, int]:
    """Put products into a merchant's catalog, or change those that differ; return the ids by sku.

    Kits are given with their parts, which stand in the same list or are listed already. Order lines keep what was true
    on the day of purchase.
    """
    rows = [_row(draft, merchant.pk, at) for draft in sorted(drafts, key=lambda draft: draft.sku)]
    with connection.cursor() as cursor:
        cursor.execute(_LIST, [json_rows(rows)])
        changed = cursor.fetchall()
    wanted = {draft.sku for draft in drafts} | {sku for draft in drafts for sku, _ in draft.parts}
    ids = {sku: known.id for sku, known in _find(sorted(wanted), merchant=merchant).items()}
    _assemble({ids[draft.sku]: {ids[sku]: count for sku, count in draft.parts} for draft in drafts})
    for product_id, sku, ref in changed:
        product = Product(pk=product_id, ref=ref, merchant_id=merchant.pk)
        journal.record(product, "list", actor=actor, at=at, sku=sku)
    return ids


def known(wanted: Mapping[str, LineDraft], *, merchant: Merchant, at: datetime) -> dict[str, Known]:
    """Return what the catalog knows of each sku; those it has never seen are added with what their line says."""
    if not wanted:
        return {}
    found = _find(sorted(wanted), merchant=merchant)
    if missing := [wanted[sku] for sku in sorted(wanted) if sku not in found]:
        rows = [_row(_seen(line), merchant.pk, at) for line in missing]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [json_rows(rows)])
        found |= _find([line.sku for line in missing], merchant=merchant)
    return found


def _seen(line: LineDraft) -> ProductDraft:
    return ProductDraft(
        sku=line.sku, title={"en": line.title[:300]}, category=line.category, traits=line.traits,
        hs_code=line.hs_code, origin=line.origin, weight_g=line.weight_g,
    )  # fmt: skip


def _row(draft: ProductDraft, merchant_id: int, at: datetime) -> dict[str, Any]:
    return {
        "ref": new_ref("prd", at=at), "merchant_id": merchant_id, "sku": draft.sku, "title": dict(draft.title),
        "category": draft.category, "traits": draft.traits, "hs_code": draft.hs_code, "origin": draft.origin,
        "weight_g": draft.weight_g, "price_minor": draft.price_minor, "currency": draft.currency,
        "picture": draft.picture,
    }  # fmt: skip


def _find(skus: Sequence[str], *, merchant: Merchant) -> dict[str, Known]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [merchant.pk, list(skus)])
        return {sku: Known(*columns) for sku, *columns in cursor.fetchall()}


def _assemble(kits: Mapping[int, Mapping[int, int]]) -> None:
    """Make each kit hold just these parts."""
    Component.objects.filter(kit__in=kits).delete()
    Component.objects.bulk_create(
        Component(kit_id=kit, part_id=part, quantity=count)
        for kit, parts in kits.items()
        for part, count in parts.items()
    )
