"""The verdict's form: what was decided, on which grounds, and every clause that was tried on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from homeward.kernel import Money
from homeward.policies.structs import learned


class Outcome(StrEnum):
    """What the policy says: yes, no, or let a person see it."""

    AUTHORIZE = "authorize"
    REFUSE = "refuse"
    REVIEW = "review"


class Track(StrEnum):
    """The roads to a remedy, in the order in which they are tried."""

    SAFETY = "safety"
    DELIVERY = "delivery"  # not as described, wrong, damaged, missing
    LATE = "late"
    GUARANTEE = "guarantee"
    SHORT_TERM = "short_term"
    CHANGE_OF_MIND = "change_of_mind"
    GOODWILL = "goodwill"


class Source(StrEnum):
    """Who speaks in a clause; the earlier cannot be cut by the later."""

    STATUTE = "statute"
    BAR = "bar"
    SHOP = "shop"


class Result(StrEnum):
    """How a clause came out when it was tried."""

    GRANTED = "granted"
    CLOSED = "closed"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class Remedy(StrEnum):
    """What a shopper can be given."""

    REFUND = "refund"
    REPAIR = "repair"
    REPLACE = "replace"
    PRICE_REDUCTION = "price_reduction"
    EXCHANGE = "exchange"
    PARTIAL_REFUND = "partial_refund"
    STORE_CREDIT = "store_credit"
    COUPON = "coupon"
    GIFT = "gift"


class WayBack(StrEnum):
    """What becomes of the goods."""

    SEND = "send"
    KEEP = "keep"  # the shopper keeps or gives them away
    NOTHING = "nothing"  # nothing is there that could come back
    DO_NOT_SEND = "do_not_send"  # dangerous: a person says what to do


class Payer(StrEnum):
    """Who pays the way back."""

    SHOPPER = "shopper"
    MERCHANT = "merchant"
    NOBODY = "nobody"


class Outbound(StrEnum):
    """What of the first delivery's price is refunded, once everything of the order goes back."""

    STANDARD = "standard"
    FULL = "full"
    NONE = "none"
    POLICY = "policy"


class Tried(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One clause with its outcome and the reason, as a code with its figures."""

    ref: str
    source: Source
    result: Result
    reason: str
    detail: Mapping[str, str | int] = {}


class Citation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A clause that the decision rests on; `version` is that of its pack or rulebook."""

    ref: str
    source: Source
    version: str


class Offer(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A remedy on offer. Tier 1 is due now, tier 2 when tier 1 fails or is refused; the shop's offers are tier 1."""

    remedy: Remedy
    ref: str
    source: Source
    tier: int = 1


class Term(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A span that runs from an event, such as 14 days from `goods_back`; `day_type` "business" counts working days."""

    days: int
    event: str
    ref: str
    day_type: str = "calendar"


class RefundRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """When the money is due: by law, and as the shop promises."""

    law: Term | None = None
    promise: Term | None = None
    may_withhold_until: str = ""  # "goods_back_or_proof_of_sending", "goods_back" or nothing
    same_means: bool = True
    outbound: Outbound = Outbound.POLICY


class Deduction(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that may be taken off the refund, and the clause that allows it.

    `percent` counts hundredths of a percent; a wear deduction has no figure, for the inspection finds it.
    """

    ground: str  # "wear", "not_intact" or "fee"
    ref: str
    percent: int = 0
    amount: Money | None = None


@learned
class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict on one line of goods. Docs: docs/decision.md."""

    outcome: Outcome
    track: Track
    bases: tuple[str, ...] = ()
    deadline: datetime | None = None
    deadline_day: date | None = None
    law_deadline: datetime | None = None
    withdraw_until: datetime | None = None
    guarantee_until: date | None = None
    way_back: WayBack = WayBack.SEND
    send_back: Term | None = None
    freight: Payer = Payer.MERCHANT
    freight_ref: str = ""
    remedies: tuple[Offer, ...] = ()
    refund: RefundRule = RefundRule()
    deductions: tuple[Deduction, ...] = ()
    evidence_wanted: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    route: str = ""
    citations: tuple[Citation, ...] = ()
    trace: tuple[Tried, ...] = ()
    pack: str
    pack_version: str
    is_floor: bool = False
    is_verified: bool = False
    rulebook: str
    rulebook_version: int
    decided_at: datetime

    @property
    def is_returnless(self) -> bool:
        """Whether the shopper is made good without sending the goods back."""
        return self.outcome == Outcome.AUTHORIZE and self.way_back != WayBack.SEND

    def tried(self, ref: str) -> Tried | None:
        """Return how the clause `ref` came out, or None where it was not tried."""
        return next((line for line in self.trace if line.ref == ref), None)


def to_json(decision: Decision) -> bytes:
    """Return the decision as JSON, the same bytes for the same decision."""
    return msgspec.json.encode(decision, order="deterministic")


def from_json(text: bytes | str) -> Decision:
    """Return the decision that `text` holds.

    :raises msgspec.ValidationError: naming the field that is wrong.
    """
    return msgspec.json.decode(text, type=Decision)


def to_data(decision: Decision) -> dict[str, Any]:
    """Return the decision as plain data for a JSON column."""
    data: dict[str, Any] = msgspec.to_builtins(decision, order="deterministic")
    return data


def from_data(data: dict[str, Any]) -> Decision:
    """Return the decision in plain data, such as a stored JSON column.

    :raises msgspec.ValidationError: naming the field that is wrong.
    """
    return msgspec.convert(data, Decision)
