"""Is everything in order? One line per thing that can be wrong, each with its mending."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from mzi_bridge.errors import MziError
from mzi_bridge.journal.alarms import Alarm
from mzi_bridge.pipeline.check_mappings import check_mappings
from mzi_bridge.pipeline.diagnosis import Check, State, failed, guarded
from mzi_bridge.pipeline.doctor_events import (
    examine_last_event,
    examine_outbox,
    examine_pushes,
    examine_writes,
)
from mzi_bridge.pipeline.doctor_moodle import CAPABILITY, REACHED, examine_moodle
from mzi_bridge.pipeline.doctor_moodle import TOKEN as MOODLE_TOKEN
from mzi_bridge.pipeline.doctor_zoho import TOKEN, examine_channels, examine_zoho
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import LINKS

__all__ = ["Check", "PublicProbe", "examine"]

BARS = frozenset({TOKEN, REACHED, MOODLE_TOKEN, CAPABILITY})
"""Lines without which the ends of the mapping cannot be compared."""

PublicProbe = Callable[[], Awaitable[int]]


async def examine(links: Links, public_url: PublicProbe | None = None) -> AsyncIterator[Check]:
    """Checks database, CRM, Moodle, mapping, the way back, public address, channels and queues,
    in order.

    `public_url` asks the bridge's own public health address and answers the HTTP status.
    Never raises for what it finds: an error becomes a failed check with its fix. What cannot
    be looked at because of an earlier failure has no line.
    """
    yield await guarded("database", lambda: _database(links))
    barred: set[str] = set()
    for side in (examine_zoho(links), examine_moodle(links)):
        async for check in side:
            if check.state == "failed" and check.name in BARS:
                barred.add(check.name)
            yield check
    if not barred:
        async for check in _mapping(links):
            yield check
    if TOKEN not in barred:
        async for check in examine_writes(links):
            yield check
    if not barred & {REACHED, MOODLE_TOKEN, CAPABILITY}:
        yield await guarded("events of moodle", lambda: examine_outbox(links))
    if public_url is not None:
        yield await guarded("public address", lambda: _public(public_url))
    if TOKEN not in barred:
        async for check in examine_channels(links):
            yield check
    yield await guarded("links", lambda: _paused(links))
    yield await guarded("dead letters", lambda: _dead_letters(links))
    yield await guarded("last event of moodle", lambda: examine_last_event(links))
    yield await guarded("writes into zoho", lambda: examine_pushes(links))
    for check in await _alarms(links):
        yield check


async def _database(links: Links) -> Check:
    await links.journal.ping()
    counts = await links.journal.inbox.counts()
    return Check("database", "ok", f"reachable, {counts.dirty} records waiting")


async def _mapping(links: Links) -> AsyncIterator[Check]:
    try:
        findings = await check_mappings(links)
    except MziError as error:
        yield failed("mapping", error)
        return
    for module in links.preset.modules:
        faults = [f for f in findings if f.module == module and f.severity != "info"]
        if not faults:
            yield Check(f"mapping of {module}", "ok", "every field and column exists")
        for fault in faults:
            state: State = "failed" if fault.severity == "error" else "warning"
            meant = f"Did you mean {', '.join(fault.suggestions)}?" if fault.suggestions else ""
            fix = meant or "Correct the mapping; mzi mappings check compares both ends."
            yield Check(f"mapping of {module}", state, f"{fault.key}: {fault.message}", fix)


async def _public(public_url: PublicProbe) -> Check:
    status = await public_url()
    if status == 200:
        return Check("public address", "ok", "answers")
    return Check(
        "public address",
        "failed",
        f"answered HTTP {status}",
        "Zoho must reach WEBHOOK_BASE_URL: check DNS, proxy and certificate.",
    )


async def _paused(links: Links) -> Check:
    found = [await links.journal.links.get(side) for side in LINKS]
    paused = [f"{state.link} ({state.reason})" for state in found if state is not None]
    if paused:
        detail = f"paused: {', '.join(paused)}"
        return Check("links", "warning", detail, "They are tried again by themselves.")
    return Check("links", "ok", "none is paused")


async def _dead_letters(links: Links) -> Check:
    count = await links.journal.dead.count()
    if count:
        fix = "See mzi dead list; once the cause is gone, mzi dead retry."
        return Check("dead letters", "warning", f"{count} open", fix)
    return Check("dead letters", "ok", "none")


async def _alarms(links: Links) -> list[Check]:
    try:
        standing = await links.journal.alarms.list()
    except MziError as error:
        return [failed("alarms", error)]
    return [_alarm(alarm, links.clock.now()) for alarm in standing] or [
        Check("alarms", "ok", "none stands")
    ]


def _alarm(alarm: Alarm, now: float) -> Check:
    name = f"alarm {alarm.kind}" + (f" of {alarm.subject}" if alarm.subject else "")
    hours = max(0.0, now - alarm.since) / 3600
    detail = f"{alarm.message} (for {hours:.1f} h)"
    return Check(name, "failed", detail, "It ends by itself once its cause is gone.")
