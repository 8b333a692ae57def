"""Runs of an import: begun, fed chunk by chunk (each one transaction), closed with past returns matched to sales."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import F

from homeward import journal
from homeward.kernel import Actor, new_ref
from homeward.orders.actions import upserts
from homeward.orders.actions.rows import json_rows, recordset
from homeward.orders.drafts import OrderDraft, PastReturnDraft, Problem
from homeward.orders.models import ImportProblem, ImportRun, PastReturn
from homeward.parties.models import Merchant

Item = OrderDraft | PastReturnDraft | Problem


@dataclass(slots=True)
class Taking:
    """What became of one chunk: the orders, and how many past returns were new."""

    orders: upserts.Upserts = field(default_factory=upserts.Upserts)
    returns_created: int = 0
    problems: list[Problem] = field(default_factory=list)


@journal.action
def start_run(*, merchant: Merchant, source: str, filename: str, sha256: str, actor: Actor, at: datetime) -> ImportRun:
    """Begin an import: one file or feed of one merchant."""
    run = ImportRun.objects.create(
        ref=new_ref("imp", at=at), merchant=merchant, source=source, filename=filename[:255], sha256=sha256,
        started_at=at,
    )  # fmt: skip
    journal.record(run, "start", actor=actor, at=at, source=source, filename=run.filename)
    return run


@journal.action
def take(
    run: ImportRun, items: Sequence[Item], *, rows: int, actor: Actor, at: datetime, rulebook_of: upserts.RulebookOf
) -> Taking:
    """Take one chunk of a run, read from `rows` rows: orders, past returns and problems; all of it or nothing."""
    drafts = [item for item in items if isinstance(item, OrderDraft)]
    orders = upserts.apply(drafts, merchant=run.merchant, source=run.source, at=at, rulebook_of=rulebook_of)
    returns = [item for item in items if isinstance(item, PastReturnDraft)]
    result = Taking(orders, _keep_past_returns(run, returns, at=at) if returns else 0)
    result.problems = [*(item for item in items if isinstance(item, Problem)), *orders.problems]
    ImportProblem.objects.bulk_create(
        ImportProblem(
            run=run, row=one.row, field=one.field[:60], code=one.code, facts=dict(one.facts), raw=one.raw[:4000],
            is_refusal=one.is_refusal,
        )
        for one in result.problems
    )  # fmt: skip
    counts = {
        "rows_read": rows,
        "rows_refused": sum(one.rows for one in result.problems if one.is_refusal),
        "orders_created": len(orders.created),
        "orders_changed": len(orders.changed),
        "orders_unchanged": len(orders.unchanged),
        "returns_created": result.returns_created,
    }
    ImportRun.objects.filter(pk=run.pk).update(**{name: F(name) + count for name, count in counts.items()})
    journal.record(run, "take", actor=actor, at=at, **counts, problems=Counter(one.code for one in result.problems))
    return result


@journal.action
def finish_run(run: ImportRun, *, actor: Actor, at: datetime, stopped_by: str = "") -> ImportRun:
    """Close a run and match past returns to their sales; `stopped_by` says why a file was not read to its end."""
    ImportRun.objects.filter(pk=run.pk).update(finished_at=at, stopped_by=stopped_by)
    run.refresh_from_db()
    matched = _match_past_returns(run) if run.orders_created or run.orders_changed or run.returns_created else 0
    journal.record(run, "finish", actor=actor, at=at, stopped_by=stopped_by, returns_matched=matched)
    return run


_PAST = {
    "ref": "text", "merchant_id": "bigint", "source": "text", "external_id": "text", "buyer": "text", "sku": "text",
    "title": "text", "country": "text", "quantity": "int", "value_minor": "bigint", "currency": "text",
    "returned_at": "timestamptz",
}  # fmt: skip
_KEEP = f"""
INSERT INTO orders_pastreturn ({", ".join(_PAST)}) SELECT {", ".join(_PAST)} FROM {recordset(_PAST)}
ON CONFLICT (merchant_id, source, external_id) DO NOTHING
"""
# A return fits the latest earlier sale of the same thing to the same buyer that was large enough. Several returns may
# fit one sale; the line then counts as wholly returned and no more.
_MATCH = """
WITH fit AS (
    SELECT DISTINCT ON (back.id) back.id, line.id AS line_id
    FROM orders_pastreturn AS back
    JOIN orders_order AS purchase
        ON purchase.merchant_id = back.merchant_id AND purchase.source = back.source AND purchase.buyer = back.buyer
       AND purchase.placed_at <= back.returned_at
    JOIN orders_orderline AS line
        ON line.order_id = purchase.id AND line.sku = back.sku AND line.quantity >= back.quantity
       AND line.is_physical AND line.paid_minor > 0
    WHERE back.merchant_id = %s AND back.source = %s AND back.line_id IS NULL AND back.buyer <> ''
    ORDER BY back.id, purchase.placed_at DESC, line.id
), matched AS (
    UPDATE orders_pastreturn AS back SET line_id = fit.line_id FROM fit WHERE back.id = fit.id
    RETURNING back.line_id, back.quantity
), gone AS (
    SELECT line_id, sum(quantity) AS quantity FROM matched GROUP BY line_id
), counted AS (
    UPDATE orders_orderline AS line
    SET held = line.held + least(gone.quantity, line.delivered - line.held),
        returned_before = line.returned_before + least(gone.quantity, line.delivered - line.held)
    FROM gone WHERE line.id = gone.line_id
)
SELECT count(*) FROM matched
"""


def _keep_past_returns(run: ImportRun, drafts: Sequence[PastReturnDraft], *, at: datetime) -> int:
    rows = [
        {
            "ref": new_ref("pst", at=at), "merchant_id": run.merchant_id, "source": run.source,
            "external_id": draft.external_id, "buyer": draft.buyer, "sku": draft.sku, "title": draft.title[:300],
            "country": draft.country, "quantity": draft.quantity, "value_minor": draft.value_minor,
            "currency": draft.currency, "returned_at": draft.returned_at,
        }
        for draft in drafts
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [json_rows(rows)])
        return cursor.rowcount


def _match_past_returns(run: ImportRun) -> int:
    """Match what is not matched yet; return how many found their sale.

    The planner must know what a large import has just brought, or it takes hours for seconds.
    """
    if not PastReturn.objects.filter(merchant=run.merchant_id, source=run.source, line=None).exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order, orders_orderline, orders_pastreturn")
        cursor.execute(_MATCH, [run.merchant_id, run.source])
        return cursor.fetchone()[0]
