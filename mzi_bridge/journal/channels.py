"""Notification channels as the CRM granted them. A token is kept as its hash only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, fields
from sqlalchemy import Connection, Executable, Row, bindparam, delete, func, or_, select, update

from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.group_commit import GroupCommit
from mzi_bridge.journal.tables import channels

_NAMED = (
    channels.c.tenant == bindparam("of_tenant"),
    channels.c.channel_id == bindparam("of_channel"),
)
_GET = select(channels).where(
    channels.c.tenant == bindparam("of_tenant"),
    channels.c.channel_id.in_(bindparam("of_channels", expanding=True)),
)
_DELETE = delete(channels).where(*_NAMED)
_LIST = (
    select(channels)
    .where(channels.c.tenant == bindparam("of_tenant"))
    .order_by(channels.c.module, channels.c.channel_id)
)
_TOUCH = (
    update(channels)
    .where(
        *_NAMED,
        or_(channels.c.last_notice_at.is_(None), channels.c.last_notice_at < bindparam("at")),
    )
    .values(last_notice_at=bindparam("at"))
)


def hash_token(token: str) -> str:
    """SHA-256 as 64 hex digits; tokens are random and long, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class ChannelRow(Struct, frozen=True):
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


@dataclass(eq=False)
class _Question:
    channel_id: str
    answer: ChannelRow | None = None


class Channels:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant
        self._questions: GroupCommit[_Question] = GroupCommit(self._answer)

    async def save(self, channel: ChannelRow) -> None:
        """Inserts or replaces; a known `last_notice_at` is not forgotten for a None."""
        values = asdict(channel) | {"events": list(channel.events)}
        async with self._database.write() as connection:
            await connection.execute(
                _saving(self._database.insert), {"tenant": self._tenant, **values}
            )

    async def list(self) -> tuple[ChannelRow, ...]:
        """All of the tenant, by module and id."""
        async with self._database.read() as connection:
            rows = await connection.execute(_LIST, {"of_tenant": self._tenant})
            return tuple(_channel(row) for row in rows)

    async def get(self, channel_id: str) -> ChannelRow | None:
        """As it stands now: a read that has begun already answers nobody who comes later.
        Everyone waiting shares the next one."""
        if "\x00" in channel_id or not channel_id.isprintable():
            # From outside, and PostgreSQL takes no NUL: such a channel cannot exist.
            return None
        question = _Question(channel_id)
        await self._questions.submit(question)
        return question.answer

    async def delete(self, channel_id: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(_DELETE, self._named(channel_id))

    async def close(self) -> None:
        await self._questions.close()

    async def _answer(self, questions: Sequence[_Question]) -> None:
        wanted = sorted({question.channel_id for question in questions})
        given = {"of_tenant": self._tenant, "of_channels": wanted}
        rows = await self._database.read_whole(lambda c: c.execute(_GET, given).all())
        found = {row.channel_id: _channel(row) for row in rows}
        for question in questions:
            question.answer = found.get(question.channel_id)

    def _named(self, channel_id: str) -> dict[str, Any]:
        return {"of_tenant": self._tenant, "of_channel": channel_id}


@cache
def _saving(insert: InsertInto) -> Executable:
    upsert = insert(channels)
    names = (field.name for field in fields(ChannelRow))
    new: dict[str, Any] = {name: upsert.excluded[name] for name in names}
    new["last_notice_at"] = func.coalesce(upsert.excluded.last_notice_at, channels.c.last_notice_at)
    return upsert.on_conflict_do_update(
        index_elements=[channels.c.tenant, channels.c.channel_id], set_=new
    )


def touch_channels(
    connection: Connection, tenant: str, channel_ids: Iterable[str], at: float
) -> None:
    """A notice came by these channels at `at`; an earlier time changes nothing."""
    rows = [{"of_tenant": tenant, "of_channel": i, "at": at} for i in sorted(channel_ids)]
    if rows:
        connection.execute(_TOUCH, rows)


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
