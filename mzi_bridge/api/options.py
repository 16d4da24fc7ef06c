"""The options of a request: those of the address, those of a JSON body, checked as one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from mzi_bridge.api.shapes import Nothing
from mzi_bridge.errors import OperatorError
from mzi_bridge.openapi.operation import Operation

GivenT = TypeVar("GivenT", bound=BaseModel)
_WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_FLAGS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}


class BadOptions(Exception):
    """`names` of the options that are missing, wrong or not known."""

    def __init__(self, names: set[str]) -> None:
        super().__init__(", ".join(sorted(names)))
        self.names = names


async def options_of(request: Request, operation: Operation) -> BaseModel:
    """Checked by the operation's model. A GET reads the address, a PUT the body; any other takes
    its options from either, and the body's win.

    Raises BadOptions, and OperatorError not_json where the body is no JSON object.
    """
    model = operation.body or operation.query or Nothing
    given = _of_address(request, model)
    if operation.method != "GET":
        given |= await _of_body(request)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)
        raise BadOptions({str(one["loc"][0]) for one in details if one["loc"]}) from None


def _of_address(request: Request, model: type[BaseModel]) -> dict[str, Any]:
    """An address holds text only: what the model wants as a number or a flag becomes one."""
    pairs = request.query_params.multi_items()
    names = [name for name, _ in pairs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadOptions(twice)
    properties = model.model_json_schema().get("properties", {})
    return {name: _typed(text, _types(properties.get(name, {}))) for name, text in pairs}


def _types(schema: Mapping[str, Any]) -> set[str]:
    choices = [schema, *schema.get("anyOf", ())]
    return {str(one["type"]) for one in choices if "type" in one}


def _typed(text: str, types: set[str]) -> Any:
    if "integer" in types and _WHOLE.fullmatch(text):
        return int(text)
    return _FLAGS.get(text, text) if "boolean" in types else text


async def _of_body(request: Request) -> dict[str, Any]:
    if not await request.body():
        return {}
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise OperatorError("The body is not a JSON object.", reason="not_json")
    return {name: _whole(value) for name, value in body.items()}


def _whole(value: Any) -> Any:
    """To JSON 5.0 is an integer, alone and in a list."""
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
