"""Changes that follow each other closely travel together: one read of the CRM for many."""

from __future__ import annotations

import anyio

GATHER_SECONDS = 0.1
"""So long after the start of a batch its module waits for the next, unless the batch was full.
People do not notice it, and a mass change in the CRM costs fewer credits."""


class Gathering:
    """Which modules wait, for the workers of one process. It goes by the loop's clock: a jump of
    the hour would make them wait for long."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def begin(self, module: str) -> None:
        """A batch of the module that had room for more has just begun."""
        self._until[module] = anyio.current_time() + GATHER_SECONDS

    def modules(self) -> frozenset[str]:
        now = anyio.current_time()
        return frozenset(module for module, until in self._until.items() if until > now)

    async def wait(self) -> None:
        """Until the first of them need wait no more; not at all if none does."""
        now = anyio.current_time()
        left = [until - now for until in self._until.values() if until > now]
        await anyio.sleep(min(left, default=0.0))
