"""A transaction that met another writer is begun again: nothing of it stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mzi_bridge.journal.errors import JournalUnavailable

TRIES = 4


async def through_conflicts(write: Callable[[], Awaitable[None]]) -> None:
    """Runs the whole transaction `write`, again after a deadlock or serialization failure.

    Whoever brings a notice may not come again, so its mark does not give up at the first.
    Raises what `write` raises, the conflict itself after four tries.
    """
    for left in reversed(range(TRIES)):
        try:
            await write()
            return
        except JournalUnavailable as error:
            if error.reason != "database_conflict" or not left:
                raise
