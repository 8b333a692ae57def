"""The staff pages: hiring by invitation, changing a place, letting go and bringing back, each refusal in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from homeward.conversations import ports
from homeward.conversations.ports import FakeMailer, MailDelayed
from homeward.journal.models import Entry
from homeward.kernel import Money, Role
from homeward.parties import queries as party_queries
from homeward.parties.models import Staff
from homeward.web.office import invitations
from tests.support import build, people
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.cast import NOW, Cast
from tests.support.mailing import mailer, no_mail_server
from tests.support.markup import faults

__all__ = ["mailer", "no_mail_server"]

IDA = {
    "name": "Ida", "email": "ida@lanting.example", "merchant": "lanting", "role": "agent", "limit": "50",
    "currency": "EUR", "locale": "en",
}  # fmt: skip
Drain = Callable[..., int]


def told(answer: Any) -> str:
    """Return the page, which is sound."""
    page: str = answer.content.decode()
    assert faults(page) == []
    return page


def ida() -> Staff:
    """Return Ida's place."""
    return Staff.objects.get(email=IDA["email"])


def link_in(text: str) -> str:
    """Return the path of the link through which a password is set."""
    found = re.search(r"https?://[^/]+(/account/password/reset/key/[^\s<\"]+)", text)
    assert found, text
    return found[1]


def test_an_invitation_is_mailed_and_leads_to_a_password_and_in(lin: Client, mailer: FakeMailer, drain: Drain) -> None:
    answer = lin.post("/office/staff/", IDA)
    assert answer.url == f"/office/staff/{ida().ref}/"
    page = told(lin.get(answer.url))
    assert "A mail with a link is on its way to Ida, ida@lanting.example." in page
    assert "invited" in page
    drain()
    [mail] = mailer.outbox
    assert (mail.to, mail.subject, mail.sender_name) == ("ida@lanting.example", "Your place at Homeward", "Lanting")
    assert "within" not in mail.text
    assert "for 3 days" in mail.text

    hers = Client()
    form = hers.get(link_in(mail.text), follow=True)
    path = form.redirect_chain[-1][0]
    words = {"password1": "a calm long harbor", "password2": "a calm long harbor"}
    assert hers.post(path, words).status_code == 302
    hers.post("/account/login/", {"login": "ida@lanting.example", "password": "a calm long harbor"})
    assert hers.get("/desk/cases/").status_code == 200
    assert party_queries.actor_of(ida()).authority == Money.of("50", "EUR")
    assert "invited" not in told(lin.get(answer.url)).split("<main")[1]


def test_the_mail_speaks_the_language_of_whoever_gets_it(lin: Client, mailer: FakeMailer, drain: Drain) -> None:
    lin.post("/office/staff/", {**IDA, "locale": "de"})
    drain()
    [mail] = mailer.outbox
    assert mail.language == "de"
    assert "?lang=de" in mail.text
    assert mail.subject != "Your place at Homeward"


def test_without_a_mail_server_the_link_is_shown_once_and_never_a_password(lin: Client, no_mail_server: None) -> None:
    answer = lin.post("/office/staff/", IDA)
    page = told(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "nothing was sent" in page
    assert Client().get(link_in(page), follow=True).status_code == 200
    assert "password/reset/key" not in told(lin.get(f"/office/staff/{ida().ref}/"))


def test_a_mail_that_is_refused_is_told_at_the_place_and_can_be_sent_again(
    lin: Client, mailer: FakeMailer, drain: Drain
) -> None:
    mailer.unknown.add(IDA["email"])
    lin.post("/office/staff/", IDA)
    drain()
    assert "could not be sent" in told(lin.get("/office/staff/"))
    assert Entry.objects.get(noun="staff", verb="miss").facts["why"].startswith("550")
    mailer.unknown.clear()
    lin.post(f"/office/staff/{ida().ref}/invite")
    drain()
    assert len(mailer.outbox) == 1
    assert "could not be sent" not in told(lin.get("/office/staff/"))


def test_a_mail_server_that_is_down_is_asked_again_later(lin: Client, mailer: FakeMailer) -> None:
    lin.post("/office/staff/", IDA)
    mailer.is_down = True
    with pytest.raises(MailDelayed):
        invitations.send(ida().ref, at=NOW)
    mailer.is_down = False
    invitations.send(ida().ref, at=NOW)
    assert len(mailer.outbox) == 1


def test_who_was_let_go_meanwhile_gets_no_link(lin: Client, mailer: FakeMailer, drain: Drain) -> None:
    lin.post("/office/staff/", IDA)
    lin.post(f"/office/staff/{ida().ref}/let_go")
    drain()
    assert mailer.outbox == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": "lin@lanting.example"}, "has a place among the staff already"),
        ({"email": "no address"}, "Enter a valid email address"),
        ({"name": ""}, "Fill in: Name"),
        ({"limit": "much"}, "Write a sum such as 50 or 12.50"),
        ({"limit": "-1"}, "Write a sum such as 50 or 12.50"),
        ({"limit": "1e20"}, "Write a sum such as 50 or 12.50"),
        ({"limit": "5", "currency": "XYZ"}, "XYZ"),
        ({"role": "operator"}, "operator"),
        ({"role": "shopper"}, "shopper"),
        ({"merchant": "nordlicht"}, "nordlicht"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_hired(lin: Client, wrong: dict[str, str], words: str) -> None:
    answer = lin.post("/office/staff/", IDA | wrong)
    assert answer.status_code == 422
    assert words in told(answer)
    assert Staff.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"role": "merchant", "merchant": "."}, {"role": "operator"}])
