"""A walk over what mostly stands asks first, and nothing that it leaves depends on that."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mzi_bridge.errors import PauseLink
from mzi_bridge.pipeline import deliver, module_walk
from mzi_bridge.pipeline.confirm import Confirming
from mzi_bridge.pipeline.held import HeldDesk
from mzi_bridge.pipeline.sync import Mode, Progress, sync_module
from mzi_bridge.sandbox.moodle.users import User
from tests.support.world import World, open_world

STUDENTS, PROGRAMS = "BTEC_Students", "Products"
CONFIRM, UPSERT = "local_mzi_confirm_rows", "local_mzi_upsert_programs"
MANY = 1000
ASKS = partial(Confirming, asks=True)
SCHOOL, CAP = 40, 10
SOME_TIME = ("tokens", "locks", "runs", "sqlite_sequence")
"""Tables that hold random values, or who was at work."""


class Whole:
    """A walk that sends every row."""

    def __init__(self, *given: Any) -> None:
        self.write = partial(deliver.write, *given)


async def full(world: World, module: str) -> Progress:
    world.clock.advance(60)
    return await sync_module(world.links, module, Mode.FULL)


async def sent(world: World) -> Counter[str]:
    """The calls that carry programmes to Moodle, since the last look."""
    calls = Counter(str(call.get("label")) for call in await world.calls("moodle"))
    await world.forget_calls("moodle")
    return Counter({name: calls[name] for name in (CONFIRM, UPSERT) if calls[name]})


def row_of(world: World, program: str) -> dict[str, Any]:
    row = world.row(PROGRAMS, program)
    assert row is not None
    return row


@pytest.fixture
async def programs(world: World) -> list[str]:
    """Several loads that stand in Moodle."""
    found = [world.crm.insert(PROGRAMS, {"Product_Name": f"P {n}"}) for n in range(MANY)]
    await full(world, PROGRAMS)
    await sent(world)
    return found


async def test_a_first_sync_asks_for_nothing(world: World) -> None:
    for n in range(MANY):
        world.crm.insert(PROGRAMS, {"Product_Name": f"P {n}"})
    await full(world, PROGRAMS)
    assert set(await sent(world)) == {UPSERT}


async def test_what_stands_is_sent_whole_once_and_then_asked_for(
    world: World, programs: list[str]
) -> None:
    progress = await full(world, PROGRAMS)
    assert progress.counts == {"unchanged": len(world.crm.records(PROGRAMS))}
    calls = await sent(world)
    assert calls[CONFIRM] > calls[UPSERT] == 1
    read = {row_of(world, one)["synced_at"] for one in programs}
    assert min(read) > world.clock.now() - 60, "a confirmed row is as if it had been written"


async def test_what_differs_among_it_is_sent_whole_right_after(
    world: World, programs: list[str]
) -> None:
    for one in programs[-3:]:
        world.edit(PROGRAMS, one, Product_Name="another")
    progress = await full(world, PROGRAMS)
    assert progress.counts["updated"] == 3
    assert {row_of(world, one)["name"] for one in programs[-3:]} == {"another"}
    assert (await sent(world))[UPSERT] == 2


async def test_where_most_differs_all_is_sent_whole_again(
    world: World, programs: list[str]
) -> None:
    for one in programs[MANY // 4 :]:
        world.crm.update(PROGRAMS, one, {"Product_Name": "another"})
    await full(world, PROGRAMS)
    calls = await sent(world)
    assert calls[CONFIRM] <= 2 < calls[UPSERT], "only while most of a load stood"


async def test_an_older_plugin_is_sent_all_rows(world: World, programs: list[str]) -> None:
    world.site.switches.withheld = frozenset({CONFIRM})
    progress = await full(world, PROGRAMS)
    assert progress.counts == {"unchanged": len(world.crm.records(PROGRAMS))}
    calls = await sent(world)
    assert calls[CONFIRM] == 1 < calls[UPSERT], "it is asked once"


async def test_a_refused_batch_is_sent_whole(world: World, programs: list[str]) -> None:
    body = '{"exception": "dml_write_exception", "errorcode": "dmlwriteexception"}'
    fault = {"kind": "status", "status": 200, "body": body}
    await world.disturb("moodle", fault, body_contains=CONFIRM)
    progress = await full(world, PROGRAMS)
    assert progress.counts == {"unchanged": len(world.crm.records(PROGRAMS))}


async def test_a_token_that_is_refused_pauses_as_for_any_call(
    world: World, programs: list[str]
) -> None:
    body = '{"exception": "core\\\\exception\\\\moodle_exception", "errorcode": "invalidtoken"}'
    fault = {"kind": "status", "status": 200, "body": body}
    await world.disturb("moodle", fault, body_contains=CONFIRM)
    with pytest.raises(PauseLink):
        await full(world, PROGRAMS)


async def test_nothing_that_a_sync_leaves_depends_on_having_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[Any] = []
    for way in (ASKS, Whole):
        monkeypatch.setattr(module_walk, "Confirming", way)
        folder = tmp_path / str(len(left))
        folder.mkdir()
        random.seed(0)
        async with open_world(folder, photos=True) as world:
            told = await story(world)
            calls = {call.get("label") for call in await world.calls("moodle")}
            assert (CONFIRM in calls) is (way is ASKS)
            left.append((told, moodle_of(world), journal_of(folder)))
    assert left[0] == left[1]


async def story(world: World) -> list[Any]:
    """Full syncs of students between changes of every kind; what each of them told."""
    students = [enrolled(world, n) for n in range(SCHOOL)]
    world.rewrite_records(
        STUDENTS, lambda record: record | ({"Birth_Date": "soon"} if record["id"] in odd else {})
    )
    odd = {students[0], students[20]}
    told: list[Any] = [(await full(world, STUDENTS)).counts]
    for student in students[: CAP + 5]:
        world.crm.update(STUDENTS, student, {"Status": "Suspended"})
    world.edit(STUDENTS, students[30], City="Salt")
    world.crm.delete(STUDENTS, students[31])
    odd.remove(students[20])
    told.append((await full(world, STUDENTS)).counts)
    told.append((await full(world, STUDENTS)).counts)
    open_now = await world.links.journal.held.list(limit=100)
    world.site.users.add(User(9000, "late", email=f"s{SCHOOL - 1}@example.org"))
    world.edit(STUDENTS, open_now[0].record_id, Status="Active")
    await HeldDesk(world.links.journal).discard(STUDENTS, [open_now[1].id], "no")
    told.append((await full(world, STUDENTS)).counts)
    await world.work()
    told.append((await full(world, STUDENTS)).counts)
    await world.work()
    return told


def enrolled(world: World, n: int) -> str:
    """A student; all but the last five have an account."""
    address = f"s{n}@example.org"
    if n < SCHOOL - 5:
        world.site.users.add(User(1000 + n, f"s{n}", email=address))
    named = {"First_Name": "Sam", "Last_Name": f"Ple {n}", "Academic_Email": address}
    return world.crm.insert(STUDENTS, {**named, "Status": "Active"})


def moodle_of(world: World) -> Any:
    return [(one.row, one.children) for one in world.site.tables["students"].all()]


def journal_of(folder: Path) -> Any:
    with sqlite3.connect(folder / "world.sqlite3") as journal:
        tables = [
            n for (n,) in journal.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        rows = {n: journal.execute(f"SELECT * FROM {n}").fetchall() for n in tables}  # noqa: S608
    return {name: sorted(map(repr, found)) for name, found in rows.items() if name not in SOME_TIME}
