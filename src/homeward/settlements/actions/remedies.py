"""What a shopper is owed: settled by the rules, offered, agreed, declined; and carried out at once when agreed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import QuerySet

from homeward import journal
from homeward.journal import prepared
from homeward.kernel import Actor, Money, NotAllowed, Role, new_ref
from homeward.kernel.actor import POLICY
from homeward.returns import actions as return_actions
from homeward.settlements import gathering, ledger
from homeward.settlements.actions import books, refunds, replacements
from homeward.settlements.amounts import WHOLE, Amount, Item, Share, Terms, amount_for
from homeward.settlements.gathering import Gathered
from homeward.settlements.models import Remedy, RemedyLine
from homeward.settlements.wishes import GOODS, KIND_OF, MONEY

ENDED = frozenset({"refused", "withdrawn", "expired"})  # states of a return that is owed nothing any more


class NothingToSettle(Exception):
    """Nothing of this return is due: no goods have passed inspection that were not settled before."""


class NotSettledHere(Exception):
    """What was agreed for this return is not money or goods in place of goods, or its size is not agreed yet."""


class NoPayment(Exception):
    """No payment is known along which the price of these units could go back: it was never captured, or never told."""


class BeyondAuthority(Exception):
    """The amount is above what this member of staff may grant alone."""

    def __init__(self, amount: Money, authority: Money | None) -> None:
        self.amount, self.authority = amount, authority
        super().__init__(f"{amount} is above the limit of {authority}")


class ConsentMissing(Exception):
    """An offer is for the shopper to accept; staff may do so in their name only with a note that says how they did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person grants beyond the rules: a part of the price (hundredths of a percent), a sum, a bonus; and why."""

    part: int = WHOLE
    agreed: Money | None = None
    bonus: Money | None = None
    note: str = ""

    def terms(self, kind: str, currency: str) -> Terms:
        """Return the terms of a settlement of this kind.

        :raises ValueError: if a sum is below zero or in another currency, or a part is none.
        """
        sums = [sum_ for sum_ in (self.agreed, self.bonus) if sum_ is not None]
        if any(sum_.currency != currency or sum_.minor < 0 for sum_ in sums) or not 0 < self.part <= WHOLE:
            raise ValueError("a grant is a part of the price, or a sum of at least zero in the currency that was paid")
        return Terms(
            part=self.part,
            agreed_minor=self.agreed.minor if self.agreed else None,
            bonus_minor=self.bonus.minor if self.bonus else 0,
            is_in_kind=kind == GOODS,
        )


BY_THE_RULES = Grant()


@journal.action
def settle(return_id: int, *, actor: Actor, at: datetime, grant: Grant = BY_THE_RULES) -> Remedy:
    """Settle what is due of a return, and set it going: units that passed inspection, or all where nothing comes back.

    By the rules anybody may do so who handles returns. What goes beyond them, or what they leave to a person, is agreed
    at once within the actor's authority, and else waits for somebody with more. Asking twice is harmless: the same
    remedy is returned.

    :raises NothingToSettle: if nothing is due yet.
    :raises NotSettledHere: if what was agreed is no money and no goods, or a part that nobody has named.
    :raises NotAllowed: if the return is not authorized.
    :raises NoPayment: if money is due and no payment was captured.
    :raises TooMuch: if an agreed sum is more than the payments have left.
    :raises BalanceGone: if somebody refunds along the same payment at this moment; asking again is right.
    """
    found = gathering.gather(return_id, actor=actor, lock=True)
    kind = kind_of(found, grant)
    terms = grant.terms(kind, found.data["currency"])
    basis = found.basis(terms)
    amount = amount_for(basis)
    if not amount.parts:
        return _newest(found)
    if found.data["state"] != "authorized":
        raise NotAllowed("return", "settle", found.data["state"], actor.role)
    if not found.data["payments"] and amount.sum_of("goods") > 0:
        raise NoPayment(found.data["number"])
    is_doubtful = any(units.is_doubtful for units in basis.units)
    needs_more = (terms.is_discretionary or is_doubtful) and not _may_grant(actor, amount.total)
    remedy = _propose(
        found, kind, amount, actor=actor, at=at, note=grant.note, awaits="authority" if needs_more else ""
    )
    if not needs_more:
        _agree(remedy, found, amount.shares, actor=actor, at=at, legs=ledger.owed(amount))
    return remedy


@journal.action
def offer(return_id: int, *, grant: Grant, actor: Actor, at: datetime) -> Remedy:
    """Offer the shopper a part or a sum for keeping all units of a return; it is theirs to accept.

    :raises BeyondAuthority: if the actor may not grant that much.
    :raises NothingToSettle: if all units are settled.
    :raises TooMuch: if the payments have less left.
    """
    found = gathering.gather(return_id, actor=actor, lock=True)
    amount = amount_for(found.basis(grant.terms("partial_refund", found.data["currency"]), hoped_for=True))
    if not amount.parts:
        raise NothingToSettle(found.data["number"])
    if not actor.may_grant(amount.total):
        raise BeyondAuthority(amount.total, actor.authority)
    return _propose(found, "partial_refund", amount, actor=actor, at=at, note=grant.note, awaits="shopper")


@journal.action
def compensate(return_id: int, *, grant: Grant, key: str, actor: Actor, at: datetime) -> Remedy:
    """Grant an agreed sum beside the goods, for trouble or delay; once per `key` (the form's own mark).

    Above the actor's limit it waits for somebody with more.

    :raises ValueError: if no sum is named.
    :raises TooMuch: if the payments have less left.
    """
    if not grant.agreed:
        raise ValueError("a compensation names its sum")
    found = gathering.gather(return_id, actor=actor, lock=True)
    cause = f"compensation:{key}"[:60]
    if known := Remedy.objects.filter(return_request_id=return_id, cause=cause).exclude(state="declined").first():
        return known
    amount = amount_for(found.basis_of((), grant.terms("compensation", found.data["currency"])))
    needs_more = not actor.may_grant(amount.total)
    remedy = _propose(
        found, "compensation", amount, actor=actor, at=at, note=grant.note, cause=cause,
        awaits="authority" if needs_more else "",
    )  # fmt: skip
    if not needs_more:
        _agree(remedy, found, amount.shares, actor=actor, at=at, legs=ledger.owed(amount))
    return remedy


@journal.action
def agree(remedy: Remedy, *, actor: Actor, at: datetime, note: str = "") -> None:
    """Give the word that a proposed remedy waits for, and set it going.

    :raises BeyondAuthority: if it waits for authority and the actor has not enough.
    :raises ConsentMissing: if it waits for the shopper, and somebody else accepts without a note.
    :raises BalanceGone: if the payments have not enough left any more.
    :raises NotAllowed: if it is not proposed, or its return has ended meanwhile.
    """
    found = gathering.gather(remedy.return_request_id, actor=actor, lock=True)
    if found.data["state"] in ENDED and remedy.kind != "compensation":
        raise NotAllowed("return", "settle", found.data["state"], actor.role)
    if remedy.awaits == "shopper":
        if actor.role != Role.SHOPPER and not note.strip():
            raise ConsentMissing(remedy.ref)
    elif not actor.may_grant(remedy.amount) or actor.role == Role.SHOPPER:
        raise BeyondAuthority(remedy.amount, actor.authority)
    shares = refunds.shares_for(remedy, found)
    _agree(remedy, found, shares, actor=actor, at=at, legs=_legs(remedy), note=note)
    if remedy.awaits != "shopper":
        return
    if found.data["state"] == "authorized":
        return_actions.keep(remedy.return_request, remedy=remedy.kind, actor=POLICY, at=at)
    else:
        return_actions.authorize(
            remedy.return_request, actor=POLICY, at=at, goods_back=False, remedy=remedy.kind, note="offer accepted"
        )


@journal.action
def decline(remedy: Remedy, *, actor: Actor, at: datetime, note: str = "") -> None:
    """Decline a proposed remedy: its units may be settled otherwise.

    :raises NotAllowed: if it is not proposed.
    """
    journal.move(remedy, "decline", actor=actor, at=at, note=note)


@journal.action
def lapse(return_id: int, *, actor: Actor, at: datetime) -> int:
    """Decline what is still proposed for the units of a return that has ended; return how many proposals those were.

    A compensation beside the goods stands: it is for trouble that has been.
    """
    proposed = Remedy.objects.select_for_update(no_key=True).filter(return_request_id=return_id, state="proposed")
    dead = list(proposed.exclude(kind="compensation").order_by("pk"))
    for remedy in dead:
        journal.move(remedy, "decline", actor=actor, at=at, because="return_ended")
    return len(dead)


@journal.action
def give_way(remedy: Remedy, *, actor: Actor, at: datetime) -> Remedy:
    """Let a remedy in goods that has failed give way to money for the same units, and settle that by the rules.

    :raises NotAllowed: if it has not failed, or was one in money: that is tried again.
    :raises NoPayment: if no payment was captured.
    """
    if remedy.kind != GOODS:
        raise NotAllowed("remedy", "give_way", remedy.state, actor.role)
    journal.move(remedy, "give_way", actor=actor, at=at)
    return_actions.change_remedy(remedy.return_request, MONEY, actor=actor, at=at)
    return settle(remedy.return_request_id, actor=actor, at=at)


def kind_of(found: Gathered, grant: Grant) -> str:
    """Return what kind of remedy settles a return.

    :raises NotSettledHere: if none here does, or a part is agreed but not named.
    """
    kind = KIND_OF.get(found.data["remedy"])
    if grant.part != WHOLE or grant.agreed is not None:
        return "partial_refund"
    if kind is None or kind == "partial_refund":
        raise NotSettledHere(f"{found.data['number']}: {found.data['remedy']}")
    if kind == MONEY and not found.data["goods_back"]:
        return "refund_without_return"
    return kind


def _may_grant(actor: Actor, amount: Money) -> bool:
    """Whether this actor may agree alone to what the rules do not settle; the rules themselves may not."""
    return actor.role not in {Role.POLICY, Role.MACHINE} and actor.may_grant(amount)


def _newest(found: Gathered) -> Remedy:
    for remedy in _standing_of(return_id=found.data["id"]):
        return remedy
    raise NothingToSettle(found.data["number"])


@prepared.question
def _standing_of(return_id: int) -> QuerySet[Remedy]:
    return Remedy.objects.filter(return_request_id=return_id).exclude(state="declined").order_by("-pk")


def _propose(
    found: Gathered, kind: str, amount: Amount, *, actor: Actor, at: datetime, note: str, awaits: str, cause: str = ""
) -> Remedy:
    """Write a remedy with its units. Its cause is how many units were settled before: two that know the same past
    cannot both stand."""
    data = found.data
    remedy = Remedy(
        ref=new_ref("rem", at=at), merchant_id=data["merchant_id"], case_id=data["case_id"],
        return_request_id=data["id"], kind=kind, cause=cause or f"units:{found.settled}", currency=amount.currency,
        amount_minor=amount.total_minor, tax_minor=amount.tax_minor, shipping_minor=amount.sum_of("shipping"),
        sums=[asdict(item) for item in amount.items], awaits=awaits, note=note, proposed_at=at,
        proposed_by=str(actor),
    )  # fmt: skip
    prepared.insert([remedy])
    prepared.insert(
        RemedyLine(
            remedy=remedy, return_line_id=found.return_line_of[part.line], order_line_id=part.line,
            quantity=part.count, start=found.named(part.line), goods_minor=part.goods_minor, tax_minor=part.tax_minor,
            shipping_minor=part.shipping_minor, brings_shipping=part.brings_shipping,
        )
        for part in amount.parts
    )  # fmt: skip
    journal.record(
        remedy, "propose", actor=actor, at=at, kind=kind, amount=str(amount.total), awaits=awaits, number=data["number"]
    )
    return remedy


def _agree(
    remedy: Remedy, found: Gathered, shares: list[Share] | tuple[Share, ...], *, actor: Actor, at: datetime,
    legs: ledger.Legs, note: str = "",
) -> None:  # fmt: skip
    """Agree a remedy, book what is owed, and carry it out: refunds, goods, or nothing where nothing is owed."""
    columns = {"agreed_at": at, "agreed_by": str(actor)}
    journal.move(remedy, "agree", actor=actor, at=at, set=columns, amount=str(remedy.amount), note=note)
    books.post(
        "remedy", remedy.ref, legs, currency=remedy.currency, merchant_id=remedy.merchant_id, case_id=remedy.case_id,
        at=at,
    )  # fmt: skip
    journal.move(remedy, "execute", actor=actor, at=at)
    if remedy.kind == GOODS:
        replacements.reserve(remedy, found, actor=actor, at=at)
    elif remedy.amount_minor:
        refunds.intend(remedy, shares, actor=actor, at=at)
    else:
        refunds.finish_if_paid(refunds.locked(remedy.pk), actor=actor, at=at, is_fulfilled=True)
        remedy.refresh_from_db(fields=["state"])


def _legs(remedy: Remedy) -> ledger.Legs:
    return ledger.owed(
        Amount(
            currency=remedy.currency, items=tuple(Item(**one) for one in remedy.sums), total_minor=remedy.amount_minor,
            tax_minor=remedy.tax_minor, parts=(), shares=(),
        )
    )  # fmt: skip
