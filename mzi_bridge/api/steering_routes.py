"""Syncs that are held up or ended, and comparisons that are begun."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, Field

from mzi_bridge.api.answers import (
    MODULE_NOT_MAPPED,
    MOODLE_DISABLED,
    NO_SUCH_SYNC,
    RECONCILE_RUNNING,
    SYNC_NOT_PAUSED,
    SYNC_NOT_RUNNING,
)
from mzi_bridge.api.audit import Audited
from mzi_bridge.api.declare import declared, segment
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.extension_ports import Reconcile, Steering
from mzi_bridge.api.shapes import LARGEST_ID, Given, Module
from mzi_bridge.api.state_routes import PREFIX, TAG, RunShown
from mzi_bridge.api.sync_routes import JobShown
from mzi_bridge.errors import OperatorError
from mzi_bridge.openapi.operation import Operation
from mzi_bridge.pipeline.run_view import view_of
from mzi_bridge.pipeline.sync_standing import Job
from mzi_bridge.problems import NOT_CONNECTED, Problem


class ReconcileOptions(Given):
    repair: bool = Field(default=False, description="Mend what differs.")
    module: Module | None = Field(default=None, description="Only this module, or entity.")


_ID = segment("id", "Of the sync.", {"type": "integer", "minimum": 1, "maximum": LARGEST_ID})


def _steering(word: str, summary: str, says: str, problem: Problem) -> Operation:
    return declared(
        "POST",
        f"{PREFIX}/syncs/{{id}}/{word}",
        f"{word}Sync",
        scope="sync",
        tag=TAG,
        summary=summary,
        parameters=(_ID,),
        status=202,
        answer=JobShown,
        says=says,
        problems=(NO_SUCH_SYNC, problem, NOT_CONNECTED),
    )


PAUSE = _steering("pause", "Hold up a sync", "It has stopped and can go on.", SYNC_NOT_RUNNING)
RESUME = _steering("resume", "Go on with a sync", "It goes on where it stopped.", SYNC_NOT_PAUSED)
CANCEL = _steering("cancel", "End a sync", "It has ended; what it carried stays.", SYNC_NOT_RUNNING)
RECONCILE = declared(
    "POST",
    f"{PREFIX}/reconcile",
    "reconcile",
    scope="sync",
    tag=TAG,
    summary="Compare Moodle with the CRM record by record",
    description="In the background; the history of syncs tells how it ended.",
    body=ReconcileOptions,
    status=202,
    answer=RunShown,
    says="The comparison has begun.",
    problems=(MODULE_NOT_MAPPED, MOODLE_DISABLED, RECONCILE_RUNNING, NOT_CONNECTED),
)
OPERATIONS = (PAUSE, RESUME, CANCEL, RECONCILE)


class ReconcileEndpoint:
    def __init__(self, reconcile: Reconcile, audited: Audited) -> None:
        self._reconcile = reconcile
        self._audited = audited

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (Endpoint(RECONCILE, self.start),)

    async def start(self, call: Call) -> BaseModel:
        wanted: ReconcileOptions = call.options
        target, details = wanted.module or "all", {"repair": wanted.repair}
        async with self._audited(call, "reconcile_started", target, details) as noted:
            run = await self._reconcile(wanted.module, repair=wanted.repair)
            noted["id"] = run.id
        return RunShown.of(view_of(run))


class SteeringEndpoints:
    """`syncs` answers those of the bridge at work; it raises OperatorError not_connected."""

    def __init__(self, syncs: Callable[[], Steering], audited: Audited) -> None:
        self._syncs = syncs
        self._audited = audited

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(PAUSE, self.pause),
            Endpoint(RESUME, self.resume),
            Endpoint(CANCEL, self.cancel),
        )

    async def pause(self, call: Call) -> BaseModel:
        return await self._steer(call, "sync_paused", lambda syncs: syncs.pause)

    async def resume(self, call: Call) -> BaseModel:
        return await self._steer(call, "sync_resumed", lambda syncs: syncs.resume)

    async def cancel(self, call: Call) -> BaseModel:
        return await self._steer(call, "sync_cancelled", lambda syncs: syncs.cancel)

    async def _steer(
        self, call: Call, action: str, which: Callable[[Steering], Callable[[int], Awaitable[Job]]]
    ) -> BaseModel:
        job_id = _id(call.path["id"])
        async with self._audited(call, action, str(job_id)):
            job = await which(self._syncs())(job_id)
        return JobShown.of(job)


def _id(text: str) -> int:
    """Raises OperatorError no_such_sync: what is no number is no sync's."""
    if text.isascii() and text.isdigit() and len(text) < 17:
        return int(text)
    raise OperatorError("No sync has such an id.", reason=NO_SUCH_SYNC.word)
