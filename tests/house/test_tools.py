"""The tools behind the Makefile: what pip knows about indexes is handed on to uv."""

from __future__ import annotations

import runpy
import subprocess
from pathlib import Path

import pytest

from tests.house.reading import PROJECT

INDEXES = runpy.run_path(str(PROJECT / "tools" / "indexes.py"))

SAID_BY_PIP = """\
global.cert='/etc/ssl/company.pem'
global.find-links='/wheels\\n/more-wheels'
global.index-url='https://first.example/simple'
:env:.index-url='https://mirror.example/simple'
global.extra-index-url='https://extra.example/simple file:///own/simple'
global.timeout='60'
"""


def test_pip_s_indexes_become_uv_s() -> None:
    assert INDEXES["uv_settings"](SAID_BY_PIP) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://extra.example/simple file:///own/simple",
        "UV_FIND_LINKS": "/wheels,/more-wheels",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/etc/ssl/company.pem",
    }
    assert INDEXES["uv_settings"]("") == {}


def test_uv_s_own_settings_are_left_alone() -> None:
    assert INDEXES["has_own_settings"]({"UV_DEFAULT_INDEX": "https://mirror.example/simple"})


@pytest.mark.parametrize("script", sorted((PROJECT / "tools").glob("*.sh")), ids=lambda script: script.name)
def test_every_script_can_be_run_and_stops_at_the_first_failure(script: Path) -> None:
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text()
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_make_help_explains_every_command() -> None:
    said = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert all(f"  {name} " in said for name in ("help", "setup", "demo", "test", "check", "lint", "shots"))
