"""A log line can be read by a program, leads from a notice to its row, and tells on nobody."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from msgspec.structs import replace
from pydantic import SecretStr

from mzi_bridge.cli import serve
from mzi_bridge.errors import RetryLater
from mzi_bridge.journal.records import event_id
from mzi_bridge.pipeline.accept import (
    ACCEPTED,
    Delivery,
    Notice,
    Operation,
    Source,
    accept_into,
)
from mzi_bridge.settings import Settings
from mzi_bridge.sight.logs import HIDDEN, secrets_of
from tests.support.log_lines import logged
from tests.support.world import ADMIN_TOKEN, World, open_world

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
STUDENTS = "BTEC_Students"
DELIVERY = Delivery("1", STUDENTS, "update", 1, (), None, Source.NOTIFICATION, ACCEPTED)
WAY = ["accepted", "claimed", "read", "delivered", "settled"]
log = logging.getLogger("mzi_bridge.tests")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


def of_now(world: World, record_id: str) -> str:
    return event_id(STUDENTS, record_id, int(world.clock.now() * 1000))


async def test_one_event_id_leads_from_the_notice_to_the_row(world: World) -> None:
    """The notice is taken in by a service that does not work; another process carries it."""
    student = world.some(STUDENTS)
    async with world.serving(with_worker=False) as http:
        await http.post("/api/v1/admin/setup-zoho-webhooks", headers=ADMIN)
        with logged() as lines:
            world.edit(STUDENTS, student, City="Irbid")
            event = of_now(world, student)
            world.tell_channels()
            await world.settled()
            await world.work()
    assert lines.of_event(event) == WAY
    (ended,) = [line for line in lines.all() if line["event"] == "settled"]
    assert ended["outcomes"] == {event: "inserted"}
    assert ended["module"] == STUDENTS
    assert ended["logger"].startswith("mzi_bridge.") and ended["level"] == "info"


async def test_notices_of_one_commit_share_a_line_that_names_each(world: World) -> None:
    students = [world.some(STUDENTS, n) for n in range(3)]
    now = int(world.clock.now() * 1000)
    accept = accept_into(world.links.journal.inbox, {STUDENTS})

    async def take(student: str) -> None:
        notice = Notice(STUDENTS, student, Operation.UPDATE, now, Source.NOTIFICATION, "1")
        await accept([notice], [replace(DELIVERY, ids=(student,))])

    with logged() as lines:
        async with anyio.create_task_group() as tasks:
            for student in students:
                tasks.start_soon(take, student)
    [line] = lines.all()
    assert line["event"] == "accepted" and line["notices"] == 3
    assert line["module"] == STUDENTS
    assert sorted(line["event_ids"]) == sorted(of_now(world, student) for student in students)


async def test_a_record_with_several_notices_carries_the_newest(world: World) -> None:
    student, now = world.some(STUDENTS), world.clock.now()
    events = [event_id(STUDENTS, student, int((now + n) * 1000)) for n in (0, 2, 1)]
    for late in (0, 2, 1):
        await world.notice(STUDENTS, student, at=now + late)
    with logged() as lines:
        await world.work()
    assert lines.of_event(events[1]) == WAY[1:]
    assert lines.of_event(events[0]) == lines.of_event(events[2]) == []


async def test_a_warning_on_the_way_bears_the_event(world: World) -> None:
    student = world.some(STUDENTS)
    world.spoil(STUDENTS, student, Birth_Date="canary-31-02")
    await world.notice(STUDENTS, student)
    with logged() as lines:
        await world.work()
    warned = [line for line in lines.all() if line["level"] == "warning"]
    assert warned and all(of_now(world, student) in line["event_ids"] for line in warned)
    assert "canary" not in lines.getvalue()


def test_what_an_exception_quotes_is_not_told() -> None:
    with logged() as lines:
        try:
            try:
                int("canary")
            except ValueError as error:
                raise RetryLater("The page was broken.", reason="not_json") from error
        except RetryLater:
            log.exception("a bug")
    (line,) = lines.all()
    assert "ValueError\n" in line["exception"] and "test_logs.py" in line["exception"]
    assert "RetryLater: The page was broken." in line["exception"]
    assert "canary" not in line["exception"].replace('int("canary")', "")


def test_what_the_exceptions_of_a_group_quote_is_not_told() -> None:
    quoting = "can" + "ary"
    with logged() as lines:
        try:
            raise ExceptionGroup(quoting, [KeyError(quoting), ValueError(quoting)])
        except ExceptionGroup:
            log.exception("a bug")
    (line,) = lines.all()
    assert "KeyError" in line["exception"] and "ValueError" in line["exception"]
    assert quoting not in lines.getvalue()


@pytest.mark.parametrize("shape", ["json", "console"])
def test_a_secret_of_the_settings_stands_in_no_line(shape: Any) -> None:
    settings = Settings.model_construct(
        admin_token=SecretStr('a"token of thirty\\two characters'),
        webhook_secrets=(SecretStr("one-of-the-secrets"), SecretStr("one-of-the")),
    )
    with logged(shape=shape, secrets=secrets_of(settings)) as lines:
        log.error("refused %s", 'a"token of thirty\\two characters', extra={"client": "x"})
        log.error("by", extra={"key": "one-of-the-secrets"})
    assert lines.getvalue().count(HIDDEN) == 2
    assert "thirty" not in lines.getvalue() and "one-of" not in lines.getvalue()


def test_every_secret_of_the_settings_is_hidden() -> None:
    secret = {name for name, field in Settings.model_fields.items() if "Secret" in str(field)}
    given = {
        name: (SecretStr(f"secret-{name}"),)
        if "tuple" in str(Settings.model_fields[name].annotation)
        else SecretStr(f"secret-{name}")
        for name in secret
    }
    assert len(secret) > 5
    found = secrets_of(Settings.model_construct(**given))  # type: ignore[arg-type]
    assert {f"secret-{name}" for name in secret} <= found


def test_libraries_are_heard_from_warnings_on_at_every_level() -> None:
    with logged("debug") as lines:
        for library in ("httpx2", "httpcore2.http11", "sqlalchemy.engine", "asyncio"):
            logging.getLogger(library).info("canary")
            logging.getLogger(library).warning("told")
        log.debug("heard")
    assert [line["event"] for line in lines.all()] == ["told"] * 4 + ["heard"]


@pytest.mark.parametrize(
    ("shape", "terminal", "is_json"),
    [
        ("auto", False, True),
        ("auto", True, False),
        ("json", True, True),
        ("console", False, False),
    ],
)
def test_people_read_lines_and_programs_read_json(
    shape: Any, terminal: bool, is_json: bool
) -> None:
    with logged(shape=shape, terminal=terminal) as lines:
        log.warning("%d records", 3, extra={"reason": "throttled"})
    if is_json:
        (line,) = lines.all()
        assert (line["event"], line["reason"]) == ("3 records", "throttled")
        assert line["timestamp"].endswith("Z")
    else:
        assert "3 records" in lines.getvalue() and not lines.getvalue().startswith("{")


def test_the_server_writes_no_line_for_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address may hold a token; what is to be told of a request the bridge says itself."""
    given: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: given.update(options))
    monkeypatch.setattr(serve, "load_settings", lambda file: Settings.model_construct())
    monkeypatch.setattr("anyio.run", lambda *given: None)
    monkeypatch.setattr(serve, "create_app", lambda settings, with_worker: None)
    with logged():
        serve.serve(env_file=Path("none"))
    assert given["access_log"] is False and given["log_config"] is None
