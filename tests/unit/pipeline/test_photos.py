"""Photos beside rows: fetched when they changed, never at a row's expense."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from msgspec.structs import replace

from mzi_bridge.errors import RetryLater
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.mapping.shipped import find_preset
from mzi_bridge.pipeline import process
from mzi_bridge.pipeline.photo_carry import BATCH
from mzi_bridge.pipeline.photo_look import MOST_BYTES
from mzi_bridge.pipeline.photo_rounds import every_photo, one_round
from mzi_bridge.pipeline.photos import photo_key
from mzi_bridge.pipeline.sync import Mode, sync_module
from mzi_bridge.pipeline.worker import Worker, drain
from mzi_bridge.sandbox.sample.pictures import png, portrait
from mzi_bridge.sandbox.zoho.attach import attach
from mzi_bridge.sandbox.zoho.record import Attachment
from tests.support.world import World, open_world

STUDENTS = "BTEC_Students"
PHOTOS = photo_key(STUDENTS)
SET_PHOTO = "local_mzi_set_photo"
DAY = 86_400.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, photos=True) as world:
        yield world


def put(
    world: World, student: str, image: bytes, name: str = "Personal_photo.png", **more: Any
) -> Attachment:
    """Attaches a file a second later; nothing tells of it."""
    world.clock.advance(1)
    return attach(world.crm, world.crm.records(STUDENTS)[student], name, image, **more)


def stored(world: World, student: str) -> bytes | None:
    photo = world.site.photos.get(student)
    return photo.image if photo is not None else None


async def crm_calls(world: World) -> list[str]:
    """The calls for files since they were last forgotten: what comes behind the record's id."""
    paths = [call["path"].split("/") for call in await world.calls("crm")]
    return ["/".join(path[5:6]) + ("/…" if path[6:] else "") for path in paths if path[5:]]


async def moodle_calls(world: World) -> list[str]:
    return [call["label"] for call in await world.calls("moodle")]


async def forget(world: World) -> None:
    await world.forget_calls("crm")
    await world.forget_calls("moodle")


async def patience(world: World, seconds: float = 60.0, times: int = 1) -> None:
    for _ in range(times):
        world.clock.advance(seconds)
        await world.work()


async def test_the_photo_of_a_student_follows_the_row(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    assert world.stands(STUDENTS, student)
    assert stored(world, student) == portrait(1)
    assert await world.dirty() == 0 and not await world.dead()


async def test_the_newest_attachment_with_the_name_counts(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1), "PERSONAL_PHOTO old.png")
    put(world, student, portrait(2), "x_personal_photo_2.png")
    put(world, student, portrait(3), "Passport.png")
    put(world, student, b"", "Personal_photo", link="https://elsewhere.example/p.png")
    await world.carry(STUDENTS, student)
    assert stored(world, student) == portrait(2)


