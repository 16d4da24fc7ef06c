"""Links on pause: a side on which nothing can succeed now is left alone for a while."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import bindparam, case, delete, or_, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.tables import MAX_NAME, links

LONGEST_PAUSE_SECONDS = 3600.0

_ALL = select(links.c.link, links.c.reason, links.c.paused_at, links.c.until, links.c.pauses).where(
    links.c.tenant == bindparam("of_tenant")
)
_TAKE_PROBE = (
    update(links)
    .where(
        links.c.tenant == bindparam("of_tenant"),
        links.c.link == bindparam("of_link"),
        or_(links.c.until <= bindparam("now"), links.c.until > bindparam("too_far")),
    )
    .values(until=bindparam("end"), pauses=links.c.pauses + 1)
    .returning(links.c.link)
)


class LinkState(Struct, frozen=True):
    """`link` is a side or, as `module:<API name>`, one module of it.

    `paused_at` is the first pause in a row, `pauses` how many there were since without a
    resume; `until` (epoch seconds) is when to probe, or when a probe under way is given up.
    """

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

        Told while a pause runs, by other calls that met the same fault or by its probe, it is
        the same pause and not counted anew. `until` is an hour ahead at most, see get().
        """
        now = self._clock.now()
        upsert = self._database.insert(links).values(
            tenant=self._tenant,
            link=link,
            reason=reason[:MAX_NAME],
            paused_at=now,
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
                        "pauses": links.c.pauses + case((links.c.until > now, 0), else_=1),
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
        return (await self.all()).get(link)

    async def all(self) -> Mapping[str, LinkState]:
        """Every pause by its link, as get() tells it."""
        async with self._database.read() as connection:
            rows = (await connection.execute(_ALL, {"of_tenant": self._tenant})).all()
        now = self._clock.now()
        return {row.link: _state(row, now) for row in rows}

    async def take_probe(self, link: str, seconds: float) -> bool:
        """Whether the caller is the one to try a link whose pause is up.

        To all others it is paused for `seconds` more, so that a prober that dies hands on.
        The probe counts as a pause until resume() or end_probe().
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            taken = await connection.execute(
                _TAKE_PROBE,
                {
                    "of_tenant": self._tenant,
                    "of_link": link,
                    "now": now,
                    "too_far": now + LONGEST_PAUSE_SECONDS,
                    "end": now + seconds,
                },
            )
            return taken.one_or_none() is not None

    async def end_probe(self, link: str, until: float) -> None:
        """Ends a probe that told nothing: the next may go at `until`, and no pause is counted."""
        async with self._database.write() as connection:
            await connection.execute(
                update(links)
                .where(links.c.tenant == self._tenant, links.c.link == link)
                .values(until=until, pauses=case((links.c.pauses > 1, links.c.pauses - 1), else_=1))
            )


def _state(row: Any, now: float) -> LinkState:
    state = LinkState(row.link, row.reason, row.paused_at, row.until, row.pauses)
    return replace(state, until=now) if state.until > now + LONGEST_PAUSE_SECONDS else state
