"""Alarms laid beside what is so: a crash between a change and its alarm is made good within
the hour, and what has left the mapping is told of no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping

from mzi_bridge.journal.links import LinkState
from mzi_bridge.journal.runs import Run
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.module_walk import Mode
from mzi_bridge.pipeline.pause import LINK_ALARM, MODULE_ALARM, pauses
from mzi_bridge.pipeline.photos import worked_on
from mzi_bridge.pipeline.poll import ALARMING_FAILURES, FAILING
from mzi_bridge.pipeline.push.twice import TWICE_ALARM, still_twice
from mzi_bridge.pipeline.silence import KIND as SILENT
from mzi_bridge.pipeline.silence import last_notices
from mzi_bridge.pipeline.sync import STUCK_AFTER, STUCK_ALARM


async def review_alarms(links: Links) -> None:
    """Ends the alarms for which nothing speaks any more; tells of pauses that a crash kept
    from being told. An alarm raised meanwhile is left alone."""
    standing: defaultdict[str, set[str]] = defaultdict(set)
    for alarm in await links.journal.alarms.list():
        standing[alarm.kind].add(alarm.subject)
    for kind, look in REVIEWED.items():
        true = await look(links)
        for subject in standing[kind] - set(true):
            await links.journal.alarms.clear(kind, subject)
        for subject, message in true.items():
            if message and subject not in standing[kind]:
                await links.journal.alarms.raise_alarm(kind, subject, message)


Truth = Mapping[str, str]
"""Subject that an alarm may be of → what to tell if it has none; empty: nothing."""


async def _paused_sides(links: Links) -> Truth:
    return {side: _pause(state) for side, state in (await pauses(links)).sides.items()}


async def _paused_modules(links: Links) -> Truth:
    modules = (await pauses(links)).modules
    return {m: _pause(state) for m, state in modules.items() if m in worked_on(links.preset)}


def _pause(state: LinkState) -> str:
    return f"{state.reason}: paused. mzi doctor tells what is wrong."


async def _failing_polls(links: Links) -> Truth:
    return _silent(
        state.module
        for state in await links.journal.polls.list()
        if state.failures >= ALARMING_FAILURES and state.module in links.preset.modules
    )


async def _with_channels(links: Links) -> Truth:
    """Whether such a channel is silent, its next notice tells."""
    heard = last_notices(await links.journal.channels.list())
    return _silent(set(heard) & set(links.preset.modules))


async def _stuck_syncs(links: Links) -> Truth:
    newest: dict[tuple[str, str | None], Run] = {}
    for run in await links.journal.runs.all_unfinished([mode.value for mode in Mode]):
        newest.setdefault((run.kind, run.module), run)
    return _silent(
        module
        for (_, module), run in newest.items()
        if module is not None
        and module in links.preset.modules
        and (run.position or {}).get("failures", 0) >= STUCK_AFTER
    )


def _silent(subjects: Iterable[str]) -> Truth:
    return dict.fromkeys(subjects, "")


REVIEWED: Mapping[str, Callable[[Links], Awaitable[Truth]]] = {
    LINK_ALARM: _paused_sides,
    MODULE_ALARM: _paused_modules,
    FAILING: _failing_polls,
    TWICE_ALARM: still_twice,
    SILENT: _with_channels,
    STUCK_ALARM: _stuck_syncs,
}
