"""Notification channels as the CRM granted them. A token is kept as its hash only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.tables import channels


def hash_token(token: str) -> str:
    """SHA-256 as 64 hex digits; tokens are random and long, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class ChannelRow:
    """Times are epoch seconds. The previous token is good until `previous_valid_until`."""

    channel_id: str
    module: str
    events: tuple[str, ...]
    notify_url: str
    token_hash: str
    previous_token_hash: str | None
    previous_valid_until: float | None
    expires_at: float
    granted_at: float
    last_notice_at: float | None = None


class Channels:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    async def save(self, channel: ChannelRow) -> None:
        """Inserts or replaces; a known `last_notice_at` is not forgotten for a None."""
        values = asdict(channel) | {"events": list(channel.events)}
        upsert = self._database.insert(channels).values(tenant=self._tenant, **values)
        new: dict[str, Any] = {name: upsert.excluded[name] for name in values}
        new["last_notice_at"] = func.coalesce(
            upsert.excluded.last_notice_at, channels.c.last_notice_at
        )
        async with self._database.write() as connection:
            await connection.execute(
                upsert.on_conflict_do_update(
                    index_elements=[channels.c.tenant, channels.c.channel_id], set_=new
                )
            )

    async def list(self) -> tuple[ChannelRow, ...]:
        """All of the tenant, by module and id."""
        query = (
            select(channels)
            .where(channels.c.tenant == self._tenant)
            .order_by(channels.c.module, channels.c.channel_id)
        )
        async with self._database.read() as connection:
            return tuple(_channel(row) for row in await connection.execute(query))

    async def get(self, channel_id: str) -> ChannelRow | None:
        if "\x00" in channel_id or not channel_id.isprintable():
            # From outside, and PostgreSQL takes no NUL: such a channel cannot exist.
            return None
        async with self._database.read() as connection:
            found = await connection.execute(select(channels).where(*self._named(channel_id)))
            row = found.one_or_none()
        return None if row is None else _channel(row)

    async def delete(self, channel_id: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(delete(channels).where(*self._named(channel_id)))

    def _named(self, channel_id: str) -> tuple[Any, ...]:
        return channels.c.tenant == self._tenant, channels.c.channel_id == channel_id


async def touch_channels(
    connection: AsyncConnection, tenant: str, channel_ids: Iterable[str], at: float
) -> None:
    """A notice came by these channels at `at`; an earlier time changes nothing."""
    rows = [{"of_channel": channel_id} for channel_id in sorted(channel_ids)]
    if rows:
        await connection.execute(
            update(channels)
            .where(
                channels.c.tenant == tenant,
                channels.c.channel_id == bindparam("of_channel"),
                or_(channels.c.last_notice_at.is_(None), channels.c.last_notice_at < at),
            )
            .values(last_notice_at=at),
            rows,
        )


def _channel(row: Row[Any]) -> ChannelRow:
    return ChannelRow(
        row.channel_id,
        row.module,
        tuple(row.events),
        row.notify_url,
        row.token_hash,
        row.previous_token_hash,
        row.previous_valid_until,
        row.expires_at,
        row.granted_at,
        row.last_notice_at,
    )
