"""What schema.org allows in a return policy: properties with their types, enumerations with their members.

Facts as of 2026-11, from https://schema.org/MerchantReturnPolicy, https://schema.org/MerchantReturnPolicySeasonalOverride,
https://schema.org/MonetaryAmount and the pages of the five enumerations.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

BASE = "https://schema.org/"
ENUMERATIONS = {
    "MerchantReturnEnumeration": {
        "MerchantReturnFiniteReturnWindow", "MerchantReturnNotPermitted", "MerchantReturnUnlimitedWindow",
        "MerchantReturnUnspecified",
    },
    "ReturnFeesEnumeration": {
        "FreeReturn", "OriginalShippingFees", "RestockingFees", "ReturnFeesCustomerResponsibility",
        "ReturnShippingFees",
    },
    "RefundTypeEnumeration": {"ExchangeRefund", "FullRefund", "StoreCreditRefund"},
    "ReturnMethodEnumeration": {"KeepProduct", "ReturnAtKiosk", "ReturnByMail", "ReturnInStore"},
    "ReturnLabelSourceEnumeration": {
        "ReturnLabelCustomerResponsibility", "ReturnLabelDownloadAndPrint", "ReturnLabelInBox",
    },
    "OfferItemCondition": {"DamagedCondition", "NewCondition", "RefurbishedCondition", "UsedCondition"},
}  # fmt: skip
_FEES = {"ReturnFeesEnumeration"}
_SHARED = {
    "merchantReturnDays": {"Integer", "Date"},
    "refundType": {"RefundTypeEnumeration"},
    "restockingFee": {"Number", "MonetaryAmount"},
    "returnFees": _FEES,
    "returnMethod": {"ReturnMethodEnumeration"},
    "returnPolicyCategory": {"MerchantReturnEnumeration"},
    "returnShippingFeesAmount": {"MonetaryAmount"},
}
TYPES: dict[str, dict[str, set[str]]] = {
    "MerchantReturnPolicy": _SHARED
    | {
        "applicableCountry": {"Text"},
        "customerRemorseReturnFees": _FEES,
        "customerRemorseReturnLabelSource": {"ReturnLabelSourceEnumeration"},
        "customerRemorseReturnShippingFeesAmount": {"MonetaryAmount"},
        "inStoreReturnsOffered": {"Boolean"},
        "itemCondition": {"OfferItemCondition"},
        "itemDefectReturnFees": _FEES,
        "itemDefectReturnLabelSource": {"ReturnLabelSourceEnumeration"},
        "itemDefectReturnShippingFeesAmount": {"MonetaryAmount"},
        "merchantReturnLink": {"URL"},
        "name": {"Text"},
        "returnLabelSource": {"ReturnLabelSourceEnumeration"},
        "returnPolicyCountry": {"Text"},
        "returnPolicySeasonalOverride": {"MerchantReturnPolicySeasonalOverride"},
        "url": {"URL"},
    },
    "MerchantReturnPolicySeasonalOverride": _SHARED | {"endDate": {"Date"}, "startDate": {"Date"}},
    "MonetaryAmount": {"currency": {"Text"}, "value": {"Text", "Number"}},
}
_MANY = {"refundType", "itemCondition", "returnPolicySeasonalOverride", "applicableCountry", "returnMethod"}


def complaints(node: Any, *, is_root: bool = True) -> Iterator[str]:
    """Yield what is wrong with a node: an unknown type or property, a value of another type or enumeration."""
    kind = node.get("@type", "")
    if kind not in TYPES:
        yield f"unknown type {kind!r}"
        return
    if is_root and node.get("@context") not in {"https://schema.org", "https://schema.org/"}:
        yield "no context of schema.org"
    for name, value in node.items():
        if name.startswith("@"):
            continue
        if name not in TYPES[kind]:
            yield f"{kind} has no property {name}"
            continue
        values = value if isinstance(value, list) else [value]
        if isinstance(value, list) and (name not in _MANY or not value):
            yield f"{name} has a list of {len(value)}"
        for one in values:
            if not any(_is_of(one, wanted) for wanted in TYPES[kind][name]):
                yield f"{name}: {one!r} is none of {sorted(TYPES[kind][name])}"
            elif isinstance(one, dict):
                yield from complaints(one, is_root=False)
    if kind == "MerchantReturnPolicy":
        yield from _missing(node)


def _missing(node: dict[str, Any]) -> Iterator[str]:
    """Yield what search engines demand besides: a country and a category, and days where the window is finite."""
    for name in ("applicableCountry", "returnPolicyCategory"):
        if name not in node:
            yield f"{name} is missing"
    if str(node.get("returnPolicyCategory")).endswith("FiniteReturnWindow") and "merchantReturnDays" not in node:
        yield "a finite window needs merchantReturnDays"
    for name in ("applicableCountry", "returnPolicyCountry"):
        if name in node and not (len(node[name]) == 2 and node[name].isupper()):
            yield f"{name}: {node[name]!r} is no ISO 3166-1 code"


def _is_of(value: Any, wanted: str) -> bool:
    if wanted in ENUMERATIONS:
        return isinstance(value, str) and value.removeprefix(BASE) in ENUMERATIONS[wanted] and value.startswith(BASE)
    if wanted in TYPES:
        return isinstance(value, dict) and value.get("@type") == wanted
    if wanted == "Date":
        return isinstance(value, str) and _is_date(value)
    plain = {"Text": str, "URL": str, "Integer": int, "Number": int | float, "Boolean": bool}[wanted]
    is_plain = isinstance(value, plain) and isinstance(value, bool) == (wanted == "Boolean")
    return is_plain and (wanted != "URL" or value.startswith(("https://", "http://")))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
