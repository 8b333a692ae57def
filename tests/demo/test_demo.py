"""The demo's town: what it sets on the road walks the real one, comes to rest, and is set up once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from homeward.config import demo, scenes, season
from homeward.connectors import sample
from homeward.journal import queries as journal_queries
from homeward.kernel.actor import MACHINE
from homeward.returns import queries as return_queries
from homeward.settlements import queries as settlement_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(settings, tmp_path, drain: Callable[..., int]) -> None:
    """The demo as `make demo` sets it up, with all its work done."""
    settings.MEDIA_ROOT = tmp_path
    at = timezone.now()
    merchants = demo.settle_in(at=at)
    sample.load_sample(at=at, actor=demo.OPERATOR)
    assert scenes.play(at=at) == len(scenes.SCENES)
    assert season.play(merchants, at=at) > 80
    drain(at=at + timedelta(minutes=5), most=5000)


def test_a_season_comes_home_the_books_balance_and_a_loose_withdrawal_waits(town: None) -> None:
    states = Counter(return_queries.returns(MACHINE).values_list("state", flat=True))
    assert states["settled"] > 80
    assert states["under_review"] >= 2
    assert not journal_queries.dead_letters(MACHINE).exists()
    for currency, accounts in settlement_queries.trial_balance(MACHINE).items():
        assert sum(sum_.minor for sum_ in accounts.values()) == 0, currency
    assert {"EUR", "GBP", "USD", "CNY", "JPY"} <= set(settlement_queries.trial_balance(MACHINE))
    declared = {one.name: one.order for one in return_queries.withdrawals(MACHINE)}
    assert declared["Johanna Beck"] is None
    assert declared["Sofia Rinaldi"].number == "NL-20911"


def test_setting_it_up_again_sends_nothing_twice(town: None) -> None:
    before = return_queries.returns(MACHINE).count()
    at = timezone.now()
    merchants = demo.settle_in(at=at)
    sample.load_sample(at=at, actor=demo.OPERATOR)
    assert (scenes.play(at=at), season.play(merchants, at=at)) == (0, 0)
    assert return_queries.returns(MACHINE).count() == before
