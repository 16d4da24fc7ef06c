"""What a test may do that no API client can: act as the office in the CRM's own screens, end
tokens, and make the notices of changes misbehave. No token is asked for: loopback only.

    POST /_control/edit       {module, id?, operation, record?} with operation insert | update |
                              delete | restore | purge; answers {"id"}; fires callbacks
    POST /_control/grant      {scope?, redirect_uri?}: {"code"}, a grant code for one use
    POST /_control/expire     every access token ends now
    GET  /_control/callbacks  {"mode", "pending", "sent": […]}
    POST /_control/callbacks  {"mode": deliver | drop | duplicate | hold}; deliver also sends
                              what was held back
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import answer, nothing, refused
from mzi_bridge.sandbox.zoho.callbacks import Mode
from mzi_bridge.sandbox.zoho.emulator import emulator
from mzi_bridge.sandbox.zoho.refusals import Refusal, missing_field
from mzi_bridge.sandbox.zoho.state import Crm

Form = TypeVar("Form", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Edit(_Strict):
    module: str
    operation: Literal["insert", "update", "delete", "restore", "purge"]
    id: str = ""
    record: dict[str, Any] = {}


class Grant(_Strict):
    client_id: str
    scope: str = ""
    redirect_uri: str = ""


class CallbackMode(_Strict):
    mode: Mode


async def edit(request: Request) -> Response:
    """One edit as in the CRM's screens; 400 with Zoho's own refusal where it is not allowed."""
    parts = emulator(request)
    try:
        record_id = _apply(parts.crm, await _read(request, Edit))
    except Refusal as refusal:
        return refused(refusal)
    parts.publish()
    return answer({"id": record_id})


async def grant(request: Request) -> Response:
    try:
        form = await _read(request, Grant)
    except Refusal as refusal:
        return refused(refusal)
    code = emulator(request).oauth.grant_code(form.client_id, form.redirect_uri, scope=form.scope)
    return answer({"code": code}, 200 if code else 400)


async def expire(request: Request) -> Response:
    emulator(request).oauth.expire_all()
    return nothing()


async def callbacks(request: Request) -> Response:
    notifier = emulator(request).notifier
    if request.method == "POST":
        try:
            notifier.mode = (await _read(request, CallbackMode)).mode
        except Refusal as refusal:
            return refused(refusal)
        if notifier.mode == "deliver":
            notifier.release()
    return answer({"mode": notifier.mode, "pending": notifier.pending, "sent": list(notifier.sent)})


def _apply(crm: Crm, wanted: Edit) -> str:
    if wanted.operation == "insert":
        return crm.insert(wanted.module, wanted.record, trusted=False)
    if not wanted.id:
        raise missing_field("id")
    if wanted.operation == "update":
        crm.update(wanted.module, wanted.id, wanted.record, trusted=False)
    elif wanted.operation == "delete":
        crm.delete(wanted.module, wanted.id)
    elif wanted.operation == "restore":
        crm.restore(wanted.module, wanted.id)
    else:
        crm.purge(wanted.module, wanted.id)
    return wanted.id


async def _read(request: Request, form: type[Form]) -> Form:
    """Raises Refusal INVALID_DATA naming the faults."""
    try:
        return form.model_validate_json(await request.body())
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        named = [{"at": ".".join(map(str, fault["loc"])), "what": fault["msg"]} for fault in faults]
        raise Refusal("INVALID_DATA", "invalid data", faults=named) from None
