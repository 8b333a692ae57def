"""Double-entry bookkeeping of returns, as pure sums: which accounts a settlement, a refund or a label moves.

A leg is an account and an amount in minor units, debit above zero and credit below; the legs of one booking add up to
nothing. What a shopper is owed stands in `refunds_payable` from the day it is agreed to the day the money has left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from homeward.settlements.amounts import Amount


class Account(StrEnum):
    """The chart of accounts; texts.py has the words."""

    REFUNDS_PAYABLE = "refunds_payable"  # liability: agreed with shoppers, not paid yet
    PAYMENT_CLEARING = "payment_clearing"  # asset: money at the payment providers
    RETURNS_ALLOWANCE = "returns_allowance"  # contra revenue: goods given back, net of tax
    SHIPPING_ALLOWANCE = "shipping_allowance"  # contra revenue: delivery given back, net of tax
    TAX_PAYABLE = "tax_payable"  # liability: tax on sales, given back with the price
    GOODWILL = "goodwill"  # expense: gifts and agreed sums beyond the price of units
    RETURN_FREIGHT = "return_freight"  # expense: labels for the way back
    CARRIER_PAYABLE = "carrier_payable"  # liability: labels used, not paid yet
    FREIGHT_RECOVERED = "freight_recovered"  # income: labels that shoppers pay
    FEES = "fees"  # income: handling of returns taken out of goodwill
    UNEXPLAINED_REFUNDS = "unexplained_refunds"  # expense: refunds made past Homeward, until somebody says what for
    CHARGEBACKS = "chargebacks"  # expense: taken back by banks


Legs = Mapping[Account, int]

# The account that stands against each kind of item. What lies beyond the payments was given back before, so it does
# not lessen the revenue again; what is waived is freight or a fee that nobody pays.
_AGAINST = {
    "goods": Account.RETURNS_ALLOWANCE,
    "kept": Account.RETURNS_ALLOWANCE,
    "deduction": Account.RETURNS_ALLOWANCE,
    "beyond_payments": Account.RETURNS_ALLOWANCE,
    "shipping": Account.SHIPPING_ALLOWANCE,
    "freight": Account.FREIGHT_RECOVERED,
    "waived": Account.FREIGHT_RECOVERED,
    "fee": Account.FEES,
    "fixed_fee": Account.FEES,
    "bonus": Account.GOODWILL,
    "agreed": Account.GOODWILL,
}


def owed(amount: Amount) -> Legs:
    """Return the booking of an agreed sum: revenue and tax go down, the debt to the shopper goes up."""
    legs: Counter[Account] = Counter()
    for item in amount.items:
        if item.minor:
            legs[_AGAINST[item.kind]] += item.minor
    legs[Account.TAX_PAYABLE] += amount.tax_minor
    legs[_bearer_of_tax(legs)] -= amount.tax_minor
    legs[Account.REFUNDS_PAYABLE] -= amount.total_minor
    return _clean(legs)


def _bearer_of_tax(legs: Mapping[Account, int]) -> Account:
    """Return the account that carries the price of which the tax is a part."""
    for account in (Account.RETURNS_ALLOWANCE, Account.GOODWILL, Account.SHIPPING_ALLOWANCE):
        if legs.get(account):
            return account
    return Account.RETURNS_ALLOWANCE


def paid(minor: int) -> Legs:
    """Return the booking of a refund that has arrived: the debt goes down, and so does the money at the provider."""
    return {Account.REFUNDS_PAYABLE: minor, Account.PAYMENT_CLEARING: -minor}


def unexplained(minor: int) -> Legs:
    """Return the booking of a refund that somebody made at the provider, past Homeward."""
    return {Account.UNEXPLAINED_REFUNDS: minor, Account.PAYMENT_CLEARING: -minor}


def charged_back(minor: int) -> Legs:
    """Return the booking of money that a bank took back."""
    return {Account.CHARGEBACKS: minor, Account.PAYMENT_CLEARING: -minor}


def freight(minor: int) -> Legs:
    """Return the booking of a label for the way back."""
    return {Account.RETURN_FREIGHT: minor, Account.CARRIER_PAYABLE: -minor}


def reversed_(legs: Legs) -> Legs:
    """Return the booking that undoes another."""
    return {account: -minor for account, minor in legs.items()}


def _clean(legs: Mapping[Account, int]) -> Legs:
    return {account: minor for account, minor in legs.items() if minor}
