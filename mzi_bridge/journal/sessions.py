"""Who is signed in to the console: the hash of each session's token, who, and until when."""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, insert, or_, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.console_tables import MAX_ACTOR, sessions
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.pruning import prune_in_pieces, pruning

IDLE_SECONDS = 3600.0
LIFE_SECONDS = 12 * 3600.0
"""NIST SP 800-63B, 2.2.3: an hour without activity and a day at most; a long working day here."""
SEEN_SECONDS = 60.0
"""A session is seen by the minute, so that a page does not cost a write."""

_OF_TENANT = sessions.c.tenant == bindparam("of_tenant")
_NAMED = (_OF_TENANT, sessions.c.token_hash == bindparam("of_hash"))
_LIVES = (
    sessions.c.revoked_at.is_(None),
    sessions.c.expires_at > bindparam("now"),
    sessions.c.seen_at > bindparam("idle_since"),
    # Begun before the clock was set back: how old it is, nobody knows.
    sessions.c.seen_at <= bindparam("too_far"),
)
_FIND = select(sessions).where(*_NAMED, *_LIVES)
_LIST = select(sessions).where(_OF_TENANT, *_LIVES).order_by(sessions.c.seen_at.desc())
_SEE = (
    update(sessions)
    .where(*_NAMED, sessions.c.revoked_at.is_(None))
    .values(seen_at=bindparam("now"))
)
_REVOKE = (
    update(sessions)
    .where(*_NAMED, sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
    .returning(sessions)
)
_PRUNE = pruning(
    sessions.c.token_hash,
    _OF_TENANT,
    or_(sessions.c.expires_at < bindparam("before"), sessions.c.revoked_at < bindparam("before")),
)


class Role(StrEnum):
    """A viewer may look, an operator act, too."""

    VIEWER = "viewer"
    OPERATOR = "operator"


class Session(Struct, frozen=True):
    """`name` is the hash of the token: it opens nothing, so a page may carry it.

    `method` says how the person signed in, and by which settings. Times are epoch seconds.
    """

    name: str
    actor: str
    role: Role
    method: str
    created_at: float
    seen_at: float
    expires_at: float

    @property
    def ends_at(self) -> float:
        """When it ends if nothing more is seen of it."""
        return min(self.seen_at + IDLE_SECONDS, self.expires_at)


class Sessions:
    """Shared by all processes. Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def begin(self, actor: str, role: Role, method: str) -> str:
        """The new session's token: 32 random bytes, kept nowhere but with who signed in."""
        token = secrets.token_urlsafe(32)
        now = self._clock.now()
        row = {
            "tenant": self._tenant,
            "token_hash": session_name(token),
            "actor": actor[:MAX_ACTOR],
            "role": role,
            "method": method,
            "created_at": now,
            "seen_at": now,
            "expires_at": now + LIFE_SECONDS,
        }
        async with self._database.write() as connection:
            await connection.execute(insert(sessions), [row])
        return token

    async def find(self, token: str) -> Session | None:
        """The living session of this token, which is thereby seen; None if there is none."""
        these = {**self._now(), "of_hash": session_name(token)}
        async with self._database.read() as connection:
            row = (await connection.execute(_FIND, these)).one_or_none()
        if row is None:
            return None
        if abs(self._clock.now() - row.seen_at) >= SEEN_SECONDS:
            async with self._database.write() as connection:
                await connection.execute(
                    _SEE, {key: these[key] for key in ("of_tenant", "of_hash", "now")}
                )
        return _session(row)

    async def look(self, name: str) -> Session | None:
        """As `find`, by the session's name, and it is not thereby seen."""
        async with self._database.read() as connection:
            found = await connection.execute(_FIND, {**self._now(), "of_hash": name})
            row = found.one_or_none()
        return None if row is None else _session(row)

    async def list(self) -> tuple[Session, ...]:
        """All that live, the last seen first."""
        async with self._database.read() as connection:
            return tuple(_session(row) for row in await connection.execute(_LIST, self._now()))

    async def revoke(self, name: str) -> Session | None:
        """Ends a session at once, in every process; None if there was none to end."""
        these = {"of_tenant": self._tenant, "of_hash": name, "now": self._clock.now()}
        async with self._database.write() as connection:
            row = (await connection.execute(_REVOKE, these)).one_or_none()
        return None if row is None else _session(row)

    async def prune(self, before: float) -> int:
        """Forgets sessions that ended before that time; how many."""
        old = {"of_tenant": self._tenant, "before": before}
        return await prune_in_pieces(self._database, _PRUNE, old)

    def _now(self) -> dict[str, Any]:
        now = self._clock.now()
        return {
            "of_tenant": self._tenant,
            "now": now,
            "idle_since": now - IDLE_SECONDS,
            "too_far": now + IDLE_SECONDS,
        }


def session_name(token: str) -> str:
    """SHA-256 as 64 hex digits; tokens are random and long, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _session(row: Row[Any]) -> Session:
    return Session(
        row.token_hash,
        row.actor,
        Role(row.role),
        row.method,
        row.created_at,
        row.seen_at,
        row.expires_at,
    )
