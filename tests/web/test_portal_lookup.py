"""Finding the order: the right proof opens it, a miss tells nothing, too many tries must wait."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from homeward.orders.models import Order
from homeward.web.portal import limits
from tests.support import build
from tests.support.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.road]

MISS = b"No order has this number together with this e-mail, postcode or phone"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def order(cast: Cast) -> Order:
    return build.order(cast.lanting)


def look_up(client: Client, number: str = "LT-48213", proof: str = "mei@lyon.example", **more: str):
    return client.post("/r/lanting/", {"order": number, "proof": proof, **more})


def test_the_page_asks_for_number_and_proof(client: Client, cast: Cast) -> None:
    page = client.get("/r/lanting/")

    assert page.status_code == 200
    assert b'name="order"' in page.content
    assert b'name="proof"' in page.content
    assert page.headers["Cache-Control"] == "no-store"


def test_a_deep_link_brings_the_number_along(client: Client, cast: Cast) -> None:
    assert b'value="LT-48213"' in client.get("/r/lanting/?order=LT-48213").content


@pytest.mark.parametrize("proof", ["mei@lyon.example", "MEI@lyon.example", "69003", "5678"])
@pytest.mark.parametrize("number", ["LT-48213", "lt48213", "#LT 48213"])
def test_number_and_one_proof_open_the_order(client: Client, order: Order, number: str, proof: str) -> None:
    answer = look_up(client, number, proof)

    assert answer.status_code == 302
    assert answer.url == f"/r/lanting/orders/{order.ref}/"
    assert client.get(answer.url).status_code == 200


def test_a_wrong_proof_and_an_unknown_order_look_the_same(client: Client, order: Order) -> None:
    wrong = look_up(client, proof="zoe@evil.example")
    unknown = look_up(client, number="LT-99999", proof="zoe@evil.example")

    assert wrong.status_code == unknown.status_code == 422
    assert MISS in wrong.content
    assert _without_input(wrong.content) == _without_input(unknown.content)


def _without_input(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if b"csrfmiddlewaretoken" not in line and b"LT-" not in line]


def test_an_order_of_another_shop_is_a_miss(client: Client, order: Order) -> None:
    answer = client.post("/r/nordlicht/", {"order": "LT-48213", "proof": "mei@lyon.example"})

    assert answer.status_code == 422
    assert MISS in answer.content


def test_a_shop_that_does_not_exist_is_404(client: Client, cast: Cast) -> None:
    assert client.get("/r/nobody/").status_code == 404


def test_empty_fields_say_what_to_enter(client: Client, cast: Cast) -> None:
    answer = look_up(client, number="", proof="")

    assert answer.status_code == 422
    assert answer.content.count(b">Enter the order number<") == 2  # on top and at the field
    assert b'href="#id_order"' in answer.content


def test_a_robot_in_the_hidden_field_gets_the_answer_of_a_miss(client: Client, order: Order) -> None:
    answer = look_up(client, website="https://spam.example")

    assert answer.status_code == 422
    assert MISS in answer.content


def test_six_wrong_proofs_of_one_order_must_wait_even_with_the_right_one(client: Client, order: Order) -> None:
    for last_four in range(6):
        look_up(client, proof=f"000{last_four}")

    answer = look_up(client)

    assert answer.status_code == 429
    assert b"Try again at" in answer.content
    assert int(answer.headers["Retry-After"]) > 0


def test_a_day_of_patient_guessing_is_not_enough_for_four_digits(client: Client, cast: Cast, order: Order) -> None:
    for quarter in range(24):
        limits.spend(
            (limits.LOOKUPS_BY_ORDER_A_DAY, f"{cast.lanting.pk}:LT48213"),
            at=timezone.now().replace(hour=quarter, minute=0),
        )

    answer = look_up(client)

    assert answer.status_code == 429
    assert client.post("/r/lanting/link/", {"email": order.email}).status_code == 200


def test_a_hit_does_not_use_up_tries(client: Client, order: Order) -> None:
    answers = [look_up(client).status_code for _ in range(10)]

    assert answers == [302] * 10


def test_one_address_cannot_try_order_after_order(client: Client, order: Order) -> None:
    for number in range(30):
        look_up(client, number=f"LT-{number}", proof="5678")

    assert look_up(client).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.9").get("/r/lanting/").status_code == 200


def test_a_stranger_who_knows_the_address_of_an_order_sees_404(client: Client, order: Order) -> None:
    assert client.get(f"/r/lanting/orders/{order.ref}/").status_code == 404


def test_what_was_proved_in_one_shop_does_not_open_another(client: Client, order: Order) -> None:
    look_up(client)

    assert client.get(f"/r/nordlicht/orders/{order.ref}/").status_code == 404


def test_someone_elses_order_stays_404_after_a_proof(client: Client, cast: Cast, order: Order) -> None:
    other = build.order(cast.lanting, number="LT-50000", email="hana@osaka.example")
    look_up(client)

    assert client.get(f"/r/lanting/orders/{other.ref}/").status_code == 404


def test_proving_a_second_shoppers_order_forgets_the_first(client: Client, cast: Cast, order: Order) -> None:
    build.order(cast.lanting, number="LT-50000", email="hana@osaka.example")
    look_up(client)

    look_up(client, number="LT-50000", proof="hana@osaka.example")

    assert client.get(f"/r/lanting/orders/{order.ref}/").status_code == 404


def test_of_two_orders_without_a_shopper_nobody_is_taken_for_the_buyer_of_both(
    client: Client, cast: Cast, order: Order
) -> None:
    build.order(cast.lanting, number="LT-50000", email="hana@osaka.example")
    Order.objects.update(shopper=None)
    look_up(client)

    look_up(client, number="LT-50000", proof="hana@osaka.example")

    assert client.get(f"/r/lanting/orders/{order.ref}/").status_code == 404


def test_leaving_closes_the_order_behind_you(client: Client, order: Order) -> None:
    look_up(client)

    client.post("/r/lanting/leave/")

    assert client.get(f"/r/lanting/orders/{order.ref}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans", "de", "fr", "ja"])
def test_the_page_speaks_the_language_asked_for(client: Client, cast: Cast, language: str) -> None:
    page = client.get(f"/r/lanting/?lang={language}")

    assert page.status_code == 200
    assert page.headers["Content-Language"] == language
    assert f'<html lang="{language}"'.encode() in page.content


def test_the_policy_is_open_to_everybody_in_words(client: Client, cast: Cast) -> None:
    page = client.get("/r/lanting/policy/de/?lang=de").content.decode()

    assert "STD-30D" in page
    assert "Unbenutzte Ware können Sie bis 30 Tage nach Lieferung zurücksenden" in page
