"""Whatever people, providers and the worker do in whatever order to one order: the laws of units and money hold."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from homeward.cases.models import Case
from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import Money, NotAllowed
from homeward.kernel.actor import MACHINE
from homeward.logistics.models import Parcel
from homeward.orders import actions as order_actions
from homeward.orders.models import OrderLine, Payment
from homeward.returns import actions as return_actions
from homeward.returns.actions import Wish
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements import queries as settlement_queries
from homeward.settlements.actions import Grant
from homeward.settlements.amounts import TooMuch
from homeward.settlements.models import Refund, Remedy, RemedyLine, Replacement
from homeward.settlements.ports import Kind, Told
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.actions import Count, Finding
from homeward.warehouse.grading import Disposition, Grade
from homeward.warehouse.models import Receipt, StockMovement
from tests.support import build, build_logistics, build_settlements, relay
from tests.support import cast as casting
from tests.support.cast import NOW

pytestmark = [pytest.mark.road, pytest.mark.django_db]

NOUNS = (Case, Return, Parcel, Receipt, Remedy, Refund, Replacement)
OVER = ("refused", "withdrawn", "expired")
LINES = (
    {"quantity": 3, "unit_minor": 1_000, "paid_minor": 2_500, "tax_minor": 417},
    {"quantity": 2, "unit_minor": 2_000, "category": "electronics"},
    {"quantity": 1, "unit_minor": 0, "paid_minor": 0},
)
PAYMENTS = (
    {"provider": "stripe", "external_id": "pi_1", "captured_minor": 2_000},
    {"provider": "offline", "external_id": "tr_1", "captured_minor": 3_100},
    {"provider": "gift_card", "external_id": "gc_1", "captured_minor": 2_000},
)
# What a verb may answer when it comes at the wrong moment; everything else is a fault.
REFUSALS = (
    NotAllowed, order_actions.NotReturnable, return_actions.UnitsGone, return_actions.GoodsAreHere,
    warehouse_actions.AlreadyReceived, warehouse_actions.NotReceivable, warehouse_actions.NothingOpen,
    warehouse_actions.CountMismatch, warehouse_actions.UnitsWait, settlement_actions.NothingToSettle,
    settlement_actions.NotSettledHere, settlement_actions.NoPayment, settlement_actions.BalanceGone,
    settlement_actions.NotByHand, TooMuch,
)  # fmt: skip
few = st.integers(0, 3)
place = st.integers(0, 9)
ASKED = ("requested", "under_review", "evidence_wanted")


def where(model: Any, *states: str) -> Any:
    """Offer a rule only while there is a row in one of these states (any, if none is named)."""
    return precondition(lambda self: self.rows(model, *states).exists())


class Road(RuleBasedStateMachine):
    """One order of Mei's, and everybody who may do something about it."""

    def __init__(self) -> None:
        super().__init__()
        self.at, self.forms = NOW, 0
        self.wired = contextlib.ExitStack()
        self.wired.enter_context(transaction.atomic())
        self.stripe = self.wired.enter_context(build_settlements.provider(is_slow=True))
        self.cast = casting.assemble()
        build_logistics.center()
        self.order = build.order(
            self.cast.lanting, lines=LINES, payments=PAYMENTS, shipping_minor=600, ship_to=build_logistics.SHIP_TO
        )
        self.mei = build.shopper_of(self.order)
        self.lines = list(self.order.lines.order_by("position"))
        self.reserved: dict[int, int] = {}

    def teardown(self) -> None:
        """Leave nothing behind."""
        transaction.set_rollback(True)
        self.wired.close()

    @contextlib.contextmanager
    def may_be_refused(self) -> Iterator[None]:
        """Let a verb say no, in which case nothing of it has happened."""
        self.at += timedelta(minutes=1)
        before = Entry.objects.count()
        try:
            yield
        except REFUSALS:
            assert Entry.objects.count() == before

    def rows(self, model: Any, *states: str) -> Any:
        """Return the rows in one of these states, or all of them."""
        return model.objects.filter(state__in=states) if states else model.objects.all()

    def one_of(self, model: Any, number: int, *states: str, **that: Any) -> Any:
        """Return a row in one of these states; seldom one in any, to which the verb comes too early or too late."""
        found = self.rows(model, *(() if number == 9 else states)).filter(**that)
        rows = list(found.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    # The shopper

    @initialize()
    def begin(self) -> None:
        """Ask for one unit, so that there is something to do."""
        self.ask((1, 0, 0), "no_longer_needed", "refund", review=False)

    @rule(
        counts=st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 1)),
        reason=st.sampled_from(["no_longer_needed", "defective", "too_small"]),
        remedy=st.sampled_from(["refund", "refund", "replacement", "repair"]),
        review=st.booleans(),
    )
    def ask(self, counts: tuple[int, int, int], reason: str, remedy: str, *, review: bool) -> None:
        """Ask for so many units of each line."""
        wishes = [Wish(line.ref, n, reason) for line, n in zip(self.lines, counts, strict=True) if n]
        if not wishes:
            return
        with self.may_be_refused():
            return_actions.request(
                order=self.order, wishes=wishes, actor=self.mei, at=self.at, remedy=remedy, review=review
            )

    @where(Return, *ASKED, "authorized")
    @rule(number=place)
    def withdraw(self, number: int) -> None:
        """Call a return off."""
        if made := self.one_of(Return, number, *ASKED, "authorized"):
            with self.may_be_refused():
                return_actions.withdraw(made, actor=self.mei, at=self.at)

    @where(Remedy, "proposed")
    @rule(number=place, yes=st.booleans())
    def answer(self, number: int, *, yes: bool) -> None:
        """Accept or decline what was offered."""
        if remedy := self.one_of(Remedy, number, "proposed", awaits="shopper"):
            verb = settlement_actions.agree if yes else settlement_actions.decline
            with self.may_be_refused():
                verb(remedy, actor=self.mei, at=self.at)

    # The desk

    @where(Return, *ASKED)
    @rule(number=place, goods_back=st.sampled_from([None, True, False]), remedy=st.sampled_from(["", "replacement"]))
    def authorize(self, number: int, *, goods_back: bool | None, remedy: str) -> None:
        """Permit a return."""
        if made := self.one_of(Return, number, *ASKED):
            with self.may_be_refused():
                return_actions.authorize(made, actor=self.cast.ada, at=self.at, goods_back=goods_back, remedy=remedy)

    @where(Return, *ASKED)
    @rule(number=place)
    def refuse(self, number: int) -> None:
        """Refuse a return."""
        if made := self.one_of(Return, number, *ASKED):
            with self.may_be_refused():
                return_actions.refuse(made, actor=self.cast.ada, at=self.at, ground="other", note="Worn")

    @where(Return, "refused")
    @rule(number=place)
    def overturn(self, number: int) -> None:
        """Take a refusal back."""
        if made := self.one_of(Return, number, "refused"):
            with self.may_be_refused():
                return_actions.overturn(made, actor=self.cast.ada, at=self.at, note="A good customer")

    @where(Return, "authorized")
    @rule(number=place)
    def expire(self, number: int) -> None:
        """Let a return run out."""
        if made := self.one_of(Return, number, "authorized"):
            with self.may_be_refused():
                return_actions.expire(made, actor=MACHINE, at=self.at)

    @where(Return, *ASKED, "authorized")
    @rule(number=place, part=st.sampled_from([2_000, 10_000]))
    def offer(self, number: int, part: int) -> None:
        """Offer a part of the price."""
        if made := self.one_of(Return, number, *ASKED, "authorized"):
            with self.may_be_refused():
                grant = Grant(part=part, note="small flaw")
                settlement_actions.offer(made.pk, grant=grant, actor=self.cast.ada, at=self.at)

    @precondition(lambda self: self.forms < 4)
    @rule(number=place, minor=st.sampled_from([100, 700, 4_900]))
    def compensate(self, number: int, minor: int) -> None:
        """Give a sum beside the goods."""
        if made := self.one_of(Return, number):
            self.forms += 1
            grant = Grant(agreed=Money(minor, "EUR"), note="late twice")
            with self.may_be_refused():
                settlement_actions.compensate(
                    made.pk, grant=grant, key=f"form {self.forms}", actor=self.cast.ada, at=self.at
                )

    @where(Remedy, "proposed")
    @rule(number=place, yes=st.booleans())
    def approve(self, number: int, *, yes: bool) -> None:
        """Agree to what is above somebody's limit, or not."""
        if remedy := self.one_of(Remedy, number, "proposed", awaits="authority"):
            verb = settlement_actions.agree if yes else settlement_actions.decline
            with self.may_be_refused():
                verb(remedy, actor=self.cast.ada, at=self.at)

    @where(Return, "authorized")
    @rule(number=place)
    def settle(self, number: int) -> None:
        """Settle what is due."""
        if made := self.one_of(Return, number, "authorized"):
            with self.may_be_refused():
                settlement_actions.settle(made.pk, actor=self.cast.ada, at=self.at)

    @where(Replacement, "released", "shipped")
    @rule(number=place, verb=st.sampled_from(["ship", "deliver", "cancel"]))
    def send_new_goods(self, number: int, verb: str) -> None:
        """Send new goods, or say that there are none."""
        if made := self.one_of(Replacement, number, "released", "shipped"):
            more = {
                "ship": {"carrier": "dhl", "tracking_number": "N 1"}, "deliver": {}, "cancel": {"reason": "sold out"}
            }[verb]  # fmt: skip
            with self.may_be_refused():
                getattr(settlement_actions, verb)(made, actor=self.cast.ada, at=self.at, **more)

    # The dock

    @where(Return, "authorized")
    @rule(number=place, good=few, damaged=few, wrong=few)
    def receive(self, number: int, good: int, damaged: int, wrong: int) -> None:
        """Count what came of a return, each line alike and not more than announced."""
        made = self.one_of(Return, number, "authorized")
        if made is None:
            return
        with self.may_be_refused():
            receipt = warehouse_actions.open_receipt(made, actor=self.cast.kim, at=self.at)
            counts = []
            for line in receipt.lines.order_by("pk"):
                right = min(good, line.announced)
                broken = min(damaged, line.announced - right)
                counts.append(Count(line.key, right, broken, min(wrong, line.announced - right - broken)))
            warehouse_actions.receive(receipt, counts, actor=self.cast.kim, at=self.at)

    @where(Receipt, "received")
    @rule(number=place, grade=st.sampled_from([Grade.A, Grade.A, Grade.B, Grade.D, Grade.X]))
    def inspect(self, number: int, grade: Grade) -> None:
        """Grade all units that wait."""
        receipt = self.one_of(Receipt, number, "received", "disputed")
        if receipt is None:
            return
        disposition = {Grade.D: Disposition.LIQUIDATE, Grade.X: Disposition.QUARANTINE}.get(grade, Disposition.RESTOCK)
        lines = receipt.lines.select_related("return_line").order_by("pk")
        findings = [
            Finding(line=line.key, quantity=line.left, grade=grade, disposition=disposition)
            for line in lines if line.left
        ]  # fmt: skip
        with self.may_be_refused():
            warehouse_actions.inspect_all(receipt, findings, actor=self.cast.kim, at=self.at)

    @where(Receipt, "received", "inspected", "disputed")
    @rule(number=place, verb=st.sampled_from(["dispute", "as_found", "in_favor", "reopen"]))
    def contest(self, number: int, verb: str) -> None:
        """Contest what came, rule on it, or count again."""
        receipt = self.one_of(Receipt, number, "received", "inspected", "disputed")
        if receipt is None:
            return
        ada = {"actor": self.cast.ada, "at": self.at}
        with self.may_be_refused():
            if verb == "dispute":
                warehouse_actions.dispute(receipt, ground="condition", **ada)
            elif verb == "reopen":
                warehouse_actions.reopen(receipt, reason="miscounted", **ada)
            else:
                warehouse_actions.resolve(receipt, ruling=verb, note="seen", **ada)

    # The money

    @where(Refund, "sent", "failed")
    @rule(number=place, verb=st.sampled_from(["confirm", "confirm", "fail"]))
    def transfer(self, number: int, verb: str) -> None:
        """Transfer by hand, or find that it cannot be done."""
        refund = self.one_of(Refund, number, "sent", "failed", provider__in=["offline", "gift_card"])
        if refund is None:
            return
        with self.may_be_refused():
            if verb == "confirm":
                settlement_actions.confirm_transfers([refund], bank_ref="T 1", actor=self.cast.fay, at=self.at)
            else:
                settlement_actions.fail_transfer(refund, reason="closed", actor=self.cast.fay, at=self.at)

    @where(Refund)
    @rule(number=place, kind=st.sampled_from([Kind.REFUND_SUCCEEDED, Kind.REFUND_SUCCEEDED, Kind.REFUND_FAILED]))
    def hear(self, number: int, kind: Kind) -> None:
        """Hear from the provider of one of its refunds, early, late or again."""
        if refund := self.one_of(Refund, number, provider="stripe", is_external=False):
            self.tell(kind, reference=refund.provider_ref or refund.ref, refund_ref=refund.ref, amount=refund.amount)

    @precondition(lambda self: self.forms < 4)
    @rule(minor=st.sampled_from([100, 1_500]), kind=st.sampled_from([Kind.CHARGE_BACK, Kind.REFUND_SUCCEEDED]))
    def hear_of_others(self, minor: int, kind: Kind) -> None:
        """Hear of money that a bank took back, or that somebody refunded at the provider."""
        self.forms += 1
        self.tell(kind, reference=f"dash_{self.forms}", payments=("pi_1",), amount=Money(minor, "EUR"))

    def tell(self, kind: Kind, **said: Any) -> None:
        """Let the provider say something."""
        with self.may_be_refused():
            told = Told(provider="stripe", kind=kind, happened_at=self.at, reason="as banks do", **said)
            settlement_actions.hear(told, actor=MACHINE, at=self.at)

    @where(Remedy, "failed")
    @rule(number=place)
    def try_again(self, number: int) -> None:
        """Send anew what failed."""
        if remedy := self.one_of(Remedy, number, "failed"):
            with self.may_be_refused():
                settlement_actions.try_again(remedy, actor=self.cast.fay, at=self.at)

    @rule()
    def work(self) -> None:
        """Let the worker do all that waits."""
        relay.drain(at=self.at + timedelta(days=1))

    # The laws

    @invariant()
    def no_unit_is_held_twice(self) -> None:
        """Units of living returns are held, and never more than came."""
        held = Counter[int]()
        living = Return.objects.exclude(state__in=OVER).values_list("lines__order_line_id", "lines__quantity")
        for line, quantity in living:
            held[line] += quantity
        for line in OrderLine.objects.filter(order=self.order):
            assert line.held == held[line.pk] <= line.delivered

    @invariant()
    def no_unit_is_settled_twice(self) -> None:
        """Of each line, no more units are settled than were bought, and no more is given for them than was paid."""
        parts = RemedyLine.objects.exclude(remedy__state="declined").exclude(
            remedy__state="proposed", remedy__return_request__state__in=OVER
        )
        for line in self.lines:
            mine = [part for part in parts if part.order_line_id == line.pk]
            assert sum(part.quantity for part in mine) <= line.quantity
            assert sum(part.goods_minor for part in mine) <= line.paid_minor
            assert sum(part.shipping_minor for part in mine) <= line.shipping_minor

    @invariant()
    def no_money_is_promised_twice(self) -> None:
        """What is set aside is what refunds say, and grows only within what was captured and not charged back."""
        alive = Counter[int]()
        for refund in Refund.objects.filter(state__in=["intended", "sent", "confirmed"]):
            alive[refund.payment_id] += refund.amount_minor
        for payment in Payment.objects.filter(order=self.order):
            assert payment.reserved_minor == alive[payment.pk]
            if payment.reserved_minor > self.reserved.get(payment.pk, 0):
                assert payment.reserved_minor <= payment.captured_minor - payment.charged_back_minor
            self.reserved[payment.pk] = payment.reserved_minor
        for remedy in Remedy.objects.all():
            sent = remedy.refunds.filter(state__in=["intended", "sent", "confirmed"])
            assert sum(refund.amount_minor for refund in sent) <= remedy.amount_minor

    @invariant()
    def the_books_balance(self) -> None:
        """In each currency, debit and credit come to nothing."""
        for sums in settlement_queries.trial_balance(self.cast.olu).values():
            assert sum(money.minor for money in sums.values()) == 0

    @invariant()
    def every_state_is_what_the_journal_says(self) -> None:
        """Each row's moves lead from the initial state to the one it is in, each along its table."""
        for model in NOUNS:
            life = model.lifecycle
            for row in model.objects.all():
                state = life.initial
                for entry in Entry.objects.filter(noun=life.noun, noun_id=row.pk).exclude(after="").order_by("id"):
                    assert entry.before == state, (life.noun, entry.verb)
                    assert entry.after in life.states
                    state = entry.after
                assert row.state == state, life.noun

    @invariant()
    def stock_grows_by_what_was_graded(self) -> None:
        """No unit is put away twice, and none that was taken back stays."""
        graded = Counter[str]()
        for receipt in Receipt.objects.exclude(state="expected"):
            for line in receipt.lines.all():
                for found in line.inspections.filter(voided_at=None):
                    graded[found.disposition] += found.quantity
        moved = Counter[str]()
        for movement in StockMovement.objects.all():
            moved[movement.destination] += movement.quantity
        assert {key: count for key, count in moved.items() if count} == dict(graded)

    @invariant()
    def nobody_fails(self) -> None:
        """No listener has given up."""
        assert not DeadLetter.objects.exists(), list(DeadLetter.objects.values())


def test_whatever_happens_in_whatever_order_the_laws_of_units_and_money_hold(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_state_machine_as_test(
        Road,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert connection.in_atomic_block
