"""What the brake holds back: the list, and the operator's word on it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from mzi_bridge.api.answers import HELD_NUMBER_DIFFERS
from mzi_bridge.api.audit import Audited
from mzi_bridge.api.declare import declared
from mzi_bridge.api.door import ADMIN
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.ports import Held
from mzi_bridge.api.shapes import LARGEST_ID, Given, Id, Module, Shown
from mzi_bridge.journal.held import HeldState
from mzi_bridge.journal.records import HeldKind
from mzi_bridge.problems import NOT_CONNECTED

TAG = "Held changes"


class ListOptions(Given):
    module: Module | None = Field(default=None, description="Only this CRM module.")
    after: int = Field(default=0, ge=0, le=LARGEST_ID, description="Only ids above this one.")
    limit: int = Field(default=100, ge=1, le=1000, description="Most entries of the answer.")
    history: bool = Field(default=False, description="Those decided or overtaken, too.")


class ConfirmOptions(Given):
    module: Module
    number: int = Field(ge=1, le=LARGEST_ID, description="How many are held.")
    up_to: Id | None = Field(default=None, description="The last id that counts.")


class ReopenOptions(Given):
    module: Module
    ids: list[Id] = Field(min_length=1, description="Ids of the list.")


class DiscardOptions(Given):
    module: Module
    ids: list[Id] | None = Field(default=None, description="Ids of the list; all without it.")
    note: str = Field(default="", max_length=2000, description="Why, without names.")


class HeldShown(Shown):
    """One change that is held, or was. Times are epoch seconds."""

    id: int
    module: str
    record_id: str
    kind: HeldKind
    reason: str
    state: HeldState
    held_at: float
    last_held_at: float
    confirmed_at: float | None
    closed_at: float | None
    note: str


class HeldList(Shown):
    """`counts` and `last` are what a confirmation has to name, by module."""

    counts: dict[str, int]
    last: dict[str, int]
    held: list[HeldShown]


class Confirmed(Shown):
    confirmed: int


class Discarded(Shown):
    discarded: int


class Reopened(Shown):
    reopened: int


_DECIDE = "Ids may be had from the list. The options may also stand in the address."
HELD_LIST = declared(
    "GET",
    "/api/v1/admin/held",
    "listHeld",
    scope="read",
    tag=TAG,
    summary="What the brake holds back",
    query=ListOptions,
    answer=HeldList,
    says="Ids and words, no value of a record.",
    problems=(NOT_CONNECTED,),
)
CONFIRM = declared(
    "POST",
    "/api/v1/admin/held/confirm",
    "confirmHeld",
    scope=ADMIN,
    tag=TAG,
    summary="Apply what is held of a module",
    description=_DECIDE,
    body=ConfirmOptions,
    status=202,
    answer=Confirmed,
    says="They will be applied.",
    problems=(HELD_NUMBER_DIFFERS, NOT_CONNECTED),
)
DISCARD = declared(
    "POST",
    "/api/v1/admin/held/discard",
    "discardHeld",
    scope=ADMIN,
    tag=TAG,
    summary="Decide against held changes",
    description=_DECIDE,
    body=DiscardOptions,
    answer=Discarded,
    says="They are not applied until the CRM tells of something newer.",
    problems=(NOT_CONNECTED,),
)
REOPEN = declared(
    "POST",
    "/api/v1/admin/held/reopen",
    "reopenHeld",
    scope=ADMIN,
    tag=TAG,
    summary="Hold discarded changes again",
    description=_DECIDE,
    body=ReopenOptions,
    answer=Reopened,
    says="They wait for a word again.",
    problems=(NOT_CONNECTED,),
)
OPERATIONS = (HELD_LIST, CONFIRM, DISCARD, REOPEN)


class HeldEndpoints:
    def __init__(self, held: Held, audited: Audited) -> None:
        self._held = held
        self._audited = audited

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(HELD_LIST, self.list),
            Endpoint(CONFIRM, self.confirm),
            Endpoint(DISCARD, self.discard),
            Endpoint(REOPEN, self.reopen),
        )

    async def list(self, call: Call) -> BaseModel:
        wanted: ListOptions = call.options
        # First: what is held meanwhile is listed, and not in what they let confirm.
        standing = await self._held.open_now()
        changes = await self._held.list(
            wanted.module, limit=wanted.limit, after=wanted.after, history=wanted.history
        )
        return HeldList(
            counts={module: found.number for module, found in standing.items()},
            last={module: found.last for module, found in standing.items()},
            held=[HeldShown.of(change) for change in changes],
        )

    async def confirm(self, call: Call) -> BaseModel:
        wanted: ConfirmOptions = call.options
        details = {"number": wanted.number, "up_to": wanted.up_to}
        async with self._audited(call, "held_confirmed", wanted.module, details) as noted:
            count = await self._held.confirm([wanted.module], wanted.number, up_to=wanted.up_to)
            noted["count"] = count
        return Confirmed(confirmed=count)

    async def discard(self, call: Call) -> BaseModel:
        wanted: DiscardOptions = call.options
        async with self._audited(call, "held_discarded", wanted.module) as noted:
            count = await self._held.discard(wanted.module, wanted.ids, wanted.note)
            noted["count"] = count
        return Discarded(discarded=count)

    async def reopen(self, call: Call) -> BaseModel:
        wanted: ReopenOptions = call.options
        async with self._audited(call, "held_reopened", wanted.module) as noted:
            count = await self._held.reopen(wanted.module, wanted.ids)
            noted["count"] = count
        return Reopened(reopened=count)
