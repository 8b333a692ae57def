"""What people write to name an order: a number in any spelling, alone or within a sentence, or only their e-mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from homeward.orders.drafts import number_key
from homeward.orders.models import Order

_MOST_WORDS = 12
_MOST_GLUED = 4  # "LT 48 213 B" is one number in four pieces


@dataclass(frozen=True, slots=True)
class Named:
    """The order that was surely meant, or those that may be meant, the likeliest first, for a person to pick."""

    order: Order | None = None
    candidates: Sequence[Order] = field(default=())


def keys_in(text: str) -> tuple[str, ...]:
    """Return the number keys that a text may hold: of itself, and of up to four neighboring words with a digit.

    "order no. lt-48213 of May" holds "LT48213" among others; a text without any digit names no number.
    """
    text = unicodedata.normalize("NFKC", text)  # full-width letters and digits are the same ones
    if not re.search(r"\d", text):
        return ()
    words = re.split(r"[\s,;:!?()\"“”„«»]+", text)[:_MOST_WORDS]
    spans = (
        " ".join(words[start : start + length])
        for length in range(1, _MOST_GLUED + 1)
        for start in range(len(words) - length + 1)
    )
    keys = [number_key(span) for span in (text, *spans)]
    return tuple(dict.fromkeys(key for key in keys if 2 <= len(key) <= 80 and any(map(str.isdigit, key))))


def pick(numbered: Sequence[Order], owned: Sequence[Order], *, email: str, has_number: bool) -> Named:
    """Return what a declaration names, from the orders of its numbers and those of its e-mail, each newest first.

    Sure is one order whose number and e-mail both fit; or, where no number was given, the only order of the e-mail.
    """
    own = email.strip().lower()
    both = [one for one in numbered if one.email.strip().lower() == own]
    if len(both) == 1:
        return Named(both[0], ())
    if not has_number and len(owned) == 1:
        return Named(owned[0], ())
    found = {one.pk: one for one in (*both, *numbered, *owned)}
    return Named(None, tuple(found.values()))
