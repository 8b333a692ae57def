"""A real Chromium for tests, with the sizes and moods that pages must look right in.

    def test_a_shopper_finds_their_order(open_page):
        page = open_page("phone", dark=True)
        page.goto("/")

`open_page` serves the site itself (pytest-django's live_server), and fails the test at its end if a page threw an
error, broke the content security policy, or asked for something that is not there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

SIZES = {"desktop": (1280, 900), "tablet": (820, 1180), "phone": (390, 844), "narrow": (320, 640)}
HANDHELD = {"phone", "narrow", "tablet"}
# Without a sandbox because CI runs as root; the rest keeps Chromium from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "no Chromium here: install Debian's packages chromium and fonts-noto-cjk, or name one with HOMEWARD_CHROMIUM"

OpenPage = Callable[..., Page]


def find_chromium() -> str | None:
    """Return the path of a Chromium: HOMEWARD_CHROMIUM, or the system's."""
    if named := os.environ.get("HOMEWARD_CHROMIUM"):
        return named
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests; they skip where there is none, but in CI they fail."""
    path = find_chromium()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, and Django takes that for an asynchronous program.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Open a page in a profile of its own: `open_page("phone", dark=True, locale="fr", javascript=False)`."""
    contexts, complaints = [], []

    def open_page(size: str = "desktop", *, dark: bool = False, locale: str = "en", javascript: bool = True) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale=locale,
            timezone_id="Europe/Paris",
            has_touch=size in HANDHELD,
            java_script_enabled=javascript,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def listen(page: Page, complaints: list[str]) -> None:
    """Add to `complaints` what goes wrong on `page` without anybody seeing it."""

    def hear(message: ConsoleMessage) -> None:
        # A page answered with 4xx on purpose is also an "error" of the console; answers are judged below. A question
        # that a newer one replaced is aborted on purpose; one that fails is `htmx:sendError` besides.
        on_purpose = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
        if message.type == "error" and not message.text.startswith(on_purpose):
            complaints.append(f"{page.url}: {message.text}")

    def answered(response: Response) -> None:
        is_part = response.request.resource_type in {"stylesheet", "script", "image", "font"}
        if response.status >= 500 or (response.status >= 400 and is_part):
            complaints.append(f"{page.url}: {response.url} answered {response.status}")

    def failed(request: Request) -> None:
        if request.failure not in {"net::ERR_ABORTED", None}:  # aborted: we went elsewhere, or it was a download
            complaints.append(f"{page.url}: {request.url} failed: {request.failure}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("response", answered)
    page.on("requestfailed", failed)


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds on the page against WCAG 2.2 AA: rule, place, and what is wrong there.

    It runs in the page, so the page must have been opened with JavaScript. Waits until the page has all its styles.
    """
    page.wait_for_load_state("load")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    # without preloading: axe would put copies of our style sheets into the page, which the policy of the page refuses
    wanted = {"runOnly": {"type": "tag", "values": tags}, "preload": False}
    found = Axe().run(page, options=wanted).response["violations"]
    return [
        f"{rule['id']} at {node['target'][0]}: {' '.join(node['failureSummary'].split())}"
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window; 0 means that nobody has to scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
