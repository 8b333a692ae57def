"""The published policy as schema.org reads it: MerchantReturnPolicy in JSON-LD, for search engines and agents."""

from __future__ import annotations

from typing import Any

from homeward.policies.decision import Deduction, Payer, Remedy
from homeward.policies.published import Season, Terms

BASE = "https://schema.org/"
_REFUNDS = {
    Remedy.REFUND: "FullRefund", Remedy.EXCHANGE: "ExchangeRefund", Remedy.STORE_CREDIT: "StoreCreditRefund",
}  # fmt: skip


def return_policy(terms: Terms, *, url: str, start: str, name: str, sent_to: str) -> dict[str, Any]:
    """Return the policy of a place. `start` is where a return begins, `sent_to` the country to which goods travel.

    What differs between the law's time and the shop's is told as the shopper fares worse: it promises never too much.
    """
    told: dict[str, Any] = {
        "@context": BASE.rstrip("/"),
        "@type": "MerchantReturnPolicy",
        "@id": f"{url}#policy",
        "name": name,
        "url": url,
        "applicableCountry": terms.place.partition("-")[0],
        "returnPolicyCategory": BASE + _category(terms),
        "merchantReturnLink": start,
    }
    if sent_to:
        told["returnPolicyCountry"] = sent_to
    if terms.returnable == "yes":
        told |= _returns(terms)
    told["itemDefectReturnFees"] = BASE + _fees(terms.payer_defect)
    if seasons := [_season(one) for one in terms.seasons]:
        told["returnPolicySeasonalOverride"] = seasons
    return told


def _category(terms: Terms) -> str:
    if terms.returnable == "no":
        return "MerchantReturnNotPermitted"
    is_finite = terms.returnable == "yes" and terms.days
    return "MerchantReturnFiniteReturnWindow" if is_finite else "MerchantReturnUnspecified"


def _returns(terms: Terms) -> dict[str, Any]:
    payer = Payer.SHOPPER if Payer.SHOPPER in {terms.payer, terms.payer_later} else terms.payer
    conditions = [
        "NewCondition",
        "UsedCondition" if terms.accepts_used else "",
        "DamagedCondition" if terms.accepts_damaged else "",
    ]
    told: dict[str, Any] = {
        "returnMethod": BASE + ("KeepProduct" if terms.payer == Payer.NOBODY else "ReturnByMail"),
        "returnFees": BASE + _fees(payer),
        "customerRemorseReturnFees": BASE + _fees(payer),
        "refundType": [BASE + _REFUNDS[remedy] for remedy in terms.remedies if remedy in _REFUNDS],
        "itemCondition": [BASE + condition for condition in conditions if condition],
    }
    if terms.days:
        told["merchantReturnDays"] = terms.days
    if terms.fees:
        told["restockingFee"] = _fee(max(terms.fees, key=lambda fee: fee.percent))
    return told


def _fees(payer: Payer) -> str:
    return "ReturnFeesCustomerResponsibility" if payer == Payer.SHOPPER else "FreeReturn"


def _fee(fee: Deduction) -> Any:
    if fee.amount is None:
        return fee.percent / 100
    return {"@type": "MonetaryAmount", "value": str(fee.amount.decimal), "currency": fee.amount.currency}


def _season(season: Season) -> dict[str, Any]:
    return {
        "@type": "MerchantReturnPolicySeasonalOverride",
        "startDate": season.first.isoformat(),
        "endDate": season.last.isoformat(),
        "returnPolicyCategory": f"{BASE}MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": season.until.isoformat() if season.until else season.days,
    }
