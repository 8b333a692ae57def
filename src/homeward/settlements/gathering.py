"""Gathering what a settlement is computed from: one look at the order, its return, what arrived and what was settled.

This is the one place where settlements read the tables of earlier stations themselves: fifteen facts in one statement
instead of fifteen statements, for a verb that the whole road waits on. It writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from homeward.kernel import Actor, Role
from homeward.orders.models import Order
from homeward.returns.models import Return
from homeward.settlements.amounts import WHOLE, Basis, Cut, Fee, Freight, Tender, Terms, Units
from homeward.settlements.deductions import Permission, cuts_for, fees_in, is_doubtful

# What earlier remedies took of a line, unless they were declined, or proposed for a return that has ended since.
_TAKEN = "FROM settlements_remedyline AS part JOIN settlements_remedy AS remedy ON remedy.id = part.remedy_id"
_LIVES = """remedy.state <> 'declined' AND NOT (remedy.state = 'proposed' AND EXISTS (
    SELECT FROM returns_return AS ended WHERE ended.id = remedy.return_request_id
      AND ended.state IN ('refused', 'withdrawn', 'expired')))"""
_HERE = """
FROM warehouse_receiptline AS arrived JOIN warehouse_receipt AS receipt ON receipt.id = arrived.receipt_id
"""
# Facts of an order (alias `purchase`), and facts of a return of it (alias `ret`).
_OF_ORDER = f"""
    'order_id', purchase.id, 'merchant_id', purchase.merchant_id, 'currency', purchase.currency,
    'shipping_minor', purchase.shipping_minor, 'extra_minor', purchase.shipping_extra_minor,
    'tax_minor', purchase.tax_minor, 'total_minor', purchase.total_minor,
    'order_lines', (
        SELECT coalesce(json_object_agg(line.id, json_build_object(
            'title', line.title, 'sku', line.sku, 'quantity', line.quantity, 'before', line.returned_before,
            'physical', line.is_physical, 'paid', line.paid_minor, 'tax', line.tax_minor,
            'shipping', line.shipping_minor, 'gone', gone.gone, 'back', gone.back, 'gone_paid', gone.goods,
            'gone_tax', gone.tax, 'gone_shipping', gone.shipping, 'brought', gone.brought, 'named', gone.named
        ) ORDER BY line.position), '{{}}')
        FROM orders_orderline AS line CROSS JOIN LATERAL (
            SELECT coalesce(sum(part.quantity) FILTER (WHERE live), 0) AS gone,
                   coalesce(sum(part.quantity) FILTER (WHERE live AND remedy.kind LIKE 'refund%%'), 0) AS back,
                   coalesce(sum(part.goods_minor) FILTER (WHERE live), 0) AS goods,
                   coalesce(sum(part.tax_minor) FILTER (WHERE live), 0) AS tax,
                   coalesce(sum(part.shipping_minor) FILTER (WHERE live), 0) AS shipping,
                   coalesce(sum(part.shipping_minor) FILTER (WHERE live AND part.brings_shipping), 0) AS brought,
                   coalesce(sum(part.quantity), 0) AS named
            {_TAKEN} CROSS JOIN LATERAL (SELECT {_LIVES} AS live) AS alive
            WHERE part.order_line_id = line.id
        ) AS gone WHERE line.order_id = purchase.id
    ),
    'payments', (
        SELECT coalesce(json_agg(json_build_array(
            payment.id, payment.provider, payment.method,
            payment.captured_minor - payment.charged_back_minor - payment.reserved_minor
        ) ORDER BY payment.captured_at NULLS LAST, payment.id), '[]')
        FROM orders_payment AS payment WHERE payment.order_id = purchase.id AND payment.currency = purchase.currency
          AND payment.captured_minor > 0
    ),
    'shipped_back', (
        SELECT coalesce(sum(remedy.shipping_minor), 0) FROM settlements_remedy AS remedy
        JOIN returns_return AS other ON other.id = remedy.return_request_id
        WHERE other.order_id = purchase.id AND remedy.state <> 'declined'
    )
