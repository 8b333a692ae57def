"""Words for parcels, their scans, the choice of a way back, and what is wrong with files."""

from django.utils.translation import gettext_lazy as _

from homeward.logistics.tables import Problem

STATES = {
    "planned": _("Planned"),
    "labelled": _("Label ready"),
    "in_transit": _("In transit"),
    "held": _("Held"),
    "delivered": _("Delivered"),
    "lost": _("Lost"),
    "sent_back": _("Sent back"),
    "cancelled": _("Canceled"),
}

VERBS = {
    "label": _("Make the label"),
    "accept": _("Note that the carrier has it"),
    "hold": _("Note that it is held"),
    "release": _("Note that it moves again"),
    "lose": _("Mark as lost"),
    "find": _("Mark as found"),
    "deliver": _("Note its arrival"),
    "send_back": _("Note that it goes back to the sender"),
    "cancel": _("Cancel the parcel"),
}

CODES = {
    "label_created": _("The label was made"),
    "accepted": _("Accepted by the carrier"),
    "in_transit": _("On its way"),
    "out_for_delivery": _("Out for delivery"),
    "exception": _("Something holds it up"),
    "held_customs": _("Held by customs"),
    "lost": _("Lost by the carrier"),
    "sent_back": _("On its way back to the sender"),
    "delivered": _("Delivered"),
}

CENTERS = {
    "warehouse": _("Own warehouse"),
    "overseas": _("Own warehouse abroad"),
    "center": _("Return center"),
    "hub": _("Collecting hub"),
    "shop": _("Drop-off shop"),
    "third_party": _("Third-party center"),
}

BECAUSE = {
    "only_one": _("the only center that takes these goods from there"),
    "cheapest": _("freight and handling cost least there"),
    "cheapest_for_shopper": _("the shopper pays, and the way there costs least"),
    "same_country": _("it lies in the shopper’s country"),
    "own": _("at equal cost our own house goes first"),
    "none_fits": _("no center takes these goods from there"),
}

REFUSALS = {
    "closed": _("closed"),
    "country": _("does not serve that country"),
    "goods": _("does not take such goods"),
}

KEEP_HINT = _("The way back costs more than the goods fetch: let the shopper keep them?")

PROBLEMS = {
    "column_missing": _("the column “%(column)s” is missing"),
    "unreadable": _("the line cannot be read as CSV"),
    "too_many_cells": _("the line has more cells than the header"),
    "empty": _("“%(column)s” is empty"),
    "unknown_row": _("“%(value)s” is not a kind of row: rate, per_kg or surcharge"),
    "unknown_country": _("“%(value)s” holds something that is not a country code (ISO 3166)"),
    "not_a_currency": _("“%(value)s” is not a currency code (ISO 4217)"),
    "not_a_date": _("“%(value)s” is not a date like 2026-11-24"),
    "not_a_whole_number": _("“%(value)s” in “%(column)s” is not a whole number above zero"),
    "not_an_amount": _("“%(value)s” is not an amount in this currency"),
    "not_a_percentage": _("“%(value)s” is not a percentage above 0 and up to 100"),
    "either_price_or_percent": _("a surcharge has either a price or a percentage"),
    "ends_before_it_begins": _("the card ends before it begins"),
    "differs_from_first_row": _("“%(column)s” is “%(value)s”, but was something else on the first row of this card"),
    "weight_twice": _("the weight %(value)s stands twice in this zone"),
    "price_falls_with_weight": _("a heavier parcel would cost less than a lighter one: %(value)s"),
    "card_without_rates": _("the card has no rates"),
    "zone_without_rates": _("the zone “%(value)s” has no rates"),
    "per_kg_below_last_rate": _("in zone “%(value)s” the price per kilo ends before it begins"),
    "zones_overlap": _("two zones share a pair of countries: %(value)s"),
    "no_tracking_number": _("a tracking number is missing or too long"),
    "unknown_code": _("“%(value)s” is not a scan that we know"),
    "not_a_time": _("“%(value)s” is not a time like 2026-11-24T09:30:00+01:00"),
    "time_without_zone": _("“%(value)s” does not say in which zone the clock stood"),
    "impossible_time": _("“%(value)s” lies in the future or too far in the past"),
    "unknown_tracking_number": _("no parcel has the tracking number “%(value)s”"),
    "several_parcels": _("more than one parcel has the tracking number “%(value)s”: name its carrier by hand"),
}


def problem(found: Problem) -> str:
    """Return what is wrong with a line of a file as a sentence in the reader's language."""
    return str(PROBLEMS[found.code]) % {"column": found.column, "value": found.value[:60]}
