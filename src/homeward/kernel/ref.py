"""References: prefixed ids that sort by time for machines, and short numbers that people can read out."""

from __future__ import annotations

import secrets
from datetime import datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_LOUD = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misheard or misread: no 0, 1, I, L, O, U


def new_ref(prefix: str, *, at: datetime) -> str:
    """Return a new reference such as `ret_06evqw3k8z…`: 48 bits of milliseconds, 80 bits of chance."""
    value = (int(at.timestamp() * 1000) << 80) | secrets.randbits(80)
    digits = []
    for _ in range(26):
        digits.append(_ALPHABET[value & 31])
        value >>= 5
    return f"{prefix}_{''.join(reversed(digits))}"


def new_number(prefix: str) -> str:
    """Return a new number for people such as `HW-7KM3-94QX`: about 39 bits, so a table needs a unique index."""
    letters = "".join(secrets.choice(_LOUD) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
