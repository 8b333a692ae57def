"""Words for notices and messages."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS = {
    "under_review": _("Under review"),
    "evidence_wanted": _("Evidence wanted"),
    "authorized": _("Authorized"),
    "refused": _("Refused"),
    "withdrawn": _("Return withdrawn"),
    "expired": _("Return expired"),
    "label_ready": _("Label ready"),
    "parcel_received": _("Parcel received"),
    "inspected": _("Parcel checked"),
    "contested": _("Parcel contested"),
    "offered": _("Offer"),
    "refund_sent": _("Refund on its way"),
    "refund_confirmed": _("Refund confirmed"),
    "replacement_shipped": _("Replacement shipped"),
    "withdrawal_acknowledged": _("Withdrawal acknowledged"),
    "message_answer": _("Answer to a message"),
    "magic_link": _("Link to an order"),
}

# Proof that a shopper is asked for; other words stand for themselves.
WANTED = {
    "photo": _("A photo of what happened"),
    "video": _("A short film of what happened"),
    "document": _("The paper that shows it, such as the invoice"),
    "serial": _("The serial number of the item"),
}

STATES = {
    "intended": _("Waiting to be sent"),
    "sent": pgettext_lazy("mail", "Sent"),
    "kept": _("Kept, no mail server"),
    "failed": _("Failed"),
}

VERBS = {"send": _("Send"), "keep": _("Keep"), "fail": _("Give up"), "retry": _("Send again")}

SIDES = {"shopper": _("Shopper"), "staff": _("Staff"), "note": _("Internal note")}

CHANNELS = {
    "portal": _("Portal"),
    "desk": _("Desk"),
    "mail": _("E-mail"),
    "phone": _("Phone"),
    "counter": _("At the counter"),
    "api": _("API"),
}
