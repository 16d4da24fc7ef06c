"""What the brake holds back: the list, and the operator's word on it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.answers import failure
from mzi_bridge.api.options import options_of
from mzi_bridge.api.ports import Held
from mzi_bridge.errors import MziError

Module = Annotated[str, Field(min_length=1, max_length=100)]
LARGEST_ID = 2**53


class _Options(BaseModel):
    """Unknown options are refused: a misspelt one must not widen a choice."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _ListOptions(_Options):
    module: Module | None = None
    after: int = Field(default=0, ge=0, le=LARGEST_ID)
    limit: int = Field(default=100, ge=1, le=1000)
    history: bool = False


class _ConfirmOptions(_Options):
    module: Module
    number: int = Field(ge=1, le=LARGEST_ID)
    up_to: int | None = Field(default=None, ge=1, le=LARGEST_ID)


class _ReopenOptions(_Options):
    module: Module
    ids: list[Annotated[int, Field(ge=1, le=LARGEST_ID)]] = Field(min_length=1)


class _DiscardOptions(_Options):
    module: Module
    ids: list[Annotated[int, Field(ge=1, le=LARGEST_ID)]] | None = None
    note: str = Field(default="", max_length=2000)


class HeldEndpoints:
    def __init__(self, held: Held) -> None:
        self._held = held

    async def list(self, request: Request) -> Response:
        """GET …/held?module&after&limit&history → 200 `{"counts": {module: n}, "last":
        {module: id}, "held": […]}`; with count and last id a confirmation names what was seen."""
        try:
            wanted = _ListOptions.model_validate(dict(request.query_params))
            # First: what is held meanwhile is listed, and not in what they let confirm.
            standing = await self._held.open_now()
            changes = await self._held.list(
                wanted.module, limit=wanted.limit, after=wanted.after, history=wanted.history
            )
        except (ValidationError, MziError) as error:
            return failure(error)
        content: dict[str, Any] = {
            "counts": {module: found.number for module, found in standing.items()},
            "last": {module: found.last for module, found in standing.items()},
            "held": [asdict(change) for change in changes],
        }
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    async def confirm(self, request: Request) -> Response:
        """POST …/held/confirm {module, number, up_to?} → 202 `{"confirmed": n}`; 409 if another
        number is held; `up_to` names the last id that counts."""
        try:
            wanted = _ConfirmOptions.model_validate(await options_of(request))
            count = await self._held.confirm([wanted.module], wanted.number, up_to=wanted.up_to)
        except (ValidationError, MziError) as error:
            return failure(error)
        return JSONResponse({"confirmed": count}, 202)

    async def discard(self, request: Request) -> Response:
        """POST …/held/discard {module, ids?, note?} → 200 `{"discarded": n}`."""
        try:
            wanted = _DiscardOptions.model_validate(await options_of(request))
            count = await self._held.discard(wanted.module, wanted.ids, wanted.note)
        except (ValidationError, MziError) as error:
            return failure(error)
        return JSONResponse({"discarded": count})

    async def reopen(self, request: Request) -> Response:
        """POST …/held/reopen {module, ids} → 200 `{"reopened": n}`: discarded ones held again."""
        try:
            wanted = _ReopenOptions.model_validate(await options_of(request))
            count = await self._held.reopen(wanted.module, wanted.ids)
        except (ValidationError, MziError) as error:
            return failure(error)
        return JSONResponse({"reopened": count})
