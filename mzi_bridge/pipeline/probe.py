"""The one probe of what is paused: who may send it, and what its end means."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from mzi_bridge.errors import MziError, OperatorError, PauseLink, RetryLater
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import (
    PAUSE_SECONDS,
    PROBE_SECONDS,
    LinkPaused,
    ModulePaused,
    Pauses,
    module_key,
    pause_after,
    pause_for,
    pauses,
    resume,
    resume_module,
)

MOODLE_ANSWERS = frozenset(
    {"inserted", "updated", "unchanged", "echo", "stale", "deleted", "held", "discarded"}
)
UNDECIDED = frozenset({"retry", "failed", "paused"})


async def take_sides(links: Links, standing: Pauses) -> frozenset[str] | None:
    """The paused sides that this caller alone may try now; None if another one is at it."""
    taken: set[str] = set()
    for side in standing.sides:
        if not await links.journal.links.take_probe(side, PROBE_SECONDS):
            for mine in taken:
                await links.journal.links.end_probe(mine, links.clock.now())
            return None
        taken.add(side)
    return frozenset(taken)


async def take_module(links: Links, module: str) -> bool:
    return await links.journal.links.take_probe(module_key(module), PROBE_SECONDS)


async def judge_sides(links: Links, sides: Iterable[str], answers: Collection[str]) -> None:
    """After one record went ahead: resumes the sides that it reached, asks the others.

    `answers` are its counts' words. A record that failed for its own sake says nothing of the
    link, and keeps it paused for nobody.
    """
    if "paused" in answers:
        return
    reached = set(MOODLE_ANSWERS & set(answers))
    for side in sides:
        if reached or (side == "zoho" and "absent" in answers):
            await resume(links, [side])
        else:
            await ask(links, side)


async def judge_module(links: Links, module: str, answers: Collection[str]) -> None:
    """As judge_sides, for a module: a record that failed leaves the next try to another."""
    if "paused" in answers:
        return
    if UNDECIDED & set(answers):
        at = links.clock.now() + PAUSE_SECONDS
        await links.journal.links.end_probe(module_key(module), at)
    else:
        await resume_module(links, module)


async def ask(links: Links, side: str) -> bool:
    """Whether the side answers at all to a call that names no record; resumes it then.

    Else the pause goes on: doubled if the side refuses again, by a minute if it is only mute.
    """
    try:
        if side == "zoho":
            await links.zoho.records.page(next(iter(links.preset.modules)), 1, 1, fields=["id"])
        else:
            await links.moodle.status()
    except PauseLink as pause:
        await pause_for(links, pause)
        return False
    except RetryLater as error:
        wait = max(error.retry_after or 0.0, PAUSE_SECONDS)
        await links.journal.links.end_probe(side, links.clock.now() + wait)
        return False
    except MziError:
        # A refusal of this one call: the side is there.
        pass
    await resume(links, [side])
    return True


async def module_answers(links: Links, mapping: ModuleMapping) -> bool:
    """Whether the CRM lets the module be read at all: then a refusal was about its records.

    Raises RetryLater and PauseLink.
    """
    try:
        await links.zoho.records.page(mapping.module, 1, 1, fields=["id"])
    except (RetryLater, PauseLink):
        raise
    except MziError:
        return False
    return True


async def pause_after_walk(links: Links, module: str, error: PauseLink | OperatorError) -> None:
    """As pause_after, for a walk; a refusal of one list leaves a module that can be read alone."""
    try:
        readable = isinstance(error, OperatorError) and await module_answers(
            links, links.preset.modules[module]
        )
    except PauseLink as pause:
        await pause_for(links, pause)
    except RetryLater:
        # Out of reach at this moment: whoever works on it next finds out.
        return
    else:
        if not readable:
            await pause_after(links, module, error)


async def admit(links: Links, module: str) -> bool:
    """Lets a walk over `module` begin or go on; True if it is itself the module's probe.

    Raises LinkPaused or ModulePaused while nothing is to be tried. Of what is due it sends the
    probe first, unless another process is at it.
    """
    standing = await pauses(links)
    for side, state in standing.sides.items():
        if state.until > standing.now or not await _probe_side(links, side):
            latest = await links.journal.links.get(side) or state
            raise LinkPaused(latest, latest.until - links.clock.now())
    state_of_module = standing.modules.get(module)
    if state_of_module is None:
        return False
    if module in standing.closed() or not await take_module(links, module):
        latest = await links.journal.links.get(module_key(module)) or state_of_module
        raise ModulePaused(module, latest, latest.until - links.clock.now())
    return True


async def _probe_side(links: Links, side: str) -> bool:
    return await links.journal.links.take_probe(side, PROBE_SECONDS) and await ask(links, side)
