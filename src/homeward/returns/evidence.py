"""What may be handed in as evidence: told by a file's content, never by its name."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Protocol

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

pillow_heif.register_heif_opener()

MOST_BYTES = 25 * 1024 * 1024
MOST_PIXELS = 60_000_000  # a 60-megapixel photo; a bomb unfolds to more

_MAGIC = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"%PDF-", 0, "application/pdf"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
)
_HEIF = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif"}
_SUFFIX = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/heic": ".heic", "video/mp4": ".mp4",
    "video/quicktime": ".mov", "video/webm": ".webm", "application/pdf": ".pdf",
}  # fmt: skip


class Readable(Protocol):
    """A file, as far as it is read here."""

    def read(self, most: int, /) -> bytes:
        """Return up to `most` bytes."""
        ...


class NotEvidence(ValueError):
    """A file cannot be taken; `code` says why: empty, too_large, unknown_kind, damaged or too_many_pixels."""

    def __init__(self, code: str, name: str) -> None:
        self.code, self.name = code, name
        super().__init__(f"{name}: {code}")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A file fit to be kept: its bytes as sent, what it is, its hash, and the name it is stored under."""

    content: bytes
    media_type: str
    sha256: str
    name: str

    @property
    def stored_name(self) -> str:
        """A name made of the hash: nothing of what the sender wrote reaches the disk."""
        return self.sha256[:32] + _SUFFIX[self.media_type]


def content_of(file: Readable) -> bytes:
    """Return what an uploaded file holds; of one that is too large no more than shows that it is."""
    return file.read(MOST_BYTES + 1)


def examine(content: bytes, *, name: str) -> Exhibit:
    """Return `content` as evidence: a JPEG, PNG, WebP or HEIC picture, an MP4, MOV or WebM film, or a PDF.

    :raises NotEvidence: if it is empty, larger than 25 MB, of another kind, broken, or unfolds to too many pixels.
    """
    short = name.replace("\\", "/").rsplit("/", 1)[-1][:200] or "file"
    if not content:
        raise NotEvidence("empty", short)
    if len(content) > MOST_BYTES:
        raise NotEvidence("too_large", short)
    media_type = kind_of(content)
    if media_type is None:
        raise NotEvidence("unknown_kind", short)
    if media_type.startswith("image/"):
        _check_picture(content, short)
    return Exhibit(content, media_type, hashlib.sha256(content).hexdigest(), short)


def kind_of(content: bytes) -> str | None:
    """Return the media type that the first bytes of `content` tell, or None where they tell no kind we take."""
    for magic, offset, media_type in _MAGIC:
        if content.startswith(magic, offset):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        if brand in _HEIF:
            return "image/heic"
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    return None


def _check_picture(content: bytes, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit below is the judge
        try:
            with Image.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NotEvidence("too_many_pixels", name)
                picture.load()
        except NotEvidence:
            raise
        except Image.DecompressionBombError as error:
            raise NotEvidence("too_many_pixels", name) from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
            raise NotEvidence("damaged", name) from error


def preview(content: bytes, *, width: int = 1600) -> bytes:
    """Return a picture as a JPEG that every browser shows: upright, at most `width` wide, without metadata."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.draft("RGB", (width * 2, width * 2))  # a JPEG unfolds no further than needed
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((width, width * 2))
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=82)
        return out.getvalue()
