"""Real data that lies beside the project and is not part of it: tests that read it skip where it is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def shared_data(path: str) -> Path:
    """Return a file or folder of the shared data, such as `online_retail_y1/README.md`, or skip the test.

    The data are looked for in `../shared/data` beside the project; HOMEWARD_SHARED names another place of `shared`.
    """
    shared = Path(os.environ.get("HOMEWARD_SHARED") or PROJECT.parent / "shared")
    found = shared / "data" / path
    if not found.exists():
        pytest.skip(f"no {path} in {shared / 'data'}; set HOMEWARD_SHARED to the folder that holds data/{path}")
    return found
