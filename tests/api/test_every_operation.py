"""Every operation of the API as its own description lists them: nobody passes without key, scope and merchant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from homeward.api.root import api as house_api
from homeward.parties import actions as party_actions
from tests.support import build, build_logistics, people
from tests.support.api import Caller
from tests.support.cast import Cast
from tests.support.road import TODAY, wish

pytestmark = pytest.mark.django_db

# The scope that each operation asks for, and a body it can read; a new operation fails here until it is added.
SCAN = {"scans": [{"code": "accepted", "at": TODAY.isoformat()}]}
COUNT = {"counts": [{"line": "rli_1", "good": 1}]}
FOUND = {"findings": [{"line": "rli_1", "grade": "A"}]}
ORDER = {
    "external_id": "LT-9", "number": "LT-9", "placed_at": TODAY.isoformat(), "currency": "EUR",
    "lines": [{"external_id": "1", "title": "Linen throw", "quantity": 1, "unit_minor": 4990}],
}  # fmt: skip
FACTS = {
    "facts": {
        "country": "DE", "ordered_at": TODAY.isoformat(), "unit_value": {"minor": 4990, "currency": "EUR"},
    },
}  # fmt: skip
SCOPES: dict[tuple[str, str], tuple[str, Any]] = {
    ("GET", "/orders"): ("orders.read", None),
    ("POST", "/orders"): ("orders.write", ORDER),
    ("GET", "/orders/{ref}"): ("orders.read", None),
    ("POST", "/eligibility"): ("returns.read", "wish"),
    ("POST", "/decide"): ("returns.read", FACTS),
    ("GET", "/returns"): ("returns.read", None),
    ("POST", "/returns"): ("returns.write", "wish"),
    ("GET", "/returns/{ref}"): ("returns.read", None),
    ("POST", "/returns/{ref}/authorize"): ("returns.write", {}),
    ("POST", "/returns/{ref}/refuse"): ("returns.write", {"ground": "other", "note": "No."}),
    ("POST", "/returns/{ref}/ask_evidence"): ("returns.write", {"wanted": "A photo"}),
    ("POST", "/returns/{ref}/withdraw"): ("returns.write", None),
    ("POST", "/returns/{ref}/label"): ("parcels.write", None),
    ("POST", "/returns/{ref}/tracking"): ("parcels.write", {"tracking_number": "1Z999AA10123456784"}),
    ("GET", "/returns/{ref}/parcels"): ("returns.read", None),
    ("GET", "/parcels"): ("returns.read", None),
    ("GET", "/parcels/{ref}"): ("returns.read", None),
    ("POST", "/parcels/{ref}/events"): ("parcels.write", SCAN),
    ("POST", "/returns/{ref}/receive"): ("warehouse.write", COUNT),
    ("POST", "/receipts/{ref}/inspect"): ("warehouse.write", FOUND),
    ("GET", "/receipts"): ("returns.read", None),
    ("GET", "/receipts/{ref}"): ("returns.read", None),
    ("POST", "/returns/{ref}/refund"): ("refunds.write", None),
    ("GET", "/returns/{ref}/refund"): ("refunds.read", None),
    ("GET", "/refunds"): ("refunds.read", None),
    ("GET", "/refunds/{ref}"): ("refunds.read", None),
    ("GET", "/journal"): ("journal.read", None),
}


def described() -> Iterator[tuple[str, str]]:
    """The operations as the API's description lists them."""
    for path, verbs in house_api.get_openapi_schema()["paths"].items():
        for verb in verbs:
            yield verb.upper(), path.removeprefix("/api/v1")


OPERATIONS = sorted(described())


@pytest.fixture
def rows(cast: Cast) -> dict[str, Any]:
    """One row of Lanting's for each noun, and the body that asks for a unit of its order."""
    build_logistics.center()
    order = build.order(cast.lanting, at=TODAY)
    api = Caller(cast.lanting)
    made = api.post("/returns", wish(order), status=201)
    [parcel] = api.post(f"/returns/{made['ref']}/label", status=200)["data"]
    counts = {"counts": [{"line": made["lines"][0]["ref"], "good": 1}]}
    receipt = api.post(f"/returns/{made['ref']}/receive", counts, status=200)
    findings = {"findings": [{"line": made["lines"][0]["ref"], "grade": "A", "disposition": "restock"}]}
    api.post(f"/receipts/{receipt['ref']}/inspect", findings, status=200)
    [refund] = api.post(f"/returns/{made['ref']}/refund", status=200)["refunds"]
    refs = {"orders": order.ref, "returns": made["ref"], "parcels": parcel["ref"], "receipts": receipt["ref"]}
    return {**refs, "refunds": refund["ref"], "wish": wish(order)}


