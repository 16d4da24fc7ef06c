"""`mzi demo`: the whole bridge on a sandbox, from set-up to the last row compared."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

from mzi_bridge.app import open_bridge
from mzi_bridge.cli.console import out
from mzi_bridge.demo import stage
from mzi_bridge.demo.play import Outcome, compare, play
from mzi_bridge.sandbox.moodle.events import EventSender
from mzi_bridge.settings import Settings
from mzi_bridge.sight.logs import start_logging


def demo(
    once: Annotated[bool, typer.Option("--once", help="Compare, sum up and end.")] = False,
    moodle: Annotated[
        Path | None,
        typer.Option("--moodle-site", help="JSON file with base_url and token of a real site."),
    ] = None,
    students: Annotated[int, typer.Option(help="How many synthetic students.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same data.")] = 1,
) -> None:
    """Edit records in an emulated CRM, and act in Moodle; watch each change arrive."""
    start_logging("warning")
    site = json.loads(moodle.read_text()) if moodle else None
    outcome = anyio.run(_run, once, site, students, seed)
    if once and not outcome.agrees:
        raise typer.Exit(1)


async def _run(once: bool, site: dict[str, Any] | None, students: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        async with stage.sandbox(students, seed) as addresses:
            values = stage.bridge_settings(_env(addresses, site), Path(folder))
            async with stage.bridge(values) as url:
                key = values["MZI_EVENT_SECRETS"]
                events = None if site else EventSender(url, [key])
                return await _tell(Settings.model_validate(values), events, url, once)


async def _tell(settings: Settings, events: EventSender | None, url: str, once: bool) -> Outcome:
    out.print(f"CRM     {settings.zoho_api_url}", soft_wrap=True)
    out.print(f"Moodle  {settings.moodle_base_url}", soft_wrap=True)
    out.print(f"bridge  {url}\n", soft_wrap=True)
    async with open_bridge(settings) as bridge:
        outcome = await play(bridge, _say, events)
        await compare(bridge, outcome, _say)
    _sum_up(outcome)
    if not once:
        out.print("\nEverything stays up. Press Ctrl-C to end it.")
        await anyio.sleep_forever()
    return outcome


def _env(addresses: dict[str, Any], site: dict[str, Any] | None) -> dict[str, str]:
    env: dict[str, str] = dict(addresses["env"])
    if site is not None:
        env |= {"MOODLE_BASE_URL": site["base_url"], "MOODLE_TOKEN": site["token"]}
    return env


def _say(line: str) -> None:
    out.print(line, markup=False, soft_wrap=True)


def _sum_up(outcome: Outcome) -> None:
    seconds = [arrival.seconds for arrival in outcome.arrivals if arrival.seconds is not None]
    verdict = "CRM and Moodle agree." if outcome.agrees else "CRM and Moodle DIFFER."
    median = f"{statistics.median(seconds) * 1000:.0f} ms" if seconds else "none"
    out.print(
        f"\n{outcome.records} records carried over, {len(seconds)} of {len(outcome.arrivals)} "
        f"changes arrived, median {median}. {verdict}"
    )
