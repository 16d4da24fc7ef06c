"""The description of the HTTP interface: for programs, for people, and what each refusal means.

The pages need nothing of any other host, and run no script but the files that are shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from mzi_bridge.api.endpoint import open_route
from mzi_bridge.problems import ERRORS_PAGE, Problem

DOCUMENT_PATH = "/openapi.json"
STATIC = Path(__file__).parent / "static"
_NOTHING_ELSE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_BUNDLE = f"{_NOTHING_ELSE}; script-src 'self'; connect-src 'self'; img-src 'self' data:"
# Swagger UI sets style attributes; Redoc makes whole style sheets.
SWAGGER_CSP = f"{_BUNDLE}; style-src-elem 'self'; style-src-attr 'unsafe-inline'"
REDOC_CSP = f"{_BUNDLE}; style-src 'self' 'unsafe-inline'"
ERRORS_CSP = f"{_NOTHING_ELSE}; style-src 'self'"


def document_routes(
    document: Callable[[], Mapping[str, Any]], problems: Sequence[Problem]
) -> list[BaseRoute]:
    """`document` makes the OpenAPI document, `problems` all that its operations refuse with."""
    pages = {
        "/docs": (_page("swagger-ui/swagger-ui-bundle.js", "swagger.js", _SWAGGER), SWAGGER_CSP),
        "/redoc": (_page("redoc/redoc.standalone.js", "redoc.js", ""), REDOC_CSP),
        ERRORS_PAGE: (_errors_page(problems), ERRORS_CSP),
    }

    async def described(request: Request) -> Response:
        # A thread makes it: it takes a tenth of a second, and no notice waits for it.
        return JSONResponse(await anyio.to_thread.run_sync(document))

    return [
        open_route(DOCUMENT_PATH, described),
        *(_page_route(path, html, csp) for path, (html, csp) in pages.items()),
        Mount("/docs/static", StaticFiles(directory=STATIC)),
    ]


def _page_route(path: str, html: str, csp: str) -> Route:
    headers = {
        "Content-Security-Policy": csp,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

    async def page(request: Request) -> Response:
        return HTMLResponse(html, headers=headers)

    return open_route(path, page)


_SWAGGER = '<link rel="stylesheet" href="docs/static/swagger-ui/swagger-ui.css">'


def _page(bundle: str, start: str, style: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>MZI bridge: HTTP interface</title>
<link rel="icon" href="docs/static/swagger-ui/favicon-32x32.png">
<link rel="stylesheet" href="docs/static/page.css">
{style}
</head>
<body>
<div id="page"></div>
<noscript><main><p>This page needs JavaScript. The same for programs:
<a href="openapi.json">openapi.json</a>.</p></main></noscript>
<script src="docs/static/{bundle}"></script>
<script src="docs/static/{start}"></script>
</body>
</html>
"""


def _errors_page(problems: Sequence[Problem]) -> str:
    rows = "".join(
        f'<tr id="{escape(one.word)}"><td><code>{escape(one.word)}</code></td>'
        f"<td>{one.status}</td><td>{escape(one.title)}</td></tr>\n"
        for one in problems
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>MZI bridge: refusals</title>
<link rel="stylesheet" href="static/page.css">
</head>
<body>
<main>
<h1>What a refusal means</h1>
<p>Every refusal of the bridge is problem details (RFC 9457); <code>error</code> is the word below,
<code>type</code> points to its line. A word that stands not here comes from the CRM, Moodle or the
database: <code>type</code> is then <code>about:blank</code>.</p>
<table>
<thead><tr><th scope="col">word</th><th scope="col">status</th>
<th scope="col">meaning</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
</main>
</body>
</html>
"""
