"""Bad input at every door: orders, wishes, counts, scans, files, addresses; each gets a clear answer and changes
nothing.
"""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from homeward.conversations.models import Notice
from homeward.kernel import Role
from homeward.orders.models import Order, OrderLine
from homeward.returns import evidence
from homeward.returns.models import Evidence, Return
from homeward.warehouse.models import Inspection, Receipt
from tests.returns.test_evidence import bomb, picture, wide_png
from tests.support import build
from tests.support.api import Caller
from tests.support.cast import Cast
from tests.support.people import client_of, hire
from tests.support.portal import Visitor
from tests.support.road import TODAY, Drain, wish

pytestmark = [pytest.mark.road, pytest.mark.django_db]

LINE = {"external_id": "1", "title": "Linen throw", "quantity": 2, "unit_minor": 4990, "delivered": 2}
ORDER = {
    "external_id": "LT-9", "number": "LT-9", "placed_at": (TODAY - timedelta(days=9)).isoformat(), "currency": "EUR",
    "country": "FR", "lines": [LINE],
}  # fmt: skip
PAYMENT = {"provider": "offline", "external_id": "p1", "captured_minor": 9980, "currency": "EUR"}


@pytest.fixture
def order(cast: Cast) -> Order:
    """An order of Mei's, delivered five days ago."""
    return build.order(cast.lanting, at=TODAY)


def one_of(made: dict[str, Any], *, place: int = 0) -> dict[str, Any]:
    """The body of a request for one unit of a line of an order that the API has given."""
    line = {"line": made["lines"][place]["line"], "quantity": 1, "reason": "too_small"}
    return {"order": made["ref"], "lines": [line]}


# Orders


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        ({"lines": [LINE | {"quantity": 0}]}, "lines.1.quantity", "quantity_out_of_range"),
        ({"lines": [LINE | {"quantity": -1}]}, "lines.1.quantity", "quantity_out_of_range"),
        ({"lines": [LINE | {"quantity": 10**9}]}, "lines.1.quantity", "quantity_out_of_range"),
        ({"lines": [LINE | {"quantity": 10**30}]}, "lines.1.quantity", "quantity_out_of_range"),
        ({"lines": [LINE | {"unit_minor": -1}]}, "lines.1.price", "amount_out_of_range"),
        ({"lines": [LINE, LINE]}, "lines", "line_twice"),
        ({"currency": "XXX"}, "currency", "unknown_currency"),
        ({"currency": "euro"}, "currency", "unknown_currency"),
        ({"payments": [PAYMENT | {"currency": "USD"}]}, "payments.1.currency", "currency_differs"),
        ({"payments": [PAYMENT | {"captured_minor": -1}]}, "payments.1.captured", "amount_out_of_range"),
        ({"country": "ZZ"}, "country", "unknown_country"),
        ({"placed_at": "2026-11-01T09:00:00"}, "placed_at", "no_zone"),
        ({"placed_at": (TODAY + timedelta(days=9)).isoformat()}, "placed_at", "date_in_future"),
        ({"total_minor": 5}, "total", "does_not_add_up"),
        ({"number": "###"}, "number", "missing"),
    ],
)
def test_a_wrong_order_is_refused_with_its_field_and_code(
    api: Caller, told: dict[str, Any], field: str, code: str
) -> None:
    problem = api.post("/orders", ORDER | told, status=422)
    assert problem["code"] == "order_malformed"
    assert (field, code) in {(error["field"], error["code"]) for error in problem["errors"]}
    assert not Order.objects.exists()


def test_an_order_put_right_is_taken_under_the_key_of_the_wrong_one(api: Caller) -> None:
    api.post("/orders", ORDER | {"country": "ZZ"}, key="k", status=422)
    assert api.post("/orders", ORDER, key="k", status=201)["lines"][0]["available"] == 2


# Wishes


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"reason": "changed_mind"}, "reason_unknown"),
        ({"reason": "no_such_reason"}, "reason_unknown"),
        ({"line": "oli_not_there"}, "line_not_of_this_order"),
        ({"serials": ["x" * 61]}, "malformed"),
        ({"quantity": 0.9}, "malformed"),
        ({"condition": "eaten"}, "malformed"),
    ],
)
@pytest.mark.parametrize("path", ["/returns", "/eligibility"])
def test_asking_and_only_looking_refuse_the_same_wishes(
    api: Caller, order: Order, path: str, line: dict[str, Any], code: str
) -> None:
    assert api.post(path, wish(order, **line), status=422)["code"] == code
    assert not Return.objects.exists()


