"""API keys: made, listed and revoked by whoever holds the administrator's token."""

from __future__ import annotations

from typing import Protocol

from msgspec.structs import asdict
from pydantic import BaseModel, Field
from starlette.responses import Response

from mzi_bridge.api.answers import NO_SUCH_KEY
from mzi_bridge.api.audit import Audited
from mzi_bridge.api.declare import declared, segment
from mzi_bridge.api.door import ADMIN
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.shapes import LARGEST_ID, Given, Shown
from mzi_bridge.clock import Clock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.api_keys import ApiKey, NewKey, Scope

TAG = "API keys"
DAY = 86_400.0
PATH = "/api/v1/admin/keys"


class Desk(Protocol):
    """`journal.api_keys.ApiKeys`, as far as these operations need it."""

    async def create(
        self, name: str, scopes: list[str], *, actor: str, expires_at: float | None = None
    ) -> NewKey: ...

    async def list(self, *, history: bool = False) -> tuple[ApiKey, ...]: ...

    async def revoke(self, key_id: int) -> ApiKey | None: ...


class KeyOptions(Given):
    name: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^[!-~]([ -~]*[!-~])?$",
        description="Of the program that will use it.",
    )
    scopes: list[str] = Field(
        min_length=1,
        max_length=20,
        description="What it is good for.",
        json_schema_extra={"items": {"enum": [scope.value for scope in Scope]}},
    )
    expires_in_days: int | None = Field(
        default=None, ge=1, le=3650, description="It counts so long; without it, for good."
    )


class KeysOptions(Given):
    history: bool = Field(default=False, description="Those revoked or at their end, too.")


class KeyShown(Shown):
    """`hint` is the key's beginning. Times are epoch seconds."""

    id: int
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    created_at: float
    created_by: str
    expires_at: float | None
    last_used_at: float | None
    revoked_at: float | None


class NewKeyShown(KeyShown):
    key: str = Field(description="The key itself: it is not kept, and never shown again.")


class KeysShown(Shown):
    keys: list[KeyShown]


CREATE = declared(
    "POST",
    PATH,
    "createKey",
    scope=ADMIN,
    tag=TAG,
    summary="Make an API key",
    body=KeyOptions,
    status=201,
    answer=NewKeyShown,
    says="The key, for this one time.",
)
LIST = declared(
    "GET",
    PATH,
    "listKeys",
    scope=ADMIN,
    tag=TAG,
    summary="The API keys",
    query=KeysOptions,
    answer=KeysShown,
    says="Oldest first; no key itself.",
)
REVOKE = declared(
    "DELETE",
    PATH + "/{id}",
    "revokeKey",
    scope=ADMIN,
    tag=TAG,
    summary="Revoke an API key",
    parameters=(
        segment("id", "Of the list.", {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}),
    ),
    answer=KeyShown,
    says="It opens nothing any more, from this moment on.",
    problems=(NO_SUCH_KEY,),
)
OPERATIONS = (CREATE, LIST, REVOKE)


class KeyEndpoints:
    def __init__(self, keys: Desk, clock: Clock, audited: Audited) -> None:
        self._keys = keys
        self._clock = clock
        self._audited = audited

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(CREATE, self.create),
            Endpoint(LIST, self.list),
            Endpoint(REVOKE, self.revoke),
        )

    async def create(self, call: Call) -> BaseModel:
        wanted: KeyOptions = call.options
        days = wanted.expires_in_days
        expires_at = None if days is None else self._clock.now() + days * DAY
        details = {"scopes": " ".join(wanted.scopes), "expires_in_days": days}
        async with self._audited(call, "key_created", wanted.name, details) as noted:
            made = await self._keys.create(
                wanted.name, wanted.scopes, actor=call.caller.actor, expires_at=expires_at
            )
            noted["id"] = made.key.id
        return NewKeyShown(**asdict(made.key), key=made.secret)

    async def list(self, call: Call) -> BaseModel:
        keys = await self._keys.list(history=call.options.history)
        return KeysShown(keys=[KeyShown.of(key) for key in keys])

    async def revoke(self, call: Call) -> BaseModel | Response:
        key_id = _id(call.path["id"])
        async with self._audited(call, "key_revoked", str(key_id)) as noted:
            key = await self._keys.revoke(key_id)
            if key is None:
                raise OperatorError("No such key counts.", reason=NO_SUCH_KEY.word)
            noted["name"] = key.name
        return KeyShown.of(key)


def _id(text: str) -> int:
    """Raises OperatorError no_such_key: what is no number is no key's."""
    if text.isascii() and text.isdigit() and len(text) < 17:
        return int(text)
    raise OperatorError("No key has such an id.", reason=NO_SUCH_KEY.word)
