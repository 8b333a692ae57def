"""What units lose by their grade: nothing without a clause, and never twice for one damage."""

from __future__ import annotations

import pytest

from homeward.settlements.amounts import Cut
from homeward.settlements.deductions import Permission, cuts_for

WEAR = Permission("wear", "DE-WEAR-357A")
NOT_INTACT = Permission("not_intact", "SHOP-INTACT", hundredths=3_000)
FEE = Permission("fee", "SHOP-FEE", minor=500)


@pytest.mark.parametrize("grade", ["A", "B", "C", "D", ""])
def test_without_a_clause_nothing_is_taken_off(grade: str) -> None:
    assert cuts_for([], grade) == ()


@pytest.mark.parametrize(("grade", "hundredths"), [("C", 2_000), ("D", 5_000)])
def test_wear_is_deducted_by_the_ladder(grade: str, hundredths: int) -> None:
    assert cuts_for([WEAR], grade) == (Cut("deduction", "DE-WEAR-357A", hundredths, 0, grade),)


@pytest.mark.parametrize("grade", ["A", "B", ""])
def test_goods_that_were_only_tried_lose_nothing(grade: str) -> None:
    assert cuts_for([WEAR, NOT_INTACT], grade) == ()


def test_two_clauses_for_one_damage_count_once_by_the_larger() -> None:
    assert cuts_for([WEAR, NOT_INTACT], "C") == (Cut("deduction", "SHOP-INTACT", 3_000, 0, "C"),)
    assert cuts_for([WEAR, NOT_INTACT], "D") == (Cut("deduction", "DE-WEAR-357A", 5_000, 0, "D"),)


def test_a_fee_is_charged_whatever_the_state() -> None:
    assert cuts_for([FEE], "A") == (Cut("fee", "SHOP-FEE", 0, 500),)
    assert len(cuts_for([FEE, WEAR], "D")) == 2


def test_a_merchant_may_have_a_milder_ladder() -> None:
    assert cuts_for([WEAR], "C", ladder={"C": 500}) == (Cut("deduction", "DE-WEAR-357A", 500, 0, "C"),)
