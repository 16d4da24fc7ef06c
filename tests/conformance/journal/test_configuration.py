"""Stored settings and versions of the mapping: sealed, in order, and every process hears of it."""

from __future__ import annotations

import logging

import anyio
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal import Journal
from tests.support.clock import ManualClock


async def test_a_stored_setting_comes_back_and_says_who_set_it(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.settings.change({"MOODLE_TOKEN": "secret-é", "MZI_PUSH": "false"}, "office@x")
    found = await journal.settings.all()
    assert {name: one.text for name, one in found.items()} == {
        "MOODLE_TOKEN": "secret-é",
        "MZI_PUSH": "false",
    }
    assert (found["MZI_PUSH"].changed_by, found["MZI_PUSH"].changed_at) == ("office@x", clock.now())
    assert "secret" not in repr(found["MOODLE_TOKEN"])

    await journal.settings.change({"MOODLE_TOKEN": "newer", "MZI_PUSH": None}, "other@x")
    found = await journal.settings.all()
    assert list(found) == ["MOODLE_TOKEN"]
    assert (found["MOODLE_TOKEN"].text, found["MOODLE_TOKEN"].changed_by) == ("newer", "other@x")


async def test_no_stored_setting_stands_in_clear(journal: Journal) -> None:
    await journal.settings.change({"MOODLE_TOKEN": "canary-token"}, "office")
    async with journal.database.read() as connection:
        rows = (await connection.execute(text("SELECT * FROM stored_settings"))).all()
    assert len(rows) == 1
    assert "canary" not in str(rows)


async def test_without_a_secret_key_nothing_is_stored(url: str, clock: ManualClock) -> None:
    async with Journal.open(url, clock=clock) as journal:
        with pytest.raises(OperatorError) as refused:
            await journal.settings.change({"MOODLE_TOKEN": "x"}, "office")
        assert refused.value.reason == "secret_key_missing"
        assert await journal.configuration.generation() == 0


async def test_what_no_key_opens_is_left_out_and_said(
    url: str, clock: ManualClock, secret_key: SecretStr, caplog: pytest.LogCaptureFixture
) -> None:
    async with Journal.open(url, clock=clock, secret_keys=[secret_key]) as journal:
        await journal.settings.change({"MOODLE_TOKEN": "x"}, "office")
    other = SecretStr(Fernet.generate_key().decode())
    async with Journal.open(url, clock=clock, secret_keys=[other]) as journal:
        with caplog.at_level(logging.WARNING):
            assert await journal.settings.all() == {}
        await journal.settings.change({"MZI_PUSH": "true"}, "office")
        assert list(await journal.settings.all()) == ["MZI_PUSH"]
    assert "MOODLE_TOKEN" in caplog.text
    async with Journal.open(url, clock=clock, secret_keys=[other, secret_key]) as journal:
        assert list(await journal.settings.all()) == ["MOODLE_TOKEN", "MZI_PUSH"]


async def test_each_change_grows_the_generation_and_is_announced(journal: Journal) -> None:
    assert await journal.configuration.generation() == 0
    next_change = journal.configuration.next_change()
    await journal.settings.change({}, "office")
    with anyio.move_on_after(0.05) as waited:
        await next_change()
    assert waited.cancelled_caught
    await journal.settings.change({"MZI_PUSH": "true"}, "office")
    with anyio.fail_after(5):
        # Stored before anybody waited, and heard all the same.
        await next_change()
    assert await journal.configuration.generation() == 1
    await journal.mappings.save("one", base=None, author="office", note="")
    await journal.mappings.activate(None, base=1)
    assert await journal.configuration.generation() == 3


async def test_another_process_reads_the_same_generation(
    url: str, clock: ManualClock, secret_key: SecretStr
) -> None:
    async with (
        Journal.open(url, clock=clock, secret_keys=[secret_key]) as one,
        Journal.open(url, clock=clock, secret_keys=[secret_key]) as other,
    ):
        await one.settings.change({"MZI_PUSH": "true"}, "office")
        assert await other.configuration.generation() == 1


async def test_the_newest_saved_mapping_counts_until_another_is_chosen(
    journal: Journal, clock: ManualClock
) -> None:
    assert await journal.mappings.active() is None
    assert await journal.mappings.save("one", base=None, author="ann", note="first") == 1
    clock.advance(60)
    assert await journal.mappings.save("two", base=1, author="bob", note="") == 2

    active = await journal.mappings.active()
    assert active is not None
    assert (active.version, active.content, active.author) == (2, "two", "bob")
    heads = await journal.mappings.list()
    assert [(head.version, head.active, head.author) for head in heads] == [
        (2, True, "bob"),
        (1, False, "ann"),
    ]
    assert heads[1].made_at == clock.now() - 60
    assert len(heads[0].digest) == 64

    await journal.mappings.activate(1, base=2)
    active = await journal.mappings.active()
    assert active is not None
    assert (active.version, active.content, active.note) == (1, "one", "first")
    await journal.mappings.activate(None, base=1)
    assert await journal.mappings.active() is None
    assert await journal.mappings.save("three", base=None, author="ann", note="") == 3
    kept = await journal.mappings.get(2)
    assert kept is not None
    assert kept.content == "two"
    assert await journal.mappings.get(9) is None


async def test_a_change_of_what_no_longer_counts_is_refused_and_changes_nothing(
    journal: Journal,
) -> None:
    await journal.mappings.save("one", base=None, author="ann", note="")
    generation = await journal.configuration.generation()
    for change in (
        journal.mappings.save("other", base=None, author="bob", note=""),
        journal.mappings.activate(None, base=7),
    ):
        with pytest.raises(OperatorError) as refused:
            await change
        assert refused.value.reason == "mapping_changed"
    with pytest.raises(OperatorError) as refused:
        await journal.mappings.activate(5, base=1)
    assert refused.value.reason == "no_such_version"
    active = await journal.mappings.active()
    assert active is not None
    assert active.content == "one"
    assert len(await journal.mappings.list()) == 1
    assert await journal.configuration.generation() == generation


async def test_of_two_saves_at_once_one_is_told_to_look_again(
    url: str, clock: ManualClock, secret_key: SecretStr
) -> None:
    async with (
        Journal.open(url, clock=clock, secret_keys=[secret_key]) as one,
        Journal.open(url, clock=clock, secret_keys=[secret_key]) as other,
    ):
        refusals = []

        async def save(journal: Journal, content: str) -> None:
            try:
                await journal.mappings.save(content, base=None, author="x", note="")
            except OperatorError as error:
                refusals.append(error.reason)

        async with anyio.create_task_group() as tasks:
            for number in range(4):
                tasks.start_soon(save, (one, other)[number % 2], str(number))
        assert refusals == ["mapping_changed"] * 3
        assert [head.version for head in await one.mappings.list()] == [1]
