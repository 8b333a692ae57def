"""Doubles of the outside world: a press that keeps what it was given, and a carrier with a memory and moods."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from homeward.kernel import Money
from homeward.logistics.ports import (
    CarrierRefused,
    CarrierUnreachable,
    Form,
    LabelBought,
    LabelData,
    LabelIntent,
    Scan,
    SlipData,
    UnknownLabel,
    VoucherData,
)

_HEADS = {Form.PDF: b"%PDF-1.7\n", Form.PNG: b"\x89PNG\r\n\x1a\n"}


class FakePress:
    """Prints nothing: gives back the data behind the first bytes of the right kind of file, and remembers it."""

    def __init__(self) -> None:
        self.printed: list[LabelData | SlipData | VoucherData] = []

    def label(self, data: LabelData, *, form: Form = Form.PDF) -> bytes:
        """Return a file that only looks like a label."""
        return self._print(data, form)

    def packing_slip(self, data: SlipData) -> bytes:
        """Return a file that only looks like a packing slip."""
        return self._print(data, Form.PDF)

    def voucher(self, data: VoucherData, *, form: Form = Form.PDF) -> bytes:
        """Return a file that only looks like a voucher."""
        return self._print(data, form)

    def _print(self, data: LabelData | SlipData | VoucherData, form: Form) -> bytes:
        self.printed.append(data)
        return _HEADS[form] + json.dumps([type(data).__name__, asdict(data)], default=str, sort_keys=True).encode()


class FakeCarrier:
    """A remote carrier in memory.

    `is_down` makes it fail before it has sold; `drops_answers` makes it sell and then lose the answer, as networks do.
    `refuses` is the words with which it turns every intent down.
    """

    is_remote = True

    def __init__(self, name: str = "fake", *, cost: Money | None = None) -> None:
        self.name, self.cost = name, cost
        self.is_down = self.drops_answers = False
        self.refuses = ""
        self.sold: dict[str, LabelBought] = {}
        self.cancelled: set[str] = set()
        self._scans: dict[str, list[Scan]] = {}

    def buy(self, intent: LabelIntent) -> LabelBought:
        """Sell one label per key."""
        self._answer()
        if self.refuses:
            raise CarrierRefused(self.refuses)
        if intent.key not in self.sold:
            number = f"FK{len(self.sold) + 1:010d}"
            self.sold[intent.key] = LabelBought(
                tracking_number=number, carrier_ref=f"order-{number}", service=intent.service or "standard",
                cost=self.cost, tracking_url=f"https://carrier.invalid/{number}",
            )  # fmt: skip
            self._scans[number] = []
        if self.drops_answers:
            raise CarrierUnreachable("the answer was lost")
        return self.sold[intent.key]

    def cancel(self, tracking_number: str) -> None:
        """Take a label back unless the parcel has been seen moving."""
        self._answer()
        if any(scan.code != "label_created" for scan in self._known(tracking_number)):
            raise CarrierRefused("the parcel is already moving")
        self.cancelled.add(tracking_number)

    def track(self, tracking_number: str) -> Iterable[Scan]:
        """Tell the scans that a test has put in."""
        self._answer()
        return sorted(self._known(tracking_number), key=lambda scan: scan.at)

    def see(self, tracking_number: str, code: str, at: datetime, *, place: str = "", text: str = "") -> None:
        """Let the carrier have seen a parcel."""
        self._known(tracking_number).append(Scan(code=code, at=at, place=place, text=text))

    def _answer(self) -> None:
        if self.is_down:
            raise CarrierUnreachable("nobody answers")

    def _known(self, tracking_number: str) -> list[Scan]:
        try:
            return self._scans[tracking_number]
        except KeyError:
            raise UnknownLabel(tracking_number) from None
