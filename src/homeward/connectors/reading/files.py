"""Opening a file: packed or plain, checked as a whole before its first row is believed."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from django.utils.translation import gettext_lazy as _

_BLOCK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_GZIP, _ZIP, _OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

SENTENCES = {
    "empty": _("The file is empty."),
    "zip": _("This is a ZIP or Excel file. Save it as CSV (UTF-8), or unpack it, and import that."),
    "binary": _("This is not a text file."),
    "encoding": _(
        "Line %(line)s is not written in %(encoding)s. Save the file as UTF-8, or say how it is written "
        "(at the console: --encoding gb18030 or --encoding cp1252). Nothing was imported."
    ),
    "too_large": _(
        "Unpacked, the file is larger than %(most)s MB. Import it at the console, where there is no such limit. "
        "Nothing was imported."
    ),
    "unknown_encoding": _("There is no encoding called “%(encoding)s”."),
    "packed_cut_off": _("The packed file ends early: it was not copied to its end. Nothing was imported."),
    "packed_damaged": _("The packed file is damaged. Nothing was imported."),
    "columns_missing": _("Columns are missing: %(missing)s. The file has: %(found)s."),
    "columns_twice": _("The column “%(column)s” stands twice in the header."),
    "columns_swapped": _(
        "The columns “%(first)s” and “%(second)s” seem to be swapped: “%(first)s” holds “%(value)s”. "
        "Nothing was imported."
    ),
    "no_whole_number": _(
        "The column “%(column)s” should hold whole numbers, but holds “%(value)s” and the like. Nothing was imported."
    ),
    "no_amount": _(
        "The column “%(column)s” should hold amounts, but holds “%(value)s” and the like. Nothing was imported."
    ),
    "no_date": _(
        "The column “%(column)s” should hold dates, but holds “%(value)s” and the like. Nothing was imported."
    ),
    "no_country": _(
        "The column “%(column)s” should hold countries, but holds “%(value)s” and the like. Nothing was imported."
    ),
    "no_email": _(
        "The column “%(column)s” should hold e-mail addresses, but holds “%(value)s” and the like. "
        "Nothing was imported."
    ),
    "quote_open": _("From line %(line)s on a quotation mark is never closed; the rest of the file cannot be read."),
    "not_json": _("From character %(place)s on this is not JSON: %(why)s"),
    "json_cut_off": _("The file ends in the middle of an order: it was not copied or downloaded to its end."),
    "json_too_large": _("A single order is larger than %(most)s MB; the rest of the file cannot be read."),
    "no_orders": _("No orders were found in this JSON."),
}  # fmt: skip


class FileProblem(Exception):
    """A file cannot be read, or not to its end; `code` and `facts` say why."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code, self.facts = code, facts
        super().__init__(code)

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % self.facts


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read once from end to end: how it is written, how long it is, and its fingerprint."""

    path: Path
    encoding: str
    is_packed: bool
    size: int  # bytes on disk
    lines: int
    sha256: str


def check(path: Path, *, encoding: str = "", most: int = 0) -> Checked:
    """Read a file once and return how to read it; `most` is how many bytes it may have unpacked, 0 for any number.

    :raises FileProblem: if it is empty, too large, cut off, damaged, no text, or not in the encoding that it claims.
    :raises OSError: if it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise FileProblem("empty")
    if head.startswith((_ZIP, _OLD_EXCEL)):
        raise FileProblem("zip")
    is_packed = head.startswith(_GZIP)
    blocks = _blocks(path, is_packed, most)
    first = next(blocks, b"")
    encoding = encoding or next((name for mark, name in _MARKS if first.startswith(mark)), "utf-8")
    lines = _lines(first, blocks, encoding)
    return Checked(path, encoding, is_packed, path.stat().st_size, lines, _fingerprint(path))


def _blocks(path: Path, is_packed: bool, most: int) -> Iterator[bytes]:
    size = 0
    try:
        with gzip.open(path, "rb") if is_packed else path.open("rb") as file:
            while block := file.read(_BLOCK):
                size += len(block)
                if most and size > most:
                    raise FileProblem("too_large", most=most // 1_000_000)
                yield block
    except EOFError as error:
        raise FileProblem("packed_cut_off") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise FileProblem("packed_damaged") from error


def _lines(first: bytes, blocks: Iterator[bytes], encoding: str) -> int:
    """Count the lines, decoding every byte on the way."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise FileProblem("unknown_encoding", encoding=encoding) from error
    lines, block = 0, first
    while True:
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            line = lines + 1 + block[:start].count(b"\n")
            raise FileProblem("encoding", line=line, encoding=encoding.removesuffix("-sig").upper()) from error
        if "\0" in text:
            raise FileProblem("binary")
        lines += text.count("\n")
        if not block:
            return lines
        block = next(blocks, b"")


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Opened:
    """A checked file, open as text; `done` is how much of it has been read, from 0 to 1."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self._raw = checked.path.open("rb")
        binary: BinaryIO = gzip.GzipFile(fileobj=self._raw) if checked.is_packed else self._raw  # type: ignore[assignment]
        self.text: TextIO = io.TextIOWrapper(binary, encoding=checked.encoding, newline="")

    @property
    def done(self) -> float:
        """The part of the file that has been read."""
        return 1.0 if self._raw.closed else min(self._raw.tell() / self.checked.size, 1.0)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.text.close()
        self._raw.close()
