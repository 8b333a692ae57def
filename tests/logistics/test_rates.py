"""What a parcel costs: zones, weight breaks, size, surcharges, validity."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.kernel import Money
from homeward.logistics.rates import Card, NoRate, NoRateBecause, Surcharge, Zone, price, volumetric_g

DAY = date(2026, 11, 24)


def zone(name: str = "near", origins: str = "FR BE", destinations: str = "DE", **more) -> Zone:
    columns = {"breaks": ((500, 400), (1000, 500), (5000, 900)), "per_kg_minor": 100, "most_g": 20_000} | more
    return Zone(name, frozenset(origins.split()), frozenset(destinations.split()), **columns)


def card(*zones: Zone, **more) -> Card:
    columns = {"carrier": "manual", "service": "standard", "currency": "EUR", "valid_from": date(2026, 1, 1)} | more
    return Card(zones=zones or (zone(),), **columns)


def ask(of: Card, *, to: str = "DE", weight_g: int = 800, on: date = DAY, origin: str = "FR", **more):
    return price(of, from_country=origin, to_country=to, weight_g=weight_g, on=on, **more)


@pytest.mark.parametrize(
    ("weight_g", "minor"),
    [(1, 400), (500, 400), (501, 500), (1000, 500), (1001, 900), (5000, 900), (5001, 1000), (6000, 1000), (6001, 1100)],
)
def test_the_first_weight_break_that_holds_the_parcel_sets_the_price(weight_g, minor):
    assert ask(card(), weight_g=weight_g).base == Money(minor, "EUR")


def test_a_parcel_without_a_weight_costs_what_the_lightest_does():
    assert ask(card(), weight_g=0).base == Money(400, "EUR")


def test_above_the_heaviest_weight_there_is_no_price():
    with pytest.raises(NoRate) as refused:
        ask(card(), weight_g=20_001)
    assert refused.value.because is NoRateBecause.TOO_HEAVY


def test_without_a_price_per_kilo_the_list_ends_with_its_last_break():
    with pytest.raises(NoRate):
        ask(card(zone(per_kg_minor=0)), weight_g=5001)


def test_countries_that_no_zone_names_have_no_price():
    with pytest.raises(NoRate) as refused:
        ask(card(), origin="IT")
    assert refused.value.because is NoRateBecause.NO_ZONE


def test_a_zone_that_names_both_countries_goes_before_wildcards():
    cards = card(
        zone("world", "*", "*"), zone("from anywhere", "*", "DE"), zone("to anywhere", "FR", "*"), zone("exact", "FR")
    )
    assert ask(cards).zone == "exact"
    assert ask(cards, to="IT").zone == "to anywhere"
    assert ask(cards, origin="IT").zone == "from anywhere"
    assert ask(cards, origin="IT", to="ES").zone == "world"


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2026, 12, 1)])
def test_a_card_prices_nothing_outside_its_days(on):
    with pytest.raises(NoRate) as refused:
        ask(card(valid_to=date(2026, 11, 30)), on=on)
    assert refused.value.because is NoRateBecause.NOT_VALID


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 11, 30)])
def test_the_first_and_the_last_day_of_a_card_are_included(on):
    assert ask(card(valid_to=date(2026, 11, 30)), on=on).total == Money(500, "EUR")


def test_a_large_light_box_pays_for_its_size():
    assert volumetric_g((400, 300, 200), 5000) == 4800
    quote = ask(card(volume_divisor=5000), weight_g=700, size_mm=(400, 300, 200))
    assert (quote.billable_g, quote.base) == (4800, Money(900, "EUR"))


def test_size_does_not_matter_on_a_card_without_a_divisor():
    assert ask(card(), weight_g=700, size_mm=(400, 300, 200)).billable_g == 700


def test_surcharges_for_all_and_for_a_trait_come_on_top_of_the_base():
    surcharges = (Surcharge("fuel", percent=650), Surcharge("lithium", fixed_minor=150, trait="lithium_battery"))
    plain, lithium = ask(card(surcharges=surcharges)), ask(card(surcharges=surcharges), traits=["lithium_battery"])
    assert plain.surcharges == (("fuel", Money(33, "EUR")),)
    assert plain.total == Money(533, "EUR")
    assert lithium.total == Money(683, "EUR")


def test_prices_stand_in_the_currency_of_the_card_without_decimals_it_does_not_have():
    assert str(ask(card(currency="JPY")).total) == "500 JPY"


def test_a_card_survives_the_way_through_the_database():
    whole = card(zone(), zone("world", "*", "*"), volume_divisor=5000, surcharges=(Surcharge("fuel", percent=650),))
    back = Card.from_json(
        whole.to_json(), carrier="manual", service="standard", currency="EUR", valid_from=whole.valid_from
    )
    assert back == whole


lists = st.lists(
    st.tuples(st.integers(1, 30_000), st.integers(0, 100_000)), min_size=1, max_size=8, unique_by=lambda pair: pair[0]
).map(lambda pairs: tuple(zip(sorted(g for g, _ in pairs), sorted(p for _, p in pairs), strict=True)))


@given(lists, st.integers(0, 500), st.integers(1, 60_000), st.integers(1, 60_000))
def test_a_heavier_parcel_never_costs_less(breaks, per_kg, one, other):
    rising = card(zone(breaks=breaks, per_kg_minor=per_kg, most_g=60_000), surcharges=(Surcharge("fuel", percent=650),))
    lighter, heavier = sorted((one, other))
    try:
        dearer = ask(rising, weight_g=heavier).total
    except NoRate:
        return
    assert ask(rising, weight_g=lighter).total <= dearer
