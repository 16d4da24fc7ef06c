"""The demonstration's story: register, backfill, edit, watch both ways, compare."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2

from mzi_bridge.app import Bridge
from mzi_bridge.demo.arrivals import ARRIVAL_SECONDS, Arrival, Crm
from mzi_bridge.demo.edits import APPROVAL, EDITS, Edit
from mzi_bridge.demo.moodle_side import MoodleSide
from mzi_bridge.errors import RetryLater
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.reconcile import Kind, ModuleReport, reconcile
from mzi_bridge.pipeline.sync import Mode, sync
from mzi_bridge.sandbox.moodle.events import EventSender

LOOK_SECONDS = 0.02
Say = Callable[[str], None]


@dataclass
class Outcome:
    records: int = 0
    rejected: int = 0
    arrivals: list[Arrival] = field(default_factory=list)
    comparisons: list[ModuleReport] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return (
            bool(self.arrivals)
            and all(arrival.seconds is not None for arrival in self.arrivals)
            and all(comparison.agrees for comparison in self.comparisons)
        )


async def play(bridge: Bridge, say: Say, events: EventSender | None) -> Outcome:
    """Tells the story on a running bridge whose links `bridge` shares.

    `events` speaks for the emulated Moodle; None where Moodle is a real one, whose plugin does.
    """
    outcome = Outcome()
    settings = bridge.settings
    report = await setup(bridge.links, str(settings.webhook_base_url), settings.channel_hours)
    say(f"registered {len(report)} channels")
    await _backfill(bridge, outcome, say)
    async with httpx2.AsyncClient(timeout=30.0) as http:
        crm = Crm(http, str(settings.zoho_api_url))
        for edit in EDITS:
            arrival = await _edit_and_watch(bridge, crm, edit, await _target(bridge, edit))
            outcome.arrivals.append(arrival)
            say(_told(arrival))
        if events is not None:
            async for arrival in _way_back(bridge, crm, MoodleSide(bridge, http, events)):
                outcome.arrivals.append(arrival)
                say(_told(arrival))
        else:
            say("not shown: the way back, for the plugin of this site does not know this bridge")
    return outcome


async def _way_back(bridge: Bridge, crm: Crm, moodle: MoodleSide) -> AsyncIterator[Arrival]:
    """What happens in Moodle; then the office approves what the student asked for there."""
    async for arrival in moodle.play():
        yield arrival
    if arrival.seconds is not None:
        yield await _edit_and_watch(bridge, crm, APPROVAL, arrival.record_id)


async def compare(bridge: Bridge, outcome: Outcome, say: Say) -> None:
    """Waits until nothing is due any more, then compares every module, both sides."""
    with anyio.move_on_after(ARRIVAL_SECONDS):
        while (await bridge.links.journal.inbox.counts()).dirty:
            await anyio.sleep(LOOK_SECONDS)
    result = await reconcile(bridge.links, list(bridge.links.preset.modules), all_content=True)
    for module, report in result.modules.items():
        outcome.comparisons.append(report)
        drift = [
            f"{len(ids)} {kind}" for kind in Kind if kind.is_drift and (ids := report.ids(kind))
        ]
        say(f"{module}: {report.agreed} agree, {', '.join(drift) or 'no drift'}")


async def _backfill(bridge: Bridge, outcome: Outcome, say: Say) -> None:
    started = time.monotonic()
    results = await sync(bridge.links, list(bridge.links.preset.modules), Mode.FULL)
    outcome.records = sum(sum(p.counts.values()) for p in results.values())
    outcome.rejected = sum(p.counts.get("rejected", 0) for p in results.values())
    seconds = time.monotonic() - started
    say(f"backfilled {outcome.records} records in {seconds:.1f} s, {outcome.rejected} rejected")


async def _edit_and_watch(bridge: Bridge, crm: Crm, edit: Edit, target: str | None) -> Arrival:
    before = await crm.calls()
    record_id = await crm.edit(edit, target)
    started = time.monotonic()
    seconds = None
    with anyio.move_on_after(ARRIVAL_SECONDS):
        while not await _has_arrived(bridge, edit, record_id):
            await anyio.sleep(LOOK_SECONDS)
        seconds = time.monotonic() - started
    what = f"{edit.column} = {edit.expected}" if edit.column else "tombstone"
    return Arrival(edit.story, what, record_id, seconds, await crm.calls() - before)


async def _target(bridge: Bridge, edit: Edit) -> str | None:
    return None if edit.operation == "insert" else await _some_record(bridge, edit.module)


async def _some_record(bridge: Bridge, module: str) -> str:
    """A record of the module. Raises RetryLater where the CRM has none."""
    page = await bridge.links.zoho.records.page(module, per_page=1)
    if not page.records:
        raise RetryLater(f"The CRM holds no record of {module}.", reason="nothing_to_edit")
    return str(page.records[0]["id"])


async def _has_arrived(bridge: Bridge, edit: Edit, record_id: str) -> bool:
    entity = bridge.links.preset.modules[edit.module].entity
    rows: Sequence[dict[str, Any]] = await bridge.links.moodle.rows(entity, [record_id])
    if not rows:
        return False
    if edit.operation == "delete":
        return rows[0].get("deleted_at") is not None
    return bool(rows[0].get(edit.column) == edit.expected)


def _told(arrival: Arrival) -> str:
    if arrival.seconds is None:
        return f"NOT ARRIVED: {arrival.story} ({arrival.what}, {arrival.record_id or 'no record'})"
    calls = "" if arrival.crm_calls is None else f", {arrival.crm_calls} CRM calls"
    return f"{arrival.seconds * 1000:5.0f} ms{calls}: {arrival.story} → {arrival.what}"
