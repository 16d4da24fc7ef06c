"""`mzi sandbox`: an emulated CRM and an emulated Moodle to try everything on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
import typer

from mzi_bridge.cli.console import out, print_json
from mzi_bridge.sandbox.sample import generate, moodle_users
from mzi_bridge.sandbox.serve import SandboxAddresses, SandboxOptions, serve_sandbox


def sandbox(
    zoho_port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    moodle_port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    students: Annotated[int, typer.Option(help="How many synthetic students.")] = 50,
    seed: Annotated[int, typer.Option(help="The same seed gives the same data.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="One line of JSON when both are ready.")
    ] = False,
    users: Annotated[
        Path | None,
        typer.Option(help="Only write the students' Moodle accounts to this CSV file."),
    ] = None,
) -> None:
    """Serve both emulators on the loopback until interrupted."""
    if users is not None:
        users.write_text(moodle_users(generate("btec", students, seed)), encoding="utf-8")
        return

    def ready(addresses: SandboxAddresses) -> None:
        if as_json:
            print_json(addresses.as_json())
            return
        out.print("The sandbox is up. Settings for a bridge that uses it:")
        for name, value in addresses.as_json()["env"].items():
            out.print(f"{name}={value}", markup=False, soft_wrap=True)

    options = SandboxOptions(
        zoho_port=zoho_port, moodle_port=moodle_port, students=students, seed=seed
    )
    anyio.run(serve_sandbox, options, ready)
