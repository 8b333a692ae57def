"""What the tests of this folder find in place: a quiet start, an open center, people at work, a key, a provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from homeward.logistics.models import Center
from homeward.settlements.fakes import FakePayments
from tests.support import build_logistics, build_settlements
from tests.support.api import Caller
from tests.support.cast import Cast
from tests.support.house import House
from tests.support.mailing import mailer, no_mail_server

__all__ = ["mailer", "no_mail_server"]


@pytest.fixture(autouse=True)
def quiet(settings: Any, tmp_path: Any) -> None:
    """A folder for files of this test only, and nobody who has looked up before."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def center(db: None) -> Center:
    """The center in Roubaix, open for every merchant."""
    return build_logistics.center()


@pytest.fixture
def house(cast: Cast, center: Center) -> House:
    """Everybody of Lanting's at work, and a center that receives."""
    return House(cast)


@pytest.fixture
def api(cast: Cast) -> Caller:
    """A key of Lanting's with every scope."""
    return Caller(cast.lanting)


@pytest.fixture
def stripe() -> Iterator[FakePayments]:
    """A provider whose moods a test may change."""
    with build_settlements.provider() as fake:
        yield fake
