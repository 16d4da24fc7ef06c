"""What a test or the demo may set on the emulated site while it runs.

POST /_control/site    JSON object of switches (see `site.Switches`); answers all of them
POST /_control/users   JSON list of accounts {"id", "username"[, "idnumber", "email",
                       "deleted", "suspended", "confirmed"]}; added, or replaced by id
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from mzi_bridge.sandbox.moodle.site import Site, Switches
from mzi_bridge.sandbox.moodle.users import User

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


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _refusal(wanted: str) -> JSONResponse:
    return JSONResponse({"error": "invalid_body", "wanted": wanted}, status_code=400)