def test_role_and_shop_have_to_fit(olu: Client, wrong: dict[str, str]) -> None:
    assert olu.post("/office/staff/", IDA | wrong).status_code == 422
    assert Staff.objects.count() == 1


def test_operators_invite_operators(olu: Client, mailer: FakeMailer, drain: Drain) -> None:
    olu.post("/office/staff/", IDA | {"role": "operator", "merchant": ".", "limit": ""})
    drain()
    assert (ida().role, ida().merchant) == ("operator", None)
    assert "among the staff who handle returns" in " ".join(mailer.outbox[0].text.split())


def test_a_place_is_changed(cast: Cast, lin: Client) -> None:
    bo = people.hire(cast, Role.AGENT, "Bo", limit="50")
    page = f"/office/staff/{bo.ref}/"
    assert 'value="50.00"' in told(lin.get(page))
    assert lin.post(page, {"role": "supervisor", "limit": "75,5", "currency": "EUR"}).url == page
    bo.refresh_from_db()
    assert (bo.role, party_queries.actor_of(bo).authority) == ("supervisor", Money.of("75.5", "EUR"))
    assert lin.post(page, {"role": "operator", "limit": "", "currency": "EUR"}).status_code == 422


def test_letting_go_ends_the_session_and_bringing_back_invites(cast: Cast, lin: Client, mailer: FakeMailer) -> None:
    bo = people.hire(cast, Role.AGENT, "Bo")
    his, page = people.client_of(bo), f"/office/staff/{bo.ref}/"
    lin.post(f"{page}let_go")
    assert his.get("/desk/cases/").status_code == 302
    assert "left" in told(lin.get("/office/staff/"))
    assert "Bring back" in told(lin.get(page))
    assert lin.post(f"{page}bring_back").url == page
    assert "invited" in told(lin.get("/office/staff/"))


def test_nobody_finds_verbs_for_their_own_place(cast: Cast) -> None:
    person = people.hire(cast, Role.OPERATOR, "Olu", of_operator=True)
    client, page = people.client_of(person), f"/office/staff/{person.ref}/"
    assert "This is your own place" in told(client.get(page))
    answer = client.post(f"{page}let_go")
    assert answer.status_code == 409
    assert "Nobody changes or takes their own place" in told(answer)
    assert client.get(page).status_code == 200


def test_places_of_other_shops_and_of_the_operator_are_not_found(cast: Cast, lin: Client, olu: Client) -> None:
    nils = people.hire(cast, Role.AGENT, "Nils")
    nils.merchant = cast.nordlicht
    nils.save()
    for ref in (nils.ref, Staff.objects.get(role=Role.OPERATOR).ref):
        assert lin.get(f"/office/staff/{ref}/").status_code == 404
        verbs = ("let_go", "bring_back", "invite")
        assert {lin.post(f"/office/staff/{ref}/{verb}").status_code for verb in verbs} == {404}


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.DOCK, Role.FINANCE])
def test_others_manage_nobody(cast: Cast, role: Role) -> None:
    bo = people.hire(cast, Role.AGENT, "Bo")
    client = people.client_of(people.hire(cast, role, "Somebody"))
    assert client.post("/office/staff/", IDA).status_code == 403
    assert client.get(f"/office/staff/{bo.ref}/").status_code == 403
    assert client.post(f"/office/staff/{bo.ref}/let_go").status_code == 403


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_mail_server")
@pytest.mark.parametrize(("size", "dark", "javascript"), [("desktop", True, True), ("narrow", False, False)])
def test_somebody_is_invited_and_let_go_in_a_browser(
    open_page: OpenPage, live_server: Any, size: str, dark: bool, javascript: bool
) -> None:
    cast = build.committed_cast()
    key = people.client_of(people.hire(cast, Role.MERCHANT, "Lin")).cookies[settings.SESSION_COOKIE_NAME].value
    page = open_page(size, dark=dark, javascript=javascript)
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    page.goto("/office/staff/")
    page.get_by_label("Name").fill("Ida")
    page.get_by_label("Work e-mail").fill("ida@lanting.example")
    page.get_by_text("Decides on returns").click()
    page.get_by_label("May grant alone").fill("50")
    assert not javascript or (barriers(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("nothing was sent")).to_be_visible()
    assert not javascript or (barriers(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Let go").click()
    page.locator("#let-go").get_by_role("button", name="Let go").click()
    expect(page.get_by_role("button", name="Bring back").first).to_be_visible()
    assert not Staff.objects.get(name="Ida").is_active
    assert ports.mailer() is None
