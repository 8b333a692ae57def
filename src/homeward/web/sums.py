"""Amounts item by item, as `<c-sum>` takes them: computed just now, or as a remedy holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from homeward.kernel import Money
from homeward.settlements import texts as settlement_texts
from homeward.settlements.amounts import Amount
from homeward.settlements.models import Remedy


def of_amount(amount: Amount) -> list[dict[str, Any]]:
    """Return the items of an amount that has just been computed."""
    return [_line(asdict(item), amount.currency) for item in amount.items]


def of_remedy(remedy: Remedy) -> list[dict[str, Any]]:
    """Return the items that a remedy was agreed with."""
    return [_line(item, remedy.currency) for item in remedy.sums]


def _line(item: Mapping[str, Any], currency: str) -> dict[str, Any]:
    return {
        "label": settlement_texts.item(item),
        "note": item.get("ground", ""),
        "amount": Money(item["minor"], currency),
        "minus": item["minor"] < 0,
    }
