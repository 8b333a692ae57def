"""Proof that an order is one's own: e-mail, postcode or phone, as people write them."""

from __future__ import annotations

import pytest

from homeward.orders.drafts import number_key
from homeward.orders.lookup import NOBODY, Known, is_proof

MEI = Known(email="Mei@Lyon.example", postcode="69003", phone="+33 6 12 34 44 02")
TOM = Known(email="tom@leeds.example", postcode="LS1 4AP", phone="0113 496 0123")


@pytest.mark.parametrize(
    "proof", ["mei@lyon.example", " MEI@LYON.EXAMPLE ", "69003", "4402", "06 12 34 44 02", "44-02"]
)
def test_mei_proves_it_in_many_ways(proof: str) -> None:
    assert is_proof(proof, MEI)


@pytest.mark.parametrize("proof", ["ls1 4ap", "LS14AP", "ls1-4ap", "0123", "+44 113 496 0123"])
def test_tom_writes_his_postcode_as_he_likes(proof: str) -> None:
    assert is_proof(proof, TOM)


@pytest.mark.parametrize("proof", ["", " ", "402", "0000", "tom@leeds", "LS1", "%", "mei", "four4402"])
def test_less_is_no_proof(proof: str) -> None:
    assert not is_proof(proof, MEI)
    assert not is_proof(proof, TOM)


def test_an_order_that_knows_nothing_is_proved_by_nothing() -> None:
    assert not is_proof("", Known())
    assert not is_proof("0000", Known(phone="12"))


def test_nobody_in_particular_is_compared_where_no_order_was_found() -> None:
    assert not is_proof("mei@lyon.example", NOBODY)


@pytest.mark.parametrize("written", ["#LT-48213", "lt 48213", "LT–48213", " lt48213 "])
def test_a_number_is_known_however_it_is_written(written: str) -> None:
    assert number_key(written) == "LT48213"
