"""The life of a draft: written under a lock, undone, reviewed by a second person, published once, rolled back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from homeward.journal import queries as journal_queries
from homeward.kernel import Actor, NotAllowed, Role
from homeward.parties import actions as party_actions
from homeward.policies import actions, drafting, queries
from homeward.policies import rulebook as books
from homeward.policies.conditions import When
from homeward.policies.decision import Outcome
from homeward.policies.models import DraftRevision, Rulebook, RulebookDraft
from homeward.policies.rulebook import Book, Then
from homeward.policies.specimens import Example, Expected, Given
from tests.support.build_policies import book, clause
from tests.support.cast import NOW, ROOT, Cast

pytestmark = pytest.mark.django_db

LONG, KEEP = clause("LT-30D", Then(extend_days=30), When(claims_fault=False)), clause("LT-KEEP", Then(keep=True))


@pytest.fixture
def lin(cast: Cast) -> Actor:
    """The merchant, who writes."""
    return Actor(Role.MERCHANT, "stf_lin", "Lin", merchant_id=cast.lanting.pk)


@pytest.fixture
def draft(cast: Cast, lin: Actor) -> RulebookDraft:
    """A draft of Lin's."""
    return actions.begin(book(LONG), merchant=cast.lanting, actor=lin, at=NOW, origin="standard")


def add(draft: RulebookDraft, what: Any, *, actor: Actor, revision: int) -> RulebookDraft:
    """Put a clause into a draft as it stood in a revision."""
    changed = drafting.put(books.read(draft.document), what)
    return actions.revise(
        draft, changed, revision=revision, what="add", about=what.ref, actor=actor, at=NOW + timedelta(minutes=revision)
    )


def refs(draft: RulebookDraft) -> list[str]:
    draft.refresh_from_db()
    return [one["ref"] for one in draft.document["clauses"]]


def approved(draft: RulebookDraft, *, by: Actor, lin: Actor) -> RulebookDraft:
    draft.refresh_from_db()
    actions.submit(draft, revision=draft.revision, actor=lin, at=NOW)
    return actions.approve(draft, revision=draft.revision, actor=by, at=NOW)


def test_a_draft_is_begun_and_changed_with_every_change_kept(draft: RulebookDraft, lin: Actor) -> None:
    add(draft, KEEP, actor=lin, revision=1)
    assert refs(draft) == ["LT-30D", "LT-KEEP"]
    rows = list(queries.revisions(lin, draft).values_list("number", "what", "about", "by"))
    assert rows == [(2, "add", "LT-KEEP", "Lin"), (1, "begin", "", "Lin")]
    entries = journal_queries.entries(lin).filter(noun="rulebook_draft")
    assert [(entry.verb, entry.facts.get("about")) for entry in entries.order_by("pk")] == [
        ("begin", None), ("revise", "LT-KEEP"),
    ]  # fmt: skip


def test_who_comes_too_late_is_told_and_nothing_is_written_over(cast: Cast, draft: RulebookDraft, lin: Actor) -> None:
    add(draft, KEEP, actor=cast.ada, revision=1)
    with pytest.raises(actions.StaleDraft) as late:
        add(draft, clause("LT-MINE", Then(keep=True)), actor=lin, revision=1)
    assert (late.value.draft.revision, late.value.draft.changed_by) == (2, "Ada")
    assert refs(draft) == ["LT-30D", "LT-KEEP"]


def test_changes_are_taken_back_one_by_one_and_undoing_is_no_dead_end(draft: RulebookDraft, lin: Actor) -> None:
    add(draft, KEEP, actor=lin, revision=1)
    draft.refresh_from_db()
    add(draft, clause("LT-3", Then(keep=True)), actor=lin, revision=2)
    actions.undo(draft, revision=3, actor=lin, at=NOW)
    assert refs(draft) == ["LT-30D", "LT-KEEP"]
    actions.undo(draft, revision=4, actor=lin, at=NOW)
    assert refs(draft) == ["LT-30D"]
    with pytest.raises(actions.NothingToUndo):
        actions.undo(draft, revision=5, actor=lin, at=NOW)
    actions.restore(draft, number=3, revision=5, actor=lin, at=NOW)
    assert refs(draft) == ["LT-30D", "LT-KEEP", "LT-3"]
    actions.undo(draft, revision=6, actor=lin, at=NOW)
    assert refs(draft) == ["LT-30D"]
    with pytest.raises(DraftRevision.DoesNotExist):
        actions.restore(draft, number=99, revision=7, actor=lin, at=NOW)


