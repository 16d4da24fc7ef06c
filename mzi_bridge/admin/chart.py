"""Charts as SVG, drawn here so that a page needs no script: pure functions of their numbers.

Lines differ by colour and by dash; every chart has a text for those who do not see it, and its
page a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from msgspec import Struct

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 10, 26
STEPS = 4


class Line(Struct, frozen=True):
    """`values` stand at equal distances; None is a gap. `name` is for the chart's text."""

    name: str
    values: Sequence[float | None]


class Mark(Struct, frozen=True):
    """A word below the axis, `at` a part of its length from 0 to 1."""

    at: float
    text: str


def nice_top(largest: float) -> float:
    """The end of an axis that holds `largest` and parts into four even steps."""
    if largest <= STEPS:
        return float(STEPS)
    step = largest / STEPS
    power = 10.0 ** floor(log10(step))
    nearest = next(n for n in (1, 2, 2.5, 5, 10) if n * power >= step or n == 10)
    return nearest * power * STEPS


def chart(
    title: str, lines: Sequence[Line], marks: Sequence[Mark], ticks: Sequence[str] | None = None
) -> str:
    """An SVG of up to three lines over one axis of time that runs from left to right.

    All of it is made of numbers and escaped words. `title` is its text for screen readers.
    `ticks` are the words of the five heights, from 0 up, of an axis that ends at
    `top_of(lines)`; plain numbers by default.
    """
    top = top_of(lines)
    parts = [_grid(top, ticks), _marks(marks)]
    parts += [_line(line.values, top, number) for number, line in enumerate(lines, start=1)]
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" direction="ltr"'
        f' aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def top_of(lines: Sequence[Line]) -> float:
    return nice_top(max((v for line in lines for v in line.values if v is not None), default=0.0))


def _grid(top: float, ticks: Sequence[str] | None) -> str:
    parts = []
    for step in range(STEPS + 1):
        y = _y(top * step / STEPS, top)
        word = ticks[step] if ticks else f"{top * step / STEPS:g}"
        parts.append(
            f'<line class="grid-line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        )
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{escape(word)}</text>')
    return "".join(parts)


def _marks(marks: Sequence[Mark]) -> str:
    parts = []
    for mark in marks:
        x = _x(mark.at)
        anchor = "start" if mark.at <= 0.02 else "end" if mark.at >= 0.98 else "middle"
        text = f'<text x="{x}" y="{HEIGHT - 8}" text-anchor="{anchor}">{escape(mark.text)}</text>'
        parts.append(text)
    return "".join(parts)


def _line(values: Sequence[float | None], top: float, number: int) -> str:
    """One path; after a gap it begins anew, and a point alone is a short stroke."""
    last = max(1, len(values) - 1)
    words = []
    is_drawing = False
    for place, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        point = f"{_x(place / last)} {_y(value, top)}"
        words.append(f"L{point}" if is_drawing else f"M{point}h.1")
        is_drawing = True
    return f'<path class="line line-{number}" d="{"".join(words)}"/>' if words else ""


def _x(part: float) -> float:
    return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)


def _y(value: float, top: float) -> float:
    inside = min(max(value, 0.0), top) / top
    return round(HEIGHT - BOTTOM - inside * (HEIGHT - TOP - BOTTOM), 1)


def summed(values: Sequence[float], parts: int) -> list[float]:
    """Neighbours added up into at most `parts` numbers."""
    size = max(1, ceil(len(values) / parts))
    return [sum(values[start : start + size]) for start in range(0, len(values), size)]
