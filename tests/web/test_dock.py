"""The dock's pages: scan, count, grade, and every refusal in words that say what to do."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from homeward.kernel import Role
from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant
from homeward.warehouse import actions, queries
from homeward.warehouse.grading import Grade
from homeward.warehouse.models import Inspection, Photo, Receipt, StockMovement
from tests.support import build_warehouse, people
from tests.support.cast import NOW, ROOT, Cast

BEST = {f"q-{key}": word for key, word in build_warehouse.BEST.items()}
PHONE = {"category": "electronics", "traits": ["battery"], "serials": ["SN-001"], "sku": "PHONE"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def sign_in(role: Role = Role.DOCK, merchant: Merchant | None = None, name: str = "Kim") -> Client:
    """Return a browser in which somebody of this role has signed in."""
    person = party_actions.hire(
        email=f"{name.lower()}@{role}.example", name=name, role=role, merchant=merchant, actor=ROOT, at=NOW
    )
    return people.client_of(person)


@pytest.fixture
def kim(cast: Cast) -> Client:
    """The browser of Kim, who works at Lanting's dock."""
    return sign_in(merchant=cast.lanting)


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (90, 120, 90)).save(out, kind)
    return SimpleUploadedFile("unit.png", out.getvalue(), content_type="text/html")  # the browser's word is not trusted


def at(receipt: Receipt, verb: str = "") -> str:
    return f"/dock/receipts/{receipt.ref}/{verb}"


def told(answer: Any) -> str:
    """Return what the page says, entities read."""
    return answer.content.decode().replace("&#x27;", "'").replace("’", "'")


