"""Declares operations of the API with what all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from mzi_bridge.api.answers import (
    ADMIN_NOT_CONFIGURED,
    BAD_OPTION,
    NOT_JSON,
    SCOPE_MISSING,
)
from mzi_bridge.openapi.operation import Answer, Operation, Parameter
from mzi_bridge.problems import (
    BODY_TOO_LARGE,
    BODY_TOO_SLOW,
    BUG,
    TOO_MANY_FAILURES,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    Problem,
)

_GUARDED = (
    UNAUTHORIZED,
    SCOPE_MISSING,
    TOO_MANY_REQUESTS,
    TOO_MANY_FAILURES,
    ADMIN_NOT_CONFIGURED,
)
_BODY = (NOT_JSON, BODY_TOO_SLOW, BODY_TOO_LARGE)


def declared(
    method: str,
    path: str,
    name: str,
    *,
    scope: str,
    tag: str,
    summary: str,
    answer: type[BaseModel],
    says: str,
    description: str = "",
    status: int = 200,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    parameters: tuple[Parameter, ...] = (),
    problems: tuple[Problem, ...] = (),
    answers: Mapping[int, Answer] | None = None,
) -> Operation:
    """An operation behind the door. `says` is what its success means."""
    from_body = () if method == "GET" else _BODY
    return Operation(
        id=name,
        method=method,
        path=path,
        tag=tag,
        summary=summary,
        description=_described(description, scope),
        parameters=parameters,
        query=query,
        body=body,
        answers={status: Answer(says, answer), **(answers or {})},
        problems=(BAD_OPTION, *from_body, *_GUARDED, *problems, BUG),
        passes_faults=True,
        scope=scope,
        security=("adminToken",) if scope == "admin" else ("apiKey", "adminToken"),
    )


def _described(description: str, scope: str) -> str:
    need = (
        "Only with the administrator's token."
        if scope == "admin"
        else f"An API key needs the scope `{scope}`."
    )
    return f"{description}\n\n{need}".strip()


def segment(name: str, description: str, schema: Mapping[str, Any]) -> Parameter:
    """A parameter of the path."""
    return Parameter(name, description, schema)
