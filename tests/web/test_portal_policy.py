"""The published policy: a page and its JSON twin for each place, markup that validates, nothing that drifts."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import Client

from homeward.policies import actions as policy_actions
from homeward.policies import packs, published, rulebook
from homeward.web.portal import schema_org
from tests.policies.support_published import BOOKS
from tests.support import build, build_logistics
from tests.support.cast import NOW, Cast
from tests.support.portal import Visitor
from tests.support.schema_org import complaints

pytestmark = [pytest.mark.django_db, pytest.mark.road]
ROOT = Path(__file__).parents[2]


def markup(page: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page).group(1))
    return found


def text(client: Client, path: str) -> str:
    answer = client.get(f"/r/lanting/policy/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_page_tells_figures_law_and_promise(client: Client, cast: Cast) -> None:
    page = text(client, "de/?lang=en")

    for words in (
        ">30 days</span>", "after delivery; by law 14 days after delivery", "You pay", "24 months",
        "DE-WDR-355", "STD-30D",
        "after the goods are back; by law within 14 days after you tell the shop",
        "What the law gives you: Germany", "What the shop adds",
        "Made to the shopper’s wishes", "DE-EXC-312G-1", "until 31 January",
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize("language", ["en", "zh-hans", "de", "fr", "ja"])
def test_it_speaks_five_languages(client: Client, cast: Cast, language: str) -> None:
    page = html.unescape(text(client, f"fr/?lang={language}"))

    pack = packs.pack_for("FR", on=date(2026, 11, 24))
    assert f'<html lang="{language}"' in page
    assert pack.texts[pack.law.withdrawal.clause.ref].sentence.in_(language) in page


def test_every_place_has_a_page_a_twin_and_markup_that_validates(client: Client, cast: Cast) -> None:
    for code in packs.library().codes:
        if code == "CN-CBEC-IMPORT":  # a way of buying, not a place
            continue
        page = text(client, f"{code.lower()}/")
        twin = client.get(f"/r/lanting/policy/{code.lower()}.json").json()
        assert list(complaints(markup(page))) == [], code
        assert twin["schema_org"] == markup(page), code
        assert twin["place"] == code


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("place", ["DE", "TR", "US-CA", "ZZ", "JP"])
def test_the_markup_of_any_rulebook_validates(name: str, place: str) -> None:
    terms = published.terms(BOOKS[name], place, on=date(2026, 6, 10))

    told = schema_org.return_policy(
        terms, url="https://x.example/p", start="https://x.example/", name="P", sent_to="DE"
    )

    assert list(complaints(told)) == []


def test_the_markup_promises_never_too_much() -> None:
    def told(name: str, place: str) -> dict[str, Any]:
        terms = published.terms(BOOKS[name], place, on=date(2026, 6, 10))
        return schema_org.return_policy(
            terms, url="https://x.example/p", start="https://x.example/", name="P", sent_to="DE"
        )

    turkey, fee = told("standard", "TR"), told("long with a fee", "DE")
    assert turkey["returnFees"] == "https://schema.org/ReturnFeesCustomerResponsibility"  # once the law's time is over
    assert told("nothing", "TR")["returnFees"] == "https://schema.org/FreeReturn"
    assert (fee["restockingFee"], fee["merchantReturnDays"]) == (15.0, 40)
    assert told("nothing", "DE")["merchantReturnDays"] == 14
    assert told("nothing", "US-CA")["returnPolicyCategory"] != "https://schema.org/MerchantReturnFiniteReturnWindow"
    assert fee["itemDefectReturnFees"] == "https://schema.org/FreeReturn"


def test_the_season_is_told_to_machines_too(client: Client, cast: Cast) -> None:
    (season,) = markup(text(client, "de/"))["returnPolicySeasonalOverride"]

    assert season["merchantReturnDays"].endswith("-01-31")
    assert season["startDate"].endswith("-11-01")


def test_goods_travel_to_the_center_that_serves_the_place(client: Client, cast: Cast) -> None:
    assert markup(text(client, "fr/"))["returnPolicyCountry"] == "CN"
    center = build_logistics.center()

    assert markup(text(client, "fr/"))["returnPolicyCountry"] == center.country


def test_the_checker_knows_what_is_wrong() -> None:
    good = {"@context": "https://schema.org", "@type": "MerchantReturnPolicy", "applicableCountry": "DE",
            "returnPolicyCategory": "https://schema.org/MerchantReturnUnspecified"}  # fmt: skip
    assert list(complaints(good)) == []
    for wrong in (
        {"returnDays": 14}, {"returnFees": "https://schema.org/Free"}, {"merchantReturnDays": "soon"},
        {"applicableCountry": "Germany"}, {"returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow"},
        {"restockingFee": {"@type": "Money"}}, {"@type": "Policy"}, {"@context": "x"},
    ):  # fmt: skip
        assert list(complaints(good | wrong)), wrong


def test_a_new_rulebook_is_on_the_page_the_moment_it_holds(client: Client, cast: Cast) -> None:
    assert ">30 days</span>" in text(client, "de/")
    first = client.get("/r/lanting/policy/de.json")

    policy_actions.publish(
        BOOKS["long with a fee"], merchant=cast.lanting, valid_from=NOW - timedelta(days=1), actor=cast.olu, at=NOW
    )

    page, second = text(client, "de/"), client.get("/r/lanting/policy/de.json")
    assert ">40 days</span>" in page
    assert "15 %" in page
    assert first.headers["ETag"] != second.headers["ETag"]
    assert (second.json()["days"], second.json()["fees"][0]["percent"]) == (40, 1500)


def test_the_twin_is_fetched_once(client: Client, cast: Cast) -> None:
    first = client.get("/r/lanting/policy/de.json")

    again = client.get("/r/lanting/policy/de.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert "max-age" in first.headers["Cache-Control"]


def test_every_field_of_the_twin_is_documented(client: Client, cast: Cast) -> None:
    page = (ROOT / "docs" / "policy-page.md").read_text()

    for field in client.get("/r/lanting/policy/de.json").json():
        assert f"`{field}`" in page, field


@pytest.mark.parametrize(
    ("query", "leads_to"), [("", "cn"), ("?country=de", "de"), ("?country=US-CA", "us-ca"), ("?country=<x>", "cn")]
)
def test_the_old_page_leads_to_the_readers_place(client: Client, cast: Cast, query: str, leads_to: str) -> None:
    assert client.get(f"/r/lanting/policy/{query}").url == f"/r/lanting/policy/{leads_to}/"


def test_the_place_of_a_proved_order_counts(cast: Cast) -> None:
    mei = Visitor().prove(build.order(cast.lanting, country="FR"))

    assert mei.get("policy/").url.endswith("/policy/fr/")


@pytest.mark.parametrize("path", ["x/", "deu/", "de-toolong/", "1/", "<b>/"])
def test_what_is_no_place_is_not_found(client: Client, cast: Cast, path: str) -> None:
    assert client.get(f"/r/lanting/policy/{path}").status_code == 404


def test_a_place_that_we_hold_no_law_for_is_told_with_care(client: Client, cast: Cast) -> None:
    assert ">30 days</span>" in text(client, "bw/")


def test_the_sitemap_lists_every_place_in_every_language(client: Client, cast: Cast) -> None:
    answer = client.get("/r/lanting/sitemap.xml")

    tree = ET.fromstring(answer.content)
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert len(tree) >= 70
    assert len(list(tree[0])) == 1 + 5
    assert b"/r/lanting/policy/de/" in answer.content


def test_a_rulebook_that_names_its_countries_lists_only_those(client: Client, cast: Cast) -> None:
    book = msgspec.structs.replace(rulebook.standard(), sells_to=("DE", "FR"))
    policy_actions.publish(book, merchant=cast.lanting, valid_from=NOW - timedelta(days=1), actor=cast.olu, at=NOW)

    codes = re.findall(r'<option value="([A-Z-]+)"', text(client, "de/"))
    assert set(codes) == {"DE", "FR", "CN"}


def test_a_name_cannot_break_out_of_the_markup(client: Client, cast: Cast) -> None:
    type(cast.lanting).objects.filter(pk=cast.lanting.pk).update(name="</script><script>alert(1)</script>")

    page = text(client, "de/")

    assert "<script>alert" not in page
    assert markup(page)["name"].startswith("Returns policy of </script>")
