"""`mzi doctor`: what is in order and what is not, with the mending."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import httpx2
import typer
from msgspec.structs import asdict

from mzi_bridge.app import open_bridge
from mzi_bridge.cli.console import out, print_json
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.errors import MziError, RetryLater
from mzi_bridge.pipeline.doctor import Check, PublicProbe, examine
from mzi_bridge.pipeline.doctor_events import event_keys
from mzi_bridge.settings import Settings, SettingsError, load_settings
from mzi_bridge.sight.logs import start_logging

Tell = Callable[[Check], None]
MARKS = {"ok": "[green]ok[/]     ", "warning": "[yellow]warning[/]", "failed": "[red]failed[/] "}


def doctor(as_json: AsJson = False, env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """Check settings, database, CRM, Moodle, mapping, clocks, address and channels."""
    start_logging("error")
    checks: list[Check] = []

    def tell(check: Check) -> None:
        checks.append(check)
        if not as_json:
            _print(check)

    anyio.run(_examine, env_file, tell)
    if as_json:
        print_json([asdict(check) for check in checks])
    if any(check.state == "failed" for check in checks):
        raise typer.Exit(1)


async def _examine(env_file: EnvFile, tell: Tell) -> None:
    try:
        settings = load_settings(env_file)
        async with open_bridge(settings, needs=["webhooks"]) as bridge:
            settings = bridge.settings
            tell(Check("settings", "ok", "complete"))
            tell(event_keys(bool(settings.event_secrets or settings.event_tokens)))
            async for check in examine(bridge.links, _public_probe(settings)):
                tell(check)
    except SettingsError as error:
        for fault in error.faults:
            what, example = f"setting {fault.name}", f"For example: {fault.example}"
            tell(Check(what, "failed", fault.problem, example))
    except MziError as error:
        tell(Check("start", "failed", f"{error.reason}: {error.message}", error.fix))


def _public_probe(settings: Settings) -> PublicProbe:
    async def probe() -> int:
        try:
            async with httpx2.AsyncClient(timeout=10.0) as http:
                return (await http.get(f"{settings.webhook_base_url}/health")).status_code
        except httpx2.HTTPError as error:
            raise RetryLater(
                f"No answer ({type(error).__name__}).",
                reason="unreachable",
                fix="Start mzi serve, and let WEBHOOK_BASE_URL lead to it.",
            ) from error

    return probe


def _print(check: Check) -> None:
    out.print(f"{MARKS[check.state]} {check.name}: ", end="")
    out.print(check.detail, markup=False, soft_wrap=True)
    if check.fix and check.state != "ok":
        out.print(f"        → {check.fix}", markup=False, soft_wrap=True)
