"""Rulebooks under many hands: two approve, two publish, two write at once, and there is one of each."""

from __future__ import annotations

import pytest

from homeward.kernel import Actor, NotAllowed, Role
from homeward.policies import actions, drafting
from homeward.policies import rulebook as books
from homeward.policies.models import Rulebook, RulebookDraft
from homeward.policies.rulebook import Then
from tests.support import build
from tests.support.build_policies import book, clause
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return build.committed_cast()


def begun(cast: Cast) -> tuple[RulebookDraft, Actor]:
    lin = Actor(Role.MERCHANT, "stf_lin", "Lin", merchant_id=cast.lanting.pk)
    made = book(clause("LT-30D", Then(extend_days=30)))
    return actions.begin(made, merchant=cast.lanting, actor=lin, at=NOW, origin="standard"), lin


def test_two_approvals_and_two_publications_at_once_give_one_version(cast: Cast) -> None:
    draft, lin = begun(cast)
    actions.submit(draft, revision=1, actor=lin, at=NOW)
    raised = at_once(
        *(lambda who=who: actions.approve(draft, revision=1, actor=who, at=NOW) for who in (cast.ada, cast.olu))
    )
    assert [type(one) for one in raised if one] == [NotAllowed]
    raised = at_once(*[lambda: actions.publish_draft(draft, revision=1, actor=lin, at=NOW)] * 3)
    assert [type(one) for one in raised if one] == [NotAllowed, NotAllowed]
    assert Rulebook.objects.count() == 1


def test_two_who_write_at_once_both_know_and_one_change_stands(cast: Cast) -> None:
    draft, lin = begun(cast)

    def add(ref: str) -> None:
        changed = drafting.put(books.read(draft.document), clause(ref, Then(keep=True)))
        actions.revise(draft, changed, revision=1, what="add", about=ref, actor=lin, at=NOW)

    raised = at_once(lambda: add("LT-A"), lambda: add("LT-B"))
    assert [type(one) for one in raised if one] == [actions.StaleDraft]
    draft.refresh_from_db()
    assert (draft.revision, len(draft.document["clauses"])) == (2, 2)


def test_books_published_at_once_get_numbers_of_their_own(cast: Cast) -> None:
    made = book(clause("LT-30D", Then(extend_days=30)))
    raised = at_once(*[lambda: actions.publish(made, merchant=cast.lanting, actor=cast.olu, at=NOW)] * 4)
    assert raised == [None] * 4
    assert sorted(Rulebook.objects.values_list("version", flat=True)) == [1, 2, 3, 4]
