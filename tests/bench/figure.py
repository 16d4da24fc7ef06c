"""What a measurement found: figures as ratios to a yardstick of the same run, as table and JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`, judged against `bar`; no bar: only told.

    `most`: the value may be at most the bar, else it must be at least the bar. `of` says what was
    measured and against what, with the raw numbers.
    """

    what: str
    value: float
    unit: str
    of: str
    bar: float | None = None
    most: bool = True

    @property
    def holds(self) -> bool:
        if self.bar is None:
            return True
        return self.value <= self.bar if self.most else self.value >= self.bar

    def bar_text(self) -> str:
        if self.bar is None:
            return "–"
        return f"{'≤' if self.most else '≥'} {self.bar:g}"


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE", help="write the figures there too (- = stdout)")


def tell(figures: Sequence[Figure], json_file: str | None) -> int:
    """Shows the figures; 1 if a bar is missed."""
    console = Console(stderr=json_file == "-")
    table = Table("what", "figure", "bar", "", "measured", box=None, pad_edge=False)
    for figure in figures:
        word = "" if figure.bar is None else ("ok" if figure.holds else "MISSED")
        shown = f"{figure.value:.4g} {figure.unit}"
        table.add_row(figure.what, shown, figure.bar_text(), word, figure.of)
    console.print(table, soft_wrap=True)
    if json_file:
        _write(json_file, [asdict(figure) | {"holds": figure.holds} for figure in figures])
    return 0 if all(figure.holds for figure in figures) else 1


def _write(file: str, document: list[dict[str, Any]]) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    if file == "-":
        print(text)
    else:
        Path(file).write_text(text + "\n", encoding="utf-8")
