"""The withdrawal form inside a shop's page, in a real browser: another origin, no cookies, also without JavaScript."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, FrameLocator, Page, expect

from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant
from homeward.returns.models import Withdrawal
from tests.support import build
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.cast import NOW, Cast
from tests.support.shop_pages import shop_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage() -> Cast:
    cache.clear()
    return build.committed_cast()


@pytest.fixture
def served(live_server, settings) -> str:
    """The address of the site, which its own links name too."""
    settings.BASE_URL = live_server.url
    return live_server.url


def allow(stage: Cast, *allowed: str) -> Merchant:
    party_actions.allow_origins(stage.lanting, allowed, actor=stage.olu, at=NOW)
    return stage.lanting


def withdraw_in(frame: FrameLocator) -> None:
    """Walk through both steps inside a frame."""
    frame.get_by_label("Your name").fill("Mei Lin")
    frame.get_by_label("Order or contract number").fill("LT-48213")
    frame.get_by_label("E-mail for the receipt").fill("mei@lyon.example")
    frame.get_by_role("button", name="Continue to step 2").click()
    frame.get_by_role("button", name="Confirm withdrawal").click()
    expect(frame.get_by_role("heading", name="Withdrawal received")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_guest_withdraws_inside_the_page_of_a_shop(
    open_page: OpenPage, stage: Cast, served: str, javascript: bool
) -> None:
    frame = f'<iframe id="form" src="{served}/r/lanting/withdraw/embed/?lang=en" width="600" height="900"></iframe>'
    with shop_page(frame) as origin:
        allow(stage, origin)
        page = open_page(javascript=javascript)
        page.goto(origin)
        withdraw_in(page.frame_locator("#form"))

        assert page.context.cookies() == []

    made = Withdrawal.objects.get()
    assert (made.name, made.contract, made.email) == ("Mei Lin", "LT-48213", "mei@lyon.example")


def test_no_other_page_may_frame_the_form(chromium: Browser, stage: Cast, served: str) -> None:
    frame = f'<iframe id="form" src="{served}/r/lanting/withdraw/embed/"></iframe>'
    with shop_page("the real shop") as origin, shop_page(frame) as stranger:
        allow(stage, origin)
        page = chromium.new_page()
        page.goto(stranger)
        page.wait_for_load_state("networkidle")

        expect(page.frame_locator("#form").get_by_label("Your name")).to_have_count(0)
        page.close()


def test_the_script_puts_the_link_into_the_page_in_its_language(open_page: OpenPage, stage: Cast, served: str) -> None:
    script = (
        f'<footer><script src="{served}/r/lanting/withdraw.js?country=DE" data-contract="LT-48213"></script></footer>'
    )
    with shop_page(script, language="de-AT") as origin:
        page = open_page("phone")
        page.goto(origin)
        link = page.locator("footer").get_by_role("link", name="Vertrag widerrufen")
        expect(link).to_be_visible()
        link.click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Vertrag widerrufen")
        expect(page.locator("#id_contract")).to_have_value("LT-48213")


def test_the_script_opens_the_form_in_the_page_by_keyboard(open_page: OpenPage, stage: Cast, served: str) -> None:
    script = f'<main><h1>Shop</h1><script src="{served}/r/lanting/withdraw.js" data-open="frame" async></script></main>'
    with shop_page(script) as origin:
        allow(stage, origin)
        page = open_page()
        page.goto(origin)
        button = page.get_by_role("button", name="Withdraw from contract here")
        expect(button).to_have_attribute("aria-expanded", "false")
        button.press("Enter")
        expect(button).to_have_attribute("aria-expanded", "true")
        withdraw_in(page.frame_locator("iframe"))
        assert barriers(page) == []

    assert Withdrawal.objects.count() == 1


@pytest.mark.parametrize(("size", "dark"), [("desktop", False), ("narrow", True)])
def test_every_step_is_open_to_everybody(open_page: OpenPage, stage: Cast, served: str, size: str, dark: bool) -> None:
    page = open_page(size, dark=dark)

    def judge() -> None:
        assert (barriers(page), overflow(page)) == ([], 0)

    page.goto("/r/lanting/withdraw/embed/?lang=en&country=PL")
    judge()
    page.get_by_role("button", name="Continue to step 2").click()
    judge()
    _fill(page)
    judge()
    page.get_by_role("button", name="Confirm withdrawal").click()
    page.get_by_role("heading", name="Withdrawal received").wait_for()
    judge()
    page.goto("/r/lanting/policy/de/?lang=en")
    judge()


def _fill(page: Page) -> None:
    page.get_by_label("Your name").fill("Mei Lin")
    page.get_by_label("Order or contract number").fill("LT-48213")
    page.get_by_label("E-mail for the receipt").fill("mei@lyon.example")
    page.get_by_role("button", name="Continue to step 2").click()
