"""Granting, offering, approving, accepting, declining: within authority, with consent, on record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from homeward.journal.models import Entry
from homeward.kernel import Actor, Money, NotAllowed, Role
from homeward.orders.models import Payment
from homeward.returns import actions as return_actions
from homeward.returns.actions import Wish
from homeward.returns.models import Return
from homeward.settlements import actions, queries
from homeward.settlements.actions import BalanceGone, BeyondAuthority, ConsentMissing, Grant, NothingToSettle
from homeward.settlements.amounts import TooMuch
from homeward.settlements.ledger import Account
from homeward.settlements.models import Refund, Remedy
from homeward.warehouse.grading import Grade
from tests.support import build, build_settlements, build_warehouse
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db
MOST_OF_IT = Grant(part=8_000, note="scratched, agreed by phone")


@pytest.fixture(autouse=True)
def _provider() -> Iterator[None]:
    """A provider that works."""
    with build_settlements.provider():
        yield


def proposed(cast: Cast) -> Remedy:
    """A grant of Bo's over 79.84, which is above his 50."""
    return_ = build_settlements.graded(cast)
    return actions.settle(return_.pk, actor=cast.bo, at=NOW, grant=MOST_OF_IT)


# -- authority --------------------------------------------------------------------------------------------------------


def test_what_the_rules_give_needs_no_authority(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    assert actions.settle(return_.pk, actor=cast.bo, at=NOW).state == "executing"


def test_a_grant_within_authority_is_agreed_at_once(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    remedy = actions.settle(return_.pk, actor=cast.bo, at=NOW, grant=Grant(part=5_000, note="torn"))
    assert (remedy.state, remedy.kind, remedy.amount) == ("executing", "partial_refund", Money(4_990, "EUR"))
    assert (remedy.agreed_by, remedy.note) == ("agent:stf_bo", "torn")


def test_a_grant_beyond_authority_is_approved_by_somebody_with_more(cast: Cast) -> None:
    # M6
    remedy = proposed(cast)
    assert list(queries.proposals(cast.ada)) == [remedy]
    with pytest.raises(BeyondAuthority):
        actions.agree(remedy, actor=cast.bo, at=NOW)
    actions.agree(remedy, actor=cast.ada, at=NOW)
    assert (remedy.state, remedy.agreed_by) == ("executing", "supervisor:stf_ada")
    assert Refund.objects.get().amount == Money(7_984, "EUR")
    assert list(queries.proposals(cast.ada)) == []


def test_a_limit_in_another_currency_grants_nothing(cast: Cast) -> None:
    return_ = build_settlements.graded(
        cast, country="JP", currency="JPY", lines=[{"quantity": 1, "paid_minor": 9_899}], units=(1,)
    )
    remedy = actions.settle(return_.pk, actor=cast.bo, at=NOW, grant=Grant(agreed=Money(10, "JPY")))
    assert remedy.awaits == "authority"


def test_an_approval_counts_once(cast: Cast) -> None:
    remedy = proposed(cast)
    actions.agree(remedy, actor=cast.ada, at=NOW)
    with pytest.raises(NotAllowed):
        actions.agree(queries.remedy(cast.ada, remedy.ref), actor=cast.ada, at=NOW)
    assert Refund.objects.count() == 1


def test_what_is_declined_may_be_settled_otherwise(cast: Cast) -> None:
    remedy = proposed(cast)
    actions.decline(remedy, actor=cast.ada, at=NOW, note="the whole price is due")
    again = actions.settle(remedy.return_request_id, actor=cast.ada, at=NOW)
    assert (remedy.state, again.state, again.amount) == ("declined", "executing", Money(9_980, "EUR"))


def test_a_merchant_sees_no_remedy_of_another(cast: Cast) -> None:
    remedy = proposed(cast)
    with pytest.raises(Remedy.DoesNotExist):
        queries.remedy(cast.zoe, remedy.ref)
    with pytest.raises(Return.DoesNotExist):
        actions.agree(remedy, actor=cast.zoe, at=NOW)
    assert queries.remedies_of(cast.zoe, remedy.return_request) == []


def test_a_sum_above_what_is_left_is_refused_with_the_maximum(cast: Cast) -> None:
    # F11, G25
    return_ = build_settlements.graded(cast)
    with pytest.raises(TooMuch) as refused:
        actions.settle(return_.pk, actor=cast.ada, at=NOW, grant=Grant(agreed=Money(9_981, "EUR")))
    assert refused.value.most == Money(9_980, "EUR") == queries.most(cast.ada, return_)
    assert not Remedy.objects.exists()


@pytest.mark.parametrize(
    "grant",
    [Grant(agreed=Money(-800, "EUR")), Grant(agreed=Money(800, "USD")), Grant(part=0), Grant(part=10_001),
     Grant(bonus=Money(-1, "EUR"))],
)  # fmt: skip
def test_a_grant_that_makes_no_sense_is_refused(cast: Cast, grant: Grant) -> None:
    return_ = build_settlements.graded(cast)
    with pytest.raises(ValueError, match="a grant is"):
        actions.settle(return_.pk, actor=cast.ada, at=NOW, grant=grant)


def test_an_approval_fails_where_the_balance_is_gone_meanwhile(cast: Cast) -> None:
    remedy = proposed(cast)
    Payment.objects.update(charged_back_minor=5_000)
    with pytest.raises(BalanceGone):
        actions.agree(remedy, actor=cast.ada, at=NOW)
    remedy.refresh_from_db()
    assert remedy.state == "proposed"


def test_goods_that_only_go_back_intact_and_are_not_wait_for_a_person(cast: Cast) -> None:
    # China's seven days want goods intact; what worn ones are worth is no rule's to say
    return_ = build_settlements.graded(cast, grade=Grade.D, country="CN", currency="EUR")
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert (remedy.state, remedy.awaits) == ("proposed", "authority")
    actions.agree(remedy, actor=cast.ada, at=NOW)
    assert remedy.state == "executing"


# -- offers -----------------------------------------------------------------------------------------------------------


def asked(cast: Cast) -> Return:
    """A return of Mei's that waits for a person."""
    order = build.order(cast.lanting, payments=[{"provider": "stripe"}])
    wish = Wish(line=order.lines.get().ref, quantity=1, reason="no_longer_needed")
    return return_actions.request(order=order, wishes=[wish], actor=build.shopper_of(order), at=NOW, review=True)


HALF = Grant(part=5_000, note="keep it, half back")


def test_an_offer_waits_for_the_shopper_and_is_theirs_to_accept(cast: Cast) -> None:
    return_ = asked(cast)
    remedy = actions.offer(return_.pk, grant=HALF, actor=cast.bo, at=NOW)
    assert (remedy.state, remedy.awaits, remedy.amount) == ("proposed", "shopper", Money(2_495, "EUR"))
    mei = build.shopper_of(return_.order)
    assert queries.offers(mei, return_) == [remedy]
    actions.agree(queries.remedy(mei, remedy.ref), actor=mei, at=NOW)
    return_.refresh_from_db()
    assert (return_.state, return_.goods_back, return_.remedy) == ("authorized", False, "partial_refund")
    build_settlements.send_all()
    return_.refresh_from_db()
    assert return_.state == "settled"


def test_staff_accept_in_the_shoppers_name_only_with_a_note(cast: Cast) -> None:
    remedy = actions.offer(asked(cast).pk, grant=HALF, actor=cast.bo, at=NOW)
    with pytest.raises(ConsentMissing):
        actions.agree(remedy, actor=cast.ada, at=NOW)
    actions.agree(remedy, actor=cast.ada, at=NOW, note="she said yes on the phone")
    assert Entry.objects.get(noun="remedy", verb="agree").facts["note"] == "she said yes on the phone"


def test_an_offer_beyond_ones_authority_is_not_made(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    with pytest.raises(BeyondAuthority):
        actions.offer(return_.pk, grant=MOST_OF_IT, actor=cast.bo, at=NOW)


def test_an_offer_that_is_declined_leaves_the_return_as_it_was(cast: Cast) -> None:
    return_ = asked(cast)
    remedy = actions.offer(return_.pk, grant=HALF, actor=cast.bo, at=NOW)
    actions.decline(remedy, actor=build.shopper_of(return_.order), at=NOW)
    return_.refresh_from_db()
    assert (remedy.state, return_.state) == ("declined", "under_review")
    assert actions.offer(return_.pk, grant=HALF, actor=cast.bo, at=NOW).state == "proposed"


def test_units_are_offered_once_at_a_time(cast: Cast) -> None:
    return_ = asked(cast)
    actions.offer(return_.pk, grant=HALF, actor=cast.bo, at=NOW)
    with pytest.raises(NothingToSettle):
        actions.offer(return_.pk, grant=HALF, actor=cast.bo, at=NOW)


def test_a_stranger_cannot_accept(cast: Cast) -> None:
    return_ = asked(cast)
    remedy = actions.offer(return_.pk, grant=HALF, actor=cast.bo, at=NOW)
    stranger = Actor(Role.SHOPPER, "shp_x", merchant_id=return_.merchant_id, order_ids=frozenset({0}))
    with pytest.raises(Return.DoesNotExist):
        actions.agree(remedy, actor=stranger, at=NOW)


# -- compensation -----------------------------------------------------------------------------------------------------


def test_a_compensation_is_paid_once_per_form_and_booked_as_goodwill(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    grant = Grant(agreed=Money(500, "EUR"), note="three days late")
    first = actions.compensate(return_.pk, grant=grant, key="form-1", actor=cast.bo, at=NOW)
    assert actions.compensate(return_.pk, grant=grant, key="form-1", actor=cast.bo, at=NOW) == first
    second = actions.compensate(return_.pk, grant=grant, key="form-2", actor=cast.bo, at=NOW)
    assert second != first
    assert queries.balances(cast.fay, return_.case)["EUR"][Account.GOODWILL] == Money(1_000, "EUR")
    assert Refund.objects.count() == 2


def test_a_compensation_does_not_settle_the_goods(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    actions.compensate(return_.pk, grant=Grant(agreed=Money(500, "EUR")), key="form-1", actor=cast.bo, at=NOW)
    build_settlements.send_all()
    return_.refresh_from_db()
    assert return_.state == "authorized"
    assert actions.settle(return_.pk, actor=cast.policy, at=NOW).amount == Money(9_480, "EUR")


def test_a_compensation_beyond_authority_waits(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    grant = Grant(agreed=Money(5_001, "EUR"))
    assert actions.compensate(return_.pk, grant=grant, key="f", actor=cast.bo, at=NOW).awaits == "authority"


def test_a_compensation_names_its_sum(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    with pytest.raises(ValueError, match="names its sum"):
        actions.compensate(return_.pk, grant=Grant(), key="f", actor=cast.bo, at=NOW)


# -- before anybody asks ----------------------------------------------------------------------------------------------


def test_what_a_wish_would_bring_is_known_before_the_return_is_asked_for(cast: Cast) -> None:
    order = build.order(cast.lanting, shipping_minor=490, payments=[{"provider": "stripe"}])
    line, mei = order.lines.get(), build.shopper_of(order)
    one = queries.preview_of_wish(mei, order, {line.pk: 1}, brings_shipping=True, freight=Money(595, "EUR"))
    both = queries.preview_of_wish(mei, order, {line.pk: 2}, brings_shipping=True)
    assert (one.total_minor, both.total_minor) == (4_395, 10_470)
    with pytest.raises(KeyError):
        queries.preview_of_wish(mei, order, {0: 1})
    with pytest.raises(type(order).DoesNotExist):
        queries.preview_of_wish(cast.zoe, order, {line.pk: 1})


def test_a_return_on_its_way_previews_what_it_comes_to_if_all_goes_well(cast: Cast) -> None:
    return_ = build_warehouse.authorized(cast)
    assert queries.preview(build.shopper_of(return_.order), return_).total == Money(9_980, "EUR")
