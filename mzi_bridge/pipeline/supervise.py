"""Keeps duties going: one that dies would leave a service that only looks alive."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio

from mzi_bridge.clock import Clock
from mzi_bridge.errors import MziError
from mzi_bridge.pipeline.first_of import first_of

log = logging.getLogger(__name__)
FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 60.0
STEADY_SECONDS = 600.0

Duty = Callable[[], Awaitable[object]]


async def supervised(
    name: str, clock: Clock, duty: Duty, stopping: anyio.Event | None = None
) -> None:
    """Runs `duty`, which has no end, and begins it anew whenever it ends or breaks.

    Returns once `stopping` is set and the duty has ended. The rest between doubles from a
    second to a minute, and starts small again after a duty that ran for ten minutes.
    """
    rest, stopping = FIRST_REST_SECONDS, stopping or anyio.Event()
    while True:
        began = clock.now()
        try:
            await duty()
            if stopping.is_set():
                return
            log.error("duty %s ended; it is begun anew", name)
        except MziError as error:
            log.error("duty %s: %s: %s; it is begun anew", name, error.reason, error)
        except Exception:
            log.exception("duty %s died of a bug; it is begun anew", name)
        if clock.now() - began >= STEADY_SECONDS:
            rest = FIRST_REST_SECONDS
        if await _stopped_within(rest, clock, stopping):
            return
        rest = min(rest * 2, LONGEST_REST_SECONDS)


async def every(clock: Clock, seconds: float, what: str, round_: Duty) -> None:
    """One round after another, `seconds` between; a round that breaks ends none but itself."""
    while True:
        await survive(what, round_)
        await clock.sleep(seconds)


async def survive(what: str, round_: Duty) -> bool:
    """Whether it went well; what did not is in the log."""
    try:
        await round_()
    except MziError as error:
        log.error("%s: %s: %s", what, error.reason, error)
    except Exception:
        log.exception("%s: a bug", what)
    else:
        return True
    return False


async def _stopped_within(seconds: float, clock: Clock, stopping: anyio.Event) -> bool:
    await first_of(stopping.wait, lambda: clock.sleep(seconds))
    return stopping.is_set()
