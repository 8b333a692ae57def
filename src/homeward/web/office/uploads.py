"""Files of orders that people hand in: kept until the worker has read them, with the table of what became of each row.

What the worker has to know of a file stands in its name, so that a job which got lost is found again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TextIO

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from homeward.kernel import Actor
from homeward.orders import actions as order_actions
from homeward.orders.models import ImportRun
from homeward.parties.models import Merchant

TASK, QUEUE = "office.import_file", "imports"

_SHEET = "rows.csv"
_PROGRESS_IS_KEPT = 3_600  # seconds
_GUESSED = "guessed"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file in words, and the source that its orders get."""

    words: str | Promise
    source: str


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is to be read (`kind` and `encoding`, the latter empty to be found out), whose language is spoken."""

    kind: str
    encoding: str
    language: str

    @property
    def name(self) -> str:
        """The name under which a file to be read like this is kept."""
        return f"{self.kind}.{self.encoding or _GUESSED}.{self.language}"

    @classmethod
    def of(cls, name: str) -> Manner | None:
        """Return what a name says, or None where it is no such name."""
        match name.split("."):
            case [kind, encoding, language]:
                return cls(kind, "" if encoding == _GUESSED else encoding, language)
        return None


_wired: dict[str, Kind] = {}


def wire(kinds: Mapping[str, Kind]) -> None:
    """Say which kinds of files can be read; those who read them stand elsewhere."""
    _wired.clear()
    _wired.update(kinds)


def kinds() -> Mapping[str, Kind]:
    """Return the kinds of files that can be read."""
    return _wired


def take_in(file: UploadedFile, manner: Manner, *, merchant: Merchant, actor: Actor, at: datetime) -> ImportRun:
    """Begin an import, keep its file, and queue the reading of it."""
    run = order_actions.start_run(
        merchant=merchant, source=_wired[manner.kind].source, filename=file.name or "", sha256=_fingerprint(file),
        actor=actor, at=at,
    )  # fmt: skip
    try:
        default_storage.save(f"{_folder(run.ref)}/{manner.name}", file)
    except OSError:
        order_actions.finish_run(run, actor=actor, at=at, stopped_by=_("The file could not be kept here."))
        raise
    read_later(run)
    return run


def _fingerprint(file: UploadedFile) -> str:
    found = hashlib.sha256()
    for block in file.chunks():
        found.update(block)
    file.seek(0)
    return found.hexdigest()


def read_later(run: ImportRun) -> None:
    """Queue the reading of a run's file; imports of one merchant are read one after the other."""
    app.configure_task(TASK, queue=QUEUE, lock=f"import of {run.merchant_id}").defer(run=run.ref)


def find(run: ImportRun) -> tuple[Manner, Path] | None:
    """Return how and where the file of a run is kept, or None where none is."""
    folder = _folder(run.ref)
    if not default_storage.exists(folder):
        return None
    for name in default_storage.listdir(folder)[1]:
        if manner := Manner.of(name):
            return manner, Path(default_storage.path(f"{folder}/{name}"))
    return None


def forget(run: ImportRun) -> None:
    """Drop a file that has been read: it is full of shoppers, and the shop has it."""
    if found := find(run):
        found[1].unlink(missing_ok=True)
    cache.delete(_key(run))


@contextmanager
def sheet(run: ImportRun) -> Iterator[TextIO]:
    """Open the table of what becomes of each row; others find it once it is whole, if anything was written."""
    path = Path(default_storage.path(f"{_folder(run.ref)}/{_SHEET}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    being_written = path.with_name(f"{_SHEET}-part")
    try:
        with being_written.open("w", encoding="utf-8-sig", newline="") as file:  # with the mark Excel wants
            yield file
        if being_written.stat().st_size:
            os.replace(being_written, path)
    finally:
        being_written.unlink(missing_ok=True)


def has_sheet(run: ImportRun) -> bool:
    """Whether there is a table of what became of each row."""
    return default_storage.exists(f"{_folder(run.ref)}/{_SHEET}")


def open_sheet(run: ImportRun) -> IO[bytes]:
    """Open the table of what became of each row.

    :raises ImportRun.DoesNotExist: if there is none.
    """
    if not has_sheet(run):
        raise ImportRun.DoesNotExist(run.ref)
    return default_storage.open(f"{_folder(run.ref)}/{_SHEET}", "rb")


def tell(run: ImportRun, part: float) -> None:
    """Note how much of a run's file has been read, from 0 to 1."""
    cache.set(_key(run), part, _PROGRESS_IS_KEPT)


def part_of(run: ImportRun) -> float | None:
    """Return how much of a run's file has been read, or None where nobody has said."""
    found: float | None = cache.get(_key(run))
    return found


def _folder(ref: str) -> str:
    return f"imports/{ref}"


def _key(run: ImportRun) -> str:
    return f"import:{run.ref}"
