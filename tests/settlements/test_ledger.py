"""The books: every booking sums to zero, and says in which account what stands."""

from __future__ import annotations

from hypothesis import given

from homeward.settlements import ledger, texts
from homeward.settlements.amounts import Basis, Cut, Freight, Terms, amount_for
from homeward.settlements.ledger import Account
from tests.settlements.test_amounts import bases, basis, units


@given(bases())
def test_what_is_owed_is_booked_in_balance(of: Basis) -> None:
    amount = amount_for(of)
    legs = ledger.owed(amount)
    assert sum(legs.values()) == 0
    assert legs.get(Account.REFUNDS_PAYABLE, 0) == -amount.total_minor
    assert legs.get(Account.TAX_PAYABLE, 0) == amount.tax_minor


def test_a_return_with_a_deduction_a_label_and_its_delivery_is_booked_by_account() -> None:
    worn = units(
        paid=11_900, tax=1_900, left_shipping_minor=490, brings_shipping=True, cuts=(Cut("deduction", "c", 1_000),)
    )
    legs = ledger.owed(amount_for(basis(worn, is_last=True, freight=(Freight("par_1", 595),))))
    assert legs == {
        Account.RETURNS_ALLOWANCE: 11_900 - 1_190 - 1_710,
        Account.TAX_PAYABLE: 1_710,
        Account.SHIPPING_ALLOWANCE: 490,
        Account.FREIGHT_RECOVERED: -595,
        Account.REFUNDS_PAYABLE: -10_605,
    }


def test_a_gift_is_goodwill_and_an_agreed_sum_too() -> None:
    assert ledger.owed(amount_for(basis(terms=Terms(agreed_minor=500)))) == {
        Account.GOODWILL: 500, Account.REFUNDS_PAYABLE: -500,
    }  # fmt: skip


def test_goods_in_place_of_goods_move_no_money() -> None:
    assert ledger.owed(amount_for(basis(units(paid=500), terms=Terms(is_in_kind=True)))) == {}


def test_a_refund_that_arrives_settles_the_debt_and_its_reversal_revives_it() -> None:
    legs = ledger.paid(700)
    assert legs == {Account.REFUNDS_PAYABLE: 700, Account.PAYMENT_CLEARING: -700}
    assert ledger.reversed_(legs) == {Account.REFUNDS_PAYABLE: -700, Account.PAYMENT_CLEARING: 700}


def test_every_account_has_words() -> None:
    assert set(texts.ACCOUNTS) == set(Account)
