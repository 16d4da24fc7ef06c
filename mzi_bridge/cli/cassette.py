"""`mzi cassette`: record a chain from notification to Moodle, and play it again offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
import typer

from mzi_bridge.cassettes.replay import Replayed
from mzi_bridge.cassettes.replay import replay as play
from mzi_bridge.cassettes.sandbox_set import record_sandbox_set
from mzi_bridge.cli.console import err, out
from mzi_bridge.sight.logs import start_logging

app = typer.Typer(help="Recorded chains, scrubbed of secrets and names.", no_args_is_help=True)
DEFAULT_FOLDER = Path("tests/cassettes")


@app.command()
def record(
    folder: Annotated[Path, typer.Option("--out", help="Folder for the files.")] = DEFAULT_FOLDER,
) -> None:
    """Record every entity and operation against the sandbox, one file each."""
    start_logging("warning")
    folder.mkdir(parents=True, exist_ok=True)
    for path in anyio.run(record_sandbox_set, folder):
        out.print(str(path), markup=False)


@app.command("replay")
def replay(
    files: Annotated[list[Path], typer.Argument(help="Cassettes.")],
    mapping: Annotated[str, typer.Option("--mapping", help="Preset or file.")] = "btec",
) -> None:
    """Play cassettes with the network shut; 1 if other bytes are sent than were recorded."""
    start_logging("warning")
    failed = False
    for file in files:
        replayed = anyio.run(play, file, mapping)
        out.print(f"{file}: {'same' if replayed.agrees else 'differs'}", markup=False)
        if not replayed.agrees:
            failed = True
            _explain(replayed)
    if failed:
        raise typer.Exit(1)


def _explain(replayed: Replayed) -> None:
    err.print(f"recorded {len(replayed.recorded)} calls to Moodle, sent {len(replayed.sent)}")
    for recorded, sent in zip(replayed.recorded, replayed.sent, strict=False):
        if recorded != sent:
            err.print(f"- {recorded.decode()}", markup=False, soft_wrap=True)
            err.print(f"+ {sent.decode()}", markup=False, soft_wrap=True)
    for request in replayed.unplayed:
        err.print(f"recorded but not asked for now: {request}", markup=False)
