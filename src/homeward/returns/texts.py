"""Words for returns: states, verbs, reasons, remedies, methods."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "requested": _("Requested"),
    "under_review": _("Under review"),
    "evidence_wanted": _("Evidence wanted"),
    "authorized": _("Authorized"),
    "refused": _("Refused"),
    "withdrawn": _("Withdrawn"),
    "expired": _("Expired"),
    "settled": _("Settled"),
}

VERBS = {
    "authorize": _("Authorize"),
    "refuse": _("Refuse"),
    "ask_evidence": _("Ask for evidence"),
    "give_evidence": _("Add evidence"),
    "overturn": _("Overturn the refusal"),
    "withdraw": _("Withdraw the return"),
    "expire": _("Let it expire"),
    "settle": _("Settle"),
    "review": _("Hand to a person"),
}

GROUPS = {
    "quality": _("Something is wrong with it"),
    "delivery": _("The delivery went wrong"),
    "not_as_described": _("It is not as described"),
    "size_color": _("Size or color"),
    "changed_mind": _("I changed my mind"),
}

REASONS = {
    "unsafe": _("It is unsafe or hurt someone"),
    "defective": _("It does not work"),
    "poor_quality": _("The quality is poor"),
    "parts_missing": _("Parts are missing"),
    "damaged_in_transit": _("It arrived damaged"),
    "wrong_item": _("A different item came"),
    "arrived_late": _("It came too late"),
    "looks_different": _("It looks different from the pictures"),
    "does_not_fit_description": _("It does not do what was promised"),
    "too_small": _("Too small"),
    "too_large": _("Too large"),
    "color": _("The color does not suit"),
    "no_longer_needed": _("I do not need it any more"),
    "ordered_by_mistake": _("Ordered by mistake"),
    "better_price": _("Found a better price"),
    "unwanted_gift": _("It was a gift that I do not need"),
    "no_reason": _("No reason"),
}

CONDITIONS = {
    "unopened": _("Unopened"),
    "opened": _("Opened, not used"),
    "tried": _("Tried, as one would in a shop"),
    "used": _("Used"),
    "damaged": _("Damaged after it came"),
}

REMEDIES = {
    "refund": _("Money back"),
    "partial_refund": _("Part of the money back, keep the item"),
    "replacement": _("The same item again"),
    "repair": _("Repair"),
    "refund_without_return": _("Money back, keep the item"),
}

METHODS = {
    "label": _("Prepaid label to print"),
    "qr": _("Code on the phone, no printer needed"),
    "own_carrier": _("My own carrier, with a tracking number"),
    "none": _("Nothing to send"),
}

PAYERS = {"merchant": _("The shop pays the way back"), "shopper": _("You pay the way back")}
