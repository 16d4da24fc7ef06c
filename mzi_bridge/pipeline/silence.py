"""Channels that stand and yet bring no notice: told from their own history, and from polls.

Two signs. The weaker: no notice for longer than ever in the last weeks, nights, weekends and
all. The stronger: delta polls keep finding changes of which no notice had told. Either ends
with the next notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.journal.records import Source
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.supervise import survive

KIND = "channel_silent"
DAY = 86_400.0
HOUR = 3600.0
HISTORY_DAYS = 28
FEWEST_SPANS = 20
FEWEST_DAYS = 14
LEAST_SILENCE_SECONDS = 12 * HOUR
LONGER_THAN_USUAL = 1.5
ALARMING_POLLS = 2
LOOK_SECONDS = 60.0
JUDGED_EVERY = 60


def usual_silence(heard: Sequence[tuple[float, float]]) -> float | None:
    """The longest silence (s) that is usual; None where too little is known to say.

    `heard` is when notices came, as `Deliveries.heard` tells it. At least 20 spans of it over at
    least two weeks are wanted, so that the longest gap holds the weekends of the school,
    whichever days those are.
    """
    if len(heard) < FEWEST_SPANS or heard[-1][1] - heard[0][0] < FEWEST_DAYS * DAY:
        return None
    gaps = [later[0] - earlier[1] for earlier, later in pairwise(heard)]
    return max(max(gaps) * LONGER_THAN_USUAL, LEAST_SILENCE_SECONDS)


class SilenceWatch:
    """The duty: ends alarms a minute after a notice, judges by history once an hour."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._since = links.clock.now()
        """Silence counts from the start at the earliest: a service that is down hears nothing."""

    async def run(self) -> None:
        rounds = 0
        while True:
            await survive("silence of channels", self.end_heard)
            if rounds % JUDGED_EVERY == 0:
                await survive("silence of channels", self.judge)
            rounds += 1
            await self._links.clock.sleep(LOOK_SECONDS)

    async def end_heard(self) -> None:
        """Ends the alarms of modules that a notice told of since they were raised."""
        standing = await self._links.journal.alarms.list(KIND)
        if not standing:
            return
        last = last_notices(await self._links.journal.channels.list())
        for alarm in standing:
            if last.get(alarm.subject, 0.0) > alarm.since:
                await self._links.journal.alarms.clear(KIND, alarm.subject)

    async def judge(self) -> None:
        """Raises the alarm of each module whose channel is silent for longer than usual."""
        now = self._links.clock.now()
        last = last_notices(await self._links.journal.channels.list())
        for module in set(last) & set(self._links.preset.modules):
            heard = await self._links.journal.deliveries.heard(
                module, Source.NOTIFICATION, now - HISTORY_DAYS * DAY
            )
            usual = usual_silence(heard)
            silent = now - max(last[module], self._since)
            if usual is not None and silent > usual:
                message = (
                    f"No notice for {silent / HOUR:.0f} h; up to {usual / HOUR:.0f} h is usual."
                )
                await self._links.journal.alarms.raise_alarm(KIND, module, message)


def last_notices(rows: Sequence[ChannelRow]) -> dict[str, float]:
    """The time of the last notice by module that has a channel; 0 where none came yet."""
    last: dict[str, float] = {}
    for row in rows:
        last[row.module] = max(last.get(row.module, 0.0), row.last_notice_at or 0.0)
    return last


async def judge_polls(links: Links, module: str, before: int, found: int) -> int:
    """How many polls in a row have now found untold changes, since the last notice.

    `before` is that number at the last poll, `found` the untold changes of this one. From two
    on the channel counts as silent; a module without a channel is not expected to tell.
    """
    last = last_notices(await links.journal.channels.list())
    if module not in last:
        return 0
    [state] = [one for one in await links.journal.polls.list() if one.module == module]
    count = (0 if last[module] > (state.done_at or 0.0) else before) + (1 if found else 0)
    if found and count >= ALARMING_POLLS:
        message = f"{count} polls in a row found changes that no notice had told of."
        await links.journal.alarms.raise_alarm(KIND, module, message)
    return count
