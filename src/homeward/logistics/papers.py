"""The papers of a parcel: what stands on its label, packing slip and voucher, in the language of who will hold them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import translation

from homeward.kernel import TextMap
from homeward.logistics.addresses import Address, without_country
from homeward.logistics.handling import handling_of
from homeward.logistics.models import Parcel, ParcelLine
from homeward.logistics.ports import LabelData, Mark, SlipData, SlipLine, VoucherData
from homeward.returns import texts as return_texts

COMPANY = ("merchant", "center", "return_request__order__merchant", "return_request__shopper")
"""The rows that papers read along with a parcel."""


def label(parcel: Parcel, *, link: str = "", language: str = "") -> LabelData:
    """Return what stands on a parcel's label. `link` is the address behind its QR code; else that holds the ref."""
    return LabelData(
        language=language or _language(parcel), return_number=_number(parcel), code=_code(parcel),
        link=link or parcel.ref, sender=sender(parcel), destination=destination(parcel), issued_at=parcel.planned_at,
        merchant=parcel.merchant.name, carrier=_carrier(parcel), service=parcel.service,
        weight_g=parcel.weight_g or None, marks=marks(parcel), part=parcel.part, parts=_parts(parcel),
    )  # fmt: skip


def packing_slip(parcel: Parcel, *, link: str = "", language: str = "", contact: str = "") -> SlipData:
    """Return what stands on a parcel's packing slip."""
    language = language or _language(parcel)
    made = parcel.return_request
    with translation.override(language):
        method, payer = return_texts.METHODS.get(parcel.method, ""), return_texts.PAYERS.get(parcel.payer, "")
        return SlipData(
            language=language, return_number=_number(parcel), code=_code(parcel), link=link or parcel.ref,
            lines=tuple(_line(line, language) for line in parcel.lines.all()), sender=sender(parcel),
            destination=destination(parcel), issued_at=parcel.planned_at, hand_in_by=_hand_in_by(parcel),
            merchant=parcel.merchant.name, order_number=made.order.number if made else "", method=str(method),
            payer=str(payer), contact=contact or parcel.merchant.email, marks=marks(parcel), part=parcel.part,
            parts=_parts(parcel),
        )  # fmt: skip


def voucher(parcel: Parcel, *, link: str = "", language: str = "") -> VoucherData:
    """Return what stands on a parcel's drop-off code."""
    return VoucherData(
        language=language or _language(parcel), return_number=_number(parcel), code=_code(parcel),
        link=link or parcel.ref, issued_at=parcel.planned_at, hand_in_by=_hand_in_by(parcel),
        merchant=parcel.merchant.name, carrier=_carrier(parcel), part=parcel.part, parts=_parts(parcel),
    )  # fmt: skip


def sender(parcel: Parcel) -> Address:
    """Return where the parcel comes from: where the order once went, under the shopper's name."""
    made = parcel.return_request
    if made is None:
        return Address("")
    name = made.shopper.name if made.shopper else ""
    return Address.from_mapping(
        made.order.ship_to, name=name, postcode=made.order.postcode, country=made.order.country
    )  # fmt: skip


def destination(parcel: Parcel) -> Address:
    """Return where the parcel goes: its center, else the merchant, whom somebody has to ask."""
    if parcel.center is None:
        return Address(parcel.merchant.legal_name or parcel.merchant.name, country=parcel.merchant.country)
    lines = without_country(parcel.center.address, parcel.center.country)
    return Address(parcel.center.name, lines, country=parcel.center.country)


def marks(parcel: Parcel) -> tuple[Mark, ...]:
    """Return the handling marks of all goods in a parcel, each once."""
    found: dict[Mark, None] = {}
    for line in parcel.lines.all():
        told = handling_of(
            line.return_line.order_line.traits, signs=(line.return_line.reason, line.return_line.condition)
        )  # fmt: skip
        found |= dict.fromkeys(told.marks)
    return tuple(found)


def _line(line: ParcelLine, language: str) -> SlipLine:
    asked, sold = line.return_line, line.return_line.order_line
    title = TextMap(sold.product.title) if sold.product else TextMap()
    return SlipLine(
        name=title.in_(language) if title.has(language) else sold.title, quantity=line.quantity, sku=sold.sku,
        reason=str(return_texts.REASONS.get(asked.reason, asked.reason)), note=", ".join(asked.serials),
    )  # fmt: skip


def _language(parcel: Parcel) -> str:
    return parcel.return_request.locale if parcel.return_request else parcel.merchant.locale


def _number(parcel: Parcel) -> str:
    return parcel.return_request.number if parcel.return_request else parcel.ref


def _code(parcel: Parcel) -> str:
    return parcel.tracking_number or (parcel.return_request.number if parcel.return_request else parcel.ref[4:].upper())


def _carrier(parcel: Parcel) -> str:
    return "" if parcel.carrier == "manual" else parcel.carrier


def _parts(parcel: Parcel) -> int:
    if parcel.return_request is None:
        return 1
    return max(parcel.part, parcel.return_request.parcels.exclude(state="cancelled").count())


def _hand_in_by(parcel: Parcel) -> date | None:
    made = parcel.return_request
    if made is None or made.ship_by is None:
        return None
    return made.ship_by.astimezone(ZoneInfo(parcel.merchant.zone)).date()
