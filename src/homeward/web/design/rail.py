"""The rail of staff pages: which places each role has, in groups; a place whose page is not installed stays away."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homeward.kernel import Actor, Role
from homeward.web import doors


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the rail: its name is the URL name that pages give to mark where they are."""

    name: str
    icon: str
    words: str | Promise
    roles: frozenset[Role]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A headed part of the rail."""

    key: str
    words: str | Promise
    places: tuple[Place, ...]


GROUPS = (
    Group(
        "desk",
        _("Desk"),
        (
            Place("desk:inbox", "inbox", _("Inbox"), doors.DESK),
            Place("desk:cases", "box", _("Cases"), doors.DESK),
            Place("desk:approvals", "shield", _("Approvals"), doors.CASE),
        ),
    ),
    Group(
        "road",
        _("The road"),
        (
            Place("dock:station", "dock", _("Dock"), doors.DOCK),
            Place("dock:parcels", "truck", _("Parcels"), doors.DOCK | doors.DESK),
            Place("desk:replacements", "swap", _("Replacements"), doors.DESK | doors.DOCK),
        ),
    ),
    Group("money", _("Money"), (Place("office:refunds", "coins", _("Refunds"), doors.MONEY | doors.OFFICE),)),
    Group(
        "office",
        _("Office"),
        (
            Place("office:dashboard", "chart", _("Overview"), doors.OFFICE),
            Place("office:orders", "cart", _("Orders"), doors.OFFICE),
            Place("office:withdrawals", "scales", _("Withdrawals"), doors.OFFICE),
            Place("office:imports", "upload", _("Imports"), doors.OFFICE),
            Place("office:rulebooks", "book", _("Rulebooks"), doors.OFFICE),
            Place("office:laws", "globe", _("Law library"), doors.LAW),
            Place("office:backtests", "play", _("Backtests"), doors.TRIALS),
            Place("office:notices", "mail", _("Notices sent"), doors.OFFICE),
            Place("office:journal", "list", _("Journal"), doors.OFFICE),
            Place("office:dead_letters", "alert", _("Dead letters"), doors.OPERATOR),
            Place("office:keys", "key", _("API keys"), doors.KEYS),
            Place("office:staff", "users", _("Staff"), doors.KEYS),
        ),
    ),
)

SEARCH = "desk:cases"


def rail_of(actor: Actor | None) -> list[Group]:
    """Return the groups that `actor` may open, each place with its address; empty groups are left out."""
    if actor is None or not actor.is_staff:
        return []
    shown = []
    for group in GROUPS:
        places = tuple(place for place in map(_placed, group.places) if place.url and actor.role in place.roles)
        if places:
            shown.append(Group(group.key, group.words, places))
    return shown


def search_url(actor: Actor | None) -> str:
    """Return where the search of the bar goes, or nothing for who has no list of cases."""
    return _url(SEARCH) if actor is not None and actor.role in doors.DESK else ""


def _placed(place: Place) -> Place:
    return Place(place.name, place.icon, place.words, place.roles, _url(place.name))


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
