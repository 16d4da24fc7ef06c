"""API keys: shown once, kept as a hash, good for what they were made for until they end."""

from __future__ import annotations

import hashlib
import re

import pytest
from sqlalchemy import select, text

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal import Journal
from mzi_bridge.journal.api_keys import USE_NOTED_SECONDS, ApiKey, Scope
from mzi_bridge.journal.console_tables import api_keys
from tests.support.clock import ManualClock

READ, SYNC = Scope.READ.value, Scope.SYNC.value


async def only(journal: Journal) -> ApiKey:
    (key,) = await journal.api_keys.list(history=True)
    return key


async def test_a_key_is_found_by_itself_and_by_nothing_else(journal: Journal) -> None:
    made = await journal.api_keys.create("plugin", [SYNC, READ], actor="office")
    found = await journal.api_keys.find(made.secret)
    assert found is not None and (found.id, found.scopes) == (made.key.id, (READ, SYNC))
    for wrong in (
        "",
        "mzi_",
        made.secret[:-1],
        made.secret + "x",
        made.secret.upper(),
        made.key.hint,
    ):
        assert await journal.api_keys.find(wrong) is None


async def test_a_key_is_256_random_bits_and_only_its_hash_is_kept(journal: Journal) -> None:
    one = await journal.api_keys.create("plugin", [READ], actor="office")
    other = await journal.api_keys.create("plugin", [READ], actor="office")
    assert one.secret != other.secret
    assert re.fullmatch(r"mzi_[A-Za-z0-9_-]{43}", one.secret)
    assert one.secret not in repr(one)
    async with journal.database.read() as connection:
        rows = (await connection.execute(select(api_keys).order_by(api_keys.c.id))).all()
    assert rows[0].key_hash == hashlib.sha256(one.secret.encode()).hexdigest()
    assert one.secret[len(one.key.hint) :] not in str(rows)


async def test_a_key_counts_until_it_ends(journal: Journal, clock: ManualClock) -> None:
    until = clock.now() + 100
    made = await journal.api_keys.create("trial", [READ], actor="office", expires_at=until)
    assert await journal.api_keys.any()
    clock.advance(99)
    assert await journal.api_keys.find(made.secret)
    clock.advance(1)
    assert await journal.api_keys.find(made.secret) is None
    assert not await journal.api_keys.any()
    assert await journal.api_keys.list() == ()
    assert (await only(journal)).id == made.key.id


async def test_a_revoked_key_opens_nothing_from_that_moment_on(journal: Journal) -> None:
    made = await journal.api_keys.create("plugin", [READ], actor="office")
    gone = await journal.api_keys.revoke(made.key.id)
    assert gone is not None and gone.revoked_at is not None
    assert await journal.api_keys.find(made.secret) is None
    assert await journal.api_keys.revoke(made.key.id) is None
    assert await journal.api_keys.revoke(made.key.id + 1) is None
    assert await journal.api_keys.list() == ()


async def test_use_is_noted_once_a_minute(journal: Journal, clock: ManualClock) -> None:
    made = await journal.api_keys.create("plugin", [READ], actor="office")
    assert (await only(journal)).last_used_at is None
    first = clock.now()
    for _ in range(3):
        await journal.api_keys.find(made.secret)
        clock.advance(USE_NOTED_SECONDS / 3 - 1)
    assert (await only(journal)).last_used_at == first
    clock.advance(USE_NOTED_SECONDS)
    await journal.api_keys.find(made.secret)
    assert (await only(journal)).last_used_at == clock.now()


async def test_another_tenant_has_keys_of_its_own(journal: Journal) -> None:
    made = await journal.api_keys.create("plugin", [READ], actor="office")
    async with journal.database.write() as connection:
        await connection.execute(text("UPDATE api_keys SET tenant = 'other'"))
    assert await journal.api_keys.find(made.secret) is None
    assert not await journal.api_keys.any()
    assert await journal.api_keys.revoke(made.key.id) is None


@pytest.mark.parametrize(
    ("name", "scopes", "reason"),
    [
        ("", [READ], "bad_name"),
        ("a\nb", [READ], "bad_name"),
        ("x" * 101, [READ], "bad_name"),
        ("plugin", [], "no_scope"),
        ("plugin", [READ, "everything"], "unknown_scope"),
    ],
)
async def test_what_would_be_no_key_is_refused(
    journal: Journal, name: str, scopes: list[str], reason: str
) -> None:
    with pytest.raises(OperatorError) as refused:
        await journal.api_keys.create(name, scopes, actor="office")
    assert refused.value.reason == reason
    assert not await journal.api_keys.any()


async def test_a_key_that_would_have_ended_is_refused(journal: Journal, clock: ManualClock) -> None:
    with pytest.raises(OperatorError) as refused:
        await journal.api_keys.create("x", [READ], actor="office", expires_at=clock.now())
    assert refused.value.reason == "already_expired"
