"""`mzi channels`: the notification channels at Zoho."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import anyio
import typer
from msgspec.structs import asdict

from mzi_bridge.app import Bridge, open_bridge
from mzi_bridge.cli.console import err, print_json, print_table
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.errors import OperatorError
from mzi_bridge.pipeline.channel_terms import ChannelOutcome
from mzi_bridge.pipeline.channels import delete_channels, list_channels, renew_due, setup
from mzi_bridge.settings import load_settings
from mzi_bridge.sight.logs import start_logging

app = typer.Typer(help="Notification channels at Zoho.", no_args_is_help=True)
Module = Annotated[list[str] | None, typer.Option("--module", help="Only this CRM module.")]
ResultT = TypeVar("ResultT")


@app.command("setup")
def setup_(as_json: AsJson = False, env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """One channel for each mapped module; run again it changes nothing."""

    async def use(bridge: Bridge) -> list[ChannelOutcome]:
        return await setup(bridge.links, _base_url(bridge), bridge.settings.channel_hours)

    _tell(_with_bridge(env_file, use), as_json)


@app.command("list")
def list_(as_json: AsJson = False, env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """What the bridge has recorded and what Zoho has."""
    states = _with_bridge(env_file, lambda bridge: list_channels(bridge.links))
    if as_json:
        print_json([asdict(state) for state in states])
        return
    rows = [
        (s.module, s.channel_id, _time(s.expires_at), s.recorded, s.at_zoho, s.as_recorded)
        for s in states
    ]
    print_table(["module", "channel", "until", "recorded", "at Zoho", "agree"], rows)


@app.command()
def renew(as_json: AsJson = False, env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """Renew every channel now, due or not; if another process is at it, after that."""

    async def use(bridge: Bridge) -> list[ChannelOutcome]:
        return await renew_due(bridge.links, bridge.settings.channel_hours, force=True)

    _tell(_with_bridge(env_file, use), as_json)


@app.command()
def delete(
    module: Module = None,
    all_: Annotated[bool, typer.Option("--all", help="Every channel of this bridge.")] = False,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """End channels: Zoho then sends nothing more for these modules."""
    if not (module or all_):
        raise OperatorError(
            "Nothing was chosen.", reason="nothing_chosen", fix="Give --module or --all."
        )
    if all_ and module:
        raise OperatorError(
            "--all cannot stand with --module.",
            reason="choice_unclear",
            fix="Give --all alone, or leave it out.",
        )
    _tell(_with_bridge(env_file, lambda b: delete_channels(b.links, module or None)), as_json)


def _with_bridge(env_file: EnvFile, use: Callable[[Bridge], Awaitable[ResultT]]) -> ResultT:
    settings = load_settings(env_file)
    start_logging("error")

    async def run() -> ResultT:
        async with open_bridge(settings, needs=["webhooks"]) as bridge:
            return await use(bridge)

    return anyio.run(run)


def _base_url(bridge: Bridge) -> str:
    return str(bridge.settings.webhook_base_url)


def _tell(outcomes: Sequence[ChannelOutcome], as_json: bool) -> None:
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    else:
        rows = [
            (o.module, o.done, _time(o.asked_until), _time(o.granted_until), o.reason)
            for o in outcomes
        ]
        print_table(["module", "done", "asked until", "granted until", "reason"], rows)
    for outcome in outcomes:
        if outcome.shortened:
            err.print(
                f"{outcome.module}: Zoho granted less than was asked. Keep mzi serve running: "
                "it renews at half of what was granted."
            )
        if outcome.done == "failed":
            err.print(f"{outcome.module}: {outcome.reason}. {outcome.fix}", markup=False)
    if any(outcome.done == "failed" for outcome in outcomes):
        raise typer.Exit(1)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="minutes")
