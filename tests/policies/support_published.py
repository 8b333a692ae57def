"""Rulebooks for the published policy: each stretches another part of what a page can say."""

from __future__ import annotations

from typing import Any

from homeward.policies import rulebook
from homeward.policies.rulebook import Book


def _book(ref: str, *clauses: dict[str, Any]) -> Book:
    return rulebook.from_data({"ref": ref, "clauses": [{"text": {"en": "words"}, **clause} for clause in clauses]})


BOOKS: dict[str, Book] = {
    "standard": rulebook.standard(),
    "nothing": rulebook.EMPTY,
    "shorter than the law": _book("short", {"ref": "X-SHORT", "then": {"extend_days": 3}}),
    "long with a fee": _book(
        "fee",
        {"ref": "X-LONG", "when": {"claims_fault": False}, "then": {"extend_days": 40}},
        {"ref": "X-FEE", "when": {"claims_fault": False}, "then": {"fee": {"percent": 1500}}},
    ),
    "free in France": _book(
        "free",
        {"ref": "X-30", "when": {"claims_fault": False}, "then": {"extend_days": 30}},
        {"ref": "X-FREE", "when": {"country": ["FR"]}, "then": {"merchant_pays_return": True}},
    ),
    "waives hygiene": _book("waive", {"ref": "X-WAIVE", "then": {"waive": ["sealed_hygiene_opened"]}}),
    "promotion": _book(
        "promo",
        {
            "ref": "X-PROMO",
            "when": {"ordered_from": "2026-06-01", "ordered_to": "2026-06-30", "claims_fault": False},
            "then": {"extend_days": 40},
        },
    ),
}
