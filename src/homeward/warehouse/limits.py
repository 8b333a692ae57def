"""What may not become of returned goods: rules of law and of the house as data, each with its source.

The facts come from the law library of the project (dangerous goods, regulated goods, ecodesign); the words stand in
`texts.py`. Countries are those where the goods lie, for that is where somebody would sell, give away or destroy them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from homeward.warehouse.checklists import Grade, Sign, kind_of


class Disposition(StrEnum):
    """What becomes of a unit."""

    RESTOCK = "restock"
    REFURBISH = "refurbish"
    LIQUIDATE = "liquidate"
    DONATE = "donate"
    RETURN_TO_SUPPLIER = "return_to_supplier"
    SEND_BACK = "send_back"  # to the shopper
    QUARANTINE = "quarantine"
    DESTROY = "destroy"


EU = frozenset("AT BE BG HR CY CZ DE DK EE ES FI FR GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
_D = Disposition
_SALES = frozenset({_D.RESTOCK, _D.REFURBISH, _D.LIQUIDATE})
_MARKET = _SALES | {_D.DONATE}
_TRANSPORT = frozenset({_D.LIQUIDATE, _D.DONATE, _D.RETURN_TO_SUPPLIER, _D.SEND_BACK, _D.DESTROY})


@dataclass(frozen=True, slots=True)
class Goods:
    """What kind of thing lies on the table."""

    category: str = ""
    traits: frozenset[str] = frozenset()
    hs_code: str = ""

    @property
    def words(self) -> frozenset[str]:
        """Category, kind and traits together, as limits name them."""
        return self.traits | {self.category.strip().lower(), kind_of(self.category, self.traits)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One rule. It holds where the goods, the signs found, the grade, the country and the day all fit; empty fits all.

    `lifted_by` are signs that take the rule away again; then the reason has to be written down, for the law wants a
    record. `second_person` wants two pairs of eyes on the unit.
    """

    key: str
    layer: str  # "law" or "house"
    source: str
    forbids: frozenset[Disposition]
    goods: frozenset[str] = frozenset()
    hs: tuple[str, ...] = ()
    signs: frozenset[Sign] = frozenset()
    grades: frozenset[Grade] = frozenset()
    countries: frozenset[str] = frozenset()
    since: date | None = None
    lifted_by: frozenset[Sign] = frozenset()
    second_person: bool = False

    def fits(self, goods: Goods, grade: Grade, signs: frozenset[Sign], *, country: str, day: date) -> bool:
        """Whether the rule speaks about this unit, lifted or not; an unknown country is taken for a strict one."""
        return (
            self._is_about(goods)
            and (not self.signs or bool(self.signs & signs))
            and (not self.grades or grade in self.grades)
            and (not self.countries or not country or country.upper() in self.countries)
            and (self.since is None or day >= self.since)
        )

    def _is_about(self, goods: Goods) -> bool:
        if not self.goods and not self.hs:
            return True
        return bool(self.goods & goods.words) or (bool(self.hs) and goods.hs_code.startswith(self.hs))


def _but(*allowed: Disposition) -> frozenset[Disposition]:
    return frozenset(Disposition) - set(allowed)


