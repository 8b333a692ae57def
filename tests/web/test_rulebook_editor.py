"""The rulebook editor: drafts begun, written, moved, tried, reviewed by a second person, published, and rolled back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from homeward.kernel import Actor, Role
from homeward.parties import queries as party_queries
from homeward.policies import actions, rulebook
from homeward.policies.models import Rulebook, RulebookDraft
from homeward.policies.rulebook import Then
from tests.support import build, people
from tests.support.build_policies import book, clause
from tests.support.cast import NOW, Cast
from tests.support.markup import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: Cast) -> Client:
    """The supervisor, who reviews."""
    return people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada"))


def actor_named(name: str) -> Actor:
    """Return the actor that somebody hired is."""
    return party_queries.actor_of(party_queries.staff(Actor(Role.OPERATOR, "root")).get(name=name))


def draft_of(cast: Cast, *clauses: Any, by: str = "Lin", **more: Any) -> RulebookDraft:
    made = book(*(clauses or (clause("LT-30D", Then(extend_days=30)), clause("LT-KEEP", Then(keep=True)))), **more)
    return actions.begin(made, merchant=cast.lanting, actor=actor_named(by), at=NOW, origin="empty")


def told(answer: Any) -> str:
    return answer.content.decode()


def at(draft: RulebookDraft, rest: str = "") -> str:
    return f"/office/rulebooks/drafts/{draft.ref}/{rest}"


def refs(draft: RulebookDraft) -> list[str]:
    draft.refresh_from_db()
    return [one["ref"] for one in draft.document["clauses"]]


def test_every_page_of_the_editor_is_whole(cast: Cast, lin: Client, ada: Client) -> None:
    draft = actions.begin(
        rulebook.standard(), merchant=cast.lanting, actor=actor_named("Lin"), at=NOW, origin="standard"
    )
    row = actions.publish(rulebook.standard(), merchant=cast.lanting, actor=actor_named("Lin"), at=NOW)
    pages = [
        "/office/rulebooks/", "/office/rulebooks/new/", "/office/rulebooks/wizard/", "/office/rulebooks/standard/",
        f"/office/rulebooks/{row.ref}/", f"/office/rulebooks/compare/?old=standard&new={draft.ref}",
        at(draft), at(draft, "clauses/"), at(draft, "clauses/STD-30D/"), at(draft, "about/"), at(draft, "history/"),
        at(draft, "try/"), at(draft, "try/?country=JP&reason=damaged&traits=battery&delivered_days_ago="),
    ]  # fmt: skip
    for page in pages:
        answer = lin.get(page)
        assert (page, answer.status_code) == (page, 200)
        assert (page, faults(told(answer))) == (page, [])


# Beginning


def test_a_draft_begins_from_the_standard_a_version_a_file_or_an_empty_page(cast: Cast, lin: Client) -> None:
    row = actions.publish(book(clause("LT-1", Then(keep=True))), merchant=cast.lanting, actor=cast.olu, at=NOW)
    yaml = SimpleUploadedFile("book.yaml", rulebook.to_yaml(rulebook.standard()).encode())
    for sent in ({"origin": "standard"}, {"origin": "version", "version": row.ref}, {"origin": "empty"},
                 {"origin": "upload", "file": yaml}):  # fmt: skip
        answer = lin.post("/office/rulebooks/new/", {"merchant": "lanting", **sent})
        assert answer.status_code == 302, told(answer)
    begun = RulebookDraft.objects.order_by("pk")
    assert [(draft.origin, len(draft.document.get("clauses", []))) for draft in begun] == [
        ("standard", 12), ("version", 1), ("empty", 0), ("upload", 12),
    ]  # fmt: skip
    assert begun[1].base == row


@pytest.mark.parametrize("text", ["clauses: [", "clauses: 3", "a: b", "&a [*a]", "\x00"])
def test_a_file_that_is_no_rulebook_is_told_and_begins_nothing(cast: Cast, lin: Client, text: str) -> None:
    answer = lin.post(
        "/office/rulebooks/new/",
        {"merchant": "lanting", "origin": "upload", "file": SimpleUploadedFile("book.yaml", text.encode())},
    )
    assert answer.status_code == 422
    assert faults(told(answer)) == []
    assert not RulebookDraft.objects.exists()


def test_the_wizard_explains_its_proposal_and_makes_it_a_draft_with_tests(cast: Cast, lin: Client) -> None:
    wishes = {
        "merchant": "lanting", "origin": "CN", "destinations": ["DE", "JP"], "categories": ["food"], "days": "30",
        "freight": "faults", "keep_limit": "15", "gifts": "on", "use_bars": "on",
    }  # fmt: skip
    page = lin.post("/office/rulebooks/wizard/", wishes)
    assert faults(told(page)) == []
    assert "In Germany, Japan the law gives less" in told(page)
    answer = lin.post("/office/rulebooks/wizard/", {**wishes, "go": "begin"})
    draft = RulebookDraft.objects.get()
    assert answer.url == at(draft)
    assert (draft.document["sells_to"], draft.origin) == (["DE", "JP"], "wizard")
    assert told(lin.get(at(draft))).count('class="test-mark"') == len(draft.document["tests"]) > 3
    assert lin.post("/office/rulebooks/wizard/", {**wishes, "destinations": []}).status_code == 422


# Clauses


def sent_clause(draft: RulebookDraft, **more: Any) -> dict[str, Any]:
    """Return the form of a clause as a browser sends it."""
    return {
        "revision": draft.revision, "ref": "LT-NEW", "text_en": "Silk comes back for 45 days.",
        "when-shown": ["", "country", "category", "value_at_most"], "when-country": ["DE", "FR"],
        "when-category": "silk, linen", "when-value_at_most": "EUR 25.00, JPY 4000",
        "then-shown": ["", "extend_days", "offer"], "then-extend_days": "45", "then-offer": ["refund", "exchange"],
        **more,
    }  # fmt: skip


def test_a_clause_is_written_in_a_form(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast)
    answer = lin.post(at(draft, "clauses/"), sent_clause(draft), follow=True)
    assert "LT-NEW is saved." in told(answer)
    assert refs(draft) == ["LT-30D", "LT-KEEP", "LT-NEW"]
    assert draft.document["clauses"][2] == {
        "ref": "LT-NEW",
        "when": {"country": ["DE", "FR"], "category": ["silk", "linen"], "value_at_most": {"EUR": 2500, "JPY": 4000}},
        "then": {"extend_days": 45, "offer": ["refund", "exchange"]},
        "text": {"en": "Silk comes back for 45 days."},
    }


def test_what_is_wrong_in_a_clause_is_told_and_nothing_written_is_lost(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast)
    wrong = sent_clause(draft, ref="x", text_en="", **{"when-value_at_most": "25 euros", "then-extend_days": "-1"})
    answer = lin.post(at(draft, "clauses/"), wrong)
    assert answer.status_code == 422
    assert "Write sums such as EUR 25.00" in told(answer)
    assert "25 euros" in told(answer)
    taken = lin.post(at(draft, "clauses/"), sent_clause(draft, ref="lt-30d"))
    assert "Another clause is named LT-30D already" in told(taken)
    assert refs(draft) == ["LT-30D", "LT-KEEP"]


def test_conditions_are_added_and_taken_out_without_script(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast)
    grown = lin.post(at(draft, "clauses/"), sent_clause(draft, more="when", **{"add-when": "trait"}))
    assert grown.status_code == 200
    assert 'name="when-trait"' in told(grown)
    assert 'value="silk, linen"' in told(grown), "what was typed stays"
    less = lin.post(at(draft, "clauses/"), sent_clause(draft, less="when:category"))
    assert 'name="when-category"' not in told(less)
    branch = lin.post(at(draft, "clauses/"), sent_clause(draft, branch="none_of"))
    assert 'name="none_of-0-shown"' in told(branch)
    assert faults(told(branch)) == []
    assert refs(draft) == ["LT-30D", "LT-KEEP"], "nothing is saved on the way"


def test_every_clause_of_the_standard_rulebook_survives_its_form(cast: Cast, lin: Client) -> None:
    draft = actions.begin(
        rulebook.standard(), merchant=cast.lanting, actor=actor_named("Lin"), at=NOW, origin="standard"
    )
    for one in rulebook.standard().clauses:
        sent = form_of(told(lin.get(at(draft, f"clauses/{one.ref}/"))))
        answer = lin.post(at(draft, f"clauses/{one.ref}/"), sent)
        assert answer.status_code == 302, one.ref
    draft.refresh_from_db()
    assert rulebook.read(draft.document).clauses == rulebook.standard().clauses


def form_of(page: str) -> dict[str, list[str]]:
    """Return what a browser would send of a clause's form, its buttons left out."""
    form = page[page.index('name="revision"') - 40 : page.index("</main>")]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told_ = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told_.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        if "name" in told_:
            sent.setdefault(told_["name"], []).append(told_.get("value", "on"))
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?([^<]*)</textarea>', form):
        sent.setdefault(name, []).append(value.replace("&#x27;", "'").replace("&amp;", "&").replace("&quot;", '"'))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)"[^>]* selected', options)
        sent.setdefault(name, []).extend(chosen or [""])
    return sent


