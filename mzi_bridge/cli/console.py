"""How the commands speak: tables on a terminal, JSON where a script asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

UNFOLDED = 4000


def print_json(value: Any) -> None:
    """One line on standard output, never wrapped or coloured."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """No cell is ever cut short: folded on a terminal, in one line elsewhere."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console = out if out.is_terminal else Console(highlight=False, width=UNFOLDED)
    console.print(table)
