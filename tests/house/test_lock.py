"""House rule: the lock holds every dependency in a version that fits, with hashes and no addresses."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.reading import PROJECT

LOCK = (PROJECT / "requirements.lock").read_text()
PINS = re.findall(
    r"^([a-z0-9._-]+)==([^ ;\\]+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCK, re.MULTILINE
)


def wanted() -> list[Requirement]:
    """Return the dependencies that pyproject.toml names, for running and for development."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    return [Requirement(line) for group in groups for line in group]


def test_every_dependency_is_locked_in_a_version_that_fits() -> None:
    locked = {canonicalize_name(name): Version(version) for name, version, _ in PINS}
    amiss = [
        f"{need} (locked: {locked.get(canonicalize_name(need.name))})"
        for need in wanted()
        if (version := locked.get(canonicalize_name(need.name))) is None or not need.specifier.contains(version)
    ]
    assert not amiss, "run make lock:\n" + "\n".join(amiss)


def test_every_line_of_the_lock_is_a_pin_with_hashes() -> None:
    heads = [line for line in LOCK.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(heads) == len(PINS)


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK
