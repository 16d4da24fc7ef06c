"""Whatever either side answers: nothing crashes, nothing is lost, every rejection can be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from mzi_bridge.pipeline.sync import Mode, sync_module
from tests.support.world import MODULES, Fault, Record, World

TEACHERS = "BTEC_Teachers"
REGISTRATIONS = "BTEC_Registrations"
READS = {TEACHERS: "/crm/v2/BTEC_Teachers", REGISTRATIONS: "/crm/v2/BTEC_Registrations"}
DEEP = "[" * 100_000
HOURS_TO_HEAL = 12


def status(number: int, body: object = "", **more: Any) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"kind": "status", "status": number, "body": text, **more}


def crm_error(number: int, code: str) -> dict[str, Any]:
    return status(number, {"code": code, "details": {}, "message": "x", "status": "error"})


def exception(errorcode: str) -> dict[str, Any]:
    return status(200, {"exception": "moodle_exception", "errorcode": errorcode, "message": "x"})


WIRE: dict[str, Fault] = {
    "dropped before": {"kind": "drop_before"},
    "reply lost": {"kind": "lost_reply"},
    "cut short": {"kind": "truncated"},
    "cut short, declared whole": {"kind": "truncated", "full_length": False},
    "a login page": {"kind": "html"},
    "a maintenance page": {"kind": "maintenance"},
    "an empty 200": {"kind": "empty"},
    "a 500": status(500),
    "a 502 with HTML": status(502, "<html>Bad gateway</html>", content_type="text/html"),
    "a 504 without a body": status(504),
    "a 429": status(429),
    "a 429 with a wild Retry-After": status(429, headers={"Retry-After": "²³"}),
    "a 404": status(404, "<html>Not found</html>"),
    "a 403 with HTML": status(403, "<html>Forbidden</html>"),
    "a redirect": status(302, headers={"Location": "https://elsewhere.test/"}),
    "a number": status(200, "17"),
    "a text": status(200, '"hello"'),
    "null": status(200, "null"),
    "a list": status(200, "[]"),
    "an empty object": status(200, "{}"),
    "not a number": status(200, '{"data": [{"id": NaN}]}'),
    "nested without end": status(200, DEEP),
    "two documents": status(200, "{}{}"),
}
CRM_ONLY: dict[str, Fault] = {
    "data is an object": status(200, {"data": {}}),
    "data is null": status(200, {"data": None}),
    "a record is a number": status(200, {"data": [1], "info": {"more_records": False}}),
    "a record is null": status(200, {"data": [None]}),
    "an error with 200": crm_error(200, "INTERNAL_ERROR"),
    "the token is refused": crm_error(401, "INVALID_TOKEN"),
    "authentication failed": crm_error(401, "AUTHENTICATION_FAILURE"),
    "a scope is missing": crm_error(401, "OAUTH_SCOPE_MISMATCH"),
    "no permission": crm_error(403, "NO_PERMISSION"),
    "an unknown module": crm_error(400, "INVALID_MODULE"),
    "an unknown URL": crm_error(404, "INVALID_URL_PATTERN"),
    "invalid data": crm_error(400, "INVALID_DATA"),
    "an unheard-of code": crm_error(400, "FLUX_CAPACITOR_EMPTY"),
    "a code that is none": status(400, {"code": ["x"], "status": 7}),
}
MOODLE_ONLY: dict[str, Fault] = {
    **{
        word or "an exception without a word": exception(word)
        for word in (
            "invalidtoken",
            "accessexception",
            "nopermissions",
            "requireloginerror",
            "servicerequireslogin",
            "wsaccessusersuspended",
            "wsaccessuserdeleted",
            "wsaccessuserunconfirmed",
            "invalidrecord",
            "invalidparameter",
            "invalidjson",
            "countmismatch",
            "unknownentity",
            "toomanyrecords",
            "sitemaintenance",
            "upgraderunning",
            "dmlreadexception",
            "dmlwriteexception",
            "codingerror",
            "generalexceptionmessage",
            "ex_unabletolock",
            "",
        )
    },
    "an exception that is a list": status(200, {"exception": [], "errorcode": {"a": 1}}),
    "too large": status(413),
    "results without rows": status(200, {"count": 1, "results": []}),
    "results for another row": status(
        200, {"count": 1, "results": [{"index": 9, "id": "1", "action": "updated", "errors": []}]}
    ),
    "an action nobody knows": status(
        200, {"count": 1, "results": [{"index": 0, "id": "1", "action": "eaten", "errors": []}]}
    ),
    "results of the wrong type": status(200, {"count": "x", "results": {"a": 1}}),
}
OAUTH: dict[str, Fault] = {
    **WIRE,
    "an invalid code": status(200, {"error": "invalid_code"}),
    "an invalid client": status(200, {"error": "invalid_client"}),
    "too many tokens": status(400, {"error": "Access Denied", "status": "failure"}),
    "a token without a token": status(200, {"expires_in": 3600}),
    "a token of the wrong type": status(200, {"access_token": 5, "expires_in": "soon"}),
    "a token for elsewhere": status(
        200,
        {"access_token": "1000.a.b", "expires_in": 3600, "api_domain": "https://evil.test"},
    ),
}


async def heal(world: World, side: Any) -> None:
    """The side behaves again and hours go by; what had been given up is tried once more."""
    await world.behave(side)
    for _ in range(HOURS_TO_HEAL):
        await world.work()
        world.clock.advance(3600)
    await world.links.journal.dead.retry()
    await world.work()


async def is_accounted_for(world: World, module: str, record_id: str) -> bool:
    """Waiting with its reason, or a dead letter with one, or a paused link that says why."""
    letters = [x for x in await world.dead() if x.record_id == record_id and x.reason]
    waits = (await world.links.journal.inbox.counts()).by_module.get(module, 0)
    return bool(letters) != bool(waits)


@pytest.mark.parametrize("module", [TEACHERS, REGISTRATIONS])
@pytest.mark.parametrize("name", [*WIRE, *CRM_ONLY])
async def test_no_answer_of_the_crm_loses_a_record(world: World, name: str, module: str) -> None:
    fault, record_id = {**WIRE, **CRM_ONLY}[name], world.some(module)
    await world.disturb("crm", fault, path_prefix=READS[module])
    await world.carry(module, record_id)
    assert await is_accounted_for(world, module, record_id)
    await heal(world, "crm")
    assert world.stands(module, record_id)
    assert await world.dirty() == 0 and await world.dead() == ()


@pytest.mark.parametrize("name", [*WIRE, *MOODLE_ONLY])
async def test_no_answer_of_moodle_loses_a_record(world: World, name: str) -> None:
    fault, teacher = {**WIRE, **MOODLE_ONLY}[name], world.some(TEACHERS)
    await world.disturb("moodle", fault)
    await world.carry(TEACHERS, teacher)
    assert await is_accounted_for(world, TEACHERS, teacher)
    await heal(world, "moodle")
    assert world.stands(TEACHERS, teacher)
    assert await world.dirty() == 0 and await world.dead() == ()


@pytest.mark.parametrize("name", OAUTH)
async def test_no_answer_of_the_accounts_server_loses_a_record(world: World, name: str) -> None:
    teacher = world.some(TEACHERS)
    await world.disturb("crm", OAUTH[name], path_prefix="/oauth/")
    await world.carry(TEACHERS, teacher)
    assert await is_accounted_for(world, TEACHERS, teacher)
    await heal(world, "crm")
    assert world.stands(TEACHERS, teacher)


@pytest.mark.parametrize("name", [*WIRE, *CRM_ONLY])
async def test_no_answer_of_the_crm_makes_a_sync_pass_for_done(world: World, name: str) -> None:
    fault = {**WIRE, **CRM_ONLY}[name]
    await world.disturb("crm", fault, path_prefix=READS[TEACHERS], query_contains="page=")
    try:
        await sync_module(world.links, TEACHERS, Mode.FULL)
    except Exception as error:
        assert getattr(error, "reason", ""), repr(error)
    else:
        pytest.fail("a sync without an answer was done")
    await world.behave("crm")
    world.clock.advance(120)
    await sync_module(world.links, TEACHERS, Mode.FULL)
    assert all(world.stands(TEACHERS, i) for i in world.crm.records(TEACHERS))


@pytest.mark.parametrize("number", [204, 304])
async def test_a_crm_that_shows_nothing_for_a_while_is_made_good_by_the_delta(
    world: World, number: int
) -> None:
    await sync_module(world.links, TEACHERS, Mode.FULL)
    teacher = world.some(TEACHERS)
    world.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0101")
    await world.disturb("crm", status(number), path_prefix=READS[TEACHERS])
    await world.carry(TEACHERS, teacher)
    assert world.stands(TEACHERS, teacher)
    await world.behave("crm")
    world.clock.advance(60)
    await world.work()
    await sync_module(world.links, TEACHERS, Mode.DELTA)
    row = world.row(TEACHERS, teacher)
    assert row is not None and row["phone"] == "+962 6 555 0101"


WRONG: dict[str, Any] = {
    "an object": {"name": {"id": []}},
    "a list": [[1], {"a": 2}],
    "a text": "no such thing",
    "a long text": "ب" * 70_000,
    "a control character": "a\x00b\x1f",
    "half a character": "\ud800",
    "a number": -7.25,
    "a huge number": 10**400,
    "true": True,
    "null": None,
    "nothing": "",
    "an object without an id": {"name": "x"},
    "a list of nulls": [None, None],
}


def only(record_id: str, change: Callable[[Record], Record]) -> Callable[[Record], Record]:
    return lambda record: change(record) if record["id"] == record_id else record


def with_field(record: Record, name: str, value: Any) -> Record:
    return {**record, name: value}


def all_wrong(record: dict[str, Any], value: Any) -> dict[str, Any]:
    kept = ("id", "Modified_Time", "Created_Time")
    return {name: given if name in kept else value for name, given in record.items()}


@pytest.mark.parametrize("module", MODULES)
async def test_a_record_with_every_field_of_the_wrong_type(world: World, module: str) -> None:
    bad, good = world.some(module, 0), world.some(module, 1)
    for name, value in WRONG.items():
        world.rewrite_records(module, only(bad, partial(all_wrong, value=value)))
        await world.carry(module, bad, good)
        assert world.stands(module, good), name
        assert await world.dirty() == 0, name
        letters = await world.dead()
        assert all(
            letter.record_id == bad and letter.reason and letter.message for letter in letters
        )
        assert letters or world.stands(module, bad), name
        assert "no such thing" not in repr(letters) + repr(await world.faults())
        assert {fault.record_id for fault in await world.faults()} <= {bad}


@pytest.mark.parametrize("module", MODULES)
async def test_fields_of_the_wrong_type_can_be_read_one_by_one(world: World, module: str) -> None:
    bad = world.some(module)
    world.rewrite_records(module, lambda record: all_wrong(record, [[1]]))
    await world.carry(module, bad)
    known = {fault.column for fault in await world.faults()}
    for letter in await world.dead():
        known.add(letter.message)
    mapping = world.links.preset.modules[module]
    plain = [c.name for c in mapping.columns if c.name != mapping.key_column and not c.subforms]
    named = " ".join(known)
    takes_all = {c.name for c in mapping.columns if {"constant", "present_map"} & {*c.transforms}}
    assert [c for c in plain if c not in named and c not in takes_all] == []


@pytest.mark.parametrize("module", MODULES)
async def test_a_version_that_is_none_rejects_the_record(world: World, module: str) -> None:
    field = world.links.preset.modules[module].modified_time_field
    assert field is not None
    bad = world.some(module)
    wrong: tuple[Any, ...] = ("soon", 12, {}, True, "2026-13-45T00:00:00Z")
    for value in wrong:
        world.rewrite_records(module, only(bad, partial(with_field, name=field, value=value)))
        await world.carry(module, bad)
        (letter,) = await world.dead()
        assert letter.reason == "projection" and field in letter.message
        assert world.row(module, bad) is None
