"""A shop's later word on a line with units held: what it may change and what it must leave."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from homeward.orders.corrections import GONE, Standing, correct

THREE = Standing(
    quantity=3, delivered=3, held=0, returned_before=0, unit_minor=1000, paid_minor=3000, tax_minor=480,
    discount_minor=0, shipping_minor=300,
)  # fmt: skip


def test_a_line_without_returns_follows_every_word() -> None:
    told = replace(THREE, quantity=2, delivered=1, paid_minor=1800)
    assert correct(THREE, told) == (told, [])


def test_a_line_with_units_held_keeps_quantity_and_price() -> None:
    now = replace(THREE, held=2)
    after, notes = correct(now, replace(THREE, quantity=1, delivered=1, paid_minor=1000))
    assert (after.quantity, after.delivered, after.held, after.paid_minor) == (3, 2, 2, 3000)
    assert [code for code, _ in notes] == ["kept_for_returns"]


def test_a_lower_price_waits_while_units_are_coming_back() -> None:
    after, notes = correct(replace(THREE, held=1), replace(THREE, paid_minor=2700))
    assert after.paid_minor == 3000
    assert [code for code, _ in notes] == ["price_kept_for_returns"]


def test_one_more_unit_at_the_same_price_is_welcome_while_units_are_coming_back() -> None:
    told = replace(THREE, quantity=4, delivered=4, paid_minor=4000, tax_minor=640, shipping_minor=400)
    after, notes = correct(replace(THREE, held=1), told)
    assert (after, notes) == (replace(told, held=1), [])


def test_a_removed_line_is_emptied_but_for_what_is_held() -> None:
    assert correct(THREE, GONE)[0] == GONE
    kept, notes = correct(replace(THREE, held=1), GONE)
    assert (kept.quantity, kept.delivered, kept.held) == (3, 1, 1)
    assert notes


def test_returns_the_shop_made_itself_count_beside_ours() -> None:
    after, _ = correct(replace(THREE, held=1), replace(THREE, held=1, returned_before=1))
    assert (after.held, after.returned_before, after.ours) == (2, 1, 1)


counts = st.integers(0, 9)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    quantity = draw(counts)
    delivered = draw(st.integers(0, quantity))
    held = draw(st.integers(0, delivered))
    before = draw(st.integers(0, held))
    return replace(
        THREE, quantity=quantity, delivered=delivered, held=held, returned_before=before, paid_minor=draw(counts)
    )


@given(standings(), standings())
def test_no_correction_breaks_the_promises_of_the_line(now: Standing, told: Standing) -> None:
    after, _ = correct(now, told)
    assert 0 <= after.returned_before <= after.held <= after.delivered <= after.quantity
    assert after.ours == now.ours
    if now.ours and after.quantity:
        assert after.paid_minor * now.quantity >= now.paid_minor * min(after.quantity, now.quantity)
