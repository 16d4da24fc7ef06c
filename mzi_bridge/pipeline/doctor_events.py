"""The doctor on the way back: keys, what Moodle has not sent, what the CRM has not taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from mzi_bridge.pipeline.diagnosis import SKEW_SECONDS, Check, guarded
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.errors import NoPermission, RecordRefused, RequestRefused, ScopeMissing

LATE_SECONDS = 3600.0
NOBODY = "1"
"""An id that no record has: a write to it tells whether one may write, and changes nothing."""


def event_keys(known: bool) -> Check:
    """Whether the bridge could tell Moodle's events from anybody else's."""
    if known:
        return Check("event keys", "ok", "set")
    return Check(
        "event keys",
        "warning",
        "none is set: no event of Moodle is taken in",
        "Set MZI_EVENT_SECRETS, and the same key in the plugin's settings.",
    )


async def examine_writes(links: Links) -> AsyncIterator[Check]:
    """One line for each module that is written: whether the token's user may."""
    for module in dict.fromkeys(rule.module for rule in links.preset.writes.values()):
        yield await guarded(f"writing {module}", partial(_may_write, links, module))


async def examine_outbox(links: Links) -> Check:
    """What Moodle has noted and the bridge has not got."""
    name, outbox = "events of moodle", (await links.moodle.status()).outbox
    if outbox is None:
        return Check(name, "warning", "the plugin does not tell of them", "Update local_mzi.")
    age = max(0.0, links.clock.now() - outbox.oldest) if outbox.oldest else 0.0
    detail = f"{outbox.queued} to be sent, {outbox.failed} failed"
    if outbox.failed or age > LATE_SECONDS:
        fix = "See Moodle's page of checks; local/mzi/cli/outbox.php --list tells the reasons."
        return Check(name, "warning", f"{detail}; the oldest for {age / 3600:.1f} h", fix)
    return Check(name, "ok", detail)


async def examine_last_event(links: Links) -> Check:
    """When the last event came, and whether Moodle's clock was ahead then. How far it is behind
    cannot be told from an event: it may have waited."""
    name, latest = "last event of moodle", await links.journal.events.latest()
    if latest is None:
        return Check(name, "ok", "none has come yet")
    occurred_ms, received_at = latest
    late, ago = received_at - occurred_ms / 1000, max(0.0, links.clock.now() - received_at)
    if late < -SKEW_SECONDS:
        fix = "Set the clocks by NTP: at five minutes events are refused."
        return Check(name, "warning", f"Moodle's clock was {-late:.0f} s ahead of this one", fix)
    return Check(name, "ok", f"came {ago / 60:.0f} min ago, {max(0.0, late):.0f} s after it was")


async def examine_pushes(links: Links) -> Check:
    """What the CRM is still to get."""
    name, counts = "writes into zoho", await links.journal.pushes.counts()
    age = max(0.0, links.clock.now() - counts.oldest_at) if counts.oldest_at else 0.0
    detail = f"{counts.due} owed, {counts.dead} given up"
    if counts.dead:
        fix = "See mzi pushes list; once the cause is gone, mzi pushes retry."
        return Check(name, "warning", detail, fix)
    if age > LATE_SECONDS:
        fix = "Is mzi serve or mzi work running, and MZI_PUSH on?"
        return Check(name, "warning", f"{detail}; the oldest for {age / 3600:.1f} h", fix)
    return Check(name, "ok", detail)


async def _may_write(links: Links, module: str) -> Check:
    name = f"writing {module}"
    try:
        await links.zoho.records.update(module, [{"id": NOBODY}])
    except (NoPermission, ScopeMissing) as error:
        return Check(name, "failed", f"{error.reason}: the token's user may not", error.fix)
    except (RecordRefused, RequestRefused):
        pass
    return Check(name, "ok", "allowed")
