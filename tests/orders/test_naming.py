"""Which order somebody means who names a contract in their own words: typed loosely, in a sentence, or not at all."""

from __future__ import annotations

import pytest

from homeward.orders import naming, queries
from homeward.orders.models import Order
from tests.support import build
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db
MINE = "mei@lyon.example"


def meant(cast: Cast, contract: str, email: str = MINE) -> naming.Named:
    return queries.named(cast.machine, merchant=cast.lanting, contract=contract, email=email, at=NOW)


@pytest.mark.parametrize(
    "contract",
    [
        "LT-48213", "lt-48213", " #lt 48213 ", "LT48213", "lt 48 213", "order no. LT-48213 of May",
        "Bestellung LT-48213, bitte", "my blue throw (LT-48213)", "ＬＴ-48213",
    ],
)  # fmt: skip
def test_a_number_is_known_in_any_spelling(cast: Cast, contract: str) -> None:
    order = build.order(cast.lanting)
    build.order(cast.lanting, number="LT-90001")

    assert meant(cast, contract).order == order


@pytest.mark.parametrize("email", ["MEI@lyon.example", " mei@Lyon.Example "])
def test_the_case_of_the_mail_address_does_not_matter(cast: Cast, email: str) -> None:
    order = build.order(cast.lanting)

    assert meant(cast, "LT-48213", email).order == order


def test_without_a_number_the_only_order_of_the_address_is_meant(cast: Cast) -> None:
    order = build.order(cast.lanting)

    assert meant(cast, "the blue linen throw").order == order


def test_of_several_orders_of_the_address_a_person_picks(cast: Cast) -> None:
    first, second = build.order(cast.lanting), build.order(cast.lanting, number="LT-90001")

    found = meant(cast, "the blue linen throw")

    assert found.order is None
    assert set(found.candidates) == {first, second}


def test_a_number_with_another_address_is_for_a_person_to_see(cast: Cast) -> None:
    order = build.order(cast.lanting)

    found = meant(cast, "LT-48213", "zoe@elsewhere.example")

    assert (found.order, list(found.candidates)) == (None, [order])


def test_a_wrong_number_is_not_taken_for_the_only_order(cast: Cast) -> None:
    order = build.order(cast.lanting)

    found = meant(cast, "LT-99999")

    assert (found.order, list(found.candidates)) == (None, [order])


def test_orders_of_other_shops_are_never_meant(cast: Cast) -> None:
    build.order(cast.nordlicht)

    assert meant(cast, "LT-48213") == naming.Named(None, ())


def test_a_text_without_digits_names_no_number() -> None:
    assert naming.keys_in("everything from last week") == ()
    assert "LT48213" in naming.keys_in("order lt 48 213 please")
    assert len(naming.keys_in("1 " * 100)) < 60


def test_the_newest_of_two_orders_with_the_same_number_is_left_to_a_person(cast: Cast) -> None:
    build.order(cast.lanting)
    build.order(cast.lanting, number="LT-48213", external_id="other", payments=[])

    assert meant(cast, "LT-48213").order is None
    assert Order.objects.count() == 2
