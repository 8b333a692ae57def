"""Requests that cannot be right, from address to last field: each is answered by a problem that says what is wrong."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from homeward.orders.models import Order
from homeward.returns.models import Return
from tests.support import build
from tests.support.api import Caller
from tests.support.cast import Cast
from tests.support.road import TODAY, wish

pytestmark = pytest.mark.django_db

LISTS = ("returns", "orders", "parcels", "receipts", "refunds", "journal")
NOUNS = ("returns", "orders", "parcels", "receipts", "refunds")
LINE = {"external_id": "1", "title": "Linen throw", "quantity": 2, "unit_minor": 4990}
ORDER = {
    "external_id": "LT-9", "number": "LT-9", "placed_at": (TODAY - timedelta(days=9)).isoformat(), "currency": "EUR",
    "country": "FR", "lines": [LINE],
}  # fmt: skip
PAYMENT = {"provider": "offline", "external_id": "p1", "captured_minor": 9980, "currency": "EUR"}
BEFORE_TIME, AFTER_TIME = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"


@pytest.fixture
def api(cast: Cast) -> Caller:
    """A key of Lanting's with every scope."""
    return Caller(cast.lanting)


@pytest.fixture
def order(cast: Cast) -> Order:
    """An order of Mei's, who reads French."""
    return build.order(cast.lanting, at=TODAY)


