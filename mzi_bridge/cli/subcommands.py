"""The subcommands, each imported only when it is wanted: `mzi serve` starts without the others."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

COMMANDS: Final = {
    "init": "init:init",
    "serve": "serve:serve",
    "work": "serve:work",
    "sandbox": "sandbox:sandbox",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "sync": "sync:app",
    "reconcile": "reconcile:reconcile",
    "photos": "photos:photos",
    "preview": "preview:preview",
    "channels": "channels:app",
    "mappings": "mappings:app",
    "dead": "dead:app",
    "pushes": "pushes:app",
    "held": "held:app",
    "keys": "keys:app",
    "faults": "faults:faults",
    "deliveries": "deliveries:deliveries",
    "cassette": "cassette:app",
}
"""Name to module of this package and what is in it: a function, or a Typer app of its own."""


class Subcommands(TyperGroup):
    """All of `COMMANDS`, in their order."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        with _for_good():
            found = getattr(import_module(f"mzi_bridge.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            group = get_group(found)
            group.name = cmd_name
            return group
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name)(found)
        return get_command(alone)


@contextmanager
def _for_good() -> Iterator[None]:
    """What is made in the block stays until the end: the collector never walks through it, and not
    while it is made, which would be a tenth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
