"""Publishing a rulebook: the next version, once and for good, within the merchant's fence."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from homeward.journal import queries as journal_queries
from homeward.policies import actions, queries
from homeward.policies.models import Rulebook
from homeward.policies.rulebook import Book, RulebookError, Then, standard
from tests.support.build_policies import book, clause
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

LONG, SHORT = clause("LT-WINDOW", Then(extend_days=30)), clause("LT-WINDOW", Then(extend_days=7))


def publish(cast: Cast, made: Book, *, at: datetime) -> Rulebook:
    return actions.publish(made, merchant=cast.lanting, actor=cast.olu, at=at)


def test_a_book_is_published_as_the_next_version_and_told_to_the_journal(cast: Cast, now: datetime) -> None:
    first = publish(cast, book(LONG), at=now - timedelta(days=9))
    second = publish(cast, book(SHORT), at=now)
    assert (first.version, second.version) == (1, 2)
    entries = journal_queries.entries(cast.olu).filter(noun="rulebook")
    assert [(entry.verb, entry.facts["version"]) for entry in entries] == [("publish", 1), ("publish", 2)]


def test_a_book_that_cannot_mean_what_it_says_is_not_published(cast: Cast, now: datetime) -> None:
    with pytest.raises(RulebookError, match="stands twice"):
        publish(cast, book(LONG, SHORT), at=now)
    assert not queries.rulebooks(cast.olu).exists()


def test_a_published_book_never_changes(cast: Cast, now: datetime) -> None:
    row = publish(cast, book(LONG), at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Rulebook.objects.filter(pk=row.pk).update(name="Other")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_the_book_of_the_day_of_purchase_is_found(cast: Cast, now: datetime) -> None:
    old = publish(cast, book(LONG), at=now - timedelta(days=30))
    new = publish(cast, book(SHORT), at=now - timedelta(days=10))
    moments = [now - timedelta(days=days) for days in (31, 30, 20, 10, 0)]
    expected = ["", old.ref, old.ref, new.ref, new.ref]
    assert [queries.ref_on(cast.lanting.pk, moment) for moment in moments] == expected
    ref_of = queries.calendar_of(cast.lanting.pk)
    assert [ref_of(cast.lanting.pk, moment) for moment in moments] == expected
    assert queries.rulebook_at(cast.policy, cast.lanting, now - timedelta(days=20)).clauses == (LONG,)
    assert queries.rulebook_at(cast.policy, cast.lanting, now - timedelta(days=31)) is standard()


def test_a_book_waits_for_the_day_from_which_it_holds(cast: Cast, now: datetime) -> None:
    coming = actions.publish(
        book(SHORT), merchant=cast.lanting, actor=cast.olu, at=now, valid_from=now + timedelta(days=5)
    )
    assert queries.ref_on(cast.lanting.pk, now) == ""
    assert queries.ref_on(cast.lanting.pk, now + timedelta(days=5)) == coming.ref


def test_a_book_is_read_from_the_database_once(cast: Cast, now: datetime, django_assert_num_queries: object) -> None:
    ref = publish(cast, book(LONG), at=now).ref
    read = queries.rulebook_for(cast.policy, merchant_id=cast.lanting.pk, ref=ref)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert queries.rulebook(cast.bo, ref) is read
        assert queries.rulebook_for(cast.bo, merchant_id=cast.lanting.pk, ref="") is standard()


def test_another_merchant_sees_nothing_of_it(cast: Cast, now: datetime) -> None:
    ref = publish(cast, book(LONG), at=now).ref
    queries.rulebook(cast.policy, ref)  # read before, so that the cache must keep the fence too
    assert not queries.rulebooks(cast.zoe).exists()
    for look in (
        lambda: queries.rulebook(cast.zoe, ref),
        lambda: queries.rulebook_row(cast.zoe, ref),
        lambda: queries.rulebook_for(cast.zoe, merchant_id=cast.lanting.pk, ref=ref),
        lambda: queries.rulebook_for(cast.zoe, merchant_id=cast.nordlicht.pk, ref=ref),
        lambda: queries.rulebook_at(cast.zoe, cast.lanting, now),
    ):
        with pytest.raises(Rulebook.DoesNotExist):
            look()
