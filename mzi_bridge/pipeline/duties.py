"""What a running bridge does by itself: work, keep channels, ask for changes, tidy up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import anyio
from msgspec import Struct

from mzi_bridge.pipeline import brake
from mzi_bridge.pipeline.alarm_review import review_alarms
from mzi_bridge.pipeline.channel_watch import watch_channels
from mzi_bridge.pipeline.channels import renew_due
from mzi_bridge.pipeline.gathering import Gathering
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.photo_rounds import look_again
from mzi_bridge.pipeline.poll import poll_changes
from mzi_bridge.pipeline.push.worker import PushWorker
from mzi_bridge.pipeline.reconcile.duty import reconcile_due
from mzi_bridge.pipeline.silence import SilenceWatch
from mzi_bridge.pipeline.supervise import Duty, every, supervised
from mzi_bridge.pipeline.worker import Worker

RENEWAL_CHECK_SECONDS = 60.0
TIDY_SECONDS = 3600.0
DAY = 86_400.0
KEPT_DAYS = {
    "deliveries": 30,
    "runs": 90,
    "dead": 365,
    "held": 365,
    "moodle_events": 90,
    "push_facts": 30,
    "sessions": 7,
    "audit": 730,
    "activity": 8,
    "record_history": 30,
}
WORKERS = 2


class Terms(Struct, frozen=True):
    """What the duties are told: `poll_seconds` 0 turns the delta polls off, `reconcile_hours` 0
    the reconciliations, `photo_days` 0 the second looks at photos, `base_url` (that of
    the webhooks) None the new registration of lost channels, `moodle_enabled` False all writing."""

    channel_hours: float
    poll_seconds: float
    base_url: str | None
    moodle_enabled: bool = True
    reconcile_hours: float = 0.0
    photo_days: float = 0.0


def timed_duties(links: Links, terms: Terms) -> Mapping[str, Duty]:
    """The endless duties besides the work itself, by name; see `supervised`.

    With Moodle disabled only those that keep the channels alive, so that changes go on coming
    in. The watch is a duty of its own: it must live when the renewal is dead.
    """
    duties: dict[str, Duty] = {
        "renewal of channels": partial(renew_channels, links, terms.channel_hours),
        "watch of channels": partial(watch_channels, links, terms.base_url, terms.channel_hours),
        "silence of channels": SilenceWatch(links).run,
        "tidying": partial(tidy, links),
    }
    if terms.moodle_enabled and terms.poll_seconds:
        duties["delta polls"] = partial(poll_changes, links, terms.poll_seconds)
    if terms.moodle_enabled and terms.reconcile_hours:
        duties["reconciliation"] = partial(reconcile_due, links, terms.reconcile_hours)
    if terms.moodle_enabled and terms.photo_days:
        duties["photos"] = partial(look_again, links, terms.photo_days)
    return duties


async def run_workers(links: Links, lease_seconds: float, stopping: anyio.Event) -> None:
    """Works until `stopping` is set, then finishes the batches in hand."""
    gathering = Gathering()
    workers = [
        Worker(links, lease_seconds=lease_seconds, gathering=gathering) for _ in range(WORKERS)
    ]
    async with anyio.create_task_group() as tasks:
        for worker in workers:
            tasks.start_soon(supervised, "work", links.clock, worker.run, stopping)
        await stopping.wait()
        for worker in workers:
            worker.stop()


async def run_pusher(links: Links, lease_seconds: float, stopping: anyio.Event) -> None:
    """Writes into the CRM what is owed to it until `stopping` is set, then ends what is in hand."""
    pusher = PushWorker(links, lease_seconds=lease_seconds)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(supervised, "way back", links.clock, pusher.run, stopping)
        await stopping.wait()
        pusher.stop()


async def renew_channels(links: Links, hours: float) -> None:
    """Looks every minute whether a channel has passed half its life."""
    await every(
        links.clock,
        RENEWAL_CHECK_SECONDS,
        "channels not renewed",
        lambda: renew_due(links, hours),
    )


async def tidy(links: Links) -> None:
    """Forgets, every hour, what is only history and old; open dead letters never."""
    while True:
        await links.clock.sleep(TIDY_SECONDS)
        await tidy_once(links)


async def tidy_once(links: Links) -> None:
    now = links.clock.now()
    await links.journal.deliveries.prune(now - KEPT_DAYS["deliveries"] * DAY)
    await links.journal.runs.prune(now - KEPT_DAYS["runs"] * DAY)
    await links.journal.dead.prune(now - KEPT_DAYS["dead"] * DAY)
    await links.journal.held.prune(now - KEPT_DAYS["held"] * DAY)
    await links.journal.events.prune(now - KEPT_DAYS["moodle_events"] * DAY)
    await links.journal.pushes.erase(now - KEPT_DAYS["push_facts"] * DAY)
    await links.journal.sessions.prune(now - KEPT_DAYS["sessions"] * DAY)
    await links.journal.audit.prune(now - KEPT_DAYS["audit"] * DAY)
    await links.journal.activity.prune(now - KEPT_DAYS["activity"] * DAY)
    await links.journal.history.prune(now - KEPT_DAYS["record_history"] * DAY)
    await brake.remind(links.journal)
    await review_alarms(links)
