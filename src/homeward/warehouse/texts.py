"""Words of the dock: states, verbs, outcomes, grades, dispositions, the questions of the checklists, and the limits."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homeward.warehouse.checklists import Grade
from homeward.warehouse.limits import Disposition

Words = str | Promise

STATES = {
    "expected": _("Expected"),
    "received": _("Received"),
    "inspected": _("Inspected"),
    "disputed": _("Disputed"),
}

VERBS = {
    "receive": _("Receive the goods"),
    "inspect": _("Finish the inspection"),
    "dispute": _("Contest what came"),
    "resolve": _("Rule on the dispute"),
    "reopen": _("Count again"),
    "match": _("Match with a return"),
}

OUTCOMES = {
    "match": _("As announced"),
    "short": _("Short"),
    "over": _("More than announced"),
    "wrong": _("Another item"),
    "unknown": _("Not announced"),
}

GRADES: dict[str, Words] = {
    Grade.A: _("as new"),
    Grade.B: _("opened, complete"),
    Grade.C: _("marks of use"),
    Grade.D: _("damaged"),
    Grade.X: _("not what we sold"),
}

DISPOSITIONS: dict[str, Words] = {
    Disposition.RESTOCK: _("Back to stock"),
    Disposition.REFURBISH: _("Refresh and resell"),
    Disposition.LIQUIDATE: _("Sell as used"),
    Disposition.DONATE: _("Give away"),
    Disposition.RETURN_TO_SUPPLIER: _("Return to the supplier"),
    Disposition.SEND_BACK: _("Send back to the shopper"),
    Disposition.QUARANTINE: _("Quarantine"),
    Disposition.DESTROY: _("Destroy"),
}

GROUNDS = {
    "wrong_item": _("Another item than the one sold"),
    "switched": _("The serial number was not sold on this order"),
    "empty": _("Nothing lay in the box"),
    "condition": _("The condition is contested"),
    "count": _("The count is contested"),
}

RULINGS = {
    "as_found": _("What the dock found stands"),
    "in_favor": _("The units count as the ones that were sold"),
}

QUESTIONS: dict[str, Words] = {
    "packaging": _("How is the original packaging?"),
    "complete": _("Are all parts there?"),
    "marks": _("Marks, scratches or breakage?"),
    "tags_on": _("Are tags and bands still on?"),
    "stains": _("Stains?"),
    "smell": _("Smells of smoke, perfume or sweat?"),
    "wear": _("Signs of wear, pulls or holes?"),
    "infested": _("Mold, vermin or body fluids?"),
    "box": _("Is the shoe box there?"),
    "sole": _("How do the soles look?"),
    "pair": _("Is it a pair: left and right, same size?"),
    "powers_on": _("Does it switch on and work?"),
    "signed_out": _("Is it signed out and wiped of personal data?"),
    "battery_danger": _("Is the battery swollen, leaking, hot, smelling or burnt?"),
    "battery_hit": _("Has it been crushed, pierced or soaked?"),
    "seal": _("Is the seal intact?"),
    "hygiene_seal": _("Is the hygiene seal intact?"),
    "media_seal": _("Is the wrapping sealed?"),
    "leaking": _("Is it leaking or broken?"),
    "in_date": _("Is it within its date?"),
    "kept_cold": _("Was it kept cold all the way?"),
    "sterile_seal": _("Is the sterile packaging intact?"),
    "used_on_body": _("Are there signs of use on a body?"),
}

_YES_NO = {"yes": _("Yes"), "no": _("No")}

ANSWERS: dict[str, dict[str, Words]] = {
    "packaging": {"sealed": _("Sealed"), "opened": _("Opened"), "missing": _("Missing")},
    "marks": {"none": _("None"), "light": _("Light"), "clear": _("Clear"), "broken": _("Broken")},
    "stains": {"none": _("None"), "washable": _("Washable"), "lasting": _("Lasting")},
    "wear": {"none": _("None"), "light": _("Light"), "clear": _("Clear"), "torn": _("Torn")},
    "sole": {"clean": _("Clean"), "light": _("Tried on"), "worn": _("Worn outside")},
}

LIMITS: dict[str, Words] = {
    "battery_damaged": _("A damaged lithium battery must not travel or be sold: it is set apart, and two people sign."),
    "battery_cause_unknown": _(
        "A battery device that fails for an unknown reason does not travel until it is cleared."
    ),
    "recalled": _("Recalled goods must not be put on the market again."),
    "medicine": _("Medicines that were with a consumer must not be sold or given away again."),
    "medical": _("Medical devices that were with a consumer do not go back to stock."),
    "supplements": _("Returned supplements stay in quarantine until quality has reviewed them."),
    "cosmetics_opened": _("Opened cosmetics must not be sold or given away."),
    "food": _("Food that has left our hands is not sold again."),
    "food_unsafe": _("Opened, spoiled or leaking food must not be given to anybody."),
    "unsold_apparel": _("Returned clothing and shoes must not be destroyed in the EU: give them away or refresh them."),
    "personal_data": _("A device that still holds personal data stays here until it is wiped."),
    "health_hazard": _("Goods with mold, vermin or body fluids are not passed on."),
    "hygiene_opened": _("Hygiene goods with a broken seal do not go back to stock."),
    "made_for_one": _("Goods made for one person do not go back to stock."),
    "damaged_is_not_new": _("Goods with marks of use are not sold as new."),
    "not_ours": _("What we did not sell is not ours: it is set apart or sent back."),
}


def answer(question: str, word: str) -> Words:
    """Return the words of one answer to a question of a checklist."""
    return ANSWERS.get(question, _YES_NO)[word]
