"""After kill -9: nothing acknowledged is lost, and nothing left behind keeps the server from starting."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading

import psutil
import psycopg
import pytest

from homeward.config.postgres import Server
from tests.database.conftest import SMALL, NewServer

# Plays the first process of a container that buries no dead: orphans come to it and stay zombies.
UNDERTAKER_ON_STRIKE = f"""
import ctypes, os, signal, sys
from pathlib import Path
import psutil
from homeward.config.postgres import Server
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
server = Server(Path(sys.argv[1]), settings={SMALL})
server.start()
dead = server.postmaster().pid
os.kill(dead, signal.SIGKILL)
server.start()
print(psutil.Process(dead).status(), server.postmaster().pid != dead)
"""


def kill(server: Server) -> int:
    """Kill the server as a power cut would, and return its number."""
    process = psutil.Process(server.postmaster().pid)
    process.kill()
    process.wait(10)
    return process.pid


def test_every_acknowledged_row_survives_a_kill_under_load(server: Server) -> None:
    url = server.start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE refunds (clerk int, number int)")
    acknowledged: dict[int, int] = {}
    busy = threading.Barrier(5)

    def write(clerk: int) -> None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            for number in range(1_000_000):
                connection.execute("INSERT INTO refunds VALUES (%s, %s)", [clerk, number])
                acknowledged[clerk] = number
                if number == 50:
                    busy.wait(timeout=30)

    clerks = [threading.Thread(target=write, args=[clerk]) for clerk in range(4)]
    for clerk in clerks:
        clerk.start()
    busy.wait(timeout=30)
    kill(server)
    for clerk in clerks:
        clerk.join(timeout=30)
    with psycopg.connect(server.start()) as connection:
        rows = connection.execute("SELECT clerk, count(*), max(number) FROM refunds GROUP BY clerk").fetchall()
    for clerk, count, last in rows:
        assert last >= acknowledged[clerk], "an acknowledged row is lost"
        assert count == last + 1, "there is a gap"
    assert len(rows) == 4


def test_a_killed_server_is_not_taken_for_a_running_one(server: Server) -> None:
    server.start()
    kill(server)
    assert "ready" in (server.data / "postmaster.pid").read_text()
    assert server.postmaster() is None
    assert not server.stop()


@pytest.mark.parametrize("new_owner", ["some program", "another PostgreSQL"])
def test_a_stale_pid_file_whose_number_was_given_away_is_no_obstacle(
    new_owner: str, server: Server, other: Server
) -> None:
    server.start()
    file = server.data / "postmaster.pid"
    lines = file.read_text().splitlines()
    server.stop()
    pid = os.getpid()
    if new_owner == "another PostgreSQL":
        other.start()
        pid = other.postmaster().pid
    file.write_text("\n".join([str(pid), *lines[1:]]))
    assert server.postmaster() is None
    server.start()
    assert server.postmaster().pid != pid
    assert psutil.pid_exists(pid)


def test_a_new_server_waits_for_the_orphans_of_a_killed_one(server: Server) -> None:
    with psycopg.connect(server.start(), autocommit=True) as connection:
        orphan = psutil.Process(connection.info.backend_pid)

        def toil() -> None:  # counting never looks up, so this goes on for a while after the server's death
            with contextlib.suppress(psycopg.OperationalError):
                connection.execute("SELECT count(*) FROM generate_series(1, 2000000) a")

        worker = threading.Thread(target=toil)
        worker.start()
        kill(server)
        server.start()
        assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
        worker.join(timeout=30)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_a_dead_server_that_nobody_buried_is_no_obstacle(server: Server) -> None:
    command = [sys.executable, "-c", UNDERTAKER_ON_STRIKE, server.home]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert said == "zombie True\n"


def test_a_first_start_that_was_cut_short_is_begun_anew(new_server: NewServer) -> None:
    server = new_server()
    half_made = server.place / "data.making"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    with psycopg.connect(server.start()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not half_made.exists()
