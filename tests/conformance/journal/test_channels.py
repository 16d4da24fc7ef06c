"""Channels: what was granted, with tokens as hashes."""

from __future__ import annotations

from dataclasses import replace

from mzi_bridge.journal import ChannelRow, Journal, Notice, Operation, Source, hash_token
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
