"""Statute packs: the law that holds for a place and a day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock

from homeward.policies.editions import TRANSPORT, Pack, PackError
from homeward.policies.library import NOWHERE, Library, Trouble
from homeward.policies.statutes import LegalText

__all__ = [
    "FOLDER", "NOWHERE", "TRANSPORT", "LegalText", "Library", "Pack", "PackError", "Trouble", "beside", "edition",
    "lay_beside", "library", "load", "pack_for",
]  # fmt: skip

FOLDER = Path(__file__).parent / "packs"
_READING = Lock()
_beside: list[Path] = []


def load(folder: Path = FOLDER, beside: Path | None = None) -> Library:
    """Read and check every pack in `folder`, and those in `beside`; any file dropped in is found.

    :raises PackError: if a file of `folder` is wrong, naming it and the place. One in `beside` becomes a trouble.
    """
    found = Library(folder, beside)
    found.check()
    return found


def lay_beside(folder: Path | None) -> None:
    """Use the packs in `folder`, where there are any, beside the shipped ones: the newest that holds is the law.

    They are read when a process first needs them; a running process keeps the law that it began with.
    """
    _beside[:] = [folder] if folder else []
    _load_once.cache_clear()
    _nearest.cache_clear()


def beside() -> Path | None:
    """Return the folder whose packs lie beside the shipped ones."""
    return _beside[0] if _beside else None


def library() -> Library:
    """Return the packs at hand; each file is read by the first thread that asks for its place."""
    with _READING:
        return _load_once()


@lru_cache(maxsize=1)
def _load_once() -> Library:
    return Library(FOLDER, beside())


@lru_cache(maxsize=8192)
def _nearest(country: str, place: str, on: date) -> Pack:
    return library().best(country, place, on)


def pack_for(country: str, subdivision: str = "", *, on: date) -> Pack:
    """Return the law for a shopper who lives there, as it holds for a contract made on `on`.

    A subdivision without a pack falls back to its country, a member state without one to its floor (marked
    `is_floor`), and any other place to a cautious pack under which nothing is refused alone.
    """
    country = country.upper()
    return _nearest(country, subdivision.upper().removeprefix(f"{country}-"), on)


def edition(code: str, version: str) -> Pack | None:
    """Return the pack `code` in its edition `version`, to put an older decision into words."""
    return next((pack for pack in library().editions(code) if pack.version == version), None)