LIMITS: tuple[Limit, ...] = (
    Limit(
        key="battery_damaged",
        layer="law",
        source="ADR and IMDG Code, special provision 376; IATA DGR, special provision A154; 49 CFR 173.185(f)",
        signs=frozenset({Sign.UNSAFE_BATTERY}),
        forbids=_but(_D.QUARANTINE),
        second_person=True,
    ),
    Limit(
        key="battery_cause_unknown",
        layer="law",
        source="IATA DGR, special provision A154",
        goods=frozenset({"battery"}),
        signs=frozenset({Sign.MALFUNCTION}),
        forbids=_TRANSPORT | {_D.RESTOCK},
    ),
    Limit(
        key="recalled",
        layer="law",
        source="Regulation (EU) 2023/988, art. 5; 15 U.S.C. 2068(a)(2)",
        goods=frozenset({"recalled"}),
        forbids=_MARKET | {_D.SEND_BACK},
    ),
    Limit(
        key="medicine",
        layer="law",
        source="Guidelines 2013/C 343/01, ch. 6.3; 21 CFR 211.204 and 211.208",
        goods=frozenset({"medicine"}),
        forbids=_MARKET,
    ),
    Limit(
        key="medical",
        layer="law",
        source="Regulation (EU) 2017/745, art. 14; 21 CFR part 820",
        goods=frozenset({"medical"}),
        forbids=_MARKET,
    ),
    Limit(
        key="supplements",
        layer="law",
        source="21 CFR 111.510 to 111.535",
        goods=frozenset({"supplements"}),
        forbids=_MARKET,
    ),
    Limit(
        key="cosmetics_opened",
        layer="law",
        source="Regulation (EC) No 1223/2009, art. 3; 21 U.S.C. 361",
        goods=frozenset({"cosmetics"}),
        signs=frozenset({Sign.OPENED}),
        forbids=_MARKET,
    ),
    Limit(
        key="food",
        layer="law",
        source="Regulation (EC) No 178/2002, art. 14; 21 CFR part 117",
        goods=frozenset({"food"}),
        forbids=_SALES,
    ),
    Limit(
        key="food_unsafe",
        layer="law",
        source="Regulation (EC) No 178/2002, art. 14; 21 CFR part 117",
        goods=frozenset({"food"}),
        signs=frozenset({Sign.OPENED, Sign.SPOILED, Sign.BROKEN}),
        forbids=_MARKET,
    ),
    Limit(
        key="unsold_apparel",
        layer="law",
        source="Regulation (EU) 2024/1781, art. 25 and annex VII",
        goods=frozenset({"apparel", "footwear", "clothing_accessories"}),
        hs=("4203", "61", "62", "6401", "6402", "6403", "6404", "6405", "6504", "6505"),
        countries=EU,
        since=date(2026, 7, 19),
        forbids=frozenset({_D.DESTROY}),
        lifted_by=frozenset({Sign.HEALTH_HAZARD, Sign.BROKEN}),
    ),
    Limit(
        key="personal_data",
        layer="law",
        source="Regulation (EU) 2016/679, art. 5(1)(f) and 32",
        signs=frozenset({Sign.LOCKED}),
        forbids=frozenset({_D.RESTOCK, _D.LIQUIDATE, _D.DONATE, _D.RETURN_TO_SUPPLIER}),
    ),
    Limit(
        key="health_hazard",
        layer="house",
        source="",
        signs=frozenset({Sign.HEALTH_HAZARD}),
        forbids=_MARKET,
    ),
    Limit(
        key="hygiene_opened",
        layer="house",
        source="",
        goods=frozenset({"sealed_hygiene", "underwear", "personal_use"}),
        signs=frozenset({Sign.OPENED}),
        forbids=frozenset({_D.RESTOCK}),
    ),
    Limit(
        key="made_for_one",
        layer="house",
        source="",
        goods=frozenset({"customised"}),
        forbids=frozenset({_D.RESTOCK}),
    ),
    Limit(
        key="damaged_is_not_new",
        layer="house",
        source="",
        grades=frozenset({Grade.C, Grade.D}),
        forbids=frozenset({_D.RESTOCK}),
    ),
    Limit(
        key="not_ours",
        layer="house",
        source="",
        grades=frozenset({Grade.X}),
        forbids=_but(_D.QUARANTINE, _D.SEND_BACK),
    ),
)  # fmt: skip


def speaking(
    goods: Goods, grade: Grade, signs: frozenset[Sign], *, country: str, day: date
) -> tuple[list[Limit], list[Limit]]:
    """Return the limits that hold for a unit, and those that its signs lift."""
    found = [limit for limit in LIMITS if limit.fits(goods, grade, signs, country=country, day=day)]
    lifted = [limit for limit in found if limit.lifted_by & signs]
    return [limit for limit in found if limit not in lifted], lifted


def forbidden(limits: Iterable[Limit]) -> dict[Disposition, Limit]:
    """Return every disposition that these limits forbid, with the first one that does."""
    return {disposition: limit for limit in reversed(list(limits)) for disposition in limit.forbids}
