"""Structs: lets msgspec learn a class before two threads can ask for it at once."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


def learned(cls: type[T]) -> type[T]:
    """Let msgspec learn a class, and those in it, while its module is imported; a decorator.

    Left to itself, msgspec learns a class when it is first read into. Where a second thread reads meanwhile, it finds
    a class that is half learned, and the process dies; an import belongs to one thread.
    """
    msgspec.json.Decoder(cls)
    return cls
