"""Second thoughts on both sides: refusals overturned, returns called off, offers and new goods that come to nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from homeward.journal.models import DeadLetter
from homeward.kernel import Money, NotAllowed
from homeward.logistics.models import Parcel
from homeward.orders.models import Order, OrderLine, Payment
from homeward.parties.models import Merchant
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements.actions import Grant
from homeward.settlements.models import Refund, Remedy, Replacement
from tests.support import build, build_desk, build_logistics
from tests.support.api import Caller
from tests.support.cast import NOW, Cast
from tests.support.portal import Visitor
from tests.support.road import LATER, TODAY, Drain, bring_in, is_balanced

pytestmark = [pytest.mark.road, pytest.mark.django_db, pytest.mark.usefixtures("center")]

PART = Grant(part=2_000, note="small flaw")
PARIS, FORTNIGHT = ZoneInfo("Europe/Paris"), timedelta(days=14)


def bought(merchant: Merchant, **more: Any) -> Order:
    """An order of Mei's as seen by the real clock that pages and API read."""
    return build.order(merchant, at=TODAY, ship_to=build_logistics.SHIP_TO, **more)


def ask(api: Caller, order: Order, units: int = 1, *, status: int = 201, **more: Any) -> dict[str, Any]:
    """Ask for units of the first line through the API."""
    line = {"line": order.lines.first().ref, "quantity": units, "reason": more.pop("reason", "no_longer_needed")}
    return api.post("/returns", {"order": order.ref, "lines": [line], **more}, status=status)


def test_a_refusal_that_is_overturned_brings_the_goods_back_before_the_money(
    cast: Cast, api: Caller, drain: Drain
) -> None:
    refused = ask(api, bought(cast.lanting, delivered_ago=200))
    assert (refused["state"], refused["method"]) == ("refused", "label")
    made = Return.objects.get()

    return_actions.overturn(made, actor=cast.ada, at=TODAY, note="A good customer")
    drain(at=LATER)

    assert (made.state, made.goods_back) == ("authorized", True)
    assert Parcel.objects.get().state == "planned"
    assert not Refund.objects.exists()
    bring_in(api, refused)
    drain(at=LATER)
    assert [refund.amount_minor for refund in Refund.objects.all()] == [4990]


def test_what_law_and_rulebook_would_refuse_is_let_in_for_its_goods_and_not_for_nothing(
    cast: Cast, api: Caller, drain: Drain
) -> None:
    made = ask(api, bought(cast.lanting, delivered_ago=200), review=True)
    authorized = api.post(f"/returns/{made['ref']}/authorize", status=200)
    drain(at=LATER)
    assert (authorized["state"], authorized["goods_back"]) == ("authorized", True)
    assert not Refund.objects.exists()


def test_who_keeps_the_goods_for_money_cannot_take_the_return_back_and_ask_again(
    cast: Cast, api: Caller, drain: Drain
) -> None:  # A7
    order = bought(cast.lanting)
    made = ask(api, order, 2, review=True)
    api.post(f"/returns/{made['ref']}/authorize", {"goods_back": False}, status=200)
    drain(at=LATER)

    problem = api.post(f"/returns/{made['ref']}/withdraw", status=409)

    assert (problem["code"], problem["state"], problem["allowed"]) == ("not_allowed", "authorized", ["settle"])
    assert OrderLine.objects.get().held == 2
    assert ask(api, order, 1, status=409)["code"] == "units_not_available"
    assert "withdraw" not in api.get(f"/returns/{made['ref']}")["allowed"]
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == 9980


def test_an_offer_that_is_accepted_after_the_label_calls_the_label_off_and_binds_both(
    cast: Cast, api: Caller, drain: Drain
) -> None:
    order = bought(cast.lanting)
    mei = Visitor()
    made = mei.ask(order, 1)
    drain(at=LATER)
    offered = settlement_actions.offer(made.pk, grant=PART, actor=cast.ada, at=TODAY)

    mei.post(f"returns/{made.number}/offers/{offered.ref}/accept/")
    drain(at=LATER)
    mei.post(f"returns/{made.number}/withdraw/")

    made.refresh_from_db()
    assert (made.state, made.goods_back, made.ship_by) == ("authorized", False, None)
    assert [parcel.state for parcel in Parcel.objects.all()] == ["cancelled"]
    assert OrderLine.objects.get().held == 1
    assert [refund.amount_minor for refund in Refund.objects.all()] == [998]


def test_an_offer_falls_with_the_return_that_it_was_made_for(cast: Cast, api: Caller, drain: Drain) -> None:
    order = bought(cast.lanting)
    mei = Visitor()
    first = ask(api, order, 1, review=True, reason="defective")
    offered = settlement_actions.offer(Return.objects.get().pk, grant=PART, actor=cast.ada, at=TODAY)
    api.post(f"/returns/{first['ref']}/withdraw", status=200)

    second = ask(api, order, 2)
    mei.prove(order)
    page_before_the_worker_hears_of_it = mei.get(f"returns/{second['number']}/")
    mei.post(f"returns/{first['number']}/offers/{offered.ref}/accept/")
    drain(at=LATER)
    bring_in(api, second, 2)
    drain(at=LATER)

    assert "€99.80" in page_before_the_worker_hears_of_it.content.decode()
    assert Remedy.objects.get(pk=offered.pk).state == "declined"
    assert [refund.amount_minor for refund in Refund.objects.all()] == [9980]
    assert not DeadLetter.objects.exists()


