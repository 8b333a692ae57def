"""`homeward` and `homeward db`, which must not start a server merely to stop it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from homeward.config import console


@pytest.fixture(autouse=True)
def a_house_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_HOME", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_homeward_alone_shows_the_commands_by_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main([]) == 0
    said = capsys.readouterr().out
    assert said.index("Database\n") < said.index("  db ") < said.index("  migrate ")
    assert all(f"  {name} " in said for name in console.our_commands())
    assert all(console.our_commands().values()), "a command without a line of help"


def test_db_starts_shows_and_stops_the_server(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert console.main(["db", "status"]) == 1
    assert "PostgreSQL is not running" in capsys.readouterr().out
    assert console.main(["db", "start"]) == 0
    assert console.main(["db", "status"]) == 0
    assert f"data  {folder}/postgres/data" in capsys.readouterr().out
    talk = [sys.executable, "-m", "homeward.config.console", "db", "shell", "-At", "-c", "SELECT current_user"]
    assert subprocess.run(talk, capture_output=True, text=True, check=True).stdout == "homeward\n"
    assert console.main(["db", "stop"]) == 0
    assert "has stopped" in capsys.readouterr().out


def test_db_stop_starts_nothing_and_loads_no_settings(folder: Path) -> None:
    script = "import sys; from homeward.config import console; console.main(['db', 'stop']); print(sorted(sys.modules))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.startswith("PostgreSQL was not running.")
    assert "homeward.config.settings" not in said
    assert not list(folder.iterdir())


@pytest.mark.parametrize("words", [["db", "destroy"], ["db", "stop", "now"]])
def test_a_misspelled_db_command_shows_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main(words) == 2
    assert "usage: homeward db start | stop | status | shell" in capsys.readouterr().err


def test_db_leaves_the_database_of_database_url_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone@127.0.0.1:1/theirs")
    assert console.main(["db", "stop"]) == 2
    assert "not ours to stop" in capsys.readouterr().err
    assert console.main(["db", "status"]) == 1
    assert "does not answer" in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_trouble_with_the_database_is_one_plain_message(folder: Path) -> None:
    (folder / "postgres" / "data").mkdir(parents=True)
    (folder / "postgres" / "data" / "holiday.jpg").touch()
    command = [sys.executable, "-m", "homeward.config.console", "check"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "homeward.config.settings"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert done.stderr.startswith("homeward: ")
    assert "Traceback" not in done.stderr
