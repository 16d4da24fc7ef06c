"""Starting a sync, and asking how far it is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field
from starlette.responses import Response

from mzi_bridge.api.answers import (
    MODULE_NOT_MAPPED,
    MOODLE_DISABLED,
    NO_SUCH_SYNC,
    SYNC_PAUSED,
    SYNC_RUNNING,
)
from mzi_bridge.api.audit import Audited
from mzi_bridge.api.declare import declared, segment
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.ports import Syncs
from mzi_bridge.api.shapes import Given, Id, Shown
from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline.sync import Mode
from mzi_bridge.pipeline.sync_standing import Job
from mzi_bridge.problems import NOT_CONNECTED


class SyncOptions(Given):
    mode: Literal["delta", "full"] = Field(
        default="delta", description="Only what changed since the last sync, or everything."
    )
    dry_run: bool = Field(default=False, description="Count what would change; write nothing.")


class FullOptions(Given):
    dry_run: bool = Field(default=False, description="Count what would change; write nothing.")


class StatusOptions(Given):
    id: Id | None = Field(default=None, description="Of the sync; the latest without it.")


class JobShown(Shown):
    """A sync as it stands. `modules`: CRM module to counts by outcome; a module is in `finished`
    once it is through. `sizes`: how many records each of the `wanted` modules has, roughly. `done`
    is the part that is through, 0 to 1, `rate` records a second. `waiting` is why it waits at this
    moment. Times are epoch seconds."""

    id: int
    mode: Mode
    dry_run: bool
    state: RunState
    reason: str
    modules: dict[str, dict[str, int]]
    finished: tuple[str, ...]
    started_at: float
    finished_at: float | None
    waiting: str
    wanted: tuple[str, ...]
    sizes: dict[str, int]
    rate: float | None
    done: float | None
    seconds_left: float | None


NAME = {"type": "string", "minLength": 1, "maxLength": 100}
_STARTS = (MODULE_NOT_MAPPED, SYNC_RUNNING, SYNC_PAUSED, MOODLE_DISABLED, NOT_CONNECTED)
SYNC_ONE = declared(
    "POST",
    "/api/v1/sync/{entity}",
    "startSync",
    scope="sync",
    tag="Syncs",
    summary="Sync one module",
    description="Starts a sync in the background; `GET /api/v1/admin/full-sync/status` tells how "
    "far it is. The options may also stand in a JSON body.",
    parameters=(
        segment(
            "entity", "A mapped CRM module, or its entity.", {"type": "string", "minLength": 1}
        ),
    ),
    query=SyncOptions,
    status=202,
    answer=JobShown,
    says="The sync has begun.",
    problems=_STARTS,
)
SYNC_ALL = declared(
    "POST",
    "/api/v1/admin/full-sync",
    "startFullSync",
    scope="sync",
    tag="Syncs",
    summary="Sync everything from the beginning",
    description="The options may also stand in a JSON body.",
    query=FullOptions,
    status=202,
    answer=JobShown,
    says="The sync has begun.",
    problems=_STARTS,
)
SYNC_STATUS = declared(
    "GET",
    "/api/v1/admin/full-sync/status",
    "readSync",
    scope="read",
    tag="Syncs",
    summary="How far a sync is",
    query=StatusOptions,
    answer=JobShown,
    says="That sync, or the latest.",
    problems=(NO_SUCH_SYNC, NOT_CONNECTED),
)
OPERATIONS = (SYNC_ONE, SYNC_ALL, SYNC_STATUS)


class SyncEndpoints:
    def __init__(self, syncs: Syncs, audited: Audited) -> None:
        self._syncs = syncs
        self._audited = audited

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(SYNC_ONE, self.entity),
            Endpoint(SYNC_ALL, self.full),
            Endpoint(SYNC_STATUS, self.status),
        )

    async def entity(self, call: Call) -> BaseModel:
        return await self._start(call, call.path["entity"], Mode(call.options.mode))

    async def full(self, call: Call) -> BaseModel:
        return await self._start(call, None, Mode.FULL)

    async def status(self, call: Call) -> BaseModel | Response:
        job = await self._syncs.status(call.options.id)
        return NO_SUCH_SYNC.answer() if job is None else JobShown.of(job)

    async def _start(self, call: Call, entity: str | None, mode: Mode) -> BaseModel:
        dry_run: bool = call.options.dry_run
        details = {"mode": mode.value, "dry_run": dry_run}
        async with self._audited(call, "sync_started", entity or "all", details) as noted:
            job: Job = await self._syncs.start(entity, mode, dry_run=dry_run)
            noted["id"] = job.id
        return JobShown.of(job)
