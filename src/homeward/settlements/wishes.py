"""What a return's wish comes to here: money, a part of it, or goods; other wishes are fulfilled elsewhere."""

from __future__ import annotations

MONEY, PART, GOODS = "refund", "partial_refund", "replacement"

# A wish that is missing is fulfilled elsewhere (repair) or not yet.
KIND_OF = {
    "refund": MONEY, "partial_refund": PART, "price_reduction": PART, "replace": GOODS, "replacement": GOODS,
    "exchange": GOODS,
}  # fmt: skip


def kind_of(wish: str) -> str:
    """Return the kind of remedy that fulfills a wish, or nothing where none here does."""
    return KIND_OF.get(wish, "")
