"""Servers of their own for the tests of the supervisor, in folders that any account can reach."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homeward.config.postgres import Server

SMALL = {"shared_buffers": "16MB", "fsync": "off"}

NewServer = Callable[..., Server]


def reachable_folder() -> Path:
    """Make a folder that everyone can reach; pytest's own are closed to the account that runs PostgreSQL for root."""
    made = Path(tempfile.mkdtemp(prefix="homeward-")).resolve()
    made.chmod(0o755)
    return made


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that everyone can reach."""
    made = reachable_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def homes() -> Iterator[tuple[Path, Path]]:
    """The homes of two servers that have run before, shared by all tests because making one takes a second."""
    folder = reachable_folder()
    one, two = folder / "one", folder / "two"
    server = Server(one, settings=SMALL)
    server.start()
    server.stop()
    subprocess.run(["cp", "-a", one, two], check=True)
    yield one, two
    shutil.rmtree(folder)


@pytest.fixture
def server(homes: tuple[Path, Path]) -> Iterator[Server]:
    """A server that has run before and stands still now; tests leave it as it was, but for tables of their own."""
    server = Server(homes[0], settings=SMALL)
    yield server
    server.port = 0
    server.stop()


@pytest.fixture
def other(homes: tuple[Path, Path]) -> Iterator[Server]:
    """Another house on the same machine."""
    other = Server(homes[1], settings=SMALL)
    yield other
    other.stop()


@pytest.fixture
def new_server(folder: Path) -> Iterator[NewServer]:
    """Return a server that has never run; if it does, it is stopped at the end."""
    made = []

    def new_server(**choices: object) -> Server:
        made.append(Server(folder / "home", **{"settings": SMALL} | choices))
        return made[-1]

    yield new_server
    for server in made:
        server.stop()
