"""The OpenAPI 3.1 document, made of the declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from mzi_bridge.openapi.operation import NO_PROOF, Operation, ProblemDetails
from mzi_bridge.problems import MEDIA_TYPE

SECURITY: Mapping[str, Mapping[str, str]] = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key with the scope named, or the administrator's token.",
    },
    "adminToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Admin-Token",
        "description": "ADMIN_TOKEN of the settings.",
    },
    "workflowToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-MZI-Token",
        "description": "One of MZI_WEBHOOK_SECRETS; it may also stand in the body as `token`.",
    },
    "workflowSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Zoho-Signature",
        "description": "Hexadecimal HMAC-SHA256 of the raw body by a key of MZI_SIGNATURE_SECRETS.",
    },
    "standardWebhooks": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks by a key of MZI_EVENT_SECRETS, with `webhook-id` and "
        "`webhook-timestamp`.",
    },
    "moodleToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Moodle-Token",
        "description": "One of MZI_EVENT_TOKENS, with `X-Tenant-ID` and, for a single event, "
        "`X-Event-ID`.",
    },
}
_ELSEWHERE = {
    400: "What the CRM or Moodle says against the request, by its own word.",
    502: "The CRM or Moodle answered what it never should.",
    503: "The CRM, Moodle or the journal cannot be had now; come again.",
}
_PLACE = "#/components/schemas/{model}"
_COMES_AGAIN = frozenset({429, 503})


def document(operations: Sequence[Operation], *, version: str, about: str) -> dict[str, Any]:
    """`about` is the description of the whole, in Markdown; `version` that of the bridge."""
    shapes, schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, shapes
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MZI bridge",
            "version": version,
            "description": about,
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(o.tag for o in operations)],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": dict(SECURITY)},
    }


_Key = tuple[type[BaseModel], JsonSchemaMode]
_Shapes = Mapping[tuple[Any, JsonSchemaMode], dict[str, Any]]


def _schemas(operations: Iterable[Operation]) -> tuple[_Shapes, dict[str, Any]]:
    wanted: dict[_Key, None] = {(ProblemDetails, "serialization"): None}
    for operation in operations:
        if operation.body is not None:
            wanted[(operation.body, "validation")] = None
        for answer in operation.answers.values():
            wanted[(answer.model, "serialization")] = None
        wanted[(operation.problem_model, "serialization")] = None
    shapes, defined = models_json_schema(list(wanted), ref_template=_PLACE)
    return shapes, defined.get("$defs", {})


def _operation(operation: Operation, shapes: _Shapes) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
    }
    if operation.description:
        made["description"] = operation.description
    if parameters := [*_parameters(operation), *_query(operation.query)]:
        made["parameters"] = parameters
    if operation.body is not None:
        schema = shapes[(operation.body, "validation")]
        made["requestBody"] = {
            "required": operation.needs_body
            or bool(operation.body.model_json_schema().get("required")),
            "content": {media: {"schema": schema} for media in operation.body_types},
        }
    made["responses"] = _responses(operation, shapes)
    scopes = [operation.scope] if operation.scope else []
    made["security"] = [
        {} if name == NO_PROOF else {name: scopes if name == "apiKey" else []}
        for name in operation.security
    ]
    return made


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "in": one.place,
            "required": one.required,
            "description": one.description,
            "schema": dict(one.schema),
        }
        for one in operation.parameters
    ]


def _query(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    """Each field of the model; none of its schemas refers to another."""
    if model is None:
        return []
    schema = model.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": shape.get("description", ""),
            "schema": _without_null({k: v for k, v in shape.items() if k != "description"}),
        }
        for name, shape in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """An address cannot say null: what may be null may be left out."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return {**choices[0], **rest}


def _responses(operation: Operation, shapes: _Shapes) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {
        str(status): {
            "description": answer.description,
            "content": {answer.media: {"schema": shapes[(answer.model, "serialization")]}},
        }
        for status, answer in operation.answers.items()
    }
    shape = shapes[(operation.problem_model, "serialization")]
    plain = shapes[(ProblemDetails, "serialization")]
    for status, said in sorted(_refusals(operation).items()):
        # A body that is too large is refused before anyone knows which door it is for.
        schema = plain if status in {408, 413, 500} else shape
        made[str(status)] = {
            "description": "\n".join(said),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        if status in _COMES_AGAIN:
            made[str(status)]["headers"] = {
                "Retry-After": {
                    "description": "Whole seconds to wait.",
                    "schema": {"type": "integer", "minimum": 1},
                }
            }
    return made


def _refusals(operation: Operation) -> dict[int, list[str]]:
    said: dict[int, list[str]] = {}
    for problem in dict.fromkeys(operation.problems):
        said.setdefault(problem.status, []).append(f"- `{problem.word}`: {problem.title}")
    if operation.passes_faults:
        for status, meaning in _ELSEWHERE.items():
            said.setdefault(status, []).append(f"- {meaning}")
    return said
