"""No value of a record and no secret stands in a log line, a metric or the journal.

A canary is planted in every field of every module, in Moodle's events, in what both sides answer
when they fail, in what a stranger sends, and in every secret of the settings; then the whole chain
runs, with debug lines on. Cassettes have a canary test of their own (`tests/unit/cassettes`).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from mzi_bridge.sandbox.moodle.events import EventSender, envelope
from mzi_bridge.settings import Settings
from mzi_bridge.sight.logs import secrets_of
from tests.support.console import COOKIE, OWN
from tests.support.eventually import until
from tests.support.log_lines import logged
from tests.support.scrapes import scrape
from tests.support.told import graded, outcome, pushed
from tests.support.world import ADMIN_TOKEN, BRIDGE_URL, MODULES, World, open_world

CANARY = "zq7canary"
ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
KEY = "whsec_" + base64.b64encode(b"zq7-the-key-of-a-signature-00001").decode()
SECRETS: dict[str, Any] = {
    "event_secrets": (SecretStr(KEY),),
    "event_tokens": (SecretStr("zq7-event-token-0123456789"),),
    "webhook_secrets": (SecretStr("zq7-webhook-secret-0123456789"),),
    "signature_secrets": (SecretStr("zq7-signature-secret-0123456789"),),
    "oidc_client_secret": SecretStr("zq7-oidc-client-secret-0123456789"),
}
ID = re.compile(r"\d{12,}")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
CRM_REFUSES = {
    "data": [{"code": "INVALID_DATA", "status": "error", "message": CANARY, "details": {CANARY: 1}}]
}
MOODLE_REFUSES = {"exception": "x", "errorcode": "invalidparameter", "message": CANARY}
MOODLE_BREAKS = {"exception": CANARY, "errorcode": f"{CANARY} {CANARY}", "message": CANARY}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, students=4) as world:
        yield world


def planted(value: Any, *, everywhere: bool) -> Any:
    """A canary in the place of each value; `everywhere`: too long, and where no text may stand."""
    if isinstance(value, list):
        return [planted(one, everywhere=everywhere) for one in value]
    if isinstance(value, dict):
        return {name: planted(one, everywhere=everywhere) for name, one in value.items()}
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    if isinstance(value, str) and "@" in value:
        return f"{CANARY}@example.org"
    if everywhere:
        return f"{CANARY} " * 40
    return value if isinstance(value, str) and DATE.match(value) else _as_text(value)


def _as_text(value: Any) -> Any:
    return CANARY if value is None or isinstance(value, str) else value


def plant(world: World, module: str) -> list[str]:
    """In one record wherever a text may stand, in another everywhere."""
    ids = sorted(world.crm.records(module))[-2:]
    for record_id, everywhere in zip(ids, (False, True), strict=False):
        values = world.crm.records(module)[record_id].values
        world.spoil(
            module, record_id, **{n: planted(v, everywhere=everywhere) for n, v in values.items()}
        )
        world.edit(module, record_id)
    return ids


class Overheard:
    """Secrets that are made while the chain runs: tokens of the CRM and of its channels."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()

    async def __call__(self, request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        given = request.headers.get("authorization", "").split()
        self.secrets.update(given[1:])
        if request.url.path.endswith("/actions/watch") and request.method == "POST":
            watched = json.loads(await request.aread())["watch"]
            self.secrets.update(str(one["token"]) for one in watched)
        return response


async def strangers(http: httpx2.AsyncClient) -> None:
    """What is refused, and quotes canaries in every place."""
    forged = {"module": CANARY, "ids": [CANARY], "operation": CANARY, "token": CANARY}
    paths = ("zoho", "student-dashboard/student_updated", f"student-dashboard/{CANARY}")
    for path in paths:
        address = f"/api/v1/webhooks/{path}?token={CANARY}"
        for body in (forged, {**forged, "channel_id": CANARY, "operation": "update"}, [CANARY]):
            await http.post(address, json=body, headers={"X-MZI-Token": CANARY})
        await http.post(address, content=f"{CANARY}\xff".encode("latin-1"))
    await http.post("/api/v1/events/moodle/batch", json=forged, headers={"X-Moodle-Token": CANARY})
    for path in ("/api/v1/admin/held", "/metrics", f"/{CANARY}?q={CANARY}"):
        bad = {"Authorization": f"Bearer {CANARY}", "X-Forwarded-For": "203.0.113.9"}
        await http.get(path, headers=bad)


async def in_the_console(world: World, http: httpx2.AsyncClient, dead: int) -> set[str]:
    """Signs in, once wrongly, and looks at what holds records; the session's own secret."""
    for token in (f"{CANARY} {CANARY} {CANARY} {CANARY}", ADMIN_TOKEN):
        await http.post("/admin/sign-in", data={"token": token}, headers=OWN)
    session = http.cookies.get(COOKIE)
    assert session is not None
    await http.post("/admin/records/search", data={"wanted": CANARY}, headers=OWN)
    for module in MODULES:
        answer = await http.get(f"/admin/records/{module}/{world.some(module, -1)}")
        assert answer.status_code == 200
    assert dead and (await http.get("/admin/dead")).status_code == 200
    return {session}


async def faults(world: World) -> None:
    """Both sides fail in every manner, and say canaries while they do."""
    said = [
        ("moodle", MOODLE_REFUSES),
        ("moodle", MOODLE_BREAKS),
        ("crm", CRM_REFUSES),
        ("crm", {"code": CANARY, "message": CANARY, "details": {"api_name": CANARY}}),
    ]
    student = world.some("BTEC_Students", -2)
    for side, body in said:
        for status in (200, 400, 500) if side == "crm" else (200, 500):
            fault = {"kind": "status", "status": status, "body": json.dumps(body)}
            await world.disturb(side, fault, times=3)  # type: ignore[arg-type]
            await world.carry("BTEC_Students", student)
            await world.behave(side)  # type: ignore[arg-type]
            await recovered(world)
    for side in ("crm", "moodle"):
        for kind in ("html", "lost_reply", "truncated", "drop_before", "maintenance"):
            await world.disturb(side, {"kind": kind}, times=2)  # type: ignore[arg-type]
            await world.carry("BTEC_Students", student)
            await world.behave(side)  # type: ignore[arg-type]
            await recovered(world)


async def recovered(world: World) -> None:
    for _ in range(3):
        world.clock.advance(3 * 3600)
        await world.work()


async def events(world: World, http: httpx2.AsyncClient) -> None:
    """One that the CRM takes, one that it does not, one that nobody reads."""
    facts = graded(world, feedback=CANARY, itemname=CANARY, grader=CANARY)
    facts["outcomes"] = [outcome("P1", title=CANARY, identification=CANARY)]
    sound = envelope("user_graded", facts, at=world.clock.now())
    dying = envelope(
        "user_graded",
        graded(world, attempt=2, feedback=CANARY, crm={"student_id": "999"}),
        at=world.clock.now(),
    )
    strange = envelope("user_graded", {CANARY: CANARY}, at=world.clock.now(), tenant="default")
    profile = envelope("user_updated", {"userid": 1, "email": CANARY}, at=world.clock.now())
    sent = [sound, dying, strange, profile]
    await EventSender(BRIDGE_URL, [KEY]).post(http, sent, world.clock.now())
    await pushed(world)


def on_disk(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()


def told_in(places: Mapping[str, bytes], secrets: set[str]) -> list[tuple[str, str]]:
    """Where a canary or a secret stands; how a secret begins says which."""
    found = [(name, CANARY) for name, text in places.items() if CANARY.encode() in text.lower()]
    return found + [
        (name, secret[:12])
        for name, text in places.items()
        for secret in secrets
        if secret.encode() in text
    ]


async def test_no_value_and_no_secret_is_told_anywhere(world: World, tmp_path: Path) -> None:
    # The lines themselves must be clean: nothing is taken out of them after the fact.
    with logged("debug") as lines:
        secrets, text = await whole_chain(world)
    given = lines_of(lines.getvalue())
    places = {"log": lines.getvalue().encode(), "metrics": text, **dict(on_disk(tmp_path))}
    assert given["settled"] and given["claimed"] and given["accepted"]
    assert len(secrets) >= 12
    assert told_in(places, secrets) == []


async def whole_chain(world: World) -> tuple[set[str], bytes]:
    """All secrets there were, and the last scrape."""
    overheard = Overheard()
    world.wires.rewrite = overheard
    async with world.serving(push_linger=0.0, **SECRETS) as http:
        await http.post("/api/v1/admin/setup-zoho-webhooks", headers=ADMIN)
        await strangers(http)
        carried = {module: plant(world, module) for module in MODULES}
        world.tell_channels()
        await world.settled()

        async def clean() -> bool:
            return await world.dirty() == 0

        await until(clean)
        assert any(world.stands(module, ids[0]) for module, ids in carried.items())
        dead = len(await world.dead())
        await events(world, http)
        sessions = await in_the_console(world, http, dead)
        seen = await scrape(http)
        assert seen.value("mzi_dead_letters") == dead > 0
        text = (await http.get("/metrics")).content
    await faults(world)
    await world.links.journal.activity.flush()
    of_settings = secrets_of(world.settings.model_copy(update=SECRETS))
    # The address of a SQLite file is a setting that may hold a password, and holds none.
    of_settings -= {world.settings.database_url.get_secret_value()}
    return {*of_settings, *overheard.secrets, *sessions}, text


def lines_of(text: str) -> dict[str, int]:
    """How often each thing was said."""
    said: dict[str, int] = {}
    for line in text.splitlines():
        event = json.loads(line)["event"]
        said[event] = said.get(event, 0) + 1
    return said


def test_every_secret_setting_has_a_canary() -> None:
    """The others are given by the world itself."""
    given = {"secret_keys", "zoho_client_secret", "zoho_refresh_token", "moodle_token"}
    given |= {"admin_token", "database_url"}
    secret = {name for name, field in Settings.model_fields.items() if "Secret" in str(field)}
    assert secret == given | SECRETS.keys()
