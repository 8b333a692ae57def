"""Bars and squares: Code 128 and QR as vector pictures whose modules fall on whole dots of a thermal printer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import segno
from barcode.codex import Code128

QUIET_BARS = 10  # ISO/IEC 15417 asks for ten modules of nothing on both sides
QUIET_SQUARES = 4  # ISO/IEC 18004 asks for four all around


@dataclass(frozen=True, slots=True)
class Symbol:
    """A code as SVG, one unit per module, quiet zone included: `columns` by `rows`, at `dots` printer dots a module."""

    svg: str
    columns: int
    rows: int
    dots: int


def code128(text: str, *, across: int, at_most: int = 4) -> Symbol:
    """Return `text` as Code 128 that fits into `across` printer dots with its quiet zones."""
    (modules,) = Code128(text).build()
    path, left = [], QUIET_BARS
    for is_bar, run in groupby(modules):
        width = len(list(run))
        if is_bar == "1":
            path.append(f"M{left} 0h{width}v1h-{width}z")
        left += width
    columns = left + QUIET_BARS
    return Symbol(_svg(columns, 1, "".join(path)), columns, 1, max(1, min(at_most, across // columns)))


def qr(text: str, *, across: int) -> Symbol:
    """Return `text` as QR code (error correction M or better) that fits into `across` printer dots."""
    rows = segno.make(text, error="m", micro=False).matrix
    path = []
    for y, row in enumerate(rows, start=QUIET_SQUARES):
        left = QUIET_SQUARES
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                path.append(f"M{left} {y}h{width}v1h-{width}z")
            left += width
    side = len(rows) + 2 * QUIET_SQUARES
    return Symbol(_svg(side, side, "".join(path)), side, side, max(1, across // side))


def _svg(columns: int, rows: int, path: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns} {rows}" preserveAspectRatio="none" '
        f'shape-rendering="crispEdges"><path d="{path}"/></svg>'
    )
