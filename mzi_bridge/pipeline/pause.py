"""A side or a module on which nothing can succeed now is paused, then tried with one probe.

The CRM, Moodle, or one module is left alone for a minute; then one process tries one record.
If that fails too, the pause doubles, up to an hour; if it goes well, everybody goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from msgspec import Struct

from mzi_bridge.errors import MziError, OperatorError, PauseLink, RetryLater
from mzi_bridge.journal.links import LONGEST_PAUSE_SECONDS, LinkState
from mzi_bridge.moodle.errors import OF_ONE_FUNCTION
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.errors import CreditsReserved

log = logging.getLogger(__name__)
PAUSE_SECONDS = 60.0
LONGEST_SECONDS = LONGEST_PAUSE_SECONDS
PROBE_SECONDS = 120.0
"""How long a probe may take before another process may try."""

LINKS = ("zoho", "moodle")
LINK_ALARM = "link_paused"
MODULE_ALARM = "module_paused"
MODULE_LINK = "module:"


class LinkPaused(PauseLink):
    """Told without a call: the pause is known and not yet over."""

    def __init__(self, state: LinkState, seconds: float) -> None:
        seconds = max(1.0, seconds)
        super().__init__(
            f"The link to {state.link} is paused for {seconds:.0f} more seconds ({state.reason}).",
            reason=state.reason,
            fix="It is tried again by itself; mzi doctor tells what is wrong.",
            retry_after=seconds,
        )
        self.link = state.link


class ModulePaused(RetryLater):
    """As LinkPaused, for one module; the others go on."""

    def __init__(self, module: str, state: LinkState, seconds: float) -> None:
        seconds = max(1.0, seconds)
        super().__init__(
            f"{module} is paused for {seconds:.0f} more seconds ({state.reason}).",
            reason=state.reason,
            fix="It is tried again by itself; mzi doctor tells what is wrong.",
            retry_after=seconds,
        )


class Pauses(Struct, frozen=True):
    """What was paused at the moment `now`, by side and by module's API name."""

    now: float
    sides: Mapping[str, LinkState]
    modules: Mapping[str, LinkState]

    def seconds(self) -> float:
        """How long nothing is to be tried at all; 0 when every side is open or due."""
        ends = [state.until for state in self.sides.values()]
        return max(0.0, max(ends, default=0.0) - self.now)

    def closed(self) -> frozenset[str]:
        """Modules that are not to be tried yet."""
        return frozenset(m for m, state in self.modules.items() if state.until > self.now)

    def due(self) -> frozenset[str]:
        """Modules that one record may try."""
        return frozenset(self.modules) - self.closed()

    def module_seconds(self) -> float | None:
        """Until the first module is due for a probe; None if none waits for one."""
        ends = [state.until for m, state in self.modules.items() if m in self.closed()]
        return min(ends) - self.now if ends else None


async def pauses(links: Links) -> Pauses:
    states = await links.journal.links.all()
    return Pauses(
        links.clock.now(),
        {side: states[side] for side in LINKS if side in states},
        {
            key.removeprefix(MODULE_LINK): state
            for key, state in states.items()
            if key.startswith(MODULE_LINK)
        },
    )


async def seconds_paused(links: Links) -> float:
    """How long nothing is to be tried; 0 when both links are open or due for a probe."""
    return (await pauses(links)).seconds()


async def is_paused(links: Links) -> bool:
    """Whether a link is marked as paused, be its time up or not: then only a probe may go."""
    return bool((await pauses(links)).sides)


async def refuse_while_paused(links: Links) -> None:
    """Raises LinkPaused while a side is not to be tried."""
    standing = await pauses(links)
    for state in standing.sides.values():
        if state.until > standing.now:
            raise LinkPaused(state, state.until - standing.now)


async def pause_for(links: Links, pause: PauseLink) -> None:
    """Pauses the side that raised `pause`: as long as it asked, else a minute, then doubling.

    An hour at most: then a probe tells more than a number in a header.
    """
    if isinstance(pause, LinkPaused):
        return
    await _pause(links, pause.link, pause)
    log.error("link to %s paused: %s: %s", pause.link, pause.reason, pause)
    await links.journal.alarms.raise_alarm(LINK_ALARM, pause.link, f"{pause.reason}: {pause}")


async def pause_module(links: Links, module: str, error: MziError) -> None:
    """Pauses `module` alone, in the same way."""
    await _pause(links, module_key(module), error)
    log.error("%s paused: %s: %s", module, error.reason, error)
    await links.journal.alarms.raise_alarm(MODULE_ALARM, module, f"{error.reason}: {error}")


async def pause_after(
    links: Links, module: str, error: PauseLink | OperatorError | CreditsReserved
) -> None:
    """Pauses what `error`, met at work on `module`, concerns: that module or a whole side.

    A refusal by the CRM that an operator must mend is about the module. Moodle says of a
    function that it is missing or not allowed in the same words as of all functions: where the
    plugin still answers to another one, the module alone is paused. So is one whose work can wait
    and must, for want of credits.
    """
    if isinstance(error, LinkPaused):
        return
    if not isinstance(error, PauseLink) or not await pause_side(links, error):
        await pause_module(links, module, error)


async def pause_side(links: Links, error: PauseLink) -> bool:
    """Pauses the side; False, and nothing paused, where only one function of Moodle refuses."""
    if error.link == "moodle" and error.reason in OF_ONE_FUNCTION:
        try:
            await links.moodle.status()
        except PauseLink as of_all:
            error = of_all
        except MziError:
            # It does not answer: the refusal stands.
            pass
        else:
            return False
    await pause_for(links, error)
    return True


async def resume(links: Links, sides: Iterable[str] = LINKS) -> None:
    """After a probe that reached these sides."""
    for side in sides:
        await links.journal.links.resume(side)
        await links.journal.alarms.clear(LINK_ALARM, side)
        log.info("link to %s resumed", side)


async def resume_module(links: Links, module: str) -> None:
    await links.journal.links.resume(module_key(module))
    await links.journal.alarms.clear(MODULE_ALARM, module)
    log.info("%s resumed", module)


def module_key(module: str) -> str:
    """The name under which the journal keeps a module's pause."""
    return f"{MODULE_LINK}{module}"


async def _pause(links: Links, key: str, error: MziError) -> None:
    now = links.clock.now()
    asked = getattr(error, "retry_after", None)
    seconds = _length(await links.journal.links.get(key), now, asked)
    await links.journal.links.pause(key, error.reason, now + seconds)


def _length(before: LinkState | None, now: float, asked: float | None) -> float:
    """Seconds of the next pause after `before`; what the other side asked is a lower bound."""
    if before is None:
        return min(asked or PAUSE_SECONDS, LONGEST_SECONDS)
    number = before.pauses if before.until > now else before.pauses + 1
    doubled = PAUSE_SECONDS * 2.0 ** min(number - 1, 10)
    return min(max(doubled, asked or 0.0), LONGEST_SECONDS)
