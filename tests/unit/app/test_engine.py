"""A bridge that is connected, and given another mapping, while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import anyio
import httpx2
import pytest
from anyio.abc import TaskGroup

from mzi_bridge.app import engine
from mzi_bridge.mapping import mapping_text
from tests.support.eventually import until
from tests.support.world import (
    ADMIN_TOKEN,
    CLIENT,
    MOODLE_TOKEN,
    MOODLE_URL,
    REFRESH_TOKEN,
    World,
    open_world,
)

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
STUDENTS = "BTEC_Students"
CONNECTIONS = {
    "ZOHO_CLIENT_ID": CLIENT["client_id"],
    "ZOHO_CLIENT_SECRET": CLIENT["client_secret"],
    "ZOHO_REFRESH_TOKEN": REFRESH_TOKEN,
    "MOODLE_BASE_URL": MOODLE_URL,
    "MOODLE_TOKEN": MOODLE_TOKEN,
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


async def store(world: World, values: Mapping[str, str | None]) -> None:
    """As the service's own pages would."""
    await world.engine.journal.settings.change(values, "office")


def without_city() -> str:
    return mapping_text("btec").replace('city = "City"\n', "", 1)


async def test_a_service_without_connections_starts_and_says_so(world: World) -> None:
    async with world.serving(without=tuple(CONNECTIONS)) as http:
        assert (await http.get("/health")).status_code == 200
        for path in ("/readyz", "/api/v1/admin/full-sync/status", "/api/v1/health"):
            answer = await http.get(path, headers=ADMIN)
            assert answer.status_code == 503
            assert answer.json()["error"] == "not_connected"
            assert int(answer.headers["retry-after"]) > 0
        assert world.engine.generation is None
        trouble = str(world.engine.trouble)
        assert all(name in trouble for name in CONNECTIONS)


async def test_stored_connections_set_it_to_work_at_once(world: World) -> None:
    async with world.serving(without=tuple(CONNECTIONS)) as http:
        await store(world, CONNECTIONS)
        await until(lambda: world.engine.generation is not None)
        assert world.engine.trouble is None
        answer = await http.post("/api/v1/sync/students", headers=ADMIN)
        assert answer.status_code == 202, answer.text
        await until(lambda: all(world.stands(STUDENTS, i) for i in world.crm.records(STUDENTS)))


async def test_what_another_process_stores_is_taken_up_at_the_next_look(world: World) -> None:
    async with world.serving(without=tuple(CONNECTIONS)):
        await world.links.journal.settings.change(CONNECTIONS, "another process")
        await anyio.wait_all_tasks_blocked()
        assert world.engine.generation is None
        world.clock.advance(engine.WATCH_SECONDS)
        await until(lambda: world.engine.generation is not None)


async def test_the_environment_wins_over_what_is_stored(world: World) -> None:
    await world.links.journal.settings.change({"MOODLE_TOKEN": "0" * 32, "MZI_PUSH": "no"}, "x")
    async with world.serving():
        settings = world.engine.bridge.settings
        assert settings.moodle_token is not None
        assert settings.moodle_token.get_secret_value() == MOODLE_TOKEN
        assert settings.push is False


async def test_a_saved_mapping_counts_for_the_next_change(world: World) -> None:
    student = world.some(STUDENTS)
    async with world.serving() as http:
        await world.engine.journal.mappings.save(
            without_city(), base=None, author="office", note=""
        )
        await until(lambda: world.engine.bridge.generation == 1)
        columns = world.engine.bridge.links.preset.modules[STUDENTS].columns
        assert "city" not in {column.name for column in columns}
        world.edit(STUDENTS, student, City="Irbid", Last_Name="Haddad")
        await http.post("/api/v1/sync/students", headers=ADMIN)
        await until(lambda: world.stands(STUDENTS, student))
    row = world.row(STUDENTS, student)
    assert row is not None
    assert (row["last_name"], row["city"]) == ("Haddad", None)


async def test_no_notice_is_lost_while_generations_change(world: World) -> None:
    async with world.serving() as http:
        answer = await http.post("/api/v1/admin/setup-zoho-webhooks", headers=ADMIN)
        assert answer.status_code == 200
        students = list(world.crm.records(STUDENTS))
        cities: dict[str, str] = {}
        base = None
        for number, student in enumerate(students * 3):
            cities[student] = f"City {number}"
            world.edit(STUDENTS, student, City=cities[student])
            world.tell_channels()
            content = f"# {number}\n" + mapping_text("btec")
            base = await world.engine.journal.mappings.save(
                content, base=base, author="office", note=""
            )
            await world.settled()
        sent = [sent["status"] for sent in world.crm_app.state.emulator.notifier.sent]
        assert sent == [202] * len(sent)
        assert len(sent) == len(students) * 3
        await until(lambda: world.engine.bridge.generation == base)

        def arrived() -> bool:
            rows = {student: world.row(STUDENTS, student) or {} for student in students}
            return {student: row.get("city") for student, row in rows.items()} == cities

        await until(arrived)


async def test_what_is_stored_while_a_generation_begins_is_taken_up_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.serving():
        renew = world.engine.renew
        saved = world.engine.journal.mappings.save

        async def renew_and_save(generations: TaskGroup) -> None:
            monkeypatch.undo()
            await renew(generations)
            await saved(mapping_text("btec"), base=1, author="office", note="")

        monkeypatch.setattr(world.engine, "renew", renew_and_save)
        await saved(without_city(), base=None, author="office", note="")
        await until(lambda: world.engine.bridge.generation == 2)


async def test_a_configuration_that_cannot_be_used_leaves_the_last_one_at_work(
    world: World,
) -> None:
    async with world.serving(without=("MZI_POLL_SECONDS",)) as http:
        before = world.engine.generation
        await store(world, {"MZI_POLL_SECONDS": "often"})
        await until(lambda: world.engine.trouble is not None)
        assert world.engine.generation is before
        assert "MZI_POLL_SECONDS" in str(world.engine.trouble)
        assert "often" not in str(world.engine.trouble)
        assert (await http.get("/readyz")).status_code == 200
        await store(world, {"MZI_POLL_SECONDS": None})
        await until(lambda: world.engine.trouble is None)
        assert world.engine.generation is not before


async def test_a_call_under_way_is_answered_by_the_generation_that_took_it(world: World) -> None:
    await world.disturb("moodle", {"kind": "latency", "seconds": 0.5}, times=1)
    async with world.serving(with_worker=False) as http:
        answers: list[httpx2.Response] = []

        async def ask() -> None:
            answers.append(await http.get("/readyz"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            first = world.engine.generation
            assert first is not None
            await until(lambda: first.calls == 1)
            await store(world, {"MZI_PUSH": "false"})
            await until(lambda: world.engine.generation is not first)
        assert [answer.status_code for answer in answers] == [200]
