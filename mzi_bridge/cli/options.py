"""Options that most commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EnvFile = Annotated[
    Path, typer.Option("--env-file", help="File of settings; the environment wins over it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
DEFAULT_ENV_FILE = Path(".env")
