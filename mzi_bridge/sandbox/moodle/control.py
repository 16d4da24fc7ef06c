"""What a test or the demo may set on the emulated site while it runs.

POST /_control/site    JSON object of switches (see `site.Switches`); answers all of them
POST /_control/users   JSON list of accounts {"id", "username"[, "idnumber", "email",
                       "deleted", "suspended", "confirmed"]}; added, or replaced by id
POST /_control/requests  {"student": CRM id, "files": [{"name", "content": base64}]}: a student's
                       request is made; answers what the site's event tells of it
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any, Final

from pydantic import Base64Bytes, BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from mzi_bridge.sandbox.moodle.requests import make_request
from mzi_bridge.sandbox.moodle.site import Site, Switches
from mzi_bridge.sandbox.moodle.users import User


class AskedFile(BaseModel):
    name: str
    content: Base64Bytes


class Asked(BaseModel):
    """A request that a student is to have made; `student` is the CRM's id."""

    student: str
    files: tuple[AskedFile, ...] = ()


_ASKED: Final = TypeAdapter(Asked)
_USERS: Final = TypeAdapter(list[User])
_SWITCHES: Final = TypeAdapter(Switches)


async def set_switches(site: Site, request: Request) -> JSONResponse:
    wanted = await _json(request)
    known = {field.name for field in fields(Switches)}
    if not isinstance(wanted, dict) or not set(wanted) <= known:
        return _refusal(f"an object with keys of: {', '.join(sorted(known))}")
    try:
        checked = _SWITCHES.validate_python({**asdict(site.switches), **wanted})
    except ValidationError:
        return _refusal("a switch has the wrong type")
    site.switches = replace(checked)
    return JSONResponse({**asdict(checked), "withheld": sorted(checked.withheld)})


async def add_users(site: Site, request: Request) -> JSONResponse:
    try:
        users = _USERS.validate_python(await _json(request))
    except ValidationError:
        return _refusal("a list of accounts with id and username")
    for user in users:
        site.users.add(user)
    return JSONResponse({"users": len(site.users)}, status_code=201)


async def add_request(site: Site, request: Request) -> JSONResponse:
    try:
        asked = _ASKED.validate_python(await _json(request))
    except ValidationError:
        return _refusal("an object with student and files, each with name and content in base64")
    files = [(file.name, file.content) for file in asked.files]
    return JSONResponse(make_request(site, asked.student, files), status_code=201)


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _refusal(wanted: str) -> JSONResponse:
    return JSONResponse({"error": "invalid_body", "wanted": wanted}, status_code=400)
