"""How the bridge is, at one look: by the journal alone, so it can be told while both sides are
out of reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from mzi_bridge.clock import Clock
from mzi_bridge.journal.alarms import Alarm
from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.links import LinkState
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.pause import LINKS
from mzi_bridge.pipeline.reconcile.drift import Kind
from mzi_bridge.pipeline.reconcile.kept import KIND as RECONCILE
from mzi_bridge.pipeline.reconcile.standing import comparison_of
from mzi_bridge.pipeline.sync import Mode

DRIFT = frozenset(kind.value for kind in Kind if kind.is_drift) | {"unchecked"}


class LinkShown(Struct, frozen=True):
    """`link` is a side, or `module:<API name>` where that alone is paused; `until` is when it is
    tried again (epoch seconds)."""

    link: str
    state: str
    reason: str
    until: float | None


class LastSync(Struct, frozen=True):
    at: float
    mode: str
    state: RunState


class Drift(Struct, frozen=True):
    """The last comparison of everything that came to its end: what was left by kind."""

    at: float
    agrees: bool
    counts: Mapping[str, int]
    modules: Mapping[str, Mapping[str, int]]


class BridgeState(Struct, frozen=True):
    """`last_sync` is by CRM module. Times are epoch seconds."""

    links: Sequence[LinkShown]
    waiting: int
    oldest_waiting_seconds: float | None
    dead_letters: int
    held: Mapping[str, int]
    credits_spent: int
    alarms: Sequence[Alarm]
    channels: Sequence[ChannelRow]
    last_poll_at: float | None
    last_sync: Mapping[str, LastSync]
    drift: Drift | None


async def bridge_state(journal: Journal, clock: Clock) -> BridgeState:
    """Raises JournalUnavailable."""
    counts = await journal.inbox.counts()
    oldest = counts.oldest_noticed_at
    polls = [poll.done_at for poll in await journal.polls.list() if poll.done_at is not None]
    return BridgeState(
        links=_links(await journal.links.all()),
        waiting=counts.dirty,
        oldest_waiting_seconds=None if oldest is None else max(0.0, clock.now() - oldest),
        dead_letters=await journal.dead.count(),
        held=await journal.held.counts(),
        credits_spent=(await journal.credits.standing()).spent,
        alarms=await journal.alarms.list(),
        channels=await journal.channels.list(),
        last_poll_at=max(polls, default=None),
        last_sync=await _last_sync(journal),
        drift=await _drift(journal),
    )


def _links(paused: Mapping[str, LinkState]) -> list[LinkShown]:
    names = [*LINKS, *(name for name in sorted(paused) if name not in LINKS)]
    return [_link(name, paused.get(name)) for name in names]


def _link(name: str, pause: LinkState | None) -> LinkShown:
    if pause is None:
        return LinkShown(name, "ok", "", None)
    return LinkShown(name, "paused", pause.reason, pause.until)


async def _last_sync(journal: Journal) -> dict[str, LastSync]:
    runs = await journal.runs.latest_of([mode.value for mode in Mode])
    return {
        run.module: LastSync(run.finished_at or run.updated_at, run.kind, run.state)
        for run in runs
        if run.module is not None
    }


async def _drift(journal: Journal) -> Drift | None:
    runs = await journal.runs.since_done(RECONCILE, None)
    run = next((run for run in runs if run.state is RunState.DONE), None)
    return None if run is None else _drift_of(run)


def _drift_of(run: Run) -> Drift:
    modules = {m: _only_drift(counts) for m, counts in comparison_of(run).modules.items()}
    counts = _only_drift(run.counts)
    return Drift(
        run.finished_at or run.updated_at,
        not any(counts.values()),
        counts,
        {module: found for module, found in modules.items() if found},
    )


def _only_drift(counts: Mapping[str, int]) -> dict[str, int]:
    return {kind: number for kind, number in counts.items() if kind in DRIFT and number}
