"""How the commands speak: settings first, tables on a terminal, JSON where a script asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

EnvFile = Annotated[
    Path, typer.Option("--env-file", help="File of settings; the environment wins over it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
UNFOLDED = 4000
DEFAULT_ENV_FILE = Path(".env")


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
