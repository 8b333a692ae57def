"""A system with a key goes past what only browsers need; whoever has none, or asks for what is not there, does not."""

import pytest
from django.test import Client

from tests.support.api import Caller
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_system_gets_neither_cookies_nor_a_language_nor_a_policy_for_pages(cast: Cast) -> None:
    api = Caller(cast.lanting)
    answer = api.http.get("/api/v1/returns?lang=de", headers=api.headers | {"Accept-Language": "fr"})
    assert (answer.status_code, answer.json()["data"]) == (200, [])
    assert not answer.cookies
    assert {"Content-Language", "Content-Security-Policy"}.isdisjoint(answer.headers)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_person_who_looks_at_the_api_is_treated_as_on_every_page(cast: Cast) -> None:
    answer = Client().get("/api/v1/docs", headers={"Accept-Language": "fr"})
    assert answer.headers["Content-Language"] == "fr"
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/v2/returns"])
def test_an_address_that_is_not_of_the_api_is_missing(cast: Cast, path: str) -> None:
    api = Caller(cast.lanting)
    assert api.http.get(path, headers=api.headers).status_code == 404


def test_an_unreadable_address_is_refused_to_systems_too(cast: Cast) -> None:
    api = Caller(cast.lanting)
    answer = api.http.get("/api/v1/returns?search=%00", headers=api.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "address_unreadable")
