"""A clock that a test moves by hand."""

from __future__ import annotations

import anyio


class ManualClock:
    """Stands still until `advance`; sleepers wake when their time has come."""

    def __init__(self, now: float = 1_750_000_000.0) -> None:
        self._now = now
        self._sleepers: list[tuple[float, anyio.Event]] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        woken = anyio.Event()
        self._sleepers.append((self._now + seconds, woken))
        await woken.wait()

    @property
    def sleepers(self) -> int:
        """How many wait for their time now."""
        return len(self._sleepers)

    @property
    def wakings(self) -> tuple[float, ...]:
        """When those who sleep now wake (epoch s)."""
        return tuple(until for until, _ in self._sleepers)

    def advance(self, seconds: float) -> None:
        self._now += seconds
        for until, woken in self._sleepers:
            if until <= self._now:
                woken.set()
        self._sleepers = [(until, woken) for until, woken in self._sleepers if not woken.is_set()]

    def wake_all(self) -> None:
        """As when real time has passed that the hour does not show: after a jump."""
        for _, woken in self._sleepers:
            woken.set()
        self._sleepers = []

    def set(self, now: float) -> None:
        """Jumps, even backwards; nobody is woken."""
        self._now = now
