"""A system with a key goes past what only browsers need; whoever has none, or asks for what is not there, does not."""

import pytest
from django.test import Client
from django.urls import get_resolver

from homeward.kernel import Role
from tests.support import build, people
from tests.support.api import Caller
from tests.support.cast import Cast
from tests.support.road import TODAY

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


def test_nothing_but_the_api_stands_where_the_lane_leads() -> None:
    under_api = [one for one in get_resolver().url_patterns if str(one.pattern).startswith("api")]
    assert [(str(one.pattern), one.urlconf_name.__name__) for one in under_api] == [("api/v1/", "homeward.api.urls")]


@pytest.mark.parametrize("path", ["/desk/", "/office/", "/dock/", "/r/lanting/", "/account/login/", "/health"])
def test_a_key_changes_nothing_off_the_api(cast: Cast, path: str) -> None:
    api, ada = Caller(cast.lanting), people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada"))
    for client in (Client(), ada):
        bare, with_key = client.get(path), client.get(path, headers=api.headers)
        assert (with_key.status_code, with_key.headers.get("Location")) == (
            bare.status_code,
            bare.headers.get("Location"),
        )
        assert set(with_key.headers) == set(bare.headers)


@pytest.mark.parametrize("path", ["/desk/returns/ret_1/authorize", "/r/lanting/", "/account/logout/", "/dock/scan"])
def test_a_key_stands_in_for_no_token_of_a_form(cast: Cast, path: str) -> None:
    ada = people.hire(cast, Role.SUPERVISOR, "Ada")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post(path, headers=Caller(cast.lanting).headers).status_code == 403


@pytest.mark.parametrize(
    "path", ["/api/../desk/", "/api/v1/../../desk/", "/api/v1/%2e%2e/%2e%2e/desk/", "//api/v1/returns"]
)
def test_no_detour_leads_from_the_lane_to_a_page(cast: Cast, path: str) -> None:
    ada = people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada"))
    assert ada.get(path, headers=Caller(cast.lanting).headers).status_code == 404


def test_who_is_signed_in_acts_over_the_api_as_the_key_and_never_as_themselves(cast: Cast) -> None:
    build.order(cast.lanting, at=TODAY)
    ada = people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada"))
    answer = ada.get("/api/v1/orders", headers=Caller(cast.nordlicht).headers)
    assert (answer.status_code, answer.json()["data"]) == (200, [])
    assert not answer.cookies
