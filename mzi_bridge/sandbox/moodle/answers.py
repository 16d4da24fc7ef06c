"""What the REST server sends back: JSON when asked for, XML else (webservice/rest/locallib.php)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from starlette.responses import HTMLResponse, Response

from mzi_bridge.sandbox.moodle.exceptions import MoodleException

_HEADERS: Final = {
    "Cache-Control": "private, must-revalidate, pre-check=0, post-check=0, max-age=0",
    "Pragma": "no-cache",
    "Accept-Ranges": "none",
    "Access-Control-Allow-Origin": "*",
}
_XML_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_MAINTENANCE: Final = (
    "<!DOCTYPE html><html><head><title>Maintenance</title></head>"
    "<body><h1>This site is undergoing maintenance and is currently not available</h1></body>"
    "</html>"
)


def result_answer(result: Any, *, as_json: bool) -> Response:
    if as_json:
        return _json(result)
    return _xml(f"<RESPONSE>\n{_xml_value(result)}</RESPONSE>\n")


def exception_answer(error: MoodleException, *, as_json: bool, debug: bool) -> Response:
    """A fault is HTTP 200 as well; `debuginfo` only where the site's debugging is on."""
    debuginfo = error.debuginfo if debug else ""
    if as_json:
        body = {"exception": error.kind, "errorcode": error.errorcode, "message": error.message}
        return _json({**body, "debuginfo": debuginfo} if debuginfo else body)
    parts = [
        f'<EXCEPTION class="{error.kind}">',
        f"<ERRORCODE>{_escaped(error.errorcode)}</ERRORCODE>",
        f"<MESSAGE>{_escaped(error.message)}</MESSAGE>",
    ]
    if debuginfo:
        parts.append(f"<DEBUGINFO>{_escaped(debuginfo)}</DEBUGINFO>")
    return _xml("\n".join([*parts, "</EXCEPTION>"]) + "\n")


def maintenance_page() -> Response:
    """CLI maintenance mode: the page comes before any web service does."""
    return HTMLResponse(_MAINTENANCE, status_code=503)


def switched_off() -> Response:
    """Web services or the REST protocol are disabled: no body at all."""
    return Response(b"", status_code=403, media_type="text/html")


def _json(value: Any) -> Response:
    """As PHP's json_encode: ASCII, slashes escaped."""
    text = json.dumps(value, separators=(",", ":")).replace("/", "\\/")
    return Response(text, headers=_HEADERS, media_type="application/json")


def _xml(text: str) -> Response:
    headers = {**_HEADERS, "Content-Disposition": 'inline; filename="response.xml"'}
    return Response(_XML_HEAD + text, headers=headers, media_type="application/xml; charset=utf-8")


def _xml_value(value: Any) -> str:
    if value is None:
        return '<VALUE null="null"/>\n'
    if isinstance(value, Mapping):
        keys = (f'<KEY name="{name}">{_xml_value(item)}</KEY>\n' for name, item in value.items())
        return f"<SINGLE>\n{''.join(keys)}</SINGLE>\n"
    if isinstance(value, (list, tuple)):
        return f"<MULTIPLE>\n{''.join(map(_xml_value, value))}</MULTIPLE>\n"
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"<VALUE>{_escaped(text)}</VALUE>\n"


def _escaped(text: str) -> str:
    return escape(text, {'"': "&quot;"})
