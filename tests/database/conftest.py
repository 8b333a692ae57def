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
def finished_cluster() -> Iterator[Path]:
    """The folder of a cluster that was started once and stopped; copying it is quicker than making one."""
    home = reachable_folder()
    server = Server(home, settings=SMALL)
    server.start()
    server.stop()
    yield server.place
    shutil.rmtree(home)


@pytest.fixture
def new_server(folder: Path, finished_cluster: Path) -> Iterator[NewServer]:
    """Return a server below `folder` that has run before, or never (`fresh`); what runs is stopped at the end."""
    made = []

    def new_server(name: str = "home", *, fresh: bool = False, **choices: object) -> Server:
        made.append(Server(folder / name, **{"settings": SMALL} | choices))
        if not fresh:
            made[-1].home.mkdir()
            subprocess.run(["cp", "-a", finished_cluster, made[-1].home], check=True)
        return made[-1]

    yield new_server
    for server in made:
        server.stop()


@pytest.fixture
def server(new_server: NewServer) -> Server:
    """Return a server that has run before."""
    return new_server()
