"""What Shopify's two ways of telling an order have in common: names of lines and of ways to pay."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import blake2b

_BY_HAND = {"manual", "bank deposit", "money order", "cash on delivery (cod)", "cash on delivery", "cash", "bogus"}


def provider(gateway: str) -> str:
    """Return our word for a Shopify gateway: money that no gateway can send back is "offline"."""
    name = gateway.strip().lower()
    if not name or name in _BY_HAND:
        return "offline"
    return re.sub(r"[\W_]+", "_", name).strip("_")[:40]


class LineIds:
    """Names lines alike whether the order came as JSON or as a table, which has no numbers of lines."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def next(self, sku: str, name: str) -> str:
        """Return the name of the next line with this sku, or this name where it has none."""
        word = sku or name
        if len(word) > 70:
            word = word[:50] + blake2b(word.encode(), digest_size=8).hexdigest()
        self._seen[word] += 1
        return f"{word}/{self._seen[word]}"
