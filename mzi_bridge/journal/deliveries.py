"""The audit of what came in: ids and machine words, never a record's content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, Row, Text, bindparam, cast, func, insert, select

from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.pruning import prune_in_pieces, pruning
from mzi_bridge.journal.records import LATEST_MS
from mzi_bridge.journal.tables import MAX_NAME, deliveries

PLAIN_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
UNPRINTABLE = re.compile(r"[^ -~]+")
MOST_IDS = 1000
LOOKED_THROUGH = 5000
HOUR = 3600.0

_AT = deliveries.c.received_at
_HEARD = (
    select(func.min(_AT), func.max(_AT))
    .where(
        deliveries.c.tenant == bindparam("of_tenant"),
        deliveries.c.module == bindparam("of_module"),
        deliveries.c.source == bindparam("of_source"),
        bindparam("since") <= _AT,
    )
    # Whether a cast rounds or cuts, an hour apart is another span.
    .group_by(cast(_AT / HOUR, BigInteger))
    .order_by(func.min(_AT))
)
_WRITE = insert(deliveries)
_PRUNE = pruning(
    deliveries.c.id,
    deliveries.c.tenant == bindparam("of_tenant"),
    bindparam("before") > _AT,
)

Spans = tuple[tuple[float, float], ...]
"""Oldest first, of each hour in which anything came the first and the last time."""


class Delivery(Struct, frozen=True):
    """One request as it came, taken or refused.

    What the sender wrote may be anything: texts are cut to 100 printable ASCII characters,
    ids to the first 1000 that look like ids, before they are kept. `record_count` is
    the number of ids the request named; `result` and `reason` are the bridge's own words.
    """

    channel_id: str
    module: str
    operation: str
    record_count: int
    ids: tuple[str, ...]
    server_time_ms: int | None
    source: str
    result: str
    reason: str = ""


class DeliveryRow(Delivery, frozen=True):
    """A kept delivery; `received_at` is epoch seconds by the bridge's clock."""

    id: int = 0
    received_at: float = 0.0


class Deliveries:
    """Written by Inbox.mark, together with what they mark. Every method raises
    JournalUnavailable."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    async def list(
        self, limit: int = 100, *, module: str | None = None, before: int | None = None
    ) -> tuple[DeliveryRow, ...]:
        """Newest first; `before` is an id, to page on."""
        query = select(deliveries).where(deliveries.c.tenant == self._tenant)
        if module is not None:
            query = query.where(deliveries.c.module == module)
        if before is not None:
            query = query.where(deliveries.c.id < before)
        query = query.order_by(deliveries.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            return tuple(_delivery(row) for row in await connection.execute(query))

    async def heard(
        self, module: str, source: str, since: float
    ) -> tuple[tuple[float, float], ...]:
        """When deliveries of the module came from that source since then, oldest first: for each
        span of an hour in which there were any the first and the last (epoch seconds)."""
        these = {
            "of_tenant": self._tenant,
            "of_module": module,
            "of_source": source,
            "since": since,
        }
        async with self._database.read() as connection:
            return tuple((row[0], row[1]) for row in await connection.execute(_HEARD, these))

    async def naming(
        self, record_id: str, module: str | None = None, limit: int = 100
    ) -> tuple[DeliveryRow, ...]:
        """Those that named the record, the newest first, of the newest LOOKED_THROUGH of the
        module (of all, without one). Of a request with more than 1000 ids the first are known."""
        if not PLAIN_ID.fullmatch(record_id):
            return ()
        column = deliveries.c
        of_these = column.tenant == self._tenant
        newest = column.received_at.desc() if module is None else column.id.desc()
        if module is not None:
            of_these &= column.module == module
        looked = select(deliveries).where(of_these).order_by(newest).limit(LOOKED_THROUGH)
        rows = looked.subquery()
        # Kept as JSON text, in which a plain id stands between quotes.
        named = cast(rows.c.ids, Text).contains(f'"{record_id}"', autoescape=True)
        query = select(rows).where(named).order_by(rows.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            found = [_delivery(row) for row in await connection.execute(query)]
        return tuple(one for one in found if record_id in one.ids)

    async def prune(self, before: float) -> int:
        """Forgets what was received before that time (epoch seconds); how many."""
        old = {"of_tenant": self._tenant, "before": before}
        return await prune_in_pieces(self._database, _PRUNE, old)


def write_deliveries(
    connection: Connection, tenant: str, given: Sequence[Delivery], now: float
) -> None:
    if given:
        connection.execute(_WRITE, [_row(tenant, one, now) for one in given])


def _row(tenant: str, delivery: Delivery, now: float) -> dict[str, Any]:
    ms = delivery.server_time_ms
    return {
        "tenant": tenant,
        "received_at": now,
        "channel_id": _plain(delivery.channel_id),
        "module": _plain(delivery.module),
        "operation": _plain(delivery.operation),
        "record_count": min(delivery.record_count, 2**31 - 1),
        "ids": [one for one in delivery.ids if PLAIN_ID.fullmatch(one)][:MOST_IDS],
        "server_time_ms": ms if ms is not None and 0 <= ms < LATEST_MS else None,
        "source": _plain(delivery.source),
        "result": _plain(delivery.result),
        "reason": _plain(delivery.reason),
    }


def _plain(text: str) -> str:
    cut = text[:MAX_NAME]
    return cut if cut.isascii() and cut.isprintable() else UNPRINTABLE.sub("?", cut)


def _delivery(row: Row[Any]) -> DeliveryRow:
    return DeliveryRow(
        channel_id=row.channel_id,
        module=row.module,
        operation=row.operation,
        record_count=row.record_count,
        ids=tuple(row.ids),
        server_time_ms=row.server_time_ms,
        source=row.source,
        result=row.result,
        reason=row.reason,
        id=row.id,
        received_at=row.received_at,
    )
