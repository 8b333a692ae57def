"""Asking to send something back: held once, judged at once, refused without a trace."""

from typing import Any

import pytest

from homeward.cases.models import Clock
from homeward.journal.models import Entry
from homeward.orders.models import Order
from homeward.returns import actions
from homeward.returns.models import Decision, Return
from homeward.returns.reasons import NotAReason
from homeward.returns.verdicts import Wish
from tests.support import build
from tests.support.cast import NOW, Cast


def ask(order: Order, quantity: int = 1, reason: str = "no_longer_needed", **more: Any) -> Return:
    """Ask for units of the order's first line as its shopper."""
    wish = Wish(order.lines.first().ref, quantity, reason, condition=more.pop("condition", "unopened"))
    return actions.request(order=order, wishes=[wish], actor=build.shopper_of(order), at=NOW, **more)


def test_a_clear_case_decides_itself_and_cites_its_law(cast: Cast) -> None:
    made = ask(build.order(cast.lanting))
    assert made.state == "authorized"
    assert made.decided_at == NOW
    decision = Decision.objects.get()
    assert decision.outcome == "authorize"
    assert decision.document["decision"]["citations"]
    assert decision.document["decision"]["trace"]


def test_the_units_are_held_and_free_again_after_a_withdrawal(cast: Cast) -> None:  # A3, A4
    order = build.order(cast.lanting)
    first = ask(order, 1)
    with pytest.raises(actions.UnitsGone) as refused:
        ask(order, 2)
    assert list(refused.value.available.values()) == [1]
    assert ask(order, 1).state == "authorized"
    actions.withdraw(first, actor=build.shopper_of(order), at=NOW)
    assert ask(order, 1).state == "authorized"


def test_more_than_was_delivered_is_refused_and_nothing_is_written(cast: Cast) -> None:  # A1
    order = build.order(cast.lanting, lines=[{"quantity": 3, "delivered": 2}])
    before = Entry.objects.count()
    with pytest.raises(actions.UnitsGone) as refused:
        ask(order, 3)
    assert list(refused.value.available.values()) == [2]
    assert (Return.objects.count(), Entry.objects.count()) == (0, before)


def test_a_line_of_another_order_is_refused_even_of_the_same_shopper(cast: Cast) -> None:  # A12
    order, other = build.order(cast.lanting), build.order(cast.lanting, number="LT-2")
    with pytest.raises(actions.NotOfThisOrder):
        actions.request(
            order=order, wishes=[Wish(other.lines.first().ref, 1, "color")], actor=build.shopper_of(order), at=NOW
        )
    assert Return.objects.count() == 0


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_below_one_is_refused(cast: Cast, quantity: int) -> None:
    with pytest.raises(actions.NothingAsked):
        ask(build.order(cast.lanting), quantity)


def test_an_absurd_quantity_is_refused_by_what_is_there(cast: Cast) -> None:
    with pytest.raises(actions.UnitsGone):
        ask(build.order(cast.lanting), 10**9)


@pytest.mark.parametrize("reason", ["quality", "changed_mind", "no_such_reason", ""])
def test_only_a_leaf_of_the_tree_is_a_reason(cast: Cast, reason: str) -> None:  # B9
    with pytest.raises(NotAReason):
        ask(build.order(cast.lanting), reason=reason)


def test_a_reason_that_is_switched_off_is_not_offered_but_old_returns_keep_it(cast: Cast) -> None:  # B10
    order = build.order(cast.lanting)
    old = ask(order, 1, "better_price")
    cast.lanting.reasons_off = ["better_price"]
    cast.lanting.save()
    order.merchant.refresh_from_db()
    with pytest.raises(NotAReason):
        ask(order, 1, "better_price")
    assert old.lines.get().reason == "better_price"


def test_a_gift_card_cannot_be_sent_back(cast: Cast) -> None:  # A15
    order = build.order(cast.lanting, lines=[{"traits": ["gift_card"], "category": "gift_card", "is_physical": False}])
    with pytest.raises(actions.UnitsGone):
        ask(order)


def test_nothing_delivered_means_nothing_to_send_back(cast: Cast) -> None:
    with pytest.raises(actions.UnitsGone):
        ask(build.order(cast.lanting, delivered_ago=None))


def test_an_unclear_case_waits_for_a_person_with_the_merchants_clock(cast: Cast) -> None:
    made = ask(build.order(cast.lanting), review=True)
    assert made.state == "under_review"
    clock = Clock.objects.get(kind="merchant_answer")
    assert (clock.due_at - NOW).total_seconds() == 48 * 3600
    assert made.case.state == "open"


def test_an_unknown_country_is_never_refused_by_itself(cast: Cast) -> None:
    made = ask(build.order(cast.lanting, country="", delivered_ago=300))
    assert made.state == "under_review"


def test_quality_comes_first(cast: Cast) -> None:
    broken = ask(build.order(cast.lanting), reason="defective", condition="")
    plain = ask(build.order(cast.lanting, number="LT-2"))
    assert broken.case.priority > plain.case.priority
    assert broken.case.priority_reasons == ["defective"]


def test_the_journal_tells_who_asked_and_what_was_decided(cast: Cast) -> None:
    order = build.order(cast.lanting)
    made = ask(order)
    events = [(e.event, e.actor.split(":")[0]) for e in Entry.objects.filter(case_id=made.case_id).order_by("pk")]
    assert ("return.request", "shopper") in events
    assert ("return.authorize", "policy") in events


def test_where_the_law_says_so_the_delivery_is_due_as_well(cast: Cast) -> None:  # M10
    assert ask(build.order(cast.lanting, shipping_minor=590)).refund_shipping is True


def test_where_only_the_shop_takes_it_back_the_delivery_is_not_due(cast: Cast) -> None:
    made = ask(build.order(cast.lanting, country="US", shipping_minor=590))
    assert (made.state, made.refund_shipping) == ("authorized", False)
