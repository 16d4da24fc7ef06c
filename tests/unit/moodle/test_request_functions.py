"""What the bridge asks Moodle for a request, against the emulated site."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mzi_bridge.moodle.errors import FileRefused, MoodleRefused
from mzi_bridge.sandbox.moodle.requests import make_request
from tests.support.world import World, open_world

PAPER = b"%PDF-1.7"
DIGEST = hashlib.sha1(PAPER, usedforsecurity=False).hexdigest()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


async def test_a_file_comes_whole(world: World) -> None:
    made = make_request(world.site, "1", [("paper.pdf", PAPER)])
    file = await world.links.moodle.request_file(made["requestid"], DIGEST)
    assert (file.filename, file.content, file.mimetype) == ("paper.pdf", PAPER, "application/pdf")


async def test_a_file_that_is_not_there_is_told_from_a_function_that_is_not_there(
    world: World,
) -> None:
    with pytest.raises(FileRefused) as gone:
        await world.links.moodle.request_file(1, DIGEST)
    assert gone.value.reason == "file_gone"
    del world.site.contract.functions["local_mzi_get_request_file"]
    with pytest.raises(MoodleRefused):
        await world.links.moodle.request_file(1, DIGEST)


async def test_a_confirmation_is_answered_row_by_row(world: World) -> None:
    made = make_request(world.site, "1")
    number = made["request_number"]
    answers = await world.links.moodle.confirm_requests(
        [(number, "1", "55"), ("M-999999", "1", "56")]
    )
    assert [(a.id, a.action) for a in answers] == [(number, "updated"), ("M-999999", "rejected")]
    again = await world.links.moodle.confirm_requests([(number, "1", "55")])
    assert [a.action for a in again] == ["unchanged"]
