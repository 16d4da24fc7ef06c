"""What a call without an answer may still be doing in the CRM."""

from __future__ import annotations

from collections.abc import Iterable

import anyio

QUIET_SECONDS = 90.0
"""So long after a call without an answer the CRM may still carry it out: three timeouts."""


class Quiet:
    """Which requests must be left alone, for one process. It goes by the loop's clock: a jump of
    the hour would make the time seem over."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def begin(self, keys: Iterable[str]) -> None:
        """A call for these has just ended without an answer."""
        now = anyio.current_time()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until |= dict.fromkeys(keys, now + QUIET_SECONDS)

    def left(self, key: str) -> float:
        """Seconds until it may be looked for; 0 if it may."""
        return max(self._until.get(key, 0.0) - anyio.current_time(), 0.0)
