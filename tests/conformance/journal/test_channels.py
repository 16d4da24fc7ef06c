"""Channels: what was granted, with tokens as hashes."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from msgspec.structs import replace

from mzi_bridge.journal import ChannelRow, Journal, Notice, Operation, Source, hash_token
from mzi_bridge.journal.errors import JournalUnavailable, unavailable
from tests.support.clock import ManualClock

CHANNEL = ChannelRow(
    channel_id="1000000068001",
    module="Students",
    events=("create", "edit", "delete"),
    notify_url="https://bridge.example.org/api/v1/webhooks/zoho",
    token_hash=hash_token("t" * 50),
    previous_token_hash=None,
    previous_valid_until=None,
    expires_at=2000.0,
    granted_at=1000.0,
)
NOTICE = Notice("Students", "1", Operation.UPDATE, 1, Source.NOTIFICATION, CHANNEL.channel_id)


async def test_a_saved_channel_is_read_back(journal: Journal) -> None:
    await journal.channels.save(CHANNEL)

    assert await journal.channels.get(CHANNEL.channel_id) == CHANNEL
    assert await journal.channels.list() == (CHANNEL,)
    assert await journal.channels.get("1") is None


async def test_a_renewed_channel_replaces_the_old_and_keeps_its_last_notice(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.channels.save(CHANNEL)
    await journal.inbox.mark([NOTICE])
    renewed = replace(
        CHANNEL,
        token_hash=hash_token("u" * 50),
        previous_token_hash=CHANNEL.token_hash,
        previous_valid_until=1900.0,
        expires_at=3000.0,
    )

    await journal.channels.save(renewed)

    assert await journal.channels.list() == (replace(renewed, last_notice_at=clock.now()),)


async def test_an_earlier_notice_does_not_turn_the_clock_back(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.channels.save(CHANNEL)
    await journal.inbox.mark([NOTICE])
    at = clock.now()
    clock.set(at - 100)
    await journal.inbox.mark([NOTICE, replace(NOTICE, channel_id="unknown")])

    kept = await journal.channels.get(CHANNEL.channel_id)
    assert kept is not None
    assert kept.last_notice_at == at


async def test_a_notice_touches_the_channel_it_came_by(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.channels.save(CHANNEL)

    await journal.inbox.mark([NOTICE])

    kept = await journal.channels.get(CHANNEL.channel_id)
    assert kept is not None
    assert kept.last_notice_at == clock.now()


async def test_a_deleted_channel_is_gone(journal: Journal) -> None:
    await journal.channels.save(CHANNEL)
    await journal.channels.delete(CHANNEL.channel_id)

    assert await journal.channels.list() == ()


async def test_an_id_that_no_database_takes_names_no_channel(journal: Journal) -> None:
    for channel_id in ("\x00", "a\x00b", "\ud800", "", "x" * 5000):
        assert await journal.channels.get(channel_id) is None


def test_a_token_is_hashed_whatever_was_sent_as_one() -> None:
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(hash_token("\ud800\x00")) == 64


class HeldReads:
    """Each read has its answer, and hands it over when it is let; `fault` comes instead."""

    def __init__(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.answered = anyio.Event()
        self.go_on = anyio.Event()
        self.fault: Exception | None = None
        self._read = journal.database.read_whole
        monkeypatch.setattr(journal.database, "read_whole", self._held)

    async def _held(self, work: Any) -> Any:
        self.begun += 1
        answer = await self._read(work)
        self.answered.set()
        await self.go_on.wait()
        if self.fault is not None:
            raise self.fault
        return answer


async def test_who_asks_while_a_read_runs_is_answered_by_a_later_one(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel that was given up before a notice came is never believed."""
    await journal.channels.save(CHANNEL)
    reads, answers = HeldReads(journal, monkeypatch), dict[str, ChannelRow | None]()

    async def ask(name: str) -> None:
        answers[name] = await journal.channels.get(CHANNEL.channel_id)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, "before")
        await reads.answered.wait()
        await journal.channels.delete(CHANNEL.channel_id)
        for n in range(20):
            tasks.start_soon(ask, f"after {n}")
        await anyio.wait_all_tasks_blocked()
        reads.go_on.set()
    assert answers.pop("before") == CHANNEL
    assert set(answers.values()) == {None} and len(answers) == 20
    assert reads.begun == 2, "all who waited shared one read"


async def test_many_channels_are_read_at_once_and_each_gets_its_own(journal: Journal) -> None:
    rows = [replace(CHANNEL, channel_id=str(n), module=f"M{n}") for n in range(5)]
    for row in rows:
        await journal.channels.save(row)
    answers: dict[str, ChannelRow | None] = {}

    async def ask(channel_id: str) -> None:
        answers[channel_id] = await journal.channels.get(channel_id)

    async with anyio.create_task_group() as tasks:
        for n in range(7):
            tasks.start_soon(ask, str(n))
    assert answers == {str(n): rows[n] if n < 5 else None for n in range(7)}


async def test_one_who_goes_away_takes_no_answer_from_the_others(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await journal.channels.save(CHANNEL)
    reads, answers = HeldReads(journal, monkeypatch), list[ChannelRow | None]()

    async def ask() -> None:
        answers.append(await journal.channels.get(CHANNEL.channel_id))

    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as leaving:
                leaving.start_soon(ask)
                tasks.start_soon(ask)
                await reads.answered.wait()
                scope.cancel()
        reads.go_on.set()
    assert answers == [CHANNEL]


async def test_a_read_that_fails_is_told_to_each_by_an_error_of_its_own(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, errors = HeldReads(journal, monkeypatch), list[JournalUnavailable]()
    reads.fault = unavailable("database_unreachable")
    reads.go_on.set()

    async def ask() -> None:
        with pytest.raises(JournalUnavailable) as refused:
            await journal.channels.get(CHANNEL.channel_id)
        errors.append(refused.value)

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(ask)
    assert len({id(error) for error in errors}) == 3
    assert {error.reason for error in errors} == {"database_unreachable"}
