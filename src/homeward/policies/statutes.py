"""The form of a statute pack: what a file in packs/ may say about the law of one place."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from homeward.kernel import TextMap
from homeward.policies.structs import learned

LANGUAGES = ("en", "zh-hans", "de", "fr", "es", "it", "pt", "ja")

# Words under which `trust` may list a field, as the law data names them.
FIELDS = frozenset({
    "withdrawal_kind", "withdrawal_days", "withdrawal_counts_from", "first_day", "last_day_rolls",
    "not_informed_extension", "refund_deadline_days", "refund_deadline_from", "refund_same_means",
    "may_withhold_until_returned", "buyer_pays_return", "buyer_pays_return_if_defective",
    "outbound_shipping_refunded", "use_deduction", "restocking_fee", "condition_demanded", "guarantee_months",
    "guarantee_kind", "burden_of_proof_months", "short_term_reject_days", "remedies_order", "repair_max_days",
    "repair_extension_months", "replacement_restarts_guarantee", "late_delivery_days", "return_goods_days",
    "withdrawal_function_required_from",
})  # fmt: skip

WithdrawalKind = Literal[
    "mandatory", "default_unless_disclosed", "posted_policy_default", "conditional", "none", "unknown"
]
GuaranteeKind = Literal[
    "fixed", "expected_lifespan", "limitation_period", "long_life_dual", "implied_reasonable", "implied_disclaimable",
    "minimum_if_given", "default_if_none_stated", "product_lists", "guideline", "notify_after_discovery",
    "durable_nondurable", "provincial", "unknown",
]  # fmt: skip
RemedyWord = Literal["repair", "replace", "refund", "price_reduction"]
Event = Literal[
    "order", "purchase", "delivery", "delivery_last_item", "withdrawal_notice_sent",
    "trader_informed_of_withdrawal", "goods_back", "proof_of_sending", "goods_back_or_proof_of_sending",
    "cancellation", "contract_copy_received", "contract_ended", "seller_gave_return_address", "trader_collects",
    "later_of_delivery_or_contract", "later_of_delivery_or_disclosure_document",
    "later_of_contract_document_or_delivery", "delivery_or_contract_buyer_option",
]  # fmt: skip
DayType = Literal["calendar", "business"]


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts of a pack: a misspelled field is an error, never ignored."""


class Clause(_Form, frozen=True, kw_only=True):
    """Where a rule stands in the law, and what it says: by key of wording/, or in its own eight languages."""

    ref: str
    instrument: str = ""
    article: str | dict[str, str] = ""
    says: str = ""
    text: dict[str, str] = {}


class NotInformed(_Form, frozen=True, kw_only=True):
    """How a window grows when the shop cannot prove that it informed the shopper."""

    months: int
    cut_short_days: int | None = None  # it ends so many days after late information


class Withdrawal(_Form, frozen=True, kw_only=True):
    """The right to change one's mind."""

    kind: WithdrawalKind
    days: int | None = None
    day_type: DayType = "calendar"
    counts_from: Event = "delivery"
    first_day: Literal["day_after_event", "event_day"] = "day_after_event"
    rolls: Literal["next_working_day", "none", "unknown"] = "unknown"
    timely_if: Literal["notice_sent_before_end", "goods_returned_in_period", "goods_shipped_or_notice_sent"] = (
        "notice_sent_before_end"
    )
    not_informed: NotInformed | None = None
    function_required_from: date | None = None
    unless_terms_shown: bool = False  # where kind is none: other law below may still help until terms were shown
    clause: Clause
    not_informed_clause: Clause | None = None


class ReturnGoods(_Form, frozen=True, kw_only=True):
    """How soon the goods must be on their way."""

    days: int | None = None
    event: Event = msgspec.field(default="withdrawal_notice_sent", name="from")


class Freight(_Form, frozen=True, kw_only=True):
    """Who pays the way back."""

    change_of_mind: Literal["shopper_if_informed", "shopper", "merchant", "policy", "unknown"]
    defect: Literal["merchant", "shopper", "policy", "unknown"]
    clause: Clause | None = None


class Repayment(_Form, frozen=True, kw_only=True):
    """A deadline for money that stands in another rule."""

    days: int
    day_type: DayType = "calendar"
    event: Event = msgspec.field(name="from")


class Refund(_Form, frozen=True, kw_only=True):
    """When and how the money of a change of mind is due."""

    days: int | None = None
    day_type: DayType = "calendar"
    event: Event = msgspec.field(default="goods_back", name="from")
    same_means: bool = True
    may_withhold_until: Literal["goods_back_or_proof_of_sending", "goods_back", ""] = ""
    outbound: Literal["standard", "full", "none", "policy", "unknown"]
    clause: Clause | None = None


