"""One scrape: what this process counted, and what the journal says now."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping

import anyio
import anyio.to_thread

from mzi_bridge.clock import Clock
from mzi_bridge.errors import MziError
from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline.pause import LINKS, MODULE_LINK
from mzi_bridge.sight import families
from mzi_bridge.sight.families import Family, Values
from mzi_bridge.sight.lags import LagsTold
from mzi_bridge.sight.metrics import OTHER, Metrics, is_word

log = logging.getLogger(__name__)
JOURNAL_SECONDS = 5.0
"""Half of what Prometheus waits for a scrape unless it is told otherwise."""

_ALONE: tuple[str, ...] = ()


class Scrape:
    """`credits_daily` tells what the edition allows. Never raises: a journal that cannot be
    asked is itself a gauge."""

    def __init__(
        self,
        metrics: Metrics,
        journal: Journal,
        clock: Clock,
        credits_daily: Callable[[], int],
        seconds: float = JOURNAL_SECONDS,
    ) -> None:
        self._metrics = metrics
        self._journal = journal
        self._clock = clock
        self._credits_daily = credits_daily
        self._seconds = seconds

    async def text(self) -> bytes:
        """In Prometheus's text format."""
        read = await self._standing()
        counted, lags = self._metrics.counted(), self._metrics.lags.told()
        return await anyio.to_thread.run_sync(_rendered, counted, lags, read)

    async def _standing(self) -> Mapping[Family, Values]:
        try:
            with anyio.fail_after(self._seconds):
                found = await self._read()
        except (MziError, TimeoutError) as error:
            log.warning("scrape without the journal: %s", getattr(error, "reason", "timeout"))
            return {families.JOURNAL_UP: {_ALONE: 0.0}}
        return {families.JOURNAL_UP: {_ALONE: 1.0}, **found}

    async def _read(self) -> Mapping[Family, Values]:
        journal, now = self._journal, self._clock.now()
        dirty, pushes = await journal.inbox.counts(), await journal.pushes.counts()
        ends = [channel.expires_at for channel in await journal.channels.list()]
        alone = {
            families.INBOX_DIRTY: float(dirty.dirty),
            families.OLDEST_DIRTY: _age(dirty.oldest_noticed_at, now),
            families.CREDITS_USED: float((await journal.credits.standing()).spent),
            families.CREDITS_DAILY: float(self._credits_daily()),
            families.DEAD_LETTERS: float(await journal.dead.count()),
            families.PUSHES_WAITING: float(pushes.due),
            families.OLDEST_PUSH: _age(pushes.oldest_at, now),
        }
        if ends:
            alone[families.CHANNEL_EXPIRY] = min(ends) - now
        paused = {name: state.reason for name, state in (await journal.links.all()).items()}
        kinds = Counter(alarm.kind for alarm in await journal.alarms.list())
        return {
            **{family: {_ALONE: value} for family, value in alone.items()},
            families.LINK_PAUSED: _links(paused),
            families.ALARMS: {(kind,): float(number) for kind, number in kinds.items()},
        }


def _links(paused: Mapping[str, str]) -> Values:
    """Both sides always, a module only while it is paused."""
    values: dict[tuple[str, ...], float] = {(side, ""): 0.0 for side in LINKS if side not in paused}
    values |= {(_link(name), _word(why)): 1.0 for name, why in paused.items()}
    return values


def _link(name: str) -> str:
    return name if is_word(name.removeprefix(MODULE_LINK)) else OTHER


def _word(reason: str) -> str:
    return reason if is_word(reason) else OTHER


def _age(since: float | None, now: float) -> float:
    return 0.0 if since is None else max(0.0, now - since)


def _rendered(
    counted: Mapping[Family, Values], lags: LagsTold, read: Mapping[Family, Values]
) -> bytes:
    # Prometheus's client is imported by the first scrape, beside the event loop.
    from mzi_bridge.sight.exposition import exposition

    return exposition(counted, lags, read)
