"""Static files of a release: style sheets joined into one, names with their hash, and modules that import by it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "design/homeward.css"
_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n?')


class ReleaseStorage(CompressedManifestStaticFilesStorage):
    """Serves one style sheet instead of a cascade of imports, so that a first visit waits for one file."""

    # Our modules import each other by their hashed names; those of others are left as they are.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("design/js/*.js", ((r'(?P<matched>from "(?P<url>\./\w+\.js)")', 'from "%(url)s"'),)),
    )

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join the imports of our style sheet, then do what the storage does with all files."""
        if SHEET in paths:
            paths = {**paths, SHEET: (_Joined(join_sheet(paths)), SHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


class _Joined:
    """Stands in for the place that a file comes from, and hands out the joined one."""

    def __init__(self, text: str) -> None:
        self.text = text

    def open(self, name: str) -> ContentFile:
        """Return the joined sheet as an open file."""
        return ContentFile(self.text.encode(), name=name)


def join_sheet(paths: dict[str, Any]) -> str:
    """Return our style sheet with each `@import` replaced by what it names, in the same order.

    Our sheets refer to no other files, so nothing in them has to move along.
    """

    def read(path: str) -> str:
        storage, name = paths[path]
        with storage.open(name) as file:
            return file.read().decode()

    folder = posixpath.dirname(SHEET)
    return _IMPORT.sub(lambda found: read(posixpath.join(folder, found[1])), read(SHEET))
