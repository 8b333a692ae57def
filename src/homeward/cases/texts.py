"""Words for cases and clocks."""

from django.utils.translation import gettext_lazy as _

STATES = {"open": _("Open"), "waiting": _("Waiting"), "closed": _("Closed")}

VERBS = {"wait": _("Set to waiting"), "resume": _("Take up again"), "close": _("Close the case"), "reopen": _("Reopen")}

CLOCKS = {
    "first_response": _("First answer"),
    "next_response": _("Next answer"),
    "merchant_answer": _("Merchant’s answer"),
    "evidence": _("Evidence from the shopper"),
    "ship_by": _("Parcel on its way"),
    "inspection": _("Inspection"),
    "refund_promise": _("Refund as promised"),
    "refund_law": _("Refund by law"),
    "find_order": _("Find the order"),
}

SOURCES = {
    "desk": _("Our promise"),
    "channel": _("Channel"),
    "marketplace": _("Marketplace"),
    "law": _("Law"),
}
