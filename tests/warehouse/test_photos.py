"""Photos of the dock: real pictures only, kept once, with their hash."""

import hashlib
import io

import pytest
from PIL import Image

from homeward.returns.evidence import NotEvidence
from homeward.warehouse import actions, photos, queries
from homeward.warehouse.models import Photo
from tests.support import build_warehouse
from tests.support.cast import NOW, Cast


def picture(shade: int = 120, kind: str = "PNG") -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (shade, shade, shade)).save(out, kind)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_photo_is_kept_under_its_hash(cast: Cast) -> None:
    receipt, content = build_warehouse.received(cast), picture()
    kept = photos.keep(content, name="carton.png", at=NOW)
    actions.add_photos(receipt, [kept], actor=cast.kim, at=NOW)
    photo = Photo.objects.get()
    assert photo.sha256 == hashlib.sha256(content).hexdigest()
    assert (photo.media_type, photo.size, photo.name) == ("image/png", len(content), "carton.png")
    assert photo.file.name.startswith("dock/2026/11/")
    with photo.file.open() as file:
        assert file.read() == content


def test_the_same_photo_is_kept_once_per_receipt(cast: Cast) -> None:
    receipt, kept = build_warehouse.received(cast), photos.keep(picture(), name="a.png", at=NOW)
    for _ in range(2):
        actions.add_photos(receipt, [kept], actor=cast.kim, at=NOW)
    assert len(queries.photos(cast.kim, receipt)) == 1


def test_photos_stay_with_their_finding(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    kept = [photos.keep(picture(shade), name=f"{shade}.png", at=NOW) for shade in (10, 20)]
    made = actions.inspect(receipt, build_warehouse.finding(receipt), photos=kept, actor=cast.kim, at=NOW)
    assert {photo.inspection for photo in queries.photos(cast.kim, receipt)} == {made}


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00 an .exe named .jpg", b"%PDF-1.7 a paper", picture()[:40]])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotEvidence):
        photos.keep(content, name="photo.jpg", at=NOW)


def test_a_stranger_does_not_see_photos(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    [photo] = actions.add_photos(receipt, [photos.keep(picture(), name="a.png", at=NOW)], actor=cast.kim, at=NOW)
    assert queries.photo(cast.kim, photo.ref).ref == photo.ref
    with pytest.raises(Photo.DoesNotExist):
        queries.photo(cast.zoe, photo.ref)
