"""Whether everything adds up after a bench: units, money and books, asked of the tables themselves."""

from __future__ import annotations

from typing import Any

from django.db import connection

_REFUNDS = """
SELECT count(*) FILTER (WHERE refunds = 1), count(*) FILTER (WHERE refunds <> 1) FROM (
    SELECT ret.id, count(refund.id) AS refunds FROM returns_return AS ret
    LEFT JOIN settlements_remedy AS remedy ON remedy.return_request_id = ret.id AND remedy.state <> 'declined'
    LEFT JOIN settlements_refund AS refund ON refund.remedy_id = remedy.id
    WHERE ret.ref = ANY(%s) GROUP BY ret.id
) AS counted
"""
# Each is the number of rows that break a rule; all must be 0.
_BREACHES = {
    "order_lines_whose_held_units_are_not_the_returned_ones": """
        SELECT count(*) FROM orders_orderline AS line
        WHERE held - returned_before <> (
            SELECT coalesce(sum(gone.quantity), 0) FROM returns_returnline AS gone
            JOIN returns_return AS ret ON ret.id = gone.return_request_id
            WHERE gone.order_line_id = line.id AND ret.state NOT IN ('refused', 'withdrawn', 'expired'))
    """,
    "payments_whose_reserve_is_not_their_refunds": """
        SELECT count(*) FROM orders_payment AS payment
        WHERE reserved_minor - refunded_before_minor <> (
            SELECT coalesce(sum(amount_minor), 0) FROM settlements_refund AS refund
            WHERE refund.payment_id = payment.id AND refund.state NOT IN ('failed', 'reversed'))
    """,
    "inspected_units_that_did_not_move_once": """
        SELECT count(*) FROM warehouse_inspection AS found
        WHERE voided_at IS NULL AND quantity <> (
            SELECT coalesce(sum(quantity), 0) FROM warehouse_stockmovement AS moved
            WHERE moved.inspection_id = found.id
        )
    """,
    "receipt_lines_that_took_in_more_than_was_sent": """
        SELECT count(*) FROM returns_returnline AS line
        WHERE quantity < (SELECT coalesce(sum(good + damaged), 0) FROM warehouse_receiptline AS came
                          WHERE came.return_line_id = line.id)
    """,
    "bookings_off_balance": """
        SELECT count(*) FROM (SELECT FROM settlements_postingline GROUP BY posting_id, currency
                              HAVING sum(amount_minor) <> 0) AS off
    """,
    "dead_letters": "SELECT count(*) FROM journal_deadletter WHERE solved_at IS NULL",
}


class DoesNotAddUp(Exception):
    """Something was paid, counted or booked twice, or got lost; `found` says what."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        super().__init__(f"it does not add up: {found}")


def check(finished: list[str] | tuple[str, ...] = ()) -> dict[str, int]:
    """Look whether each of the `finished` returns (by ref) has exactly one refund, and whether all counts agree.

    :raises DoesNotAddUp: if not.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFUNDS, [list(finished)])
        refunded, others = cursor.fetchone()
        found = {"returns_with_one_refund": refunded, "returns_with_none_or_several": others}
        for name, sql in _BREACHES.items():
            cursor.execute(sql)
            found[name] = cursor.fetchone()[0]
    if refunded != len(finished) or any(found[name] for name in ("returns_with_none_or_several", *_BREACHES)):
        raise DoesNotAddUp(found)
    return found
