"""Two processes of cron, and users who change their mind: nothing is sent twice, or for nothing."""

from __future__ import annotations

from tests.support.chain_school import new_address
from tests.support.tap import tapped
from tests.support.whole_chain import Chain

SECONDS_ON_THE_WAY = 3.0
"""Long enough for the other process to look for work, too."""


def test_two_crons_at_once_send_once(chain: Chain) -> None:
    with tapped(chain.bridge.url, SECONDS_ON_THE_WAY) as tap:
        chain.set(bridgeurl=tap.url)
        chain.play_all([{"act": "create_user", "email": new_address()} for _ in range(5)])
        noted = {row["event_id"] for row in chain.rows("outbox", status="queued")}
        # Neither Moodle's lock of a scheduled task nor that of one queued task is to save it.
        chain.look("queue", name="deliver_events", count=4)
        chain.two_crons()
        chain.set(bridgeurl=chain.bridge.url)
        assert tap.times_sent == dict.fromkeys(noted, 1)
    taken = {event for (event,) in chain.asked("SELECT event_id FROM moodle_events")}
    assert taken == noted
    assert len(noted) == 5


def test_what_is_rolled_back_is_not_sent(chain: Chain) -> None:
    before = chain.rows("outbox")
    address = new_address()
    chain.play("create_and_roll_back", email=address)
    assert chain.look("rows", table="user", where={"email": address}) == []
    assert chain.rows("outbox") == before
