from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import force_setattr

from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.pipeline import doctor_moodle
from mzi_bridge.pipeline.batch_size import BatchSize
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.doctor import Check, PublicProbe, examine
from tests.support.world import BRIDGE_URL, MODULES, World, open_world

TEACHERS = "BTEC_Teachers"


async def lines(world: World, public_url: PublicProbe | None = None) -> dict[str, Check]:
    return {check.name: check async for check in examine(world.links, public_url)}


async def line(world: World, name: str) -> tuple[str, str, str]:
    check = (await lines(world))[name]
    return check.state, check.detail, check.fix


def crm_error(status: int, code: str) -> dict[str, Any]:
    body = f'{{"code":"{code}","status":"error","message":"x","details":{{}}}}'
    return {"kind": "status", "status": status, "body": body}


async def answers() -> int:
    return 200


async def test_all_is_well_line_by_line(world: World) -> None:
    await setup(world.links, BRIDGE_URL)
    seen = await lines(world, answers)
    assert [check for check in seen.values() if check.state == "failed"] == []
    assert set(seen) >= {
        "database",
        "zoho token",
        "scope ZohoCRM.modules",
        "scope ZohoCRM.settings",
        "scope ZohoCRM.notifications",
        "scope ZohoCRM.bulk",
        "credits of zoho",
        "modules of zoho",
        "clock of zoho",
        "moodle",
        "moodle token",
        "capability local/mzi:sync",
        "plugin contract",
        "functions",
        "post_max_size",
        "max_input_vars",
        "batch size",
        "clock of moodle",
        "public address",
        *(f"mapping of {module}" for module in MODULES),
        *(f"channel of {module}" for module in MODULES),
        "links",
        "dead letters",
        "alarms",
    }


async def test_every_failing_line_says_how_to_mend_it(world: World) -> None:
    world.site.switches = replace(
        world.site.switches,
        withheld=frozenset({"local_mzi_upsert_grades"}),
        max_input_vars=1000,
        post_max_bytes=1024 * 1024,
    )
    await world.notice("Leads", "1")
    await world.work()

    async def gone() -> int:
        return 502

    bad = [check for check in (await lines(world, gone)).values() if check.state != "ok"]
    assert {check.name for check in bad} >= {
        "functions",
        "max_input_vars",
        "post_max_size",
        "public address",
        "dead letters",
        f"channel of {TEACHERS}",
    }
    assert [check.name for check in bad if not check.fix] == []


async def test_a_refresh_token_that_is_refused(world: World) -> None:
    await world.disturb(
        "crm",
        {"kind": "status", "status": 200, "body": '{"error":"invalid_code"}'},
        path_contains="oauth",
    )
    seen = await lines(world)
    assert seen["zoho token"].state == "failed"
    assert "ZOHO_REFRESH_TOKEN" in seen["zoho token"].fix
    assert not any(name.startswith(("scope", "mapping", "channel")) for name in seen)
    assert seen["moodle"].state == "ok"


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("ZohoCRM.modules", "/crm/v2/BTEC_Students"),
        ("ZohoCRM.settings", "/crm/v2/settings/modules"),
        ("ZohoCRM.notifications", "/crm/v2/actions/watch"),
        ("ZohoCRM.bulk", "/crm/bulk/v2/read"),
    ],
)
async def test_a_scope_that_the_token_lacks(world: World, scope: str, path: str) -> None:
    await world.disturb("crm", crm_error(401, "OAUTH_SCOPE_MISMATCH"), path_prefix=path)
    state, detail, fix = await line(world, f"scope {scope}")
    assert (state, detail) == ("failed", "the token lacks it")
    assert scope in fix


async def test_a_module_that_the_tokens_user_does_not_see(world: World) -> None:
    def hide(path: str, body: Any) -> Any:
        if path.endswith("/settings/modules"):
            body["modules"] = [m for m in body["modules"] if m["api_name"] != TEACHERS]
        return body

    world.rewrite_crm(hide)
    state, detail, fix = await line(world, "modules of zoho")
    assert (state, detail) == ("failed", f"the CRM shows no module {TEACHERS}")
    assert "access" in fix


async def test_a_field_that_the_crm_no_longer_has(world: World) -> None:
    mapping = world.links.preset.modules[TEACHERS]
    column = next(column for column in mapping.columns if column.name == "phone")
    gone = structs.replace(column, paths=("Phone_Numbr",))
    columns = tuple(gone if one is column else one for one in mapping.columns)
    force_setattr(mapping, "columns", columns)
    state, detail, fix = await line(world, f"mapping of {TEACHERS}")
    assert state == "failed" and "Phone_Numbr" in detail
    assert fix.startswith("Did you mean Phone_Number")


@pytest.mark.parametrize(
    ("name", "switches"),
    [
        ("moodle", {"maintenance": True}),
        ("moodle", {"web_services": False}),
        ("moodle token", {"user_suspended": True}),
        ("moodle token", {"service_enabled": False}),
        ("moodle token", {"rest_capability": False}),
        ("capability local/mzi:sync", {"capability": False}),
    ],
)
async def test_moodles_lines_end_at_the_one_that_is_wrong(
    world: World, name: str, switches: dict[str, Any]
) -> None:
    world.site.switches = replace(world.site.switches, **switches)
    seen = await lines(world)
    assert seen[name].state == "failed" and seen[name].fix
    order = ["moodle", "moodle token", "capability local/mzi:sync", "functions"]
    assert [n for n in order if n in seen] == order[: order.index(name) + 1]


