"""The pages of desk and office open for who may see them, show what is there, and refuse everybody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from homeward.kernel import Role
from homeward.policies.models import Rulebook
from homeward.returns.models import Evidence
from tests.support import build_desk, people
from tests.support.build_desk import Scene
from tests.support.cast import Cast
from tests.support.markup import faults

# Who may open which page; everybody else of the staff gets 403.
ALL = {Role.AGENT, Role.SUPERVISOR, Role.DOCK, Role.FINANCE, Role.MERCHANT, Role.OPERATOR}
DESK = {Role.AGENT, Role.SUPERVISOR, Role.MERCHANT, Role.OPERATOR}
OFFICE = {Role.SUPERVISOR, Role.FINANCE, Role.MERCHANT, Role.OPERATOR}
HEADS = {Role.MERCHANT, Role.OPERATOR}
PAGES: dict[str, set[Role]] = {
    "/desk/inbox/": DESK,
    "/desk/cases/": DESK,
    "/desk/cases/?view=overdue&order=oldest&q=Mei": DESK,
    "/desk/cases/?view=mine": DESK,
    "/desk/approvals/": ALL - {Role.DOCK},
    "/desk/replacements/": ALL - {Role.FINANCE},
    "/desk/replacements/?state=": ALL - {Role.FINANCE},
    "/office/": OFFICE,
    "/office/?days=30": OFFICE,
    "/office/orders/": OFFICE,
    "/office/orders/?q=LT": OFFICE,
    "/office/imports/": OFFICE,
    "/office/withdrawals/": OFFICE,
    "/office/withdrawals/?view=open": OFFICE,
    "/office/withdrawals/shop-page/lanting/": HEADS,
    "/office/rulebooks/": OFFICE,
    "/office/rulebooks/standard/?law=FR": OFFICE,
    "/office/notices/": OFFICE,
    "/office/journal/": OFFICE,
    "/office/journal/?noun=return&q=LT-1": OFFICE,
    "/office/refunds/": OFFICE,
    "/office/refunds/?state=failed": OFFICE,
    "/office/refunds/?state=&q=LT-5": OFFICE,
    "/office/dead-letters/": {Role.OPERATOR},
    "/office/keys/": HEADS,
    "/office/staff/": HEADS,
}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def olu(cast: Cast) -> Client:
    """The operator's client."""
    return people.client_of(people.hire(cast, Role.OPERATOR, "Olu", of_operator=True))


def sign_in(cast: Cast, role: Role) -> Client:
    """Sign somebody of Lanting's in; operators belong to nobody."""
    return people.client_of(people.hire(cast, role, role.value.title(), of_operator=role == Role.OPERATOR))


def things(scene: Scene) -> list[str]:
    """Return the pages of single things."""
    rulebook = Rulebook.objects.get()
    return [
        *[f"/desk/cases/{number}/" for number in scene.cases],
        f"/desk/inbox/?case={scene.cases[0]}",
        f"/desk/returns/{scene.waiting.ref}/authorize",
        f"/desk/returns/{scene.waiting.ref}/refuse",
        f"/desk/returns/{scene.waiting.ref}/offer",
        f"/desk/remedies/{scene.proposal.ref}/decline",
        f"/desk/replacements/{scene.replacement.ref}/ship",
        f"/desk/receipts/{scene.disputed.ref}/resolve",
        f"/office/refunds/{scene.refund.ref}/",
        f"/office/orders/{scene.waiting.order.ref}/",
        f"/office/withdrawals/{scene.withdrawal.ref}/",
        f"/office/imports/{scene.run.ref}/",
        f"/office/rulebooks/{rulebook.ref}/",
    ]


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_page_opens_and_is_sound(cast: Cast, olu: Client, path: str) -> None:
    answer = olu.get(path)
    assert answer.status_code == 200
    assert faults(answer.content.decode()) == []


def test_full_pages_open_and_are_sound_in_every_language(cast: Cast, olu: Client) -> None:
    scene = build_desk.scene(cast)
    found = {}
    for number, path in enumerate([*PAGES, *things(scene)]):
        language = settings.LANGUAGES[number % len(settings.LANGUAGES)][0]
        answer = olu.get(path, headers={"accept-language": language})
        if answer.status_code != 200 or (wrong := faults(answer.content.decode())):
            found[path] = (answer.status_code, wrong)
    assert found == {}


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_opens_its_pages_and_no_others(cast: Cast, role: Role) -> None:
    client = sign_in(cast, role)
    found = {path: client.get(path).status_code for path in PAGES}
    assert found == {path: 200 if role in roles else 403 for path, roles in PAGES.items()}


