"""The access token: sealed at rest, opened by any current key, refreshed by one at a time."""

from __future__ import annotations

import anyio
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import select

from mzi_bridge.clock import SystemClock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal import Journal, TokenRow
from mzi_bridge.journal.tables import tokens
from mzi_bridge.journal.tokens import account_of
from tests.support.clock import ManualClock

TOKEN = TokenRow("1000.canary.token", 1234.5, "https://www.zohoapis.example")

ACCOUNT = account_of("1000.CLIENT", SecretStr("1000.refresh"), "https://accounts.zoho.example")
OTHER_ACCOUNT = account_of("1000.CLIENT", SecretStr("1000.new"), "https://accounts.zoho.example")


def _key() -> SecretStr:
    return SecretStr(Fernet.generate_key().decode())


async def test_a_saved_token_is_loaded_again(journal: Journal) -> None:
    assert await journal.tokens.load(ACCOUNT) is None

    await journal.tokens.save(TokenRow("older", 1.0), ACCOUNT)
    await journal.tokens.save(TOKEN, ACCOUNT)

    assert await journal.tokens.load(ACCOUNT) == TOKEN


async def test_the_token_stands_nowhere_in_clear(journal: Journal) -> None:
    await journal.tokens.save(TOKEN, ACCOUNT)

    async with journal.database.read() as connection:
        (row,) = await connection.execute(select(tokens))

    assert "canary" not in repr(tuple(row))
    assert "canary" not in repr(TOKEN)


async def test_a_token_of_another_account_is_never_used(journal: Journal) -> None:
    await journal.tokens.save(TOKEN, ACCOUNT)
    assert await journal.tokens.load(OTHER_ACCOUNT) is None

    await journal.tokens.save(TokenRow("newer", 2.0), OTHER_ACCOUNT)

    assert await journal.tokens.load(OTHER_ACCOUNT) == TokenRow("newer", 2.0)
    assert await journal.tokens.load(ACCOUNT) is None


@pytest.mark.parametrize(
    "changed",
    [
        ("1000.OTHER", "1000.refresh", "https://accounts.zoho.example"),
        ("1000.CLIENT", "1000.other", "https://accounts.zoho.example"),
        ("1000.CLIENT", "1000.refresh", "https://accounts.other.example"),
    ],
)
def test_client_consent_and_server_make_the_account(changed: tuple[str, str, str]) -> None:
    client_id, refresh_token, accounts_url = changed
    assert account_of(client_id, SecretStr(refresh_token), accounts_url) != ACCOUNT


async def test_keys_rotate_without_losing_the_token(url: str, clock: ManualClock) -> None:
    old, new = _key(), _key()
    async with Journal.open(url, clock=clock, secret_keys=[old]) as journal:
        await journal.tokens.save(TOKEN, ACCOUNT)
    async with Journal.open(url, clock=clock, secret_keys=[new, old]) as journal:
        assert await journal.tokens.load(ACCOUNT) == TOKEN
        await journal.tokens.save(TOKEN, ACCOUNT)

    async with Journal.open(url, clock=clock, secret_keys=[new]) as journal:
        assert await journal.tokens.load(ACCOUNT) == TOKEN


async def test_a_token_that_no_key_opens_counts_as_none(url: str, clock: ManualClock) -> None:
    async with Journal.open(url, clock=clock, secret_keys=[_key()]) as journal:
        await journal.tokens.save(TOKEN, ACCOUNT)

    async with Journal.open(url, clock=clock, secret_keys=[_key()]) as journal:
        assert await journal.tokens.load(ACCOUNT) is None


async def test_without_a_key_no_token_is_kept(url: str, clock: ManualClock) -> None:
    async with Journal.open(url, clock=clock) as journal:
        with pytest.raises(OperatorError, match="MZI_SECRET_KEY") as refused:
            await journal.tokens.save(TOKEN, ACCOUNT)

    assert refused.value.reason == "secret_key_missing"


async def test_a_malformed_key_is_named_and_not_repeated(url: str, clock: ManualClock) -> None:
    with pytest.raises(OperatorError, match="MZI_SECRET_KEY") as refused:
        async with Journal.open(url, clock=clock, secret_keys=[SecretStr("hunter2")]):
            pass

    assert refused.value.reason == "secret_key_malformed"
    assert "hunter2" not in str(refused.value)


async def test_one_task_of_many_processes_refreshes_at_a_time(url: str) -> None:
    key, clock = _key(), SystemClock()
    inside = fetched = 0

    async def ensure(journal: Journal) -> None:
        nonlocal inside, fetched
        async with journal.tokens.refreshing():
            inside += 1
            assert inside == 1
            await anyio.lowlevel.checkpoint()
            if await journal.tokens.load(ACCOUNT) is None:
                fetched += 1
                await journal.tokens.save(TOKEN, ACCOUNT)
            inside -= 1

    async with (
        Journal.open(url, clock=clock, secret_keys=[key]) as one,
        Journal.open(url, clock=clock, secret_keys=[key]) as other,
        anyio.create_task_group() as tasks,
    ):
        for n in range(12):
            tasks.start_soon(ensure, (one, other)[n % 2])

    assert fetched == 1
