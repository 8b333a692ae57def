"""Charts drawn on the server as SVG: colours come from classes, and every chart carries the rows of its table twin."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

Words = str | Promise
Value = float | int | None
Point = tuple[float, float]

WIDTH, TOP, FLOOR = 640.0, 22.0, 210.0
# Ceilings that carry round figures, and how many gridlines divide each of them roundly.
_ROUND = ((1, 5), (1.5, 3), (2, 4), (2.5, 5), (3, 3), (4, 4), (5, 5), (6, 3), (8, 4), (10, 5))


def plain(value: Value) -> str:
    """Return a figure without needless decimals; nothing for a gap."""
    return "" if value is None else f"{value:,.10g}"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures: `color` 0–6 picks the class `c0`–`c6`, `look` is "line", "area", "ghost" or "bar"."""

    label: Words
    values: Sequence[Value]
    color: int = 1
    look: str = "line"


@dataclass(frozen=True)
class LineChart:
    """Lines over equal steps. From index `young_from` on the figures still grow: there lines are dotted on a band."""

    title: Words
    labels: Sequence[str]
    series: Sequence[Series]
    show: Callable[[Value], str] = plain
    young_from: int | None = None
    young_note: Words = ""
    alarm: float | None = None
    alarm_note: Words = ""
    label_head: Words = ""

    def svg(self, key: str) -> SafeString:
        """Return the drawing; `key` makes its title's id unique on the page."""
        values = [v for s in self.series for v in s.values if v is not None]
        plot = _Plot.over([*values, self.alarm or 0], len(self.labels), self.show)
        parts = [*self._band(plot), *plot.grid(self.show)]
        for series in self.series:
            parts += self._drawn(series, plot)
        if self.alarm is not None:
            y = plot.y(self.alarm)
            parts.append(f'<path class="line c4" d="M{plot.left:g} {y:.1f}H{WIDTH:g}"/>')
            parts.append(_text(plot.left + 4, y - 7, self.alarm_note))
        return _frame(key, self.title, [*parts, *plot.axis_labels(self.labels)], FLOOR + 30)

    def _band(self, plot: _Plot) -> list[str]:
        if self.young_from is None or self.young_from >= len(plot.xs):
            return []
        x, high = plot.xs[self.young_from], FLOOR - TOP + 2
        band = f'<rect class="band" x="{x:.1f}" y="{TOP - 2:g}" width="{WIDTH - x:.1f}" height="{high:g}" rx="6"/>'
        return [band, _text(WIDTH - 2, TOP - 8, self.young_note, anchor="end")]

    def _drawn(self, series: Series, plot: _Plot) -> list[str]:
        points = [(x, plot.y(v)) for x, v in zip(plot.xs, series.values, strict=False) if v is not None]
        if not points:
            return []
        if series.look == "bar":
            width = (WIDTH - plot.left) / len(plot.xs) * 0.52
            return [
                f'<rect class="bar c{series.color}" x="{x - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" '
                f'height="{max(1.0, FLOOR - y):.1f}" rx="3"/>'
                for x, y in points
            ]
        if series.look == "ghost":
            return [f'<path class="ghost" d="{_curve(points)}"/>']
        return self._line(series, points, plot)

    def _line(self, series: Series, points: list[Point], plot: _Plot) -> list[str]:
        color, parts = f"c{series.color}", []
        if series.look == "area":
            fill = f"{_curve(points)}L{points[-1][0]:.1f} {FLOOR:g}L{points[0][0]:.1f} {FLOOR:g}z"
            parts.append(f'<path class="area {color}" d="{fill}"/>')
        is_young = self.young_from is not None and self.young_from < len(plot.xs)
        cut = plot.xs[self.young_from or 0] if is_young else WIDTH
        for name, piece in (
            ("line", [p for p in points if p[0] <= cut]),
            ("line young", [p for p in points if p[0] >= cut]),
        ):
            if len(piece) > 1:
                parts.append(f'<path class="{name} {color}" d="{_curve(piece)}"/>')
        x, y = points[-1]
        last = next(v for v in reversed(series.values) if v is not None)
        parts.append(f'<circle class="point {color}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        parts.append(_text(min(x, WIDTH - 2), y - 11, self.show(last), anchor="end", strong=True))
        return parts

    def table(self) -> Table:
        """Return the same figures as a table."""
        heads = [self.label_head, *(s.label for s in self.series)]
        columns = [list(s.values) + [None] * (len(self.labels) - len(s.values)) for s in self.series]
        rows = [(label, [self.show(c[i]) for c in columns]) for i, label in enumerate(self.labels)]
        return Table(heads, rows)


@dataclass(frozen=True)
class BarChart:
    """Lying bars of stacked parts: one row per label, one part per series, its total at the end."""

    title: Words
    labels: Sequence[str]
    series: Sequence[Series]
    show: Callable[[Value], str] = plain
    label_head: Words = ""

    def _totals(self) -> list[float]:
        return [sum(s.values[i] or 0 for s in self.series) for i in range(len(self.labels))]

    def svg(self, key: str) -> SafeString:
        """Return the drawing; `key` makes its title's id unique on the page."""
        totals = self._totals()
        left = 14 + 9.0 * max((_width(str(label)) for label in self.labels), default=2)
        left = min(left, WIDTH * 0.42)
        scale = (WIDTH - left - 84) / (max(totals, default=0) or 1)
        parts: list[str] = []
        for row, label in enumerate(self.labels):
            y, x = 6 + row * 40, left
            parts.append(_text(0, y + 19, str(label), strong=True))
            for series in self.series:
                width = (series.values[row] or 0) * scale
                if width > 0:
                    parts.append(
                        f'<rect class="bar c{series.color}" x="{x:.1f}" y="{y}" width="{max(1.5, width - 1.5):.1f}" '
                        f'height="28" rx="4"/>'
                    )
                x += width
            parts.append(_text(x + 8, y + 19, self.show(totals[row]), strong=True))
        return _frame(key, self.title, parts, 8 + 40 * max(1, len(self.labels)))

    def table(self) -> Table:
        """Return the same figures as a table, with the total last where there are parts."""
        heads = [self.label_head, *(s.label for s in self.series)]
        rows = [(label, [self.show(s.values[i]) for s in self.series]) for i, label in enumerate(self.labels)]
        return Table(heads, rows)


@dataclass(frozen=True)
class HeatChart:
    """Figures over two axes as shaded cells; `hot` names (row, column) cells that deserve the lamp."""

    title: Words
    rows: Sequence[Words]
    columns: Sequence[Words]
    values: Sequence[Sequence[Value]]
    hot: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    show: Callable[[Value], str] = plain
    label_head: Words = ""

    def svg(self, key: str) -> SafeString:
        """Return the drawing; `key` makes its title's id unique on the page."""
        left = 18 + 10.5 * max((_width(str(row)) for row in self.rows), default=1)
        top = max((v for row in self.values for v in row if v), default=0) or 1
        cell = (WIDTH - left) / max(1, len(self.columns))
        parts = []
        for r, row in enumerate(self.values):
            parts.append(_text(0, r * 27 + 17, str(self.rows[r])))
            for c, value in enumerate(row):
                shade = "hot" if (r, c) in self.hot else f"h{0 if not value else min(4, 1 + int(3.999 * value / top))}"
                parts.append(
                    f'<rect class="{shade}" x="{left + c * cell:.1f}" y="{r * 27}" width="{cell - 2:.1f}" height="25"/>'
                )
        every = max(1, len(self.columns) // 6)
        foot = len(self.values) * 27 + 18
        for c in range(0, len(self.columns), every):
            parts.append(_text(left + c * cell + cell / 2, foot, str(self.columns[c]), anchor="middle"))
        return _frame(key, self.title, parts, foot + 6, css="heat")

    def table(self) -> Table:
        """Return the same figures as a table."""
        rows = [(str(self.rows[r]), [self.show(v) for v in row]) for r, row in enumerate(self.values)]
        return Table([self.label_head, *self.columns], rows)


@dataclass(frozen=True, slots=True)
class Table:
    """The table twin of a chart: heads, and rows of a label with its figures in words."""

    heads: Sequence[Words]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class _Plot:
    """The ground of a line chart: where its columns stand and how high a figure lies."""

    left: float
    top: float
    lines: int
    xs: Sequence[float]

    @classmethod
    def over(cls, values: Sequence[float], columns: int, show: Callable[[Value], str]) -> _Plot:
        top, lines = _ceiling(values)
        left = 18 + 10.5 * max(_width(show(top * i / lines)) for i in range(1, lines + 1))
        start, end = left + 8, WIDTH - 12
        xs = [start + i * (end - start) / max(1, columns - 1) for i in range(columns)]
        return cls(left, top, lines, xs)

    def y(self, value: float) -> float:
        return FLOOR - max(0.0, value) / self.top * (FLOOR - TOP)

    def grid(self, show: Callable[[Value], str]) -> list[str]:
        parts = [f'<path class="axis" d="M{self.left - 6:.1f} {FLOOR:g}H{WIDTH:g}"/>']
        for line in range(1, self.lines + 1):
            figure = round(self.top * line / self.lines, 6)
            y = self.y(figure)
            parts.append(f'<path class="gridline" d="M{self.left - 6:.1f} {y:.1f}H{WIDTH:g}"/>')
            parts.append(_text(self.left - 12, y + 4, show(figure), anchor="end"))
        return parts

    def axis_labels(self, labels: Sequence[str]) -> list[str]:
        every = max(1, -(-len(labels) // 7))  # more do not fit on a phone
        last = len(labels) - 1
        return [
            _text(x, FLOOR + 20, labels[i], anchor="middle") for i, x in enumerate(self.xs) if (last - i) % every == 0
        ]


def _ceiling(values: Sequence[float]) -> tuple[float, int]:
    """Return a round figure a little above the greatest value, and how many gridlines divide it roundly."""
    peak = max([*values, 0]) * 1.08
    if peak <= 0:
        return 1.0, 5
    power = 10.0 ** math.floor(math.log10(peak))
    return next((round(step * power, 9), lines) for step, lines in _ROUND if step * power >= peak)


def spark(values: Sequence[Value], *, tone: str = "info", width: float = 200, height: float = 48) -> SafeString:
    """Return a small line without axes for a tile; the figure beside it says the same in words."""
    known = [float(v) for v in values if v is not None]
    if len(known) < 2:
        return mark_safe("")
    low, high = min(known), max(known)
    span, pad = (high - low) or 1.0, height * 0.2
    xs = [i * width / (len(known) - 1) for i in range(len(known))]
    ys = [height - pad / 2 - (v - low) / span * (height - 1.5 * pad) for v in known]
    line = _curve(list(zip(xs, ys, strict=True)))
    return mark_safe(
        f'<svg class="spark" data-tone="{escape(tone)}" viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="none" '
        f'aria-hidden="true">'
        f'<path class="area" d="{line}V{height:g}H0z"/><path class="line" d="{line}"/></svg>'
    )


def _frame(key: str, title: Words, parts: Sequence[str], height: float, css: str = "") -> SafeString:
    css = f' class="{css}"' if css else ""
    name = escape(f"{key}-title")
    return mark_safe(
        f'<svg{css} viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-labelledby="{name}">'
        f'<title id="{name}">{escape(str(title))}</title>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, words: Words, *, anchor: str = "", strong: bool = False) -> str:
    if not words:
        return ""
    extra = (' class="strong"' if strong else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text{extra} x="{x:.1f}" y="{y:.1f}">{escape(str(words))}</text>'


def _curve(points: Sequence[Point]) -> str:
    """Return a path through the points that leaves and reaches each of them level."""
    (x, y), *rest = points
    path = [f"M{x:.1f} {y:.1f}"]
    for nx, ny in rest:
        middle = (x + nx) / 2
        path.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {ny:.1f} {nx:.1f} {ny:.1f}")
        x, y = nx, ny
    return "".join(path)


def _width(text: str) -> float:
    """Return how many letters wide a text is; Han and kana count nearly two."""
    return sum(1.8 if ord(letter) > 0x2E7F else 1 for letter in text)