@pytest.mark.parametrize("path", [*PAGES, "/desk/cases/C-1/", "/desk/evidence/x", "/desk/parcels/x/label"])
def test_a_stranger_is_sent_to_the_sign_in(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")


def test_what_belongs_to_another_merchant_is_not_found_and_not_forbidden(cast: Cast) -> None:  # K2
    scene = build_desk.scene(cast)
    zoe = people.hire(cast, Role.MERCHANT, "Zoe")
    zoe.merchant = cast.nordlicht
    zoe.save()
    client = people.client_of(zoe)
    exhibit = Evidence.objects.get()
    paths = [*things(scene), f"/desk/evidence/{exhibit.ref}", f"/desk/parcels/{scene.disputed.parcel.ref}/label"]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
    posts = [
        *[f"/desk/cases/{scene.cases[0]}/{verb}" for verb in ("take", "say", "note", "close")],
        f"/desk/returns/{scene.waiting.ref}/authorize", f"/desk/returns/{scene.waiting.ref}/give_evidence",
        f"/desk/remedies/{scene.proposal.ref}/agree", f"/office/remedies/{scene.proposal.ref}/agree",
        f"/office/withdrawals/{scene.withdrawal.ref}/match",
    ]  # fmt: skip
    assert {path: client.post(path, {"text": "x"}).status_code for path in posts} == dict.fromkeys(posts, 404)


def test_lists_show_only_what_is_within_the_fence(cast: Cast) -> None:
    scene = build_desk.scene(cast)
    nils = people.hire(cast, Role.MERCHANT, "Nils")
    nils.merchant = cast.nordlicht
    nils.save()
    client = people.client_of(nils)
    secrets = [*scene.cases, "mei@lyon.example", "LT-4", "november.csv", scene.withdrawal.number, "kim@lanting"]
    people.hire(cast, Role.DOCK, "Kim")
    for path in PAGES:
        page = client.get(path).content.decode()
        assert [word for word in secrets if word in page] == [], path


def test_finance_reads_a_case_and_can_decide_nothing_there(cast: Cast) -> None:
    made = build_desk.ask(cast)
    fay = sign_in(cast, Role.FINANCE)
    page = fay.get(f"/desk/cases/{made.case.number}/").content.decode()
    assert made.number in page
    assert "Authorize</button>" not in page
    assert "Write to the shopper" not in page
    assert fay.post(f"/desk/returns/{made.ref}/authorize", {"remedy": "refund"}).status_code == 403


def test_the_case_page_shows_verdict_law_lines_and_words_escaped(cast: Cast, olu: Client) -> None:  # K6
    made = build_desk.ask(cast)
    page = olu.get(f"/desk/cases/{made.case.number}/").content.decode()
    for words in ("Code de la consommation", "&lt;script&gt;alert(1)", "&lt;b&gt;C’était un cadeau", made.number):
        assert words in page
    assert "<script>alert" not in page
    assert "<b>C’" not in page


def test_a_case_shows_goods_money_and_the_way_back(cast: Cast, olu: Client) -> None:
    refund = build_desk.refund(cast)
    page = olu.get(f"/desk/cases/{refund.case.number}/").content.decode()
    for words in ("At the dock", "2 of 2 came", "as new", "Owed in all", "€99.80", "Tracking", f"/{refund.ref}/"):
        assert words in page


def test_the_rail_counts_what_waits_for_each(cast: Cast, olu: Client) -> None:
    build_desk.scene(cast)
    page = olu.get("/office/staff/").content.decode()
    rail = page[page.index('id="rail"') : page.index("</nav>")]
    for place, count in (("/desk/approvals/", 1), ("/desk/replacements/", 1), ("/office/refunds/", 1)):
        link = rail[rail.index(f'href="{place}"') :]
        assert f">{count}</span>" in link[: link.index("</a>")]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/desk/cases/", 12), ("/desk/inbox/", 30), ("/office/refunds/", 19), ("/office/orders/", 9),
        ("/office/notices/", 10), ("/office/journal/", 10), ("/office/", 30), ("/desk/approvals/", 11),
        ("/desk/replacements/", 10), ("/office/withdrawals/", 11),
    ],
)  # fmt: skip
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    cast: Cast, olu: Client, django_assert_max_num_queries: Any, path: str, most: int
) -> None:
    build_desk.scene(cast)
    for number in range(6):
        build_desk.ask(cast, number=f"LT-9{number}")
        build_desk.refund(cast, number=f"LT-8{number}")
        build_desk.withdrawal(cast, contract=f"LT-9{number}")
    with django_assert_max_num_queries(most):
        olu.get(path)


def test_the_list_of_cases_asks_ten_questions_for_an_agent(cast: Cast, django_assert_max_num_queries: Any) -> None:
    build_desk.scene(cast)
    bo = sign_in(cast, Role.AGENT)
    with django_assert_max_num_queries(10):
        bo.get("/desk/cases/")


def test_a_case_page_asks_the_database_a_few_dozen_times(
    cast: Cast, olu: Client, django_assert_max_num_queries: Any
) -> None:
    scene = build_desk.scene(cast)
    for number in scene.cases:
        with django_assert_max_num_queries(40):
            olu.get(f"/desk/cases/{number}/")


def test_evidence_and_labels_are_files_for_staff(cast: Cast, olu: Client) -> None:
    scene = build_desk.scene(cast)
    exhibit = Evidence.objects.get()
    assert olu.get(f"/desk/evidence/{exhibit.ref}")["Content-Type"] == "image/png"
    assert olu.get(f"/desk/evidence/{exhibit.ref}?preview")["Content-Type"] == "image/jpeg"
    for paper in ("label", "slip"):
        answer = olu.get(f"/desk/parcels/{scene.refund.remedy.return_request.parcels.get().ref}/{paper}")
        assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
