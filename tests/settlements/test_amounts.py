"""What a settlement comes to: story tables out of the cases, and laws that hold for every order."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.kernel import Money
from homeward.settlements.amounts import (
    WHOLE,
    Amount,
    Basis,
    Cut,
    Fee,
    Freight,
    Item,
    Tender,
    Terms,
    TooMuch,
    Units,
    allocate,
    amount_for,
)


def units(count: int = 1, *, of: int | None = None, paid: int, tax: int = 0, line: int = 1, **more: object) -> Units:
    """Units of a line of `of` pieces, none of which were settled before."""
    ordered = of or count
    known = {
        "title": "Linen throw", "ordered": ordered, "price_minor": paid, "left": ordered, "left_minor": paid,
        "left_tax_minor": tax,
    }  # fmt: skip
    return Units(line=line, count=count, **(known | more))  # type: ignore[arg-type]


def basis(*groups: Units, left: int = 10**9, currency: str = "EUR", **more: object) -> Basis:
    """A basis with one card that has `left` left."""
    tenders = more.pop("tenders", (Tender(id=1, provider="stripe", left_minor=left),))
    return Basis(currency=currency, units=groups, tenders=tenders, **more)  # type: ignore[arg-type]


def kinds(amount: Amount) -> dict[str, int]:
    """The items of a sum by kind; none stands twice in these stories."""
    return {item.kind: item.minor for item in amount.items}


# -- stories ----------------------------------------------------------------------------------------------------------


def test_a_unit_comes_back_at_the_price_paid_with_its_own_tax_inside() -> None:
    # F1: 1000 at the line's own rate of 20 %, not at the region's
    amount = amount_for(basis(units(paid=1200, tax=200)))
    assert (amount.total, amount.tax_minor) == (Money(1200, "EUR"), 200)


def test_a_return_label_that_the_shopper_pays_is_taken_off() -> None:
    # F2: 1200 less a label of 1125
    amount = amount_for(basis(units(paid=1200, tax=200), freight=(Freight("par_1", 1125),)))
    assert amount.total_minor == 75
    assert kinds(amount) == {"goods": 1200, "freight": -1125}


def test_nobody_is_charged_where_the_label_costs_more_than_the_goods() -> None:
    amount = amount_for(basis(units(paid=1000), freight=(Freight("par_1", 1125),)))
    assert amount.total_minor == 0
    assert kinds(amount) == {"goods": 1000, "freight": -1125, "waived": 125}
    assert amount.shares == ()


def test_units_of_a_discounted_line_add_up_to_what_was_paid_for_the_line() -> None:
    # F4: 2 × 4,452,600 with a share of 9,023 of a discount, 20 % tax on top
    first = units(1, of=2, paid=10_675_412, tax=1_779_235)
    one = amount_for(basis(first))
    rest = replace(first, left=1, left_minor=10_675_412 - one.total_minor, left_tax_minor=1_779_235 - one.tax_minor)
    other = amount_for(basis(rest))
    assert one.total_minor == 5_337_706
    assert one.total_minor + other.total_minor == 10_675_412
    assert one.tax_minor + other.tax_minor == 1_779_235


def test_a_free_line_brings_nothing_back() -> None:
    # F7, F19: no division by zero, and not the list price
    amount = amount_for(basis(units(paid=0), units(paid=500, line=2)))
    assert amount.total_minor == 500


def test_what_was_given_back_before_is_not_given_back_again() -> None:
    # F10: 12.30 paid, 5.00 already back along the payment
    amount = amount_for(basis(units(paid=1230, tax=230), left=730))
    assert amount.total_minor == 730
    assert kinds(amount) == {"goods": 1230, "beyond_payments": -500}
    assert amount.tax_minor == 136  # 230 × 730 / 1230


@pytest.mark.parametrize(("asked", "left"), [(1000, 730), (6100, 6000), (1, 0)])
def test_an_agreed_sum_above_what_is_left_is_refused_with_the_maximum(asked: int, left: int) -> None:
    # F11, G1, G25, M6
    with pytest.raises(TooMuch) as refused:
        amount_for(basis(units(paid=10_000), left=left, terms=Terms(agreed_minor=asked)))
    assert refused.value.most == Money(left, "EUR")


def test_an_agreed_sum_may_take_all_that_is_left() -> None:
    amount = amount_for(basis(units(paid=10_000, tax=2_000), left=6_000, terms=Terms(agreed_minor=6_000)))
    assert (amount.total_minor, amount.tax_minor) == (6_000, 1_200)


def test_an_agreed_sum_beside_the_goods_carries_the_tax_of_the_order() -> None:
    amount = amount_for(basis(terms=Terms(agreed_minor=500), order_tax=(1_900, 11_900)))
    assert (amount.total_minor, amount.tax_minor) == (500, 79)


def test_the_standard_delivery_comes_back_with_the_last_unit_and_once() -> None:
    # F13, M10: 10.00 was paid for the delivery of two lines
    first = units(1, paid=3000, left_shipping_minor=400, brings_shipping=True)
    second = units(1, paid=4500, left_shipping_minor=600, brings_shipping=True, line=2)
    one = amount_for(basis(first))
    two = amount_for(basis(second, is_last=True, waiting_shipping_minor=400))
    both = amount_for(basis(first, second, is_last=True))
    assert kinds(one) == {"goods": 3000}
    assert kinds(two) == {"goods": 4500, "shipping": 1000}
    assert both.total_minor == one.total_minor + two.total_minor == 8500


def test_units_that_bring_no_delivery_leave_their_share_with_the_shop() -> None:
    kept = units(1, paid=3000, left_shipping_minor=400)
    brought = units(1, paid=4500, left_shipping_minor=600, brings_shipping=True, line=2)
    assert kinds(amount_for(basis(kept, is_last=True))) == {"goods": 3000}
    assert amount_for(basis(kept, brought, is_last=True)).sum_of("shipping") == 600


def test_the_tax_on_the_delivery_comes_back_with_it() -> None:
    # F13: 10 and 23 % at half price
    amount = amount_for(
        basis(
            units(paid=1230, tax=230, left_shipping_minor=615, brings_shipping=True), is_last=True,
            shipping_tax=(115, 615),
        )
    )  # fmt: skip
    assert (amount.total_minor, amount.tax_minor) == (1845, 345)


def test_a_loss_of_value_is_taken_off_with_its_ground_and_without_the_tax_on_it() -> None:
    # F28: the merchant keeps 20 %, and no tax on that is credited
    worn = units(paid=14_900, tax=2_379, cuts=(Cut("deduction", "DE-WEAR-357A", 2_000, "C"),))
    amount = amount_for(basis(worn))
    assert amount.total_minor == 11_920
    assert amount.tax_minor == 2_379 - 475
    assert amount.items[1] == Item(
        "deduction", -2_980, "DE-WEAR-357A",
        {"title": "Linen throw", "count": 1, "hundredths": 2_000, "because": "C"},
    )  # fmt: skip


def test_units_of_one_line_in_two_states_are_valued_apart() -> None:
    worn = (Cut("deduction", "clause", 5_000),)
    amount = amount_for(basis(units(1, of=3, paid=101), units(2, of=3, paid=101, cuts=worn)))
    assert [item.minor for item in amount.items] == [33, 68, -33]
    assert [(part.count, part.goods_minor) for part in amount.parts] == [(3, 101)]


def test_a_fee_for_goodwill_is_taken_off() -> None:
    amount = amount_for(basis(units(2, paid=8_000, cuts=(Cut("fee", "SHOP-FEE", 625),))))
    assert kinds(amount) == {"goods": 8_000, "fee": -500}


def test_a_fixed_fee_is_taken_off_once() -> None:
    amount = amount_for(basis(units(2, paid=8_000), fees=(Fee("SHOP-FIXED", 500),)))
    assert kinds(amount) == {"goods": 8_000, "fixed_fee": -500}


def test_deductions_never_take_more_than_the_price() -> None:
    greedy = (Cut("deduction", "a", 9_000), Cut("fee", "b", 5_000))
    amount = amount_for(basis(units(paid=1_000, cuts=greedy)))
    assert kinds(amount) == {"goods": 1_000, "deduction": -900, "fee": -100}
    assert amount.total_minor == 0


def test_an_agreed_part_of_the_price_leaves_the_rest_with_the_shop() -> None:
    amount = amount_for(basis(units(paid=4_990, tax=832), terms=Terms(part=3_000)))
    assert kinds(amount) == {"goods": 4_990, "kept": -3_493}
    assert (amount.total_minor, amount.tax_minor) == (1_497, 250)


def test_a_bonus_comes_on_top_within_what_was_paid() -> None:
    assert amount_for(basis(units(paid=1_000), terms=Terms(bonus_minor=300), left=1_200)).total_minor == 1_200


def test_goods_in_place_of_goods_bring_no_money() -> None:
    amount = amount_for(basis(units(2, paid=9_980), terms=Terms(is_in_kind=True), is_last=True))
    assert (amount.total_minor, amount.shares) == (0, ())
    assert [item.kind for item in amount.items] == ["in_kind"]
    assert amount.parts[0].goods_minor == 9_980


@pytest.mark.parametrize(
    ("currency", "paid", "quantity", "expected"),
    [("JPY", 9_899, 1, [9_899]), ("JPY", 9_899, 2, [4_949, 4_950]), ("KWD", 10_000, 3, [3_333, 3_333, 3_334])],
)
def test_currencies_without_cents_and_with_three_places_come_back_to_the_last_unit(
    currency: str, paid: int, quantity: int, expected: list[int]
) -> None:
    # F25
    found, left = [], paid
    for gone in range(quantity):
        group = units(1, of=quantity, paid=paid, left=quantity - gone, left_minor=left)
        amount = amount_for(basis(group, currency=currency))
        found.append(amount.total_minor)
        left -= amount.total_minor
    assert found == expected


# -- over several payments --------------------------------------------------------------------------------------------

GIFT_CARD = Tender(id=1, provider="gift_card", left_minor=3_000)
CARD = Tender(id=2, provider="stripe", left_minor=7_000)


def test_card_money_goes_back_to_the_card_before_the_gift_card_is_filled() -> None:
    # M12: 30 by gift card, 70 by card, 50 back; then 100 back
    assert [(share.tender.id, share.minor) for share in allocate(5_000, [GIFT_CARD, CARD])] == [(2, 5_000)]
    assert [(s.tender.id, s.minor) for s in allocate(10_000, [GIFT_CARD, CARD])] == [(2, 7_000), (1, 3_000)]


def test_another_order_of_payments_can_be_declared() -> None:
    amount = amount_for(basis(units(paid=5_000), tenders=(CARD, GIFT_CARD), terms=Terms(last=("stripe",))))
    assert [(share.tender.id, share.minor) for share in amount.shares] == [(1, 3_000), (2, 2_000)]


# -- laws -------------------------------------------------------------------------------------------------------------

minor = st.integers(min_value=0, max_value=10**9)


@st.composite
def orders(draw: st.DrawFn) -> list[Units]:
    """Lines of an order with all their units."""
    lines = []
    for number in range(draw(st.integers(1, 4))):
        quantity, paid = draw(st.integers(1, 7)), draw(minor)
        tax = draw(st.integers(0, paid))
        cuts = draw(st.sampled_from([(), (Cut("deduction", "a", 2_000, "C"),), (Cut("fee", "b", 150),)]))
        lines.append(
            units(
                quantity, paid=paid, tax=tax, line=number, left_shipping_minor=draw(st.integers(0, 5_000)),
                brings_shipping=draw(st.booleans()), cuts=cuts,
            )
        )  # fmt: skip
    return lines


@st.composite
def bases(draw: st.DrawFn) -> Basis:
    """Anything that could be settled."""
    tenders = tuple(
        Tender(id=number, provider=draw(st.sampled_from(["stripe", "gift_card", "offline"])), left_minor=draw(minor))
        for number in range(draw(st.integers(0, 3)))
    )
    terms = Terms(part=draw(st.sampled_from([WHOLE, 1, 3_333])), bonus_minor=draw(st.sampled_from([0, 99])))
    return Basis(
        currency=draw(st.sampled_from(["EUR", "JPY", "KWD"])), units=tuple(draw(orders())), tenders=tenders,
        terms=terms, freight=tuple(Freight("p", draw(minor)) for _ in range(draw(st.integers(0, 2)))),
        is_last=draw(st.booleans()), waiting_shipping_minor=draw(st.integers(0, 2_000)),
        shipping_tax=(draw(st.integers(0, 100)), 100),
    )  # fmt: skip


@given(bases())
def test_items_and_shares_add_up_and_nothing_exceeds_what_is_left(of: Basis) -> None:
    amount = amount_for(of)
    left = {tender.id: tender.left_minor for tender in of.tenders}
    assert sum(item.minor for item in amount.items) == amount.total_minor
    assert sum(share.minor for share in amount.shares) == amount.total_minor
    assert 0 <= amount.total_minor <= sum(left.values())
    assert all(0 < share.minor <= left[share.tender.id] for share in amount.shares)
    assert 0 <= amount.tax_minor <= amount.total_minor


@given(bases())
def test_the_same_basis_always_comes_to_the_same(of: Basis) -> None:
    assert amount_for(of) == amount_for(replace(of))


def settle_one_by_one(lines: list[Units], turns: list[tuple[int, int]]) -> list[Amount]:
    """Settle (line, count) turn by turn, each from what those before it left."""
    left = {line.line: line for line in lines}
    waiting, found = 0, []
    for number, (line, count) in enumerate(turns):
        group = replace(left[line], count=count)
        is_last = number == len(turns) - 1
        amount = amount_for(basis(group, is_last=is_last, waiting_shipping_minor=waiting, left=10**12))
        part = amount.parts[0]
        waiting += part.shipping_minor * part.brings_shipping
        found.append(amount)
        left[line] = replace(
            left[line], left=left[line].left - count, left_minor=left[line].left_minor - part.goods_minor,
            left_tax_minor=left[line].left_tax_minor - part.tax_minor,
            left_shipping_minor=left[line].left_shipping_minor - part.shipping_minor,
        )  # fmt: skip
    return found


@given(orders(), st.randoms(use_true_random=False))
def test_partial_returns_add_up_to_the_whole_in_any_order(lines: list[Units], random: object) -> None:
    turns = [(line.line, 1) for line in lines for _ in range(line.count)]
    random.shuffle(turns)  # type: ignore[attr-defined]
    plain = [replace(line, cuts=()) for line in lines]
    found = settle_one_by_one(plain, turns)
    shipping = sum(line.left_shipping_minor for line in lines if line.brings_shipping)
    assert sum(amount.sum_of("goods") for amount in found) == sum(line.price_minor for line in lines)
    assert sum(amount.sum_of("shipping") for amount in found) == shipping
    assert sum(part.tax_minor for amount in found for part in amount.parts) == sum(
        line.left_tax_minor for line in lines
    )


@given(st.integers(1, 10**6), st.integers(2, 5), st.integers(1, 9_999))
def test_what_is_taken_off_does_not_depend_on_who_comes_first(paid: int, quantity: int, hundredths: int) -> None:
    line = units(quantity, paid=paid, cuts=(Cut("deduction", "a", hundredths),))
    sums = set()
    for split in permutations(range(1, quantity + 1)):
        counts, left = [], quantity
        for count in split:
            counts.append(min(count, left))
            left -= counts[-1]
        turns = [(1, count) for count in counts if count]
        sums.add(
            (tuple(sorted(count for _, count in turns)), sum(a.total_minor for a in settle_one_by_one([line], turns)))
        )
    assert len(sums) == len({counts for counts, _ in sums})


@given(minor, st.lists(st.tuples(st.sampled_from(["stripe", "gift_card", "store_credit"]), minor), max_size=5))
def test_gift_cards_are_filled_only_when_all_else_is_used_up(owed: int, paid: list[tuple[str, int]]) -> None:
    tenders = [Tender(id=number, provider=name, left_minor=left) for number, (name, left) in enumerate(paid)]
    shares = allocate(owed, tenders)
    given_back = {share.tender.id: share.minor for share in shares}
    assert sum(given_back.values()) == min(owed, sum(left for _, left in paid))
    if any(share.tender.provider != "stripe" for share in shares):
        assert all(given_back.get(t.id, 0) == t.left_minor for t in tenders if t.provider == "stripe")