"""
_OF_RETURN = f"""
    'id', ret.id, 'number', ret.number, 'state', ret.state, 'case_id', ret.case_id, 'remedy', ret.remedy,
    'goods_back', ret.goods_back, 'refund_shipping', ret.refund_shipping,
    'lines', (
        SELECT coalesce(json_agg(json_build_object(
            'id', line.id, 'order_line', line.order_line_id, 'quantity', line.quantity,
            'settled', (SELECT coalesce(sum(part.quantity), 0) {_TAKEN}
                        WHERE part.return_line_id = line.id AND remedy.state <> 'declined'),
            'here', (SELECT coalesce(sum(arrived.good + arrived.damaged), 0) {_HERE}
                     WHERE arrived.return_line_id = line.id AND receipt.state = 'inspected'),
            'graded', (SELECT json_agg(json_build_array(unit.grade, unit.quantity) ORDER BY unit.id)
                       {_HERE} JOIN warehouse_inspection AS unit ON unit.line_id = arrived.id
                       WHERE arrived.return_line_id = line.id AND receipt.state = 'inspected'
                         AND receipt.ruling <> 'in_favor' AND unit.grade <> 'X' AND unit.voided_at IS NULL),
            'decision', (SELECT json_build_object('deductions', verdict.document #> '{{decision,deductions}}',
                                                  'outbound', verdict.document #> '{{decision,refund,outbound}}')
                         FROM returns_decision AS verdict WHERE verdict.line_id = line.id
                         ORDER BY verdict.id DESC LIMIT 1)
        ) ORDER BY line.id), '[]')
        FROM returns_returnline AS line WHERE line.return_request_id = ret.id
    ),
    'labels', (
        SELECT coalesce(json_agg(json_build_array(parcel.ref, parcel.cost_minor,
            parcel.state = 'delivered' OR EXISTS (SELECT FROM warehouse_receipt AS receipt
                                                  WHERE receipt.parcel_id = parcel.id AND receipt.state = 'inspected')
        ) ORDER BY parcel.id), '[]')
        FROM logistics_parcel AS parcel
        WHERE parcel.return_request_id = ret.id AND ret.freight_payer = 'shopper' AND parcel.payer = 'shopper'
          AND parcel.cost_minor > 0 AND parcel.currency = ret.currency
          AND parcel.state NOT IN ('cancelled', 'lost', 'sent_back')
    ),
    'charged', (
        SELECT coalesce(json_agg(CASE item.kind WHEN 'freight' THEN item.facts ->> 'parcel' ELSE item.ground END), '[]')
        FROM settlements_remedy AS remedy
        CROSS JOIN jsonb_to_recordset(remedy.sums) AS item (kind text, ground text, facts jsonb)
        WHERE remedy.return_request_id = ret.id AND remedy.state <> 'declined'
          AND item.kind IN ('freight', 'fixed_fee')
    )
"""
_RETURN = f"""
SELECT json_build_object({_OF_ORDER}, {_OF_RETURN})
FROM returns_return AS ret JOIN orders_order AS purchase ON purchase.id = ret.order_id WHERE ret.id = %s
"""
_ORDER = f"SELECT json_build_object({_OF_ORDER}) FROM orders_order AS purchase WHERE purchase.id = %s"
_LOCK = """
SELECT 1 FROM orders_order AS purchase JOIN returns_return AS ret ON ret.order_id = purchase.id
WHERE ret.id = %s FOR NO KEY UPDATE OF purchase
"""
_NO_RETURN: dict[str, Any] = {"goods_back": True, "refund_shipping": False, "lines": [], "labels": [], "charged": []}
_SENT_BACK = frozenset({"standard", "full"})  # policies' words for a delivery that the law gives back


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found about a return. `data` is the row of the statement above."""

    data: dict[str, Any]

    @property
    def return_line_of(self) -> dict[int, int]:
        """Which return line names an order line."""
        return {line["order_line"]: line["id"] for line in self.data["lines"]}

    @property
    def settled(self) -> int:
        """How many units of this return remedies have taken."""
        return sum(line["settled"] for line in self.data["lines"])

    def named(self, order_line: int) -> int:
        """Return how many units of an order line remedies have ever named, declined ones too."""
        return int(self.data["order_lines"][str(order_line)]["named"])

    def basis(self, terms: Terms, *, hoped_for: bool = False) -> Basis:
        """Return the basis of settling all units that are due: those that came back and passed inspection.

        Where nothing comes back, or with `hoped_for` (what it will come to if all goes well), all units of the return.
        """
        everything = hoped_for or not self.data["goods_back"]
        units = [one for line in self.data["lines"] for one in self._units(line, everything=everything)]
        if not units:
            return self.basis_of((), terms)
        charged = set(self.data["charged"])
        labels = [
            Freight(ref, cost)
            for ref, cost, has_come in self.data["labels"]
            if ref not in charged and (has_come or hoped_for)
        ]
        allowed = [one for line in self.data["lines"] for one in self._permissions(line)]
        fees = [fee for fee in fees_in(allowed) if fee.ground not in charged]
        return self.basis_of(units, terms, freight=labels, fees=fees)

    def basis_of(
        self, units: Iterable[Units], terms: Terms, *, freight: Iterable[Freight] = (), fees: Iterable[Fee] = ()
    ) -> Basis:
        """Return the basis of settling these very units, with these labels and fees."""
        found = tuple(units)
        data = self.data
        brought = sum(line["brought"] for line in data["order_lines"].values())
        line_tax = sum(line["tax"] for line in data["order_lines"].values())
        delivery = data["shipping_minor"] + data["extra_minor"]
        return Basis(
            currency=data["currency"],
            units=found,
            tenders=tuple(
                Tender(id=id_, provider=provider, method=method, left_minor=max(left, 0))
                for id_, provider, method, left in data["payments"]
            ),
            terms=terms,
            freight=tuple(freight),
            fees=tuple(fees),
            is_last=terms.is_by_price and terms.part == WHOLE and self._is_last(found),
            waiting_shipping_minor=max(brought - data["shipped_back"], 0),
            shipping_tax=(max(data["tax_minor"] - line_tax, 0), delivery),
            order_tax=(data["tax_minor"], data["total_minor"]),
        )

    def _units(self, line: Mapping[str, Any], *, everything: bool) -> Iterable[Units]:
        """Yield the units of a return line that are due, in groups that were graded alike."""
        limit = line["quantity"] if everything else min(line["here"], line["quantity"])
        graded = [] if everything else line["graded"] or []
        seen = 0
        for grade, quantity in [*graded, ["", limit]]:
            start, seen = seen, min(seen + quantity, limit)
            fresh = seen - max(start, line["settled"])
            if fresh > 0:
                yield self._unit(line, fresh, grade)

    def _unit(self, line: Mapping[str, Any], count: int, grade: str) -> Units:
        allowed = self._permissions(line)
        outbound = (line["decision"] or {}).get("outbound")
        return self.units(
            line["order_line"],
            count,
            brings_shipping=self.data["refund_shipping"] or outbound in _SENT_BACK,
            cuts=cuts_for(allowed, grade),
            is_doubtful=is_doubtful(allowed, grade),
        )

    def _permissions(self, line: Mapping[str, Any]) -> list[Permission]:
        return permissions_in((line["decision"] or {}).get("deductions"), self.data["currency"])

    def units(
        self,
        order_line: int,
        count: int,
        *,
        brings_shipping: bool,
        cuts: tuple[Cut, ...] = (),
        is_doubtful: bool = False,
    ) -> Units:
        """Return `count` units of an order line and what is left of it.

        :raises KeyError: if the line is not of this order.
        """
        sold = self.data["order_lines"][str(order_line)]
        before = sold["before"]
        return Units(
            line=order_line,
            title=sold["title"],
            count=count,
            ordered=sold["quantity"],
            price_minor=sold["paid"],
            left=sold["quantity"] - before - sold["gone"],
            left_minor=sold["paid"] - sold["paid"] * before // sold["quantity"] - sold["gone_paid"],
            left_tax_minor=sold["tax"] - sold["tax"] * before // sold["quantity"] - sold["gone_tax"],
            left_shipping_minor=sold["shipping"] - sold["gone_shipping"],
            brings_shipping=brings_shipping,
            cuts=tuple(cuts),
            is_doubtful=is_doubtful,
        )

    def _is_last(self, units: Iterable[Units]) -> bool:
        """Whether the shopper keeps nothing of the order once these units are settled; what was made good is kept."""
        now: dict[str, int] = {}
        for one in units:
            now[str(one.line)] = now.get(str(one.line), 0) + one.count
        return bool(now) and all(
            line["back"] + line["before"] + now.get(key, 0) >= line["quantity"]
            for key, line in self.data["order_lines"].items()
            if line["physical"]
        )


def permissions_in(deductions: Iterable[Mapping[str, Any]] | None, currency: str) -> list[Permission]:
    """Return the deductions that a stored decision allows; a sum in another currency than was paid counts for none."""
    found = []
    for one in deductions or ():
        sum_ = one.get("amount") or {}
        minor = sum_["minor"] if sum_.get("currency") == currency else 0
        found.append(Permission(one["ground"], one["ref"], one.get("percent", 0), minor))
    return found


def gather(return_id: int, *, actor: Actor, lock: bool = False) -> Gathered:
    """Return what a settlement of this return is computed from; with `lock`, nobody else settles its order meanwhile.

    The lock is taken first: what was settled by whoever held it before is then seen.

    :raises Return.DoesNotExist: if there is none within the actor's fence.
    """
    data = _fetch(_LOCK * lock, _RETURN, return_id)
    if data is None or not _may_see(actor, data):
        raise Return.DoesNotExist(return_id)
    return Gathered(data)


def gather_order(order_id: int, *, actor: Actor) -> Gathered:
    """Return what settling units of this order would be computed from, before anybody asks for a return.

    :raises Order.DoesNotExist: if there is none within the actor's fence.
    """
    data = _fetch("", _ORDER, order_id)
    if data is None or not _may_see(actor, data):
        raise Order.DoesNotExist(order_id)
    return Gathered(data | _NO_RETURN)


def _fetch(lock: str, sql: str, key: int) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        if lock:
            cursor.execute(lock, [key])
        cursor.execute(sql, [key])
        row = cursor.fetchone()
    return row[0] if row else None


def _may_see(actor: Actor, data: Mapping[str, Any]) -> bool:
    if actor.role == Role.SHOPPER:
        return data["order_id"] in actor.order_ids
    return actor.sees_all_merchants or data["merchant_id"] == actor.merchant_id
