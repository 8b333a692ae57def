"""What a scanner reads: barcodes, QR addresses and typed numbers, told apart and made comparable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

MOST = 200  # characters; no label of ours or of a carrier is longer

_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")  # "]C1" and the like, which scanners may put in front
_REF = re.compile(r"\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b")
_NUMBER = re.compile(r"\bHW-?([2-9A-HJKMNP-TV-Z]{4})-?([2-9A-HJKMNP-TV-Z]{4})(?:-\d+)?\b")


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan. `text` is what was read, without noise; empty where nothing readable came.

    `ref` is a reference of ours, `number` a return's number, `codes` what a tracking number, a label text or a serial
    number may be compared with, likeliest first.
    """

    text: str
    ref: str = ""
    number: str = ""
    codes: tuple[str, ...] = ()


def read(raw: str) -> Scan:
    """Return what a scan says: ours by reference, number or address of the QR code, else codes of others."""
    text = _clean(raw)
    if not text:
        return Scan("")
    inner = _last_of_address(text)
    if ref := _REF.search(inner.lower()):
        return Scan(text, ref=ref[0], codes=_codes(inner))
    if number := _NUMBER.search(inner.upper()):
        return Scan(text, number=f"HW-{number[1]}-{number[2]}", codes=_codes(inner))
    return Scan(text, codes=_codes(inner))


def _clean(raw: str) -> str:
    """Return the text without control characters (GS1 separators, line ends) and the mark of the symbology."""
    visible = "".join(letter for letter in raw[:MOST] if letter.isprintable()).strip()
    return _SYMBOLOGY.sub("", visible)


def _last_of_address(text: str) -> str:
    """Return the path of an address that was scanned, or the text itself."""
    if "://" not in text:
        return text
    try:
        return unquote(urlsplit(text).path).strip("/").rsplit("/", 1)[-1] or text
    except ValueError:
        return text


def _codes(text: str) -> tuple[str, ...]:
    """Return the text, the same without blanks and dashes, and the tracking number inside a longer barcode.

    USPS puts 420 and a ZIP code in front; the 34 digits of FedEx Ground end in the 12 that people know.
    """
    bare = re.sub(r"[\s-]", "", text).upper()
    codes = [text, bare]
    if bare.isdigit():
        if bare.startswith("420") and len(bare) in {30, 34}:
            codes.append(bare[8:] if len(bare) == 30 else bare[12:])
        if len(bare) == 34:
            codes.append(bare[-12:])
    return tuple(dict.fromkeys(codes))
