"""The rulebook editor in a real browser: written, put in order by keys alone, tried, reviewed by another, published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from homeward.kernel import Actor, Role
from homeward.parties.models import Staff
from homeward.policies import actions, rulebook
from homeward.policies.models import Rulebook, RulebookDraft
from tests.support import build, people
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.cast import NOW, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenAs = Callable[..., Page]


@pytest.fixture
def cast() -> Cast:
    return build.committed_cast()


@pytest.fixture
def open_as(cast: Cast, open_page: OpenPage, live_server: Any) -> OpenAs:
    """Open a page as somebody of Lanting's, in the size and mood asked for."""

    def visit(role: Role, name: str, path: str, size: str = "desktop", **mood: Any) -> Page:
        person = Staff.objects.filter(name=name).first() or people.hire(cast, role, name)
        key = people.client_of(person).cookies[settings.SESSION_COOKIE_NAME].value
        page = open_page(size, **mood)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        page.goto(path)
        return page

    return visit


def begun(cast: Cast) -> str:
    """Begin a draft of somebody long gone and return where it is written."""
    gone = Actor(Role.MERCHANT, "stf_gone", "Gone", merchant_id=cast.lanting.pk)
    draft = actions.begin(rulebook.standard(), merchant=cast.lanting, actor=gone, at=NOW, origin="standard")
    return f"/office/rulebooks/drafts/{draft.ref}/"


def refs() -> list[str]:
    return [one["ref"] for one in RulebookDraft.objects.get().document["clauses"]]


def no_barriers(page: Page) -> None:
    """The page can be used by everybody and needs no scrolling sideways."""
    assert (page.url, barriers(page), overflow(page)) == (page.url, [], 0)


def test_a_rulebook_goes_from_the_first_word_to_a_version(cast: Cast, open_as: OpenAs) -> None:
    page = open_as(Role.MERCHANT, "Lin", "/office/rulebooks/new/")
    no_barriers(page)
    page.get_by_role("button", name="Begin with it").click()
    no_barriers(page)
    # edit
    page.get_by_role("link", name="Edit STD-30D").last.click()
    page.get_by_role("spinbutton", name="Days to ask, from delivery").fill("45")
    page.get_by_label("English").fill("You have 45 days to send unused goods back.")
    page.locator("#add-when").select_option("not_category")
    page.locator("button[name=more][value=when]").click()
    page.get_by_role("textbox", name="Not of this category").fill("tea, incense")
    no_barriers(page)
    page.get_by_role("button", name="Save the clause").last.click()
    expect(page.get_by_role("status")).to_contain_text("STD-30D is saved.")
    # put in order with keys alone; the handle keeps the focus
    grip = page.get_by_role("button", name="Move STD-SEASON, place 2 of 12")
    grip.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("status")).to_contain_text("STD-SEASON now stands at place 1 of 12.")
    expect(page.get_by_role("button", name="Move STD-SEASON, place 1 of 12")).to_be_focused()
    assert refs()[:2] == ["STD-SEASON", "STD-30D"]
    # try a case and keep it
    page.get_by_label("Country").select_option("DE")
    page.get_by_label("Days since delivery").fill("40")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="This can come back.")).to_be_visible()
    expect(page.get_by_role("heading", name="This cannot come back.")).to_be_visible()
    no_barriers(page)
    page.get_by_role("button", name="Keep as a test").click()
    expect(page.locator("#tests")).to_contain_text("Germany: a change of mind, day 40")
    # hand it over, and let somebody else approve
    page.get_by_label("For whoever reviews it").fill("Longer for all but tea")
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.locator("#review")).to_contain_text("Lin asks for a review")
    other = open_as(Role.SUPERVISOR, "Ada", page.url.split("?")[0].split("#")[0])
    expect(other.locator("#review")).to_contain_text("Longer for all but tea")
    no_barriers(other)
    other.get_by_role("button", name="Approve").click()
    other.get_by_role("button", name="Publish").click()
    expect(other.locator("#review")).to_contain_text("Published as version 1")
    row = Rulebook.objects.get()
    assert rulebook.from_data(row.document).clauses[1].then.extend_days == 45
    other.goto(f"/office/rulebooks/compare/?old=standard&new={row.ref}")
    expect(other.locator("#change-STD-30D")).to_contain_text("45 days")
    no_barriers(other)


def test_a_clause_is_dragged_with_the_mouse(cast: Cast, open_as: OpenAs) -> None:
    page = open_as(Role.MERCHANT, "Lin", begun(cast))
    grip = page.get_by_role("button", name="Move STD-FAULT, place 3 of 12")
    grip.scroll_into_view_if_needed()
    start = grip.bounding_box()
    assert start
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    target = page.locator("#clause-STD-30D").bounding_box()
    assert target
    page.mouse.move(start["x"] + 5, target["y"] + target["height"] + 40, steps=12)
    page.mouse.move(start["x"] + 5, target["y"] + 10, steps=12)
    page.mouse.up()
    expect(page.get_by_role("status")).to_contain_text("STD-FAULT now stands at place 1 of 12.")
    assert refs()[:3] == ["STD-FAULT", "STD-30D", "STD-SEASON"]


def test_it_is_all_there_without_script(cast: Cast, open_as: OpenAs) -> None:
    page = open_as(Role.MERCHANT, "Lin", begun(cast), javascript=False)
    page.get_by_role("button", name="Move STD-30D down").click()
    assert refs()[:2] == ["STD-SEASON", "STD-30D"]
    page.get_by_role("button", name="Undo").click()
    assert refs()[:2] == ["STD-30D", "STD-SEASON"]
    page.get_by_role("link", name="Edit STD-REFUND").last.click()
    page.locator("#add-when").select_option("country")
    page.locator("button[name=more][value=when]").click()
    page.get_by_label("Japan").check()
    page.get_by_role("button", name="Save the clause").last.click()
    document = RulebookDraft.objects.get().document
    [refund] = [one for one in document["clauses"] if one["ref"] == "STD-REFUND"]
    assert refund["when"] == {"country": ["JP"]}


@pytest.mark.parametrize(("size", "dark"), [("phone", False), ("narrow", False), ("desktop", True)])
def test_the_editor_fits_phones_and_dark_rooms(cast: Cast, open_as: OpenAs, size: str, dark: bool) -> None:
    path = begun(cast)
    page = open_as(Role.MERCHANT, "Lin", path, size, dark=dark)
    no_barriers(page)
    for rest in ("clauses/STD-30D/", "try/?country=FR&reason=damaged", "history/", "about/"):
        page.goto(path + rest)
        no_barriers(page)
    page.goto("/office/rulebooks/wizard/")
    page.get_by_role("button", name="Propose a rulebook").click()
    expect(page.get_by_role("heading", name="The proposal")).to_be_focused()
    no_barriers(page)
