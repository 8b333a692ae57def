"""Which shop a page of the office is about, where its reader may see several."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant


def chosen(request: HttpRequest) -> tuple[Merchant, list[Merchant]]:
    """Return the shop that the request names, else the first, and those that there are to choose from.

    :raises Http404: if there is none, or none of that name within the actor's fence.
    """
    shops = list(party_queries.merchants(request.actor))
    asked = request.POST.get("merchant") or request.GET.get("merchant", "")
    found = next((shop for shop in shops if shop.slug == asked), None)
    if found is None and (asked or not shops):
        raise Http404
    return found or shops[0], shops