async def test_a_wrong_moodle_token(world: World) -> None:
    world.site.token = "another"
    state, detail, fix = await line(world, "moodle token")
    assert state == "failed" and detail.startswith("invalidtoken")
    assert "Make a new token" in fix


async def test_a_plugin_of_another_contract(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_moodle, "CONTRACT_VERSION", 99)
    state, detail, fix = await line(world, "plugin contract")
    assert state == "failed" and "version 1, the bridge 99" in detail and "release" in fix


async def test_a_function_that_the_service_lacks(world: World) -> None:
    world.site.switches = replace(
        world.site.switches, withheld=frozenset({"local_mzi_upsert_grades"})
    )
    state, detail, fix = await line(world, "functions")
    assert (state, detail) == ("failed", "the service lacks local_mzi_upsert_grades")
    assert "Check and mend" in fix


async def test_a_plugin_that_takes_no_photos(tmp_path: Path) -> None:
    lacking = frozenset({"local_mzi_set_photo"})
    for photos, state in ((True, "failed"), (False, "ok")):
        folder = tmp_path / str(photos)
        folder.mkdir()
        async with open_world(folder, photos=photos) as world:
            world.site.switches = replace(world.site.switches, withheld=lacking)
            assert (await line(world, "functions"))[0] == state


async def test_a_batch_larger_than_the_plugin_takes(world: World) -> None:
    force_setattr(world.links, "batches", BatchSize(501))
    state, _, fix = await line(world, "batch size")
    assert state == "failed" and "MZI_BATCH_SIZE" in fix


@pytest.mark.parametrize("side", ["zoho", "moodle"])
async def test_a_clock_that_is_off(world: World, side: str) -> None:
    class Ahead:
        def now(self) -> float:
            return world.clock.now() + 600

        async def sleep(self, seconds: float) -> None:
            raise NotImplementedError

    if side == "moodle":
        world.site.clock = Ahead()
    else:
        world.wires.rewrite = None
        force_setattr(world.links, "clock", Ahead())
    state, detail, fix = await line(world, f"clock of {side}")
    assert state == "warning" and detail[1:3] == "60" and "NTP" in fix


async def test_a_public_address_that_leads_elsewhere(world: World) -> None:
    async def elsewhere() -> int:
        return 404

    check = (await lines(world, elsewhere))["public address"]
    assert (check.state, check.detail) == ("failed", "answered HTTP 404")
    assert "WEBHOOK_BASE_URL" in check.fix


async def test_a_channel_that_ends_soon(world: World) -> None:
    await setup(world.links, BRIDGE_URL)
    world.clock.advance(22.5 * 3600)
    state, detail, fix = await line(world, f"channel of {TEACHERS}")
    assert (state, detail) == ("warning", "ends in 1.4 h")
    assert "mzi serve" in fix


async def test_a_channel_that_was_never_registered(world: World) -> None:
    state, detail, fix = await line(world, f"channel of {TEACHERS}")
    assert (state, detail, fix) == ("failed", "none", "Run mzi channels setup.")


async def test_a_channel_that_zoho_has_dropped(world: World) -> None:
    await setup(world.links, BRIDGE_URL)
    rows = await world.links.journal.channels.list()
    row: ChannelRow = next(row for row in rows if row.module == TEACHERS)
    world.crm_app.state.emulator.channels.drop(row.channel_id)
    state, detail, _ = await line(world, f"channel of {TEACHERS}")
    assert (state, detail) == ("failed", "Zoho no longer has it as it was registered")


async def test_a_paused_link_and_dead_letters_are_told(world: World) -> None:
    await world.notice("Leads", "1")
    await world.work()
    await world.links.journal.links.pause("moodle", "invalidtoken", world.clock.now() + 60)
    seen = await lines(world)
    assert seen["links"].detail == "paused: moodle (invalidtoken)"
    assert (seen["dead letters"].state, seen["dead letters"].detail) == ("warning", "1 open")


async def test_a_crm_that_is_down_fails_lines_not_the_doctor(world: World) -> None:
    await world.disturb("crm", {"kind": "html"})
    seen = await lines(world)
    assert seen["zoho token"].state == "failed"
    await world.behave("crm")
    world.clock.advance(120)
    await lines(world)
    await world.disturb("crm", {"kind": "html"}, path_prefix="/crm/v2/")
    seen = await lines(world)
    assert seen["scope ZohoCRM.modules"].detail.startswith("bad_answer")


async def test_a_standing_alarm_is_a_failed_line_with_its_age(world: World) -> None:
    await world.links.journal.alarms.raise_alarm("channel_gone", TEACHERS, "Zoho lost it.")
    world.clock.advance(5400)
    state, detail, fix = await line(world, f"alarm channel_gone of {TEACHERS}")
    assert (state, detail) == ("failed", "Zoho lost it. (for 1.5 h)")
    assert fix
