"""The demo's town: people who can sign in, centers, sample rates, rulebooks, and the sample's orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from homeward.connectors import sample
from homeward.kernel import Actor, Money, Role
from homeward.logistics import actions as logistics_actions
from homeward.parties import actions as party_actions
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant
from homeward.policies import actions as policy_actions
from homeward.policies import queries as policy_queries
from homeward.policies import rulebook as books

OPERATOR = Actor(Role.OPERATOR, "demo", "Demo")
PASSWORD = "calm harbor"
LONG_AGO = timedelta(days=900)  # before every purchase of the sample
SAMPLE_RATES = Path(logistics_actions.__file__).parent.parent / "sample_rates.csv"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in to the demo."""

    email: str
    name: str
    role: Role
    does: str
    merchant: str = ""
    limit: str = ""


PEOPLE = (
    Person("bo@lanting.example", "Bo Lindqvist", Role.AGENT, "decides up to €50", "lanting", "50"),
    Person("ada@lanting.example", "Ada Moreau", Role.SUPERVISOR, "decides what is above", "lanting"),
    Person("kim@lanting.example", "Kim Novak", Role.DOCK, "scans, counts, grades", "lanting"),
    Person("fay@lanting.example", "Fay Okafor", Role.FINANCE, "confirms transfers", "lanting"),
    Person("lin@lanting.example", "Lin Tao", Role.MERCHANT, "looks after the shop Lanting", "lanting"),
    Person("nils@nordlicht.example", "Nils Berg", Role.MERCHANT, "looks after the shop Nordlicht", "nordlicht"),
    Person("olu@homeward.example", "Olu Adeyemi", Role.OPERATOR, "runs the installation"),
)

CENTERS: tuple[dict[str, Any], ...] = (
    {
        "code": "roubaix", "name": "Roubaix hub", "kind": "hub", "country": "FR", "zone": "Europe/Paris",
        "serves": ["FR", "BE", "LU", "ES", "PT", "IT", "NL", "DE", "AT", "IE", "PL", "DK", "SE", "FI", "GR", "CY"],
        "address": ["Homeward Retours", "12 rue du Fort", "59100 Roubaix", "France"], "handling_minor": 140,
        "currency": "EUR",
    },
    {
        "code": "hamburg", "name": "Hamburg warehouse", "kind": "warehouse", "country": "DE", "zone": "Europe/Berlin",
        "serves": ["DE", "AT", "DK", "CH", "SE", "NO", "FI", "PL", "NL"],
        "address": ["Nordlicht Retouren", "Kaistraße 4", "20457 Hamburg", "Deutschland"], "handling_minor": 160,
        "currency": "EUR",
    },
    {
        "code": "corby", "name": "Corby center", "kind": "center", "country": "GB", "zone": "Europe/London",
        "serves": ["GB", "IE", "JE", "GG"],
        "address": ["Homeward Returns", "Unit 9, Saxon Way", "Corby NN18 9EX", "United Kingdom"],
        "handling_minor": 150, "currency": "EUR",
    },
    {
        "code": "ontario-ca", "name": "Ontario CA center", "kind": "center", "country": "US",
        "zone": "America/Los_Angeles", "serves": ["US", "CA"],
        "address": ["Homeward Returns", "4100 E Jurupa St", "Ontario, CA 91761", "United States"],
        "handling_minor": 190, "currency": "EUR",
    },
    {
        "code": "osaka", "name": "Osaka drop-off", "kind": "shop", "country": "JP", "zone": "Asia/Tokyo",
        "serves": ["JP"], "address": ["Homeward 返品センター", "大阪市此花区桜島1-2-3", "554-0031", "日本"],
        "handling_minor": 170, "currency": "EUR",
    },
    {
        "code": "yiwu", "name": "Yiwu warehouse", "kind": "warehouse", "country": "CN", "zone": "Asia/Shanghai",
        "serves": ["CN", "HK", "SG", "AU"], "address": ["兰亭退货仓", "浙江省义乌市稠州北路 1000 号", "322000", "中国"],
        "handling_minor": 60, "currency": "EUR",
    },
)  # fmt: skip


def settle_in(*, at: datetime) -> dict[str, Merchant]:
    """Bring the demo's town to life, or leave it as it is where it lives already; returns the merchants by slug."""
    merchants = {
        slug: party_actions.admit(slug=slug, actor=OPERATOR, at=at - LONG_AGO, **told)
        for slug, told in sample.MERCHANTS.items()
    }
    for center in CENTERS:
        logistics_actions.open_center(actor=OPERATOR, at=at, **center)
    with SAMPLE_RATES.open(encoding="utf-8") as lines:
        logistics_actions.import_rates(lines, actor=OPERATOR, at=at)
    for merchant in merchants.values():
        if not policy_queries.rulebooks(OPERATOR).filter(merchant=merchant).exists():
            policy_actions.publish(
                books.standard(), merchant=merchant, actor=OPERATOR, at=at - LONG_AGO, valid_from=at - LONG_AGO
            )
    known = {staff.email for staff in party_queries.staff(OPERATOR)}
    for person in PEOPLE:
        if person.email not in known:
            party_actions.hire(
                email=person.email, name=person.name, role=person.role, actor=OPERATOR, at=at, password=PASSWORD,
                merchant=merchants.get(person.merchant),
                authority=Money.of(person.limit, "EUR") if person.limit else None,
            )  # fmt: skip
    return merchants
