"""Starting a sync, and asking how far it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.answers import error_answer, failure
from mzi_bridge.api.options import options_of
from mzi_bridge.api.ports import Syncs
from mzi_bridge.errors import MziError
from mzi_bridge.pipeline.sync import Mode
from mzi_bridge.pipeline.sync_standing import Job


class _SyncOptions(BaseModel):
    """Unknown options are refused: a misspelt dry_run must not become a real run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode = Mode.DELTA
    dry_run: bool = False


class _FullOptions(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dry_run: bool = False


class SyncEndpoints:
    def __init__(self, syncs: Syncs) -> None:
        self._syncs = syncs

    async def entity(self, request: Request) -> Response:
        """POST …/sync/{entity}?mode=full|delta&dry_run=… → 202 with the job."""
        try:
            options = _SyncOptions.model_validate(await options_of(request))
            job = await self._syncs.start(
                request.path_params["entity"], options.mode, dry_run=options.dry_run
            )
        except (ValidationError, MziError) as error:
            return failure(error)
        return JSONResponse(_shown(job), 202)

    async def full(self, request: Request) -> Response:
        """POST …/full-sync?dry_run=… → 202 with the job."""
        try:
            options = _FullOptions.model_validate(await options_of(request))
            job = await self._syncs.start(None, Mode.FULL, dry_run=options.dry_run)
        except (ValidationError, MziError) as error:
            return failure(error)
        return JSONResponse(_shown(job), 202)

    async def status(self, request: Request) -> Response:
        """GET …/full-sync/status?id=… → 200 with that job, or the latest; 404 without one."""
        given = request.query_params.get("id")
        if given is not None and not (given.isascii() and given.isdigit() and len(given) < 16):
            return JSONResponse({"error": "bad_option", "options": ["id"]}, 400)
        try:
            job = await self._syncs.status(None if given is None else int(given))
        except MziError as error:
            return error_answer(error)
        if job is None:
            return JSONResponse({"error": "no_such_sync"}, 404)
        return JSONResponse(_shown(job))


def _shown(job: Job) -> dict[str, Any]:
    return asdict(job)
