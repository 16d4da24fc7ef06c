"""The extension API on a whole bridge: what Moodle's pages of the office use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from mzi_bridge.journal.api_keys import Scope
from mzi_bridge.journal.audit import AuditFilter
from tests.support.eventually import until
from tests.support.problems import refusal
from tests.support.world import ADMIN_TOKEN, MODULES, MOODLE_URL, World, open_world

ADMIN = {"X-Admin-Token": ADMIN_TOKEN}
EXTENSION = "/api/v1/extension"
STUDENTS = "BTEC_Students"
SECRET = "a-workflow-secret-of-20"
CONNECTIONS = (
    "ZOHO_CLIENT_ID",
    "ZOHO_CLIENT_SECRET",
    "ZOHO_REFRESH_TOKEN",
    "MOODLE_BASE_URL",
    "MOODLE_TOKEN",
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


async def get(http: httpx2.AsyncClient, path: str, **params: Any) -> Any:
    answer = await http.get(EXTENSION + path, params=params, headers=ADMIN)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def key(http: httpx2.AsyncClient, *scopes: str) -> dict[str, str]:
    wanted = {"name": "plugin", "scopes": list(scopes)}
    made = await http.post("/api/v1/admin/keys", json=wanted, headers=ADMIN)
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['key']}"}


async def rows(world: World) -> Sequence[tuple[str, str, str, str]]:
    found = await world.engine.journal.audit.list(AuditFilter())
    return [(row.actor, row.action, row.target, row.outcome) for row in found]


async def test_the_state_tells_how_the_bridge_is(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        fresh = await get(http, "/state")
        assert fresh["connected"] is True and fresh["trouble"] is None
        assert fresh["links"] == [
            {"link": side, "state": "ok", "reason": "", "until": None}
            for side in ("zoho", "moodle")
        ]
        assert (fresh["waiting"], fresh["oldest_waiting_seconds"]) == (0, None)
        assert (fresh["last_sync"], fresh["drift"], fresh["last_poll_at"]) == ({}, None, None)
        await world.notice(STUDENTS, world.some(STUDENTS))
        await world.links.journal.links.pause("moodle", "maintenance", world.clock.now() + 60)
        await world.links.journal.alarms.raise_alarm("brake", STUDENTS, "Held.")
        world.clock.advance(30)
        state = await get(http, "/state")
    assert (state["waiting"], state["oldest_waiting_seconds"]) == (1, 30.0)
    assert state["links"][1]["state"] == "paused"
    assert (state["links"][1]["reason"], state["links"][1]["until"]) == (
        "maintenance",
        world.clock.now() + 30,
    )
    (alarm,) = state["alarms"]
    assert alarm.keys() == {"kind", "subject", "since", "message"}
    assert state["credits"]["daily"] == 50_000


async def test_a_sync_stands_in_history_and_state_and_can_be_turned_over(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        opened = await key(http, "sync", "read")
        begun = await http.post("/api/v1/sync/students?mode=full", headers=opened)
        assert begun.status_code == 202, begun.text

        async def done() -> bool:
            runs = (await get(http, "/sync-history", kind="job"))["runs"]
            return bool(runs[0]["state"] == "done")

        await until(done)
        (run,) = (await get(http, "/sync-history", kind="job"))["runs"]
        assert (run["id"], run["modules"], run["mode"]) == (begun.json()["id"], [STUDENTS], "full")
        assert sum(run["counts"].values()) == len(world.crm.records(STUDENTS))
        everything = (await get(http, "/sync-history"))["runs"]
        ids = [one["id"] for one in everything]
        assert ids == sorted(ids, reverse=True) and {"job", "full"} == {
            one["kind"] for one in everything
        }
        assert (await get(http, "/sync-history", before=min(ids)))["runs"] == []
        assert [r["id"] for r in (await get(http, "/sync-history", limit=1))["runs"]] == ids[:1]
        last = (await get(http, "/state"))["last_sync"]
        assert last.keys() == {"students"}
        assert (last["students"]["mode"], last["students"]["state"]) == ("full", "done")
        assert ("api key plugin #1", "sync_started", "students", "done") in await rows(world)


async def test_a_sync_that_ended_cannot_be_held_up(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        assert refusal(await http.post(f"{EXTENSION}/syncs/7/pause", headers=ADMIN)) == (
            404,
            "no_such_sync",
        )
        begun = await http.post("/api/v1/sync/students", headers=ADMIN)
        number = begun.json()["id"]

        async def done() -> bool:
            return bool((await get(http, "/sync-history", kind="job"))["runs"][0]["finished_at"])

        await until(done)
        for word, reason in (("pause", "sync_not_running"), ("resume", "sync_not_paused")):
            answer = await http.post(f"{EXTENSION}/syncs/{number}/{word}", headers=ADMIN)
            assert refusal(answer) == (409, reason)
        assert ("admin token", "sync_paused", str(number), "sync_not_running") in await rows(world)


async def test_a_sync_is_paused_and_cancelled_over_http(world: World) -> None:
    await world.disturb("crm", {"kind": "latency", "seconds": 0.05})
    async with world.serving(with_worker=False) as http:
        number = (await http.post("/api/v1/admin/full-sync", headers=ADMIN)).json()["id"]
        paused = await http.post(f"{EXTENSION}/syncs/{number}/pause", headers=ADMIN)
        assert (paused.status_code, paused.json()["state"]) == (202, "paused"), paused.text
        resumed = await http.post(f"{EXTENSION}/syncs/{number}/resume", headers=ADMIN)
        assert (resumed.status_code, resumed.json()["state"]) == (202, "running")
        ended = await http.post(f"{EXTENSION}/syncs/{number}/cancel", headers=ADMIN)
        assert (ended.status_code, ended.json()["state"]) == (202, "cancelled")


async def test_settings_are_read_without_secrets_changed_and_taken_back(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        reader, writer = await key(http, "settings:read"), await key(http, "settings:write")
        answer = await http.get(f"{EXTENSION}/settings", headers=reader)
        shown = {one["name"]: one for one in answer.json()["settings"]}
        token = shown["MOODLE_TOKEN"]
        assert (token["secret"], token["set"], token["value"]) == (True, True, None)
        assert "canary" not in answer.text
        assert shown["MZI_BATCH_SIZE"]["source"] == "default"
        wanted = {"values": {"MZI_POLL_SECONDS": "600"}}
        forbidden = await http.put(f"{EXTENSION}/settings", json=wanted, headers=reader)
        assert refusal(forbidden) == (403, "scope_missing")
        changed = await http.put(f"{EXTENSION}/settings", json=wanted, headers=writer)
        assert changed.status_code == 200, changed.text
        now = {one["name"]: one for one in changed.json()["settings"]}["MZI_POLL_SECONDS"]
        assert (now["value"], now["source"], now["editable"]) == ("600", "stored", True)
        assert ("api key plugin #2", "settings_changed", "MZI_POLL_SECONDS", "done") in await rows(
            world
        )
        back = {"values": {"MZI_POLL_SECONDS": None}}
        taken = await http.put(f"{EXTENSION}/settings", json=back, headers=writer)
        again = {one["name"]: one for one in taken.json()["settings"]}["MZI_POLL_SECONDS"]
        assert again["source"] == "default"


async def test_every_fault_of_settings_is_named_and_nothing_is_stored(world: World) -> None:
    wanted = {"values": {"MZI_BATCH_SIZE": "0", "MZI_NOTHING": "1", "ADMIN_TOKEN": "x"}}
    async with world.serving(with_worker=False) as http:
        answer = await http.put(f"{EXTENSION}/settings", json=wanted, headers=ADMIN)
        assert refusal(answer) == (422, "settings")
        faults = answer.json()["faults"]
        assert {fault["name"] for fault in faults} <= wanted["values"].keys()
        assert len(faults) >= 2 and all(fault["problem"] for fault in faults)
        assert answer.json()["options"] == [fault["name"] for fault in faults]
        assert await world.engine.journal.settings.all() == {}


async def test_modules_of_both_sides_are_listed(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        found = await get(http, "/modules")
        assert [one["module"] for one in found["modules"]] == list(world.links.preset.modules)
        student = found["modules"][[m["module"] for m in found["modules"]].index(STUDENTS)]
        assert student["entity"] == "students" and student["columns"] > 10
        assert {"api_name", "label"} == found["crm_modules"][0].keys()
        assert set(MODULES) <= {one["api_name"] for one in found["crm_modules"]}
        await world.disturb("crm", {"kind": "maintenance"})
        alone = await get(http, "/modules")
    assert alone["crm_modules"] == [] and alone["trouble"]["error"]
    assert alone["modules"] == found["modules"]


async def test_a_mapping_is_seen_with_both_ends_and_saved_as_a_version(world: World) -> None:
    path = f"{EXTENSION}/field-mappings/{STUDENTS}"
    async with world.serving(with_worker=False) as http:
        opened = await key(http, "read", "mappings:write")
        seen = (await http.get(path, headers=opened)).json()
        assert (seen["module"], seen["entity"], seen["version"]) == (STUDENTS, "students", None)
        assert seen["table"]["columns"]["city"] == "City"
        assert {"name": "city", "type": "text", "length": 255} not in seen["fields"]
        fields = {one["api_name"]: one for one in seen["fields"]}
        assert fields["City"]["subform"] is False
        transforms = {one["name"]: one for one in seen["transforms"]}
        assert "lookup" in transforms["lookup_id"]["from"]
        assert transforms["concat"] == {"name": "concat", "from": ["any"], "options": ["separator"]}
        table = {**seen["table"], "columns": {**seen["table"]["columns"]}}
        table["columns"]["city"] = "No_Such_Field"
        dry = {"table": table, "base_version": None, "dry_run": True}
        looked = await http.put(path, json=dry, headers=opened)
        assert looked.status_code == 200
        assert "columns.city" in [one["key"] for one in looked.json()["findings"]]
        refused = await http.put(path, json={**dry, "dry_run": False}, headers=opened)
        assert refusal(refused) == (422, "mapping_invalid")
        (finding,) = refused.json()["findings"]
        assert (finding["severity"], finding["key"]) == ("error", "columns.city")
        del table["columns"]["city"]
        saved = await http.put(path, json={"table": table, "note": "no city"}, headers=opened)
        assert (saved.status_code, saved.json()["version"]) == (200, 1), saved.text
        late = await http.put(path, json={"table": table}, headers=opened)
        assert refusal(late) == (409, "mapping_changed")
        (version,) = await world.engine.journal.mappings.list()
        assert (version.author, version.note) == ("api key plugin #1", "no city")
        assert ("api key plugin #1", "mapping_saved", STUDENTS, "mapping_changed") in await rows(
            world
        )


async def test_a_module_that_is_not_mapped_has_no_mapping(world: World) -> None:
    path = f"{EXTENSION}/field-mappings/No_Such"
    async with world.serving(with_worker=False) as http:
        assert refusal(await http.get(path, headers=ADMIN)) == (404, "module_not_mapped")
        empty = await http.put(path, json={"table": {}}, headers=ADMIN)
        assert refusal(empty) == (422, "mapping_invalid")
        assert "entity" in [one["key"] for one in empty.json()["findings"]]
        assert await world.engine.journal.mappings.list() == ()


@pytest.mark.parametrize(
    ("site", "same"), [(MOODLE_URL, True), (MOODLE_URL + "/", True), ("https://other.test", False)]
)
async def test_a_ping_tells_whether_moodle_is_reached_and_is_who_asks(
    world: World, site: str, same: bool
) -> None:
    world.site.base_url = MOODLE_URL
    async with world.serving(with_worker=False) as http:
        answer = await http.post(f"{EXTENSION}/ping", json={"site": site}, headers=ADMIN)
        assert answer.status_code == 200, answer.text
        assert answer.json()["moodle"] == {
            "reached": True,
            "error": None,
            "message": None,
            "fix": None,
            "site": MOODLE_URL,
            "same_site": same,
        }
        await world.disturb("moodle", {"kind": "maintenance"})
        told = (await http.post(f"{EXTENSION}/ping", json={"site": site}, headers=ADMIN)).json()
    assert told["moodle"]["reached"] is False and told["moodle"]["fix"]
    assert told["moodle"]["same_site"] is False


async def test_a_comparison_is_asked_for_and_its_drift_told(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        begun = await http.post(f"{EXTENSION}/reconcile", json={"repair": True}, headers=ADMIN)
        assert begun.status_code == 202, begun.text
        assert (begun.json()["kind"], begun.json()["state"]) == ("reconcile", "running")
        twice = await http.post(f"{EXTENSION}/reconcile", headers=ADMIN)
        assert refusal(twice) == (409, "reconcile_running")

        async def done() -> bool:
            return (await get(http, "/state"))["drift"] is not None

        await until(done)
        drift = (await get(http, "/state"))["drift"]
        assert (drift["agrees"], drift["counts"], drift["modules"]) == (True, {}, {})
        one = {"module": "students"}
        again = await http.post(f"{EXTENSION}/reconcile", json=one, headers=ADMIN)
        assert (again.status_code, again.json()["modules"]) == (202, [STUDENTS])
        wrong = await http.post(f"{EXTENSION}/reconcile?module=nothing", headers=ADMIN)
        assert refusal(wrong) == (404, "module_not_mapped")


async def test_without_a_bridge_at_work_it_still_tells_what_it_can(world: World) -> None:
    async with world.serving(with_worker=False, without=CONNECTIONS) as http:
        state = await get(http, "/state")
        assert state["connected"] is False and state["trouble"]["error"]
        assert (await get(http, "/sync-history"))["runs"] == []
        found = await get(http, "/modules")
        assert found["modules"] and found["trouble"]["error"] == "not_connected"
        seen = await get(http, f"/field-mappings/{STUDENTS}")
        assert seen["trouble"]["error"] == "not_connected" and seen["table"]["columns"]
        assert (await get(http, "/settings"))["settings"]
        ping = await http.post(f"{EXTENSION}/ping", json={"site": MOODLE_URL}, headers=ADMIN)
        assert ping.json()["moodle"]["error"] == "not_connected"
        for path in ("/reconcile", "/syncs/1/pause"):
            answer = await http.post(EXTENSION + path, headers=ADMIN)
            assert refusal(answer) == (503, "not_connected")


async def test_a_revoked_key_opens_nothing_more(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        opened = await key(http, *(scope.value for scope in Scope))
        assert (await http.get(f"{EXTENSION}/state", headers=opened)).status_code == 200
        listed = (await http.get("/api/v1/admin/keys", headers=ADMIN)).json()["keys"]
        assert listed[0]["last_used_at"] == world.clock.now() and "key" not in listed[0]
        gone = await http.delete(f"/api/v1/admin/keys/{listed[0]['id']}", headers=ADMIN)
        assert gone.status_code == 200 and gone.json()["revoked_at"]
        refused = await http.get(f"{EXTENSION}/state", headers=opened)
        assert refusal(refused) == (401, "unauthorized")
        again = await http.delete(f"/api/v1/admin/keys/{listed[0]['id']}", headers=ADMIN)
        assert refusal(again) == (404, "no_such_key")
        assert (await http.get("/api/v1/admin/keys", headers=ADMIN)).json()["keys"] == []


async def test_no_key_makes_keys(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        opened = await key(http, *(scope.value for scope in Scope))
        wanted = {"name": "more", "scopes": ["read"]}
        made = await http.post("/api/v1/admin/keys", json=wanted, headers=opened)
        assert refusal(made) == (403, "scope_missing")


async def test_a_server_that_is_called_too_often_says_so_by_the_settings(world: World) -> None:
    async with world.serving(with_worker=False, api_rate=2) as http:
        answers = [(await http.get(f"{EXTENSION}/state", headers=ADMIN)) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].headers["retry-after"] == "30"


async def test_unproven_notices_are_slowed_down_and_proven_ones_are_not(world: World) -> None:
    body = {"zoho_id": world.some(STUDENTS)}
    path = "/api/v1/webhooks/student-dashboard/student_updated"
    async with world.serving(
        with_worker=False, auth_failures=2, webhook_secrets=(SecretStr(SECRET),)
    ) as http:
        wrong = [await http.post(path, json=body, headers={"X-MZI-Token": "x"}) for _ in range(3)]
        assert [answer.status_code for answer in wrong] == [401, 401, 429]
        assert refusal(wrong[2]) == (429, "too_many_failures")
        right = {"X-MZI-Token": SECRET}
        for _ in range(10):
            assert (await http.post(path, json=body, headers=right)).status_code == 202
