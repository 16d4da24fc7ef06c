"""Keeping one notification channel per module at Zoho: set up, list, renew, delete."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct
from msgspec.structs import replace

from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.pipeline.channel_calls import enable_channel, remove_channel, renew_channel
from mzi_bridge.pipeline.channel_terms import (
    DEFAULT_HOURS,
    EVENTS,
    ChannelOutcome,
    is_due,
    notify_url_of,
    stands,
)
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.channels import Channel

log = logging.getLogger(__name__)

_LOCK = "channels"
_LOCK_SECONDS = 300.0


class ChannelState(Struct, frozen=True):
    """A channel as the journal and Zoho each know it. `expires_at` is Zoho's word where it
    has the channel; `as_recorded` whether both agree on module, events and address."""

    module: str
    channel_id: str
    expires_at: float | None
    recorded: bool
    at_zoho: bool
    as_recorded: bool


async def setup(links: Links, base_url: str, hours: float = DEFAULT_HOURS) -> list[ChannelOutcome]:
    """One channel for each module of the mapping, for all its operations, to `base_url`.

    Run again it changes nothing. What Zoho has otherwise than recorded is replaced, what is
    past half its life renewed; channels of ours that the mapping no longer needs, or that
    nobody recorded, are removed. `hours` is the life to ask for.

    A module that fails has an outcome `failed`. Raises PauseLink (nothing will pass now),
    any error of listing what Zoho has, and JournalUnavailable.
    """
    notify_url = notify_url_of(base_url)
    async with links.journal.locks.hold(_LOCK, seconds=_LOCK_SECONDS):
        at_zoho = {channel.channel_id: channel for channel in await links.zoho.channels.list()}
        rows = await links.journal.channels.list()
        outcomes: list[ChannelOutcome] = []
        for module in links.preset.modules:
            own = [row for row in rows if row.module == module]
            outcomes += await _set_up_module(links, module, own, at_zoho, notify_url, hours)
        wanted = {row.channel_id for row in await links.journal.channels.list()}
        needless = [row for row in rows if row.module not in links.preset.modules]
        outcomes += [await remove_channel(links, row.module, row.channel_id) for row in needless]
        outcomes += [
            await remove_channel(links, channel.module, channel.channel_id)
            for channel in at_zoho.values()
            if channel.notify_url == notify_url
            and channel.channel_id not in wanted | {row.channel_id for row in rows}
        ]
    return _told(outcomes)


async def mend_channels(
    links: Links, modules: Collection[str], base_url: str, hours: float = DEFAULT_HOURS
) -> list[ChannelOutcome]:
    """Sets up again the channels of these modules only; errors as of `setup`."""
    notify_url = notify_url_of(base_url)
    async with links.journal.locks.hold(_LOCK, seconds=_LOCK_SECONDS):
        at_zoho = {channel.channel_id: channel for channel in await links.zoho.channels.list()}
        rows = await links.journal.channels.list()
        outcomes: list[ChannelOutcome] = []
        for module in modules:
            own = [row for row in rows if row.module == module]
            outcomes += await _set_up_module(links, module, own, at_zoho, notify_url, hours)
    return _told(outcomes)


async def list_channels(links: Links) -> list[ChannelState]:
    """Every channel that the journal or Zoho knows, by module."""
    rows = {row.channel_id: row for row in await links.journal.channels.list()}
    at_zoho = {channel.channel_id: channel for channel in await links.zoho.channels.list()}
    states = [_state(one, rows.get(one), at_zoho.get(one)) for one in {**rows, **at_zoho}]
    return sorted(states, key=lambda state: (state.module, state.channel_id))


async def renew_due(
    links: Links, hours: float = DEFAULT_HOURS, *, force: bool = False
) -> list[ChannelOutcome]:
    """Renews what is past half its life; one process at a time does it, the others do nothing.
    By `force` everything is renewed, if need be after another process has done its work.

    Raises PauseLink and JournalUnavailable (lock_busy: by `force` only, after two minutes); any
    other failure is an outcome `failed`, tried again at the next call.
    """
    rows = await links.journal.channels.list()
    if not force and not any(is_due(row, links.clock.now()) for row in rows):
        return []
    async with _turn(links, wait=force) as free:
        if not free:
            return []
        outcomes: list[ChannelOutcome] = []
        for best, spare in _by_module(await links.journal.channels.list()):
            outcomes += [await remove_channel(links, row.module, row.channel_id) for row in spare]
            if force or is_due(best, links.clock.now()):
                outcomes.append(await renew_channel(links, best, hours))
    return _told(outcomes)


async def delete_channels(
    links: Links, modules: Iterable[str] | None = None
) -> list[ChannelOutcome]:
    """Ends the recorded channels of these modules, or all. A channel Zoho no longer has
    counts as removed. Raises PauseLink and JournalUnavailable."""
    wanted = None if modules is None else set(modules)
    async with links.journal.locks.hold(_LOCK, seconds=_LOCK_SECONDS):
        rows = await links.journal.channels.list()
        return [
            await remove_channel(links, row.module, row.channel_id)
            for row in rows
            if wanted is None or row.module in wanted
        ]


@asynccontextmanager
async def _turn(links: Links, *, wait: bool) -> AsyncIterator[bool]:
    """Whether this process has the turn."""
    if wait:
        async with links.journal.locks.hold(_LOCK, seconds=_LOCK_SECONDS):
            yield True
    else:
        async with links.journal.locks.attempt(_LOCK, seconds=_LOCK_SECONDS) as free:
            yield free


async def _set_up_module(
    links: Links,
    module: str,
    rows: Sequence[ChannelRow],
    at_zoho: Mapping[str, Channel],
    notify_url: str,
    hours: float,
) -> list[ChannelOutcome]:
    standing = [
        row
        for row in rows
        if row.notify_url == notify_url
        and set(row.events) == set(EVENTS)
        and stands(row, at_zoho.get(row.channel_id))
    ]
    if not standing:
        first = await enable_channel(
            links, module, notify_url, hours, "replaced" if rows else "enabled"
        )
        spare = rows if first.done != "failed" else []
    else:
        best, _ = next(iter(_by_module(standing)))
        spare = [row for row in rows if row is not best]
        known = _with_zohos_end(best, at_zoho[best.channel_id])
        if is_due(known, links.clock.now()):
            first = await renew_channel(links, known, hours)
        else:
            first = ChannelOutcome(module, known.channel_id, "kept", None, known.expires_at)
    removed = [await remove_channel(links, module, row.channel_id) for row in spare]
    return [first, *(outcome for outcome in removed if outcome.done == "failed")]


def _by_module(
    rows: Iterable[ChannelRow],
) -> Iterable[tuple[ChannelRow, list[ChannelRow]]]:
    """For each module the row that lives longest, and those it has besides."""
    groups: dict[str, list[ChannelRow]] = {}
    for row in rows:
        groups.setdefault(row.module, []).append(row)
    for group in groups.values():
        best = max(group, key=lambda row: row.expires_at)
        yield best, [row for row in group if row is not best]


def _with_zohos_end(row: ChannelRow, at_zoho: Channel) -> ChannelRow:
    known = row.expires_at if at_zoho.expiry is None else float(at_zoho.expiry)
    return replace(row, expires_at=min(row.expires_at, known))


def _state(channel_id: str, row: ChannelRow | None, at_zoho: Channel | None) -> ChannelState:
    expiry = at_zoho.expiry if at_zoho else None
    known = expiry if expiry is not None else row.expires_at if row else None
    return ChannelState(
        module=row.module if row else at_zoho.module if at_zoho else "",
        channel_id=channel_id,
        expires_at=known,
        recorded=row is not None,
        at_zoho=at_zoho is not None,
        as_recorded=row is not None and stands(row, at_zoho),
    )


def _told(outcomes: list[ChannelOutcome]) -> list[ChannelOutcome]:
    for outcome in outcomes:
        if outcome.done == "failed":
            log.warning("channel of %s failed: %s. %s", outcome.module, outcome.reason, outcome.fix)
        elif outcome.shortened:
            log.warning(
                "channel of %s: Zoho granted a shorter life than asked; is MZI_CHANNEL_HOURS"
                " above what this API version allows?",
                outcome.module,
            )
    return outcomes
