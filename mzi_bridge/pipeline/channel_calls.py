"""One channel: registered, renewed, replaced, removed.

Whatever breaks off half way, no notice is refused for a token Zoho was given: the row stands
in the journal before its call is sent (see `channel_terms`). Every function answers a failure
as an outcome, and raises PauseLink and JournalUnavailable.
"""

from __future__ import annotations

from msgspec.structs import replace

from mzi_bridge.errors import MziError, PauseLink
from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.pipeline.channel_terms import (
    FALLBACK_SECONDS,
    ChannelOutcome,
    Done,
    end_asked,
    is_unsettled,
    new_token,
    pending,
    request_for,
    rotating,
    settled,
)
from mzi_bridge.pipeline.gaps import ask_polls
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.channels import ChannelResult
from mzi_bridge.zoho.errors import UnexpectedAnswer


async def enable_channel(
    links: Links, module: str, notify_url: str, hours: float, done: Done
) -> ChannelOutcome:
    """Registers a new channel of the module with all its events."""
    now, token = links.clock.now(), new_token()
    asked = end_asked(now, hours)
    row = pending(module, notify_url, token, now)
    await links.journal.channels.save(row)
    try:
        [result] = await links.zoho.channels.enable([request_for(row, token, asked)])
    except MziError as error:
        if not _may_have_happened(error):
            await links.journal.channels.delete(row.channel_id)
        return _failed(row, error)
    if not result.ok:
        await links.journal.channels.delete(row.channel_id)
        return _refused(row, result)
    return await _settle(links, row, result, asked, done)


async def renew_channel(links: Links, row: ChannelRow, hours: float) -> ChannelOutcome:
    """Gives the channel a new end and a new token; if Zoho no longer has it, registers
    another in its place."""
    if is_unsettled(row):
        # Zoho holds one of two tokens; a third would push one of them out.
        return await replace_channel(links, row, hours, at_zoho=True)
    now, token = links.clock.now(), new_token()
    asked = end_asked(now, hours)
    turning = rotating(row, token, asked)
    await links.journal.channels.save(turning)
    try:
        [result] = await links.zoho.channels.renew([request_for(row, token, asked)])
    except MziError as error:
        if not _may_have_happened(error):
            await _restore(links, row)
        return _failed(row, error)
    if result.ok:
        return await _settle(links, turning, result, asked, "renewed")
    await _restore(links, row)
    if result.gone:
        return await replace_channel(links, row, hours, at_zoho=False)
    return _refused(row, result)


async def replace_channel(
    links: Links, row: ChannelRow, hours: float, *, at_zoho: bool
) -> ChannelOutcome:
    """Registers another channel in the row's place, then removes the row's."""
    outcome = await enable_channel(links, row.module, row.notify_url, hours, "replaced")
    if outcome.done == "failed":
        return outcome
    if at_zoho:
        await remove_channel(links, row.module, row.channel_id)
    else:
        await links.journal.channels.delete(row.channel_id)
    return outcome


async def remove_channel(links: Links, module: str, channel_id: str) -> ChannelOutcome:
    """Ends the channel and forgets it; one that Zoho no longer has counts as removed."""
    try:
        results = await links.zoho.channels.delete([channel_id])
    except PauseLink:
        raise
    except MziError as error:
        return _end(module, channel_id, error.reason, error.fix)
    bad = [result for result in results if not (result.ok or result.gone)]
    if bad:
        return _end(module, channel_id, bad[0].code.lower(), "Run mzi channels delete again.")
    await links.journal.channels.delete(channel_id)
    return ChannelOutcome(module, channel_id, "removed")


async def _settle(
    links: Links, row: ChannelRow, result: ChannelResult, asked: float, done: Done
) -> ChannelOutcome:
    now = links.clock.now()
    granted = now + FALLBACK_SECONDS if result.expiry is None else float(result.expiry)
    await links.journal.channels.save(settled(row, granted, now))
    if done != "renewed":
        await ask_polls(links, "channel_enabled", [row.module])
    return ChannelOutcome(row.module, row.channel_id, done, asked, granted)


async def _restore(links: Links, row: ChannelRow) -> None:
    # Notices may have come meanwhile: the journal keeps its own time of the last one.
    await links.journal.channels.save(replace(row, last_notice_at=None))


def _may_have_happened(error: MziError) -> bool:
    return isinstance(error, UnexpectedAnswer) or getattr(error, "effect_unknown", False)


def _failed(row: ChannelRow, error: MziError) -> ChannelOutcome:
    if isinstance(error, PauseLink):
        raise error
    return _end(row.module, row.channel_id, error.reason, error.fix)


def _refused(row: ChannelRow, result: ChannelResult) -> ChannelOutcome:
    fix = "Check WEBHOOK_BASE_URL and that the module allows notifications."
    return _end(row.module, row.channel_id, result.code.lower(), fix)


def _end(module: str, channel_id: str, reason: str, fix: str) -> ChannelOutcome:
    return ChannelOutcome(module, channel_id, "failed", reason=reason, fix=fix)
