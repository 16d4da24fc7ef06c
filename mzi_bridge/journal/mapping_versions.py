"""Field mappings as the office saved them: every version, and which one counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.configuration import Configuration
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.console_tables import mapping_versions
from mzi_bridge.journal.engine import Database

_OF_TENANT = mapping_versions.c.tenant == bindparam("of_tenant")
_HEADS = [column for column in mapping_versions.c if column.name != "content"]
_LIST = select(*_HEADS).where(_OF_TENANT).order_by(mapping_versions.c.version.desc())
_GET = select(mapping_versions).where(
    _OF_TENANT, mapping_versions.c.version == bindparam("of_version")
)
_ACTIVE = select(mapping_versions).where(_OF_TENANT, mapping_versions.c.active)
_ACTIVE_VERSION = select(mapping_versions.c.version).where(_OF_TENANT, mapping_versions.c.active)
_LAST = select(func.max(mapping_versions.c.version)).where(_OF_TENANT)
_REST = update(mapping_versions).where(_OF_TENANT, mapping_versions.c.active).values(active=False)
_RAISE = (
    update(mapping_versions)
    .where(_OF_TENANT, mapping_versions.c.version == bindparam("of_version"))
    .values(active=True)
    .returning(mapping_versions.c.version)
)


@dataclass(frozen=True)
class VersionHead:
    """`made_at` is epoch seconds; `digest` the SHA-256 of the content."""

    version: int
    digest: str
    author: str
    note: str
    made_at: float
    active: bool


@dataclass(frozen=True)
class MappingVersion(VersionHead):
    """`content` is a whole mapping file (TOML)."""

    content: str = field(repr=False)


class MappingVersions:
    """Versions count from 1; the one that counts is `active`. Without one the mapping of the
    settings does. Every method raises JournalUnavailable."""

    def __init__(
        self, database: Database, clock: Clock, tenant: str, configuration: Configuration
    ) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._configuration = configuration

    async def active(self) -> MappingVersion | None:
        async with self._database.read() as connection:
            row = (await connection.execute(_ACTIVE, {"of_tenant": self._tenant})).one_or_none()
        return _version(row) if row is not None else None

    async def get(self, version: int) -> MappingVersion | None:
        named = {"of_tenant": self._tenant, "of_version": version}
        async with self._database.read() as connection:
            row = (await connection.execute(_GET, named)).one_or_none()
        return _version(row) if row is not None else None

    async def list(self) -> tuple[VersionHead, ...]:
        """All, the newest first."""
        async with self._database.read() as connection:
            rows = (await connection.execute(_LIST, {"of_tenant": self._tenant})).all()
        return tuple(VersionHead(**_named(row)) for row in rows)

    async def save(self, content: str, *, base: int | None, author: str, note: str) -> int:
        """A new version, which counts from now on; its number.

        `base` is the version that was changed, None for that of the settings. Raises
        OperatorError mapping_changed if another one counts by now; nothing is saved then.
        """
        async with self._database.write() as connection:
            await self._configuration.grow(connection)
            await self._still(connection, base)
            last = (await connection.execute(_LAST, {"of_tenant": self._tenant})).scalar()
            version = (last or 0) + 1
            await connection.execute(_REST, {"of_tenant": self._tenant})
            row = {
                "tenant": self._tenant,
                "version": version,
                "content": content,
                "digest": hashlib.sha256(content.encode()).hexdigest(),
                "author": author,
                "note": note,
                "made_at": self._clock.now(),
                "active": True,
            }
            await connection.execute(insert(mapping_versions), row)
        self._configuration.announce()
        return version

    async def activate(self, version: int | None, *, base: int | None) -> None:
        """Lets a saved version count, or with None that of the settings.

        Raises OperatorError mapping_changed as `save`, and no_such_version.
        """
        async with self._database.write() as connection:
            await self._configuration.grow(connection)
            await self._still(connection, base)
            await connection.execute(_REST, {"of_tenant": self._tenant})
            if version is not None:
                named = {"of_tenant": self._tenant, "of_version": version}
                if (await connection.execute(_RAISE, named)).scalar() is None:
                    raise no_such_version(version)
        self._configuration.announce()

    async def _still(self, connection: JournalConnection, base: int | None) -> None:
        now = (await connection.execute(_ACTIVE_VERSION, {"of_tenant": self._tenant})).scalar()
        if now != base:
            raise OperatorError(
                "Somebody else has changed the mapping meanwhile.",
                reason="mapping_changed",
                fix="Load it again, and make the change there.",
            )


def no_such_version(version: int) -> OperatorError:
    return OperatorError(
        f"There is no version {version} of the mapping.",
        reason="no_such_version",
        fix="Choose one from the list of versions.",
    )


def _named(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "tenant"}


def _version(row: Row[Any]) -> MappingVersion:
    return MappingVersion(**_named(row))
