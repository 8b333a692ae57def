"""Law in words for the pages of the library: places, the fields of a pack in groups, how far a fact is sure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homeward.kernel import formats
from homeward.policies import fields, lawtext
from homeward.policies.due import NotAnswered
from homeward.policies.lawtext import Row
from homeward.policies.packs import Pack

REGIONS: Mapping[str, str | Promise] = {
    "EU": gettext_lazy("European Union"),
    "EEA": gettext_lazy("European Economic Area"),
    "EFTA": gettext_lazy("European Free Trade Association"),
    "UK": gettext_lazy("United Kingdom"),
    "other_europe": gettext_lazy("Rest of Europe"),
    "US": gettext_lazy("United States"),
    "Canada": gettext_lazy("Canada"),
    "LatAm": gettext_lazy("Latin America"),
    "Asia": gettext_lazy("Asia"),
    "Oceania": gettext_lazy("Oceania"),
    "MENA": gettext_lazy("Middle East and North Africa"),
    "Africa": gettext_lazy("Africa"),
}
LEVELS: Mapping[str, str | Promise] = {
    "high": gettext_lazy("high trust"),
    "medium": gettext_lazy("medium trust"),
    "low": gettext_lazy("low trust"),
}
LEVEL_TONES = {"high": "good", "medium": "wait", "low": "bad"}
LANGUAGES = {
    "en": "English", "zh-hans": "简体中文", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano",
    "pt": "Português", "ja": "日本語",
}  # fmt: skip
QUESTIONS: Mapping[str, str | Promise] = {
    "withdrawal": gettext_lazy("Change of mind: last day to say so"),
    "withdrawal-uninformed": gettext_lazy("Change of mind, if the shop never informed"),
    "refund": gettext_lazy("Refund: last day for the money"),
    "reject": gettext_lazy("Early rejection of faulty goods"),
    "guarantee": gettext_lazy("Legal guarantee: last day"),
    "reply": gettext_lazy("Answer to a complaint"),
    "tax-free-return": gettext_lazy("Back over the border without duty and tax"),
    "customs-return": gettext_lazy("Back over the border as returned goods"),
}
# Every field of a pack, in the order in which a return meets them. A test holds this against the table of fields.
GROUPS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    ("withdrawal", gettext_lazy("Change of mind"), (
        "withdrawal_kind", "withdrawal_days", "day_type", "withdrawal_counts_from", "first_day", "last_day_rolls",
        "timely_if", "not_informed_extension", "vulnerable_extension_months", "withdrawal_function_required_from",
        "withdrawal_function_rules", "exceptions_need_pre_notice", "exceptions",
    )),
    ("way-back", gettext_lazy("The way back"), (
        "return_goods_days", "return_goods_from", "buyer_pays_return", "buyer_pays_return_if_defective",
        "condition_demanded", "use_deduction", "restocking_fee",
    )),
    ("money", gettext_lazy("The money"), (
        "refund_deadline_days", "refund_day_type", "refund_deadline_from", "refund_same_means", "late_refund_penalty",
        "may_withhold_until_returned", "outbound_shipping_refunded",
    )),
    ("guarantee", gettext_lazy("Faults and the legal guarantee"), (
        "guarantee_months", "guarantee_kind", "guarantee_months_used_min", "guarantee_bands", "burden_of_proof_months",
        "short_term_reject_days", "remedies_order", "remedy_choice", "repair_max_days", "repair_extension_months",
        "repair_extension_from_contracts_dated", "national_repair_extension_months", "replacement_restarts_guarantee",
        "defect_notice_months",
    )),
    ("seller", gettext_lazy("Late delivery, answers and language"), (
        "late_delivery_days", "trader_reply_days", "language_of_notice", "language_mandatory",
    )),
)  # fmt: skip
# The part of a pack that a field stands in → whose clause is cited for it, where that is not the part's own.
_CLAUSE_OF = {
    "not_informed_extension": ("withdrawal", "not_informed_clause"),
    "burden_of_proof_months": ("guarantee", "burden_clause"),
    "repair_extension_months": ("guarantee", "extension_clause"),
    "repair_extension_from_contracts_dated": ("guarantee", "extension_clause"),
    "national_repair_extension_months": ("guarantee", "extension_clause"),
    "guarantee_bands": ("guarantee", "clause"),
}
_UNION = "EU"


def place_name(pack: Pack, language: str) -> str:
    """Return what a place is called in the reader's language; a part of a country keeps the name of its file."""
    if pack.code == _UNION:
        return _("European Union")
    return lawtext.name(pack, language)


@lru_cache(maxsize=2048)
def told(pack: Pack, language: str) -> Mapping[str, Row]:
    """Return every field of a pack in words by its word, also those about which it says nothing."""
    return {row.word: row for row in lawtext.rows(pack, language, silent=True)}


def trust_tone(mark: str) -> str:
    """Return the tone of a mark: seen at a source and sure, less sure, or by memory."""
    if mark.startswith("verified"):
        return "good" if mark.endswith("high") else "info"
    return "wait" if mark else "idle"


def clause_of(pack: Pack, word: str) -> str:
    """Return the ref of the clause that a field is cited by, or nothing."""
    part, name = _CLAUSE_OF.get(word, (fields.FIELDS.get(word, ("",))[0], "clause"))
    clause = getattr(getattr(pack.law, part, None), name, None)
    return clause.ref if clause is not None and clause.ref in pack.texts else ""


def is_inherited(pack: Pack, word: str) -> bool:
    """Whether a field is not the place's own: its file neither states nor marks it, and its parent says it."""
    return bool(pack.law.inherits) and word in pack.stated and word not in pack.law.trust.fields


def no_answer(why: NotAnswered) -> str:
    """Return why there is no last day, in the reader's language."""
    if why.why == "not_regulated":
        return _("The law here is known to give no such term.")
    return _("Nobody has established this yet; ask counsel before you rely on anything.")


def day(value: date, language: str) -> str:
    """Return a day in words."""
    return formats.day_in(value, language, "date")


def figure(row: Row) -> Any:
    """Return the bare figure of a field where it has one, for sorting and charts."""
    return row.value if isinstance(row.value, int) and not isinstance(row.value, bool) else None


def trust_words(mark: str, language: str) -> str:
    """Return a mark of trust in words."""
    return ", ".join(lawtext.word(part, language) for part in mark.split())