def test_a_proposal_falls_with_a_refusal_but_a_compensation_stands(cast: Cast, drain: Drain) -> None:
    made = build_desk.ask(cast)
    settlement_actions.offer(made.pk, grant=PART, actor=cast.ada, at=NOW)
    sixty = Grant(agreed=Money.of("60", "EUR"), note="Two broken deliveries in a row")
    settlement_actions.compensate(made.pk, grant=sixty, key="one", actor=cast.bo, at=NOW)
    return_actions.refuse(made, actor=cast.bo, at=NOW, ground="other", note="Worn for a year.")
    drain()
    states = dict(Remedy.objects.values_list("kind", "state"))
    assert states == {"partial_refund": "declined", "compensation": "proposed"}
    settlement_actions.agree(Remedy.objects.get(kind="compensation"), actor=cast.ada, at=NOW)
    assert [refund.amount_minor for refund in Refund.objects.all()] == [6000]


def test_new_goods_that_cannot_be_sent_become_money(cast: Cast, drain: Drain) -> None:
    replacement = build_desk.replacement(cast)
    drain()

    settlement_actions.cancel(replacement, reason="Sold out", actor=cast.ada, at=NOW)
    drain()

    made = Return.objects.get()
    money = Remedy.objects.exclude(state="declined").get()
    assert (made.remedy, money.kind, money.state) == ("refund", "refund_without_return", "executing")
    assert Replacement.objects.get().state == "cancelled"
    settlement_actions.confirm_transfers(list(Refund.objects.all()), bank_ref="SEPA 1", actor=cast.fay, at=NOW)
    made.refresh_from_db()
    assert (made.state, Payment.objects.get().left.minor) == ("settled", 4990)
    assert is_balanced(cast)


def test_money_that_failed_is_tried_again_and_gives_way_to_nothing(cast: Cast) -> None:
    refund = build_desk.refund(cast)
    settlement_actions.fail_transfer(refund, reason="Account closed", actor=cast.fay, at=NOW)
    remedy = Remedy.objects.get()
    with pytest.raises(NotAllowed):
        settlement_actions.give_way(remedy, actor=cast.policy, at=NOW)
    remedy.refresh_from_db()
    assert remedy.state == "failed"


# Withdrawn in time, sent back later: Directive 2011/83/EU, articles 9, 11, 13 and 14.


def declare(cast: Cast, order: Order, *, days_ago: float, scope: str = "") -> None:
    """Declare a withdrawal as Mei would have done so many days ago."""
    return_actions.declare_withdrawal(
        merchant=cast.lanting, name="Mei Lin", contract=order.number, email=order.email, locale="fr", scope=scope,
        order=order, actor=build.shopper_of(order), at=TODAY - timedelta(days=days_ago),
    )  # fmt: skip


def test_who_withdrew_in_time_sends_back_after_every_window_and_the_law_counts_from_the_declaration(
    cast: Cast, api: Caller
) -> None:
    order = bought(cast.lanting, delivered_ago=35)
    assert ask(api, order)["state"] == "refused"
    declare(cast, order, days_ago=25)

    page = Visitor().prove(order).get(f"orders/{order.ref}/").content.decode()
    made = ask(api, order)

    assert "has run out" not in page
    assert made["state"] == "authorized"
    law = Return.objects.get(ref=made["ref"]).case.clocks.get(kind="refund_law")
    assert law.paused_at is not None  # until the goods, or proof of posting, are here
    assert law.due_at.astimezone(PARIS).date() == (TODAY - timedelta(days=25)).astimezone(PARIS).date() + FORTNIGHT


def test_the_declaration_of_another_order_opens_nothing(cast: Cast, api: Caller) -> None:
    order = bought(cast.lanting, delivered_ago=35)
    declare(cast, bought(cast.lanting, number="LT-2", delivered_ago=35), days_ago=25)
    assert ask(api, order)["state"] == "refused"


@pytest.mark.parametrize(("delivered_ago", "days_ago", "scope"), [(35, 25, "the blue one"), (50, 40, "")])
def test_a_declaration_of_a_part_or_of_long_ago_goes_to_a_person_and_is_never_refused_by_itself(
    cast: Cast, api: Caller, delivered_ago: float, days_ago: float, scope: str
) -> None:
    order = bought(cast.lanting, delivered_ago=delivered_ago)
    declare(cast, order, days_ago=days_ago, scope=scope)
    made = ask(api, order)
    assert made["state"] == "under_review"
    assert api.post(f"/returns/{made['ref']}/authorize", status=200)["state"] == "authorized"
