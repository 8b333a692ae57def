"""Money adds up, splits without loss and refuses to mix currencies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.kernel import CurrencyMismatch, Money, places

amounts = st.integers(min_value=-(10**12), max_value=10**12)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("text", "currency", "minor"), [("12.30", "EUR", 1230), ("9899", "JPY", 9899), ("1.234", "KWD", 1234)]
)
def test_an_amount_is_counted_in_the_minor_units_of_its_currency(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency) == Money(minor, currency)
    assert str(Money(minor, currency)) == f"{text} {currency}"


@pytest.mark.parametrize(
    ("text", "currency"), [("1.5", "JPY"), ("0.001", "EUR"), ("a", "EUR"), ("NaN", "EUR"), ("inf", "EUR")]
)
def test_an_amount_that_the_currency_cannot_hold_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError):
        Money.of(text, currency)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(CurrencyMismatch):
        assert Money(1, "EUR") < Money(2, "USD")


@pytest.mark.parametrize("code", ["eur", "EU", "EURO", "€€€"])
def test_a_currency_is_three_capital_letters(code: str) -> None:
    with pytest.raises(ValueError):
        Money(1, code)


def test_floats_never_become_money() -> None:
    with pytest.raises(TypeError):
        Money(1.0, "EUR")  # type: ignore[arg-type]


@given(amounts, weights)
def test_the_parts_of_a_split_add_up_to_the_whole(minor: int, shares: list[int]) -> None:
    parts = Money(minor, "EUR").split(shares)
    assert Money.total(parts, "EUR") == Money(minor, "EUR")
    assert len(parts) == len(shares)


@given(st.integers(min_value=0, max_value=10**9), weights)
def test_no_part_is_off_by_a_unit_or_more(minor: int, shares: list[int]) -> None:
    whole = sum(shares)
    if not whole:
        return
    for part, share in zip(Money(minor, "EUR").split(shares), shares, strict=True):
        assert abs(part.minor * whole - minor * share) < whole


@given(amounts, st.integers(min_value=0, max_value=10_000))
def test_a_percentage_is_rounded_to_the_nearest_unit(minor: int, hundredths: int) -> None:
    assert abs(Money(minor, "EUR").percent(hundredths).minor * 10_000 - minor * hundredths) <= 5_000


def test_currencies_have_the_places_of_iso_4217() -> None:
    assert [places(code) for code in ("EUR", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
