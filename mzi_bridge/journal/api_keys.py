"""API keys: who may call the HTTP API, and for what. Only a key's SHA-256 is kept."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, insert, or_, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.console_tables import MAX_ACTOR, api_keys
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.journal.tables import MAX_NAME

log = logging.getLogger(__name__)
PREFIX = "mzi_"
RANDOM_BYTES = 32
HINT = len(PREFIX) + 6
USE_NOTED_SECONDS = 60.0
LONGEST_KEY = 200


class Scope(StrEnum):
    """What a key is good for; none includes another."""

    READ = "read"
    SYNC = "sync"
    MAPPINGS_WRITE = "mappings:write"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"


class ApiKey(Struct, frozen=True):
    """`hint` is the key's beginning, to tell keys apart by. Times are epoch seconds."""

    id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: float
    created_by: str
    expires_at: float | None
    last_used_at: float | None
    revoked_at: float | None


class NewKey(Struct, frozen=True):
    """The only time that a key is seen: `secret` is not kept."""

    key: ApiKey
    secret: str

    def __repr__(self) -> str:
        return f"NewKey({self.key.hint}…)"


_OF_TENANT = api_keys.c.tenant == bindparam("of_tenant")
_COUNTS = (
    _OF_TENANT,
    api_keys.c.revoked_at.is_(None),
    or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > bindparam("now")),
)
_CREATE = insert(api_keys).returning(api_keys)
_FIND = select(api_keys).where(*_COUNTS, api_keys.c.key_hash == bindparam("of_hash"))
_ANY = select(api_keys.c.id).where(*_COUNTS).limit(1)
_ALL = select(api_keys).where(_OF_TENANT).order_by(api_keys.c.id)
_LIVE = select(api_keys).where(*_COUNTS).order_by(api_keys.c.id)
_USED = (
    update(api_keys)
    .where(
        _OF_TENANT,
        api_keys.c.id == bindparam("of_id"),
        or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= bindparam("before")),
    )
    .values(last_used_at=bindparam("now"))
)
_REVOKE = (
    update(api_keys)
    .where(_OF_TENANT, api_keys.c.id == bindparam("of_id"), api_keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
    .returning(api_keys)
)


class ApiKeys:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def create(
        self,
        name: str,
        scopes: Collection[str],
        *,
        actor: str,
        expires_at: float | None = None,
    ) -> NewKey:
        """A new key. Raises OperatorError: bad_name, no_scope, unknown_scope, already_expired."""
        now = self._clock.now()
        if expires_at is not None and expires_at <= now:
            raise OperatorError("The key would have ended already.", reason="already_expired")
        secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        values: dict[str, Any] = {
            "tenant": self._tenant,
            "name": _checked_name(name),
            "key_hash": _hash(secret),
            "hint": secret[:HINT],
            "scopes": _checked_scopes(scopes),
            "created_at": now,
            "created_by": actor[:MAX_ACTOR],
            "expires_at": expires_at,
        }
        async with self._database.write() as connection:
            row = (await connection.execute(_CREATE, values)).one()
        return NewKey(_key(row), secret)

    async def find(self, secret: str) -> ApiKey | None:
        """The key that counts now; that it was used is noted once a minute at most."""
        if not secret.startswith(PREFIX) or len(secret) > LONGEST_KEY:
            return None
        async with self._database.read() as connection:
            found = await connection.execute(_FIND, {**self._now(), "of_hash": _hash(secret)})
            row = found.one_or_none()
        if row is None:
            return None
        key = _key(row)
        await self._note_use(key)
        return key

    async def any(self) -> bool:
        """Whether a key counts now."""
        async with self._database.read() as connection:
            return (await connection.execute(_ANY, self._now())).first() is not None

    async def list(self, *, history: bool = False) -> tuple[ApiKey, ...]:
        """Those that count now, or with `history` every one; oldest first."""
        async with self._database.read() as connection:
            if history:
                rows = await connection.execute(_ALL, {"of_tenant": self._tenant})
            else:
                rows = await connection.execute(_LIVE, self._now())
            return tuple(_key(row) for row in rows)

    async def revoke(self, key_id: int) -> ApiKey | None:
        """Ends a key at once, in every process; None if there is none, or it was revoked."""
        async with self._database.write() as connection:
            gone = await connection.execute(_REVOKE, {**self._now(), "of_id": key_id})
            row = gone.one_or_none()
        return None if row is None else _key(row)

    async def _note_use(self, key: ApiKey) -> None:
        now = self._clock.now()
        if key.last_used_at is not None and now - key.last_used_at < USE_NOTED_SECONDS:
            return
        times = {"of_id": key.id, "before": now - USE_NOTED_SECONDS}
        try:
            async with self._database.write() as connection:
                await connection.execute(_USED, {**self._now(), **times})
        except JournalUnavailable as error:
            log.warning("use of a key not noted: %s", error.reason)

    def _now(self) -> dict[str, Any]:
        return {"of_tenant": self._tenant, "now": self._clock.now()}


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise OperatorError(
            "A key needs a name to know it by.",
            reason="bad_name",
            fix=f"Give 1 to {MAX_NAME} printable characters, as the program that will use it.",
        )
    return name


def _checked_scopes(scopes: Collection[str]) -> list[str]:
    known = [scope.value for scope in Scope]
    if not scopes:
        raise OperatorError(
            "A key without a scope opens nothing.",
            reason="no_scope",
            fix=f"Give one or more of {', '.join(known)}.",
        )
    if unknown := sorted(set(scopes) - set(known)):
        raise OperatorError(
            f"There is no scope {unknown[0]!r}.",
            reason="unknown_scope",
            fix=f"Use {', '.join(known)}.",
        )
    return [scope for scope in known if scope in scopes]


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        row.id,
        row.name,
        row.hint,
        tuple(row.scopes),
        row.created_at,
        row.created_by,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
    )
