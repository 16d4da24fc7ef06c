"""What Moodle's pages show of a student, for a program of the school's own."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.answers import failure
from mzi_bridge.api.ports import StudentProfile
from mzi_bridge.errors import MziError

LARGEST_USER_ID = 2**31 - 1


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    moodle_user_id: int = Field(ge=1, le=LARGEST_USER_ID)


class ProfileEndpoint:
    def __init__(self, profile: StudentProfile) -> None:
        self._profile = profile

    async def read(self, request: Request) -> Response:
        """GET …/students/profile?moodle_user_id= → 200, the dashboard as Moodle gives it; 404
        `unknown_student`; 503 while Moodle is paused or cannot be had. Personal data: it is
        neither kept nor logged, and no cache may keep it."""
        try:
            wanted = _Options.model_validate(dict(request.query_params))
            profile = await self._profile(wanted.moodle_user_id)
        except (ValidationError, MziError) as error:
            return failure(error)
        return JSONResponse(dict(profile), headers={"Cache-Control": "no-store"})
