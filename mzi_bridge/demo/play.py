"""The demonstration's story: register, backfill, edit, watch, compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2

from mzi_bridge.app import Bridge
from mzi_bridge.demo.edits import EDITS, Edit
from mzi_bridge.errors import RetryLater
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.reconcile import Kind, ModuleReport, reconcile
from mzi_bridge.pipeline.sync import Mode, sync

ARRIVAL_SECONDS = 30.0
LOOK_SECONDS = 0.02
Say = Callable[[str], None]


@dataclass(frozen=True)
class Arrival:
    """One edit and the seconds from the CRM's answer to the row; None if it never came."""

    edit: Edit
    record_id: str
    seconds: float | None
    crm_calls: int


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


class Crm:
    """The emulated CRM's control: edits as the office makes them, and a count of API calls."""

    def __init__(self, http: httpx2.AsyncClient, api_url: str) -> None:
        self._http = http
        self._api_url = api_url

    async def edit(self, edit: Edit, record_id: str | None) -> str:
        body = {"module": edit.module, "operation": edit.operation, "record": dict(edit.fields)}
        if record_id is not None:
            body["id"] = record_id
        answer = await self._http.post(f"{self._api_url}/_control/edit", json=body)
        answer.raise_for_status()
        return str(answer.json()["id"])

    async def calls(self) -> int:
        answer = await self._http.get(f"{self._api_url}/_control/calls")
        return int(answer.json()["count"])


async def play(bridge: Bridge, say: Say) -> Outcome:
    """Tells the story on a running bridge whose links `bridge` shares."""
    outcome = Outcome()
    settings = bridge.settings
    report = await setup(bridge.links, str(settings.webhook_base_url), settings.channel_hours)
    say(f"registered {len(report)} channels")
    await _backfill(bridge, outcome, say)
    async with httpx2.AsyncClient(timeout=30.0) as http:
        crm = Crm(http, str(settings.zoho_api_url))
        for edit in EDITS:
            arrival = await _edit_and_watch(bridge, crm, edit)
            outcome.arrivals.append(arrival)
            say(_told(arrival))
    return outcome


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


async def _edit_and_watch(bridge: Bridge, crm: Crm, edit: Edit) -> Arrival:
    target = None if edit.operation == "insert" else await _some_record(bridge, edit.module)
    before = await crm.calls()
    record_id = await crm.edit(edit, target)
    started = time.monotonic()
    seconds = None
    with anyio.move_on_after(ARRIVAL_SECONDS):
        while not await _has_arrived(bridge, edit, record_id):
            await anyio.sleep(LOOK_SECONDS)
        seconds = time.monotonic() - started
    return Arrival(edit, record_id, seconds, await crm.calls() - before)


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
    edit = arrival.edit
    if arrival.seconds is None:
        return f"NOT ARRIVED: {edit.story} ({edit.module} {arrival.record_id})"
    what = f"{edit.column} = {edit.expected}" if edit.column else "tombstone"
    return f"{arrival.seconds * 1000:5.0f} ms, {arrival.crm_calls} CRM calls: {edit.story} → {what}"
