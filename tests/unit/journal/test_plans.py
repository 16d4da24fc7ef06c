"""The work of every second goes by indexes, however many records are dirty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from mzi_bridge.journal import Journal
from mzi_bridge.journal.engine import Database
from tests.support.clock import ManualClock
from tests.support.notices import changed, claim_one, dead, done, retry

Statement = tuple[str, Any]


@contextmanager
def _recorded(database: Database) -> Iterator[list[Statement]]:
    """Collects the statements that read or change rows, each with its first parameters."""
    statements: list[Statement] = []

    def record(_c: Any, _cur: Any, sql: str, given: Any, _ctx: Any, many: bool) -> None:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            statements.append((sql, given[0] if many else given))

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", record)
    yield statements
    for engine in database.engines:
        event.remove(engine, "before_cursor_execute", record)


async def _plan(database: Database, statement: Statement) -> str:
    sql, given = statement
    async with database.write() as connection:
        if not database.is_sqlite:
            # The table is small here: a scan would be right, unless no index serves.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        return await connection.run_sync(
            lambda c: "\n".join(str(row[-1]) for row in c.exec_driver_sql(explain + sql, given))
        )


async def test_taking_claiming_and_settling_never_scan_a_table(
    url: str, clock: ManualClock
) -> None:
    async with Journal.open(url, clock=clock) as journal:
        await journal.inbox.mark([changed(str(n)) for n in range(50)])
        with _recorded(journal.database) as statements:
            await journal.channels.get("71")
            claim = await claim_one(journal)
            claim = await journal.inbox.extend(claim, 60)
            await journal.inbox.settle(claim, [done("1"), retry("2"), dead("3")])
            await journal.inbox.release(claim)
            await journal.inbox.next_due()

        plans = {sql: await _plan(journal.database, (sql, given)) for sql, given in statements}

    assert len(plans) >= 8
    for sql, plan in plans.items():
        for scan in (
            "SCAN inbox\n",
            "SCAN dead_letters",
            "SCAN channels",
            "on inbox  (cost=1000",
            "Seq Scan on inbox ",
        ):
            assert scan not in f"{plan}\n", f"{sql}\n{plan}"
    assert "ix_inbox_ready" in "".join(plans.values())
    assert "ix_inbox_lease" in "".join(plans.values())
