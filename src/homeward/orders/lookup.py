"""Whether someone knows enough about an order: its e-mail, its postcode or the last four digits of its phone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hmac import compare_digest

_PHONE = re.compile(r"[\d\s()+./-]+")


def squeezed(text: str) -> str:
    """Return the letters and digits of a text in one case, as postcodes are compared: "SW1A 1AA" is "sw1a1aa"."""
    return re.sub(r"[\W_]+", "", text).lower()


def last_four(phone: str) -> str:
    """Return the last four digits of a phone number, or nothing where there are fewer or it is no number."""
    digits = re.sub(r"\D", "", phone)
    return digits[-4:] if len(digits) >= 4 and _PHONE.fullmatch(phone.strip()) else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What an order knows about its buyer."""

    email: str = ""
    postcode: str = ""
    phone: str = ""


NOBODY = Known("nobody@nowhere.invalid", "00000-0000", "0000000000")


def is_proof(proof: str, known: Known) -> bool:
    """Whether `proof` is the e-mail, the postcode or the phone (at least its last four digits) of the order.

    All three comparisons are always made, each in constant time, so that the time of an answer tells nothing.
    """
    pairs = (
        (proof.strip().lower(), known.email.strip().lower()),
        (squeezed(proof), squeezed(known.postcode)),
        (last_four(proof), re.sub(r"\D", "", known.phone)[-4:]),
    )
    matches = [compare_digest(told.encode(), true.encode()) and bool(told) for told, true in pairs]
    return any(matches)
