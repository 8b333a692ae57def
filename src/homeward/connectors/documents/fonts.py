"""The typefaces of documents: Noto faces out of wheels, in the order each language wants, and what they can show."""

from __future__ import annotations

import importlib.util
import struct
import unicodedata
from functools import lru_cache
from pathlib import Path

import typst

# Wheel → sans face. The first three are always there; the rest widen what can be printed where they are installed.
_WHEELS = {
    "fontpkg_noto_sans": "Noto Sans",
    "pylopdf_fonts_zh_cn": "Noto Sans SC",
    "pylopdf_fonts_jp": "Noto Sans JP",
    "pylopdf_fonts_ko": "Noto Sans KR",
    "pylopdf_fonts_ar": "Noto Sans Arabic",
    "pylopdf_fonts_he": "Noto Sans Hebrew",
    "pylopdf_fonts_th": "Noto Sans Thai",
}
_HAN_FIRST = {"ja": "Noto Sans JP", "ko": "Noto Sans KR"}  # which Han glyphs a reader takes for right
REPLACEMENT = "\ufffd"


@lru_cache
def folders() -> tuple[Path, ...]:
    """Return the folders of the font wheels that are installed."""
    specs = [importlib.util.find_spec(name) for name in _WHEELS]
    return tuple(Path(spec.origin).parent for spec in specs if spec and spec.origin)


@lru_cache
def library() -> typst.Fonts:
    """Return our faces, and none of the machine's: a document looks the same everywhere."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders()]
    )


@lru_cache
def faces(language: str) -> list[str]:
    """Return the faces for a text in `language` after the Latin one, best first."""
    installed = set(library().families())
    first = _HAN_FIRST.get(language, "Noto Sans SC")
    order = [first, *(face for face in _WHEELS.values() if face not in {first, "Noto Sans"})]
    return ["Noto Sans", *(face for face in order if face in installed)]


def displayable(text: str) -> str:
    """Return `text` with what no face can show replaced, and pictographs among it left out."""
    known = _covered()
    return "".join(
        letter if ord(letter) in known or letter.isspace() else _instead_of(letter)
        for letter in unicodedata.normalize("NFC", text)
    )


def _instead_of(letter: str) -> str:
    return "" if unicodedata.category(letter) in {"So", "Sk", "Cf", "Mn", "Me"} else REPLACEMENT


@lru_cache
def _covered() -> frozenset[int]:
    sans = [path for folder in folders() for path in folder.rglob("*Sans*.[ot]tf") if "Italic" not in path.name]
    return frozenset().union(*(_characters(path.read_bytes()) for path in sans))


def _characters(font: bytes) -> set[int]:
    """Return the code points that a font maps to glyphs, from subtables 4 and 12 of its `cmap` (OpenType 1.9)."""
    (count,) = struct.unpack_from(">H", font, 4)
    tables = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
    cmap = tables[b"cmap"]
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    found: set[int] = set()
    for at in range(cmap + 4, cmap + 4 + 8 * count, 8):
        start = cmap + struct.unpack_from(">I", font, at + 4)[0]
        (kind,) = struct.unpack_from(">H", font, start)
        if kind == 4:
            (double,) = struct.unpack_from(">H", font, start + 6)
            ends = struct.unpack_from(f">{double // 2}H", font, start + 14)
            starts = struct.unpack_from(f">{double // 2}H", font, start + 16 + double)
            found.update(code for low, high in zip(starts, ends, strict=True) for code in range(low, high + 1))
        elif kind == 12:
            (groups,) = struct.unpack_from(">I", font, start + 12)
            for group in range(groups):
                low, high, _ = struct.unpack_from(">III", font, start + 16 + 12 * group)
                found.update(range(low, high + 1))
    return found - {0xFFFF}
