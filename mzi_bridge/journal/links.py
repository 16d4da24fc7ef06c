"""Links on pause: a side on which nothing can succeed now is left alone for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import delete, select

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.tables import MAX_NAME, links

LONGEST_PAUSE_SECONDS = 3600.0


@dataclass(frozen=True)
class LinkState:
    """`paused_at` is the first pause in a row, `pauses` how many there were since without a
    resume; `until` (epoch seconds) is when to probe."""

    link: str
    reason: str
    paused_at: float
    until: float
    pauses: int


class LinkStates:
    """Shared by all processes. Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def pause(self, link: str, reason: str, until: float) -> None:
        """Pauses, or pauses again: the newest reason and end stand, and the first start.

        `until` is an hour ahead at most, see get().
        """
        upsert = self._database.insert(links).values(
            tenant=self._tenant,
            link=link,
            reason=reason[:MAX_NAME],
            paused_at=self._clock.now(),
            until=until,
            pauses=1,
        )
        async with self._database.write() as connection:
            await connection.execute(
                upsert.on_conflict_do_update(
                    index_elements=[links.c.tenant, links.c.link],
                    set_={
                        "reason": upsert.excluded.reason,
                        "until": upsert.excluded.until,
                        "pauses": links.c.pauses + 1,
                    },
                )
            )

    async def resume(self, link: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                delete(links).where(links.c.tenant == self._tenant, links.c.link == link)
            )

    async def get(self, link: str) -> LinkState | None:
        """The pause, be its time up or not; None after a resume.

        An end more than an hour ahead was set before the clock was set back: it is up now.
        """
        query = select(
            links.c.link, links.c.reason, links.c.paused_at, links.c.until, links.c.pauses
        ).where(links.c.tenant == self._tenant, links.c.link == link)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        state, now = LinkState(*row), self._clock.now()
        return replace(state, until=now) if state.until > now + LONGEST_PAUSE_SECONDS else state
