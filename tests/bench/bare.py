"""The yardstick of accepting: a route that parses a notice and compares its token, and no more.

`python -m tests.bench.bare PORT`, served as `mzi serve` serves.
"""

from __future__ import annotations

import hmac
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from tests.support.stream import TOKEN


async def accept(request: Request) -> Response:
    told = await request.json()
    if not hmac.compare_digest(told["token"], TOKEN):
        return JSONResponse({"error": "bad_token"}, status_code=401)
    return JSONResponse({"accepted": len(told["ids"])}, status_code=202)


async def alive(request: Request) -> Response:
    return JSONResponse({})


if __name__ == "__main__":
    routes = [Route(WEBHOOK_PATH, accept, methods=["POST"]), Route("/health", alive)]
    uvicorn.run(
        Starlette(routes=routes),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
    )
