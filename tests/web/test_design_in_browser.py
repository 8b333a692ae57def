"""The page of components in a real browser: the small scripts, the policy, WCAG, phones and dark rooms."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from homeward.kernel import Money, Role
from homeward.parties import actions as party_actions
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.cast import NOW, ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenComponents = Callable[..., Page]


@pytest.fixture
def components(open_page: OpenPage, live_server: Any) -> OpenComponents:
    """Open the page of components as agent Bo, in the size and mood asked for."""
    bo = party_actions.hire(
        email="bo@lanting.example", name="Bo Lindqvist", role=Role.AGENT, authority=Money.of("50", "EUR"),
        password="a long enough one", actor=ROOT, at=NOW,
    )  # fmt: skip
    client = Client()
    client.force_login(bo)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    def visit(size: str = "desktop", **mood: Any) -> Page:
        page = open_page(size, **mood)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        page.goto("/design/")
        return page

    return visit


@pytest.mark.parametrize(("size", "dark"), [("desktop", False), ("desktop", True), ("phone", False)])
def test_every_part_passes_wcag_and_the_policy(components: OpenComponents, size: str, dark: bool) -> None:
    page = components(size, dark=dark)
    assert barriers(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("language", ["de", "zh-hans", "ja"])
def test_nothing_runs_over_the_edge_at_320_pixels(components: OpenComponents, language: str) -> None:
    page = components("narrow")
    page.goto(f"/design/?lang={language}")
    assert overflow(page) == 0


def test_pictures_take_the_light_of_the_scheme_around_them(components: OpenComponents) -> None:
    page = components()
    fills = page.evaluate(
        """() => ["light", "dark"].map(scheme => Array.from("abcdgkw").map(color =>
            getComputedStyle(document.querySelector(`[data-theme=${scheme}] .photo .${color}`)).fill))"""
    )
    light, dark = fills
    assert len(set(light)) == len(set(dark)) == 7
    assert all(bright != dim for bright, dim in zip(light, dark, strict=True))


def test_a_thumb_cuts_nothing_off_its_goods(components: OpenComponents) -> None:
    beyond = components().evaluate(
        """() => Array.from(document.querySelectorAll("[data-theme=light] figure")).filter(figure =>
            Array.from(figure.querySelectorAll("svg.photo > :not(.bg)")).some(shape => {
                const {x, width, y, height} = shape.getBBox()
                return x < 10 || x + width > 70 || y < 2 || y + height > 58
            })).map(figure => figure.textContent.trim())"""
    )
    assert beyond == []


def test_without_script_nothing_is_there_that_needs_one(components: OpenComponents) -> None:
    page = components(javascript=False)
    expect(page.locator("[data-copy]").first).to_be_hidden()
    expect(page.locator("[data-step]").first).to_be_hidden()
    page.get_by_role("button", name="Bo Lindqvist").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.locator("[data-theme-choice]")).to_be_hidden()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Carrying the set to Roubaix")).to_be_visible()


def test_a_stepper_counts_within_its_limits(components: OpenComponents) -> None:
    page = components()
    number = page.locator("#quantity")
    more, less = page.get_by_role("button", name="One more"), page.get_by_role("button", name="One less")
    expect(less).to_be_disabled()
    more.click()
    expect(number).to_have_value("2")
    expect(more).to_be_disabled()
    less.click()
    expect(number).to_have_value("1")


def test_the_summary_has_the_focus_and_leads_to_the_field(components: OpenComponents) -> None:
    page = components()
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#id_sample-phone")).to_be_focused()


def test_single_keys_act_outside_of_fields_only(components: OpenComponents) -> None:
    page = components()
    page.keyboard.press("2")
    expect(page.locator("#grade-2")).to_be_checked()
    page.keyboard.press("r")
    expect(page.locator("#reply")).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator("#grade-2")).to_be_checked()
    expect(page.locator("#reply")).to_have_value("Dear Hana, a new one maybe leaves tomorrow.3")


def test_j_and_k_walk_through_a_list(components: OpenComponents) -> None:
    page = components()
    page.keyboard.press("j")
    expect(page.locator("[data-walk] > li:nth-child(2) > a")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-walk] > li:nth-child(1) > a")).to_be_focused()


def test_the_question_mark_lists_all_keys_and_lets_them_be_switched_off(components: OpenComponents) -> None:
    page = components()
    page.keyboard.press("?")
    keys = page.locator("#all-keys")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("Authorize")).to_be_visible()
    expect(keys.get_by_text("Override")).to_be_visible()
    page.get_by_role("switch", name="Single keys work").uncheck()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("2")
    expect(page.locator("#grade-2")).not_to_be_checked()


def test_a_chosen_look_comes_with_the_next_page(components: OpenComponents) -> None:
    page = components()
    page.get_by_role("button", name="Bo Lindqvist").click()
    page.locator("label", has_text="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_question_before_what_cannot_be_undone_is_a_modal_dialog(components: OpenComponents) -> None:
    page = components()
    page.get_by_role("button", name="Ask", exact=True).click()
    assert page.evaluate("document.querySelector('#sample-dialog').matches(':modal')")
    page.get_by_role("button", name="Keep the return").click()
    expect(page.locator("#sample-dialog")).to_be_hidden()


def test_a_chosen_photo_is_shown_and_can_be_taken_away(components: OpenComponents) -> None:
    page = components()
    picture = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(picture, "PNG")
    page.locator("#evidence").set_input_files(
        [
            {"name": "lid.png", "mimeType": "image/png", "buffer": picture.getvalue()},
            {"name": "photo.heic", "mimeType": "image/heic", "buffer": b"not a picture that browsers know"},
        ]
    )
    previews = page.locator("#evidence_previews > li[data-chosen]")
    expect(previews).to_have_count(2)
    expect(previews.nth(0).locator("canvas")).to_be_visible()
    expect(previews.nth(1)).to_contain_text("photo.heic")
    previews.nth(0).get_by_role("button").click()
    expect(page.locator("#evidence_previews > li[data-chosen]")).to_have_count(1)
    assert page.evaluate("[...document.querySelector('#evidence').files].map((file) => file.name)") == ["photo.heic"]


def test_the_better_wording_is_put_into_the_reply(components: OpenComponents) -> None:
    page = components()
    page.get_by_role("button", name="Say “will”").click()
    expect(page.locator("#reply")).to_have_value("Dear Hana, a new one will leaves tomorrow.")
