"""A shopper's way through the portal in Chromium: on a desk and a phone, with and without script, without barriers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from homeward.orders.models import Order
from homeward.returns.models import Return
from tests.support import build, build_logistics
from tests.support import cast as casting
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.portal import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("HOMEWARD_PORTAL_SHOTS", "")  # a folder to keep pictures in, for those who design


@pytest.fixture
def order(settings, tmp_path: Path, transactional_db: None) -> Order:
    """An order of two throws and a curtain made to measure, delivered to Germany five days ago."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    cast = casting.assemble()
    build_logistics.center()
    curtain = {"title": "Silk curtain, made to measure 137 × 240 cm", "traits": ["customised"], "quantity": 1}
    return build.order(
        cast.lanting, at=timezone.now(), country="DE", notices=["*"], ship_to=build_logistics.SHIP_TO,
        lines=[{"title": "Stonewashed linen throw with hand-knotted fringe, 150 × 200 cm"}, curtain],
        shipping_minor=590,
    )  # fmt: skip


# Choices are checked by force: the whole card is the label, and it lies above its own box.


def look(page: Page, name: str) -> None:
    """Judge the page as it stands: no barrier, no sideways scrolling."""
    if SHOTS:
        width = page.viewport_size["width"]
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    assert overflow(page) == 0, name
    assert barriers(page) == [], name


@pytest.mark.parametrize(
    ("size", "javascript"), [("desktop", True), ("phone", True), ("narrow", True), ("desktop", False), ("phone", False)]
)
def test_a_shopper_asks_and_follows(open_page: OpenPage, order: Order, size: str, javascript: bool) -> None:
    page = open_page(size, javascript=javascript)
    judge = look if javascript else lambda page, name: None  # axe is a script itself

    page.goto("/r/lanting/")
    judge(page, "lookup")
    page.get_by_label("Order number").fill("LT-48213")
    page.get_by_label("E-mail, postcode or last 4 digits of the phone").fill("69003")
    page.get_by_role("button", name="Find my order").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to send back?")
    page.get_by_role("checkbox", name="Stonewashed linen throw").check(force=True)
    expect(page.get_by_label("How many go back?")).to_be_visible()
    if javascript:
        page.get_by_role("button", name="One more").click()
        expect(page.locator("#sum")).to_contain_text("€99.80")
        page.get_by_role("button", name="One less").click()
    judge(page, "items")
    page.locator("button:visible", has_text="Continue").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Why does it go back?")
    page.locator("button:visible", has_text="Continue").first.click()
    expect(page.locator(".error-summary")).to_contain_text("Choose a reason")
    judge(page, "reason-error")
    page.get_by_role("radio", name="The delivery went wrong").check(force=True)
    page.get_by_role("radio", name="It arrived damaged").check(force=True)
    page.get_by_label("In your own words").fill("Eine Franse ist ab.")
    picture = photo("fringe.jpg")
    page.get_by_label("Photos of what happened").set_input_files(
        {"name": "fringe.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    if javascript:
        expect(page.locator(".previews")).to_contain_text("fringe.jpg")
    judge(page, "reason")
    page.locator("button:visible", has_text="Continue").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("How shall we put it right?")
    judge(page, "solution")
    page.get_by_role("radio", name="Give me my money back").check(force=True)
    page.get_by_role("radio", name="Prepaid label to print").check(force=True)
    page.get_by_role("button", name="Check everything").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you send")
    expect(page.locator("main")).to_contain_text("Eine Franse ist ab.")
    judge(page, "check")
    page.get_by_role("button", name="Send my request").click()

    made = Return.objects.get()
    expect(page.locator("main")).to_contain_text(made.number)
    judge(page, "return")
    page.get_by_label("Your message").fill("Wann holt ihr es?")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator(".talk")).to_contain_text("Wann holt ihr es?")
    judge(page, "return-message")


@pytest.mark.parametrize(("size", "javascript"), [("desktop", True), ("narrow", True), ("phone", False)])
def test_a_guest_withdraws(open_page: OpenPage, order: Order, size: str, javascript: bool) -> None:
    page = open_page(size, javascript=javascript)
    judge = look if javascript else lambda page, name: None

    page.goto("/r/lanting/")
    page.get_by_role("link", name="Withdraw from contract here").click()
    page.get_by_role("button", name="Continue to step 2").click()
    expect(page.locator(".error-summary")).to_contain_text("Enter your name")
    page.get_by_label("Your name").fill("Marie-Hélène de La Rochefoucauld-Beaumont")
    page.get_by_label("Order or contract number").fill("LT-48213")
    page.get_by_label("E-mail for the receipt").fill("mei@lyon.example")
    judge(page, "withdraw")
    page.get_by_role("button", name="Continue to step 2").click()
    judge(page, "withdraw-confirm")
    page.get_by_role("button", name="Confirm withdrawal").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Withdrawal received")
    judge(page, "withdraw-done")


@pytest.mark.parametrize("language", ["zh-hans", "de", "fr", "ja"])
def test_every_language_fits_a_narrow_phone_in_the_dark(open_page: OpenPage, order: Order, language: str) -> None:
    page = open_page("narrow", dark=True)
    page.goto(f"/r/lanting/?lang={language}")
    look(page, f"lookup-{language}")
    page.locator("#id_order").fill("LT-48213")
    page.locator("#id_proof").fill("69003")
    page.locator("form button[type=submit]").first.click()
    look(page, f"items-{language}")
    page.locator("input[name=line]").first.check(force=True)
    page.locator("button.primary:visible").first.click()
    page.locator("input[name=group]").last.check(force=True)
    look(page, f"reason-{language}")
    page.locator("button.primary:visible").first.click()
    look(page, f"solution-{language}")
    page.locator("button.primary:visible").first.click()
    look(page, f"check-{language}")
    page.locator("button.primary:visible").first.click()
    expect(page.locator("h1.when")).to_be_visible()
    look(page, f"return-{language}")
