"""House rule: a room knows only the floors below it, as import-linter reads it off pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.house.reading import PACKAGE, PROJECT

FLOORS = [
    {"config"},
    {"connectors", "api", "web"},
    {"insight"},
    {"disputes", "aftercare", "quality"},
    {"conversations"},
    {"settlements"},
    {"repairs"},
    {"warehouse"},
    {"logistics"},
    {"returns"},
    {"cases"},
    {"orders", "policies", "privacy"},
    {"parties"},
    {"journal"},
    {"kernel"},
]
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]


def lint(config: Path) -> int:
    """Run import-linter as `make lint` does, and return its exit code."""
    return lint_imports(config_filename=str(config), no_cache=True, no_logo=True)


def test_the_staircase_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = lint(PROJECT / "pyproject.toml")
    assert exit_code == 0, capsys.readouterr().out


def test_the_staircase_has_all_floors_and_no_exceptions() -> None:
    contract = SETTINGS["contracts"][0]
    written = [{room.strip(" ()") for room in floor.split("|")} for floor in contract["layers"]]
    assert written == FLOORS
    assert contract["exhaustive"]
    assert not any("ignore_imports" in contract for contract in SETTINGS["contracts"])


def test_every_folder_of_the_house_is_a_room_with_a_floor() -> None:
    folders = {path.parent.name for path in (PROJECT / PACKAGE).glob("*/__init__.py")}
    assert folders <= set().union(*FLOORS)


def test_a_step_up_the_stairs_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for room, code in {"cellar": "from attic import moon", "attic": "moon = 1"}.items():
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text(code)
    config = tmp_path / "lint.toml"
    config.write_text(
        '[tool.importlinter]\nroot_packages = ["cellar", "attic"]\n'
        '[[tool.importlinter.contracts]]\nname = "stairs"\ntype = "layers"\nlayers = ["attic", "(nursery)", "cellar"]\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert lint(config) == 1
    assert "stairs BROKEN" in capsys.readouterr().out
