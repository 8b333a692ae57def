"""Which way back: candidates, costs, the choice and its reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.kernel import Money
from homeward.logistics.rates import Quote
from homeward.logistics.routing import Because, Kind, Load, Place, Refusal, choose, plan

PRICES = {"LYON": 460, "LEIPZIG": 1140, "SHENZHEN": 4990, "PRIVATE": 460}


def place(
    ref: str, country: str, *, kind: str = Kind.WAREHOUSE, handling: int = 100, currency: str = "EUR", **more
) -> Place:
    sets = {name: frozenset(value.split()) for name, value in more.items() if isinstance(value, str)}
    return Place(
        ref=ref, name=ref.title(), kind=kind, country=country, handling=Money(handling, currency),
        **{**more, **sets},
    )  # fmt: skip


LYON = place("LYON", "FR", kind=Kind.HUB, handling=200)
LEIPZIG = place("LEIPZIG", "DE", kind=Kind.OVERSEAS)
SHENZHEN = place("SHENZHEN", "CN", kind=Kind.WAREHOUSE)


def load(line: int = 1, quantity: int = 1, value: int | None = 6490, **more) -> Load:
    traits = frozenset(more.pop("traits", "").split())
    return Load(
        line=line, quantity=quantity, traits=traits, value=None if value is None else Money(value, "EUR"), **more
    )  # fmt: skip


def listed(at: Place, grams: int, traits: frozenset[str]) -> Quote | None:
    minor = PRICES.get(at.ref)
    return Quote("manual", "standard", "zone", grams, Money(minor, "EUR")) if minor is not None else None


def route(*loads: Load, places=(SHENZHEN, LEIPZIG, LYON), payer: str = "seller", origin: str = "FR", pricing=listed):
    return choose(loads or (load(),), places, origin=origin, currency="EUR", payer=payer, pricing=pricing)


def test_the_cheapest_way_by_freight_and_handling_is_chosen():
    chosen = route()
    assert (chosen.chosen.place, chosen.because) == (LYON, Because.CHEAPEST)
    assert [one.cost for one in chosen.candidates] == [Money(m, "EUR") for m in (5090, 1240, 660)]


def test_handling_counts_per_unit_and_may_turn_the_choice():
    dear = place("LYON", "FR", kind=Kind.HUB, handling=500)
    assert route(places=(LEIPZIG, dear)).chosen.place == dear
    assert route(load(quantity=3), places=(LEIPZIG, dear)).chosen.place == LEIPZIG


def test_where_the_shopper_pays_the_freight_alone_decides():
    dear = place("LYON", "FR", kind=Kind.HUB, handling=5000)
    chosen = route(places=(LEIPZIG, dear), payer="shopper")
    assert (chosen.chosen.place, chosen.because) == (dear, Because.CHEAPEST_FOR_SHOPPER)


@pytest.mark.parametrize(
    ("closed_to", "refusal"),
    [
        (place("LYON", "FR", is_open=False), Refusal.CLOSED),
        (place("LYON", "FR", serves="GB IE"), Refusal.COUNTRY),
        (place("LYON", "FR", refuses="medical"), Refusal.GOODS),
    ],
)
def test_a_center_that_does_not_take_the_goods_stands_in_the_table_with_its_reason(closed_to, refusal):
    chosen = route(load(traits="medical"), places=(closed_to, LEIPZIG))
    assert chosen.chosen.place == LEIPZIG
    assert chosen.because is Because.ONLY_ONE
    assert chosen.candidates[0].refusal is refusal
    assert chosen.candidates[0].cost is None


def test_what_cannot_be_priced_comes_after_what_can():
    unknown = place("NOWHERE", "FR")
    assert route(places=(unknown, LEIPZIG)).chosen.place == LEIPZIG


def test_without_any_price_the_shoppers_own_country_goes_first():
    chosen = route(pricing=lambda *_: None)
    assert (chosen.chosen.place, chosen.because) == (LYON, Because.SAME_COUNTRY)
    assert chosen.chosen.cost is None


def test_at_equal_cost_the_merchants_own_house_goes_before_strangers():
    stranger = place("LYON", "FR", kind=Kind.THIRD_PARTY)
    own = place("PRIVATE", "FR", kind=Kind.WAREHOUSE)
    chosen = route(places=(stranger, own))
    assert (chosen.chosen.place, chosen.because) == (own, Because.OWN)


def test_where_nobody_takes_the_goods_no_center_is_chosen():
    chosen = route(load(traits="medical"), places=(place("LYON", "FR", refuses="medical"),))
    assert (chosen.chosen, chosen.because) == (None, Because.NONE_FITS)


def test_goods_that_fetch_less_than_their_way_costs_get_the_keep_hint():
    assert route(load(value=660)).keep_hint
    assert not route(load(value=661)).keep_hint


def test_goods_of_unknown_value_get_no_keep_hint():
    assert not route(load(value=0), load(2, value=None)).keep_hint


def test_where_the_shopper_pays_the_keep_hint_looks_at_handling_only():
    assert not route(load(value=300), payer="shopper").keep_hint
    assert route(load(value=200), payer="shopper").keep_hint


def test_amounts_of_another_currency_are_exchanged_or_left_out():
    yen = place("OSAKA", "JP", handling=1000, currency="JPY")
    pricing = lambda *_: Quote("manual", "standard", "zone", 1, Money(1600, "JPY"))  # noqa: E731
    ask = {"origin": "FR", "currency": "EUR", "payer": "seller", "pricing": pricing}
    assert choose((load(),), (yen,), **ask).chosen.cost is None
    at_160 = lambda amount, currency: Money(amount.minor * 100 // 160, currency)  # noqa: E731
    assert choose((load(),), (yen,), exchange=at_160, **ask).chosen.cost == Money(1625, "EUR")


def test_unknown_weights_are_assumed_and_the_route_says_so():
    chosen = route(load(quantity=3), load(2, unit_g=250))
    assert chosen.grams == 1750
    assert chosen.to_json()["weight_is_assumed"] is True


def test_one_parcel_is_planned_where_one_center_takes_everything():
    ask = {"origin": "FR", "currency": "EUR", "payer": "seller", "pricing": listed}
    assert len(plan([load(1), load(2, traits="medical")], [LYON, LEIPZIG], **ask)) == 1


def test_lines_are_parted_where_no_center_takes_them_all():
    picky, clinic = place("LYON", "FR", refuses="medical"), place("LEIPZIG", "DE", refuses="food")
    loads = [load(1), load(2, traits="medical"), load(3, traits="food"), load(4, traits="medical food")]
    ask = {"origin": "FR", "currency": "EUR", "payer": "seller", "pricing": listed}
    routes = plan(loads, [picky, clinic], **ask)
    assert [([one.line for one in r.loads], r.chosen and r.chosen.place.ref) for r in routes] == [
        ([1, 3], "LYON"), ([2], "LEIPZIG"), ([4], None),
    ]  # fmt: skip


def test_the_cost_table_can_be_kept_as_json():
    kept = json.loads(json.dumps(route().to_json()))
    assert kept["because"] == "cheapest"
    assert [row["cost"] for row in kept["candidates"]] == [5090, 1240, 660]


places = st.lists(
    st.builds(
        place, st.sampled_from(sorted(PRICES)), st.sampled_from(["FR", "DE"]), kind=st.sampled_from(list(Kind)),
        handling=st.integers(0, 900), is_open=st.booleans(),
    ),
    min_size=1, max_size=6, unique_by=lambda one: one.ref,
)  # fmt: skip


@given(places, st.randoms(use_true_random=False), st.sampled_from(["seller", "shopper"]))
def test_the_choice_does_not_depend_on_the_order_in_which_centers_are_looked_at(centers, random, payer):
    shuffled = list(centers)
    random.shuffle(shuffled)
    assert route(places=centers, payer=payer).chosen == route(places=shuffled, payer=payer).chosen


@given(places)
def test_no_open_center_is_cheaper_than_the_chosen_one(centers):
    chosen = route(places=centers)
    costs = [one.cost for one in chosen.candidates if one.cost is not None]
    assert (chosen.chosen.cost if chosen.chosen else None) == min(costs, default=None)
