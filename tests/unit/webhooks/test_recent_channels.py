"""Channels are read once a second, and nothing good is turned away for that."""

from __future__ import annotations

import pytest

from mzi_bridge.pipeline.accept import ChannelRow, hash_token
from mzi_bridge.webhooks.recent_channels import RECENT_SECONDS
from tests.unit.webhooks.bench import ZOHO, Bench, StoppedClock, callback, channel_row, guards

NEW_TOKEN = "channel-token-after-it-was-renewed"


class CountingBench(Bench):
    lookups = 0

    async def lookup(self, channel_id: str) -> ChannelRow | None:
        self.lookups += 1
        return await super().lookup(channel_id)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def bench(clock: StoppedClock) -> CountingBench:
    return CountingBench(guards=guards(clock=clock))


def test_notices_of_one_second_read_their_channel_once(
    bench: CountingBench, clock: StoppedClock
) -> None:
    client = bench.client()
    for _ in range(5):
        assert client.post(ZOHO, json=callback()).status_code == 202
    assert bench.lookups == 1
    clock.time += RECENT_SECONDS
    assert client.post(ZOHO, json=callback()).status_code == 202
    assert bench.lookups == 2


def test_a_token_is_good_from_the_moment_at_which_it_is_saved(bench: CountingBench) -> None:
    client = bench.client()
    assert client.post(ZOHO, json=callback()).status_code == 202
    assert client.post(ZOHO, json=callback(token=NEW_TOKEN)).status_code == 401
    bench.channels["1001"] = channel_row(token_hash=hash_token(NEW_TOKEN))
    assert client.post(ZOHO, json=callback(token=NEW_TOKEN)).status_code == 202
    bench.channels["1002"] = channel_row(channel_id="1002")
    assert client.post(ZOHO, json=callback(channel_id="1002")).status_code == 202


def test_a_token_that_was_taken_back_is_refused_after_a_second(
    bench: CountingBench, clock: StoppedClock
) -> None:
    client = bench.client()
    assert client.post(ZOHO, json=callback()).status_code == 202
    bench.channels["1001"] = channel_row(token_hash=hash_token(NEW_TOKEN))
    clock.time += RECENT_SECONDS
    assert client.post(ZOHO, json=callback()).status_code == 401
    assert client.post(ZOHO, json=callback(token=NEW_TOKEN)).status_code == 202
    clock.time += RECENT_SECONDS
    del bench.channels["1001"]
    assert client.post(ZOHO, json=callback(token=NEW_TOKEN)).status_code == 401


def test_what_is_turned_away_was_always_looked_at_anew(bench: CountingBench) -> None:
    client = bench.client()
    client.post(ZOHO, json=callback())
    for number in range(3):
        assert client.post(ZOHO, json=callback(token=f"guess-{number}")).status_code == 401
    assert bench.lookups == 4


def test_after_a_jump_of_the_clock_it_is_read_anew(
    bench: CountingBench, clock: StoppedClock
) -> None:
    client = bench.client()
    client.post(ZOHO, json=callback())
    clock.time -= 3600
    del bench.channels["1001"]
    assert client.post(ZOHO, json=callback()).status_code == 401
