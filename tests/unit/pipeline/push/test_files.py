"""Files of requests: each once at its record, whatever breaks on the way."""

from __future__ import annotations

import hashlib

import pytest

from mzi_bridge.sandbox.zoho.attach import attach
from mzi_bridge.sandbox.zoho.files import FILE_LIMIT
from tests.support.asked import REQUESTS, ask, known_as, records, step
from tests.support.told import dead, pushed
from tests.support.world import World

FETCH = "local_mzi_get_request_file"
PAPER = ("paper.pdf", b"%PDF-1.7 one")
OTHER = ("other.pdf", b"%PDF-1.7 two")


def digest(file: tuple[str, bytes]) -> str:
    return hashlib.sha1(file[1], usedforsecurity=False).hexdigest()


def kept(world: World, mark: str) -> list[tuple[str, bytes]]:
    """Names and contents at the request's one record."""
    (record,) = records(world, mark)
    return [(file.file_name, file.content) for file in record.attachments.values()]


async def test_each_file_arrives_under_a_name_that_tells_its_request(world: World) -> None:
    mark = await ask(world, files=[PAPER, OTHER])
    await pushed(world)
    first, second = kept(world, mark)
    assert (first[1], second[1]) == (PAPER[1], OTHER[1])
    assert first[0].startswith(f"{mark}-") and first[0].endswith("-paper.pdf")
    assert await dead(world) == []


@pytest.mark.parametrize("kind", ["drop_before", "lost_reply"])
async def test_an_upload_without_an_answer_is_looked_for_first(world: World, kind: str) -> None:
    mark = await ask(world, files=[PAPER, OTHER])
    await world.disturb("crm", {"kind": kind}, times=1, method="POST", path_contains="Attachments")
    await pushed(world)
    assert known_as(world, mark)
    await world.forget_calls("crm")
    world.clock.advance(60)
    await pushed(world)
    assert await world.calls("crm") == []
    await step(world)
    assert sorted(content for _, content in kept(world, mark)) == [PAPER[1], OTHER[1]]


async def test_a_file_far_down_a_long_list_is_not_sent_again(world: World) -> None:
    mark = await ask(world, files=[PAPER, OTHER])
    await world.disturb("moodle", {"kind": "drop_before"}, times=1, body_contains=digest(OTHER))
    await pushed(world)
    (record,) = records(world, mark)
    for number in range(250):
        attach(world.crm, record, f"office {number}.pdf", b"x")
    await step(world)
    assert len(kept(world, mark)) == 252


async def test_a_file_that_the_crm_refuses_is_told_and_the_others_arrive(world: World) -> None:
    mark = await ask(world, files=[("empty.pdf", b""), PAPER])
    await pushed(world)
    assert [content for _, content in kept(world, mark)] == [PAPER[1]]
    (letter,) = await dead(world)
    assert (letter.record_key, letter.reason) == (mark, "file_refused")
    assert known_as(world, mark) and "empty" not in letter.message


async def test_a_file_over_the_limit_is_told(world: World) -> None:
    mark = await ask(world, files=[("large.pdf", bytes(FILE_LIMIT + 1)), PAPER])
    await pushed(world)
    assert [content for _, content in kept(world, mark)] == [PAPER[1]]
    assert [letter.reason for letter in await dead(world)] == ["file_refused"]


async def test_a_file_that_moodle_has_no_more_pauses_nothing(world: World) -> None:
    mark = await ask(world, files=[PAPER])
    world.site.requests[mark].files.clear()
    await pushed(world)
    (letter,) = await dead(world)
    assert (letter.reason, "file_gone" in letter.message) == ("file_refused", True)
    assert await world.links.journal.links.all() == {}


async def test_a_plugin_without_the_function_pauses_requests_and_loses_none(world: World) -> None:
    mark = await ask(world, files=[PAPER])
    fetch = world.site.contract.functions.pop(FETCH)
    await pushed(world)
    assert await dead(world) == [] and await world.links.journal.links.all() != {}
    world.site.contract.functions[FETCH] = fetch
    await step(world)
    assert [content for _, content in kept(world, mark)] == [PAPER[1]]


async def test_a_retry_after_a_refused_file_doubles_nothing(world: World) -> None:
    mark = await ask(world, files=[PAPER, OTHER])
    digest = next(iter(world.site.requests[mark].files))
    gone = world.site.requests[mark].files.pop(digest)
    await pushed(world)
    assert len(kept(world, mark)) == 1
    world.site.requests[mark].files[digest] = gone
    assert await world.links.journal.pushes.retry("request", mark) == 1
    await pushed(world)
    assert len(kept(world, mark)) == 2 and await dead(world) == []


async def test_names_that_no_header_takes_are_made_fit(world: World) -> None:
    mark = await ask(world, files=[('a/"b"\r\n' + "x" * 200 + ".pdf", PAPER[1])])
    await pushed(world)
    ((name, _),) = kept(world, mark)
    assert name.endswith("xx.pdf") and len(name) < 130 and not set('/"\r\n') & set(name)


async def test_a_record_that_the_office_deleted_meanwhile_is_told(world: World) -> None:
    mark = await ask(world, files=[PAPER])
    await world.disturb("moodle", {"kind": "drop_before"}, times=1, body_contains=FETCH)
    await pushed(world)
    world.crm.delete(REQUESTS, records(world, mark)[0].id)
    await step(world)
    assert [letter.reason for letter in await dead(world)] == ["file_refused"]
    assert records(world, mark) == []
