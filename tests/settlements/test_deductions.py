"""What units lose by their grade: nothing without a clause, and never twice for one damage."""

from __future__ import annotations

import pytest

from homeward.settlements.amounts import Cut, Fee
from homeward.settlements.deductions import Permission, cuts_for, fees_in, is_doubtful

WEAR = Permission("wear", "DE-WEAR-357A")
NOT_INTACT = Permission("not_intact", "SHOP-INTACT", hundredths=3_000)
FEE = Permission("fee", "SHOP-FEE", hundredths=1_000)
FIXED = Permission("fee", "SHOP-FIXED", minor=500)
INTACT_ONLY = Permission("not_intact", "CN-INTACT")


@pytest.mark.parametrize("grade", ["A", "B", "C", "D", ""])
def test_without_a_clause_nothing_is_taken_off(grade: str) -> None:
    assert cuts_for([], grade) == ()


@pytest.mark.parametrize(("grade", "hundredths"), [("C", 2_000), ("D", 5_000)])
def test_wear_is_deducted_by_the_ladder(grade: str, hundredths: int) -> None:
    assert cuts_for([WEAR], grade) == (Cut("deduction", "DE-WEAR-357A", hundredths, grade),)


@pytest.mark.parametrize("grade", ["A", "B", ""])
def test_goods_that_were_only_tried_lose_nothing(grade: str) -> None:
    assert cuts_for([WEAR, NOT_INTACT], grade) == ()


def test_two_clauses_for_one_damage_count_once_by_the_larger() -> None:
    assert cuts_for([WEAR, NOT_INTACT], "C") == (Cut("deduction", "SHOP-INTACT", 3_000, "C"),)
    assert cuts_for([WEAR, NOT_INTACT], "D") == (Cut("deduction", "DE-WEAR-357A", 5_000, "D"),)


def test_a_fee_is_charged_whatever_the_state() -> None:
    assert cuts_for([FEE], "A") == (Cut("fee", "SHOP-FEE", 1_000),)
    assert len(cuts_for([FEE, WEAR], "D")) == 2


def test_a_merchant_may_have_a_milder_ladder() -> None:
    assert cuts_for([WEAR], "C", ladder={"C": 500}) == (Cut("deduction", "DE-WEAR-357A", 500, "C"),)


def test_a_fixed_fee_is_charged_once_for_the_whole_return() -> None:
    assert fees_in([FIXED, FEE, WEAR, FIXED]) == (Fee("SHOP-FIXED", 500),)
    assert cuts_for([FIXED], "A") == ()


@pytest.mark.parametrize(("grade", "expected"), [("A", False), ("B", False), ("C", True), ("D", True), ("", False)])
def test_where_only_intact_goods_go_back_a_person_says_what_others_are_worth(grade: str, expected: bool) -> None:
    assert is_doubtful([INTACT_ONLY], grade) is expected
    assert not is_doubtful([WEAR, NOT_INTACT], grade)
