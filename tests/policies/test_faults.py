"""Unsafe, wrong, late and faulty goods: judged on their own tracks first, never as a change of mind."""

from __future__ import annotations

from typing import Any

import pytest

from homeward.policies.decision import Payer, WayBack
from homeward.policies.facts import Condition, Facts, Fault, Reason
from homeward.policies.rulebook import Then, standard
from tests.support.build_policies import book, clause, facts, judge, local, tried


def defect(country: str = "DE", **more: Any) -> Facts:
    return facts(country, **{"reason": Reason.DEFECT} | more)


def remedies(decision: Any) -> list[tuple[str, int]]:
    return [(offer.remedy.value, offer.tier) for offer in decision.remedies]


@pytest.mark.parametrize(
    ("reason", "track", "ref"),
    [
        (Reason.DAMAGED, "delivery", "FR-DMG-L216-2"),
        (Reason.WRONG_ITEM, "delivery", "FR-DMG-L216-2"),
        (Reason.NOT_AS_DESCRIBED, "delivery", "FR-DMG-L216-2"),
        (Reason.MISSING, "delivery", "FR-DMG-L216-2"),
        (Reason.DEFECT, "guarantee", "FR-CONF-L217-8"),
    ],
)
def test_each_fault_has_its_track_and_its_clause(reason: Reason, track: str, ref: str) -> None:
    decision = judge(facts("FR", reason=reason))
    assert (decision.outcome, decision.track) == ("authorize", track)
    assert decision.bases == (ref, "FR-CONF-L217-7")
    assert (decision.freight, decision.freight_ref) in {(Payer.MERCHANT, ref), (Payer.NOBODY, "")}


def test_a_changed_mind_about_faulty_goods_keeps_the_better_track() -> None:
    decision = judge(facts("DE", reason=Reason.CHANGED_MIND, condition=Condition.FAULTY))
    assert (decision.track, decision.freight) == ("guarantee", Payer.MERCHANT)
    assert tried(decision, "DE-WDR-355") == ("not_applicable", "judged_as_fault")


@pytest.mark.parametrize("fault", [Fault.SELLER, Fault.CARRIER])
def test_a_fault_of_seller_or_carrier_is_judged_as_one_whatever_the_reason(fault: Fault) -> None:
    assert judge(facts("DE", reason=Reason.FIT, fault=fault)).track == "delivery"


def test_the_right_to_withdraw_is_named_beside_a_fault_while_it_lasts() -> None:
    case = defect("DE")
    assert judge(case).withdraw_until == local("2026-12-04 23:59:59.999999", "DE")
    assert judge(defect("DE", asked="2026-12-20 10:00")).withdraw_until is None
    assert judge(defect("DE", traits=["customised"])).withdraw_until is None


def test_europe_offers_repair_or_replacement_first_and_money_when_they_fail() -> None:
    assert remedies(judge(defect("DE"))) == [("repair", 1), ("replace", 1), ("price_reduction", 2), ("refund", 2)]


def test_the_wrong_item_cannot_be_repaired() -> None:
    assert remedies(judge(facts("DE", reason=Reason.WRONG_ITEM)))[0] == ("replace", 1)


def test_britain_gives_thirty_days_to_reject_before_repair_comes_first() -> None:
    early, late = judge(defect("GB")), judge(defect("GB", asked="2026-12-21 10:00"))
    assert remedies(early)[:3] == [("refund", 1), ("repair", 2), ("replace", 2)]
    assert (tried(early, "GB-CRA-22"), tried(late, "GB-CRA-22")) == (("granted", "day_of"), ("closed", "days_over"))
    assert remedies(late) == [("repair", 1), ("replace", 1), ("price_reduction", 2), ("refund", 2)]


def test_the_last_day_of_the_short_term_is_still_in_time() -> None:
    assert tried(judge(defect("GB", asked="2026-12-20 23:59")), "GB-CRA-22")[0] == "granted"


