"""Facts: frozen, checked at the door, the same as JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from homeward.kernel import Money
from homeward.policies import facts as forms
from homeward.policies.facts import Facts, Standing
from tests.support.build_policies import facts


def test_facts_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        facts("DE").country = "FR"  # type: ignore[misc]


def test_facts_survive_json() -> None:
    case = facts("DE", traits=["battery", "medical"], goods={"seal_broken": False}, evidence=frozenset({"photo"}))
    assert forms.from_json(forms.to_json(case)) == case
    assert forms.from_data(msgspec.json.decode(forms.to_json(case))) == case


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="times with a zone"):
        Facts(country="DE", ordered_at=datetime(2026, 11, 1), unit_value=Money(1, "EUR"))


def test_a_quantity_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Facts(country="DE", ordered_at=datetime(2026, 11, 1, tzinfo=UTC), unit_value=Money(1, "EUR"), quantity=0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": "bored"}, "Invalid enum value 'bored' - at `$.reason`"),
        ({"unit_value": {"minor": 1.5, "currency": "EUR"}}, "at `$.unit_value.minor`"),
        ({"unit_value": {"minor": 1, "currency": "euro"}}, "not an ISO 4217 currency code"),
        ({"ordered_at": "yesterday"}, "at `$.ordered_at`"),
        ({"goods": {"trait": ["battery"]}}, "unknown field `trait` - at `$.goods`"),
        ({"quantity": -1}, "at least one"),
    ],
)
def test_wrong_json_is_refused_with_the_field_named(change: dict[str, Any], words: str) -> None:
    data = msgspec.json.decode(forms.to_json(facts("DE"))) | change
    with pytest.raises(msgspec.ValidationError, match=re.escape(words)):
        forms.from_json(msgspec.json.encode(data))


def test_the_rate_of_returns_counts_per_hundred_orders() -> None:
    assert (Standing(orders=8, returns=5).return_rate, Standing(returns=3).return_rate) == (62, 0)
