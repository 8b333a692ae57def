"""A receipt that is reopened takes back what was owed for its goods; where money has left already, finance is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from homeward.journal import relay
from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import Money
from homeward.returns.models import Return
from homeward.settlements import actions, queries, sending, texts
from homeward.settlements.actions import Grant
from homeward.settlements.fakes import FakePayments
from homeward.settlements.models import MoneyEvent, Refund, Remedy, Replacement
from homeward.settlements.ports import Kind, Told
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.grading import Grade
from homeward.warehouse.models import Receipt
from tests.support import build, build_settlements, build_warehouse
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stripe() -> Iterator[FakePayments]:
    """A provider that works."""
    with build_settlements.provider() as fake:
        yield fake


def tell(event: str) -> None:
    """Let the settlements hear of the latest entry of this event."""
    noun, verb = event.split(".")
    entry = Entry.objects.filter(noun=noun, verb=verb).order_by("-pk")[0]
    relay.deliver([entry.pk], at=NOW)
    assert not DeadLetter.objects.filter(listener__startswith="settlements.").exists()


def settled(cast: Cast, **more: object) -> tuple[Return, Remedy]:
    """A return whose goods passed, with what was agreed for them."""
    return_ = build_settlements.graded(cast, **more)
    return return_, actions.settle(return_.pk, actor=cast.policy, at=NOW)


def reopen(cast: Cast, return_: Return) -> Receipt:
    """Let a head reopen the receipt of a return."""
    receipt = build_warehouse.again(cast.ada, Receipt.objects.get(return_request=return_))
    warehouse_actions.reopen(receipt, reason="Wrong box", actor=cast.ada, at=NOW)
    tell("receipt.reopen")
    return build_warehouse.again(cast.kim, receipt)


def count_again(cast: Cast, receipt: Receipt, *numbers: tuple[int, int, int], grade: Grade = Grade.A) -> None:
    """Count and grade a reopened receipt once more."""
    warehouse_actions.receive(receipt, build_warehouse.counts(receipt, *numbers), actor=cast.kim, at=NOW)
    receipt = build_warehouse.again(cast.kim, receipt)
    warehouse_actions.inspect_all(receipt, build_warehouse.all_found(receipt, grade), actor=cast.kim, at=NOW)
    tell("receipt.inspect")


def test_money_that_has_not_left_is_held_and_its_debt_undone(cast: Cast, stripe: FakePayments) -> None:
    return_, remedy = settled(cast)
    reopen(cast, return_)
    remedy.refresh_from_db()
    refund = Refund.objects.get()
    assert (remedy.state, refund.state) == ("declined", "failed")
    assert build_settlements.payment_of(return_).reserved_minor == 0
    assert queries.balances(cast.fay, return_.case) == {}
    sending.send(refund.pk, at=NOW)
    assert stripe.paid(refund.ref) == 0
    assert not MoneyEvent.objects.exists()


def test_the_new_count_is_settled_anew(cast: Cast) -> None:
    return_, _remedy = settled(cast)
    count_again(cast, reopen(cast, return_), (1, 0, 0))
    remedy = Remedy.objects.exclude(state="declined").get()
    assert (remedy.state, remedy.amount) == ("executing", Money(4_990, "EUR"))
    assert Refund.objects.get(state="intended").amount == Money(4_990, "EUR")


def test_hearing_of_the_reopening_twice_changes_nothing(cast: Cast) -> None:
    return_, _remedy = settled(cast)
    receipt = reopen(cast, return_)
    tell("receipt.reopen")
    count_again(cast, receipt)
    tell("receipt.reopen")
    assert Refund.objects.get(state="intended").amount == Money(9_980, "EUR")


def test_a_proposal_for_goods_that_are_counted_again_lapses(cast: Cast) -> None:
    return_, remedy = settled(cast, grade=Grade.D, country="CN")
    assert remedy.awaits == "authority"
    reopen(cast, return_)
    remedy.refresh_from_db()
    assert remedy.state == "declined"


def test_an_offer_for_keeping_the_goods_stands(cast: Cast) -> None:
    of = build.order(cast.lanting, payments=[{"provider": "stripe"}])
    return_ = build_warehouse.received(cast, of=of).return_request
    assert return_ is not None
    offered = actions.offer(return_.pk, grant=Grant(part=3_000), actor=cast.ada, at=NOW)
    reopen(cast, return_)
    offered.refresh_from_db()
    assert offered.state == "proposed"


def test_new_goods_that_have_not_left_stay_here(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    Return.objects.filter(pk=return_.pk).update(remedy="replacement")
    remedy = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    receipt = reopen(cast, return_)
    tell("replacement.cancel")  # which would give money, were the remedy still owed
    remedy.refresh_from_db()
    assert (remedy.state, Replacement.objects.get().state) == ("declined", "cancelled")
    assert not Refund.objects.exists()
    count_again(cast, receipt)
    assert Replacement.objects.exclude(state="cancelled").get().state == "released"


def test_money_that_has_left_is_shown_to_finance_once(cast: Cast) -> None:
    return_, remedy = settled(cast)
    build_settlements.send_all()
    receipt = reopen(cast, return_)
    tell("receipt.reopen")
    problem = queries.problems(cast.fay).get()
    words = texts.problem(problem.problem, problem.facts)
    assert words == f"Refund for {return_.number}: it has left already, but its goods are counted again"
    assert queries.problems_of(cast.fay, Refund.objects.get()) == [problem]
    assert problem not in queries.events_of(cast.fay, Refund.objects.get())
    warehouse_actions.receive(receipt, build_warehouse.counts(receipt), actor=cast.ada, at=NOW)
    remedy.refresh_from_db()
    assert (remedy.state, Entry.objects.filter(noun="remedy", verb="stand").count()) == ("done", 1)


def test_new_goods_that_have_left_are_shown_to_finance(cast: Cast) -> None:
    return_ = build_settlements.graded(cast)
    Return.objects.filter(pk=return_.pk).update(remedy="replacement")
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    actions.ship(Replacement.objects.get(), carrier="DHL", tracking_number="JD1", actor=cast.kim, at=NOW)
    reopen(cast, return_)
    assert Replacement.objects.get().state == "shipped"
    assert queries.problems(cast.fay).get().facts["kind"] == "replacement"


def test_of_two_payments_what_has_not_left_is_held(cast: Cast) -> None:
    return_, remedy = settled(
        cast, payments=[
            {"provider": "stripe", "captured_minor": 2_000},
            {"provider": "offline", "captured_minor": 7_980, "external_id": "bank"},
        ],
    )  # fmt: skip
    reopen(cast, return_)
    remedy.refresh_from_db()
    assert remedy.state == "failed"
    assert dict(Refund.objects.values_list("provider", "state")) == {"stripe": "failed", "offline": "sent"}
    assert queries.problems(cast.fay).count() == 1


def test_a_transfer_that_finance_calls_off_is_reckoned_anew(cast: Cast) -> None:
    return_, remedy = settled(cast, provider="offline")
    receipt = reopen(cast, return_)
    refund = Refund.objects.get()
    assert (refund.state, queries.problems(cast.fay).count()) == ("sent", 1)
    count_again(cast, receipt, (1, 0, 0))
    assert Refund.objects.count() == 1  # both units are paid for, as far as anybody knows
    actions.fail_transfer(refund, reason="not transferred", actor=cast.fay, at=NOW)
    tell("refund.fail")
    remedy.refresh_from_db()
    assert remedy.state == "declined"
    assert Refund.objects.exclude(pk=refund.pk).get().amount == Money(4_990, "EUR")


def test_a_transfer_that_is_called_off_before_the_new_count_waits_for_it(cast: Cast) -> None:
    return_, remedy = settled(cast, provider="offline")
    receipt = reopen(cast, return_)
    actions.fail_transfer(Refund.objects.get(), reason="not transferred", actor=cast.fay, at=NOW)
    tell("refund.fail")
    remedy.refresh_from_db()
    assert (remedy.state, Refund.objects.count()) == ("declined", 1)
    count_again(cast, receipt)
    assert Refund.objects.exclude(state="failed").get().amount == Money(9_980, "EUR")


def test_a_refund_that_fails_by_itself_is_not_reckoned_anew(cast: Cast) -> None:
    _return, remedy = settled(cast, provider="offline")
    actions.fail_transfer(Refund.objects.get(), reason="closed", actor=cast.fay, at=NOW)
    tell("refund.fail")
    remedy.refresh_from_db()
    assert remedy.state == "failed"


def test_money_that_arrives_although_it_was_called_off_is_booked_and_finishes_nothing(cast: Cast) -> None:
    return_, remedy = settled(cast)
    reopen(cast, return_)
    refund = Refund.objects.get()
    told = Told(
        provider="stripe", kind=Kind.REFUND_SUCCEEDED, reference="re_1", refund_ref=refund.ref, amount=refund.amount,
        happened_at=NOW,
    )  # fmt: skip
    actions.hear(told, actor=cast.machine, at=NOW)
    refund.refresh_from_db()
    remedy.refresh_from_db()
    assert (refund.state, remedy.state) == ("confirmed", "declined")
    assert build_settlements.payment_of(return_).reserved_minor == 9_980
    assert Money(9_980, "EUR") in queries.balances(cast.fay, return_.case)["EUR"].values()


def test_goods_of_another_parcel_that_passed_stay_settled(cast: Cast) -> None:
    return_ = build_settlements.graded(cast, (1, 0, 0))
    first = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    second = warehouse_actions.open_receipt(return_, actor=cast.kim, at=NOW)
    warehouse_actions.receive(second, build_warehouse.counts(second), actor=cast.kim, at=NOW)
    second = build_warehouse.again(cast.ada, second)
    warehouse_actions.inspect_all(second, build_warehouse.all_found(second), actor=cast.kim, at=NOW)
    later = actions.settle(return_.pk, actor=cast.policy, at=NOW)
    warehouse_actions.reopen(build_warehouse.again(cast.ada, second), reason="Wrong box", actor=cast.ada, at=NOW)
    tell("receipt.reopen")
    first.refresh_from_db()
    later.refresh_from_db()
    assert (first.state, later.state) == ("executing", "declined")
