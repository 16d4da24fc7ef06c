"""`mzi`: puts the subcommands together and turns errors into words and exit codes.

Exit codes: 0 done · 1 done, but something was found wrong · 2 a setting or an argument is
wrong · 3 the other side is out of reach, try again · 4 a bug.
"""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from mzi_bridge.cli import (
    cassette,
    channels,
    dead,
    deliveries,
    demo,
    doctor,
    faults,
    held,
    init,
    keys,
    mappings,
    photos,
    preview,
    pushes,
    reconcile,
    sandbox,
    serve,
    sync,
)
from mzi_bridge.errors import ContractError, MziError, OperatorError, PauseLink, RetryLater

app = typer.Typer(
    name="mzi",
    help="Joins Zoho CRM and Moodle.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("init")(init.init)
app.command("serve")(serve.serve)
app.command("work")(serve.work)
app.command("sandbox")(sandbox.sandbox)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.add_typer(sync.app, name="sync")
app.command("reconcile")(reconcile.reconcile)
app.command("photos")(photos.photos)
app.command("preview")(preview.preview)
app.add_typer(channels.app, name="channels")
app.add_typer(mappings.app, name="mappings")
app.add_typer(dead.app, name="dead")
app.add_typer(pushes.app, name="pushes")
app.add_typer(held.app, name="held")
app.add_typer(keys.app, name="keys")
app.command("faults")(faults.faults)
app.command("deliveries")(deliveries.deliveries)
app.add_typer(cassette.app, name="cassette")


def main() -> None:
    try:
        app()
    except MziError as error:
        Console(stderr=True).print(f"mzi: {error}", style="red", markup=False, highlight=False)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)


def exit_code(error: MziError) -> int:
    if isinstance(error, OperatorError):
        return 2
    if isinstance(error, RetryLater | PauseLink):
        return 3
    return 4 if isinstance(error, ContractError) else 1
