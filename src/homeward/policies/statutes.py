"""The form of a statute pack: what a file in packs/ may say about the law of one place."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from homeward.kernel import TextMap
from homeward.policies.structs import learned

LANGUAGES = ("en", "zh-hans", "de", "fr", "es", "it", "pt", "ja")

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
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Region = Literal[
    "EU", "EEA", "EFTA", "UK", "other_europe", "US", "Canada", "LatAm", "Asia", "Oceania", "MENA", "Africa", "none",
]  # fmt: skip
Family = Literal[
    "EU_CRD", "UK_CCR", "EU_like", "no_withdrawal", "posted_policy", "CA_internet_agreement", "LatAm", "CN_7day",
    "TW_7day", "JP_default", "KR_7day", "other", "none",
]  # fmt: skip
# How far a fact was checked: seen at a source or known by memory, and how much we would stake on it.
Mark = Literal["verified high", "verified medium", "verified low", "memory high", "memory medium", "memory low"]
SourceStatus = Literal["verified", "existence", "secondary", "weak", "plan", "draft", "memory", "untrusted"]
Question = Literal[
    "withdrawal", "withdrawal-uninformed", "refund", "reject", "guarantee", "reply", "tax-free-return",
    "customs-return",
]  # fmt: skip


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts of a pack: a misspelled field is an error, never ignored."""


class Clause(Form, frozen=True, kw_only=True):
    """Where a rule stands in the law, and what it says: by key of wording/, or in its own eight languages."""

    ref: str
    instrument: str = ""
    article: str | dict[str, str] = ""
    says: str = ""
    text: dict[str, str] = {}


FunctionRule = Literal[
    "clear_label", "whole_period", "prominent", "open_to_guests", "only_needed_fields", "second_step",
    "receipt_at_once", "in_time_if_sent", "told_before_purchase", "label_arrepentimiento", "no_registration",
    "service_cancel_beside", "case_code_24_hours", "through_web_site", "same_tool_as_purchase", "tell_card_issuer",
]  # fmt: skip


class NotInformed(Form, frozen=True, kw_only=True):
    """How a window grows when the shop cannot prove that it informed the shopper.

    "add" counts on from the regular last day; "replace" from the same start as the regular window; "contract" from the
    contract; "information" from the day of the information, and without it never ends, or `months` after the start.
    """

    how: Literal["add", "replace", "contract", "information"] = "add"
    months: int | None = None
    days: int | None = None
    cut_short_days: int | None = None  # under "add": it ends so many days after late information


class Withdrawal(Form, frozen=True, kw_only=True):
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
    not_informed: NotInformed | Literal["none"] | None = None  # "none": the law is known to add nothing
    vulnerable_months: int | None = None  # instead of the days, for shoppers whom the law protects more
    function_required_from: date | None = None
    function_rules: tuple[FunctionRule, ...] = ()
    unless_terms_shown: bool = False  # where kind is none: other law below may still help until terms were shown
    clause: Clause
    not_informed_clause: Clause | None = None


class ReturnGoods(Form, frozen=True, kw_only=True):
    """How soon the goods must be on their way."""

    days: int | None = None
    event: Event = msgspec.field(default="withdrawal_notice_sent", name="from")


class Freight(Form, frozen=True, kw_only=True):
    """Who pays the way back."""

    change_of_mind: Literal["shopper_if_informed", "shopper", "merchant", "policy", "unknown"]
    defect: Literal["merchant", "shopper", "policy", "unknown"]
    clause: Clause | None = None


class Repayment(Form, frozen=True, kw_only=True):
    """A deadline for money that stands in another rule."""

    days: int
    day_type: DayType = "calendar"
    event: Event = msgspec.field(name="from")


class Refund(Form, frozen=True, kw_only=True):
    """When and how the money of a change of mind is due."""

    days: int | None = None
    day_type: DayType = "calendar"
    event: Event = msgspec.field(default="goods_back", name="from")
    same_means: bool | None = None  # None: not known, and kept to all the same
    may_withhold_until: Literal["goods_back_or_proof_of_sending", "goods_back", "not_allowed", "unknown", ""] = ""
    late_penalty: str = ""
    outbound: Literal["standard", "full", "none", "policy", "unknown"]
    clause: Clause | None = None


class Deduction(Form, frozen=True, kw_only=True):
    """What may be taken off, and in what state goods must come back."""

    use: Literal["beyond_testing", "none", "consumed_value", "refuse_if_not_intact", "unknown"] = "unknown"
    restocking_fee: Literal["forbidden", "allowed_if_disclosed", "capped", "unknown"]
    condition: Literal[
        "none", "testing_only", "unused", "unused_except_testing", "intact_inspection_allowed", "saleable_look",
        "goods_given_back", "unknown",
    ] = "none"  # fmt: skip
    clause: Clause | None = None


