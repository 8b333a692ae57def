"""Photos of the dock: examined like evidence, and kept under the name of their hash before an action records them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from homeward.returns import evidence
from homeward.returns.evidence import Exhibit


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo whose bytes lie in storage under `path`."""

    exhibit: Exhibit
    path: str


def keep(content: bytes, *, name: str, at: datetime) -> Kept:
    """Put a photo into storage; the edge calls this before the action, since storage may be far away.

    :raises NotEvidence: if it is no picture that we take, broken, or too large.
    """
    exhibit = evidence.examine(content, name=name)
    if not exhibit.media_type.startswith("image/"):
        raise evidence.NotEvidence("unknown_kind", exhibit.name)
    path = f"dock/{at:%Y/%m}/{exhibit.stored_name}"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(exhibit.content))
    return Kept(exhibit, path)
