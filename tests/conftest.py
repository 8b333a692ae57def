"""Fixtures for all tests: the cast, the fixed moment, and the relay drained in process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support import cast as casting
from tests.support import relay
from tests.support.browser import chromium, open_page

__all__ = ["chromium", "open_page"]  # one Chromium for all modules: a fixture imported twice would start two


@pytest.fixture
def now() -> datetime:
    """The moment at which the tests play: Tuesday 24 November 2026, 09:30 UTC."""
    return casting.NOW


@pytest.fixture
def cast(db: None) -> casting.Cast:
    """The named cast, with their merchants in the database."""
    return casting.assemble()


@pytest.fixture
def drain(db: None) -> Callable[..., int]:
    """Run what the queue holds, in process and in order, until it is empty; returns how many jobs ran."""
    return relay.drain
