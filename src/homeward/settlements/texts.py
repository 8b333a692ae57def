"""Words for what is owed and paid: states, verbs, kinds of remedies, items of a sum, accounts, problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: dict[str, dict[str, Promise | str]] = {
    "remedy": {
        "proposed": _("Proposed"),
        "agreed": _("Agreed"),
        "executing": _("Under way"),
        "done": _("Done"),
        "failed": _("Failed"),
        "declined": _("Declined"),
    },
    "refund": {
        "intended": _("Intended"),
        "sent": _("Sent"),
        "confirmed": _("Confirmed"),
        "failed": _("Failed"),
        "reversed": _("Reversed"),
    },
    "replacement": {
        "reserved": _("Reserved"),
        "released": _("Released"),
        "shipped": _("Shipped"),
        "delivered": _("Delivered"),
        "cancelled": _("Canceled"),
    },
}

VERBS = {
    "agree": _("Approve"),
    "accept": _("Accept the offer"),
    "decline": _("Decline"),
    "execute": _("Try again"),
    "confirm": _("Confirm the transfer"),
    "fail": _("Report a failure"),
    "ship": _("Ship"),
    "deliver": _("Mark as delivered"),
    "cancel": _("Cancel"),
}

KINDS = {
    "refund": _("Refund"),
    "refund_without_return": _("Refund, goods kept"),
    "partial_refund": _("Partial refund"),
    "replacement": _("Replacement"),
    "compensation": _("Compensation"),
}

AWAITS = {"authority": _("Needs approval"), "shopper": _("Waits for the shopper")}

ITEMS = {
    "goods": _("%(count)s × %(title)s"),
    "kept": _("Agreed part that the shop keeps: %(percent)s %%"),
    "deduction": _("Loss of value, %(percent)s %% (grade %(because)s)"),
    "fee": _("Handling fee, %(percent)s %%"),
    "fixed_fee": _("Handling fee"),
    "shipping": _("Standard delivery of the order"),
    "bonus": _("Extra from the shop"),
    "freight": _("Return label"),
    "agreed": _("Agreed sum"),
    "in_kind": _("%(count)s × %(title)s, sent again"),
    "waived": _("Return cost that is not charged"),
    "beyond_payments": _("Already given back"),
}

ACCOUNTS = {
    "refunds_payable": _("Owed to shoppers"),
    "payment_clearing": _("Money at payment providers"),
    "returns_allowance": _("Revenue given back: goods"),
    "shipping_allowance": _("Revenue given back: delivery"),
    "tax_payable": _("Tax on sales"),
    "goodwill": _("Goodwill"),
    "return_freight": _("Return labels"),
    "carrier_payable": _("Owed to carriers"),
    "freight_recovered": _("Return labels paid by shoppers"),
    "fees": _("Handling fees"),
    "unexplained_refunds": _("Refunds made past Homeward"),
    "chargebacks": _("Taken back by banks"),
}

POSTINGS = {
    "remedy": _("Agreed"),
    "refund": _("Refund arrived"),
    "refund_undone": _("Refund came back"),
    "label": _("Return label"),
    "label_undone": _("Return label given back"),
    "charge_back": _("Charge-back"),
}

PROBLEMS = {
    "unreadable": _("The provider sent something that cannot be read: %(reason)s"),
    "unknown_payment": _("The provider speaks of a payment that is not known here"),
    "amount_differs": _("The provider says %(told)s, the refund is over %(ours)s"),
    "contradiction": _("The provider says %(told)s now, but said another amount before"),
    "no_amount": _("The provider names no amount"),
    "more_than_left": _("%(told)s were paid back at the provider, but the payment has only %(left)s left"),
    "paid_anew": _("A refund of %(told)s that had failed arrived after all, but was sent anew: it is paid twice"),
    "paid_after_reversal": _("The provider says that a refund arrived which the bank had returned"),
    "goods_recounted": _("%(kind)s for %(number)s: it has left already, but its goods are counted again"),
    "currency_differs": _("The provider speaks of %(told)s, the payment was in %(ours)s"),
}


def item(of: Mapping[str, Any]) -> str:
    """Return the words for one item of a stored or computed sum, in the reader's language."""
    facts = of.get("facts") or {}
    shown = {"title": "", "count": "", "because": "", **facts, "percent": percent(facts.get("hundredths", 0))}
    return str(ITEMS[of["kind"]]) % shown if of["kind"] in ITEMS else str(of["kind"])


def problem(code: str, facts: Mapping[str, Any]) -> str:
    """Return the words for what is wrong with a provider's event."""
    shown = {**facts, "kind": KINDS.get(facts.get("kind", ""), "")}
    return str(PROBLEMS[code]) % shown if code in PROBLEMS else code


def percent(hundredths: int) -> str:
    """Return hundredths of a percent as people write percents: 1250 is "12.5"."""
    return f"{hundredths / 100:g}"