def test_chinas_quality_rule_gives_money_for_seven_days_and_swap_for_fifteen() -> None:
    kinds = {day: [kind for kind, tier in remedies(judge(defect("CN", asked=day))) if tier == 1] for day in (
        "2026-11-27 10:00", "2026-11-28 10:00", "2026-12-06 10:00",
    )}  # fmt: skip
    assert list(kinds.values()) == [["refund", "replace", "repair"], ["replace", "repair"], ["repair"]]


def test_after_the_burden_has_turned_a_person_weighs_the_proof() -> None:
    decision = judge(defect("GB", asked="2027-06-01 10:00"))
    assert (decision.outcome, decision.track, decision.doubts) == ("review", "guarantee", ("burden_on_shopper",))
    assert judge(defect("FR", asked="2028-11-20 10:00")).outcome == "authorize"  # the French burden stays two years


def test_a_defect_after_the_guarantee_is_refused_only_where_its_term_is_verified() -> None:
    three_years = {"asked": "2029-11-20 10:00"}
    for country in ("DE", "FR", "GB", "AT", "JP"):
        assert judge(defect(country, **three_years)).outcome == "review", country
    decision = judge(defect("DE", **three_years))
    assert tried(decision, "DE-CONF-437") == ("closed", "guarantee_over")
    assert decision.doubts == ("unverified_law",)


def test_a_repair_under_the_guarantee_makes_it_longer() -> None:
    first, repaired = judge(defect("FR")), judge(defect("FR", repaired_under_guarantee=True))
    before_2026_07_31 = judge(
        defect("FR", ordered="2026-07-01 09:00", delivered="2026-07-10 09:00", repaired_under_guarantee=True)
    )
    assert first.guarantee_until is not None
    assert first.guarantee_until.isoformat() == "2028-11-20"
    assert repaired.guarantee_until is not None
    assert repaired.guarantee_until.isoformat() == "2029-11-20"  # twelve European months
    assert before_2026_07_31.guarantee_until is not None
    assert before_2026_07_31.guarantee_until.isoformat() == "2029-01-10"  # six French months


def test_a_shop_that_answers_longer_helps_where_the_law_has_ended() -> None:
    shop = book(clause("LT-5Y", Then(guarantee_months=60)))
    decision = judge(defect("DE", asked="2029-11-20 10:00"), shop)
    assert (decision.outcome, decision.track, decision.bases) == ("authorize", "goodwill", ("LT-5Y",))
    assert decision.freight == Payer.MERCHANT
    mere_wish = judge(facts("DE", asked="2029-11-20 10:00"), shop)
    assert tried(mere_wish, "LT-5Y") == ("not_applicable", "other_reason")
    assert mere_wish.outcome == "refuse"


def test_a_fault_laid_on_the_shopper_goes_to_a_person() -> None:
    decision = judge(defect("DE", fault=Fault.BUYER))
    assert (decision.outcome, decision.doubts) == ("review", ("fault_with_shopper",))


def test_americans_must_prove_a_fault_unless_the_shop_takes_it() -> None:
    assert judge(defect("US")).outcome == "review"
    promised = judge(defect("US", evidence=frozenset({"photo"})), standard())
    assert (promised.outcome, promised.track, promised.bases) == ("authorize", "goodwill", ("STD-FAULT",))
    assert promised.freight == Payer.MERCHANT


def test_missing_goods_leave_nothing_to_send() -> None:
    decision = judge(facts("DE", reason=Reason.MISSING))
    assert (decision.way_back, decision.freight) == (WayBack.NOTHING, Payer.NOBODY)


def test_a_parcel_that_never_came_is_late_only_after_its_day() -> None:
    lost = {"reason": Reason.MISSING, "delivered": None}
    assert judge(facts("DE", asked="2026-12-10 10:00", **lost)).outcome == "review"
    decision = judge(facts("DE", asked="2026-12-17 00:00", **lost))
    assert (decision.outcome, decision.track, decision.bases) == ("authorize", "late", ("DE-LATE-323",))


