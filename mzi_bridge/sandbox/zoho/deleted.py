"""`GET /{module}/deleted`: what went into the recycle bin, and out of it for good."""

from __future__ import annotations

from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import answer, nothing, page_of, paging
from mzi_bridge.sandbox.zoho.emulator import emulator
from mzi_bridge.sandbox.zoho.record import Deleted
from mzi_bridge.sandbox.zoho.records import modified_since
from mzi_bridge.sandbox.zoho.recycle_bin import Kind
from mzi_bridge.sandbox.zoho.refusals import invalid_data
from mzi_bridge.sandbox.zoho.render import Renderer

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


async def list_deleted(request: Request) -> Response:
    """A page, newest deletion first; 204 without rows, 304 where none since."""
    parts = emulator(request)
    module = parts.crm.module(request.path_params["module"]).api_name
    asked = request.query_params.get("type", "all")
    kind = next((kind for kind in _KINDS if kind == asked), None)
    if kind is None:
        raise invalid_data(api_name="type")
    page, per_page = paging(request)
    since = modified_since(request, parts.crm)
    entries = parts.crm.bin(module).listed(kind, since, parts.crm.now())
    if since is not None and not entries:
        return nothing(304)
    rows, info = page_of(entries, page, per_page)
    if not rows:
        return nothing()
    return answer({"data": [_shown(parts.renderer, entry) for entry in rows], "info": info})


def _shown(renderer: Renderer, entry: Deleted) -> dict[str, Any]:
    """A row; what was purged has lost its name and who deleted it."""
    gone = entry.purged is not None
    by = entry.deleted_by
    author = entry.record.created_by
    return {
        "deleted_by": None if gone else {"name": by.name, "id": by.id},
        "id": entry.record.id,
        "display_name": None if gone else entry.display_name,
        "type": "permanent" if gone else "recycle",
        "created_by": None if gone else {"name": author.name, "id": author.id},
        "deleted_time": renderer.hour(entry.deleted),
    }
