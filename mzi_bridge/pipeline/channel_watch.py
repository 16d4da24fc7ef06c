"""Looks whether the channels stand, whoever keeps them: the alarm does not live in the renewal.

It goes by Zoho's own list where that can be had, else by the ends that the journal knows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from mzi_bridge.errors import MziError
from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.pipeline.channel_terms import stands
from mzi_bridge.pipeline.channels import mend_channels
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.supervise import every
from mzi_bridge.zoho.channels import Channel

log = logging.getLogger(__name__)
LOOK_SECONDS = 900.0
EXPIRING_SECONDS = 2 * 3600.0
EXPIRING = "channel_expiring"
GONE = "channel_gone"
FRESH_SECONDS = 60.0
"""A row so young may be of a channel whose registration is under way."""

AtZoho = Mapping[str, Channel]


async def watch_channels(links: Links, base_url: str | None, hours: float) -> None:
    """The duty: one look every 15 minutes."""
    await every(
        links.clock, LOOK_SECONDS, "watch of channels", lambda: look(links, base_url, hours)
    )


async def look(links: Links, base_url: str | None, hours: float) -> None:
    """Raises and ends the alarms; with `base_url` (WEBHOOK_BASE_URL) registers again what is
    gone, which also has its module polled. A module that never had a channel has no alarm.

    Raises JournalUnavailable.
    """
    gone = await _judge(links, await _at_zoho(links), FRESH_SECONDS)
    if gone and base_url:
        try:
            await mend_channels(links, gone, base_url, hours)
        except MziError as error:
            log.error("channels not registered again: %s: %s", error.reason, error)
        await _judge(links, await _at_zoho(links), 0.0)


async def _at_zoho(links: Links) -> AtZoho | None:
    """Zoho's list; None where it cannot be had. Not asked for where nothing is to be on it."""
    if not await links.journal.channels.list():
        return {}
    try:
        return {channel.channel_id: channel for channel in await links.zoho.channels.list()}
    except MziError as error:
        log.warning("Zoho's channels cannot be listed: %s", error.reason)
        return None


async def _judge(links: Links, at_zoho: AtZoho | None, fresh_seconds: float) -> list[str]:
    """Alarms by module; those that are gone."""
    alarms, now = links.journal.alarms, links.clock.now()
    rows: dict[str, list[ChannelRow]] = {}
    for row in await links.journal.channels.list():
        if row.module not in links.preset.modules:
            continue
        rows.setdefault(row.module, []).append(row)

    def end(row: ChannelRow) -> float:
        is_fresh = 0 <= now - row.granted_at < fresh_seconds
        return row.expires_at if at_zoho is None or is_fresh else _end_at_zoho(row, at_zoho)

    left = {module: max(map(end, own)) - now for module, own in rows.items()}
    gone = [module for module, seconds in left.items() if seconds <= 0]
    soon = [m for m, seconds in left.items() if 0 < seconds < _early_enough(rows[m])]
    for module in gone:
        message = "Zoho no longer has the channel as it was registered, or it has ended."
        await alarms.raise_alarm(GONE, module, message)
    for module in soon:
        message = f"The channel ends in {left[module] / 60:.0f} min and was not renewed."
        await alarms.raise_alarm(EXPIRING, module, message)
    await alarms.clear_all_but(EXPIRING, soon)
    if at_zoho is not None:
        await alarms.clear_all_but(GONE, gone)
    return gone


def _end_at_zoho(row: ChannelRow, at_zoho: AtZoho) -> float:
    """Epoch seconds; 0 where Zoho has no such channel."""
    found = at_zoho.get(row.channel_id)
    if found is None or not stands(row, found):
        return 0.0
    return row.expires_at if found.expiry is None else float(found.expiry)


def _early_enough(rows: Sequence[ChannelRow]) -> float:
    """Two hours, or a quarter of a life so short that its half is less."""
    life = max(row.expires_at - row.granted_at for row in rows)
    return min(EXPIRING_SECONDS, life / 4)