def test_a_line_of_somebody_elses_order_is_not_of_this_one(cast: Cast, api: Caller, order: Order) -> None:
    other = build.order(cast.lanting, at=TODAY, number="LT-2", email="tom@leeds.example")
    problem = api.post("/returns", wish(order, line=other.lines.get().ref), status=422)
    assert (problem["code"], problem["lines"]) == ("line_not_of_this_order", [other.lines.get().ref])


def test_a_reason_that_the_shop_has_switched_off_is_not_even_looked_at(cast: Cast, api: Caller, order: Order) -> None:
    type(cast.lanting).objects.update(reasons_off=["too_small"])
    assert api.post("/eligibility", wish(order), status=422)["code"] == "reason_unknown"


def test_a_line_that_the_shop_took_out_of_its_order_has_nothing_to_give(api: Caller) -> None:
    second = LINE | {"external_id": "2"}
    told = ORDER | {"lines": [LINE | {"delivered_at": TODAY.isoformat()}, second]}
    made = api.post("/orders", told, status=201)
    api.post("/orders", told | {"lines": told["lines"][:1]}, status=200)
    problem = api.post("/returns", one_of(made, place=1), status=409)
    assert (problem["code"], list(problem["available"].values())) == ("units_not_available", [0])


@pytest.mark.parametrize("told", [{"category": "gift_card"}, {"traits": ["gift_card"]}, {"is_physical": False}])
def test_a_gift_card_is_never_asked_back_however_the_shop_marks_it(api: Caller, told: dict[str, Any]) -> None:  # A15
    made = api.post("/orders", ORDER | {"lines": [LINE | told]}, status=201)
    assert made["lines"][0]["available"] == 0
    assert api.post("/returns", one_of(made), status=409)["code"] == "units_not_available"
    assert OrderLine.objects.get().held == 0


def test_without_a_delivery_date_what_is_old_goes_to_a_person_and_what_is_new_decides_itself(api: Caller) -> None:
    states = {}
    for days in (9, 300):
        placed = {"external_id": f"LT-{days}", "placed_at": (TODAY - timedelta(days=days)).isoformat()}
        made = api.post("/orders", ORDER | placed, status=201)
        body = {
            "order": made["ref"],
            "lines": [{"line": made["lines"][0]["line"], "quantity": 1, "reason": "too_small"}],
        }
        states[days] = api.post("/returns", body, status=201)["state"]
    assert states == {9: "authorized", 300: "under_review"}


def test_an_order_of_no_known_country_is_judged_by_the_floor_and_never_refused_by_itself(api: Caller) -> None:
    placed = {"country": "", "placed_at": (TODAY - timedelta(days=300)).isoformat()}
    made = api.post("/orders", ORDER | placed, status=201)
    body = one_of(made)
    assert api.post("/returns", body, status=201)["state"] == "under_review"


def test_a_refusal_names_a_clause_that_was_tried_or_says_why_in_words(api: Caller, order: Order) -> None:
    ref = api.post("/returns", wish(order) | {"review": True}, status=201)["ref"]
    problem = api.post(f"/returns/{ref}/refuse", {"ground": "NO-SUCH-9"}, status=422)
    assert problem["code"] == "ground_unknown"
    assert {"FR-WDR-L221-18", "other"} <= set(problem["grounds"])
    assert api.post(f"/returns/{ref}/refuse", {"ground": "other"}, status=422)["code"] == "ground_missing"
    assert api.post(f"/returns/{ref}/refuse", {"ground": ""}, status=422)["code"] == "ground_missing"
    assert Return.objects.get().state == "under_review"
    assert api.post(f"/returns/{ref}/refuse", {"ground": "FR-WDR-L221-18"}, status=200)["refusal"] == "FR-WDR-L221-18"


# Counts, findings, scans


