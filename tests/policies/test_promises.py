"""What a shop's clauses add, and what they can never take away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from homeward.kernel import Money
from homeward.policies.decision import Payer, Remedy, WayBack
from homeward.policies.facts import Facts, Reason, Standing
from homeward.policies.rulebook import Fee, Then, When, standard
from tests.support.build_policies import book, clause, facts, judge, tried


def day(number: int, **more: Any) -> Facts:
    """Build a German's change of mind on a day of December."""
    return facts("DE", asked=f"2026-12-{number:02} 10:00", **more)


LONG = clause("LT-30D", Then(extend_days=30))


def test_a_longer_window_of_the_shop_opens_what_the_law_has_closed() -> None:
    decision = judge(day(15), book(LONG))
    assert (decision.outcome, decision.track, decision.bases) == ("authorize", "goodwill", ("LT-30D",))
    assert (decision.deadline_day, decision.law_deadline) != (None, None)
    assert decision.deadline_day == date(2026, 12, 20)
    assert tried(decision, "DE-WDR-355") == ("closed", "window_over")


def test_the_shops_last_day_is_the_last_one() -> None:
    assert judge(day(20), book(LONG)).outcome == "authorize"
    assert judge(day(21), book(LONG)).outcome == "refuse"


def test_in_the_laws_own_time_the_law_carries_and_the_shop_lengthens() -> None:
    decision = judge(facts("DE"), book(LONG))
    assert (decision.track, decision.deadline_day) == ("change_of_mind", date(2026, 12, 20))
    assert tried(decision, "LT-30D") == ("granted", "in_time")


def test_a_shorter_window_of_the_shop_changes_nothing() -> None:
    decision = judge(facts("DE"), book(clause("LT-7D", Then(extend_days=7))))
    assert (decision.outcome, decision.deadline_day) == ("authorize", date(2026, 12, 4))
    assert tried(decision, "LT-7D") == ("granted", "law_gives_as_much")


def test_a_season_keeps_the_door_open_over_new_year() -> None:
    season = clause("LT-XMAS", Then(extend_until="01-31"), When(season=("11-01", "12-24")))
    assert judge(facts("DE", asked="2027-01-31 23:00"), book(season)).deadline_day == date(2027, 1, 31)
    assert judge(facts("DE", asked="2027-02-01 10:00"), book(season)).outcome == "refuse"
    in_october = facts("DE", ordered="2026-10-20 09:00", delivered="2026-10-25 09:00", asked="2027-01-10 10:00")
    assert tried(judge(in_october, book(season)), "LT-XMAS") == ("not_applicable", "when_season")


@pytest.mark.parametrize(
    ("value", "freight", "kept"), [(2500, 1600, True), (2501, 1600, False), (2500, 1499, False), (2500, None, False)]
)
def test_cheap_goods_whose_way_back_costs_too_much_are_kept(value: int, freight: int | None, kept: bool) -> None:
    keep = clause("LT-KEEP", Then(keep=True), When(value_at_most={"EUR": 2500}, freight_share_at_least=60))
    estimate = Money(freight, "EUR") if freight is not None else None
    decision = judge(facts("DE", unit_value=Money(value, "EUR"), freight_estimate=estimate), book(keep))
    assert (decision.way_back == WayBack.KEEP, decision.is_returnless) == (kept, kept)
    assert decision.freight == (Payer.NOBODY if kept else Payer.SHOPPER)


def test_the_share_of_freight_is_measured_on_what_the_goods_fetch() -> None:
    keep = book(clause("LT-KEEP", Then(keep=True), When(freight_share_at_least=60)))
    case = {"unit_value": Money(10_000, "EUR"), "freight_estimate": Money(600, "EUR")}
    assert judge(facts("DE", resale_value=Money(1000, "EUR"), **case), keep).way_back == WayBack.KEEP
    assert judge(facts("DE", **case), keep).way_back == WayBack.SEND


def test_the_value_counts_all_units_and_only_in_the_clauses_own_currency() -> None:
    keep = book(clause("LT-KEEP", Then(keep=True), When(value_at_most={"EUR": 2500})))
    assert judge(facts("DE", unit_value=Money(1000, "EUR"), quantity=2), keep).way_back == WayBack.KEEP
    assert judge(facts("DE", unit_value=Money(1000, "EUR"), quantity=3), keep).way_back == WayBack.SEND
    assert judge(facts("DE", unit_value=Money(10, "CHF")), keep).way_back == WayBack.SEND


