"""Work under a named lock that is kept for as long as the work takes, and no longer than held."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from mzi_bridge.errors import RetryLater
from mzi_bridge.pipeline.alongside import alongside
from mzi_bridge.pipeline.links import Links

log = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")
RENEWALS = 3
"""How often a lock is renewed within its length: so many that fail may have lost it."""


class LockLost(RetryLater):
    """The lock passed to another process, died with its connection, or may have ended unseen."""

    def __init__(self, lock: str) -> None:
        super().__init__(
            f"The lock {lock} was lost, so its work was stopped.",
            reason="lock_lost",
            fix="Who holds it now, or the next try, goes on with it.",
        )


async def while_held(
    links: Links, lock: str, seconds: float, work: Callable[[], Awaitable[ResultT]]
) -> ResultT:
    """What `work` returns, or raises. `lock` was taken by this process for `seconds`.

    Raises LockLost once the lock is another's, or could not be renewed for all its length:
    `work` has been cancelled by then.
    """
    with anyio.CancelScope() as scope:

        async def keep() -> None:
            await _until_lost(links, lock, seconds)
            scope.cancel()

        return await alongside(work, keep)
    raise LockLost(lock)


async def _until_lost(links: Links, lock: str, seconds: float) -> None:
    failures = 0
    while failures < RENEWALS:
        await links.clock.sleep(seconds / RENEWALS)
        try:
            if not await links.journal.locks.renew(lock):
                return
            failures = 0
        except RetryLater as error:
            failures += 1
            log.warning("lock %s not renewed: %s", lock, error.reason)
