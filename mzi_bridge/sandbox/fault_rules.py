"""What the fault layer can be told: rules, as they come in the control endpoint's JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.responses import HTMLResponse, Response

_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Latency(_Strict):
    kind: Literal["latency"]
    seconds: float = Field(ge=0, le=600)


class SlowReply(_Strict):
    kind: Literal["slow_reply"]
    seconds: float = Field(ge=0, le=600)


class Status(_Strict):
    kind: Literal["status"]
    status: int = Field(ge=200, le=599)
    body: str = ""
    content_type: str | None = None
    headers: dict[str, str] = {}


class Plain(_Strict):
    kind: Literal["drop_before", "lost_reply", "html", "maintenance", "empty"]


class Truncated(_Strict):
    kind: Literal["truncated"]
    full_length: bool = True


Disturbance = Status | Plain | Truncated | SlowReply
Fault = Annotated[Latency | SlowReply | Status | Plain | Truncated, Field(discriminator="kind")]


class Match(_Strict):
    method: str | None = None
    path_prefix: str | None = None
    path_contains: str | None = None
    query_contains: str | None = None
    body_contains: str | None = None

    def covers(self, method: str, path: str, query: str, body: bytes) -> bool:
        return (
            (self.method is None or self.method.upper() == method)
            and (self.path_prefix is None or path.startswith(self.path_prefix))
            and (self.path_contains is None or self.path_contains in path)
            and (self.query_contains is None or self.query_contains in query)
            and (self.body_contains is None or self.body_contains.encode() in body)
        )


class Rule(BaseModel):
    """A match, how often it still acts (None: always) and what happens then."""

    model_config = ConfigDict(extra="forbid")

    match: Match = Match()
    times: int | None = Field(default=None, ge=1)
    fault: Fault


RULES: TypeAdapter[list[Rule]] = TypeAdapter(list[Rule])


def stand_in(fault: Disturbance | None) -> Response | None:
    """The answer that replaces the application's, for the kinds without effect."""
    if isinstance(fault, Status):
        return Response(
            fault.body,
            status_code=fault.status,
            headers=fault.headers,
            media_type=fault.content_type or "application/json",
        )
    if isinstance(fault, Plain):
        if fault.kind == "html":
            return HTMLResponse(_PAGE.format("Sign in"))
        if fault.kind == "maintenance":
            return HTMLResponse(_PAGE.format("Under maintenance"), status_code=503)
        if fault.kind == "empty":
            return Response(b"")
    return None