async def test_a_photo_that_did_not_change_costs_one_call_and_no_download(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    await forget(world)
    await world.carry(STUDENTS, student)
    assert await crm_calls(world) == ["Attachments"]
    sent = [call for call in await moodle_calls(world) if call == SET_PHOTO]
    assert len(sent) == 1 and stored(world, student) == portrait(1)


async def test_a_new_photo_replaces_the_old_one_though_the_record_is_as_it_was(
    world: World,
) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    put(world, student, portrait(2))
    await forget(world)
    await world.carry(STUDENTS, student)
    assert await crm_calls(world) == ["Attachments", "Attachments/…"]
    assert stored(world, student) == portrait(2)


async def test_a_photo_that_is_gone_is_looked_at_again_before_it_is_taken_away(
    world: World,
) -> None:
    student = world.some(STUDENTS)
    kept = put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    del world.crm.records(STUDENTS)[student].attachments[kept.id]
    await world.carry(STUDENTS, student)
    assert stored(world, student) == portrait(1)
    await patience(world)
    assert stored(world, student) == portrait(1)
    await patience(world)
    assert stored(world, student) is None
    assert await world.dirty() == 0 and not await world.dead()


async def test_a_photo_that_was_only_hidden_for_a_moment_stays(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    hidden = {"kind": "status", "status": 204}
    await world.disturb("crm", hidden, path_contains="Attachments", times=1)
    await world.carry(STUDENTS, student)
    await patience(world, times=3)
    assert stored(world, student) == portrait(1)
    assert await world.dirty() == 0


async def test_the_journal_keeps_hashes_only(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1), "Personal_photo of Somebody.png")
    await world.carry(STUDENTS, student)
    state = (await world.links.journal.photos.get(STUDENTS, [student]))[student]
    assert len(state.mark) == len(state.content_hash or "") == 64
    assert "Somebody" not in repr(state)


# The record image


@pytest.fixture
async def pictured(tmp_path: Path) -> AsyncIterator[World]:
    """Photos are attachments or, where there is none, record images."""
    mapping = files(tmp_path, attachment=True)
    async with open_world(tmp_path, photos=True, mapping=str(mapping)) as world:
        yield world


def files(folder: Path, *, attachment: bool) -> Path:
    """The btec mapping with record images, in a file of its own."""
    text = find_preset("btec").read_text(encoding="utf-8")
    line = 'attachment = "Personal_photo"\n'
    assert line in text
    mapping = folder / "photos.toml"
    mapping.write_text(
        text.replace(line, (line if attachment else "") + "record_image = true\n"), "utf-8"
    )
    return mapping


def picture(world: World, student: str, image: bytes | None) -> None:
    world.crm.records(STUDENTS)[student].photo = image


async def test_the_record_image_counts_where_no_attachment_is_named(pictured: World) -> None:
    student = pictured.some(STUDENTS)
    picture(pictured, student, portrait(1))
    await pictured.carry(STUDENTS, student)
    assert stored(pictured, student) == portrait(1)
    put(pictured, student, portrait(2))
    await pictured.carry(STUDENTS, student)
    assert stored(pictured, student) == portrait(2)


async def test_a_record_image_is_read_in_one_call_and_sent_if_it_changed(tmp_path: Path) -> None:
    mapping = files(tmp_path, attachment=False)
    async with open_world(tmp_path, photos=True, mapping=str(mapping)) as world:
        student = world.some(STUDENTS)
        picture(world, student, portrait(1))
        await world.carry(STUDENTS, student)
        await forget(world)
        await world.carry(STUDENTS, student)
        assert await crm_calls(world) == ["photo"]
        assert stored(world, student) == portrait(1)
        picture(world, student, portrait(2))
        await world.carry(STUDENTS, student)
        assert stored(world, student) == portrait(2)
        picture(world, student, None)
        await world.carry(STUDENTS, student)
        await patience(world, times=2)
        assert stored(world, student) is None
        picture(world, student, b"\xff\xd8\xff" + bytes(MOST_BYTES))
        await world.carry(STUDENTS, student)
        assert [letter.reason for letter in await world.dead()] == ["photo_too_large"]


# What a sync costs


async def synced(world: World, mode: Mode = Mode.FULL) -> list[str]:
    """Syncs the students, works, and answers the calls for files."""
    await forget(world)
    await sync_module(world.links.in_background(), STUDENTS, mode)
    await world.work()
    return await crm_calls(world)


async def test_a_backfill_brings_the_photos(world: World) -> None:
    students = sorted(world.crm.records(STUDENTS))
    put(world, students[0], portrait(1))
    calls = await synced(world)
    assert sorted(calls) == ["Attachments"] * len(students) + ["Attachments/…"]
    assert stored(world, students[0]) == portrait(1)


async def test_a_sync_of_unchanged_students_asks_for_no_photo(world: World) -> None:
    put(world, world.some(STUDENTS), portrait(1))
    await synced(world)
    assert await synced(world) == []
    assert await synced(world, Mode.DELTA) == []


async def test_a_sync_asks_for_the_photos_of_changed_students_only(world: World) -> None:
    student = world.some(STUDENTS)
    await synced(world)
    put(world, student, portrait(1))
    world.edit(STUDENTS, student, City="Irbid")
    assert await synced(world, Mode.DELTA) == ["Attachments", "Attachments/…"]
    assert stored(world, student) == portrait(1)


async def test_a_photo_nobody_told_of_is_found_after_its_days(world: World) -> None:
    student = world.some(STUDENTS)
    await synced(world)
    put(world, student, portrait(1))
    world.clock.advance(29 * DAY)
    assert await one_round(world.links, 30) == 0
    world.clock.advance(2 * DAY)
    assert await one_round(world.links, 30) == len(world.crm.records(STUDENTS))
    await world.work()
    assert stored(world, student) == portrait(1)
    assert await one_round(world.links, 30) == 0


async def test_every_photo_can_be_asked_for_at_once(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await synced(world)
    world.site.photos.clear()
    world.clock.advance(1)
    assert await every_photo(world.links) == len(world.crm.records(STUDENTS))
    await world.work()
    assert stored(world, student) == portrait(1)


async def test_a_photo_that_moodle_lost_is_brought_again(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    world.site.photos.clear()
    await world.carry(STUDENTS, student)
    assert stored(world, student) == portrait(1)


async def test_photos_use_credits_that_live_work_does_not_need(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    credits = world.links.zoho.credits
    assert credits is not None
    credits.note(99_000, 200, 100)
    await world.carry(STUDENTS, student)
    assert world.stands(STUDENTS, student)
    assert stored(world, student) is None
    counts = await world.links.journal.inbox.counts()
    assert counts.by_module == {PHOTOS: 1}


async def test_photos_wait_for_credits_as_long_as_it_takes(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    credits = world.links.zoho.credits
    assert credits is not None
    await world.notice(STUDENTS, student)
    for _ in range(6 * 4):
        credits.note(99_000, 200, 100)
        await world.work()
        world.clock.advance(4 * 3600)
    assert not await world.dead()
    alarms = [(a.kind, a.subject) for a in await world.links.journal.alarms.list()]
    assert alarms == [("module_paused", PHOTOS)]
    await patience(world, 2 * DAY)
    assert stored(world, student) == portrait(1)
    assert not await world.links.journal.alarms.list()


# What fails


async def test_a_row_is_done_whatever_becomes_of_its_photo(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.disturb("crm", {"kind": "status", "status": 500}, path_contains="Attachments")
    await world.carry(STUDENTS, student)
    assert world.stands(STUDENTS, student)
    assert (await world.links.journal.inbox.counts()).by_module == {PHOTOS: 1}
    await world.behave("crm")
    await patience(world)
    assert stored(world, student) == portrait(1)


async def test_a_row_whose_photo_could_not_be_marked_is_not_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))

    async def unavailable(*args: object, **more: object) -> None:
        raise RetryLater("The journal is away.", reason="journal_unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(process, "want_photos", unavailable)
        await world.carry(STUDENTS, student)
    assert (await world.links.journal.inbox.counts()).by_module == {STUDENTS: 1}
    await patience(world)
    assert stored(world, student) == portrait(1)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"%PDF-1.7", "photo_not_an_image"),
        (b"", "photo_not_an_image"),
        (b"\xff\xd8\xff" + bytes(MOST_BYTES), "photo_too_large"),
        (png(1, 1, b"\0rgb")[:16] + b"\0\0\xff\xff" * 2 + b"\x08\x02", "photo_too_many_pixels"),
    ],
)
async def test_a_photo_that_cannot_be_taken_is_a_dead_letter_of_its_own(
    world: World, image: bytes, reason: str
) -> None:
    good, bad = world.some(STUDENTS, 0), world.some(STUDENTS, 1)
    put(world, good, portrait(1))
    put(world, bad, portrait(2))
    await world.carry(STUDENTS, bad)
    put(world, bad, image)
    await world.carry(STUDENTS, good, bad)
    (letter,) = await world.dead()
    assert (letter.module, letter.record_id, letter.reason) == (PHOTOS, bad, reason)
    assert world.stands(STUDENTS, bad)
    assert (stored(world, good), stored(world, bad)) == (portrait(1), portrait(2))


async def test_a_photo_over_the_limit_is_not_even_downloaded(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, bytes(MOST_BYTES + 1))
    await world.carry(STUDENTS, student)
    assert await crm_calls(world) == ["Attachments"]
    assert [letter.reason for letter in await world.dead()] == ["photo_too_large"]


@pytest.mark.parametrize("told_by", ["the operator", "a notice"])
async def test_a_mended_photo_closes_its_dead_letter(world: World, told_by: str) -> None:
    student = world.some(STUDENTS)
    put(world, student, b"%PDF")
    await world.carry(STUDENTS, student)
    put(world, student, portrait(1))
    if told_by == "the operator":
        assert await world.links.journal.dead.retry() == 1
    else:
        await world.notice(STUDENTS, student)
    await world.work()
    assert not await world.dead()
    assert stored(world, student) == portrait(1)


async def test_a_photo_waits_for_the_row_of_its_student(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    ms = int(world.clock.now() * 1000)
    notice = Notice(PHOTOS, student, Operation.UPDATE, ms, Source.NOTIFICATION)
    await world.links.journal.inbox.mark([notice])
    await world.work()
    assert await world.dirty() == 1 and not await world.dead()
    await world.carry(STUDENTS, student)
    assert stored(world, student) == portrait(1)
    assert await world.dirty() == 0


async def test_a_lost_answer_of_moodle_brings_the_photo_once(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    lost = {"kind": "lost_reply"}
    await world.disturb("moodle", lost, body_contains=SET_PHOTO, times=1)
    await world.carry(STUDENTS, student)
    first = world.site.photos[student]
    await patience(world)
    assert world.site.photos[student] is first
    assert await world.dirty() == 0 and not await world.dead()


async def test_too_many_calls_at_once_are_met_with_patience(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    refused = {"kind": "status", "status": 429}
    await world.disturb("crm", refused, path_contains="Attachments", times=1)
    await world.carry(STUDENTS, student)
    assert stored(world, student) is None and not await world.dead()
    await patience(world)
    assert stored(world, student) == portrait(1)


async def test_a_plugin_without_the_function_pauses_photos_alone(world: World) -> None:
    one, other = world.some(STUDENTS, 0), world.some(STUDENTS, 1)
    put(world, one, portrait(1))
    world.site.switches.withheld = frozenset({SET_PHOTO})
    await world.carry(STUDENTS, one)
    alarms = [(a.kind, a.subject) for a in await world.links.journal.alarms.list()]
    assert alarms == [("module_paused", PHOTOS)]
    await world.carry(STUDENTS, other)
    assert world.stands(STUDENTS, other)
    world.site.switches.withheld = frozenset()
    await patience(world, 120.0, times=2)
    assert stored(world, one) == portrait(1)
    assert not await world.links.journal.alarms.list()


async def test_a_token_that_is_refused_at_a_photo_pauses_the_crm_and_counts_no_try(
    world: World,
) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    refused = {"kind": "status", "status": 401, "body": '{"code": "OAUTH_SCOPE_MISMATCH"}'}
    await world.disturb("crm", refused, path_contains="Attachments")
    await world.carry(STUDENTS, student)
    await patience(world, 3600.0, times=5 * 24)
    assert [alarm.subject for alarm in await world.links.journal.alarms.list()] == ["zoho"]
    assert not await world.dead()
    await world.behave("crm")
    await patience(world, 3600.0, times=2)
    assert stored(world, student) == portrait(1)
    assert not await world.links.journal.alarms.list()


async def test_a_photo_noticed_again_while_in_flight_is_looked_at_again(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    attached: list[Attachment] = []

    async def meanwhile(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        form = parse_qs(request.content.decode()) if request.method == "POST" else {}
        if form.get("wsfunction") == [SET_PHOTO] and not attached:
            attached.append(put(world, student, portrait(2)))
            await world.notice(STUDENTS, student)
        return response

    world.wires.rewrite = meanwhile
    await world.carry(STUDENTS, student)
    assert stored(world, student) == portrait(2)
    assert await world.dirty() == 0


async def test_a_paused_moodle_pauses_photos_too(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    put(world, student, portrait(1))
    world.site.switches.maintenance = True
    await world.carry(STUDENTS, student)
    assert stored(world, student) is None and not await world.dead()
    world.site.switches.maintenance = False
    await patience(world, 120.0, times=3)
    assert stored(world, student) == portrait(1)


async def test_one_attachment_that_breaks_the_crm_fails_alone(world: World) -> None:
    students = sorted(world.crm.records(STUDENTS))
    for n, student in enumerate(students):
        put(world, student, portrait(n))
    path = f"{students[0]}/Attachments"
    await world.disturb("crm", {"kind": "status", "status": 500}, path_contains=path)
    await world.carry(STUDENTS, *students)
    assert [stored(world, s) is not None for s in students] == [False, True, True]
    assert (await world.links.journal.inbox.counts()).by_module == {PHOTOS: 1}


async def test_one_picture_that_breaks_moodle_fails_alone(world: World) -> None:
    students = sorted(world.crm.records(STUDENTS))
    for n, student in enumerate(students):
        put(world, student, portrait(n))
    poison = base64.b64encode(portrait(0)).decode()

    async def break_it(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        form = parse_qs(request.content.decode()) if request.method == "POST" else {}
        if form.get("wsfunction") == [SET_PHOTO] and poison in form["photos"][0]:
            return httpx2.Response(500, content=b"out of memory")
        return response

    world.wires.rewrite = break_it
    await world.carry(STUDENTS, *students)
    assert {s for s in students if stored(world, s)} >= set(students[1:])
    assert (await world.links.journal.inbox.counts()).by_module == {PHOTOS: 1}


async def test_a_record_the_crm_has_no_more_ends_quietly(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    world.crm.delete(STUDENTS, student)
    await one_round(world.links, -1)
    await patience(world, times=4)
    assert await world.dirty() == 0 and not await world.dead()


async def test_a_deleted_student_who_comes_back_is_looked_at_anew(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    world.clock.advance(60)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    await patience(world)
    assert not world.stands(STUDENTS, student)
    assert await world.links.journal.photos.get(STUDENTS, [student]) == {}
    world.site.photos.clear()
    world.clock.advance(60)
    world.crm.restore(STUDENTS, student)
    await world.carry(STUDENTS, student)
    assert world.stands(STUDENTS, student)
    assert stored(world, student) == portrait(1)


async def test_a_claim_of_photos_is_small(world: World) -> None:
    ms = int(world.clock.now() * 1000)
    ids = [str(10**18 + n) for n in range(BATCH + 1)]
    marks = [Notice(PHOTOS, i, Operation.UPDATE, ms, Source.BACKFILL) for i in ids]
    await world.links.journal.inbox.mark(marks)
    seen: list[int] = []
    worker = Worker(world.links, on_processed=lambda done: seen.append(sum(done.counts.values())))
    await worker.run_once()
    assert seen == [BATCH]


async def test_photos_turned_off_end_their_work_and_are_asked_for_when_turned_on(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path, photos=True) as world:
        student = world.some(STUDENTS)
        put(world, student, portrait(1))
        await world.disturb("crm", {"kind": "status", "status": 500}, path_contains="Attachments")
        await synced(world)
        world.clock.advance(3600.0)
        await drain(replace(world.links, preset=world.links.preset.without_photos()))
        assert await world.dirty() == 0 and not await world.dead()
        await world.behave("crm")
        await synced(world)
        assert stored(world, student) == portrait(1)


async def test_without_photos_in_the_settings_none_is_asked_for(tmp_path: Path) -> None:
    async with open_world(tmp_path, photos=False) as world:
        put(world, world.some(STUDENTS), portrait(1))
        await world.carry(STUDENTS, world.some(STUDENTS))
        assert await crm_calls(world) == []


async def test_no_log_line_holds_a_picture_or_its_name(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    student = world.some(STUDENTS)
    put(world, student, b"%PDF canary-content", "Personal_photo canary-name.png")
    await world.carry(STUDENTS, student)
    said = json.dumps([str(record.__dict__) for record in caplog.records])
    assert "canary" not in said and base64.b64encode(b"%PDF canary-content").decode() not in said
    assert "canary" not in repr(await world.dead())
