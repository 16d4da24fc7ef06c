"""The CRM's access token, shared by all processes and sealed at rest."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr
from sqlalchemy import Executable, bindparam, select

from mzi_bridge.clock import Clock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.locks import Locks
from mzi_bridge.journal.tables import tokens

log = logging.getLogger(__name__)
KEY_FIX = (
    "Make one with: python -c"
    " 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
)

_LOAD = select(tokens).where(
    tokens.c.tenant == bindparam("of_tenant"),
    tokens.c.link == bindparam("of_link"),
    tokens.c.account == bindparam("of_account"),
)


@dataclass(frozen=True)
class TokenRow:
    """`expires_at` is epoch seconds; `api_domain` the address the CRM answered with."""

    access_token: str = field(repr=False)
    expires_at: float
    api_domain: str | None = None


def account_of(client_id: str, refresh_token: SecretStr, accounts_url: str) -> str:
    """The fingerprint of what tokens are granted to: SHA-256, 64 hexadecimal characters."""
    parts = [client_id, refresh_token.get_secret_value(), accounts_url]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Tokens:
    """One token for each link. Every method raises JournalUnavailable.

    A token is good only for the `account` (see `account_of`) that it was saved for.
    `secret_keys` are Fernet keys: the first seals, all open, so a new key is put in front and
    the old one dropped once a token has been saved.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tenant: str,
        locks: Locks,
        secret_keys: Sequence[SecretStr],
        *,
        link: str = "zoho",
    ) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._locks = locks
        self._link = link
        self._box = _box(secret_keys) if secret_keys else None

    async def load(self, account: str) -> TokenRow | None:
        """The stored token; None if there is none of this account or no key opens it any more.

        Raises OperatorError (secret_key_missing).
        """
        named = {"of_tenant": self._tenant, "of_link": self._link, "of_account": account}
        async with self._database.read() as connection:
            row = (await connection.execute(_LOAD, named)).one_or_none()
        if row is None:
            return None
        try:
            opened = self._opener().decrypt(row.sealed.encode())
        except InvalidToken:
            log.warning("the stored token opens with no key of the settings; a new one is needed")
            return None
        return TokenRow(opened.decode(), row.expires_at, row.api_domain)

    async def save(self, token: TokenRow, account: str) -> None:
        """Seals with the first key. Raises OperatorError (secret_key_missing)."""
        row = {
            "tenant": self._tenant,
            "link": self._link,
            "account": account,
            "sealed": self._opener().encrypt(token.access_token.encode()).decode(),
            "expires_at": token.expires_at,
            "api_domain": token.api_domain,
            "saved_at": self._clock.now(),
        }
        async with self._database.write() as connection:
            await connection.execute(_saving(self._database.insert), row)

    def refreshing(self) -> AbstractAsyncContextManager[None]:
        """Exclusive among tasks and processes: load again inside, then refresh if still due."""
        return self._locks.hold(f"token:{self._link}")

    def _opener(self) -> MultiFernet:
        if self._box is None:
            raise OperatorError(
                "No secret key is set, so no token can be kept.",
                reason="secret_key_missing",
                fix=f"Set MZI_SECRET_KEY. {KEY_FIX}",
            )
        return self._box


@cache
def _saving(insert: InsertInto) -> Executable:
    upsert = insert(tokens)
    names = ("account", "sealed", "expires_at", "api_domain", "saved_at")
    return upsert.on_conflict_do_update(
        index_elements=[tokens.c.tenant, tokens.c.link],
        set_={name: upsert.excluded[name] for name in names},
    )


def _box(secret_keys: Sequence[SecretStr]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.get_secret_value()) for key in secret_keys])
    except ValueError:
        raise OperatorError(
            "A key in MZI_SECRET_KEY is not a Fernet key (32 bytes, URL-safe base64).",
            reason="secret_key_malformed",
            fix=KEY_FIX,
        ) from None
