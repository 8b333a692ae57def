"""How a shop puts the withdrawal function into its own pages, and which of them may show it inside."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.parties import actions as party_actions
from homeward.parties import origins
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant
from homeward.web import doors
from homeward.web.portal import duty


@doors.door(doors.KEYS)
def choose(request: HttpRequest) -> HttpResponse:
    """Lead to the page of the one shop, or let those who look after several pick one."""
    shops = list(party_queries.merchants(request.actor))
    if len(shops) == 1:
        return redirect("office:embedding_of", slug=shops[0].slug)
    return render(request, "office/embedding_shops.html", {"shops": shops})


@doors.door(doors.KEYS)
def embedding(request: HttpRequest, slug: str) -> HttpResponse:
    """Show address, link, script and frame to copy; keep the addresses whose pages may frame the form."""
    shop = party_queries.merchant(request.actor, slug)
    written, error = "\n".join(shop.shop_origins), ""
    if request.method == "POST":
        written = request.POST.get("origins", "")[:5000]
        try:
            allowed = origins.read(written)
        except origins.NoOrigin as refused:
            error = _("“%(line)s” is no address such as https://shop.example") % {"line": refused.line}
        else:
            party_actions.allow_origins(shop, allowed, actor=request.actor, at=request.at)
            messages.success(request, _("Kept. Only these pages may show the form inside."))
            return redirect("office:embedding_of", slug=slug)
    context = {"shop": shop, "written": written, "error": error, **_snippets(request, shop)}
    return render(request, "office/embedding.html", context, status=422 if error else 200)


def _snippets(request: HttpRequest, shop: Merchant) -> dict[str, str]:
    """Return what to copy, in the words that the law asks for."""
    page, frame, script = (
        settings.BASE_URL + reverse(f"portal:{name}", args=[shop.slug])
        for name in ("withdraw", "embed", "withdraw_script")
    )
    labels = _labels(shop.country.upper(), on=request.at.date())
    lines = (f'<a href="{page}?lang={code}" hreflang="{code}">{label}</a>' for code, label in labels.items())
    label = labels[get_language() or "en"]
    return {
        "page": page,
        "link": "\n".join(lines),
        "script": f'<script src="{script}" async></script>',
        "frame": f'<iframe src="{frame}" title="{label}" width="100%" height="720"></iframe>',
    }


def _labels(place: str, *, on: date) -> dict[str, str]:
    """Return the label in each language: as the law of a place asks for it, else as that of the Union does."""
    asking = place if duty.is_asked(duty.law_of(place, on=on), on=on) else duty.UNION
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = duty.duty_in(asking, on=on).label
    return found
