"""Evidence is told by its content: pictures, films and papers come in, everything else stays out, named."""

import io
import struct
import zipfile
import zlib

import pillow_heif
import pytest
from PIL import Image

from homeward.orders.models import OrderLine
from homeward.returns import actions, evidence, queries
from homeward.returns.actions import records
from homeward.returns.models import Evidence
from tests.returns.test_request import ask
from tests.support import build
from tests.support.cast import NOW, Cast

pillow_heif.register_heif_opener()


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    """A small picture of one color."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def bomb() -> bytes:
    """A zip that unfolds to far more than it weighs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("zeros", b"\0" * 10_000_000)
    return out.getvalue()


def wide_png() -> bytes:
    """A PNG whose head promises more pixels than any camera has."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (picture("HEIF"), "image/heic"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "video/mp4"),
        (b"\0\0\0\x14ftypqt  " + b"\0" * 40, "video/quicktime"),
        (b"%PDF-1.7 ...", "application/pdf"),
    ],
)
def test_what_shows_something_is_taken_whatever_its_name(content: bytes, media_type: str) -> None:
    exhibit = evidence.examine(content, name="IMG_0001.bin")
    assert exhibit.media_type == media_type
    assert exhibit.stored_name.startswith(exhibit.sha256[:32])
    assert exhibit.content == content


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.jpg", "empty"),
        (b"MZ\x90\0" + b"\0" * 200, "photo.jpg", "unknown_kind"),
        (bomb(), "photo.jpg", "unknown_kind"),
        (b"<script>alert(1)</script>", "photo.png", "unknown_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "photo.svg", "unknown_kind"),
        (picture()[:60], "half.jpg", "damaged"),
        (wide_png(), "wide.png", "too_many_pixels"),
        (b"\xff\xd8\xff" + b"\0" * evidence.MOST_BYTES, "huge.jpg", "too_large"),
    ],
)
def test_what_shows_nothing_is_refused_and_says_why(content: bytes, name: str, code: str) -> None:
    with pytest.raises(evidence.NotEvidence) as refused:
        evidence.examine(content, name=name)
    assert (refused.value.code, refused.value.name) == (code, name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\Windows\\evil.jpg", "a/b/c.jpg", ""])
def test_a_name_with_a_path_never_reaches_the_disk(name: str) -> None:
    exhibit = evidence.examine(picture(), name=name)
    assert "/" not in exhibit.name
    assert "\\" not in exhibit.name
    assert exhibit.stored_name == f"{exhibit.sha256[:32]}.jpg"


def test_a_preview_is_upright_small_and_without_the_place_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (45.0, 45.0, 0.0)}
    shown = evidence.preview(picture("JPEG", (4000, 3000), exif=exif))
    with Image.open(io.BytesIO(shown)) as small:
        assert small.size == (1600, 2133)
        assert not dict(small.getexif())


def test_heic_is_kept_as_sent_and_shown_as_jpeg() -> None:
    assert evidence.preview(picture("HEIF")).startswith(b"\xff\xd8\xff")


def test_the_same_file_handed_in_twice_is_kept_once(cast: Cast) -> None:
    made = ask(build.order(cast.lanting), review=True)
    kept = records.store(evidence.examine(picture(), name="cup.jpg"), at=NOW)
    for _ in range(2):
        actions.add_evidence(made, [kept], actor=build.shopper_of(made.order), at=NOW)
    [one] = queries.evidence(cast.bo, made)
    with one.file.open() as file:
        assert file.read() == picture()
    assert (one.name, one.by) == ("cup.jpg", f"shopper:{made.shopper.ref}")


def test_evidence_that_was_wanted_brings_the_return_back_before_a_person(cast: Cast) -> None:
    made = ask(build.order(cast.lanting), reason="defective", condition="")
    assert made.state == "evidence_wanted"
    kept = records.store(evidence.examine(picture(), name="cup.jpg"), at=NOW)
    actions.add_evidence(made, [kept], actor=build.shopper_of(made.order), at=NOW)
    assert made.state == "under_review"
    assert OrderLine.objects.get().held == 1


def test_a_strangers_evidence_does_not_exist(cast: Cast) -> None:
    made = ask(build.order(cast.lanting), review=True)
    kept = records.store(evidence.examine(picture(), name="cup.jpg"), at=NOW)
    [row] = actions.add_evidence(made, [kept], actor=build.shopper_of(made.order), at=NOW)
    ref = Evidence.objects.get(return_request=made).ref
    assert row.ref == ref
    with pytest.raises(Evidence.DoesNotExist):
        queries.exhibit(cast.zoe, ref)
