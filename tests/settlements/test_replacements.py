"""Goods in place of goods: released when the old ones are in, shipped under a number, done when they arrive."""

from __future__ import annotations

import pytest

from homeward.kernel import NotAllowed
from homeward.returns.models import Return
from homeward.settlements import actions, queries
from homeward.settlements.actions import NothingToSettle
from homeward.settlements.models import Posting, Refund, Remedy, Replacement
from tests.support import build_settlements, build_warehouse
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def replaced(cast: Cast) -> tuple[Return, Replacement]:
    """A return whose goods are in, with the same goods promised in their place."""
    return_ = build_settlements.graded(cast)
    Return.objects.filter(pk=return_.pk).update(remedy="replacement")
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    return return_, Replacement.objects.get()


def test_the_same_goods_are_promised_and_released(cast: Cast) -> None:
    # H8
    _, made = replaced(cast)
    assert made.state == "released"
    assert made.items == [{"sku": "SKU-1", "title": "Linen throw", "quantity": 2}]
    assert not Refund.objects.exists()
    assert not Posting.objects.exists()


def test_nothing_is_released_before_the_goods_are_in(cast: Cast) -> None:
    # H7
    return_ = build_warehouse.authorized(cast)
    Return.objects.filter(pk=return_.pk).update(remedy="replacement")
    with pytest.raises(NothingToSettle):
        actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert not Replacement.objects.exists()


def test_goods_that_were_lost_are_sent_again_at_once(cast: Cast) -> None:
    return_ = build_warehouse.authorized(cast)
    Return.objects.filter(pk=return_.pk).update(remedy="replace", goods_back=False)
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    assert Replacement.objects.get().state == "released"


def test_the_return_ends_when_the_new_goods_arrive(cast: Cast) -> None:
    return_, made = replaced(cast)
    actions.ship(made, carrier="DHL", tracking_number="JD014600003", actor=cast.kim, at=NOW)
    return_.refresh_from_db()
    assert (made.state, return_.state) == ("shipped", "authorized")
    actions.deliver(made, actor=cast.machine, at=NOW)
    return_.refresh_from_db()
    assert (made.state, Remedy.objects.get().state, return_.state) == ("delivered", "done", "settled")


def test_a_replacement_travels_under_a_number(cast: Cast) -> None:
    _, made = replaced(cast)
    with pytest.raises(ValueError, match="tracking number"):
        actions.ship(made, carrier="DHL", tracking_number=" ", actor=cast.kim, at=NOW)


def test_it_is_shipped_once(cast: Cast) -> None:
    _, made = replaced(cast)
    actions.ship(made, carrier="DHL", tracking_number="JD1", actor=cast.kim, at=NOW)
    with pytest.raises(NotAllowed):
        actions.ship(made, carrier="DHL", tracking_number="JD2", actor=cast.kim, at=NOW)
    made.refresh_from_db()
    assert made.tracking_number == "JD1"


def test_where_none_is_left_the_promise_is_taken_back(cast: Cast) -> None:
    return_, made = replaced(cast)
    actions.cancel(made, reason="sold out", actor=cast.ada, at=NOW)
    return_.refresh_from_db()
    assert (made.state, Remedy.objects.get().state, return_.state) == ("cancelled", "failed", "authorized")


def test_only_those_who_may_see_a_replacement(cast: Cast) -> None:
    _, made = replaced(cast)
    assert list(queries.replacements(cast.kim, state="released")) == [made]
    assert list(queries.replacements(cast.zoe)) == []
    with pytest.raises(Replacement.DoesNotExist):
        queries.replacement(cast.zoe, made.ref)