def test_a_clause_is_moved_removed_and_the_last_change_taken_back(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast)
    answer = lin.post(at(draft, "move"), {"place": "2", "to": "1", "revision": draft.revision}, follow=True)
    assert "LT-KEEP now stands at place 1 of 2." in told(answer)
    assert refs(draft) == ["LT-KEEP", "LT-30D"]
    lin.post(at(draft, "remove"), {"place": "1", "revision": draft.revision})
    assert refs(draft) == ["LT-30D"]
    lin.post(at(draft, "undo"), {"revision": draft.revision})
    assert refs(draft) == ["LT-KEEP", "LT-30D"]
    lin.post(at(draft, "undo"), {"revision": draft.revision})
    assert refs(draft) == ["LT-30D", "LT-KEEP"]
    assert "stands as it was begun" in told(lin.post(at(draft, "undo"), {"revision": draft.revision}, follow=True))
    lin.post(at(draft, "history/"), {"number": "3", "revision": draft.revision})
    assert refs(draft) == ["LT-30D"]


def test_two_people_at_once_meet_a_clear_conflict_and_lose_nothing(cast: Cast, lin: Client, ada: Client) -> None:
    draft = draft_of(cast)
    seen = draft.revision
    assert ada.post(at(draft, "move"), {"place": "2", "to": "1", "revision": seen}).status_code == 302
    answer = lin.post(at(draft, "clauses/"), sent_clause(draft, revision=seen))
    page = told(answer)
    assert answer.status_code == 409
    assert faults(page) == []
    assert "Somebody else changed this draft meanwhile" in page
    assert "Clause moved: LT-KEEP" in page
    assert "Silk comes back for 45 days." in page
    assert refs(draft) == ["LT-KEEP", "LT-30D"]
    again = lin.post(at(draft, "clauses/"), sent_clause(draft, revision=draft.revision))
    assert again.status_code == 302
    assert refs(draft) == ["LT-KEEP", "LT-30D", "LT-NEW"]
    late = lin.post(at(draft, "remove"), {"place": "1", "revision": seen})
    assert late.status_code == 409
    assert faults(told(late)) == []