class Closed(Form, frozen=True, kw_only=True):
    """One exception of the law: where it stands, and whether the shopper must have confirmed it one by one."""

    ref: str
    article: str | dict[str, str] = ""
    instrument: str = ""
    needs_confirmation: bool = False
    text: dict[str, str] = {}


class Bars(Form, frozen=True, kw_only=True):
    """The exceptions, by the keys of bars.py."""

    need_notice: bool
    instrument: str
    closed: dict[str, Closed]


class RemedyRule(Form, frozen=True, kw_only=True):
    """A remedy that is open only for some days after delivery."""

    kind: RemedyWord
    within_days: int


class Band(Form, frozen=True, kw_only=True):
    """Goods for which the guarantee, or another one beside it, has a length of its own."""

    goods: str
    months: int
    about: str = ""
    contracts_from: date | None = None
    mark: Mark


class Extension(Form, frozen=True, kw_only=True):
    """How much longer the guarantee runs after a repair, for contracts from a date on."""

    months: int
    contracts_from: date | None = None


class Guarantee(Form, frozen=True, kw_only=True):
    """The seller's answer for defects."""

    months: int | None = None
    kind: GuaranteeKind
    used_min_months: int | None = None
    bands: tuple[Band, ...] = ()
    burden_months: int | None = None
    remedies: tuple[tuple[RemedyWord | RemedyRule, ...], ...] = ()
    choice: Literal[
        "consumer_within_tier", "consumer_free", "consumer_after_cure_period", "seller_first", "by_severity",
        "contract", "unknown",
    ] = "unknown"  # fmt: skip
    repair_max_days: int | None = None
    repair_day_type: DayType = "calendar"
    extension: Extension | None = None
    national_extension_months: int | None = None
    replacement_restarts: Literal["national_law", "yes_if_repair_refused", "no", "unknown"] = "unknown"
    notice_months: int | None = None  # the shopper must speak up so soon after finding the fault; 0: at once
    refund: Repayment | None = None
    clause: Clause
    burden_clause: Clause | None = None
    extension_clause: Clause | None = None


class ShortTerm(Form, frozen=True, kw_only=True):
    """Early rejection of faulty goods."""

    days: int
    clause: Clause


class DeliveryFault(Form, frozen=True, kw_only=True):
    """Goods that come broken, incomplete, wrong or unlike their description."""

    clause: Clause


class Late(Form, frozen=True, kw_only=True):
    """Goods that do not come in time."""

    days: int
    refund: Repayment | None = None
    clause: Clause


class Safety(Form, frozen=True, kw_only=True):
    """Recalled goods."""

    remedies: tuple[tuple[RemedyWord, ...], ...]
    clause: Clause


class Reply(Form, frozen=True, kw_only=True):
    """How soon the seller must answer a complaint."""

    days: int
    day_type: DayType = "calendar"
    clause: Clause | None = None


class Origin(Form, frozen=True, kw_only=True):
    """Where facts of a pack come from, and how it was seen."""

    name: str
    status: SourceStatus


class Vector(Form, frozen=True, kw_only=True):
    """A worked example: the deadline that a question must give for an event."""

    question: Question
    event: date
    expect: date
    about: str = ""


class Trust(Form, frozen=True, kw_only=True):
    """How far each fact was checked; only verified facts of high trust, in a pack of high trust, may refuse alone.

    `fields` marks every field that the file states, by the words of `fields.py`; `exceptions` every bar. What a pack
    inherits counts as memory, unless marked here.
    """

    level: Literal["high", "medium", "low"]
    fields: dict[str, Mark] = {}
    exceptions: dict[str, Mark] = {}
    floor_fields: frozenset[str] = frozenset()
    unregulated: frozenset[str] = frozenset()  # fields that are empty because the law is known to say nothing


@learned
class PackFile(Form, frozen=True, kw_only=True):
    """One file of packs/: the law of one place from `valid_from` on, as known on `as_of`."""

    code: str
    name: str
    version: Annotated[str, msgspec.Meta(pattern=r"^\d{4}\.\d{2}(\.\d+)?(\+\d{4}\.\d{2}(\.\d+)?)?$")]
    valid_from: date
    valid_to: date | None = None
    as_of: date
    inherits: str = ""  # the pack whose law holds where this one is silent
    region: Region
    family: Family
    volatile: bool = False  # the law is about to change
    zone: str
    last_zone: str = ""  # where a day of the place ends last, if elsewhere: asking there is still in time
    weekend: tuple[Weekday, ...] = ("sat", "sun")
    languages: tuple[str, ...]
    language_mandatory: bool | None = None
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
    reply: Reply | None = None
    remarks: dict[str, str] = {}  # what a figure leaves out, by the words of fields.py
    notes: tuple[str, ...] = ()
    sources: tuple[Origin, ...] = ()
    vectors: tuple[Vector, ...] = ()


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
