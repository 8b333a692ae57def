"""The dock with scanner and keys in a real browser: scan, count, grade; phones, dark rooms, no script, WCAG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from homeward.kernel import Role
from homeward.warehouse import queries
from homeward.warehouse.models import Inspection, Receipt
from tests.support import build, build_warehouse, people
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenDock = Callable[..., Page]
PHONE = {"category": "electronics", "traits": ["battery"], "serials": ["SN-001"], "sku": "PHONE", "title": "Phone"}


@pytest.fixture
def cast() -> Cast:
    return build.committed_cast()


@pytest.fixture
def dock(cast: Cast, open_page: OpenPage, live_server: Any) -> OpenDock:
    """Open a page of the dock as Kim, in the size and mood asked for."""
    kim = people.client_of(people.hire(cast, Role.DOCK, "Kim"))
    key = kim.cookies[settings.SESSION_COOKIE_NAME].value

    def visit(path: str = "/dock/", size: str = "desktop", **mood: Any) -> Page:
        page = open_page(size, **mood)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        page.goto(path)
        return page

    return visit


def scan(page: Page, code: str) -> None:
    """Do what a scanner does: write the code into whatever has the focus, and press Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_scan_count_grade_with_scanner_and_keys_alone(cast: Cast, dock: OpenDock) -> None:
    receipt = build_warehouse.expected(cast, center=build_warehouse.roubaix())
    page = dock()
    scan(page, f"https://shop.example/r/x/{receipt.return_request.number}")
    expect(page.get_by_text("Announced with 2 units.")).to_be_visible()
    good = page.get_by_role("spinbutton", name="Right")
    for count in ("1", "2"):
        scan(page, "sku-1")
        expect(good).to_have_value(count)
    expect(page.get_by_role("status").filter(has_text="Linen throw: 2")).to_be_attached()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Unit 1 of 2").first).to_be_visible()
    assert Receipt.objects.get().outcome == "match"

    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="B opened, complete")).to_be_checked()
    expect(page.get_by_text("Proposed for grade B")).to_be_visible()
    expect(page.get_by_role("radio", name="Refresh and resell")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 unit graded B.")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text("Proposed for grade A")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This receipt is done.")).to_be_visible()
    assert [one.grade for one in Inspection.objects.order_by("pk")] == ["B", "A"]
    assert Receipt.objects.get().state == "inspected"


def test_answers_change_the_proposal_as_they_are_given(cast: Cast, dock: OpenDock) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE], center=build_warehouse.roubaix())
    page = dock(f"/dock/receipts/{receipt.ref}/")
    danger = page.get_by_role("radiogroup", name="Is the battery swollen, leaking, hot, smelling or burnt?")
    danger.get_by_text("Yes").click()
    page.get_by_text("D", exact=True).click()
    expect(page.get_by_text("Two people look at this unit")).to_be_visible()
    expect(page.get_by_role("radio", name="Quarantine")).to_be_checked()
    page.get_by_text("ways are closed, and why").click()
    expect(page.get_by_text("special provision 376").first).to_be_visible()


def test_a_late_answer_of_the_server_does_not_undo_a_newer_choice(cast: Cast, dock: OpenDock) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE], center=build_warehouse.roubaix())
    page = dock(f"/dock/receipts/{receipt.ref}/")
    held: list[Route] = []
    page.route("**/verdict*", lambda route: held.append(route))  # noqa: PLW0108 - a bound builtin is none to Playwright
    page.get_by_role("radiogroup", name="Is the battery swollen, leaking, hot, smelling or burnt?").get_by_text(
        "Yes"
    ).click()
    with page.expect_request("**/verdict*"):
        page.get_by_text("D", exact=True).click()
    for answer in held:
        answer.fulfill(response=answer.fetch())
    page.wait_for_load_state("networkidle")
    expect(page.locator("input[name=grade][value=D]")).to_be_checked()
    expect(page.get_by_role("radio", name="Quarantine")).to_be_checked()


def test_a_scanned_serial_fills_its_field(cast: Cast, dock: OpenDock) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE])
    page = dock(f"/dock/receipts/{receipt.ref}/")
    scan(page, "SN-001")
    expect(page.get_by_role("textbox", name="Serial number")).to_have_value("SN-001")


def test_without_script_everything_works_by_plain_forms(cast: Cast, dock: OpenDock) -> None:
    receipt = build_warehouse.expected(cast, units=(1,))
    page = dock(javascript=False)
    page.get_by_label("Scan a label, serial or tracking number").fill(receipt.parcel.tracking_number)
    page.keyboard.press("Enter")
    page.get_by_label("Scan goods to count them, or the next label").fill("SKU-1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Right")).to_have_value("1")
    page.get_by_role("button", name="Receive the goods").click()
    for question, answer in (("packaging", "sealed"), ("complete", "yes"), ("marks", "light")):
        page.locator(f"input[name=q-{question}][value={answer}]").check(force=True)
    page.get_by_role("button", name="Propose a grade").click()
    expect(page.get_by_text("Proposed for grade B")).to_be_visible()
    page.get_by_role("button", name="Finish unit, next").click()
    expect(page.get_by_text("This receipt is done.")).to_be_visible()


@pytest.mark.parametrize(("size", "dark"), [("desktop", True), ("phone", False), ("narrow", False)])
def test_every_page_of_the_dock_passes_wcag_and_fits(cast: Cast, dock: OpenDock, size: str, dark: bool) -> None:
    expected = build_warehouse.expected(cast)
    received = build_warehouse.received(cast, lines=[PHONE], units=(1,), number="LT-2")
    disputed = build_warehouse.received(cast, (0, 0, 0), number="LT-3")
    inspected = build_warehouse.inspected(cast, number="LT-4")
    page = dock("/dock/", size, dark=dark)
    paths = ["/dock/", "/dock/unannounced?scan=ZZ", "/dock/parcels/"]
    paths += [f"/dock/receipts/{one.ref}/" for one in (expected, received, disputed, inspected)]
    for path in paths:
        page.goto(path)
        assert (path, barriers(page), overflow(page)) == (path, [], 0)
    assert queries.figures(cast.kim, at=received.received_at).waiting == 1
