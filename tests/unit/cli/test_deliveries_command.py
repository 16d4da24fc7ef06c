from __future__ import annotations

import anyio
import pytest

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal.deliveries import Delivery
from mzi_bridge.journal.journal import Journal
from tests.unit.cli.desk import Mzi


@pytest.fixture
def visited(mzi: Mzi) -> Mzi:
    """One notice of five students was accepted, a later one of a lead refused."""

    async def receive() -> None:
        given = [
            Delivery(
                channel_id="77",
                module=module,
                operation="update",
                record_count=len(ids),
                ids=ids,
                server_time_ms=1_800_000_000_000,
                source="notification",
                result=result,
                reason=reason,
            )
            for module, ids, result, reason in (
                ("BTEC_Students", ("1", "2", "3", "4", "5"), "accepted", ""),
                ("Leads", ("9",), "ignored", "module_not_mapped"),
            )
        ]
        async with Journal.open(mzi.values["DATABASE_URL"], clock=SystemClock()) as journal:
            for delivery in given:
                await journal.inbox.mark((), deliveries=[delivery])

    anyio.run(receive)
    return mzi


def test_the_newest_stands_first(visited: Mzi) -> None:
    said = visited("deliveries", "--json")
    assert said.code == 0
    assert [row["module"] for row in said.json] == ["Leads", "BTEC_Students"]
    assert said.json[0]["reason"] == "module_not_mapped"
    assert said.json[1]["ids"] == ["1", "2", "3", "4", "5"]


def test_the_table_keeps_long_lists_of_ids_short(visited: Mzi) -> None:
    said = visited("deliveries")
    assert "1 2 3 +2" in said.out and "ignored" in said.out


def test_the_list_can_be_narrowed(visited: Mzi) -> None:
    of_students = visited("deliveries", "--module", "BTEC_Students", "--json").json
    assert [row["record_count"] for row in of_students] == [5]
    assert [row["module"] for row in visited("deliveries", "--limit", "1", "--json").json] == [
        "Leads"
    ]
    assert visited("deliveries", "--limit", "0").code == 2


def test_none_is_no_error(mzi: Mzi) -> None:
    said = mzi("deliveries", "--json")
    assert (said.code, said.json) == (0, [])
