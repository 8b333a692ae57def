"""Who opens the pages of staff."""

from __future__ import annotations

import pytest
from django.test import Client

from homeward.kernel import Role
from tests.support import people
from tests.support.cast import Cast


@pytest.fixture
def lin(cast: Cast) -> Client:
    """The client of the merchant."""
    return people.client_of(people.hire(cast, Role.MERCHANT, "Lin"))


@pytest.fixture
def olu(cast: Cast) -> Client:
    """The client of the operator."""
    return people.client_of(people.hire(cast, Role.OPERATOR, "Olu", of_operator=True))
