"""QR codes as inline SVG, read back from the screen by the scanners of drop-off points."""

from __future__ import annotations

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def qr_svg(data: str, label: str) -> SafeString:
    """Return a QR code of `data` with medium error correction, named `label` for those who do not see it."""
    matrix = segno.make(data, error="m", micro=False).matrix
    path = "".join(_runs(row, y) for y, row in enumerate(matrix))
    size = len(matrix)
    return format_html(
        '<svg viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path fill="currentColor" d="{2}"/></svg>',
        size,
        label,
        mark_safe(path),
    )


def _runs(row: bytes | bytearray, y: int) -> str:
    """Return the dark modules of one row, neighbors drawn as one rectangle."""
    parts, x = [], 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            parts.append(f"M{start} {y}h{x - start}v1H{start}z")
        x += 1
    return "".join(parts)
