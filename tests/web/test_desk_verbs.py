"""What people do at the desk: every verb from its page, within limits, with words; refusals say what to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from homeward.journal.models import Entry
from homeward.kernel import Role
from homeward.parties import actions as party_actions
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from homeward.settlements.models import Refund, Remedy
from tests.support import build, build_desk, build_warehouse, people
from tests.support.cast import NOW, ROOT, Cast
from tests.support.markup import faults


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def bo(cast: Cast) -> Client:
    """The client of Bo, who may grant €50."""
    return people.client_of(people.hire(cast, Role.AGENT, "Bo", limit="50"))


@pytest.fixture
def ada(cast: Cast) -> Client:
    """The client of Ada, whose limit is none."""
    return people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada"))


AUTHORIZE = {"remedy": "refund", "goods_back": "yes"}


def post(client: Client, thing: Any, verb: str, **body: Any) -> Any:
    """Post a verb on a thing and follow where it leads."""
    nouns = {"Return": "returns", "Remedy": "remedies", "Replacement": "replacements", "Receipt": "receipts"}
    noun = nouns[type(thing).__name__]
    return client.post(f"/desk/{noun}/{thing.ref}/{verb}", body, follow=True)


def told(answer: Any) -> str:
    """Return the page."""
    return answer.content.decode()


def state_of(thing: Any) -> str:
    thing.refresh_from_db()
    return thing.state


# Deciding


def test_an_agent_authorizes_from_the_page(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    assert "The return is authorized." in told(post(bo, made, "authorize", **AUTHORIZE))
    assert state_of(made) == "authorized"


def test_the_dialog_starts_from_what_the_shopper_wishes(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast, remedy="replacement")
    page = told(bo.get(f"/desk/returns/{made.ref}/authorize"))
    assert 'value="replacement" checked' in " ".join(page.split())


def test_beyond_the_limit_the_page_names_it_and_who_may_and_keeps_the_words(
    cast: Cast, bo: Client, ada: Client
) -> None:
    made = build_desk.ask(cast, lines=[{"unit_minor": 9990, "quantity": 1, "paid_minor": 9990}])
    answer = post(bo, made, "authorize", remedy="refund", goods_back="no", note="Her mother’s birthday")
    assert answer.status_code == 403
    for words in ("€99.90 is above your limit of €50.00", "Ada can decide it", "Her mother’s birthday", "as a note"):
        assert words in told(answer)
    assert faults(told(answer)) == []
    assert state_of(made) == "under_review"


def test_a_refusal_names_a_clause_that_speaks_against_the_return(cast: Cast, ada: Client) -> None:
    made = build_desk.ask(cast, reason="no_longer_needed", delivered_ago=200)
    page = told(ada.get(f"/desk/returns/{made.ref}/refuse"))
    assert "FR-WDR-L221-18" in page
    post(ada, made, "refuse", ground="FR-WDR-L221-18")
    made.refresh_from_db()
    assert (made.state, made.refusal) == ("refused", "FR-WDR-L221-18")


@pytest.mark.parametrize(("ground", "words"), [("other", "Say in words"), ("", "Choose the ground"), ("X", "X")])
def test_a_refusal_without_ground_or_words_comes_back_with_the_error(
    cast: Cast, ada: Client, ground: str, words: str
) -> None:
    made = build_desk.ask(cast)
    answer = post(ada, made, "refuse", ground=ground, note="")
    assert answer.status_code == 422
    assert words in told(answer)
    assert faults(told(answer)) == []
    assert state_of(made) == "under_review"


def test_evidence_is_asked_for_with_its_use(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    assert post(bo, made, "ask_evidence", wanted="", days=7).status_code == 422
    post(bo, made, "ask_evidence", wanted="A photo of the base, to find the lot", days=5)
    assert state_of(made) == "evidence_wanted"
    assert made.case.clocks.get(kind="evidence").owner == "shopper"


def test_a_refusal_is_overturned_by_a_head_with_a_reason(cast: Cast, bo: Client, ada: Client) -> None:
    made = build_desk.refused(cast)
    assert post(ada, made, "overturn", note="").status_code == 422
    assert post(bo, made, "overturn", note="She called").status_code == 409
    assert state_of(made) == "refused"
    post(ada, made, "overturn", note="She called in time; the line was down")
    assert state_of(made) == "authorized"


def test_a_return_is_withdrawn_for_the_shopper_until_its_goods_are_here(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    post(bo, made, "withdraw")
    assert state_of(made) == "withdrawn"
    arrived = build_desk.refund(cast, number="LT-2").remedy.return_request
    assert "The goods have arrived" in told(post(bo, arrived, "withdraw"))
    assert state_of(arrived) == "authorized"


def test_an_unknown_verb_is_not_found(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    for path in (f"returns/{made.ref}/dance", f"returns/{made.ref}/settle", f"notices/{made.ref}/refuse"):
        assert bo.get(f"/desk/{path}").status_code == 404
    assert bo.post(f"/desk/cases/{made.case.number}/dance").status_code == 404


# Who comes second


def test_who_comes_second_sees_now_beside_what_was_wanted_and_keeps_the_words(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    return_actions.authorize(made, actor=cast.ada, at=NOW, note="Known lot.")
    answer = post(bo, made, "refuse", ground="other", note="The seal is broken")
    assert answer.status_code == 409
    for words in ("Authorized", "Supervisor", "You wanted", "Refuse", "The seal is broken", "Withdraw the return"):
        assert words in told(answer)
    assert state_of(made) == "authorized"
    bo.post(f"/desk/cases/{made.case.number}/note", {"text": "The seal is broken"})
    assert made.case.messages.get().side == "note"


def test_a_case_that_was_closed_meanwhile_says_so(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    bo.post(f"/desk/cases/{made.case.number}/close")
    answer = bo.post(f"/desk/cases/{made.case.number}/wait")
    assert answer.status_code == 409
    assert "Reopen" in told(answer)


# Parts, sums, consent


@pytest.mark.parametrize(("given", "minor"), [({"part": "20"}, 998), ({"sum": "7,50"}, 750)])
def test_a_part_or_a_sum_is_offered_for_keeping_the_goods(
    cast: Cast, bo: Client, given: dict[str, str], minor: int
) -> None:
    made = build_desk.ask(cast)
    assert "it is theirs to accept" in told(post(bo, made, "offer", **given))
    remedy = Remedy.objects.get()
    assert (remedy.state, remedy.awaits, remedy.amount_minor) == ("proposed", "shopper", minor)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Give either a part of the price or a sum"),
        ({"part": "20", "sum": "5"}, "Give either a part of the price or a sum"),
        ({"sum": "-3"}, "Write a sum above zero"),
        ({"sum": "1.234"}, "Write a sum above zero"),
        ({"part": "101"}, "100"),
        ({"sum": "400"}, "At most €99.80 may still go back"),
    ],
)
def test_an_offer_that_makes_no_sense_comes_back(cast: Cast, ada: Client, given: dict[str, str], words: str) -> None:
    made = build_desk.ask(cast)
    answer = post(ada, made, "offer", **given)
    assert answer.status_code == 422
    assert words in told(answer)
    assert not Remedy.objects.exists()


def test_an_offer_above_the_limit_is_refused(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast, lines=[{"unit_minor": 9990, "quantity": 1, "paid_minor": 9990}])
    answer = post(bo, made, "offer", part="60")
    assert answer.status_code == 403
    assert "€59.94 is above your limit of €50.00" in told(answer)


def test_an_offer_is_accepted_in_the_shoppers_name_with_how_they_said_yes(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    post(bo, made, "offer", part="20")
    remedy = Remedy.objects.get()
    assert post(bo, remedy, "accept", note="").status_code == 422
    post(bo, remedy, "accept", note="By phone, 24 November")
    assert state_of(remedy) == "executing"
    assert state_of(made) == "authorized"
    assert Refund.objects.get().amount_minor == 998


def test_a_declined_offer_may_be_followed_by_another(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    post(bo, made, "offer", part="20")
    first = Remedy.objects.get()
    page = told(bo.get(f"/desk/cases/{made.case.number}/"))
    assert "Offer a part" not in page
    post(bo, first, "decline")
    post(bo, made, "offer", part="30")
    assert [one.state for one in Remedy.objects.order_by("pk")] == ["declined", "proposed"]


def test_a_compensation_is_granted_once_for_the_same_form(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    body = {"sum": "10", "note": "Two days late", "mark": "m1"}
    for _ in range(2):
        post(bo, made, "compensate", **body)
    assert Refund.objects.get().amount_minor == 1000


def test_a_compensation_above_the_limit_waits_for_a_head(cast: Cast, bo: Client, ada: Client) -> None:
    made = build_desk.ask(cast)
    answer = post(bo, made, "compensate", sum="60", note="Two broken in a row", mark="m1")
    assert "it waits for somebody with a higher one" in told(answer)
    remedy = Remedy.objects.get()
    assert "above your limit" in told(bo.get(f"/desk/cases/{made.case.number}/"))
    assert post(bo, remedy, "agree").status_code == 403
    post(ada, remedy, "agree", note="Fine")
    assert state_of(remedy) == "executing"


# Goods


def test_a_replacement_is_shipped_delivered_and_its_return_settled(cast: Cast, bo: Client) -> None:
    made = build_desk.replacement(cast)
    assert post(bo, made, "ship", carrier="DHL", tracking_number="").status_code == 422
    post(bo, made, "ship", carrier="DHL", tracking_number="0034")
    assert (state_of(made), made.tracking_number) == ("shipped", "0034")
    assert post(bo, made, "ship", carrier="DHL", tracking_number="0035").status_code == 409
    post(bo, made, "deliver")
    assert state_of(made) == "delivered"
    assert state_of(made.remedy.return_request) == "settled"


def test_a_replacement_is_cancelled_with_a_reason(cast: Cast, bo: Client) -> None:
    made = build_desk.replacement(cast)
    assert post(bo, made, "cancel", note="").status_code == 422
    post(bo, made, "cancel", note="Sold out")
    assert (state_of(made), state_of(made.remedy)) == ("cancelled", "failed")


def test_a_disputed_receipt_is_ruled_upon_at_the_desk(cast: Cast, bo: Client) -> None:
    receipt = build_warehouse.received(cast, (0, 0, 0))
    assert receipt.state == "disputed"
    assert post(bo, receipt, "resolve", ruling="in_favor", note="").status_code == 422
    post(bo, receipt, "resolve", ruling="as_found", note="The carrier weighed an empty box")
    receipt.refresh_from_db()
    assert (receipt.state, receipt.ruling) == ("inspected", "as_found")


def test_a_finding_is_contested_for_the_shopper(cast: Cast, bo: Client) -> None:
    receipt = build_warehouse.inspected(cast)
    post(bo, receipt, "dispute", ground="condition", note="She sent a film of packing it")
    assert state_of(receipt) == "disputed"


# Words and proof


def test_the_same_reply_sent_twice_is_said_once(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    for _ in range(2):
        bo.post(f"/desk/cases/{made.case.number}/say", {"text": "Chère Mei", "nonce": "n1", "language": "fr"})
    assert made.case.messages.get().language == "fr"


@pytest.mark.parametrize(("text", "words"), [("  ", "Write something first."), ("x" * 5001, "to 5000 signs")])
def test_what_cannot_be_sent_stays_in_the_field(cast: Cast, bo: Client, text: str, words: str) -> None:
    made = build_desk.ask(cast)
    answer = bo.post(f"/desk/cases/{made.case.number}/say", {"text": text, "nonce": "n"})
    assert answer.status_code == 422
    assert words in told(answer)
    assert text.strip() in told(answer)
    assert faults(told(answer)) == []
    assert not made.case.messages.exists()


def test_a_note_is_for_the_team_alone(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    bo.post(f"/desk/cases/{made.case.number}/say", {"text": "Third of this lot", "nonce": "n", "kind": "note"})
    assert made.case.messages.get().side == "note"


def test_a_reply_from_the_inbox_leads_back_to_it(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    answer = bo.post(f"/desk/cases/{made.case.number}/say", {"text": "Chère Mei", "nonce": "n", "from": "inbox"})
    assert answer.url == f"/desk/inbox/?case={made.case.number}"


def test_evidence_by_mail_is_kept_and_what_is_none_is_refused(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    path = f"/desk/returns/{made.ref}/give_evidence"
    bo.post(path, {"files": [SimpleUploadedFile("cup.png", build_desk.picture())]})
    assert [one.name for one in made.evidence.all()] == ["cup.png"]
    answer = bo.post(path, {"files": [SimpleUploadedFile("x.exe", b"MZ")]}, follow=True)
    assert "“x.exe” is no photo, film or PDF" in told(answer)
    assert "Choose a photo, a film or a PDF first." in told(bo.post(path, follow=True))
    assert made.evidence.count() == 1


# The case itself, and the list


def test_a_case_is_taken_waits_closes_and_opens_again(cast: Cast, bo: Client) -> None:
    made = build_desk.ask(cast)
    path = f"/desk/cases/{made.case.number}/"
    assert "in your hands" not in told(bo.get(path))
    bo.post(path + "take")
    assert "in your hands" in told(bo.get(path))
    for verb, state in (("wait", "waiting"), ("resume", "open"), ("close", "closed"), ("reopen", "open")):
        bo.post(path + verb)
        assert state_of(made.case) == state


def cases_in(client: Client, **query: str) -> list[str]:
    """Return the numbers of the cases that the list shows."""
    return [row.case.number for row in client.get("/desk/cases/", query).context["rows"]]


def test_the_list_is_narrowed_by_state_hands_time_and_merchant(cast: Cast, bo: Client) -> None:
    late = build_desk.ask(cast, number="LT-1").case
    waiting = build_desk.ask(cast, number="LT-2", photo=False, review=False).case
    closed = build_desk.refused(cast, number="LT-3").case
    bo.post(f"/desk/cases/{late.number}/take")
    bo.post(f"/desk/cases/{closed.number}/close")
    late.clocks.update(due_at=NOW)
    assert cases_in(bo) == [late.number]
    assert cases_in(bo, view="mine") == [late.number]
    assert cases_in(bo, view="overdue") == [late.number]
    assert cases_in(bo, view="waiting") == [waiting.number]
    assert cases_in(bo, view="closed") == [closed.number]
    assert cases_in(bo, view="all", order="newest") == [closed.number, waiting.number, late.number]
    olu = people.client_of(people.hire(cast, Role.OPERATOR, "Olu", of_operator=True))
    assert cases_in(olu, view="all", merchant="nordlicht") == []
    assert len(cases_in(olu, view="all", merchant="lanting")) == 3
    assert cases_in(bo, merchant="nordlicht") == [late.number], "only operators choose a merchant"


def test_the_list_finds_by_every_number_that_people_have_at_hand(cast: Cast, bo: Client) -> None:
    made = build_warehouse.expected(cast).return_request
    made.lines.update(serials=["SN-1", "SN-2"])
    build_desk.ask(cast, number="LT-9", email="tom@leeds.example", name="Tom Ashworth")
    parcel = made.parcels.get()
    for words in (made.number, made.case.number, "lt-48213", "Mei", "MEI@lyon.example", parcel.tracking_number, "SN-2"):
        assert cases_in(bo, q=words) == [made.case.number], words
    assert cases_in(bo, q="nobody") == []


def test_pages_keep_what_narrows_the_list(cast: Cast, bo: Client) -> None:
    for number in range(27):
        build_desk.ask(cast, number=f"LT-{number}")
    page = told(bo.get("/desk/cases/", {"q": "Mei", "order": "oldest"}))
    assert "?q=Mei&amp;order=oldest&amp;page=2" in page
    assert len(cases_in(bo, q="Mei", order="oldest", page="2")) == 2


def test_the_inbox_shows_who_waits_for_a_word_and_one_case_beside(cast: Cast, bo: Client) -> None:
    first, second = build_desk.ask(cast, number="LT-1"), build_desk.ask(cast, number="LT-2")
    answered = build_desk.ask(cast, number="LT-3", review=False)
    answer = bo.get("/desk/inbox/")
    assert {row.case.number for row in answer.context["rows"]} == {first.case.number, second.case.number}
    assert answer.context["case"] == answer.context["rows"][0].case
    shown = bo.get("/desk/inbox/", {"case": answered.case.number})
    assert shown.context["case"] == answered.case
    assert bo.get("/desk/inbox/", {"case": "C-0000"}).status_code == 404


def test_an_erased_shopper_leaves_a_page_that_still_works(cast: Cast, bo: Client) -> None:
    made: Return = build_desk.ask(cast)
    made.case.shopper = None
    made.case.save()
    made.shopper.name = made.shopper.email = ""
    made.shopper.save()
    without_return = build.case(cast, of=made.order)
    for path in (f"/desk/cases/{made.case.number}/", f"/desk/cases/{without_return.number}/", "/desk/cases/"):
        assert faults(told(bo.get(path))) == []


# In whose hands a case is


def test_a_case_is_handed_to_a_colleague_and_laid_back(cast: Cast, bo: Client) -> None:
    eve = people.hire(cast, Role.AGENT, "Eve")
    case = build_desk.ask(cast).case
    path = f"/desk/cases/{case.number}/"
    assert "Nobody has this case in hand yet." in told(bo.get(path))
    assert "in the hands of Eve" in told(bo.post(path + "hand_over", {"to": eve.ref}, follow=True))
    assert cases_in(people.client_of(eve), view="mine") == [case.number]
    assert "with Eve" in told(bo.get("/desk/cases/"))
    assert "nobody’s hands" in told(bo.post(path + "release", follow=True))
    bo.post(path + "release")
    case.refresh_from_db()
    steps = Entry.objects.filter(noun="case", verb__in=["hand_over", "release"]).order_by("pk")
    assert case.assignee == ""
    assert [(step.verb, step.facts.get("name", ""), step.actor.split(":")[0]) for step in steps] == [
        ("hand_over", "Eve", "agent"), ("release", "", "agent"),
    ]  # fmt: skip


def test_only_who_works_at_such_a_desk_can_be_handed_a_case(cast: Cast, bo: Client) -> None:
    case = build_desk.ask(cast).case
    path = f"/desk/cases/{case.number}/"
    kim, gone = people.hire(cast, Role.DOCK, "Kim"), people.hire(cast, Role.AGENT, "Gone")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    page = told(bo.get(path))
    assert ">Kim<" not in page
    assert ">Gone<" not in page
    assert "Kim does not work on such cases" in told(bo.post(path + "hand_over", {"to": kim.ref}, follow=True))
    assert "Pick the colleague first." in told(bo.post(path + "hand_over", {"to": "stf_x"}, follow=True))
    case.refresh_from_db()
    assert case.assignee == ""


def test_staff_of_another_shop_are_no_colleagues(cast: Cast, bo: Client) -> None:
    case = build_desk.ask(cast).case
    other = party_actions.hire(
        email="nils@nordlicht.example", name="Nils", role=Role.AGENT, actor=ROOT, at=NOW, password="a long password",
        merchant=cast.nordlicht, authority=None,
    )  # fmt: skip
    olu = people.client_of(people.hire(cast, Role.OPERATOR, "Olu", of_operator=True))
    path = f"/desk/cases/{case.number}/"
    assert ">Nils<" not in told(olu.get(path))
    assert "Pick the colleague first." in told(bo.post(path + "hand_over", {"to": other.ref}, follow=True))
    assert "Nils does not work on such cases" in told(olu.post(path + "hand_over", {"to": other.ref}, follow=True))
    nils = people.client_of(other)
    assert nils.post(path + "hand_over", {"to": other.ref}).status_code == 404
    assert nils.post(path + "release").status_code == 404
