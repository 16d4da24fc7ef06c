"""The bridge's settings over HTTP: what counts and where it is from; secrets only go in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.responses import Response

from mzi_bridge.api.answers import SETTINGS_INVALID, error_answer
from mzi_bridge.api.audit import Audited
from mzi_bridge.api.declare import declared
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.shapes import Given, Shown
from mzi_bridge.api.state_routes import PREFIX, TAG
from mzi_bridge.errors import OperatorError
from mzi_bridge.settings.desk import SettingsDesk

LONGEST_VALUE = 20_000
Value = Annotated[str, Field(max_length=LONGEST_VALUE)]


class SettingShown(Shown):
    """`value` is null for a secret, which only says whether it is `set`. `editable`: it can be
    changed here; what the environment says cannot."""

    name: str
    group: str
    description: str
    value: str | None
    secret: bool
    set: bool = Field(validation_alias="is_set")
    source: Literal["environment", "stored", "default"]
    editable: bool


class SettingsShown(Shown):
    settings: list[SettingShown]


class SettingsChange(Given):
    values: dict[str, Value | None] = Field(
        max_length=200, description="By name; null takes back what is stored."
    )


READ = declared(
    "GET",
    f"{PREFIX}/settings",
    "readSettings",
    scope="settings:read",
    tag=TAG,
    summary="The settings",
    answer=SettingsShown,
    says="All, in the order of docs/settings.md.",
    problems=(SETTINGS_INVALID,),
)
WRITE = declared(
    "PUT",
    f"{PREFIX}/settings",
    "changeSettings",
    scope="settings:write",
    tag=TAG,
    summary="Change settings",
    description="All or nothing. The bridge begins anew with them at once. A refusal has `faults`: "
    "each with name, problem and example.",
    body=SettingsChange,
    answer=SettingsShown,
    says="As they are now.",
    problems=(SETTINGS_INVALID,),
)
OPERATIONS = (READ, WRITE)


class SettingsEndpoints:
    def __init__(self, desk: SettingsDesk, audited: Audited) -> None:
        self._desk = desk
        self._audited = audited

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (Endpoint(READ, self.read), Endpoint(WRITE, self.write))

    async def read(self, call: Call) -> BaseModel | Response:
        try:
            return await self._shown()
        except OperatorError as error:
            return _refusal(error)

    async def write(self, call: Call) -> BaseModel | Response:
        values: dict[str, str | None] = call.options.values
        names = " ".join(sorted(values))
        try:
            async with self._audited(call, "settings_changed", names):
                await self._desk.change(values, call.caller.actor)
            return await self._shown()
        except OperatorError as error:
            return _refusal(error)

    async def _shown(self) -> BaseModel:
        return SettingsShown(settings=[SettingShown.of(one) for one in await self._desk.list()])


def _refusal(error: OperatorError) -> Response:
    """With the faults of a SettingsError, which quote no value."""
    faults: list[Any] = list(getattr(error, "faults", ()))
    members = {
        "options": [fault.name for fault in faults],
        "faults": [
            {"name": fault.name, "problem": fault.problem, "example": fault.example}
            for fault in faults
        ],
    }
    return error_answer(error, **(members if faults else {}))