def test_an_agreed_day_comes_before_the_thirty_days_of_the_law() -> None:
    late = {"reason": Reason.LATE, "delivered": None, "promised_at": local("2026-11-23 12:00", "DE")}
    assert judge(facts("DE", asked="2026-11-24 00:00", **late)).outcome == "authorize"
    assert judge(facts("DE", asked="2026-11-23 23:59", **late)).outcome == "review"


def test_the_american_shipping_rule_is_verified_and_may_say_not_yet() -> None:
    early = judge(facts("US", reason=Reason.LATE, delivered=None))
    assert (early.outcome, early.bases) == ("refuse", ("US-LATE-435",))
    late = judge(facts("US", reason=Reason.LATE, delivered=None, asked="2026-12-20 10:00"))
    assert late.refund.law is not None
    assert (late.outcome, late.refund.law.days, late.refund.law.day_type) == ("authorize", 7, "business")


def test_goods_that_came_too_late_are_a_matter_for_a_person_or_the_shop() -> None:
    late = facts("DE", reason=Reason.LATE, promised_at=local("2026-11-18 12:00", "DE"))
    assert judge(late).outcome == "review"
    assert tried(judge(late), "DE-LATE-323") == ("not_met", "arrived_late")
    assert judge(late, standard()).bases == ("STD-LATE",)


# Safety comes before everything.


def test_a_recalled_product_is_taken_back_at_any_time_whatever_was_said() -> None:
    decision = judge(facts("DE", goods={"recalled": True}, asked="2031-01-01 10:00"))
    assert (decision.outcome, decision.track, decision.bases[0]) == ("authorize", "safety", "DE-SAFE-37")
    assert {kind for kind, _ in remedies(decision)} == {"repair", "replace", "refund"}
    assert decision.freight == Payer.MERCHANT


def test_a_recall_without_a_rule_for_it_goes_to_a_person() -> None:
    decision = judge(facts("GB", goods={"recalled": True}))
    assert (decision.outcome, "recall_without_rule" in decision.doubts) == ("review", True)


def test_a_claim_of_danger_goes_to_the_people_of_safety_even_where_the_shop_would_pay() -> None:
    decision = judge(facts("DE", reason=Reason.UNSAFE), book(clause("LT-30D", Then(extend_days=30))))
    assert (decision.outcome, decision.route, decision.doubts) == ("review", "safety", ("safety_claim",))


def test_a_dangerous_battery_is_never_sent() -> None:
    decision = judge(defect("DE", traits=["battery"], goods={"danger_signs": True}), standard())
    assert (decision.outcome, decision.way_back, decision.freight) == ("review", WayBack.DO_NOT_SEND, Payer.NOBODY)
    assert (decision.route, tried(decision, "DG-1")) == ("safety", ("granted", "dangerous"))


def test_a_recalled_battery_stays_where_it_is_and_is_made_good() -> None:
    decision = judge(facts("DE", traits=["battery"], goods={"recalled": True, "danger_signs": False}))
    assert (decision.outcome, decision.way_back, decision.is_returnless) == ("authorize", WayBack.DO_NOT_SEND, True)


def test_a_faulty_battery_is_asked_about_before_anything_travels() -> None:
    asked = judge(defect("DE", traits=["battery"]))
    assert (asked.outcome, asked.questions) == ("review", ("danger_signs",))
    assert judge(defect("DE", traits=["battery"], goods={"danger_signs": False})).outcome == "authorize"


def test_a_place_without_law_grants_what_the_shop_grants_and_refuses_nothing() -> None:
    assert judge(defect("PY")).outcome == "review"
    assert "no_data" in judge(defect("PY")).doubts
    assert judge(defect("PY", evidence=frozenset({"photo"})), standard()).track == "goodwill"
