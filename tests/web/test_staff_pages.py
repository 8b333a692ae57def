"""The pages of desk and office open for who may see them, show what is there, and refuse everybody else."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from homeward.kernel import Role
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from homeward.returns.verdicts import Wish
from tests.support import build, people
from tests.support.cast import Cast

JUST_NOW = datetime.now(UTC)

OFFICE_PAGES = [
    "/office/", "/office/?days=30", "/office/orders/", "/office/orders/?q=LT", "/office/imports/", "/office/rulebooks/",
    "/office/notices/", "/office/journal/", "/office/dead-letters/", "/office/refunds/",
    "/office/refunds/?state=failed",
    "/desk/approvals/",
]  # fmt: skip


@pytest.fixture
def olu(cast: Cast) -> Client:
    """The operator's client."""
    return people.client_of(people.hire(cast, Role.OPERATOR, "Olu", of_operator=True))


def ask(cast: Cast, *, review: bool = True, **more: object) -> Return:
    """A return of Mei's that waits for a person."""
    order = build.order(cast.lanting, at=JUST_NOW, **more)
    wish = Wish(order.lines.first().ref, 1, "defective", words="<script>alert(1)</script> la tasse est cassée")
    return return_actions.request(
        order=order, wishes=[wish], actor=build.shopper_of(order), at=JUST_NOW, locale="fr",
        note="<b>C’était un cadeau</b>", review=review,
    )  # fmt: skip


@pytest.mark.parametrize("path", OFFICE_PAGES)
def test_an_office_page_opens_for_the_operator_empty_or_full(cast: Cast, olu: Client, path: str) -> None:
    assert olu.get(path).status_code == 200
    ask(cast)
    assert olu.get(path).status_code == 200


@pytest.mark.parametrize("path", [*OFFICE_PAGES, "/desk/cases/"])
def test_a_stranger_is_sent_to_the_sign_in(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")


@pytest.mark.parametrize(
    ("role", "path"), [(Role.DOCK, "/desk/cases/"), (Role.AGENT, "/office/"), (Role.FINANCE, "/desk/cases/")]
)
def test_a_page_refuses_roles_that_have_no_business_there(cast: Cast, role: Role, path: str) -> None:
    assert people.client_of(people.hire(cast, role, "Kim")).get(path).status_code == 403


def test_the_list_of_cases_finds_by_number_and_by_name(cast: Cast, olu: Client) -> None:
    made = ask(cast)
    for words in (made.number, made.case.number, "LT-48213", "Mei", "mei@lyon.example"):
        assert made.case.number in olu.get("/desk/cases/", {"q": words}).content.decode()
    assert made.case.number not in olu.get("/desk/cases/", {"q": "nobody"}).content.decode()


def test_the_case_page_shows_verdict_law_lines_and_words_escaped(cast: Cast, olu: Client) -> None:  # K6
    made = ask(cast)
    page = olu.get(f"/desk/cases/{made.case.number}/").content.decode()
    assert "Code de la consommation" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;C’était un cadeau" in page
    assert made.number in page


def test_a_foreign_case_is_not_found_and_not_forbidden(cast: Cast) -> None:  # K2
    made = ask(cast)
    zoe = people.hire(cast, Role.MERCHANT, "Zoe")
    zoe.merchant = cast.nordlicht
    zoe.save()
    client = people.client_of(zoe)
    assert client.get(f"/desk/cases/{made.case.number}/").status_code == 404
    assert (
        client.post(f"/desk/returns/{made.ref}/authorize", {"remedy": "refund", "goods_back": "yes"}).status_code == 404
    )


def test_an_agent_authorizes_from_the_page(cast: Cast) -> None:
    made = ask(cast)
    bo = people.client_of(people.hire(cast, Role.AGENT, "Bo", limit="50"))
    answer = bo.post(f"/desk/returns/{made.ref}/authorize", {"remedy": "refund", "goods_back": "yes"}, follow=True)
    made.refresh_from_db()
    assert made.state == "authorized"
    assert "The return is authorized." in answer.content.decode()


def test_beyond_the_limit_the_page_names_the_limit_and_changes_nothing(cast: Cast) -> None:
    made = ask(cast, lines=[{"unit_minor": 9990, "quantity": 1, "paid_minor": 9990}])
    bo = people.client_of(people.hire(cast, Role.AGENT, "Bo", limit="50"))
    answer = bo.post(f"/desk/returns/{made.ref}/authorize", {"remedy": "refund", "goods_back": "no"}, follow=True)
    made.refresh_from_db()
    assert made.state == "under_review"
    assert "€99.90 is above your limit of €50.00" in answer.content.decode()


def test_a_refusal_without_words_comes_back_with_the_error(cast: Cast, olu: Client) -> None:
    made = ask(cast)
    answer = olu.post(f"/desk/returns/{made.ref}/refuse", {"ground": "other", "note": ""})
    assert answer.status_code == 422
    assert "Say in words why the return is refused." in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "under_review"


def test_who_comes_second_is_told_how_it_stands(cast: Cast, olu: Client) -> None:
    made = ask(cast)
    body = {"remedy": "refund", "goods_back": "yes"}
    olu.post(f"/desk/returns/{made.ref}/authorize", body)
    answer = olu.post(f"/desk/returns/{made.ref}/authorize", body, follow=True)
    assert "somebody was quicker" in answer.content.decode()


def test_the_same_reply_sent_twice_is_said_once(cast: Cast, olu: Client) -> None:
    made = ask(cast)
    for _ in range(2):
        olu.post(f"/desk/cases/{made.case.number}/say", {"text": "Dear Mei", "nonce": "n1"})
    assert made.case.messages.count() == 1


def test_a_note_is_for_the_team_alone(cast: Cast, olu: Client) -> None:
    made = ask(cast)
    olu.post(f"/desk/cases/{made.case.number}/say", {"text": "Third break of this lot", "nonce": "n", "kind": "note"})
    assert made.case.messages.get().side == "note"


def test_a_case_waits_closes_and_opens_again(cast: Cast, olu: Client) -> None:
    made = ask(cast)
    for verb, state in (("wait", "waiting"), ("resume", "open"), ("close", "closed"), ("reopen", "open")):
        olu.post(f"/desk/cases/{made.case.number}/{verb}")
        made.case.refresh_from_db()
        assert made.case.state == state
    assert olu.post(f"/desk/cases/{made.case.number}/dance").status_code == 404