@pytest.fixture
def travelling(api: Caller, order: Order) -> tuple[dict[str, Any], str, str]:
    """A return with its label: the return, the ref of its line, the ref of its parcel."""
    made = api.post("/returns", wish(order), status=201)
    [parcel] = api.post(f"/returns/{made['ref']}/label", status=200)["data"]
    return made, made["lines"][0]["ref"], parcel["ref"]


@pytest.mark.parametrize(
    ("count", "status", "code"),
    [
        ({"good": -1}, 422, "malformed"),
        ({"good": 10**9, "over": True}, 422, "count_malformed"),
        ({"good": 10**30}, 422, "count_malformed"),
        ({"good": 2}, 409, "over_receipt"),
        ({"line": "rli_not_there", "good": 1}, 422, "count_malformed"),
    ],
)
def test_a_count_beyond_belief_is_refused_and_nothing_is_received(
    api: Caller, travelling: tuple[dict[str, Any], str, str], count: dict[str, Any], status: int, code: str
) -> None:
    made, line, _ = travelling
    problem = api.post(f"/returns/{made['ref']}/receive", {"counts": [{"line": line} | count]}, status=status)
    assert problem["code"] == code
    assert not Receipt.objects.exclude(state="expected").exists()


@pytest.mark.parametrize(
    ("finding", "code"),
    [
        ({"quantity": 2, "grade": "A"}, "findings_do_not_cover"),
        ({"quantity": 10**30, "grade": "A"}, "findings_do_not_cover"),
        ({"grade": "Z"}, "finding_malformed"),
        ({"answers": {"color": "red"}}, "finding_malformed"),
        ({}, "finding_malformed"),
    ],
)
def test_a_finding_that_makes_no_sense_is_refused_and_nothing_is_graded(
    api: Caller, travelling: tuple[dict[str, Any], str, str], finding: dict[str, Any], code: str
) -> None:
    made, line, _ = travelling
    receipt = api.post(f"/returns/{made['ref']}/receive", {"counts": [{"line": line, "good": 1}]}, status=200)
    body = {"findings": [{"line": line} | finding]}
    assert api.post(f"/receipts/{receipt['ref']}/inspect", body, status=422)["code"] == code
    assert not Inspection.objects.exists()


@pytest.mark.parametrize(
    "scan",
    [
        {"at": "2026-11-24T10:00:00"},
        {"at": (TODAY + timedelta(days=9)).isoformat()},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"code": "teleported"},
    ],
)
def test_a_scan_that_cannot_be_is_refused_with_the_codes_that_can(
    api: Caller, travelling: tuple[dict[str, Any], str, str], scan: dict[str, Any]
) -> None:
    _, _, parcel = travelling
    told = {"code": "accepted", "at": TODAY.isoformat()} | scan
    problem = api.post(f"/parcels/{parcel}/events", {"scans": [told]}, status=422)
    assert problem["code"] == "scan_unknown"
    assert "accepted" in problem["codes"]


