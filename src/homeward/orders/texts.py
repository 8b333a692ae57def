"""Words for what is wrong with an import, and for why units of an order cannot come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    # a value
    "missing": _("nothing is given here, but it is needed"),
    "not_a_number": _("“%(value)s” is not a whole number"),
    "not_an_amount": _("“%(value)s” is not an amount of money in %(currency)s"),
    "not_a_date": _("“%(value)s” is not a date that can be read"),
    "no_zone": _("%(value)s does not say in which time zone"),
    "unknown_currency": _("“%(value)s” is not a currency in use (ISO 4217)"),
    "unknown_country": _("“%(value)s” is not a country (ISO 3166)"),
    "quantity_out_of_range": _("the quantity %(value)s is not between 1 and %(largest)s"),
    "count_out_of_range": _("the count %(value)s is not between 0 and %(largest)s"),
    "too_long": _("longer than %(largest)s characters"),
    "half_character": _("half a character stands in the text, which no text may hold"),
    "zero_character": _("a zero character stands in the text, which no text may hold"),
    "amount_out_of_range": _("the amount %(value)s (in the smallest unit) is below zero or beyond belief"),
    "date_in_future": _("%(value)s lies in the future"),
    "date_too_old": _("%(value)s lies too far in the past for an order"),
    "delivered_before_order": _("delivered on %(value)s, before the order was placed"),
    # a whole order
    "no_lines": _("the order has no lines"),
    "line_twice": _("“%(value)s” stands twice in this order"),
    "does_not_add_up": _("told as %(told)s, but the lines come to %(found)s (in the smallest unit)"),
    "currency_differs": _("paid in %(value)s, but the order is in %(order)s"),
    "refunded_beyond_captured": _("more was refunded (%(value)s) than was ever paid"),
    "order_differs": _("%(field)s is “%(value)s” here but “%(first)s” on the first row of the order"),
    "order_again": _("order %(value)s stands at two places in this file; the later rows were left out"),
    "order_cut_off": _("the file ends in the middle of order %(value)s"),
    # a correction that meets a return
    "kept_for_returns": _("%(held)s units are already coming back, so the quantity stays at %(held)s, not %(value)s"),
    "price_kept_for_returns": _("units are already coming back at the old price, so the price was not changed"),
    "payment_kept_for_refunds": _("%(held)s is refunded or about to be, so the payment was not lowered below it"),
    "payments_kept_for_refunds": _(
        "payment “%(value)s” is new, but money of an earlier one that is no longer named is already refunded, "
        "so the payments stay as they were"
    ),
    "payment_elsewhere": _("payment “%(value)s” already belongs to another order, so it was not taken"),
    "over_delivered": _("%(value)s delivered of %(quantity)s ordered: counted as %(quantity)s"),
    # history
    "service_row": _("%(value)s is a service or fee, not goods, and belongs to no order"),
    "stock_correction": _("a correction of stock (%(value)s), not a sale"),
    "test_row": _("%(value)s is a test of the shop, not goods"),
    "bad_debt": _("an entry of bookkeeping (%(value)s), not a sale"),
    # a file
    "row_cut_off": _("the row ends early: %(found)s of %(wanted)s columns; the file seems to be cut off here"),
    "row_quotes": _("the quotation marks of the row do not match"),
    "row_too_long": _("the row has %(found)s columns instead of %(wanted)s"),
    "not_json": _("not readable as JSON here: %(value)s"),
    "not_an_order": _("this is not an order"),
}  # fmt: skip

REASONS = {
    "cancelled": _("The order was canceled."),
    "not_delivered": _("Not delivered yet."),
    "partly_delivered": _("%(waiting)s not delivered yet."),
    "all_asked_back": _("All of it has been asked back already."),
    "partly_asked_back": _("%(held)s asked back already."),
    "gift_card": _("A gift card cannot be sent back."),
    "not_physical": _("This is not a thing that can be sent back."),
}


def problem(code: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence for a problem; a code without one stands for itself."""
    return str(PROBLEMS[code]) % facts if code in PROBLEMS else code


def reason(code: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence for a reason why units of a line cannot come back."""
    return str(REASONS[code]) % facts