def count_data(receipt: Receipt, *numbers: tuple[int, int, int], **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for line, (good, damaged, wrong) in zip(receipt.lines.order_by("pk"), numbers, strict=True):
        data |= {f"{line.key}-good": good, f"{line.key}-damaged": damaged, f"{line.key}-wrong": wrong}
    return data | more


def unit_data(receipt: Receipt, **more: Any) -> dict[str, Any]:
    return {"line": receipt.lines.order_by("pk")[0].key, "quantity": 1, "nonce": "form-1"} | more


@pytest.mark.parametrize("path", ["", "parcels/", "unannounced", "receipts/rcp_x/", "photos/pho_x"])
def test_strangers_sign_in_first_and_others_are_turned_away(cast: Cast, path: str) -> None:
    assert Client().get(f"/dock/{path}").headers["Location"].startswith("/account/login/")
    assert sign_in(Role.FINANCE, name="Fay").get(f"/dock/{path}").status_code == 403


def test_the_station_shows_what_waits_and_what_comes(cast: Cast, kim: Client) -> None:
    build_warehouse.expected(cast)
    build_warehouse.received(cast, (1, 0, 0), number="LT-2")
    build_warehouse.received(cast, (0, 0, 0), number="LT-3")
    page = told(kim.get("/dock/"))
    for receipt in Receipt.objects.all():
        assert receipt.return_request.number in page
    assert "Nothing waits" not in page
    assert "data-scan" in page


def test_another_merchant_s_dock_sees_an_empty_station(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    zoe = sign_in(merchant=cast.nordlicht, name="Zoe")
    assert receipt.return_request.number not in told(zoe.get("/dock/"))
    assert zoe.get(at(receipt)).status_code == 404
    assert zoe.post(at(receipt, "inspect"), unit_data(receipt)).status_code == 404
    assert zoe.post("/dock/scan", {"code": receipt.ref}).headers["Location"].startswith("/dock/unannounced")


@pytest.mark.parametrize("mark", ["ref", "tracking", "number"])
def test_a_scan_leads_to_the_receipt(cast: Cast, kim: Client, mark: str) -> None:
    receipt = build_warehouse.expected(cast)
    code = {
        "ref": receipt.ref, "tracking": receipt.parcel.tracking_number,
        "number": f"https://shop.example/r/x/{receipt.return_request.number}",
    }[mark]  # fmt: skip
    answer = kim.post("/dock/scan", {"code": code}, follow=True)
    assert answer.request["PATH_INFO"] == at(receipt)
    assert "Announced: 2" in told(answer)


def test_a_scan_opens_what_has_no_receipt_yet(cast: Cast, kim: Client) -> None:
    made = build_warehouse.authorized(cast)
    answer = kim.post("/dock/scan", {"code": made.number})
    assert answer.headers["Location"] == at(Receipt.objects.get())
    second = build_warehouse.authorized(cast, number="LT-2")
    [line] = build_warehouse.lines_of(second)
    parcel = build_warehouse.parcel(cast, {line: 2})
    answer = kim.post("/dock/scan", {"code": parcel.tracking_number})
    assert answer.headers["Location"] == at(Receipt.objects.get(parcel=parcel))


def test_a_box_with_several_returns_shows_a_choice(cast: Cast, kim: Client) -> None:
    returns = [build_warehouse.authorized(cast, number=f"LT-{n}") for n in range(2)]
    carries = {line: 2 for made in returns for line in build_warehouse.lines_of(made)}
    parcel = build_warehouse.parcel(cast, carries)
    page = told(kim.post("/dock/scan", {"code": parcel.tracking_number}, follow=True))
    assert all(made.number in page for made in returns)


def test_an_empty_scan_stays_at_the_station(kim: Client) -> None:
    assert kim.post("/dock/scan", {"code": "  \r\n"}).headers["Location"] == "/dock/"


def test_scanned_goods_are_counted_without_script(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.expected(cast)
    line = receipt.lines.get()
    once = kim.post(f"/dock/scan?receipt={receipt.ref}", {"code": "sku-1"}).headers["Location"]
    assert once == f"{at(receipt)}?{line.key}-good=1"
    twice = kim.post(f"/dock/scan?receipt={receipt.ref}&{line.key}-good=1", {"code": "SKU-1"}).headers["Location"]
    assert twice == f"{at(receipt)}?{line.key}-good=2"
    assert f'name="{line.key}-good" value="2"' in told(kim.get(twice))


def test_a_count_is_received_and_the_first_unit_lies_on_the_table(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.expected(cast)
    page = told(kim.post(at(receipt, "receive"), count_data(receipt, (1, 0, 1)), follow=True))
    assert Receipt.objects.get().outcome == "wrong"
    assert "Unit 1 of 2" in page
    assert "Are all parts there?" in page


def test_a_count_sent_twice_counts_once_and_says_so(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.expected(cast)
    for _ in range(2):
        page = told(kim.post(at(receipt, "receive"), count_data(receipt, (2, 0, 0)), follow=True))
    assert "Somebody else was quicker" in page
    assert receipt.lines.get().received == 2


def test_more_than_announced_is_asked_about_and_then_taken(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.expected(cast)
    answer = kim.post(at(receipt, "receive"), count_data(receipt, (3, 0, 0)))
    assert answer.status_code == 422
    assert "You counted 3, announced were 2" in told(answer)
    over = {f"{receipt.lines.get().key}-over": "on"}
    kim.post(at(receipt, "receive"), count_data(receipt, (3, 0, 0), **over))
    assert Receipt.objects.get().outcome == "over"


@pytest.mark.parametrize("number", ["-1", "1000000000", "two", "1.5", ""])
def test_a_count_that_is_none_is_sent_back_with_words(cast: Cast, kim: Client, number: str) -> None:
    receipt = build_warehouse.expected(cast)
    data = count_data(receipt, (0, 0, 0)) | {f"{receipt.lines.get().key}-good": number}
    answer = kim.post(at(receipt, "receive"), data)
    assert answer.status_code == 422
    assert "Enter" in told(answer)
    assert Receipt.objects.get().state == "expected"


def test_a_stranger_in_the_box_gets_a_record_of_its_own(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.expected(cast)
    data = count_data(receipt, (2, 0, 0), stranger="Silver spoon", stranger_units=1)
    page = told(kim.post(at(receipt, "receive"), data, follow=True))
    found = Receipt.objects.get(return_request=None)
    assert at(found) in page
    assert "Silver spoon" in told(kim.get(at(found)))


def test_units_are_finished_one_after_the_other(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    page = told(kim.post(at(receipt, "inspect"), unit_data(receipt, **BEST), follow=True))
    assert "1 unit graded A." in page
    assert "Unit 2 of 2" in page
    page = told(kim.post(at(receipt, "inspect"), unit_data(receipt, grade="B", nonce="form-2"), follow=True))
    assert "This receipt is done." in page
    assert list(StockMovement.objects.order_by("pk").values_list("destination", flat=True)) == ["restock", "refurbish"]


def test_units_alike_are_finished_together(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    kim.post(at(receipt, "inspect"), unit_data(receipt, quantity=2, **BEST))
    assert Receipt.objects.get().state == "inspected"


def test_the_same_unit_posted_twice_is_one_finding(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    for _ in range(2):
        kim.post(at(receipt, "inspect"), unit_data(receipt, **BEST))
    assert Inspection.objects.count() == 1


def test_without_script_the_proposal_comes_by_a_button(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    data = unit_data(receipt, **BEST | {"q-marks": "clear"}, propose="1", note="scratched lid")
    answer = kim.post(at(receipt, "inspect"), data)
    page = told(answer)
    assert answer.status_code == 200
    assert "Proposed for grade C" in page
    assert "Goods with marks of use are not sold as new." in page
    assert "scratched lid" in page
    assert Inspection.objects.count() == 0


def test_the_proposal_follows_answers_and_keys(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast, lines=[{"category": "apparel"}], center=build_warehouse.roubaix())
    page = told(kim.get(at(receipt, "verdict"), unit_data(receipt, grade="D", by="grade")))
    assert 'id="verdict"' in page
    assert "Proposed for grade D" in page
    assert "Regulation (EU) 2024/1781, art. 25 and annex VII" in page
    assert kim.get(at(receipt, "verdict"), {"line": "nobody"}).status_code == 204


def test_an_unanswered_checklist_names_its_first_question(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    answer = kim.post(at(receipt, "inspect"), unit_data(receipt))
    assert answer.status_code == 422
    assert "Answer the checklist first: How is the original packaging?" in told(answer)


def test_what_the_law_forbids_is_refused_with_its_source(cast: Cast, kim: Client) -> None:
    shirt = {"category": "apparel"}
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[shirt], center=build_warehouse.roubaix())
    data = unit_data(receipt, grade="D", disposition="destroy", no_photo="on")
    answer = kim.post(at(receipt, "inspect"), data)
    assert answer.status_code == 422
    assert "must not be destroyed in the EU" in told(answer)
    assert Inspection.objects.count() == 0


def test_damage_is_shown_by_a_photo(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    answer = kim.post(at(receipt, "inspect"), unit_data(receipt, grade="D"))
    assert "Take a photo of what you found" in told(answer)
    kim.post(at(receipt, "inspect"), unit_data(receipt, grade="D", photos=[picture()]))
    photo = Photo.objects.get()
    assert photo.inspection == Inspection.objects.get()
    shown = kim.get(f"/dock/photos/{photo.ref}")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert shown.content.startswith(b"\xff\xd8\xff")
    assert sign_in(merchant=cast.nordlicht, name="Zoe").get(f"/dock/photos/{photo.ref}").status_code == 404
    kim.post(at(receipt, "inspect"), unit_data(receipt, grade="D", no_photo="on", nonce="form-2"))
    assert Receipt.objects.get().state == "inspected"


@pytest.mark.parametrize("content", [b"", b"MZ an .exe", b"<svg onload=alert(1)>"])
def test_a_file_that_is_no_photo_is_refused_and_nothing_is_graded(cast: Cast, kim: Client, content: bytes) -> None:
    receipt = build_warehouse.received(cast)
    bad = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")
    answer = kim.post(at(receipt, "inspect"), unit_data(receipt, grade="D", photos=[bad]))
    assert answer.status_code == 422
    assert "photo" in told(answer)
    assert (Inspection.objects.count(), Photo.objects.count()) == (0, 0)


def test_photos_of_the_carton_are_kept(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.expected(cast)
    kim.post(at(receipt, "photos"), {"photos": [picture("WEBP")]})
    assert Photo.objects.get().inspection is None
    assert Photo.objects.get().ref in told(kim.get(at(receipt)))
    assert "Take or choose a photo first." in told(kim.post(at(receipt, "photos"), follow=True))


def test_switched_goods_are_named_and_contested(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE])
    calm = {"q-battery_danger": "no", "q-battery_hit": "no"}
    page = told(kim.post(at(receipt, "inspect"), unit_data(receipt, grade="A", serial="SN-999", **calm), follow=True))
    assert "SN-999 was not sold on this order" in page
    assert "Contested" in page
    assert 'action="' + at(receipt, "resolve") not in page  # the dock does not rule on its own findings
    ada = sign_in(Role.SUPERVISOR, cast.lanting, "Ada")
    assert 'action="' + at(receipt, "resolve") in told(ada.get(at(receipt)))
    assert "Choose the ruling." in told(ada.post(at(receipt, "resolve"), {"note": "x"}))
    ada.post(at(receipt, "resolve"), {"ruling": "in_favor", "note": "our packing photo shows it"})
    assert (Receipt.objects.get().state, receipt.lines.get().right) == ("inspected", 1)


def test_two_people_look_at_a_damaged_battery(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE])
    danger = {"q-battery_danger": "yes", "q-battery_hit": "no"}
    data = unit_data(receipt, grade="D", serial="SN-001", no_photo="on", **danger)
    page = told(kim.post(at(receipt, "inspect"), data, follow=True))
    made = Inspection.objects.get()
    assert "A colleague confirms it" in page
    assert f"/dock/inspections/{made.ref}/confirm" in page
    assert "Confirm the finding" not in page
    assert "A colleague has to confirm this" in told(kim.post(f"/dock/inspections/{made.ref}/confirm", follow=True))
    lee = sign_in(merchant=cast.lanting, name="Lee")
    assert "Confirm the finding" in told(lee.get(at(receipt)))
    lee.post(f"/dock/inspections/{made.ref}/confirm")
    assert Receipt.objects.get().state == "inspected"


def test_a_finding_is_taken_back_with_a_reason(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    kim.post(at(receipt, "inspect"), unit_data(receipt, **BEST))
    made = Inspection.objects.get()
    assert "Say why" in told(kim.post(f"/dock/inspections/{made.ref}/void", {"reason": ""}, follow=True))
    page = told(kim.post(f"/dock/inspections/{made.ref}/void", {"reason": "wrong <b>box</b>"}, follow=True))
    assert "Unit 1 of 2" in page
    assert "wrong &lt;b&gt;box&lt;/b&gt;" in page


def test_a_miscount_is_counted_again_with_a_reason(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    assert kim.post(at(receipt, "reopen"), {"reason": ""}).status_code == 422
    assert "Receive the goods" in told(kim.post(at(receipt, "reopen"), {"reason": "miscounted"}, follow=True))


def test_what_came_can_be_contested_at_the_dock(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    assert "Choose what is contested." in told(kim.post(at(receipt, "dispute")))
    kim.post(at(receipt, "dispute"), {"ground": "count", "note": "bag torn"})
    assert Receipt.objects.get().state == "disputed"


def test_an_unknown_parcel_is_taken_in_and_matched(cast: Cast, kim: Client) -> None:
    answer = kim.post("/dock/scan", {"code": "ZZ 999"}, follow=True)
    assert "Nobody announced this parcel" in told(answer)
    data = {"label_text": "ZZ 999", "description": "Linen throw", "quantity": 2, "merchant": "lanting", "nonce": "n-1"}
    for _ in range(2):
        page = told(kim.post("/dock/unannounced", data | {"photos": [picture()]}, follow=True))
    receipt = Receipt.objects.get()
    assert "Nobody announced this." in page
    assert Photo.objects.get().receipt == receipt
    made = build_warehouse.authorized(cast)
    assert "No return has this number" in told(kim.post(at(receipt, "match"), {"number": "HW-2222-2222"}, follow=True))
    page = told(kim.post(at(receipt, "match"), {"number": made.number.lower()}, follow=True))
    assert "Matched. Count the goods" in page
    assert Receipt.objects.get().return_request == made


def test_unknown_goods_need_words_and_a_merchant(cast: Cast) -> None:
    olu = sign_in(Role.OPERATOR, name="Olu")
    page = told(olu.post("/dock/unannounced", {"quantity": 1}))
    assert "Say what lies in the box." in page
    assert "Choose for whom it is." in page
    assert Receipt.objects.count() == 0


def test_the_return_of_unknown_goods_is_found_by_name(cast: Cast, kim: Client) -> None:
    made = build_warehouse.authorized(cast)
    page = told(kim.get("/dock/unannounced", {"q": "Mei"}))
    assert made.number in page
    answer = kim.post(f"/dock/returns/{made.ref}/open")
    assert answer.headers["Location"] == at(Receipt.objects.get())
    assert "No return fits" in told(kim.get("/dock/unannounced", {"q": "Nobody"}))


def test_goods_of_a_withdrawn_return_are_taken_in_as_not_announced(cast: Cast, kim: Client) -> None:
    made = build_warehouse.authorized(cast)
    type(made).objects.update(state="withdrawn")
    page = told(kim.post("/dock/scan", {"code": made.number}, follow=True))
    assert "is not open for goods: Withdrawn" in page
    assert f'name="about" value="{made.number}"' in page
    data = {"description": "Throw", "quantity": 1, "merchant": "lanting", "about": made.number}
    kim.post("/dock/unannounced", data)
    assert Receipt.objects.get().case_id == made.case_id


def test_a_second_parcel_is_opened_from_the_short_receipt(cast: Cast, kim: Client) -> None:
    first = build_warehouse.inspected(cast, (1, 0, 0))
    assert "Another parcel of this return is here" in told(kim.get(at(first)))
    answer = kim.post(f"/dock/returns/{first.return_request.ref}/open", follow=True)
    assert "Announced: 1" in told(answer)


def test_the_dock_remembers_where_it_stands(cast: Cast, kim: Client) -> None:
    build_warehouse.roubaix()
    kim.post("/dock/center", {"center": "roubaix"})
    assert "Roubaix hub" in told(kim.get("/dock/"))
    made = build_warehouse.authorized(cast)
    kim.post("/dock/scan", {"code": made.number})
    assert Receipt.objects.get().center.code == "roubaix"
    assert kim.post("/dock/center", {"center": "nowhere"}).status_code == 404


def test_parcels_are_listed_and_found_by_number(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.expected(cast)
    other = build_warehouse.expected(cast, number="LT-2")
    assert other.parcel.tracking_number in told(kim.get("/dock/parcels/"))
    page = told(kim.get("/dock/parcels/", {"q": receipt.parcel.tracking_number}))
    assert other.parcel.tracking_number not in page
    assert "No parcels here" in told(kim.get("/dock/parcels/", {"state": "lost"}))
    bo = sign_in(Role.AGENT, cast.lanting, "Bo")
    assert bo.get("/dock/parcels/", {"q": receipt.return_request.number}).status_code == 200
    assert bo.get("/dock/").status_code == 403


def test_verbs_by_get_change_nothing(cast: Cast, kim: Client) -> None:
    receipt = build_warehouse.received(cast)
    for verb in ("receive", "inspect", "photos", "dispute", "resolve", "reopen", "match"):
        assert kim.get(at(receipt, verb)).status_code == 405
    assert Receipt.objects.get().state == "received"


def test_every_state_of_a_receipt_has_its_page(cast: Cast, kim: Client) -> None:
    pages = {
        "expected": build_warehouse.expected(cast, number="LT-1"),
        "received": build_warehouse.received(cast, number="LT-2"),
        "inspected": build_warehouse.inspected(cast, number="LT-3"),
        "disputed": build_warehouse.received(cast, (0, 0, 0), number="LT-4"),
    }
    unknown = actions.receive_unknown("X1", [actions.Stranger("Spoon")], merchant=cast.lanting, actor=cast.kim, at=NOW)
    actions.inspect(
        queries.receipt(cast.kim, unknown.ref), actions.Finding(unknown.lines.get().key, grade=Grade.X),
        actor=cast.kim, at=NOW,
    )  # fmt: skip
    for receipt in [*pages.values(), unknown]:
        assert kim.get(at(receipt)).status_code == 200
