"""Declarations of withdrawal (Directive 2011/83/EU art. 11a): always accepted, kept for good, acknowledged at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from homeward import journal
from homeward.cases import actions as case_actions
from homeward.cases import queries as case_queries
from homeward.cases.actions import NewClock
from homeward.kernel import Actor, Deadline, new_number, new_ref
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.parties.models import Merchant
from homeward.policies import packs
from homeward.policies.packs import Pack
from homeward.returns import verdicts
from homeward.returns.models import Return, Withdrawal

PRIORITY = 40  # a legal clock runs, and nobody may have seen the order yet
_NO_PLAIN_RIGHT = frozenset({"none", "conditional", "unknown"})  # a person says whether the goods may come back
_SENDING_DAYS = 14  # where the law names no days


@journal.action
def declare_withdrawal(
    *, merchant: Merchant, name: str, contract: str, email: str, locale: str, actor: Actor, at: datetime,
    scope: str = "", order: Order | None = None, country: str = "", receipt_after: datetime | None = None,
) -> Withdrawal:  # fmt: skip
    """Take a declaration as it is, with the instant at which it was sent; nothing about it is a condition.

    Matching it to an `order` is best effort and may follow later; until then the law of `country`, or else of the
    merchant's, sets the clock. The acknowledgment is a notice of the event, mailed at once or from `receipt_after` on.
    """
    evidence = {
        "merchant": merchant.ref, "name": name, "contract": contract, "scope": scope, "email": email,
        "locale": locale, "received_at": at.isoformat(),
    }  # fmt: skip
    number = new_number("W")
    case = case_actions.open_case(
        order=order, merchant_id=merchant.pk, subject=f"{number} · {contract}", channel="portal", locale=locale,
        priority=PRIORITY, priority_reasons=["withdrawal"], actor=actor, at=at,
    )  # fmt: skip
    made = Withdrawal.objects.create(
        ref=new_ref("wdr", at=at), number=number, merchant=merchant, name=name, contract=contract, scope=scope,
        email=email, locale=locale, received_at=at, digest=fingerprint(evidence), order=order, case=case,
    )  # fmt: skip
    _wind(made, pack=_law(order, country or merchant.country, at), actor=actor, at=at)
    held = {"receipt_after": receipt_after.isoformat()} if receipt_after else {}
    journal.record(
        made, "declare", actor=actor, at=at, number=made.number, matched=order.number if order else None, **held
    )
    return made


def fingerprint(evidence: dict[str, str]) -> str:
    """Return the SHA-256 over a declaration's columns in a fixed writing, so that anybody can check it later."""
    text = json.dumps(evidence, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@journal.action
def match_withdrawal(
    made: Withdrawal, *, actor: Actor, at: datetime, order: Order | None = None, by_return: Return | None = None
) -> None:
    """Tie a declaration to its order or to the return that carries it out.

    With the order its law takes the clock over; a return carries the clock itself, so that the case closes.
    """
    columns = {key: value for key, value in (("order", order), ("return_request", by_return)) if value is not None}
    Withdrawal.objects.filter(pk=made.pk).update(**columns)
    for key, value in columns.items():
        setattr(made, key, value)
    journal.record(made, "match", actor=actor, at=at, **{key: value.ref for key, value in columns.items()})
    if made.case is None:
        return
    if order is not None and made.case.order_id != order.pk:
        case_actions.place(made.case, order, actor=actor, at=at)
        case_actions.meet_clocks(made.case.pk, "find_order", at=at)
        _wind(made, pack=_law(order, "", at), actor=actor, at=at)
    if by_return is not None and _takes_all(made):
        case_actions.move_if(made.case, "close", actor=actor, at=at, closed_at=at)
        case_actions.meet_clocks(made.case.pk, at=at)


@journal.action
def carry_out(made: Return, *, actor: Actor, at: datetime) -> None:
    """Note that a return carries out what was declared on its order before."""
    rows = Withdrawal.objects.filter(order_id=made.order_id, return_request=None, received_at__lte=at)
    for declared in rows.select_related("case", "order", "merchant"):
        match_withdrawal(declared, by_return=made, actor=actor, at=at)


@journal.action
def take_up_again(made: Return, *, actor: Actor, at: datetime) -> None:
    """Let the case of a declaration carry the clock again, because the return that did so has come to nothing."""
    rows = Withdrawal.objects.filter(return_request=made).select_related("case", "order", "merchant")
    for declared in rows:
        Withdrawal.objects.filter(pk=declared.pk).update(return_request=None)
        declared.return_request = None
        journal.record(declared, "take_up_again", actor=actor, at=at, fell_through=made.number)
        if declared.case is not None:
            case_actions.move_if(declared.case, "reopen", actor=actor, at=at, closed_at=None)
            _wind(declared, pack=_law(declared.order, "", at), actor=actor, at=at)


@journal.action
def acknowledge(made: Withdrawal, *, at: datetime, actor: Actor = MACHINE) -> None:
    """Note that the acknowledgment of a declaration went out; the first time counts."""
    if Withdrawal.objects.filter(pk=made.pk, acknowledged_at=None).update(acknowledged_at=at):
        journal.record(made, "acknowledge", actor=actor, at=at)


def _law(order: Order | None, country: str, at: datetime) -> Pack:
    """Return the law of an order's shopper, or where no order is known that of a country (or "US-CA") today."""
    if order is not None:
        return packs.pack_for(order.country, order.subdivision, on=order.placed_at.date())
    place, _hyphen, part = country.partition("-")
    return packs.pack_for(place, part, on=at.date())


def _takes_all(made: Withdrawal) -> bool:
    """Whether what was declared is on its way: a part was named, or nothing of the order is left to come back."""
    if made.scope.strip() or made.order is None:
        return True
    return all(line.delivered <= line.held for line in order_queries.lines(MACHINE, made.order))


def _wind(made: Withdrawal, *, pack: Pack, actor: Actor, at: datetime) -> None:
    """Start what runs from a declaration: the law's clock for the money, and until when somebody must do something.

    Where the law lets the shop wait for the goods the clock stands still until a return brings them. Where no clock of
    the money can run, or no order is known, a person answers within the merchant's time.
    """
    if made.case is None:
        return
    money = _refund_clock(made, pack)
    waits = bool(made.order and money and money.waits_for)
    clocks = [clock for clock in (money, *_steps(made, pack, waits=waits, has_money=money is not None, at=at)) if clock]
    over = {"refund_law", "ship_by", "merchant_answer", "find_order"} - {clock.kind for clock in clocks}
    standing = {clock.kind for clock in case_queries.clocks(MACHINE, made.case)} & over
    if standing:
        case_actions.meet_clocks(made.case.pk, *standing, at=at)
    case_actions.start_clocks(made.case, clocks, at=at)
    if waits:
        case_actions.move_if(made.case, "wait", actor=actor, at=at)


def _refund_clock(made: Withdrawal, pack: Pack) -> NewClock | None:
    rule, place = pack.law.refund, pack.law
    if rule.days is None:
        return None
    ref = rule.clause.ref if rule.clause else ""
    may_wait = rule.may_withhold_until not in {"", "not_allowed", "unknown"}
    due = verdicts.refund_due_of(
        rule, ref=ref, declared_at=made.received_at, zone=place.zone, country=made.order.country if made.order else ""
    )
    if due is None:  # it counts from the goods, which no return has announced yet
        return None
    waits_for = "goods or proof of posting" if made.order and may_wait else ""
    return NewClock("refund_law", due, source="law", owner="finance", basis=ref, waits_for=waits_for)


def _steps(made: Withdrawal, pack: Pack, *, waits: bool, has_money: bool, at: datetime) -> Iterator[NewClock]:
    """Yield what somebody must do meanwhile: find the order, say whether it may come back, send the goods."""
    if made.order is None:
        yield _within(made.merchant, "find_order", at)
    elif pack.law.withdrawal.kind in _NO_PLAIN_RIGHT:
        yield _within(made.merchant, "merchant_answer", at)
    elif waits or not has_money:
        rule = pack.law.return_goods
        days = _SENDING_DAYS if rule is None or rule.days is None else rule.days
        due = Deadline(days).resolve(made.received_at, zone=pack.law.zone or made.merchant.zone)
        yield NewClock("ship_by", due, owner="shopper")


def _within(merchant: Merchant, kind: str, at: datetime) -> NewClock:
    due = verdicts.hours(merchant.answer_hours).resolve(at, zone=merchant.zone)
    return NewClock(kind, due, owner="merchant", basis=f"{merchant.answer_hours} h")