def code_of(answer: HttpResponse, status: int) -> str:
    """The code of a problem; it must be one, with this status."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    return answer.json()["code"]


def says(problem: dict[str, Any]) -> str:
    """What a problem says about its fields."""
    return " ".join(f"{error['at']}: {error['says']}" for error in problem["errors"])


# Addresses and methods


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    "ref", ["-1", "0", "ret_not_there", "x" * 3_000, "%ff%fe", "%F0%9F%98%80", "a%0ab", "' OR 1=1"]
)
def test_a_ref_that_nobody_gave_is_not_found_whatever_it_looks_like(api: Caller, noun: str, ref: str) -> None:
    assert code_of(api.http.get(f"/api/v1/{noun}/{ref}", headers=api.headers), 404) == "not_found"


@pytest.mark.parametrize("path", ["returns/%00", "returns/a%00b/label", "%00", "orders?search=%00", "docs?x=%00"])
@pytest.mark.parametrize("has_key", [True, False])
def test_a_zero_character_in_an_address_is_a_problem_with_and_without_a_key(
    api: Caller, path: str, has_key: bool
) -> None:
    headers = api.headers if has_key else {}
    assert code_of(api.http.get(f"/api/v1/{path}", headers=headers), 400) == "address_unreadable"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "head"])
def test_a_method_that_an_address_does_not_know_is_a_problem_that_names_those_it_does(api: Caller, method: str) -> None:
    for headers in ({}, api.headers):
        answer = getattr(api.http, method)("/api/v1/returns", headers=headers)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert api.get("/eligibility", status=405)["allowed"] == ["POST"]


# Lists


def packed(words: str) -> str:
    """Words as a cursor would hold them."""
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


@pytest.mark.parametrize("noun", LISTS)
@pytest.mark.parametrize(
    "cursor",
    ["made-up", "é", "9" * 20_000, packed("9" * 5_000), packed("9" * 30), packed("-5"), packed(" 5"), packed("1_0"),
     packed("5") + "!!", packed("-1.-1"), packed("1." + "9" * 30), packed("2026-01-01T00:00:00 5"),
     packed("2026-01-01T00:00:00+00:00 " + "9" * 30), packed("2026-01-01T00:00:00+00:00 5") + "!!"],
)  # fmt: skip
def test_a_cursor_that_is_none_of_ours_starts_no_list(api: Caller, order: Order, noun: str, cursor: str) -> None:
    assert api.get(f"/{noun}", status=400, cursor=cursor)["code"] == "cursor_unknown"


@pytest.mark.parametrize("noun", LISTS)
@pytest.mark.parametrize("limit", ["-1", "0", "201", "1" + "0" * 40, "1.5", "x", "", "²"])
def test_a_limit_out_of_bounds_says_which_they_are(api: Caller, noun: str, limit: str) -> None:
    problem = api.get(f"/{noun}", status=422, limit=limit)
    assert problem["code"] == "malformed"
    assert "query.limit" in says(problem)


def test_of_a_parameter_that_is_given_twice_the_last_counts(api: Caller, order: Order) -> None:
    found = api.http.get("/api/v1/orders?search=nobody&search=LT-48213&limit=0&limit=5", headers=api.headers)
    assert [one["ref"] for one in found.json()["data"]] == [order.ref]


@pytest.mark.parametrize("noun", LISTS)
def test_words_that_are_no_text_or_endless_find_nothing(api: Caller, order: Order, noun: str) -> None:
    wanted = f"state=%ff&search=%ed%a0%80{'x' * 5_000}&tracking_number=%ff"
    answer = api.http.get(f"/api/v1/{noun}?{wanted}", headers=api.headers)
    assert answer.status_code == 200
    assert noun == "journal" or answer.json()["data"] == []


def test_the_last_page_of_every_list_has_no_next(api: Caller, order: Order) -> None:
    assert {noun: api.get(f"/{noun}")["next"] for noun in LISTS if noun != "journal"} == dict.fromkeys(NOUNS)


# Headers


@pytest.mark.parametrize("key", ["a\0b", "x" * 256, "é", "\x7f", " ", "a\tb"])
def test_an_idempotency_key_that_cannot_be_kept_is_told_from_none(api: Caller, order: Order, key: str) -> None:
    headers = api.headers | {"Idempotency-Key": key}
    answer = api.http.post("/api/v1/returns", wish(order), content_type="application/json", headers=headers)
    assert code_of(answer, 400) == "idempotency_key_malformed"
    assert not Return.objects.exists()


@pytest.mark.parametrize("key", ["x" * 255, "order 9 / refund 2", "#"])
def test_any_readable_idempotency_key_will_do(api: Caller, order: Order, key: str) -> None:
    assert api.post("/returns", wish(order), key=key, status=201) == api.post("/returns", wish(order), key=key)


@pytest.mark.parametrize(
    "words",
    ["Bearer", "Bearer ", "Bearer \0", "Bearer hw_\0_\0", "Bearer hw_é_", "Basic eDp5", "Bearer " + "x" * 9_999],
)
def test_a_key_that_cannot_be_one_opens_nothing(cast: Cast, words: str) -> None:
    assert code_of(Client().get("/api/v1/returns", headers={"Authorization": words}), 401) == "key_unknown"


def test_a_body_in_pieces_of_no_told_length_is_asked_for_in_one(api: Caller, order: Order) -> None:
    headers = api.headers | {"Idempotency-Key": "k", "Transfer-Encoding": "chunked"}
    answer = api.http.post("/api/v1/returns", headers=headers, CONTENT_LENGTH="")
    assert code_of(answer, 411) == "length_required"


# Languages


@pytest.mark.parametrize("locale", ["xx-nope", "english", "e", "en--us", "../en", "fr\n", "en-" + "x" * 12])
def test_a_language_that_nobody_speaks_is_refused_and_the_known_ones_are_named(
    api: Caller, order: Order, locale: str
) -> None:
    for path, body in (("/orders", ORDER | {"locale": locale}), ("/returns", wish(order) | {"locale": locale})):
        problem = api.post(path, body, status=422)
        assert problem["code"] == "malformed"
        assert "locale: " in says(problem)
        assert len(locale) > 12 or "en, zh-hans, de, fr, ja" in says(problem)
    problem = api.post("/eligibility", wish(order) | {"language": locale}, status=422)
    assert len(locale) > 12 or "en, zh-hans, de, fr, es, it, pt, ja" in says(problem)
    assert (Order.objects.count(), Return.objects.count()) == (1, 0)


def test_an_order_keeps_any_real_language_and_letters_only_take_one_that_we_write(api: Caller, order: Order) -> None:
    api.post("/orders", ORDER | {"locale": "pl_PL"}, status=201)
    assert Order.objects.get(number="LT-9").locale == "pl_PL"
    assert "fr-CA" in says(api.post("/returns", wish(order) | {"locale": "pl"}, status=422))
    assert api.post("/returns", wish(order) | {"locale": "zh-CN"}, status=201)["locale"] == "zh-CN"


def test_without_a_language_of_its_own_a_return_speaks_that_of_its_order(api: Caller, order: Order) -> None:
    assert api.post("/returns", wish(order), status=201)["locale"] == order.locale == "fr"


# Numbers, names and dates


@pytest.mark.parametrize("number", [49.9, 4990.0, "4990", "49.90", True, None, [], 10**40])
@pytest.mark.parametrize("field", ["unit_minor", "quantity"])
def test_a_sum_or_a_count_that_is_no_whole_number_is_never_rounded_or_read_into_one(
    api: Caller, field: str, number: Any
) -> None:
    problem = api.post("/orders", ORDER | {"lines": [LINE | {field: number}]}, status=422)
    assert problem["code"] in {"malformed", "order_malformed"}
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"shiping_minor": 590}, "shiping_minor"),
        ({"lines": [LINE | {"discount": 500}]}, "discount"),
        ({"source": ""}, "source"),
        ({"source": "my shop\n"}, "source"),
        ({"payments": [PAYMENT] * 101}, "payments"),
        ({"ship_to": {str(number): "x" for number in range(21)}}, "ship_to"),
        ({"lines": [LINE | {"traits": ["x"] * 51}]}, "traits"),
    ],
)
def test_a_field_that_nobody_knows_or_that_never_ends_is_named(api: Caller, told: dict[str, Any], field: str) -> None:
    assert field in says(api.post("/orders", ORDER | told, status=422))
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("field", "build_order"),
    [
        ("informed_at", lambda at: {"informed_at": at}),
        ("cancelled_at", lambda at: {"cancelled_at": at}),
        ("lines.1.delivered_at", lambda at: {"lines": [LINE | {"delivered_at": at}]}),
        ("payments.1.captured_at", lambda at: {"payments": [PAYMENT | {"captured_at": at}]}),
        ("deliveries.1", lambda at: {"deliveries": [{"tracking_number": "1Z", "shipped_at": at}]}),
        ("deliveries.1", lambda at: {"deliveries": [{"tracking_number": "1Z", "delivered_at": at}]}),
    ],
)
def test_a_date_without_a_zone_or_beyond_every_calendar_is_named_wherever_it_stands(
    api: Caller, field: str, build_order: Any
) -> None:
    codes = {}
    for at in ("2026-11-01T09:00:00", BEFORE_TIME, AFTER_TIME):
        problem = api.post("/orders", ORDER | build_order(at), status=422)
        codes[at] = [(error["field"], error["code"]) for error in problem["errors"]]
    assert list(codes.values()) == [[(field, "no_zone")], [(field, "date_too_old")], [(field, "date_in_future")]]
    assert not Order.objects.exists()


# Size


@pytest.mark.parametrize("has_key", [True, False])
def test_a_body_of_300_mb_is_refused_by_its_length_before_any_of_it_is_read(api: Caller, has_key: bool) -> None:
    headers = {"Idempotency-Key": "k"} | (api.headers if has_key else {})
    answer = api.http.post("/api/v1/returns", headers=headers, CONTENT_LENGTH=str(300 * 2**20))
    assert code_of(answer, 413) == "body_too_large"
