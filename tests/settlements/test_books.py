"""The ledger in the database: balanced, written once, never changed, seen only within the fence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from homeward.kernel import Money
from homeward.settlements import actions, queries
from homeward.settlements.actions import books
from homeward.settlements.ledger import Account
from homeward.settlements.models import Posting, PostingLine
from tests.support import build, build_settlements
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db
LEGS = {Account.RETURN_FREIGHT: 595, Account.CARRIER_PAYABLE: -595}


@pytest.fixture(autouse=True)
def _provider() -> Iterator[None]:
    """A provider that works."""
    with build_settlements.provider():
        yield


def post(cast: Cast, about: str = "par_1", legs: dict[Account, int] | None = None, currency: str = "EUR") -> None:
    """Book a label."""
    books.post("label", about, legs or LEGS, currency=currency, merchant_id=cast.lanting.pk, case_id=None, at=NOW)


def commit(cast: Cast, legs: dict[Account, int], *strangers: PostingLine) -> None:
    """Book, add lines past the verb, and let the deferred trigger speak, as it would at the commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        post(cast, legs=legs)
        for line in strangers:
            line.posting = Posting.objects.get()
            line.save()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_booking_is_written_once_for_its_key(cast: Cast) -> None:
    post(cast)
    post(cast, legs={Account.RETURN_FREIGHT: 1, Account.CARRIER_PAYABLE: -1})
    assert sorted(PostingLine.objects.values_list("amount_minor", flat=True)) == [-595, 595]


def test_a_booking_that_does_not_balance_is_refused_by_the_database(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="off by"):
        commit(cast, {Account.RETURN_FREIGHT: 595, Account.CARRIER_PAYABLE: -594})
    assert not Posting.objects.exists()


def test_two_currencies_do_not_balance_each_other(cast: Cast) -> None:
    dollars = PostingLine(account="carrier_payable", amount_minor=-595, currency="USD")
    with pytest.raises(IntegrityError, match="off by"):
        commit(cast, {Account.RETURN_FREIGHT: 595}, dollars)
    assert not PostingLine.objects.exists()


def test_nothing_can_be_added_to_a_booking_that_would_upset_it(cast: Cast) -> None:
    more = PostingLine(account="goodwill", amount_minor=1, currency="EUR")
    with pytest.raises(IntegrityError, match="off by"):
        commit(cast, LEGS, more)
    assert not Posting.objects.exists()


@pytest.mark.parametrize("table", ["settlements_posting", "settlements_postingline"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_bookings_are_never_changed(cast: Cast, table: str, change: str) -> None:
    post(cast)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))
    assert Posting.objects.count() == 1


def test_each_merchant_sees_its_own_books(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert queries.ledger(cast.zoe, return_.case) == []
    assert queries.ledger(build.shopper_of(return_.order), return_.case) == []
    assert queries.trial_balance(cast.zoe) == {}
    assert [posting.kind for posting in queries.ledger(cast.fay, return_.case)] == ["remedy"]


def test_the_trial_balance_sums_to_zero_in_every_currency(cast: Cast) -> None:
    for number, currency in (("LT-1", "EUR"), ("LT-2", "JPY"), ("LT-3", "KWD")):
        return_ = build_settlements.graded(cast, number=number, currency=currency)
        actions.settle(return_.pk, actor=cast.policy, at=NOW)
    build_settlements.send_all()
    balance = queries.trial_balance(cast.olu)
    assert list(balance) == ["EUR", "JPY", "KWD"]
    for currency, accounts in balance.items():
        assert Money.total(accounts.values(), currency) == Money.zero(currency)
    assert queries.trial_balance(cast.olu, merchant="nordlicht") == {}
