"""Documents of the cast, in every language, for the tests of presses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from homeward.logistics.addresses import Address
from homeward.logistics.ports import LabelData, SlipData, SlipLine, VoucherData

ISSUED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
NUMBER, CODE, LINK = "HW-7KM3-94QX", "HW123456789042", "https://returns.example/r/HW-7KM3-94QX?p=1"
MEI = Address("Mei Lin", ("14 rue de la République", "Appt. 3B"), "Lyon", "69002", country="FR")
TOM = Address("Tom Whitfield", ("22 Kirkgate",), "Leeds", "LS1 6BY", country="GB")
HANA = Address("山田 花子", ("天神橋1-2-3",), "大阪市北区", "530-0041", "大阪府", "JP")
ROUBAIX = Address("Homeward Roubaix", ("Quai 7, 12 rue du Fil",), "Roubaix", "59100", country="FR")
SHENZHEN = Address("兰亭退货中心", ("福永街道凤凰工业园8栋",), "深圳市宝安区", "518103", "广东省", "CN")


def _common(more: dict[str, Any]) -> dict[str, Any]:
    return {
        "language": "en", "return_number": NUMBER, "code": CODE, "link": LINK, "issued_at": ISSUED,
        "merchant": "Lanting",
    } | more  # fmt: skip


def label(**more: Any) -> LabelData:
    """Build the label of Mei's parcel to Roubaix."""
    return LabelData(**{"sender": MEI, "destination": ROUBAIX, "weight_g": 1240} | _common(more))


def slip(**more: Any) -> SlipData:
    """Build the packing slip of Mei's parcel: two lines, three units."""
    lines = (
        SlipLine(name="Linen throw", quantity=1, sku="LT-150-SAND", variant="150 × 200 cm", reason="Changed my mind"),
        SlipLine(name="Dot phone 5", quantity=2, note="S/N 3546 1109 8877"),
    )
    columns = {"sender": MEI, "destination": ROUBAIX, "lines": lines, "hand_in_by": date(2026, 12, 1)}
    return SlipData(**columns | _common(more))


def voucher(**more: Any) -> VoucherData:
    """Build the drop-off code of Mei's parcel."""
    return VoucherData(**{"hand_in_by": date(2026, 12, 1)} | _common(more))
