"""The desk and the office in a real browser: keys alone, phones, dark rooms, no script, WCAG on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from homeward.kernel import Role
from homeward.policies.models import Rulebook
from homeward.returns.models import Return
from homeward.settlements.models import Refund, Remedy
from tests.support import build, build_desk, people
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenAs = Callable[..., Page]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cast() -> Cast:
    return build.committed_cast()


@pytest.fixture
def open_as(cast: Cast, open_page: OpenPage, live_server: Any) -> OpenAs:
    """Open a page as somebody of this role, in the size and mood asked for."""
    limits = {Role.AGENT: "50"}

    def visit(role: Role, path: str, size: str = "desktop", **mood: Any) -> Page:
        name, of_operator = role.value.title(), role == Role.OPERATOR
        person = people.hire(cast, role, name, limit=limits.get(role, ""), of_operator=of_operator)
        key = people.client_of(person).cookies[settings.SESSION_COOKIE_NAME].value
        page = open_page(size, **mood)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        page.goto(path)
        return page

    return visit


def state_of(thing: Any) -> str:
    thing.refresh_from_db()
    return thing.state


def no_barriers(page: Page) -> None:
    """The page can be used by everybody and needs no scrolling sideways."""
    assert (page.url, barriers(page), overflow(page)) == (page.url, [], 0)


@pytest.mark.parametrize(("size", "dark"), [("desktop", False), ("phone", True)])
def test_from_the_sign_in_to_the_refund(
    cast: Cast, open_page: OpenPage, open_as: OpenAs, size: str, dark: bool
) -> None:
    made = build_desk.ask(cast, photo=True)
    people.hire(cast, Role.AGENT, "Bo", limit="50")
    page = open_page(size, dark=dark)
    page.goto("/desk/cases/")
    page.get_by_role("textbox", name="Email").fill("bo@lanting.example")
    page.get_by_label("Password").fill("a long password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cases", level=1)).to_be_visible()
    no_barriers(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Waits for your decision")).to_be_visible()
    no_barriers(page)
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="Authorize this return?")).to_be_visible()
    page.get_by_text("stay with the shopper").click()
    no_barriers(page)
    page.get_by_role("dialog").get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("status").filter(has_text="The return is authorized.")).to_be_visible()
    assert state_of(made) == "authorized"

    refund = build_desk.refund(cast, number="LT-2")
    page = open_as(Role.FINANCE, "/office/refunds/", size, dark=dark)
    no_barriers(page)
    page.get_by_role("link", name=refund.remedy.return_request.number).click()
    expect(page.get_by_role("heading", name="Refund of €99.80")).to_be_visible()
    no_barriers(page)
    page.get_by_label("Reference of the transfer").fill("SEPA-17")
    page.get_by_role("button", name="Confirm the transfer").click()
    expect(page.get_by_role("status").filter(has_text="The transfer is confirmed.")).to_be_visible()
    assert state_of(refund) == "confirmed"


def test_a_case_is_decided_with_keys_alone(cast: Cast, open_as: OpenAs) -> None:
    first, second = build_desk.ask(cast, number="LT-1"), build_desk.ask(cast, number="LT-2")
    page = open_as(Role.AGENT, "/desk/cases/")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(f"**/{first.case.number}/")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The return is authorized.")).to_be_visible()
    assert state_of(first) == "authorized"
    page.goto(f"/desk/cases/{second.case.number}/")
    page.keyboard.press("t")
    page.keyboard.press("Enter")
    expect(page.get_by_text("in your hands", exact=False).first).to_be_visible()
    page.keyboard.press("e")
    page.keyboard.type("A photo of the base, to find the lot")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The shopper is asked.")).to_be_visible()
    assert state_of(second) == "evidence_wanted"


def test_letters_in_a_reply_are_letters_and_escape_keeps_all_open(cast: Cast, open_as: OpenAs) -> None:
    made = build_desk.ask(cast)
    page = open_as(Role.AGENT, f"/desk/cases/{made.case.number}/")
    page.keyboard.press("r")
    page.keyboard.type("A tea set, once again, of course")
    expect(page.get_by_label("Your reply")).to_have_value("A tea set, once again, of course")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Refuse").focus()
    page.keyboard.press("o")
    expect(page.get_by_role("dialog", name="Refuse this return?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert state_of(made) == "under_review"


def test_all_keys_of_the_page_are_listed_and_search_has_its_own(cast: Cast, open_as: OpenAs) -> None:
    made = build_desk.ask(cast)
    page = open_as(Role.AGENT, f"/desk/cases/{made.case.number}/")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="All keys of this page")
    for words in ("Authorize", "Refuse", "Ask for evidence", "Take in hand", "Search"):
        expect(keys.get_by_text(words, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type(made.number)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 case for", exact=False)).to_be_visible()


def test_the_inbox_walks_by_keys_and_answers(cast: Cast, open_as: OpenAs) -> None:
    first, second = build_desk.ask(cast, number="LT-1"), build_desk.ask(cast, number="LT-2")
    page = open_as(Role.AGENT, "/desk/inbox/")
    no_barriers(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**case={second.case.number}")
    page.keyboard.press("r")
    page.keyboard.type("Chère Mei, un nouveau part demain.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Chère Mei, un nouveau part demain.")).to_be_visible()
    page.wait_for_url(f"**case={second.case.number}")
    assert not first.case.messages.exists()


def test_on_a_phone_the_inbox_is_the_list_then_the_words(cast: Cast, open_as: OpenAs) -> None:
    made = build_desk.ask(cast)
    page = open_as(Role.AGENT, "/desk/inbox/", "phone")
    expect(page.get_by_role("button", name="Send")).not_to_be_visible()
    page.get_by_role("link", name="Mei Lin").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    no_barriers(page)
    page.get_by_role("link", name="Open the case").click()
    page.wait_for_url(f"**/{made.case.number}/")


def test_every_question_works_without_script(cast: Cast, open_as: OpenAs) -> None:
    made = build_desk.ask(cast)
    page = open_as(Role.AGENT, f"/desk/cases/{made.case.number}/", javascript=False)
    page.get_by_role("button", name="Offer a part").click()
    dialog = page.locator(f"#offer-{made.pk}")
    dialog.get_by_role("button", name="Offer it").click()
    expect(page.get_by_role("alert")).to_contain_text("Give either a part of the price or a sum")
    page.get_by_label("Or a sum").fill("7,50")
    page.get_by_role("button", name="Offer it").click()
    expect(page.get_by_text("it is theirs to accept")).to_be_visible()
    remedy = Remedy.objects.get()
    page.get_by_role("button", name="Decline").click()
    page.locator(f"#decline-{remedy.pk}").get_by_role("button", name="Decline").click()
    assert state_of(remedy) == "declined"
    page.get_by_role("button", name="Refuse").click()
    page.locator(f"#refuse-{made.pk} textarea").fill("The seal was opened")
    page.get_by_role("button", name="Refuse, with this ground").click()
    expect(page.get_by_role("heading", name="Refused")).to_be_visible()
    assert state_of(made) == "refused"


def test_transfers_are_picked_and_confirmed_without_script(cast: Cast, open_as: OpenAs) -> None:
    for number in ("LT-1", "LT-2"):
        build_desk.refund(cast, number=number)
    page = open_as(Role.FINANCE, "/office/refunds/", javascript=False)
    page.get_by_role("link", name="Pick all 2 here").click()
    page.get_by_label("Reference of the transfer").fill("SEPA-18")
    page.get_by_role("button", name="Confirm the picked transfers").click()
    expect(page.get_by_text("2 transfers are confirmed.")).to_be_visible()
    assert set(Refund.objects.values_list("state", "bank_ref")) == {("confirmed", "SEPA-18")}


@pytest.mark.parametrize(("size", "dark"), [("desktop", True), ("phone", False), ("narrow", False)])
def test_every_page_of_desk_and_office_passes_wcag_and_fits(cast: Cast, open_as: OpenAs, size: str, dark: bool) -> None:
    scene = build_desk.scene(cast)
    paths = [
        "/desk/inbox/", f"/desk/inbox/?case={scene.cases[0]}", "/desk/cases/", "/desk/approvals/",
        "/desk/replacements/", *[f"/desk/cases/{number}/" for number in scene.cases],
        f"/desk/returns/{scene.waiting.ref}/refuse", "/office/", "/office/refunds/?pick=all",
        f"/office/refunds/{scene.refund.ref}/", "/office/orders/", f"/office/orders/{scene.waiting.order.ref}/",
        "/office/withdrawals/", f"/office/withdrawals/{scene.withdrawal.ref}/", "/office/imports/",
        "/office/withdrawals/shop-page/lanting/", f"/desk/cases/{scene.withdrawal.case.number}/",
        f"/office/imports/{scene.run.ref}/", "/office/rulebooks/", f"/office/rulebooks/{Rulebook.objects.get().ref}/",
        "/office/notices/", "/office/journal/", "/office/dead-letters/", "/office/keys/", "/office/staff/",
    ]  # fmt: skip
    page = open_as(Role.OPERATOR, paths[0], size, dark=dark)
    found = {}
    for path in paths:
        page.goto(path)
        if (seen := (barriers(page), overflow(page))) != ([], 0):
            found[path] = seen
    assert found == {}
    assert Return.objects.count() >= 7


@pytest.mark.parametrize(("size", "dark"), [("desktop", False), ("phone", True), ("narrow", False)])
def test_a_return_is_filed_for_a_caller_and_handed_to_a_colleague(
    cast: Cast, open_as: OpenAs, size: str, dark: bool
) -> None:
    order = build.order(cast.lanting, at=timezone.now())
    people.hire(cast, Role.AGENT, "Eve")
    page = open_as(Role.AGENT, f"/office/orders/{order.ref}/", size, dark=dark)
    no_barriers(page)
    page.get_by_role("link", name="Start a return for the shopper").click()
    no_barriers(page)
    page.get_by_label("How many of Linen throw").fill("1")
    page.get_by_label("Why Linen throw").select_option("too_small")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("let this pass at once")).to_be_visible()
    no_barriers(page)
    page.get_by_role("radio", name="Give me my money back").check(force=True)
    page.get_by_role("radio", name="Prepaid label to print").check(force=True)
    page.get_by_text("Phone", exact=True).click()
    page.get_by_role("button", name="File the return").click()
    expect(page.get_by_text("The return is filed.")).to_be_visible()
    no_barriers(page)
    page.get_by_label("Hand it to").select_option(label="Eve")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("The case is in the hands of Eve.")).to_be_visible()
    no_barriers(page)
    assert Return.objects.get().channel == "phone"
