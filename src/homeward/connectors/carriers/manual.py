"""The carrier of the house: our own numbers, labels off our own press, tracking told by people, files and the API."""

from __future__ import annotations

import re
from collections.abc import Iterable

from homeward.logistics.ports import LabelBought, LabelIntent, Scan, UnknownLabel

_NUMBER = re.compile(r"HW(\d{10})(\d{2})")
_SPACE = 10**10
_STRIDE, _SHIFT = 6_180_339_887, 2_718_281_829  # odd and no multiple of five: a one-to-one walk through all numbers


def number_for(serial: int) -> str:
    """Return the tracking number of the parcel with this serial: unique, and no counter that neighbors could read off.

    The last two digits are those of ISO 7064 MOD 97-10, so that a mistyped number is noticed.
    """
    body = f"{(serial * _STRIDE + _SHIFT) % _SPACE:010d}"
    return f"HW{body}{_check_digits(body)}"


def is_ours(tracking_number: str) -> bool:
    """Whether a number has our form and its check digits are right."""
    found = _NUMBER.fullmatch(tracking_number)
    return found is not None and _check_digits(found[1]) == found[2]


def _check_digits(body: str) -> str:
    return f"{98 - int(body) * 100 % 97:02d}"


class ManualCarrier:
    """Sells labels without asking anyone, in the running transaction; knows no scans of its own."""

    name = "manual"
    is_remote = False

    def buy(self, intent: LabelIntent) -> LabelBought:
        """Return a number that follows from the parcel's serial, so that asking twice gives the same label."""
        return LabelBought(tracking_number=number_for(intent.serial), service=intent.service or "standard")

    def cancel(self, tracking_number: str) -> None:
        """Accept the label back; nothing was paid for it."""
        self._check(tracking_number)

    def track(self, tracking_number: str) -> Iterable[Scan]:
        """Return nothing: what happens to these parcels is told by people, by files and through the API."""
        self._check(tracking_number)
        return ()

    def _check(self, tracking_number: str) -> None:
        if not is_ours(tracking_number):
            raise UnknownLabel(tracking_number)
