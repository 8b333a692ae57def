"""What cannot work is refused in words that say what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from homeward.config.postgres import DatabaseTrouble, Server
from homeward.config.postgres.trouble import explain, plain_words
from tests.database.conftest import NewServer


def test_data_of_another_program_are_left_alone(new_server: NewServer) -> None:
    server = new_server()
    server.data.mkdir(parents=True)
    (server.data / "holiday.jpg").touch()
    with pytest.raises(DatabaseTrouble, match="was not made by Homeward: move it away"):
        server.start()
    assert [path.name for path in server.data.iterdir()] == ["holiday.jpg"]


def test_data_of_another_major_version_are_left_alone(server: Server) -> None:
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(DatabaseTrouble, match=r"written by PostgreSQL 17, but version 18 .*dump the database"):
        server.start()
    (server.data / "PG_VERSION").write_text("18\n")


def test_a_server_that_will_not_start_shows_the_end_of_its_log(server: Server) -> None:
    with pytest.raises(DatabaseTrouble, match=r'It said:\n(.*\n)*.*invalid value for parameter "shared_buffers"'):
        Server(server.home, settings={"shared_buffers": "plenty"}).start()


def test_a_file_where_the_home_should_be_is_named(folder: Path) -> None:
    (folder / "home").touch()
    with pytest.raises(DatabaseTrouble, match="home"):
        Server(folder / "home").start()


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ('FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device', "disk of /srv is full"),
        (
            "FATAL:  could not extend file: wrote only 4096 of 8192 bytes\nHINT:  Check free disk space.",
            "disk of /srv is full",
        ),
        ("could not map anonymous shared memory: Cannot allocate memory", "not enough memory"),
        ("initdb: error while loading shared libraries: libm.so.6", "does not run here: set DATABASE_URL"),
        ("\n".join(f"line {number}" for number in range(99)), "line 98"),
    ],
)
def test_what_postgresql_says_becomes_advice(said: str, advice: str) -> None:
    assert advice in explain(said, place=Path("/srv"))
    assert "line 7\n" not in explain(said, place=Path("/srv"))


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "The disk of /srv is full"),
        (errno.EDQUOT, "The disk of /srv is full"),
        (errno.EACCES, "No permission for /srv/data.*HOMEWARD_HOME"),
        (errno.EROFS, "cannot be run: .*Read-only"),
    ],
)
def test_what_the_system_refuses_becomes_advice(number: int, advice: str) -> None:
    with pytest.raises(DatabaseTrouble, match=advice), plain_words(Path("/srv")):
        raise OSError(number, os.strerror(number), "/srv/data")
