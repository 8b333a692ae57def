"""Starting, finding and stopping the embedded server in fair weather."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from homeward.config import postgres
from homeward.config.postgres import DatabaseTrouble, Server
from homeward.config.postgres.server import PORTS
from tests.database.conftest import SMALL, NewServer

START = f"""
import sys
from pathlib import Path
from homeward.config.postgres import Server
server = Server(Path(sys.argv[1]), settings={SMALL})
print(server.start(), server.postmaster().pid)
"""


def ask(url: str, question: str) -> object:
    """Return the single value that answers `question`."""
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def test_the_first_start_makes_a_database_that_fits_the_house(new_server: NewServer) -> None:
    url = new_server(settings={"shared_buffers": "16MB"}).start()
    assert ask(url, "SELECT current_database()") == "homeward"
    assert ask(url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'homeward'") == "homeward"
    assert ask(url, "SELECT NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = current_user")
    assert ask(url, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'homeward'") == "UTF8"
    assert ask(url, "SHOW timezone") == "UTC"
    assert [ask(url, f"SHOW {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3


def test_the_extensions_of_the_house_can_be_had_without_a_superuser(server: Server) -> None:
    with psycopg.connect(server.start()) as connection:
        for name in ("pg_trgm", "btree_gist", "unaccent", "vector"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        similar = connection.execute("SELECT similarity('保温杯', '红色保温杯')").fetchone()[0]
        near = connection.execute("SELECT '[1,2]'::vector <-> '[1,3]'").fetchone()[0]
    assert similar > 0, "pg_trgm must see letters in Chinese text"
    assert near == 1


def test_only_this_machine_and_only_who_knows_the_password_gets_in(server: Server) -> None:
    url = server.start()
    mine = server.postmaster()
    assert {c.laddr.ip for c in psutil.Process(mine.pid).net_connections() if c.status == "LISTEN"} == {"127.0.0.1"}
    assert server.data.stat().st_mode & 0o777 == 0o700
    assert (server.data / "pgpass").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(url.split(":")[2].split("@")[0], "guess"))


def test_who_starts_a_running_server_is_led_to_it(server: Server) -> None:
    url = server.start()
    pid = server.postmaster().pid
    assert Server(server.home).start() == url
    assert server.postmaster().pid == pid


def test_four_processes_that_start_at_once_for_the_first_time_get_one_server(
    new_server: NewServer, folder: Path
) -> None:
    server = new_server()
    starters = [
        subprocess.Popen([sys.executable, "-c", START, folder / "home"], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = {starter.communicate(timeout=60)[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0] * 4
    assert said == {f"{server.url()} {server.postmaster().pid}\n"}


def test_stop_keeps_what_was_written_and_start_finds_it_at_the_same_address(server: Server) -> None:
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE parcels AS SELECT generate_series(1, 1000) AS id")
    assert server.stop()
    assert server.postmaster() is None
    assert server.start() == url
    assert ask(url, "SELECT count(*) FROM parcels") == 1000


def test_stop_cuts_off_those_who_are_connected(server: Server) -> None:
    with psycopg.connect(server.start()) as connection:
        connection.execute("SELECT 1")
        assert server.stop()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_stop_says_when_there_was_nothing_to_stop(server: Server) -> None:
    assert not server.stop()
    server.start()
    assert server.stop()
    assert not server.stop()


def test_a_database_that_was_dropped_is_made_again(server: Server) -> None:
    server.start()
    with psycopg.connect(server.url(role="postgres", database="postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE homeward")
    assert ask(server.start(), "SELECT current_database()") == "homeward"


def test_alter_system_prevails_over_our_settings(server: Server) -> None:
    server.start()
    with psycopg.connect(server.url(role="postgres"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET work_mem = '3MB'")
    server.stop()
    assert ask(server.start(), "SHOW work_mem") == "3MB"
    (server.data / "postgresql.auto.conf").write_text("")


def test_two_houses_on_one_machine_get_a_port_each(server: Server, other: Server) -> None:
    assert server.start() != other.start()
    assert server.postmaster().port != other.postmaster().port


def test_a_port_that_was_taken_meanwhile_is_given_up(server: Server) -> None:
    server.start()
    port = server.postmaster().port
    server.stop()
    with socket.create_server(("127.0.0.1", port)):
        url = server.start()
        assert server.postmaster().port in set(PORTS) - {port}
        assert ask(url, "SELECT 1") == 1


def test_a_port_that_was_asked_for_is_insisted_on(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = server.port = other.getsockname()[1]
        with pytest.raises(DatabaseTrouble, match=f"Port {port} is taken.*HOMEWARD_PG_PORT"):
            server.start()
    assert f":{port}/" in server.start()


def test_database_url_is_respected_and_no_server_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_HOME", str(folder))
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone@elsewhere/theirs")
    assert postgres.database_url() == "postgresql://someone@elsewhere/theirs"
    assert not list(folder.iterdir())


def test_homeward_home_says_where_the_server_lives(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_HOME", str(folder / "elsewhere"))
    assert postgres.embedded().data == folder / "elsewhere" / "postgres" / "data"
    monkeypatch.setenv("HOMEWARD_PG_PORT", "seven")
    with pytest.raises(DatabaseTrouble, match="HOMEWARD_PG_PORT is 'seven'"):
        postgres.embedded()


def test_homeward_pg_settings_reach_the_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_HOME", str(server.home))
    monkeypatch.setenv("HOMEWARD_PG_SETTINGS", "shared_buffers=16MB log_line_prefix='%m %a'")
    assert ask(postgres.embedded().start(), "SHOW log_line_prefix") == "%m %a"
    monkeypatch.setenv("HOMEWARD_PG_SETTINGS", "fsync")
    with pytest.raises(DatabaseTrouble, match="HOMEWARD_PG_SETTINGS gives no value to fsync"):
        postgres.embedded()
