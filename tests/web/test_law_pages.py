"""The library of law in the office: found, read, compared, counted by, and checked by counsel."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from homeward.journal.models import Entry
from homeward.kernel import Role
from homeward.policies import actions, fields, overlays, packs, queries
from homeward.policies.models import CounselMark
from homeward.web.office import law_words
from tests.support import build, people
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.cast import NOW, ROOT, Cast
from tests.support.markup import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: Cast) -> Client:
    """The client of a supervisor of the operator, who may mark."""
    return people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada", of_operator=True))


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Path]:
    """A folder of law laid beside the shipped one."""
    packs.lay_beside(tmp_path)
    overlays.forget()
    yield tmp_path
    packs.lay_beside(None)
    overlays.forget()


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert (answer.status_code, faults(answer.content.decode())) == (200, []), path
    return html.unescape(answer.content.decode())


def edition(code: str = "DE") -> str:
    return packs.library().newest(code).version


def newer(folder: Path, code: str = "de") -> str:
    """Lay a newer edition of a law beside and return its version."""
    shipped = (packs.FOLDER / f"{code}.yaml").read_text(encoding="utf-8")
    old = packs.library().newest(code.upper()).version.partition("+")[0]
    (folder / f"{code}.yaml").write_text(shipped.replace(old, "2027.01", 1), encoding="utf-8")
    packs.lay_beside(folder)
    return edition(code.upper())


# The list.


def test_every_field_of_a_pack_has_its_place_on_the_page() -> None:
    grouped = [word for _key, _title, names in law_words.GROUPS for word in names]
    assert sorted(grouped) == sorted([*fields.FIELDS, fields.EXCEPTIONS, fields.BANDS])


def test_every_place_is_listed_over_two_pages(lin: Client) -> None:
    first, second = (text(lin, f"/office/law/?page={number}") for number in (1, 2))
    listed = first.count('<tr id="law-') + second.count('<tr id="law-')
    assert listed == len(packs.library().codes) - 1 == 79
    assert "The world at a glance" in first


def test_words_are_found_in_clauses_and_narrowed(lin: Client) -> None:
    page = text(lin, "/office/law/?q=swedish+distance")
    assert '<tr id="law-SE"' in page
    assert '<tr id="law-JP"' not in page
    assert "No law fits" in text(lin, "/office/law/?q=zeppelin")
    oceania = text(lin, "/office/law/?region=Oceania")
    assert '<tr id="law-NZ"' in oceania
    assert '<tr id="law-DE"' not in oceania
    assert "No place is like that" in text(lin, "/office/law/?trust=checked")


def test_places_are_sorted_by_their_days(lin: Client) -> None:
    page = text(lin, "/office/law/?sort=days&region=EU")
    assert 'aria-sort="ascending"' in page
    assert "sort=-days" in page
    down = text(lin, "/office/law/?sort=-guarantee&region=EU")
    assert 'aria-sort="descending"' in down


def test_a_bar_of_the_world_leads_to_its_places(lin: Client) -> None:
    page = text(lin, "/office/law/?days=none")
    assert "No right by law" in page
    assert '<tr id="law-DE"' not in page


def test_a_wrong_file_laid_beside_stands_on_top(lin: Client, beside: Path) -> None:
    (beside / "xx.yaml").write_text("code: XX\n", encoding="utf-8")
    packs.lay_beside(beside)
    page = text(lin, "/office/law/")
    assert "1 file of law laid beside is wrong and not used" in page
    assert "xx.yaml" in page


@pytest.mark.parametrize("role", [Role.AGENT, Role.DOCK, Role.FINANCE, Role.MERCHANT])
def test_all_staff_may_read(cast: Cast, role: Role) -> None:
    client = people.client_of(people.hire(cast, role, "Bo"))
    assert 'href="/office/law/"' in text(client, "/office/law/")


def test_strangers_are_sent_to_the_sign_in() -> None:
    assert Client().get("/office/law/").status_code == 302


# One place.


@pytest.mark.parametrize("code", [code for code in packs.library().codes if code != packs.NOWHERE])
def test_every_law_can_be_read(lin: Client, code: str) -> None:
    page = text(lin, f"/office/law/{code}/")
    assert 'id="withdrawal"' in page
    assert 'data-tone="bad"' not in page.partition('id="vectors"')[2].partition("</section>")[0]


def test_a_law_says_values_trust_clauses_and_what_it_inherits(lin: Client) -> None:
    page = text(lin, "/office/law/DE/")
    assert "BGB" in page
    assert "inherited from European Union" in page
    assert "Goods that come back over the border" in page
    assert "Digital Services Act" in page
    assert "Worked examples" in page


def test_citations_speak_the_language_that_was_picked(lin: Client) -> None:
    page = text(lin, "/office/law/FR/?cited=es")
    assert '<div class="said" lang="es">' in page


def test_a_day_before_every_edition_says_so(lin: Client) -> None:
    page = text(lin, "/office/law/JP/?on=1950-01-01")
    assert "No edition that we hold was in force that day" in page
    assert f"?edition={edition('JP')}" in page
    assert "Enter a day" in text(lin, "/office/law/JP/?on=2026-02-31")


@pytest.mark.parametrize("code", ["ZZ", "XX", "DE-BY"])
def test_a_place_without_law_is_not_there(lin: Client, code: str) -> None:
    assert lin.get(f"/office/law/{code}/").status_code == 404


def test_the_last_day_is_counted_and_explained(lin: Client) -> None:
    page = text(lin, "/office/law/DE/?question=withdrawal&event=2026-11-21")
    assert "Monday 7 December" in page  # the fourteenth day, the 5th, is a Saturday
    assert "is a day off there, so the next working day counts" in page
    refund = text(lin, "/office/law/DE/?question=refund&event=2026-11-21")
    assert "A term of the seller never moves on" in refund
    customs = text(lin, "/office/law/DE/?question=tax-free-return&event=2026-11-21")
    assert "Returned goods relief" in customs


def test_a_question_without_an_answer_says_why(lin: Client) -> None:
    page = text(lin, "/office/law/JP/?question=reject&event=2026-11-21")
    assert "There is no last day" in page


# Two beside each other, and the calendar.


def test_two_places_are_compared_by_their_differences(lin: Client) -> None:
    page = text(lin, "/office/law/compare/?left=DE&right=JP")
    every = text(lin, "/office/law/compare/?left=DE&right=JP&all=1")
    assert page.count("<tr") < every.count("<tr")
    assert 'class="differs"' in page
    assert "Both say the same" in text(lin, "/office/law/compare/?left=DE&right=DE")
    gone = text(lin, "/office/law/compare/?left=JP&right=DE&left_on=1950-01-01")
    assert "no edition that we hold was in force" in gone


def test_one_place_is_compared_on_two_days(lin: Client, beside: Path) -> None:
    shipped = (packs.FOLDER / "jp.yaml").read_text(encoding="utf-8")
    pack = packs.library().newest("JP")
    later = shipped.replace(pack.version, "2027.01", 1)
    later = later.replace(f"valid_from: {pack.law.valid_from}", "valid_from: 2027-06-01", 1)
    (beside / "jp.yaml").write_text(later.replace("volatile: true", ""), encoding="utf-8")
    packs.lay_beside(beside)
    page = text(lin, "/office/law/compare/?left=JP&right=JP&right_on=2027-07-01")
    assert "JP 2027.01" in page
    assert f"JP {pack.version}" in page


def test_the_calendar_shows_what_came_and_what_comes(lin: Client) -> None:
    page = text(lin, "/office/law/changes/")
    coming, past = page.split('id="past"')
    assert 'class="now"' in coming
    assert 'id="change-EU_2024-12-13"' in past
    turkey = text(lin, "/office/law/changes/?place=TR")
    assert "change-TR_2026-01-01" in turkey
    assert "change-EU_2024-12-13" not in turkey
    assert "change-EU_2024-12-13" in text(lin, "/office/law/changes/?place=DE")


# Checked by counsel.


def test_a_field_is_marked_and_the_mark_withdrawn(ada: Client, lin: Client) -> None:
    path = f"/office/law/DE/{edition()}/withdrawal_days/"
    assert "Note a check" in text(ada, "/office/law/DE/")

    ada.post(f"{path}mark", {"checked_by": "Kanzlei Sonntag, Bremen", "note": "Opinion of 3 November"})

    assert "Opinion of 3 November" in text(ada, path)
    assert "Edition 2026.11 checked by Kanzlei Sonntag, Bremen" in text(ada, path)
    assert "Kanzlei Sonntag, Bremen" in text(lin, "/office/law/DE/")
    assert '<tr id="law-DE"' in text(lin, "/office/law/?trust=checked")
    assert ada.post(f"{path}withdraw", {"reason": ""}).status_code == 422
    ada.post(f"{path}withdraw", {"reason": "wrong section"})
    page = text(ada, path)
    assert "Nobody has noted" in page
    assert "wrong section" in page
    assert [entry.verb for entry in Entry.objects.filter(noun="counselmark")] == ["mark_checked", "withdraw_mark"]
    assert "Law checked by counsel" in text(ada, "/office/journal/?noun=counselmark")


def test_a_mark_needs_a_name(ada: Client) -> None:
    answer = ada.post(f"/office/law/DE/{edition()}/withdrawal_days/mark", {"note": "read"})
    assert answer.status_code == 422
    assert "Name the lawyer or the firm" in answer.content.decode()
    assert not CounselMark.objects.exists()


def test_merchants_see_marks_and_cannot_set_them(cast: Cast, lin: Client) -> None:
    path = f"/office/law/DE/{edition()}/withdrawal_days/"
    assert lin.post(f"{path}mark", {"checked_by": "Lin"}).status_code == 403
    made = actions.mark_checked("DE", edition(), "withdrawal_days", checked_by="Sonntag", actor=ROOT, at=NOW)
    assert lin.post(f"{path}withdraw", {"reason": "no"}).status_code == 403
    page = text(lin, path)
    assert "Sonntag" in page
    assert "Withdraw the check" not in page
    assert queries.counsel_marks(ROOT).get() == made


def test_a_mark_of_an_older_edition_is_outdated(ada: Client, beside: Path) -> None:
    old = edition()
    actions.mark_checked("DE", old, "withdrawal_days", checked_by="Sonntag", actor=ROOT, at=NOW)
    version = newer(beside)

    assert f"checked for {old}, outdated" in text(ada, "/office/law/DE/")
    page = text(ada, f"/office/law/DE/{version}/withdrawal_days/")
    assert "A check belongs to one edition" in page
    assert "There is a newer edition" in text(ada, f"/office/law/DE/{old}/withdrawal_days/")


@pytest.mark.parametrize("rest", ["1999.01/withdrawal_days/", "2026.11/no_such_field/", "2026.11/repair_max_days/"])
def test_a_field_that_is_not_there_is_not_there(ada: Client, rest: str) -> None:
    assert ada.get(f"/office/law/DE/{rest}").status_code == 404


# In a browser.

OpenAs = Callable[..., Page]


@pytest.fixture
def open_as_ada(open_page: OpenPage, live_server: Any) -> OpenAs:
    """Open a page as Ada, in the size and mood asked for."""
    key = people.client_of(people.hire(build.committed_cast(), Role.SUPERVISOR, "Ada", of_operator=True)).cookies

    def visit(path: str, size: str = "desktop", **mood: Any) -> Page:
        page = open_page(size, **mood)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key[settings.SESSION_COOKIE_NAME].value}
        page.context.add_cookies([{**cookie, "url": live_server.url}])
        page.goto(path)
        return page

    return visit


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_law_is_read_counted_and_checked_by_keys_alone(open_as_ada: OpenAs) -> None:
    field = f"/office/law/DE/{edition()}/withdrawal_days/"
    paths = ("", "DE/", "compare/?left=DE&right=JP", "changes/", f"DE/{edition()}/withdrawal_days/")
    for size, dark in (("desktop", True), ("phone", False), ("narrow", False)):
        for path in paths:
            page = open_as_ada(f"/office/law/{path}", size, dark=dark)
            assert (path, size, barriers(page), overflow(page)) == (path, size, [], 0)

    page = open_as_ada("/office/law/DE/")
    page.get_by_label("Question").focus()
    page.get_by_label("Question").select_option("withdrawal")
    page.get_by_label("Day of the event that starts it").fill("2026-11-21")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="December")).to_contain_text("Monday 7 December")
    page.locator("#field-withdrawal_days").get_by_role("link", name="Note a check").press("Enter")
    page.wait_for_url(f"**{field}")
    page.get_by_label("Who checked it").fill("Kanzlei Sonntag, Bremen")
    page.keyboard.press("Enter")
    expect(page.locator("#check")).to_contain_text("Kanzlei Sonntag, Bremen")
    assert barriers(page) == []

    bare = open_as_ada(field, javascript=False)
    bare.get_by_label("Why it is withdrawn").fill("wrong section")
    bare.get_by_role("button", name="Withdraw the check").click()
    expect(bare.locator("#history")).to_contain_text("wrong section")