def test_a_draft_that_cannot_be_meant_is_not_handed_over(cast: Cast, lin: Actor) -> None:
    never = clause("LT-NEVER", Then(keep=True), When(country=("DE",), not_country=("DE",)))
    draft = actions.begin(book(never, never), merchant=cast.lanting, actor=lin, at=NOW, origin="upload")
    with pytest.raises(actions.NotReady) as refused:
        actions.submit(draft, revision=1, actor=lin, at=NOW)
    assert [one.code for one in refused.value.errors] == ["doubled"]
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_nobody_who_wrote_in_it_approves_it(cast: Cast, draft: RulebookDraft, lin: Actor) -> None:
    party_actions.hire(
        email="ada@lanting.example", name="Ada", role=Role.SUPERVISOR, merchant=cast.lanting, actor=ROOT, at=NOW,
        password="a long password",
    )  # fmt: skip
    add(draft, KEEP, actor=cast.ada, revision=1)
    draft.refresh_from_db()
    actions.submit(draft, revision=2, actor=lin, at=NOW)
    for author in (lin, cast.ada):
        with pytest.raises(actions.SecondPersonNeeded):
            actions.approve(draft, revision=2, actor=author, at=NOW)
    assert [person.name for person in actions.reviewers(draft)] == ["Ada"], "the one hired wrote under another id"
    with pytest.raises(actions.SecondPersonNeeded):
        actions.approve(draft, revision=2, actor=lin, at=NOW, is_alone=True)
    approved_ = actions.approve(draft, revision=2, actor=cast.olu, at=NOW)
    assert (approved_.state, approved_.reviewed_by, approved_.is_alone) == ("approved", "Olu", False)


def test_who_is_really_alone_may_say_so_and_the_journal_keeps_it(draft: RulebookDraft, lin: Actor) -> None:
    actions.submit(draft, revision=1, actor=lin, at=NOW)
    with pytest.raises(actions.SecondPersonNeeded):
        actions.approve(draft, revision=1, actor=lin, at=NOW)
    assert actions.approve(draft, revision=1, actor=lin, at=NOW, is_alone=True).is_alone
    entry = journal_queries.entries(lin).get(verb="approve")
    assert entry.facts["alone"] is True


def test_only_what_was_seen_is_approved(cast: Cast, draft: RulebookDraft, lin: Actor) -> None:
    actions.submit(draft, revision=1, actor=lin, at=NOW)
    actions.take_back(draft, revision=1, actor=lin, at=NOW)
    add(draft, KEEP, actor=lin, revision=1)
    actions.submit(draft, revision=2, actor=lin, at=NOW)
    with pytest.raises(actions.StaleDraft):
        actions.approve(draft, revision=1, actor=cast.ada, at=NOW)
    draft.refresh_from_db()
    assert draft.state == "in_review"


@pytest.mark.parametrize("state", ["in_review", "approved", "published", "withdrawn"])
def test_only_a_draft_can_be_written_in(cast: Cast, draft: RulebookDraft, lin: Actor, state: str) -> None:
    if state == "in_review":
        actions.submit(draft, revision=1, actor=lin, at=NOW)
    elif state == "withdrawn":
        actions.withdraw(draft, revision=1, actor=lin, at=NOW)
    else:
        approved(draft, by=cast.ada, lin=lin)
    if state == "published":
        actions.publish_draft(draft, revision=1, actor=lin, at=NOW)
    with pytest.raises(NotAllowed) as refused:
        add(draft, KEEP, actor=lin, revision=1)
    assert refused.value.state == state
    assert refs(draft) == ["LT-30D"]


