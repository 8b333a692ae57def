"""The worker is killed at every point between intent and record; started again, it pays exactly once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeward.config.benches import bank, refunds
from homeward.config.benches.refunds import Found
from homeward.connectors import payments
from homeward.kernel import Money
from homeward.settlements import ports
from homeward.settlements.ports import Instruction
from tests.support import build
from tests.support.cast import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
RUNS = 45


@pytest.fixture(autouse=True)
def _unwire() -> Iterator[None]:
    """Leave the finance desk alone behind the port, as it was."""
    yield
    ports.wire(by_hand=payments.OfflinePayments())


def test_killed_at_every_point_the_worker_pays_once(tmp_path: Path) -> None:
    merchant = build.committed_cast().lanting
    found = refunds.refund_through_kills(merchant, tmp_path, runs=RUNS, kills=True, dice=random.Random(7), at=NOW)
    assert found.results == {"once": RUNS}
    assert found.points == set(range(max(found.points) + 1))
    assert len(found.points) > 30
    assert found.kills >= len(found.points)
    assert found.books_balance


def test_without_kills_it_pays_once_too(tmp_path: Path) -> None:
    merchant = build.committed_cast().lanting
    found = refunds.refund_through_kills(merchant, tmp_path, runs=2, kills=False, dice=random.Random(7), at=NOW)
    assert found.as_dict() == Found(runs=2).as_dict() | {"exactly_once": 2}


def test_the_bank_of_the_bench_does_pay_twice_where_nobody_looks_first(tmp_path: Path) -> None:
    careless = bank.FolderBank(tmp_path, keeps_keys=False)
    careful = bank.FolderBank(tmp_path, keeps_keys=True)
    ask = Instruction(ref="rfd_1", payment="pay", amount=Money(500, "EUR"), asked_at=NOW)
    assert careless.find(ask) is None
    careless.refund(ask)
    careful.refund(ask)
    assert careful.paid("rfd_1") == 1
    careless.refund(ask)
    assert careless.paid("rfd_1") == 2
