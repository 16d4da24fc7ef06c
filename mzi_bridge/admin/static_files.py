"""Style sheet and script, each under an address with its hash, so that caches may keep it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
KEPT = "public, max-age=31536000, immutable"


@cache
def _content(name: str) -> bytes | None:
    ending = name.rpartition(".")[2]
    if ending not in TYPES or "/" in name or "\\" in name or name.startswith("."):
        return None
    file = files("mzi_bridge.admin").joinpath("static", name)
    return file.read_bytes() if file.is_file() else None


@cache
def static_url(name: str) -> str:
    """The address of a file of `admin/static`."""
    content = _content(name)
    if content is None:
        raise LookupError(name)
    return f"/admin/static/{hashlib.sha256(content).hexdigest()[:16]}/{name}"


async def static_file(request: Request) -> Response:
    """GET /admin/static/{hash}/{name}: another hash than the file's is not found, so that no
    cache keeps a new file under an old name."""
    name = request.path_params["name"]
    content = _content(name) if len(name) <= 100 else None
    if content is None or request.url.path != static_url(name):
        return Response(status_code=404)
    return Response(
        content, media_type=TYPES[name.rpartition(".")[2]], headers={"cache-control": KEPT}
    )
