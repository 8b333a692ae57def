"""Files of shoppers: put into storage as they come in, taken from there when the return is made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.files.storage import default_storage

from homeward.returns.actions import records
from homeward.returns.actions.records import Kept
from homeward.returns.evidence import Exhibit
from homeward.web.portal.drafts import File


def keep(exhibits: Iterable[Exhibit], *, at: datetime) -> list[Kept]:
    """Put exhibits into storage, before anything is written about them."""
    return [records.store(exhibit, at=at) for exhibit in exhibits]


def store(exhibits: Iterable[Exhibit], *, at: datetime) -> list[File]:
    """Put exhibits into storage and return what a draft remembers of them."""
    found = keep(exhibits, at=at)
    return [
        File(
            path=kept.path, name=kept.exhibit.name, media_type=kept.exhibit.media_type,
            size=len(kept.exhibit.content), sha256=kept.exhibit.sha256,
        )
        for kept in found
    ]  # fmt: skip


def kept(files: Iterable[File]) -> list[Kept]:
    """Return files of a draft as evidence to be written down."""
    return [Kept(Exhibit(_bytes(file), file.media_type, file.sha256, file.name), file.path) for file in files]


def _bytes(file: File) -> bytes:
    with default_storage.open(file.path, "rb") as stored:
        return bytes(stored.read())
