"""A fake mailer behind the port, for tests that look at what is mailed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from homeward.conversations import ports
from homeward.conversations.ports import FakeLinks, FakeMailer


@pytest.fixture
def mailer() -> Iterator[FakeMailer]:
    """The mailer of this test, and the addresses that lead nowhere; what was wired before comes back afterwards."""
    before, links = ports.mailer(), ports.links()
    fake = FakeMailer()
    ports.wire(mailer=fake, links=FakeLinks())
    yield fake
    ports.wire(mailer=before, links=links)


@pytest.fixture
def no_mail_server(mailer: FakeMailer) -> None:
    """An installation without a mail server."""
    ports.wire(mailer=None, links=FakeLinks())
