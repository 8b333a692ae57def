"""The fields of a pack by the words of the law data: where each stands, so that trust, show and compare agree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from homeward.policies.statutes import PackFile

# Word → where the field stands in a pack. Marks of trust, remarks, counsel's checks and comparisons name these words.
FIELDS: dict[str, tuple[str, ...]] = {
    "withdrawal_kind": ("withdrawal", "kind"),
    "withdrawal_days": ("withdrawal", "days"),
    "day_type": ("withdrawal", "day_type"),
    "withdrawal_counts_from": ("withdrawal", "counts_from"),
    "first_day": ("withdrawal", "first_day"),
    "last_day_rolls": ("withdrawal", "rolls"),
    "timely_if": ("withdrawal", "timely_if"),
    "not_informed_extension": ("withdrawal", "not_informed"),
    "vulnerable_extension_months": ("withdrawal", "vulnerable_months"),
    "withdrawal_function_required_from": ("withdrawal", "function_required_from"),
    "withdrawal_function_rules": ("withdrawal", "function_rules"),
    "return_goods_days": ("return_goods", "days"),
    "return_goods_from": ("return_goods", "from"),
    "refund_deadline_days": ("refund", "days"),
    "refund_day_type": ("refund", "day_type"),
    "refund_deadline_from": ("refund", "from"),
    "refund_same_means": ("refund", "same_means"),
    "late_refund_penalty": ("refund", "late_penalty"),
    "may_withhold_until_returned": ("refund", "may_withhold_until"),
    "outbound_shipping_refunded": ("refund", "outbound"),
    "buyer_pays_return": ("freight", "change_of_mind"),
    "buyer_pays_return_if_defective": ("freight", "defect"),
    "use_deduction": ("deduction", "use"),
    "restocking_fee": ("deduction", "restocking_fee"),
    "condition_demanded": ("deduction", "condition"),
    "exceptions_need_pre_notice": ("bars", "need_notice"),
    "guarantee_months": ("guarantee", "months"),
    "guarantee_kind": ("guarantee", "kind"),
    "guarantee_months_used_min": ("guarantee", "used_min_months"),
    "burden_of_proof_months": ("guarantee", "burden_months"),
    "short_term_reject_days": ("short_term", "days"),
    "remedies_order": ("guarantee", "remedies"),
    "remedy_choice": ("guarantee", "choice"),
    "repair_max_days": ("guarantee", "repair_max_days"),
    "repair_extension_months": ("guarantee", "extension", "months"),
    "repair_extension_from_contracts_dated": ("guarantee", "extension", "contracts_from"),
    "national_repair_extension_months": ("guarantee", "national_extension_months"),
    "replacement_restarts_guarantee": ("guarantee", "replacement_restarts"),
    "defect_notice_months": ("guarantee", "notice_months"),
    "late_delivery_days": ("late", "days"),
    "trader_reply_days": ("reply", "days"),
    "language_of_notice": ("languages",),
    "language_mandatory": ("language_mandatory",),
}
EXCEPTIONS = "exceptions"  # the bars, each marked by itself
BANDS = "guarantee_bands"  # likewise
MARKED = frozenset(FIELDS) - {"language_of_notice"}
_UNSAID: tuple[Any, ...] = (None, "unknown", "", [], (), {})


def value_in(raw: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return what stands at `path` of a pack as plain data, or None."""
    found: Any = raw
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def is_said(value: Any) -> bool:
    """Whether a value says something: not empty, and not "unknown"."""
    return not any(value is unsaid or (value == unsaid and type(value) is type(unsaid)) for unsaid in _UNSAID)


def stated(raw: Mapping[str, Any]) -> set[str]:
    """Return the words of the fields that a pack as plain data says something about."""
    return {word for word, path in FIELDS.items() if is_said(value_in(raw, path))}


def plain(law: PackFile) -> dict[str, Any]:
    """Return a pack as plain data, with every default spelled out."""
    data: dict[str, Any] = msgspec.to_builtins(law, builtin_types=(date,))
    return data


def values(law: PackFile, said: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Give each field's word with its value as plain data, in the order of the table; None where the law is silent.

    `said` are the fields that the files state: a default of the form is no fact.
    """
    raw = plain(law)
    for word, path in FIELDS.items():
        yield word, value_in(raw, path) if word in said else None
    bars = law.bars.closed if law.bars else {}
    yield EXCEPTIONS, list(bars) or None
    yield BANDS, (value_in(raw, ("guarantee", "bands")) or None)
