"""What is known about one line of goods when somebody asks to send it back: frozen facts, the input of a verdict."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from homeward.kernel import Money
from homeward.policies.structs import learned

ALL = "*"  # in `notices_shown`: the shop showed the notice of every exception


class Reason(StrEnum):
    """The families of reasons that law and rulebooks distinguish; a room's own leaf reasons map onto them."""

    UNSAFE = "unsafe"
    RECALLED = "recalled"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    DAMAGED = "damaged"
    MISSING = "missing"
    LATE = "late"
    DEFECT = "defect"
    FIT = "fit"
    CHANGED_MIND = "changed_mind"
    NONE_GIVEN = "none_given"


class Fault(StrEnum):
    """Whose doing it is, as far as somebody has said so."""

    BUYER = "buyer"
    SELLER = "seller"
    CARRIER = "carrier"
    NONE = "none"


class Condition(StrEnum):
    """The state of the goods as last known. `used` and `damaged` mean: by the shopper, beyond trying."""

    UNOPENED = "unopened"
    OPENED = "opened"
    TRIED = "tried"
    USED = "used"
    DAMAGED = "damaged"
    FAULTY = "faulty"


# Traits of goods that law or the standard rulebook asks for. Products may carry others; they are harmless.
TRAITS = frozenset({
    "activates", "air_travel", "alcohol_market_priced", "as_is", "battery", "customised", "daily_supply",
    "dated_service", "declared_flawed", "digital", "exempt_by_decree", "financial_service", "flammable", "gambling",
    "gift_card", "health", "kit_part", "market_priced", "medical", "medicine", "mixed", "oversized", "periodical",
    "perishable", "personal_use", "public_auction", "sealed_hygiene", "sealed_media", "second_hand", "service",
    "short_shelf_life", "underwear", "urgent_repair",
})  # fmt: skip

DELIVERY_REASONS = frozenset({Reason.NOT_AS_DESCRIBED, Reason.WRONG_ITEM, Reason.DAMAGED, Reason.MISSING})
SAFETY_REASONS = frozenset({Reason.UNSAFE, Reason.RECALLED})
FAULT_REASONS = DELIVERY_REASONS | SAFETY_REASONS | {Reason.LATE, Reason.DEFECT}


class Goods(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What kind of thing it is, and what was answered about this piece. None means that nobody was asked yet."""

    category: str = ""
    tags: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    seal_broken: bool | None = None
    activated: bool | None = None
    started: bool | None = None  # digital content or a service begun, with consent
    packaging_missing: bool | None = None
    danger_signs: bool | None = None  # swollen, leaking, hot, smoking, crushed, soaked
    recalled: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The shopper's record with the merchant in the last twelve months."""

    orders: int = 0
    returns: int = 0
    refused: int = 0

    @property
    def return_rate(self) -> int:
        """Returns per hundred orders."""
        return 100 * self.returns // self.orders if self.orders else 0


NEWCOMER = Standing()


@learned
class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The facts of one order line. Times are aware; money is per unit; `country` is where the shopper lives.

    :raises ValueError: if a time has no zone or the quantity is below one.
    """

    country: str
    ordered_at: datetime
    unit_value: Money
    goods: Goods = Goods()
    reason: Reason = Reason.NONE_GIVEN
    reason_code: str = ""  # the leaf reason of the room that asks
    subdivision: str = ""  # ISO 3166-2, with or without the country: "US-CA" or "CA"
    zone: str = ""  # IANA; empty means the zone of the country's pack, and the kindest one for "in time"
    language: str = "en"
    channel: str = ""
    seller_country: str = ""
    quantity: int = 1
    delivered_at: datetime | None = None  # when the last piece was handed over
    promised_at: datetime | None = None  # the delivery date that was agreed
    asked_at: datetime | None = None  # when the shopper sent the request; None means now
    condition: Condition | None = None
    fault: Fault = Fault.NONE
    evidence: frozenset[str] = frozenset()  # kinds given: "photo", "video", "document", ...
    freight_estimate: Money | None = None  # way back, duty included
    resale_value: Money | None = None  # what the goods fetch once back
    informed_of_withdrawal: bool | None = None  # None: no proof, which counts as no
    informed_at: datetime | None = None  # set where the information came later than the goods
    notices_shown: frozenset[str] = frozenset()  # exceptions shown before purchase, or {ALL}
    confirmations: frozenset[str] = frozenset()  # exceptions that the shopper confirmed one by one
    return_terms_shown: bool | None = None  # the shop's own return terms, in the form that the law asks
    repaired_under_guarantee: bool = False
    standing: Standing = NEWCOMER

    def __post_init__(self) -> None:
        for moment in (self.ordered_at, self.delivered_at, self.promised_at, self.asked_at, self.informed_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("facts need times with a zone")
        if self.quantity < 1:
            raise ValueError("facts need a quantity of at least one")

    @property
    def claims_fault(self) -> bool:
        """Whether this is a matter of defect, wrong, late or unsafe goods, and so never a change of mind."""
        return (
            self.reason in FAULT_REASONS
            or self.condition == Condition.FAULTY
            or self.fault in {Fault.SELLER, Fault.CARRIER}
            or self.goods.recalled
            or self.goods.danger_signs is True
        )

    @property
    def place(self) -> str:
        """The subdivision without its country: "CA" for "US-CA"."""
        return self.subdivision.removeprefix(f"{self.country}-")

    @property
    def value(self) -> Money:
        """The value of all units."""
        return self.unit_value * self.quantity


def to_json(facts: Facts) -> bytes:
    """Return the facts as JSON, the same bytes for the same facts."""
    return msgspec.json.encode(facts, order="deterministic")


def from_json(text: bytes | str) -> Facts:
    """Return the facts that `text` holds.

    :raises msgspec.ValidationError: naming the field that is wrong.
    """
    return msgspec.json.decode(text, type=Facts)


def from_data(data: dict[str, Any]) -> Facts:
    """Return the facts in plain data, such as a stored JSON column.

    :raises msgspec.ValidationError: naming the field that is wrong.
    """
    return msgspec.convert(data, Facts)
