"""A photo is taken away by the CRM's own word only; what it merely does not show stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mzi_bridge.sandbox.sample.pictures import portrait
from mzi_bridge.sandbox.zoho.attach import attach
from tests.support.world import World, open_world
from tests.unit.pipeline.test_photos import (
    PHOTOS,
    STUDENTS,
    crm_calls,
    files,
    forget,
    patience,
    picture,
    put,
    stored,
)

NOTHING_THERE = {"kind": "status", "status": 204}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, photos=True) as world:
        yield world


async def looked_at_for_hours(world: World, student: str) -> None:
    await world.carry(STUDENTS, student)
    await patience(world, 1800.0, times=8)


@pytest.mark.parametrize("path", ["/Attachments", f"/{STUDENTS}/", "/crm/"])
async def test_a_crm_that_answers_204_takes_no_photo_away(world: World, path: str) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    await world.disturb("crm", NOTHING_THERE, path_contains=path)
    await looked_at_for_hours(world, student)
    assert stored(world, student) == portrait(1)
    await world.behave("crm")
    await patience(world, 4 * 3600.0)
    assert stored(world, student) == portrait(1)
    assert await world.dirty() == 0 and not await world.dead()


async def test_tries_that_failed_otherwise_are_no_looks(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    await world.disturb("crm", {"kind": "status", "status": 500}, path_contains="/Attachments")
    await looked_at_for_hours(world, student)
    await world.behave("crm")
    await world.disturb("crm", NOTHING_THERE, path_contains="/Attachments", times=1)
    await patience(world, 4 * 3600.0)
    assert stored(world, student) == portrait(1)


async def test_a_photo_of_which_the_journal_knows_nothing_stays_alike(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    await world.links.journal.photos.forget(STUDENTS, [student])
    await world.disturb("crm", NOTHING_THERE, path_contains="/Attachments", times=1)
    await world.carry(STUDENTS, student)
    assert stored(world, student) == portrait(1)
    await patience(world, times=2)
    assert stored(world, student) == portrait(1)
    assert await world.dirty() == 0


async def test_one_of_which_the_journal_knows_nothing_can_be_taken_away(world: World) -> None:
    student = world.some(STUDENTS)
    kept = put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    await world.links.journal.photos.forget(STUDENTS, [student])
    del world.crm.records(STUDENTS)[student].attachments[kept.id]
    await world.carry(STUDENTS, student)
    await patience(world, times=3)
    assert stored(world, student) is None
    assert await world.dirty() == 0 and not await world.dead()


async def test_a_photo_that_moodle_has_not_either_costs_one_look(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    await forget(world)
    await world.carry(STUDENTS, student)
    assert await crm_calls(world) == ["Attachments"]
    assert await world.dirty() == 0


async def test_an_attachment_that_is_a_photo_no_more_is_gone(world: World) -> None:
    student = world.some(STUDENTS)
    kept = put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    kept.file_name = "Passport.png"
    await world.carry(STUDENTS, student)
    await patience(world, times=2)
    assert stored(world, student) is None
    assert await world.dirty() == 0 and not await world.dead()


async def test_a_hidden_photo_is_looked_at_for_days_and_then_told(world: World) -> None:
    student = world.some(STUDENTS)
    put(world, student, portrait(1))
    await world.carry(STUDENTS, student)
    await world.disturb("crm", NOTHING_THERE, path_contains="/Attachments")
    await world.carry(STUDENTS, student)
    await patience(world, 4 * 3600.0, times=30)
    [letter] = await world.dead()
    assert (letter.module, letter.reason) == (PHOTOS, "photo_hidden")
    assert stored(world, student) == portrait(1)
    await world.behave("crm")
    await world.carry(STUDENTS, student)
    assert not await world.dead()


async def test_a_record_image_is_gone_when_the_record_names_none(tmp_path: Path) -> None:
    mapping = files(tmp_path, attachment=False)
    async with open_world(tmp_path, photos=True, mapping=str(mapping)) as world:
        student = world.some(STUDENTS)
        attach(world.crm, world.crm.records(STUDENTS)[student], "Personal_photo.png", portrait(2))
        picture(world, student, portrait(1))
        await world.carry(STUDENTS, student)
        await world.disturb("crm", NOTHING_THERE, path_contains="/photo")
        await looked_at_for_hours(world, student)
        assert stored(world, student) == portrait(1)
        await world.behave("crm")
        picture(world, student, None)
        await patience(world, 4 * 3600.0)
        assert stored(world, student) is None
        assert await world.dirty() == 0 and not await world.dead()
