"""`mzi`: puts the subcommands together and turns errors into words and exit codes.

Exit codes: 0 done · 1 done, but something was found wrong · 2 a setting or an argument is
wrong · 3 the other side is out of reach, try again · 4 a bug.
"""

from __future__ import annotations

import sys

import typer

from mzi_bridge.cli.subcommands import Subcommands
from mzi_bridge.errors import ContractError, MziError, OperatorError, PauseLink, RetryLater

app = typer.Typer(
    name="mzi",
    cls=Subcommands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def mzi() -> None:
    """Joins Zoho CRM and Moodle."""


def main() -> None:
    try:
        app()
    except MziError as error:
        typer.secho(f"mzi: {error}", fg="red", err=True)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)


def exit_code(error: MziError) -> int:
    if isinstance(error, OperatorError):
        return 2
    if isinstance(error, RetryLater | PauseLink):
        return 3
    return 4 if isinstance(error, ContractError) else 1
