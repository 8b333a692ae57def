"""The published policy of a shop, a page and its JSON twin a place: computed when asked, from law and rulebook."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from homeward.kernel.actor import MACHINE
from homeward.logistics import queries as logistics_queries
from homeward.parties.models import Merchant
from homeward.policies import packs, published
from homeward.policies import queries as policy_queries
from homeward.policies.packs import Pack
from homeward.policies.published import Terms
from homeward.policies.rulebook import Book
from homeward.web.portal import duty, policy_words, schema_org
from homeward.web.portal.door import in_shop, show

SCHEMA = "homeward/policy/1"
_FIVE_MINUTES = "public, max-age=300"
_NO_COUNTRIES = frozenset({packs.NOWHERE, duty.UNION, "CN-CBEC-IMPORT"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What one place gets to read: the terms, and where they come from."""

    place: str
    terms: Terms
    book: Book
    pack: Pack


@require_safe
@in_shop
def here(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Lead to the policy of the reader's place: the one picked, that of the order, else the shop's own."""
    place = duty.named_place(request, shop) or shop.country.upper()
    return redirect("portal:policy_in", slug=shop.slug, place=place.lower())


@require_safe
@in_shop
def policy(request: HttpRequest, shop: Merchant, place: str) -> HttpResponse:
    """Show what holds in a place for a purchase today: figures first, then the law, and what the shop adds."""
    found = _policy(request, shop, place)
    url = _address(shop, found.place)
    said = list(policy_words.shop(found.terms, found.book, name=found.book.name or shop.name))
    context = {
        "policy": found,
        "name": policy_words.place_name(found.place),
        "figures": policy_words.figures(found.terms),
        "law": list(policy_words.law(found.terms, found.pack)),
        "added": [one for one in said if one.tone == "good"],
        "handling": [one for one in said if one.tone != "good"],
        "seasons": [policy_words.season_words(one) for one in found.terms.seasons],
        "exceptions": list(policy_words.exceptions(found.terms, found.pack)),
        "places": _places(found.book, shop, found.place),
        "url": url,
        "markup": _markup(found, shop, url),
    }
    return show(request, shop, "policy", context)


@require_safe
@in_shop
def twin(request: HttpRequest, shop: Merchant, place: str) -> HttpResponse:
    """Hand out the same policy as JSON, marked by its content so that nobody fetches it twice."""
    found = _policy(request, shop, place)
    url = _address(shop, found.place)
    body = json.dumps(document(found, shop, url=url, language=request.LANGUAGE_CODE), ensure_ascii=False, indent=2)
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    for header, value in {"ETag": etag, "Cache-Control": _FIVE_MINUTES, "Access-Control-Allow-Origin": "*"}.items():
        response.headers[header] = value
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
@in_shop
def sitemap(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """List the policy pages of every place in every language, for search engines."""
    book = policy_queries.rulebook_at(MACHINE, shop, request.at)
    languages = [code for code, _name in settings.LANGUAGES]
    pages = [(_address(shop, place), languages) for place in _codes(book, shop)]
    response = show(request, shop, "sitemap", {"pages": pages})
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    response.headers["Cache-Control"] = _FIVE_MINUTES
    return response


def document(found: Policy, shop: Merchant, *, url: str, language: str) -> dict[str, Any]:
    """Return the JSON of a policy. Docs: docs/policy-page.md."""
    terms, book = found.terms, found.book
    data: dict[str, Any] = msgspec.to_builtins(terms)
    return {
        "schema": SCHEMA,
        "merchant": {"slug": shop.slug, "name": shop.legal_name or shop.name},
        "url": url,
        "language": language,
        **{key: value for key, value in data.items() if key not in {"law_refs", "shop_refs", "exceptions"}},
        "days": terms.days,
        "law_clauses": _told(policy_words.law(terms, found.pack)),
        "shop_clauses": _told(policy_words.shop(terms, book, name=book.name or shop.name)),
        "exceptions": [
            told | {"key": one.key, "waived_by": list(one.waived_by)}
            for told, one in zip(_told(policy_words.exceptions(terms, found.pack)), terms.exceptions, strict=True)
        ],
        "schema_org": _markup_data(found, shop, url),
    }


def _told(clauses: Iterable[policy_words.Told]) -> list[dict[str, Any]]:
    return [{"ref": one.ref, "law": one.law, "text": one.text} for one in clauses]


def _policy(request: HttpRequest, shop: Merchant, place: str) -> Policy:
    code = place.upper()
    if not duty.is_place(code):
        raise Http404
    day, book = request.at.date(), policy_queries.rulebook_at(MACHINE, shop, request.at)
    terms = published.terms(book, code, on=day, currency=shop.currency, seller_country=shop.country)
    return Policy(code, terms, book, duty.law_of(code, on=day))


def _codes(book: Book, shop: Merchant) -> list[str]:
    """Return the places that the shop sells to, as its rulebook names them, else all that we hold law for."""
    if book.sells_to:
        return sorted({*book.sells_to, shop.country.upper()})
    return sorted({*(code for code in packs.library().codes if code not in _NO_COUNTRIES), shop.country.upper()})


def _places(book: Book, shop: Merchant, place: str) -> list[dict[str, Any]]:
    codes = {*_codes(book, shop), place}
    named = sorted((policy_words.place_name(code), code) for code in codes)
    return [{"code": code, "name": name, "is_current": code == place} for name, code in named]


def _address(shop: Merchant, place: str) -> str:
    return settings.BASE_URL + reverse("portal:policy_in", args=[shop.slug, place.lower()])


def _markup_data(found: Policy, shop: Merchant, url: str) -> dict[str, Any]:
    name = _("Returns policy of %(shop)s for %(place)s") % {
        "shop": shop.name, "place": policy_words.place_name(found.place)
    }  # fmt: skip
    start = settings.BASE_URL + reverse("portal:lookup", args=[shop.slug])
    return schema_org.return_policy(found.terms, url=url, start=start, name=name, sent_to=_sent_to(shop, found.place))


def _sent_to(shop: Merchant, place: str) -> str:
    """Return the country to which goods from a place travel: that of the center which serves it, else the shop's."""
    rows = logistics_queries.centers(MACHINE).filter(Q(merchant=shop) | Q(merchant=None), is_open=True)
    country = place.partition("-")[0]
    serving = sorted(rows, key=lambda one: (country not in one.serves, one.merchant_id is None))
    return str(serving[0].country) if serving else shop.country.upper()


def _markup(found: Policy, shop: Merchant, url: str) -> str:
    """Return the JSON-LD of a page, with nothing in it that could end the element that holds it."""
    text = json.dumps(_markup_data(found, shop, url), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
