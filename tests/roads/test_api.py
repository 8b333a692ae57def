"""A whole return through the API, and what the API answers to those who post twice, ask for too much or peep."""

from datetime import timedelta
from typing import Any

import pytest

from homeward.orders.models import Order
from homeward.returns.models import Return
from homeward.settlements.models import Refund
from tests.support import build
from tests.support.api import Caller
from tests.support.cast import Cast
from tests.support.road import TODAY, Drain, wish

pytestmark = [pytest.mark.road, pytest.mark.django_db]


@pytest.fixture
def order(cast: Cast) -> Order:
    """An order of Mei's that came five days before today; the API reads the real clock."""
    return build.order(cast.lanting, at=TODAY, shipping_minor=590)


def test_a_return_travels_from_request_to_confirmed_refund(cast: Cast, api: Caller, order: Order, drain: Drain) -> None:
    made = api.post("/returns", wish(order) | {"review": True}, status=201)
    assert (made["state"], made["allowed"]) == ("under_review", ["authorize", "refuse", "ask_evidence", "withdraw"])
    ref = made["ref"]
    assert api.post(f"/returns/{ref}/authorize", status=200)["state"] == "authorized"
    [parcel] = api.post(f"/returns/{ref}/label", status=200)["data"]
    assert parcel["state"] == "labelled"
    scans = [{"code": "accepted", "at": TODAY.isoformat()}]
    assert api.post(f"/parcels/{parcel['ref']}/events", {"scans": scans}, status=200)["parcel"]["state"] == "in_transit"
    line = made["lines"][0]["ref"]
    receipt = api.post(f"/returns/{ref}/receive", {"counts": [{"line": line, "good": 1}]}, status=200)
    assert receipt["state"] == "received"
    found = {"findings": [{"line": line, "grade": "A", "disposition": "restock"}]}
    assert api.post(f"/receipts/{receipt['ref']}/inspect", found, status=200)["state"] == "inspected"
    remedy = api.post(f"/returns/{ref}/refund", status=200)
    assert remedy["amount"] == {"minor": 4990, "currency": "EUR"}
    assert [refund["amount"]["minor"] for refund in remedy["refunds"]] == [4990]
    drain(at=TODAY + timedelta(minutes=5))
    assert Refund.objects.count() == 1
    assert api.get(f"/returns/{ref}")["state"] in {"authorized", "settled"}


def test_the_same_post_twice_takes_effect_once_and_gives_the_first_answer(api: Caller, order: Order) -> None:
    first = api.post("/returns", wish(order), key="once", status=201)
    assert api.post("/returns", wish(order), key="once", status=201) == first
    assert Return.objects.count() == 1


def test_a_key_that_was_used_for_something_else_is_refused(api: Caller, order: Order) -> None:
    api.post("/returns", wish(order), key="once", status=201)
    problem = api.post("/returns", wish(order) | {"note": "other"}, key="once", status=422)
    assert problem["code"] == "idempotency_key_reused"


def test_a_post_without_a_key_is_refused(api: Caller, order: Order) -> None:
    answer = api.http.post("/api/v1/returns", wish(order), content_type="application/json", headers=api.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


def test_a_refused_post_may_be_repeated_under_its_key_once_it_is_put_right(api: Caller, order: Order) -> None:
    assert api.post("/returns", wish(order, 9), key="k", status=409)["code"] == "units_not_available"
    assert api.post("/returns", wish(order, 2), key="k", status=201)["state"] == "authorized"


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ({"quantity": 3}, 409, "units_not_available"),
        ({"quantity": 0}, 422, "malformed"),
        ({"quantity": -1}, 422, "malformed"),
        ({"quantity": 10**9}, 422, "malformed"),
        ({"reason": "changed_mind"}, 422, "reason_unknown"),
        ({"line": "oli_not_there"}, 422, "line_not_of_this_order"),
    ],
)
def test_what_cannot_be_asked_back_is_answered_with_a_code(
    api: Caller, order: Order, line: dict[str, Any], status: int, code: str
) -> None:
    problem = api.post("/returns", wish(order, **line), status=status)
    assert (problem["code"], problem["status"]) == (code, status)
    assert Return.objects.count() == 0


def test_a_verb_that_does_not_lead_on_says_what_does(api: Caller, order: Order) -> None:
    ref = api.post("/returns", wish(order), status=201)["ref"]
    problem = api.post(f"/returns/{ref}/authorize", status=409)
    assert (problem["code"], problem["state"], problem["allowed"]) == (
        "not_allowed",
        "authorized",
        ["withdraw", "settle"],
    )


def test_another_merchants_rows_do_not_exist(cast: Cast, api: Caller, order: Order) -> None:
    made = api.post("/returns", wish(order), status=201)
    stranger = Caller(cast.nordlicht)
    assert stranger.get(f"/returns/{made['ref']}", status=404)["code"] == "not_found"
    assert stranger.get(f"/orders/{order.ref}", status=404)["code"] == "not_found"
    assert stranger.post("/returns", wish(order), status=404)["code"] == "not_found"
    assert stranger.post(f"/returns/{made['ref']}/withdraw", status=404)["code"] == "not_found"
    assert stranger.get("/returns")["data"] == []
    assert [entry for entry in stranger.get("/journal")["data"] if entry["noun"] == "return"] == []


def test_a_key_without_the_scope_is_told_which_one_it_lacks(cast: Cast, order: Order) -> None:
    reader = Caller(cast.lanting, "returns.read")
    problem = reader.post("/returns", wish(order), status=403)
    assert (problem["code"], problem["scope"]) == ("scope_missing", "returns.write")


@pytest.mark.parametrize("token", ["", "hw_x_y", "nonsense", "hw_" + "a" * 12 + "_wrong"])
def test_an_unknown_key_opens_nothing(api: Caller, token: str) -> None:
    answer = api.http.get("/api/v1/returns", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "key_unknown")


def test_eligibility_is_the_verdict_without_the_deed(api: Caller, order: Order) -> None:
    found = api.post("/eligibility", wish(order) | {"language": "fr"}, status=200)
    [line] = found["lines"]
    assert (found["outcome"], line["outcome"], line["track"]) == ("authorize", "authorize", "change_of_mind")
    assert any("consommation" in cite["law"] for cite in line["citations"])
    assert Return.objects.count() == 0


def test_a_list_is_read_to_its_end_by_cursor(cast: Cast, api: Caller) -> None:
    for number in range(5):
        made = build.order(cast.lanting, number=f"LT-{number}", at=TODAY)
        api.post("/returns", wish(made), status=201)
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get("/returns", limit=2, cursor=cursor)
        seen += [one["ref"] for one in page["data"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 5
    assert api.get("/returns", status=400, cursor="made-up")["code"] == "cursor_unknown"


def test_malformed_json_is_told_apart_from_malformed_fields(api: Caller) -> None:
    headers = api.headers | {"Idempotency-Key": "k"}
    answer = api.http.post("/api/v1/returns", "{", content_type="application/json", headers=headers)
    assert answer.status_code in {400, 422}
    problem = api.post("/returns", {"order": 7}, status=422)
    assert problem["code"] == "malformed"
    assert {error["at"].split(".")[-1] for error in problem["errors"]} >= {"lines"}
