"""Sessions of the console: found by their token only, over when they are old, idle or revoked."""

from __future__ import annotations

from sqlalchemy import select

from mzi_bridge.journal import Journal
from mzi_bridge.journal.console_tables import sessions
from mzi_bridge.journal.sessions import IDLE_SECONDS, LIFE_SECONDS, Role, session_name
from tests.support.clock import ManualClock


async def test_a_session_is_found_by_its_token_and_by_nothing_else(journal: Journal) -> None:
    token = await journal.sessions.begin("one@school.example", Role.VIEWER, "token-1")
    found = await journal.sessions.find(token)
    assert found is not None
    assert (found.actor, found.role, found.name) == (
        "one@school.example",
        Role.VIEWER,
        session_name(token),
    )
    assert await journal.sessions.find(session_name(token)) is None
    assert await journal.sessions.find("") is None
    assert await journal.sessions.look(session_name(token)) == found


async def test_tokens_are_not_kept(journal: Journal) -> None:
    token = await journal.sessions.begin("one@school.example", Role.VIEWER, "token-1")
    async with journal.database.read() as connection:
        [row] = await connection.execute(select(sessions))
    assert token not in map(str, row)


async def test_an_idle_session_is_over_and_a_seen_one_lives_to_its_end(
    journal: Journal, clock: ManualClock
) -> None:
    idle = await journal.sessions.begin("one@school.example", Role.VIEWER, "token-1")
    busy = await journal.sessions.begin("two@school.example", Role.OPERATOR, "token-1")
    began = clock.now()
    clock.advance(IDLE_SECONDS - 1)
    assert await journal.sessions.find(busy) is not None
    clock.advance(2)
    assert await journal.sessions.find(idle) is None
    while clock.now() - began < LIFE_SECONDS:
        assert await journal.sessions.find(busy) is not None
        clock.advance(IDLE_SECONDS / 2)
    assert await journal.sessions.find(busy) is None
    assert await journal.sessions.list() == ()


async def test_looking_is_not_seeing(journal: Journal, clock: ManualClock) -> None:
    token = await journal.sessions.begin("one@school.example", Role.VIEWER, "token-1")
    clock.advance(IDLE_SECONDS - 1)
    assert await journal.sessions.look(session_name(token)) is not None
    clock.advance(2)
    assert await journal.sessions.find(token) is None


async def test_a_revoked_session_is_over_at_once(journal: Journal) -> None:
    token = await journal.sessions.begin("one@school.example", Role.VIEWER, "token-1")
    ended = await journal.sessions.revoke(session_name(token))
    assert ended is not None and ended.actor == "one@school.example"
    assert await journal.sessions.find(token) is None
    assert await journal.sessions.revoke(session_name(token)) is None


async def test_a_clock_set_back_by_more_than_an_hour_ends_sessions(
    journal: Journal, clock: ManualClock
) -> None:
    token = await journal.sessions.begin("one@school.example", Role.VIEWER, "token-1")
    clock.set(clock.now() - IDLE_SECONDS - 1)
    assert await journal.sessions.find(token) is None


async def test_what_is_over_is_forgotten(journal: Journal, clock: ManualClock) -> None:
    for number in range(3):
        token = await journal.sessions.begin(f"{number}@school.example", Role.VIEWER, "token-1")
    await journal.sessions.revoke(session_name(token))
    clock.advance(60)
    assert await journal.sessions.prune(clock.now()) == 1
    clock.advance(LIFE_SECONDS + 1)
    assert await journal.sessions.prune(clock.now()) == 2
