"""What was last seen of each record's photo, so that only a changed one is fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import delete, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.tables import photos

NEVER_SEEN = "never"


class PhotoState(Struct, frozen=True):
    """`mark` tells what the CRM showed, as a hash; NEVER_SEEN until the first look has ended.
    `content_hash` is that of the picture which Moodle has, None for none; `attachment_id` is
    where it came from, None if it is no attachment. `version` is the record's when its photo was
    last asked for."""

    mark: str
    content_hash: str | None
    version: int | None = None
    attachment_id: str | None = None


class Photos:
    """One row a record. Every method raises JournalUnavailable; ids come some hundreds at most."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def get(self, module: str, record_ids: Sequence[str]) -> Mapping[str, PhotoState]:
        """What is known; ids of which nothing is are missing."""
        if not record_ids:
            return {}
        query = select(photos).where(*self._these(module, record_ids))
        async with self._database.read() as connection:
            return {
                row.record_id: PhotoState(
                    row.mark, row.content_hash, row.version, row.attachment_id
                )
                for row in await connection.execute(query)
            }

    async def asked(self, module: str, versions: Mapping[str, int]) -> None:
        """Notes that the photos of records of these versions are to be looked at. Do so only
        after they were marked."""
        rows = [_row(i, PhotoState(NEVER_SEEN, None, version)) for i, version in versions.items()]
        await self._write(module, rows, ("version", "asked_at"))

    async def seen(self, module: str, states: Mapping[str, PhotoState]) -> None:
        """Notes what the CRM showed and Moodle has; a state's `version` is not written."""
        rows = [_row(i, replace(state, version=None)) for i, state in states.items()]
        await self._write(module, rows, ("mark", "content_hash", "attachment_id", "asked_at"))

    async def longest_unseen(self, module: str, before: float, limit: int) -> tuple[str, ...]:
        """Records not asked for since `before` (epoch seconds), the longest ago first."""
        query = (
            select(photos.c.record_id)
            .where(*self._of(module), photos.c.asked_at < before)
            .order_by(photos.c.asked_at, photos.c.record_id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def asked_again(self, module: str, record_ids: Sequence[str]) -> None:
        """As `asked`, for records whose version is not known now."""
        async with self._database.write() as connection:
            await connection.execute(
                update(photos)
                .where(*self._these(module, record_ids))
                .values(asked_at=self._clock.now())
            )

    async def forget(self, module: str, record_ids: Sequence[str]) -> None:
        if not record_ids:
            return
        async with self._database.write() as connection:
            await connection.execute(delete(photos).where(*self._these(module, record_ids)))

    async def _write(
        self, module: str, rows: Sequence[dict[str, Any]], columns: Sequence[str]
    ) -> None:
        """Inserts rows; of those that are there only `columns` are changed."""
        if not rows:
            return
        rows = sorted(rows, key=lambda row: row["record_id"])
        now = self._clock.now()
        common = {"tenant": self._tenant, "module": module, "asked_at": now}
        async with self._database.write() as connection:
            await self._upsert(connection, [{**row, **common} for row in rows], columns)

    async def _upsert(
        self,
        connection: JournalConnection,
        rows: Sequence[dict[str, Any]],
        columns: Sequence[str],
    ) -> None:
        upsert = self._database.insert(photos)
        upsert = upsert.on_conflict_do_update(
            index_elements=[photos.c.tenant, photos.c.module, photos.c.record_id],
            set_={name: upsert.excluded[name] for name in columns},
        )
        await connection.execute(upsert, list(rows))

    def _of(self, module: str) -> tuple[Any, ...]:
        return photos.c.tenant == self._tenant, photos.c.module == module

    def _these(self, module: str, record_ids: Sequence[str]) -> tuple[Any, ...]:
        return *self._of(module), photos.c.record_id.in_(list(record_ids))


def _row(record_id: str, state: PhotoState) -> dict[str, Any]:
    return {"record_id": record_id, **asdict(state)}
