"""The options of a request."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from mzi_bridge.errors import OperatorError


async def options_of(request: Request) -> dict[str, Any]:
    """Those of the address and of a JSON body, if there is one; the body's win.

    Raises OperatorError not_json where the body is no JSON object.
    """
    options: dict[str, Any] = dict(request.query_params)
    if await request.body():
        try:
            body = await request.json()
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise OperatorError("The body is not a JSON object.", reason="not_json")
        options |= body
    return options