# What no database can keep, and what is no JSON


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"order": "a\\u0000b"}', 400, "body_unreadable"),
        ('{"order": "a\\u0000b"}'.encode("utf-16"), 400, "body_unreadable"),
        ('{"order": "\\ud800", "lines": []}', 400, "body_unreadable"),
        (b'{"order": "\xed\xa0\x80", "lines": []}', 400, "body_unreadable"),
        (b'{"order": "\xff\xfe"}', 400, "body_unreadable"),
        ("{", 400, "body_unreadable"),
        ("[" * 100_000, 400, "body_unreadable"),
        ('{"order": ' + "9" * 5_000 + "}", 400, "body_unreadable"),
        ("order=1", 400, "body_unreadable"),
        ('{"note": "' + "x" * 11_000_000 + '"}', 413, "body_too_large"),
        ("[]", 422, "malformed"),
        ("null", 422, "malformed"),
        ('{"order": NaN, "lines": Infinity}', 422, "malformed"),
    ],
    ids=["zero character", "UTF-16", "half a pair", "half a pair in bytes", "no text", "half", "a tower",
         "endless number", "a form", "too large", "list", "null", "not a number"],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_a_problem_with_a_code(
    api: Caller, body: str | bytes, status: int, code: str
) -> None:
    headers = api.headers | {"Idempotency-Key": "k"}
    answer = api.http.post("/api/v1/returns", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Return.objects.exists()


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=zz"])
def test_a_form_is_no_body_for_the_api(api: Caller, content_type: str) -> None:
    headers = api.headers | {"Idempotency-Key": "k"}
    answer = api.http.generic("POST", "/api/v1/returns", b"order=1", content_type=content_type, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_unreadable")


def test_a_smile_made_of_a_pair_is_text(api: Caller, order: Order) -> None:
    body = json.dumps(wish(order, words="\U0001f642"))
    assert "\\ud83d" in body
    answer = api.http.post(
        "/api/v1/returns", body, content_type="application/json", headers=api.headers | {"Idempotency-Key": "k"}
    )
    assert Return.objects.get(ref=answer.json()["ref"]).lines.get().words == "\U0001f642"


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/returns/ret_1/eat"])
def test_an_address_of_the_api_that_leads_nowhere_is_a_problem_too(api: Caller, path: str) -> None:
    for headers in ({}, api.headers):
        answer = api.http.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_backslash_and_the_letters_u0000_are_no_zero_character(api: Caller, order: Order) -> None:
    made = api.post("/returns", wish(order, words="C:\\u0000"), status=201)
    assert Return.objects.get(ref=made["ref"]).lines.get().words == "C:\\u0000"
    assert "\\\\u0000" in json.dumps("C:\\u0000")


@pytest.mark.parametrize("noun", ["returns", "orders", "parcels", "receipts", "refunds"])
def test_an_address_with_a_zero_character_is_a_problem_and_no_crash(api: Caller, noun: str) -> None:
    assert api.get(f"/{noun}/%00", status=400)["code"] == "address_unreadable"
    assert api.get(f"/{noun}", status=400, search="\0", state="\0")["code"] == "address_unreadable"


@pytest.mark.parametrize(
    "path", ["/desk/cases/?q=%00", "/office/orders/?q=%00", "/dock/?scan=%00", "/r/lanting/returns/%00/", "/r/%00/"]
)
def test_a_page_with_a_zero_character_in_its_address_says_so(cast: Cast, path: str) -> None:
    olu = client_of(hire(cast, Role.OPERATOR, "Olu", of_operator=True))
    assert olu.get(path).status_code in {400, 404}


@pytest.mark.parametrize(
    "path", ["/office/?days=²", "/office/journal/?before=²", "/office/journal/?before=9" + "9" * 40]
)
def test_numbers_that_are_none_are_left_out(cast: Cast, path: str) -> None:
    olu = client_of(hire(cast, Role.OPERATOR, "Olu", of_operator=True))
    assert olu.get(path).status_code == 200


# Forms


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "9" * 5_000, "x", "", "²", "1\0"])
def test_a_quantity_that_is_none_keeps_the_shopper_on_the_page(order: Order, quantity: str) -> None:
    line = order.lines.get().ref
    answer = Visitor().prove(order).post(f"orders/{order.ref}/", {"line": [line], f"quantity_{line}": quantity})
    assert answer.status_code == 422
    assert "<form" in answer.content.decode()