def test_a_shops_remedies_stand_behind_those_of_the_law() -> None:
    shop = book(clause("LT-MORE", Then(offer=(Remedy.REFUND, Remedy.EXCHANGE, Remedy.STORE_CREDIT))))
    decision = judge(facts("DE"), shop)
    assert [(offer.remedy.value, offer.source.value) for offer in decision.remedies] == [
        ("refund", "statute"), ("exchange", "shop"), ("store_credit", "shop"),
    ]  # fmt: skip


def test_a_shop_may_offer_money_at_once_where_the_law_asks_for_a_repair_first() -> None:
    decision = judge(facts("DE", reason=Reason.DEFECT), book(clause("LT-CASH", Then(offer=(Remedy.REFUND,)))))
    assert ("refund", 1, "shop") in [(o.remedy.value, o.tier, o.source.value) for o in decision.remedies]


def test_a_shops_doubt_about_the_delivery_date_holds_up_no_right_of_the_law() -> None:
    case = facts("DE", reason=Reason.DAMAGED, delivered=None, asked="2027-01-30 10:00")
    assert judge(case, book(LONG)).outcome == judge(case).outcome == "authorize"
    in_doubt = facts("US", delivered=None, asked="2027-01-30 10:00", return_terms_shown=True)
    assert (judge(in_doubt, book(LONG)).outcome, judge(in_doubt, book(LONG)).questions) == ("review", ("delivered_at",))
    assert judge(in_doubt).outcome == "refuse"


CREDIT_ONLY = clause("LT-CREDIT", Then(extend_days=60, offer=(Remedy.STORE_CREDIT,)))


def test_credit_instead_of_money_is_no_answer_where_the_law_may_give_money() -> None:
    assert judge(facts("PY"), book(CREDIT_ONLY)).outcome == "review"
    free_of_law = facts("US", return_terms_shown=True)
    decision = judge(free_of_law, book(CREDIT_ONLY))
    assert (decision.outcome, [offer.remedy for offer in decision.remedies]) == ("authorize", ["store_credit"])


def test_a_shop_that_says_yes_without_proof_leaves_the_remedies_of_the_law() -> None:
    decision = judge(facts("GB", reason=Reason.DEFECT, asked="2027-06-01 10:00"), book(
        clause("LT-2Y", Then(guarantee_months=24, offer=(Remedy.COUPON,)))
    ))  # fmt: skip
    assert (decision.outcome, decision.track) == ("authorize", "goodwill")
    assert [offer.remedy.value for offer in decision.remedies][:2] == ["repair", "replace"]
    assert decision.remedies[-1].remedy == Remedy.COUPON


FEE = clause("LT-FEE", Then(fee=Fee(percent=1500, amount={"EUR": 200})))


def test_a_fee_is_taken_for_goodwill_where_the_terms_were_shown() -> None:
    decision = judge(day(15, return_terms_shown=True), book(LONG, FEE))
    assert [(part.ground, part.percent, part.amount) for part in decision.deductions] == [
        ("fee", 1500, Money(200, "EUR"))
    ]


def test_no_fee_touches_a_right_of_the_law() -> None:
    decision = judge(facts("DE", return_terms_shown=True), book(LONG, FEE))
    assert "LT-FEE" not in [part.ref for part in decision.deductions]
    assert tried(decision, "LT-FEE") == ("not_met", "right_above")


def test_no_fee_without_proof_that_the_terms_were_shown() -> None:
    decision = judge(day(15), book(LONG, FEE))
    assert (decision.deductions, tried(decision, "LT-FEE")) == ((), ("not_met", "terms_not_shown"))


PHOTO = clause("LT-PHOTO", Then(evidence=("photo",)))


