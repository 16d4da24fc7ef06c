"""What Moodle's pages show of a student, for a program of the school's own."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, RootModel
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.answers import UNKNOWN_STUDENT
from mzi_bridge.api.declare import declared
from mzi_bridge.api.door import ADMIN
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.ports import StudentProfile
from mzi_bridge.api.shapes import Given
from mzi_bridge.problems import NOT_CONNECTED

LARGEST_USER_ID = 2**31 - 1


class ProfileOptions(Given):
    moodle_user_id: int = Field(ge=1, le=LARGEST_USER_ID, description="The student's Moodle user.")


class Dashboard(RootModel[dict[str, Any]]):
    """The student, and one object for each tab of the pages, as Moodle gives them."""


PROFILE = declared(
    "GET",
    "/api/v1/students/profile",
    "readStudent",
    scope=ADMIN,
    tag="Students",
    summary="What Moodle's pages show of a student",
    description="Personal data: it is neither kept nor logged, and no cache may keep it.",
    query=ProfileOptions,
    answer=Dashboard,
    says="The dashboard.",
    problems=(UNKNOWN_STUDENT, NOT_CONNECTED),
)
OPERATIONS = (PROFILE,)


class ProfileEndpoint:
    def __init__(self, profile: StudentProfile) -> None:
        self._profile = profile

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (Endpoint(PROFILE, self.read),)

    async def read(self, call: Call) -> BaseModel | Response:
        return JSONResponse(dict(await self._profile(call.options.moodle_user_id)))
