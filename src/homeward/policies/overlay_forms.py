"""The forms of the overlays: law that lies over the packs, such as recalls, customs relief or dangerous goods."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec

from homeward.policies.statutes import Form, Mark

CustomsQuestion = Literal["tax-free-return", "customs-return"]
VERSION = r"^\d{4}\.\d{2}(\.\d+)?$"


class Sum(Form, frozen=True, kw_only=True):
    """An amount in minor units of a currency."""

    minor: int
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class Entry(Form, frozen=True, kw_only=True):
    """What every entry has: a key, the place where it holds ("*" for anywhere), its time, its source and its trust."""

    key: str
    place: str
    valid_from: date | None = None
    valid_to: date | None = None
    instrument: str = ""
    is_plan: bool = False  # seen as a plan or draft; whether it came was not
    mark: Mark
    note: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the entry holds on `day`; an open end holds always."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class RepairRule(Entry, frozen=True, kw_only=True):
    """Who must repair what, beside the seller's guarantee."""

    who: str
    goods: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    form_fields: tuple[str, ...] = ()
    binding_days: int | None = None
    is_voluntary: bool = False


class RecallRule(Entry, frozen=True, kw_only=True):
    """What a recall asks of sellers and platforms."""

    duties: tuple[str, ...]
    notice_fields: tuple[str, ...] = ()
    banned_words: tuple[str, ...] = ()
    remedies: tuple[Literal["repair", "replace", "refund"], ...] = ()
    remedies_at_least: int | None = None
    order_working_days: int | None = None  # a platform acts on an authority's order
    notice_working_days: int | None = None  # a platform acts on anybody's notice
    report_within_hours: int | None = None


class PlatformDuty(Entry, frozen=True, kw_only=True):
    """What a marketplace or shop must show, keep or answer."""

    name: str
    duties: tuple[str, ...]
    exempt: str = ""
    lookback_months: int | None = None
    answer_within_hours: int | None = None
    settle_within_days: int | None = None


class PrivacyRule(Entry, frozen=True, kw_only=True):
    """How personal data are answered for and forgotten."""

    duties: tuple[str, ...]
    answer_within_days: int | None = None
    answer_within_months: int | None = None
    may_add_months: int | None = None
    breach_notice_hours: int | None = None
    erasure_yields_to: tuple[str, ...] = ()


class RetentionFloor(Entry, frozen=True, kw_only=True):
    """Records that must be kept for so many years, whatever anybody asks."""

    records: str
    years: int


class CustomsRelief(Entry, frozen=True, kw_only=True):
    """How goods that come back (or leave after a withdrawal) are spared duty and tax. `place` is where they enter.

    `answers` names the questions to which its window is the answer: "tax-free-return" for the last day without duty and
    tax, "customs-return" for the last day of the returned-goods procedure, taxed or not.
    """

    name: str
    direction: Literal["back_in", "out"] = "back_in"
    answers: tuple[CustomsQuestion, ...] = ()
    window_months: int | None = None
    apply_within_days: int | None = None
    back_within_days: int | None = None
    counts_from: Literal["export", "list_release", "import_declaration"] = "export"
    may_exceed: str = ""
    state: str = ""
    conditions: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    relief: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class LowValueImport(Entry, frozen=True, kw_only=True):
    """What a small parcel pays on its way in, which replacements pay again."""

    about: str
    charge: Sum | None = None
    per: Literal["tariff_line", "declaration_line", "parcel", ""] = ""
    up_to: Sum | None = None
    effect_on_returns: str = ""


class Paper(Entry, frozen=True, kw_only=True):
    """A form or invoice that travels with a return across a border."""

    name: str
    fields: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    statements: dict[str, str] = {}
    codes: dict[str, str] = {}


class DangerousGoods(Entry, frozen=True, kw_only=True):
    """How one kind of dangerous goods may come back. The first entry that fits decides, and no agent overrides DG1."""

    when: str
    then: str
    traits: frozenset[str] = frozenset()
    by_air: Literal["never", "cargo_only", "conditions", "allowed"]
    by_post: Literal["never", "conditions", "allowed"]
    consumer_label: bool
    max_charge_percent: int | None = None
    marking: str = ""
    is_final: bool = False  # only the role for dangerous goods may decide otherwise


class UnNumber(Entry, frozen=True, kw_only=True):
    """A UN number and what it stands for."""

    about: str


class TriageQuestion(Entry, frozen=True, kw_only=True):
    """A question that is asked before a label for goods with a battery is bought."""

    asks: str


class RegulatedGoods(Entry, frozen=True, kw_only=True):
    """Goods that never go back to stock by themselves."""

    goods: str
    rule: str
    restock: Literal["never", "after_release", "not_taken_back"]
    keep_record: tuple[str, ...] = ()


class Change(Entry, frozen=True, kw_only=True):
    """A day on which the law changes or changed; `valid_from` is the day."""

    what: dict[str, str]


class PrivacyFile(Form, frozen=True, kw_only=True):
    """Both kinds of entries about privacy."""

    rules: tuple[PrivacyRule, ...]
    retention: tuple[RetentionFloor, ...]


class DangerFile(Form, frozen=True, kw_only=True):
    """All that is known about dangerous goods."""

    rules: tuple[DangerousGoods, ...]
    numbers: tuple[UnNumber, ...]
    questions: tuple[TriageQuestion, ...]


E = TypeVar("E")


class Overlay(Form, Generic[E], frozen=True, kw_only=True):
    """One file of overlays/: its edition, and what it holds."""

    version: Annotated[str, msgspec.Meta(pattern=VERSION)]
    as_of: date
    entries: E


FORMS: dict[str, Any] = {
    "repair": Overlay[tuple[RepairRule, ...]],
    "recall": Overlay[tuple[RecallRule, ...]],
    "platforms": Overlay[tuple[PlatformDuty, ...]],
    "privacy": Overlay[PrivacyFile],
    "customs": Overlay[tuple[CustomsRelief, ...]],
    "low_value": Overlay[tuple[LowValueImport, ...]],
    "papers": Overlay[tuple[Paper, ...]],
    "dangerous": Overlay[DangerFile],
    "regulated": Overlay[tuple[RegulatedGoods, ...]],
    "calendar": Overlay[tuple[Change, ...]],
}