def test_evidence_is_asked_for_a_claim_and_nothing_is_granted_before() -> None:
    asked = judge(facts("DE", reason=Reason.DAMAGED), book(PHOTO))
    assert (asked.outcome, asked.evidence_wanted, asked.route) == ("review", ("photo",), "shopper")
    assert tried(asked, "LT-PHOTO") == ("granted", "evidence_missing")
    given = judge(facts("DE", reason=Reason.DAMAGED, evidence=frozenset({"photo"})), book(PHOTO))
    assert (given.outcome, given.evidence_wanted) == ("authorize", ())


def test_nobody_is_asked_for_a_photo_of_a_changed_mind() -> None:
    decision = judge(facts("DE"), book(PHOTO))
    assert (decision.outcome, decision.evidence_wanted) == ("authorize", ())
    assert tried(decision, "LT-PHOTO") == ("not_met", "right_above")


SERIAL = clause("LT-SERIAL", Then(route="supervisor"), When(returns_at_least=5, return_rate_at_least=50))
OFTEN = Standing(orders=8, returns=6)


def test_a_serial_returner_meets_a_person_only_beyond_the_law() -> None:
    assert judge(facts("DE", standing=OFTEN), book(LONG, SERIAL)).outcome == "authorize"
    beyond = judge(day(15, standing=OFTEN), book(LONG, SERIAL))
    assert (beyond.outcome, beyond.track, beyond.route) == ("review", "goodwill", "supervisor")
    assert judge(day(15), book(LONG, SERIAL)).outcome == "authorize"


def test_a_route_holds_up_no_refusal_that_the_law_makes_clear() -> None:
    decision = judge(day(25, standing=OFTEN), book(LONG, SERIAL))
    assert (decision.outcome, tried(decision, "LT-SERIAL")) == ("refuse", ("not_met", "nothing_to_hold"))


def test_an_unanswered_seal_waits_even_when_only_the_shops_window_is_open() -> None:
    case = day(15, traits=["sealed_hygiene"])
    decision = judge(case, book(LONG))
    assert (decision.outcome, decision.questions) == ("review", ("seal_broken",))
    assert tried(decision, "LT-30D") == ("not_met", "to_be_asked")
    assert judge(case).outcome == "refuse"  # without the shop's window nothing is left to ask


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (When(country=("FR",)), "when_country"),
        (When(not_country=("DE",)), "when_not_country"),
        (When(category=("tea",)), "when_category"),
        (When(trait=("perishable",)), "when_trait"),
        (When(reason=(Reason.FIT,)), "when_reason"),
        (When(channel=("amazon",)), "when_channel"),
        (When(tag=("sale",)), "when_tag"),
        (When(ordered_from=date(2026, 12, 1)), "when_ordered_from"),
        (When(any_of=(When(country=("FR",)), When(country=("IT",)))), "when_any_of"),
        (When(none_of=(When(country=("DE",)),)), "when_none_of"),
    ],
)
def test_a_clause_about_other_requests_says_what_it_is_about(when: When, reason: str) -> None:
    decision = judge(facts("DE"), book(clause("LT-X", Then(keep=True), when)))
    assert tried(decision, "LT-X") == ("not_applicable", reason)


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (When(value_at_least={"EUR": 5000}), "when_value_at_least"),
        (When(days_since_delivery_at_most=3), "when_days_since_delivery_at_most"),
        (When(days_since_order_at_most=7), "when_days_since_order_at_most"),
        (When(evidence=("photo",)), "when_evidence"),
        (When(returns_at_least=1), "when_returns_at_least"),
    ],
)
def test_a_clause_whose_terms_are_missed_says_which(when: When, reason: str) -> None:
    decision = judge(facts("DE"), book(clause("LT-X", Then(keep=True), when)))
    assert tried(decision, "LT-X") == ("not_met", reason)


def test_the_standard_book_keeps_its_word() -> None:
    fresh = facts("FR", reason=Reason.DAMAGED, traits=["perishable"], evidence=frozenset({"photo"}))
    assert judge(fresh, standard()).way_back == WayBack.KEEP
    heart_monitor = facts("FR", reason=Reason.DEFECT, traits=["medical"], evidence=frozenset({"photo"}))
    assert judge(heart_monitor, standard()).outcome == "review"
    dear = facts("FR", reason=Reason.DEFECT, unit_value=Money(90_000, "EUR"), evidence=frozenset({"photo"}))
    assert judge(dear, standard()).route == "agent"
