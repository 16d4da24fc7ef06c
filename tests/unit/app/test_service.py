"""The service as a whole: notification in, row in Moodle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import anyio
import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route

from mzi_bridge.api.health import HealthEndpoints
from mzi_bridge.app import create_app, open_bridge
from mzi_bridge.pipeline.readiness import zoho_ready
from mzi_bridge.pipeline.sync_jobs import SyncJobs
from mzi_bridge.settings import Settings, SettingsError
from mzi_bridge.zoho.errors import TokenRefused
from tests.support.eventually import until
from tests.support.world import ADMIN_TOKEN, MODULES, World, open_world

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
STUDENTS = "BTEC_Students"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


async def set_up(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/api/v1/admin/setup-zoho-webhooks", headers=ADMIN)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["channels"]) == len(MODULES)


@pytest.mark.parametrize("module", MODULES)
async def test_an_edit_in_the_crm_stands_in_moodle(world: World, module: str) -> None:
    async with world.serving() as http:
        await set_up(http)
        record_id = world.some(module)
        world.edit(module, record_id)
        world.tell_channels()
        await world.settled()
        assert [sent["status"] for sent in world.crm_app.state.emulator.notifier.sent] == [202]
        await until(lambda: world.stands(module, record_id))
        world.clock.advance(1)
        world.crm.delete(module, record_id)
        world.tell_channels()
        await until(lambda: not world.stands(module, record_id))


async def test_notices_lost_doubled_and_out_of_order_end_in_the_same_rows(world: World) -> None:
    notifier = world.crm_app.state.emulator.notifier
    async with world.serving() as http:
        await set_up(http)
        student = world.some(STUDENTS)
        for mode, city in (("drop", "Irbid"), ("duplicate", "Aqaba"), ("hold", "Salt")):
            notifier.mode = mode
            world.edit(STUDENTS, student, City=city)
            world.tell_channels()
        world.edit(STUDENTS, student, City="Jerash")
        world.tell_channels()
        notifier.release()
        await world.settled()

        def arrived() -> bool:
            row = world.row(STUDENTS, student)
            return row is not None and row["city"] == "Jerash"

        await until(arrived)


async def test_a_notice_with_a_wrong_token_changes_nothing(world: World) -> None:
    async with world.serving() as http:
        await set_up(http)
        (channel, *_) = await world.links.journal.channels.list()
        forged = {
            "module": channel.module,
            "ids": [world.some(channel.module)],
            "operation": "delete",
            "channel_id": channel.channel_id,
            "token": "forged",
        }
        answer = await http.post("/api/v1/webhooks/zoho", json=forged)
    assert answer.status_code == 401
    assert await world.dirty() == 0


async def test_without_a_worker_changes_are_taken_in_and_wait(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        await set_up(http)
        world.edit(STUDENTS, world.some(STUDENTS), City="Irbid")
        world.tell_channels()
        await world.settled()
        assert await world.dirty() == 1
        assert world.row(STUDENTS, world.some(STUDENTS)) is None
    async with world.serving():
        await until(lambda: world.stands(STUDENTS, world.some(STUDENTS)))


async def test_with_moodle_disabled_changes_are_taken_in_and_wait(world: World) -> None:
    async with world.serving(moodle_enabled=False) as http:
        await set_up(http)
        world.edit(STUDENTS, world.some(STUDENTS), City="Irbid")
        world.tell_channels()
        await world.settled()
        assert await world.dirty() == 1
        assert await world.calls("moodle") == []


async def test_with_moodle_disabled_the_channels_are_kept_alive(world: World) -> None:
    async with world.serving(moodle_enabled=False) as http:
        await set_up(http)
        before = {r.channel_id: r.expires_at for r in await world.links.journal.channels.list()}
        world.clock.advance(13 * 3600)

        async def renewed() -> bool:
            rows = await world.links.journal.channels.list()
            return all(row.expires_at > before[row.channel_id] for row in rows)

        await until(renewed)


async def test_a_stopped_service_leaves_no_lease(world: World) -> None:
    await world.disturb("moodle", {"kind": "latency", "seconds": 0.2})
    async with world.serving():
        await world.notice(STUDENTS, *world.crm.records(STUDENTS))

        async def in_hand() -> bool:
            # Marked past the service: its workers look by themselves every second.
            world.clock.advance(1)
            return bool(await world.calls("moodle"))

        await until(in_hand)
    counts = await world.links.journal.inbox.counts()
    assert (counts.leased, counts.dirty) == (0, 0)
    assert all(world.stands(STUDENTS, i) for i in world.crm.records(STUDENTS))


async def test_an_admin_syncs_one_entity_and_sees_it_done(world: World) -> None:
    async with world.serving() as http:
        answer = await http.post("/api/v1/sync/students", headers=ADMIN)
        assert answer.status_code == 202, answer.text

        async def done() -> bool:
            status = await http.get("/api/v1/admin/full-sync/status", headers=ADMIN)
            return bool(status.json()["state"] == "done")

        await until(done)
    assert all(world.stands(STUDENTS, i) for i in world.crm.records(STUDENTS))


async def test_an_admin_syncs_everything(world: World) -> None:
    async with world.serving() as http:
        answer = await http.post("/api/v1/admin/full-sync", headers=ADMIN)
        assert answer.status_code == 202, answer.text

        def whole() -> bool:
            return all(world.stands(m, i) for m in MODULES for i in world.crm.records(m))

        await until(whole)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/sync/students"),
        ("POST", "/api/v1/admin/full-sync"),
        ("GET", "/api/v1/admin/full-sync/status"),
        ("POST", "/api/v1/admin/setup-zoho-webhooks"),
    ],
)
async def test_no_stranger_administers(world: World, method: str, path: str) -> None:
    async with world.serving() as http:
        answer = await http.request(method, path, headers={"Authorization": "Bearer guessed"})
    assert answer.status_code == 401
    assert await world.calls("crm") == []


async def test_health_tells_a_living_process_and_readiness_both_sides(world: World) -> None:
    async with world.serving() as http:
        assert (await http.get("/health")).status_code == 200
        ready = await http.get("/readyz")
        assert (ready.status_code, set(ready.json()["checks"])) == (
            200,
            {"database", "zoho", "moodle"},
        )
    await world.disturb("moodle", {"kind": "maintenance"})
    async with world.serving() as http:
        assert (await http.get("/health")).status_code == 200
        assert (await http.get("/readyz")).json()["checks"]["moodle"] == "maintenance"


async def test_a_crm_that_gives_no_token_or_is_paused_is_not_ready(world: World) -> None:
    unknown = SecretStr("1000.unknown")
    async with world.serving(with_worker=False, zoho_refresh_token=unknown) as http:
        answer = await http.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {
            "database": "ok",
            "zoho": "token_refused",
            "moodle": "ok",
        }
    await world.links.journal.links.pause("zoho", "credits_spent", world.clock.now() + 60)
    async with world.serving(with_worker=False) as http:
        assert (await http.get("/readyz")).json()["checks"]["zoho"] == "credits_spent"


async def test_health_asks_nobody_and_readiness_costs_no_credit(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        await world.forget_calls("crm")
        await world.forget_calls("moodle")
        assert (await http.get("/health")).status_code == 200
        assert await world.calls("crm") == await world.calls("moodle") == []
        for _ in range(5):
            assert (await http.get("/readyz")).status_code == 200
        assert len(await world.calls("moodle")) == 1
        assert [call["path"] for call in await world.calls("crm")] in ([], ["/oauth/v2/token"])
    assert (await world.links.journal.credits.standing()).spent == 0


async def test_a_token_that_comes_late_is_made_once_however_often_one_asks(world: World) -> None:
    release = anyio.Event()

    async def late(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        if request.url.path == "/oauth/v2/token":
            await release.wait()
        return response

    world.wires.rewrite = late
    async with anyio.create_task_group() as tasks:
        health = HealthEndpoints(
            {"zoho": partial(zoho_ready, world.links, tasks)}, seconds=0.02, stopwatch=Tick()
        )
        app = Starlette(routes=[Route("/readyz", health.ready)])
        wire = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=wire, base_url="http://bridge.test") as http:
            for _ in range(3):
                assert (await http.get("/readyz")).json()["checks"] == {"zoho": "timeout"}
        release.set()
    made = [call for call in await world.calls("crm") if call["path"] == "/oauth/v2/token"]
    assert len(made) == 1


class Tick:
    """A stopwatch by which no answer is kept."""

    def __init__(self) -> None:
        self._at = 0.0

    def __call__(self) -> float:
        self._at += 1000.0
        return self._at


async def test_an_unknown_path_is_not_found(world: World) -> None:
    async with world.serving() as http:
        assert (await http.get("/wp-admin")).status_code == 404


async def test_a_new_consent_is_not_met_with_the_token_of_the_old_one(world: World) -> None:
    await world.links.zoho.records.page(STUDENTS)
    changed = world.settings.model_copy(update={"zoho_refresh_token": SecretStr("1000.unknown")})
    async with open_bridge(changed, clock=world.clock, transport=world.wires) as bridge:
        with pytest.raises(TokenRefused):
            await bridge.links.zoho.records.page(STUDENTS)


async def test_a_service_without_its_settings_does_not_start() -> None:
    app = create_app(Settings.model_validate({"MOODLE_TOKEN": "x"}))
    with pytest.raises(SettingsError) as refused:
        async with app.router.lifespan_context(app):
            pass
    assert {"ZOHO_CLIENT_ID", "MOODLE_BASE_URL"} <= {f.name for f in refused.value.faults}


async def test_a_sync_that_a_killed_service_left_is_gone_on_with_at_the_next_start(
    world: World,
) -> None:
    runs = world.links.journal.runs
    wanted = ["BTEC_Teachers", STUDENTS]
    position = {"mode": "full", "wanted": wanted, "counts": {}, "finished": ["BTEC_Teachers"]}
    run = await runs.start("job", None, owner="killed:1")
    await runs.checkpoint(run.id, position, {})

    async def done() -> bool:
        answer = await http.get(f"/api/v1/admin/full-sync/status?id={run.id}", headers=ADMIN)
        return bool(answer.json()["state"] == "done")

    async with world.serving(with_worker=False) as http:
        await until(done)
    assert all(world.stands(STUDENTS, i) for i in world.crm.records(STUDENTS))
    assert not world.stands("BTEC_Teachers", world.some("BTEC_Teachers"))


async def test_a_bug_where_syncs_are_picked_up_leaves_the_service_going(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(self: object) -> None:
        raise ZeroDivisionError

    async def told() -> bool:
        return "pick-up of syncs died of a bug" in caplog.text

    monkeypatch.setattr(SyncJobs, "_pick_up_once", broken)
    async with world.serving(with_worker=False) as http:
        await until(told)
        assert (await http.get("/health")).status_code == 200
