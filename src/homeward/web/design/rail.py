"""The rail of staff pages: which places each role has, in groups; a place whose page is not installed stays away."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homeward.kernel import Actor, Role

_DESK = frozenset({Role.AGENT, Role.SUPERVISOR, Role.MERCHANT, Role.OPERATOR})
_MONEY = frozenset({Role.FINANCE, Role.OPERATOR})
_OFFICE = frozenset({Role.SUPERVISOR, Role.FINANCE, Role.MERCHANT, Role.OPERATOR})
_DOCK = frozenset({Role.DOCK, Role.OPERATOR})
_HEADS = frozenset({Role.SUPERVISOR, Role.OPERATOR})


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
            Place("desk:inbox", "inbox", _("Inbox"), _DESK),
            Place("desk:cases", "box", _("Cases"), _DESK),
            Place("desk:approvals", "shield", _("Approvals"), _HEADS),
        ),
    ),
    Group(
        "road",
        _("The road"),
        (
            Place("dock:station", "dock", _("Dock"), _DOCK),
            Place("dock:parcels", "truck", _("Parcels"), _DOCK | _DESK),
            Place("dock:bench", "wrench", _("Repairs"), _DOCK),
        ),
    ),
    Group("money", _("Money"), (Place("office:refunds", "coins", _("Refunds"), _MONEY | _HEADS),)),
    Group(
        "office",
        _("Office"),
        (
            Place("office:dashboard", "chart", _("Overview"), _OFFICE),
            Place("office:orders", "cart", _("Orders"), _OFFICE),
            Place("office:imports", "upload", _("Imports"), frozenset({Role.MERCHANT, Role.OPERATOR})),
            Place("office:rulebooks", "book", _("Rulebook"), _OFFICE),
            Place("office:notices", "mail", _("Notices sent"), _OFFICE),
            Place("office:journal", "note", _("Journal"), _OFFICE),
            Place("office:dead_letters", "alert", _("Dead letters"), frozenset({Role.OPERATOR})),
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
    return _url(SEARCH) if actor is not None and actor.role in _DESK else ""


def _placed(place: Place) -> Place:
    return Place(place.name, place.icon, place.words, place.roles, _url(place.name))


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
