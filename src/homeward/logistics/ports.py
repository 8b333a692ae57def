"""What logistics needs of the outside world: a press that prints documents, and carriers that sell labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from homeward.kernel import Money
from homeward.logistics.addresses import Address

_SCANNABLE = re.compile(r"[!-~]{1,28}")  # what Code 128 holds on a 100 mm label with bars of at least two dots
_LINK = re.compile(r"[ -~]{1,300}")


# -- printing ---------------------------------------------------------------------------------------------------------


class Form(StrEnum):
    """The kinds of file that come from the press; PNG has the 203 dots per inch of thermal printers."""

    PDF = "pdf"
    PNG = "png"


class Mark(StrEnum):
    """Handling marks on a label."""

    LITHIUM_BATTERY = "lithium_battery"
    SURFACE_ONLY = "surface_only"
    FRAGILE = "fragile"
    UPRIGHT = "upright"
    COLD = "cold"
    LIQUID = "liquid"
    MEDICAL = "medical"


class Unprintable(ValueError):
    """A document cannot be printed from this data, because a code would not scan or nothing is left to say."""

    def __init__(self, what: str, value: str) -> None:
        super().__init__(f"{what} cannot be printed: {value!r}")
        self.what, self.value = what, value


def _check_codes(code: str, link: str) -> None:
    if not _SCANNABLE.fullmatch(code):
        raise Unprintable("code", code)
    if not _LINK.fullmatch(link):
        raise Unprintable("link", link)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelData:
    """A return label. `code` becomes the Code 128, `link` the QR code; `part` of `parts` counts boxes of one return."""

    language: str
    return_number: str
    code: str
    link: str
    sender: Address
    destination: Address
    issued_at: datetime
    merchant: str = ""
    carrier: str = ""
    service: str = ""
    weight_g: int | None = None
    marks: tuple[Mark, ...] = ()
    part: int = 1
    parts: int = 1

    def __post_init__(self) -> None:
        _check_codes(self.code, self.link)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipLine:
    """One line of a packing slip, in the reader's language; `picture` is the bytes of a photo, if there is one."""

    name: str
    quantity: int
    sku: str = ""
    variant: str = ""
    reason: str = ""
    note: str = ""
    picture: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipData:
    """The sheet that travels in the box: what belongs in it, how to pack it, and until when to hand it in."""

    language: str
    return_number: str
    code: str
    link: str
    lines: tuple[SlipLine, ...]
    sender: Address
    destination: Address
    issued_at: datetime
    hand_in_by: date | None = None
    merchant: str = ""
    order_number: str = ""
    method: str = ""
    payer: str = ""
    contact: str = ""
    notes: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    part: int = 1
    parts: int = 1

    def __post_init__(self) -> None:
        _check_codes(self.code, self.link)
        if not self.lines:
            raise Unprintable("packing slip without lines", self.return_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherData:
    """A code to show at a counter or locker that prints the label itself."""

    language: str
    return_number: str
    code: str
    link: str
    issued_at: datetime
    hand_in_by: date | None = None
    merchant: str = ""
    carrier: str = ""
    place: str = ""
    part: int = 1
    parts: int = 1

    def __post_init__(self) -> None:
        _check_codes(self.code, self.link)


class Press(Protocol):
    """Sets documents and gives them back as bytes; the same data gives the same bytes."""

    def label(self, data: LabelData, *, form: Form = Form.PDF) -> bytes:
        """Return one label on one page of 100 × 150 mm, or 4 × 6 inch where that is the custom."""
        ...

    def packing_slip(self, data: SlipData) -> bytes:
        """Return the packing slip as PDF, on A4 or Letter, on as many pages as it needs."""
        ...

    def voucher(self, data: VoucherData, *, form: Form = Form.PDF) -> bytes:
        """Return the drop-off code on one page of the size of a label."""
        ...


# -- carriers ---------------------------------------------------------------------------------------------------------


class CarrierRefused(Exception):
    """The carrier will not do this, and asking again will not change its mind."""


class CarrierUnreachable(Exception):
    """The carrier did not answer in time or not in sense; asking again with the same key is right."""


class UnknownLabel(CarrierRefused):
    """The carrier does not know this tracking number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelIntent:
    """What we ask a carrier for. `key` is our parcel's ref: the same key never buys twice. `serial` counts parcels.

    Only remote carriers are told the addresses; they cost a look-up.
    """

    key: str
    serial: int
    sender: Address | None = None
    destination: Address | None = None
    service: str = ""
    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None
    value: Money | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelBought:
    """What the carrier sold. Without a `document` our own press prints the label."""

    tracking_number: str
    carrier_ref: str = ""
    tracking_url: str = ""
    service: str = ""
    cost: Money | None = None
    document: bytes | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Something the carrier saw, already in our vocabulary of tracking codes."""

    code: str
    at: datetime
    place: str = ""
    text: str = ""


class Labels(Protocol):
    """A carrier that sells labels and tells where parcels are."""

    name: str
    is_remote: bool  # whether asking it leaves this process: then never inside a transaction

    def buy(self, intent: LabelIntent) -> LabelBought:
        """Return the label for an intent; for a key that was seen before, the label that was bought then.

        :raises CarrierRefused: if it will not carry this.
        :raises CarrierUnreachable: if nobody knows whether it has sold one; ask again with the same key.
        """
        ...

    def cancel(self, tracking_number: str) -> None:
        """Give back an unused label; giving it back twice is harmless.

        :raises UnknownLabel: if it never sold this number.
        :raises CarrierRefused: if the parcel is already moving.
        """
        ...

    def track(self, tracking_number: str) -> Iterable[Scan]:
        """Return all it has seen of a parcel, oldest first; nothing for a carrier that does not tell.

        :raises UnknownLabel: if it never sold this number.
        """
        ...


class UnknownCarrier(LookupError):
    """No carrier is wired under this name."""


_carriers: dict[str, Labels] = {}
_presses: list[Press] = []


def wire(*carriers: Labels, press: Press) -> None:
    """Make these the carriers and the press of this installation; called once, by the product's wiring or a test's."""
    _carriers.clear()
    _carriers.update({carrier.name: carrier for carrier in carriers})
    _presses[:] = [press]


def press() -> Press:
    """Return the press that prints the papers of this installation."""
    return _presses[0]


def carrier(name: str) -> Labels:
    """Return the carrier wired under `name`.

    :raises UnknownCarrier: if there is none.
    """
    try:
        return _carriers[name]
    except KeyError:
        raise UnknownCarrier(name) from None


def remote_names() -> list[str]:
    """Return the names of those carriers that are asked over a network."""
    return sorted(name for name, found in _carriers.items() if found.is_remote)