def test_an_approved_draft_is_published_from_a_day_on_and_ends_there(
    cast: Cast, draft: RulebookDraft, lin: Actor
) -> None:
    approved(draft, by=cast.ada, lin=lin)
    with pytest.raises(actions.InThePast):
        actions.publish_draft(draft, revision=1, actor=lin, at=NOW, valid_from=NOW - timedelta(days=1))
    later = NOW + timedelta(days=9)
    row = actions.publish_draft(draft, revision=1, actor=lin, at=NOW, valid_from=later)
    draft.refresh_from_db()
    assert (draft.state, draft.published, row.valid_from) == ("published", row, later)
    assert queries.ref_on(cast.lanting.pk, NOW) == ""
    assert queries.ref_on(cast.lanting.pk, later) == row.ref
    entry = journal_queries.entries(lin).get(noun="rulebook")
    assert entry.facts == {"version": 1, "draft": draft.ref}


def test_a_draft_is_published_only_when_approved_and_green(cast: Cast, lin: Actor) -> None:
    red = Example(name="no", given=Given(country="DE"), expect=Expected(outcome=Outcome.REFUSE))
    draft = actions.begin(book(LONG, tests=(red,)), merchant=cast.lanting, actor=lin, at=NOW, origin="upload")
    with pytest.raises(NotAllowed):
        actions.publish_draft(draft, revision=1, actor=lin, at=NOW)
    actions.submit(draft, revision=1, actor=lin, at=NOW)
    with pytest.raises(actions.NotReady) as refused:
        actions.approve(draft, revision=1, actor=cast.ada, at=NOW)
    assert [trial.example.name for trial in refused.value.red] == ["no"]
    assert not Rulebook.objects.exists()


def test_a_version_is_rolled_back_as_a_new_one_and_orders_keep_theirs(cast: Cast, lin: Actor) -> None:
    old, day = book(LONG), timedelta(days=1)
    first = actions.publish(old, merchant=cast.lanting, actor=lin, at=NOW - 9 * day)
    second = actions.publish(book(KEEP), merchant=cast.lanting, actor=lin, at=NOW - 5 * day)
    third = actions.roll_back(first, actor=lin, at=NOW, note="too generous")
    assert (third.version, books.from_data(third.document).clauses) == (3, old.clauses)
    assert [queries.ref_on(cast.lanting.pk, NOW - days * day) for days in (8, 3, 0)] == [
        first.ref, second.ref, third.ref,
    ]  # fmt: skip
    entry = journal_queries.entries(lin).filter(noun="rulebook").order_by("-pk")[0]
    assert entry.facts == {"version": 3, "again": 1, "note": "too generous"}


@pytest.mark.parametrize("who", ["bo", "fay", "kim"])
def test_others_neither_write_nor_publish(cast: Cast, draft: RulebookDraft, lin: Actor, who: str) -> None:
    somebody = getattr(cast, who)
    with pytest.raises(NotAllowed):
        actions.begin(Book(ref="x"), merchant=cast.lanting, actor=somebody, at=NOW, origin="empty")
    with pytest.raises(NotAllowed):
        add(draft, KEEP, actor=somebody, revision=1)
    with pytest.raises(NotAllowed):
        actions.submit(draft, revision=1, actor=somebody, at=NOW)
    row = actions.publish(book(LONG), merchant=cast.lanting, actor=lin, at=NOW)
    with pytest.raises(NotAllowed):
        actions.roll_back(row, actor=somebody, at=NOW)


def test_another_merchant_sees_no_draft(cast: Cast, draft: RulebookDraft) -> None:
    assert not queries.drafts(cast.zoe).exists()
    assert not queries.revisions(cast.zoe, draft).exists()
    with pytest.raises(RulebookDraft.DoesNotExist):
        queries.draft(cast.zoe, draft.ref)