class Deduction(_Form, frozen=True, kw_only=True):
    """What may be taken off, and in what state goods must come back."""

    use: Literal["beyond_testing", "none", "consumed_value", "refuse_if_not_intact", "unknown"] = "unknown"
    restocking_fee: Literal["forbidden", "allowed_if_disclosed", "capped", "unknown"]
    condition: Literal[
        "none", "testing_only", "unused", "unused_except_testing", "intact_inspection_allowed", "saleable_look",
        "goods_given_back", "unknown",
    ] = "none"  # fmt: skip
    clause: Clause | None = None


class Closed(_Form, frozen=True, kw_only=True):
    """One exception of the law: where it stands, and whether the shopper must have confirmed it one by one."""

    ref: str
    article: str | dict[str, str] = ""
    instrument: str = ""
    needs_confirmation: bool = False
    text: dict[str, str] = {}


class Bars(_Form, frozen=True, kw_only=True):
    """The exceptions, by the keys of bars.py."""

    need_notice: bool
    instrument: str
    closed: dict[str, Closed]


class RemedyRule(_Form, frozen=True, kw_only=True):
    """A remedy that is open only for some days after delivery."""

    kind: RemedyWord
    within_days: int


class Extension(_Form, frozen=True, kw_only=True):
    """How much longer the guarantee runs after a repair, for contracts from a date on."""

    months: int
    contracts_from: date


class Guarantee(_Form, frozen=True, kw_only=True):
    """The seller's answer for defects."""

    months: int | None
    kind: GuaranteeKind
    used_min_months: int | None = None
    burden_months: int = 0
    remedies: tuple[tuple[RemedyWord | RemedyRule, ...], ...]
    repair_max_days: int | None = None
    extension: Extension | None = None
    national_extension_months: int | None = None
    refund: Repayment | None = None
    clause: Clause
    burden_clause: Clause | None = None
    extension_clause: Clause | None = None


class ShortTerm(_Form, frozen=True, kw_only=True):
    """Early rejection of faulty goods."""

    days: int
    clause: Clause


class DeliveryFault(_Form, frozen=True, kw_only=True):
    """Goods that come broken, incomplete, wrong or unlike their description."""

    clause: Clause


class Late(_Form, frozen=True, kw_only=True):
    """Goods that do not come in time."""

    days: int
    refund: Repayment | None = None
    clause: Clause


class Safety(_Form, frozen=True, kw_only=True):
    """Recalled goods."""

    remedies: tuple[tuple[RemedyWord, ...], ...]
    clause: Clause


class Trust(_Form, frozen=True, kw_only=True):
    """How far the entry was checked; only verified fields of a highly trusted pack may refuse alone."""

    level: Literal["high", "medium", "low"]
    verified_fields: frozenset[str]
    exceptions_verified: frozenset[str]
    floor_fields: frozenset[str] = frozenset()


@learned
class PackFile(_Form, frozen=True, kw_only=True):
    """One file of packs/: the law of one place from `valid_from` on, as known on `as_of`."""

    code: str
    name: str
    version: str
    valid_from: date
    valid_to: date | None = None
    as_of: date
    zone: str
    last_zone: str = ""  # where a day of the place ends last, if elsewhere: asking there is still in time
    languages: tuple[str, ...]
    members: dict[str, str | tuple[str, str]] = {}  # countries for which this pack is the floor: zone (and last zone)
    trust: Trust
    instruments: dict[str, dict[str, str]] = {}
    withdrawal: Withdrawal
    return_goods: ReturnGoods | None = None
    freight: Freight
    refund: Refund
    deduction: Deduction
    bars: Bars | None = None
    guarantee: Guarantee | None = None
    short_term: ShortTerm | None = None
    delivery: DeliveryFault | None = None
    late: Late | None = None
    safety: Safety | None = None


class LegalText(msgspec.Struct, frozen=True):
    """A clause in words: instrument, article and a plain sentence, each in eight languages."""

    ref: str
    instrument: TextMap
    article: TextMap
    sentence: TextMap

    def law(self, language: str) -> str:
        """Return where the clause stands, such as "Code de la consommation, L221-18"."""
        instrument, article = self.instrument.in_(language), self.article.in_(language)
        if not instrument or not article:
            return instrument or article
        if language.startswith(("zh", "ja")):
            return f"{instrument}{article}" if article.startswith("第") else f"{instrument} {article}"
        return f"{instrument}, {article}"
