"""The right to change one's mind, country by country: who has it, who pays the way back, when the money is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from homeward.policies.decision import Outbound, Payer, Term
from homeward.policies.facts import Condition, Facts
from homeward.policies.rulebook import Then, When, standard
from tests.support.build_policies import book, clause, facts, judge, tried


@dataclass(frozen=True)
class Story:
    """What is given, and what the law makes of it."""

    name: str
    given: Facts
    outcome: str
    track: str = "change_of_mind"
    bases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


EITHER = "goods_back_or_proof_of_sending"


def american(**more: Any) -> Facts:
    return facts("US", subdivision="US-TX", **more)


def californian(**more: Any) -> Facts:
    return facts("US", subdivision="US-CA", zone="America/Los_Angeles", **more)


def argentine(**more: Any) -> Facts:
    return facts("AR", asked="2026-12-24 10:00", **more)


STORIES = [
    Story("Germany, day 4", facts("DE"), "authorize", bases=("DE-WDR-355",)),
    Story("Germany, day 15", facts("DE", asked="2026-12-05 10:00"), "refuse", bases=("DE-WDR-355",)),
    Story("France, day 4", facts("FR"), "authorize", bases=("FR-WDR-L221-18",)),
    Story("Austria inherits the floor and cites its own act", facts("AT"), "authorize", bases=("AT-WDR",)),
    Story("Austria, day 15", facts("AT", asked="2026-12-05 10:00"), "refuse", bases=("AT-WDR",)),
    Story("Britain, day 4", facts("GB"), "authorize", bases=("GB-CAN-29",)),
    Story("Britain, day 15", facts("GB", asked="2026-12-05 10:00"), "refuse", bases=("GB-CAN-29",)),
    Story("China, day 4", facts("CN"), "authorize", bases=("CN-7D-25",)),
    Story("China, day 8", facts("CN", asked="2026-11-28 10:00"), "refuse", bases=("CN-7D-25",)),
    Story("Japan, terms never shown", facts("JP", return_terms_shown=False), "authorize", bases=("JP-RET-15-3",)),
    Story("Japan, nobody can prove the terms", facts("JP"), "authorize", bases=("JP-RET-15-3",)),
    Story("Japan, terms shown", facts("JP", return_terms_shown=True), "refuse", bases=("JP-RET-15-3",)),
    Story("Texas, terms shown", american(return_terms_shown=True), "refuse", bases=("US-NONE",)),
    Story("Texas, no proof of terms: a state may help", american(), "review"),
    Story("California, policy not posted", californian(return_terms_shown=False), "authorize", bases=("US-CA-1723",)),
    Story("California, policy posted", californian(return_terms_shown=True), "refuse", bases=("US-CA-1723",)),
    Story("Brazil, day 4", facts("BR"), "authorize", bases=("BR-WDR",)),
    Story("Brazil, a year later", facts("BR", asked="2027-11-24 10:00"), "refuse", bases=("BR-WDR",)),
    Story("Argentina, informed, a month later", argentine(informed=True), "refuse", bases=("AR-WDR",)),
    Story("Argentina, never informed: no end", argentine(informed=None), "authorize", bases=("AR-WDR", "AR-INF")),
    Story("Ontario: only where the seller failed", facts("CA", subdivision="ON"), "review"),
    Story("Massachusetts: no number is known", facts("US", subdivision="MA"), "review"),
    Story("Paraguay, no pack: a person decides", facts("PY"), "review"),
    Story("Paraguay, a year later: still a person", facts("PY", asked="2027-11-24 10:00"), "review"),
]


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_the_law_of_the_shoppers_country_decides(story: Story) -> None:
    decision = judge(story.given)
    assert (decision.outcome, decision.track, decision.bases) == (story.outcome, story.track, story.bases)


def test_each_order_uses_the_window_of_its_own_market() -> None:
    two_markets = book(
        clause("SHORT", Then(extend_days=14), When(country=("US",))),
        clause("LONG", Then(extend_days=60), When(country=("PY",))),
    )
    asked = {"asked": "2026-12-20 10:00", "return_terms_shown": True}
    assert judge(facts("US", **asked), two_markets).outcome == "refuse"
    assert judge(facts("PY", **asked), two_markets).outcome == "authorize"


def test_the_book_of_the_day_of_purchase_decides_not_the_newer_one() -> None:
    day_20 = facts("US", return_terms_shown=True, asked="2026-12-10 10:00")
    old, new = book(clause("WINDOW", Then(extend_days=30))), book(clause("WINDOW", Then(extend_days=7)), version=15)
    assert judge(day_20, old).outcome == "authorize"
    assert (judge(day_20, new).outcome, judge(day_20, new).rulebook_version) == ("refuse", 15)


def test_an_american_stands_on_the_shops_promise_alone() -> None:
    decision = judge(american(return_terms_shown=True), standard())
    assert (decision.outcome, decision.track, decision.bases) == ("authorize", "goodwill", ("STD-30D",))
    assert (decision.freight, decision.law_deadline) == (Payer.SHOPPER, None)
    assert judge(american(return_terms_shown=True, asked="2027-02-01 10:00"), standard()).outcome == "refuse"


@pytest.mark.parametrize(
    ("given", "payer", "ref"),
    [
        (facts("DE"), Payer.SHOPPER, "DE-FRT-357"),
        (facts("DE", informed=None), Payer.MERCHANT, "DE-FRT-357"),
        (facts("GB"), Payer.SHOPPER, "GB-FRT-35"),
        (facts("CN"), Payer.SHOPPER, "CN-FRT-25"),
        (facts("JP"), Payer.SHOPPER, "JP-FRT-15-3"),
        (facts("BR"), Payer.MERCHANT, "BR-FRT"),
        (facts("PY"), Payer.MERCHANT, ""),
    ],
    ids=["DE told", "DE not told", "GB told", "CN", "JP", "BR", "not known: the merchant"],
)
def test_the_law_says_who_pays_the_way_back(given: Facts, payer: Payer, ref: str) -> None:
    decision = judge(given)
    assert (decision.freight, decision.freight_ref) == (payer, ref)


def test_a_shop_that_bears_the_freight_is_named_as_the_ground() -> None:
    decision = judge(facts("DE"), book(clause("LT-FREE", Then(merchant_pays_return=True))))
    assert (decision.freight, decision.freight_ref) == (Payer.MERCHANT, "LT-FREE")


@pytest.mark.parametrize(
    ("given", "law", "withheld", "outbound"),
    [
        (facts("DE"), Term(14, "trader_informed_of_withdrawal", "DE-REF-357"), EITHER, "standard"),
        (facts("GB"), Term(14, EITHER, "GB-REF-34"), EITHER, "standard"),
        (facts("CN"), Term(7, "goods_back", "CN-REF-25"), "goods_back", "none"),
        (facts("JP"), None, "", "standard"),
    ],
    ids=["DE", "GB", "CN", "JP knows no term; outbound freight kindly"],
)  # fmt: skip
def test_the_law_says_when_the_money_is_due(given: Facts, law: Term | None, withheld: str, outbound: str) -> None:
    refund = judge(given).refund
    assert (refund.law, refund.may_withhold_until, refund.outbound) == (law, withheld, Outbound(outbound))


def test_the_shops_promise_stands_beside_the_law_and_the_soonest_counts() -> None:
    slow, fast = clause("SLOW", Then(refund_within_days=9)), clause("FAST", Then(refund_within_days=2))
    refund = judge(facts("DE"), book(slow, fast)).refund
    assert refund.promise == Term(2, "goods_back", "FAST")
    assert refund.law is not None


def test_wear_may_be_deducted_only_from_an_informed_shopper() -> None:
    assert [part.ref for part in judge(facts("DE")).deductions] == ["DE-WEAR-357A"]
    assert judge(facts("DE", informed=None)).deductions == ()


def test_used_goods_still_come_back_in_europe_with_a_deduction() -> None:
    decision = judge(facts("FR", condition=Condition.USED))
    assert (decision.outcome, decision.deductions[0].ground) == ("authorize", "wear")


def test_used_goods_in_china_go_to_a_person_for_the_demand_is_not_verified() -> None:
    decision = judge(facts("CN", condition=Condition.USED))
    assert (decision.outcome, decision.doubts) == ("review", ("unverified_law",))
    assert tried(decision, "CN-INTACT-8") == ("closed", "closes")


def test_the_goods_must_leave_within_fourteen_days_in_europe() -> None:
    assert judge(facts("DE")).send_back == Term(14, "withdrawal_notice_sent", "DE-WDR-355")
    assert judge(facts("JP")).send_back is None


def test_a_guarantee_stays_named_beside_a_refusal() -> None:
    decision = judge(facts("DE", asked="2026-12-05 10:00"))
    assert decision.guarantee_until is not None
    assert decision.guarantee_until.isoformat() == "2028-11-20"
    assert (decision.remedies, decision.freight, decision.way_back) == ((), Payer.NOBODY, "nothing")
