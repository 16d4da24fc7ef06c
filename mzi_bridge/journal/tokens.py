"""The CRM's access token, shared by all processes and sealed at rest."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import cache

from pydantic import SecretStr
from sqlalchemy import Executable, bindparam, select

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.locks import Locks
from mzi_bridge.journal.seal import Seal
from mzi_bridge.journal.tables import tokens

log = logging.getLogger(__name__)

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
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tenant: str,
        locks: Locks,
        seal: Seal,
        *,
        link: str = "zoho",
    ) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._locks = locks
        self._link = link
        self._seal = seal

    async def load(self, account: str) -> TokenRow | None:
        """The stored token; None if there is none of this account or no key opens it any more.

        Raises OperatorError (secret_key_missing).
        """
        named = {"of_tenant": self._tenant, "of_link": self._link, "of_account": account}
        async with self._database.read() as connection:
            row = (await connection.execute(_LOAD, named)).one_or_none()
        if row is None:
            return None
        opened = self._seal.open(row.sealed)
        if opened is None:
            log.warning("the stored token opens with no key of the settings; a new one is needed")
            return None
        return TokenRow(opened, row.expires_at, row.api_domain)

    async def save(self, token: TokenRow, account: str) -> None:
        """Seals with the first key. Raises OperatorError (secret_key_missing)."""
        row = {
            "tenant": self._tenant,
            "link": self._link,
            "account": account,
            "sealed": self._seal.close(token.access_token),
            "expires_at": token.expires_at,
            "api_domain": token.api_domain,
            "saved_at": self._clock.now(),
        }
        async with self._database.write() as connection:
            await connection.execute(_saving(self._database.insert), row)

    def refreshing(self) -> AbstractAsyncContextManager[None]:
        """Exclusive among tasks and processes: load again inside, then refresh if still due."""
        return self._locks.hold(f"token:{self._link}")


@cache
def _saving(insert: InsertInto) -> Executable:
    upsert = insert(tokens)
    names = ("account", "sealed", "expires_at", "api_domain", "saved_at")
    return upsert.on_conflict_do_update(
        index_elements=[tokens.c.tenant, tokens.c.link],
        set_={name: upsert.excluded[name] for name in names},
    )