def call(http: Client, rows: dict[str, Any], verb: str, path: str, **headers: str) -> HttpResponse:
    """Do one operation on Lanting's row."""
    told = SCOPES[verb, path][1]
    body = rows["wish"] if told == "wish" else told
    address = f"/api/v1{path}".replace("{ref}", rows.get(path.split("/")[1], ""))
    more = {"data": body or {}, "content_type": "application/json"} if verb == "POST" else {}
    return getattr(http, verb.lower())(address, headers=headers | {"Idempotency-Key": f"{verb} {path}"}, **more)


def test_the_list_of_scopes_knows_every_operation_and_no_other() -> None:
    assert set(OPERATIONS) == set(SCOPES)
    assert {scope for scope, _ in SCOPES.values()} == set(party_actions.SCOPES)


@pytest.mark.parametrize(("verb", "path"), OPERATIONS)
def test_without_a_key_an_operation_is_closed_even_to_staff_who_are_signed_in(
    cast: Cast, rows: dict[str, Any], verb: str, path: str
) -> None:
    signed_in = people.client_of(people.hire(cast, people.Role.SUPERVISOR, "Ada"))
    for headers in ({}, {"Authorization": "Bearer hw_made_up"}, {"Authorization": "Basic YWRhOmFkYQ=="}):
        answer = call(signed_in, rows, verb, path, **headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "key_unknown")
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("verb", "path"), OPERATIONS)
def test_a_key_with_every_other_scope_is_told_the_one_that_it_lacks(
    cast: Cast, rows: dict[str, Any], verb: str, path: str
) -> None:
    scope = SCOPES[verb, path][0]
    others = Caller(cast.lanting, *(set(party_actions.SCOPES) - {scope}))
    answer = call(others.http, rows, verb, path, **others.headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["scope"]) == (403, "scope_missing", scope)


@pytest.mark.parametrize(("verb", "path"), OPERATIONS)
def test_the_scope_alone_is_enough(cast: Cast, rows: dict[str, Any], verb: str, path: str) -> None:
    only = Caller(cast.lanting, SCOPES[verb, path][0])
    answer = call(only.http, rows, verb, path, **only.headers)
    assert answer.status_code not in {401, 403, 404, 405, 500}


@pytest.mark.parametrize(("verb", "path"), OPERATIONS)
def test_a_key_of_another_merchant_finds_nothing_of_lantings(
    cast: Cast, rows: dict[str, Any], verb: str, path: str
) -> None:
    stranger = Caller(cast.nordlicht)
    answer = call(stranger.http, rows, verb, path, **stranger.headers)
    if "{ref}" in path or SCOPES[verb, path][1] == "wish":
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    elif verb == "GET":
        theirs = {rows[noun] for noun in ("orders", "returns", "parcels", "receipts", "refunds")}
        assert answer.status_code == 200
        assert not [ref for ref in theirs if ref in answer.content.decode()]
    elif path == "/decide":  # knows nothing but what it is told
        assert (answer.status_code, answer.json()["pack"]) == (200, "DE")
    else:
        assert answer.status_code == 201
        assert Caller(cast.lanting).get(f"/orders/{answer.json()['ref']}", status=404)["code"] == "not_found"


def test_the_description_names_the_key_of_every_post_that_changes_something_and_the_problem_of_all() -> None:
    told = house_api.get_openapi_schema()
    keyless = set()
    for path, verbs in told["paths"].items():
        for verb, operation in verbs.items():
            assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}
            if "Idempotency-Key" not in {parameter["name"] for parameter in operation["parameters"]}:
                keyless.add((verb, path))
    assert {path for verb, path in keyless if verb == "post"} == {
        "/api/v1/eligibility", "/api/v1/decide",
    }  # fmt: skip
    assert told["components"]["schemas"]["ProblemOut"]["required"][:2] == ["type", "title"]