@pytest.mark.parametrize("words", ["x" * 90_000, "a\0b", "💥\u202e\u200b", "' OR 1=1 --", "%s%n{}"])
def test_whatever_is_typed_at_the_look_up_is_a_miss_in_words(order: Order, words: str) -> None:
    answer = Visitor().post("", {"order": words, "proof": words})
    assert answer.status_code == 422
    assert "<form" in answer.content.decode()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("order=" + "x" * 11_000_000, 413, "more than we take at once"),
        ("&".join(f"field{number}=1" for number in range(2_000)), 400, "could not read"),
    ],
    ids=["11 MB", "2,000 fields"],
)
def test_a_form_beyond_all_size_is_a_readable_page(cast: Cast, body: str, status: int, words: str) -> None:
    answer = Visitor().client.post("/r/lanting/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status
    assert words in answer.content.decode()


@pytest.mark.parametrize("path", ["/r/lanting/", "/desk/returns/ret_1/evidence", "/dock/scan", "/hooks/stripe"])
def test_files_of_300_mb_are_refused_by_their_length_before_any_of_it_is_kept(cast: Cast, path: str) -> None:
    told = {"content_type": "multipart/form-data; boundary=zz", "CONTENT_LENGTH": str(300 * 2**20)}
    answer = Client(enforce_csrf_checks=True).generic("POST", path, b"", **told)
    assert answer.status_code == 413
    assert "each may have up to 25 MB" in answer.content.decode()


# Files


@pytest.fixture
def mei(order: Order) -> Visitor:
    """Mei, who is asked for a photo of what happened."""
    mei = Visitor()
    mei.prove(order)
    mei.choose(order, 1)
    return mei


def file(name: str, content: bytes) -> io.BytesIO:
    """A file as a browser uploads it."""
    made = io.BytesIO(content)
    made.name = name
    return made


class Endless:
    """A file that never ends, and remembers how much of it was read."""

    read_so_far = 0

    def read(self, most: int, /) -> bytes:
        """Return as much as is asked for."""
        self.read_so_far += most
        return bytes(most)


def test_of_a_file_that_is_too_large_no_more_is_read_than_shows_it() -> None:
    film = Endless()
    with pytest.raises(evidence.NotEvidence, match=r"film\.mp4: too_large"):
        evidence.examine(evidence.content_of(film), name="film.mp4")
    assert film.read_so_far == evidence.MOST_BYTES + 1


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (("photo.jpg", b"MZ\x90\x00" + b"\x00" * 200), "“photo.jpg” is no photo, film or PDF"),
        (("photo.jpg", bomb()), "“photo.jpg” is no photo, film or PDF"),
        (("wide.png", wide_png()), "“wide.png” has too many pixels"),
        (("page.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "“page.png” is no photo"),
        (("half.jpg", picture()[:60]), "“half.jpg” cannot be opened"),
    ],
    ids=["an exe", "a zip bomb", "a bomb of pixels", "a script", "half a photo"],
)
def test_a_file_that_shows_nothing_is_named_and_never_kept(
    mei: Visitor, order: Order, tmp_path: Any, upload: tuple[str, bytes], words: str
) -> None:
    answer = mei.reason(order, "delivery/damaged_in_transit", photos=[file(*upload)])
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_heic_is_taken_as_it_is_and_shown_as_every_browser_can(mei: Visitor, order: Order) -> None:
    mei.reason(order, "delivery/damaged_in_transit", photos=[file("IMG_0001.HEIC", picture("HEIF"))])
    mei.solve(order)
    number = mei.send(order).url.rstrip("/").rsplit("/", 1)[-1]
    kept = Evidence.objects.get()
    shown = mei.get(f"returns/{number}/evidence/{kept.ref}/")
    assert (kept.media_type, kept.name) == ("image/heic", "IMG_0001.HEIC")
    assert (shown.headers["Content-Type"], shown.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_what_shoppers_and_shops_write_is_text_on_every_page_and_in_every_mail(cast: Cast, drain: Drain) -> None:  # K6
    order = build.order(
        cast.lanting, at=TODAY, name=f"Mei {SCRIPT}", lines=({"title": f"Throw {SCRIPT}"},), locale="en"
    )
    mei = Visitor().prove(order)
    mei.choose(order, 1)
    mei.reason(order, "delivery/damaged_in_transit", words=SCRIPT, photos=[file("<b>.jpg", picture())])
    mei.solve(order)
    made = Return.objects.get(number=mei.send(order).url.rstrip("/").rsplit("/", 1)[-1])
    mei.post(f"returns/{made.number}/message/", {"text": SCRIPT, "nonce": "1"})
    drain()
    olu: Client = client_of(hire(cast, Role.OPERATOR, "Olu", of_operator=True))
    of_staff = (f"/desk/cases/{made.case.number}/", "/desk/cases/", "/desk/inbox/", "/office/notices/", "/dock/")
    pages = [
        mei.get(f"orders/{order.ref}/").content.decode(),
        mei.get(f"returns/{made.number}/").content.decode(),
        *[olu.get(path).content.decode() for path in of_staff],
    ]
    mails = list(Notice.objects.values_list("html", flat=True))
    assert mails
    assert sum("&lt;script&gt;alert(1)" in page for page in pages) >= 4
    dangerous = ("<script>alert", "<img src=x", "<b>.jpg")
    assert not [page for page in pages + mails if any(words in page for words in dangerous)]
