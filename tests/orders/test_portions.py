"""Fair shares: parts add up to what was paid, for every order and every way of returning it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.kernel import Money
from homeward.orders.portions import DoesNotAddUp, Priced, Share, Sums, allocate, apportion, portion

AMOUNTS = st.integers(0, 10**9)


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=30))
def test_parts_add_up_and_lie_within_a_cent_of_their_share(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    if whole := sum(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * whole - total * weight) < whole


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=30))
def test_parts_are_those_of_money(total: int, weights: list[int]) -> None:
    assert apportion(total, weights) == [part.minor for part in Money(total, "EUR").split(weights)]


def test_nothing_is_split_among_nobody() -> None:
    with pytest.raises(ValueError, match="weights"):
        apportion(100, [])


@given(AMOUNTS, st.integers(1, 200), st.data())
def test_portions_add_up_however_the_units_come_back(total: int, quantity: int, data: st.DataObject) -> None:
    gone = paid = 0
    while gone < quantity:
        count = data.draw(st.integers(1, quantity - gone))
        part = portion(total, quantity, gone, count)
        assert part >= 0
        gone, paid = gone + count, paid + part
    assert paid == total


@pytest.mark.parametrize(("start", "count"), [(0, 4), (2, 2), (-1, 1), (1, -1)])
def test_no_portion_lies_outside_the_line(start: int, count: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        portion(100, 3, start, count)


def test_f4_a_fixed_discount_on_two_lines_and_half_of_one_comes_back() -> None:
    lines = [Priced(2, 4_452_600), Priced(2, 482_200)]
    net = [2 * 4_452_600 - 9_023, 2 * 482_200 - 977]
    tax = round(net[0] * 0.2) + round(net[1] * 0.2)
    first, second = allocate(lines, Sums(discount_minor=10_000, tax_minor=tax, tax_included=False))
    assert (first.discount_minor, second.discount_minor) == (9_023, 977)
    assert first.paid_minor == 10_675_412
    assert portion(first.paid_minor, 2, 0, 1) == 5_337_706
    assert portion(first.paid_minor, 2, 0, 1) + portion(first.paid_minor, 2, 1, 1) == 10_675_412


def test_f1_a_line_keeps_its_own_tax() -> None:
    lines = [Priced(1, 1_000, tax_minor=200), Priced(1, 1_000, tax_minor=125)]
    shares = allocate(lines, Sums(tax_minor=325, tax_included=False))
    assert [share.paid_minor for share in shares] == [1_200, 1_125]


def test_f5_tax_in_the_price_is_not_added_again() -> None:
    [share] = allocate([Priced(1, 1_230)], Sums(tax_minor=230))
    assert share == Share(paid_minor=1_230, tax_minor=230, discount_minor=0, shipping_minor=0)


def test_f7_a_free_line_takes_no_discount_and_divides_nothing_by_zero() -> None:
    lines = [Priced(1, 5_000), Priced(1, 0)]
    dear, free = allocate(lines, Sums(discount_minor=1_000, shipping_minor=490))
    assert (dear.paid_minor, dear.discount_minor, dear.shipping_minor) == (4_000, 1_000, 490)
    assert (free.paid_minor, free.discount_minor, free.shipping_minor) == (0, 0, 0)


def test_an_order_of_free_things_still_shares_its_delivery_by_units() -> None:
    shares = allocate([Priced(1, 0), Priced(3, 0)], Sums(shipping_minor=400))
    assert [share.shipping_minor for share in shares] == [100, 300]


def test_f19_a_fully_discounted_line_is_worth_nothing() -> None:
    [share] = allocate([Priced(1, 22_000, discount_minor=22_000)], Sums())
    assert portion(share.paid_minor, 1, 0, 1) == 0


def test_f25_yen_have_no_cents() -> None:
    [share] = allocate([Priced(1, 9_899)], Sums(total_minor=9_899))
    assert portion(share.paid_minor, 1, 0, 1) == 9_899


def test_f26_many_units_at_fractions_of_a_cent_do_not_drift() -> None:
    paid = 66  # 48 units at 1.38 cents
    assert portion(paid, 48, 0, 24) + portion(paid, 48, 24, 24) == paid
    assert sum(portion(paid, 48, unit, 1) for unit in range(48)) == paid


def test_f29_only_what_may_be_discounted_is_reduced() -> None:
    plain, reduced = allocate([Priced(1, 1_000, is_discountable=False), Priced(1, 1_000)], Sums(discount_minor=300))
    assert (plain.paid_minor, reduced.paid_minor) == (1_000, 700)


def test_delivery_falls_on_things_not_on_gift_cards() -> None:
    thing, card = allocate([Priced(1, 1_000), Priced(1, 9_000, is_physical=False)], Sums(shipping_minor=590))
    assert (thing.shipping_minor, card.shipping_minor) == (590, 0)


def test_untaxed_lines_take_no_part_of_the_tax() -> None:
    lines = [Priced(1, 1_000), Priced(1, 1_000, is_taxable=False)]
    shares = allocate(lines, Sums(tax_minor=190, tax_included=False))
    assert [share.tax_minor for share in shares] == [190, 0]


def test_cents_lost_by_rounding_line_by_line_go_by_the_largest_remainder() -> None:
    lines = [Priced(1, 333, tax_minor=0)] * 3
    shares = allocate(lines, Sums(total_minor=1_000))
    assert [share.paid_minor for share in shares] == [334, 333, 333]


@pytest.mark.parametrize(
    ("sums", "field"),
    [
        (Sums(total_minor=1_500), "total"),
        (Sums(total_minor=100, shipping_minor=400), "total"),
        (Sums(discount_minor=1_001), "discount"),
        (Sums(tax_minor=10, shipping_tax_minor=20), "tax"),
    ],
)
def test_an_order_that_contradicts_itself_is_refused(sums: Sums, field: str) -> None:
    with pytest.raises(DoesNotAddUp) as clash:
        allocate([Priced(1, 1_000)], sums)
    assert clash.value.field == field


def test_a_discount_above_the_price_of_its_line_is_refused() -> None:
    with pytest.raises(DoesNotAddUp):
        allocate([Priced(1, 1_000, discount_minor=1_001)], Sums())


def test_tax_on_nothing_is_refused() -> None:
    with pytest.raises(DoesNotAddUp):
        allocate([Priced(1, 0)], Sums(tax_minor=100, tax_included=False))


priced = st.builds(
    Priced, quantity=st.integers(1, 50), unit_minor=st.integers(0, 10**6), is_taxable=st.booleans(),
    is_physical=st.booleans(),
)  # fmt: skip


@given(st.lists(priced, min_size=1, max_size=12), st.data())
def test_allocated_cents_add_up_to_paid_cents(lines: list[Priced], data: st.DataObject) -> None:
    goods = sum(line.unit_minor * line.quantity for line in lines)
    discount = data.draw(st.integers(0, goods))
    net = goods - discount
    tax = data.draw(st.integers(0, net // 3))
    shipping, included = data.draw(st.integers(0, 5_000)), data.draw(st.booleans())
    total = net + shipping + (0 if included else tax)
    shares = allocate(
        lines,
        Sums(discount_minor=discount, tax_minor=tax, tax_included=included, shipping_minor=shipping, total_minor=total),
    )
    assert sum(share.paid_minor for share in shares) + shipping == total
    assert sum(share.shipping_minor for share in shares) == shipping
    assert sum(share.discount_minor for share in shares) == discount
    assert all(0 <= share.tax_minor <= share.paid_minor for share in shares)
    if not included:
        assert sum(share.tax_minor for share in shares) == tax