def test_bars_name_and_countries_are_chosen(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast)
    lin.post(
        at(draft, "bars"), {"revision": 1, "law": "DE", "shown": ["customised", "perishable"], "bar": ["perishable"]}
    )
    lin.post(at(draft, "about/"), {"revision": 2, "name": "Lanting 2027", "sells_to": ["DE", "JP"]})
    draft.refresh_from_db()
    book_ = rulebook.read(draft.document)
    assert (draft.name, book_.sells_to) == ("Lanting 2027", ("DE", "JP"))
    assert "perishable" in book_.used_bars
    assert "customised" not in book_.used_bars
    assert "gambling_lottery" in book_.used_bars, "what another law closes stays as it was"


# Findings and cases


def test_findings_and_the_floor_are_shown_on_the_page(cast: Cast, lin: Client) -> None:
    never = rulebook.When(country=("DE",), not_country=("DE",))
    low = rulebook.When(claims_fault=False)
    draft = draft_of(
        cast, clause("LT-NEVER", Then(keep=True), never), clause("LT-7", Then(extend_days=7), low), sells_to=("DE",)
    )
    page = told(lin.get(at(draft)))
    assert "1 thing to mend before a review" in page
    assert "The conditions of LT-NEVER exclude each other: The shopper lives in." in page
    assert "In Germany the law gives longer" in page
    answer = lin.post(at(draft, "submit"), {"revision": draft.revision}, follow=True)
    assert "exclude each other" in told(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_case_is_tried_on_the_draft_and_on_what_holds_side_by_side(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast, clause("LT-45", Then(extend_days=45), rulebook.When(claims_fault=False)))
    page = told(lin.get(at(draft, "try/?country=DE&reason=changed_mind&delivered_days_ago=40")))
    assert faults(page) == []
    assert page.count('class="verdict"') == 2
    assert "This can come back." in page
    assert "This cannot come back." in page
    assert "What LT-45 says." in page
    wrong = told(lin.get(at(draft, "try/?country=DE&value=much")))
    assert "Write a sum such as EUR 49.90" in wrong
    for odd in ("asked=0001-01-01", "asked=x", "delivered_days_ago=-1", "country=XX", "traits=no", "quantity=9999999"):
        assert told(lin.get(at(draft, f"try/?{odd}"))).count('class="verdict"') == 0


def test_a_case_is_kept_as_a_test_and_turns_red_when_the_rule_goes(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast, clause("LT-45", Then(extend_days=45), rulebook.When(claims_fault=False)))
    given = '{"country":"DE","delivered_days_ago":40}'
    lin.post(at(draft, "tests/keep"), {"revision": 1, "given": given, "name": "day 40"})
    assert "Green" in told(lin.get(at(draft)))
    lin.post(at(draft, "remove"), {"revision": 2, "place": "1"})
    page = told(lin.get(at(draft)))
    assert "Red" in page
    assert "was expected, and it is" in page
    lin.post(at(draft, "tests/drop"), {"revision": 3, "name": "day 40"})
    assert "No tests yet" in told(lin.get(at(draft)))


def test_a_real_order_line_becomes_a_case(cast: Cast, lin: Client) -> None:
    order = build.order(cast.lanting)
    draft = draft_of(cast)
    page = told(lin.get(at(draft, f"try/?order={order.number}")))
    link = re.search(r'href="(\?country=[^"]+)"', page)
    assert link, page
    assert told(lin.get(at(draft, "try/" + link[1].replace("&amp;", "&")))).count('class="verdict"') == 2
    assert "No order of this shop has this number." in told(lin.get(at(draft, "try/?order=none")))


# Review and publishing


def test_a_second_person_approves_and_the_version_holds_from_its_day(cast: Cast, lin: Client, ada: Client) -> None:
    draft = draft_of(cast)
    lin.post(at(draft, "submit"), {"revision": 1, "note": "Longer for silk"})
    own = lin.post(at(draft, "approve"), {"revision": 1}, follow=True)
    assert "A second person has to approve this" in told(own)
    assert "Longer for silk" in told(ada.get(at(draft)))
    assert "The draft is approved." in told(ada.post(at(draft, "approve"), {"revision": 1}, follow=True))
    answer = lin.post(at(draft, "publish"), {"revision": 1, "day": "2030-01-01"}, follow=True)
    assert "Published." in told(answer)
    row = Rulebook.objects.get()
    assert (row.version, row.valid_from.isoformat()[:13]) == (1, "2029-12-31T16")  # midnight in Shanghai
    assert lin.post(at(draft, "publish"), {"revision": 1}).status_code == 409


def test_a_reviewer_sends_back_with_words_and_a_past_day_is_refused(cast: Cast, lin: Client, ada: Client) -> None:
    draft = draft_of(cast)
    lin.post(at(draft, "submit"), {"revision": 1})
    assert "Write what has to change." in told(ada.post(at(draft, "send_back"), {"revision": 1}, follow=True))
    ada.post(at(draft, "send_back"), {"revision": 1, "note": "Silk needs 60 days"})
    assert "Silk needs 60 days" in told(lin.get(at(draft)))
    lin.post(at(draft, "submit"), {"revision": 1})
    ada.post(at(draft, "approve"), {"revision": 1})
    late = lin.post(at(draft, "publish"), {"revision": 1, "day": "2020-01-01"}, follow=True)
    assert "today or later" in told(late)
    assert not Rulebook.objects.exists()


def test_whoever_is_alone_may_say_so_and_publish(cast: Cast) -> None:
    olu = people.client_of(people.hire(cast, Role.OPERATOR, "Olu", of_operator=True))
    draft = draft_of(cast, by="Olu")
    olu.post(at(draft, "submit"), {"revision": 1})
    assert "There is no second person here." in told(olu.get(at(draft)))
    assert "A second person has to" in told(olu.post(at(draft, "approve"), {"revision": 1}, follow=True))
    olu.post(at(draft, "approve"), {"revision": 1, "alone": "yes"})
    olu.post(at(draft, "publish"), {"revision": 1})
    draft.refresh_from_db()
    assert (draft.state, draft.is_alone) == ("published", True)


def test_going_back_publishes_an_earlier_version_again(cast: Cast, lin: Client) -> None:
    lin_ = actor_named("Lin")
    first = actions.publish(book(clause("LT-1", Then(keep=True))), merchant=cast.lanting, actor=lin_, at=NOW)
    actions.publish(book(clause("LT-2", Then(keep=True))), merchant=cast.lanting, actor=lin_, at=NOW)
    assert "Write why" in told(lin.post(f"/office/rulebooks/{first.ref}/roll-back", follow=True))
    answer = lin.post(f"/office/rulebooks/{first.ref}/roll-back", {"note": "The new one was wrong"}, follow=True)
    assert "Version 1 holds again, as version 3." in told(answer)
    again = rulebook.from_data(Rulebook.objects.get(version=3).document)
    assert again.clauses == rulebook.from_data(first.document).clauses


def test_any_two_are_compared_clause_by_clause(cast: Cast, lin: Client) -> None:
    lin_ = actor_named("Lin")
    old = actions.publish(
        book(clause("LT-A", Then(keep=True)), clause("LT-B", Then(extend_days=30))),
        merchant=cast.lanting, actor=lin_, at=NOW,
    )  # fmt: skip
    draft = draft_of(cast, clause("LT-B", Then(extend_days=45)), clause("LT-C", Then(keep=True)))
    page = told(lin.get(f"/office/rulebooks/compare/?old={old.ref}&new={draft.ref}"))
    assert faults(page) == []
    for words in ("added", "removed", "changed", "45 days", "30 days", "Days to ask, from delivery"):
        assert words in page


def test_yaml_goes_out_and_comes_in_with_its_tests(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast)
    lin.post(at(draft, "tests/keep"), {"revision": 1, "given": '{"country":"DE"}', "name": "day 4"})
    answer = lin.get(at(draft, "rulebook.yaml"))
    assert answer["Content-Type"].startswith("application/yaml")
    assert "name: day 4" in told(answer)
    lin.post(at(draft, "remove"), {"revision": 2, "place": "1"})
    back = SimpleUploadedFile("book.yaml", answer.content)
    lin.post(at(draft, "about/"), {"revision": 3, "what": "upload", "file": back})
    assert refs(draft) == ["LT-30D", "LT-KEEP"]
    assert [test["name"] for test in draft.document["tests"]] == ["day 4"]


# Who may


def test_finance_reads_and_writes_nothing_and_strangers_see_nothing(cast: Cast, lin: Client) -> None:
    draft = draft_of(cast)
    fay = people.client_of(people.hire(cast, Role.FINANCE, "Fay"))
    page = told(fay.get(at(draft)))
    assert "Add a clause" not in page
    assert "Ask for a review" not in page
    for path in ("clauses/", "about/"):
        assert fay.get(at(draft, path)).status_code == 403
    for path in ("move", "remove", "undo", "submit", "publish", "tests/keep"):
        assert fay.post(at(draft, path), {"revision": 1}).status_code == 403
    zoe = people.client_of(people.hire(cast, Role.MERCHANT, "Zoe", of_operator=False))
    zoe_ = party_queries.staff(cast.olu).get(name="Zoe")
    type(zoe_).objects.filter(pk=zoe_.pk).update(merchant=cast.nordlicht)
    for path in ("", "clauses/", "try/", "history/", "rulebook.yaml"):
        assert zoe.get(at(draft, path)).status_code == 404
    assert zoe.post(at(draft, "submit"), {"revision": 1}).status_code == 404
