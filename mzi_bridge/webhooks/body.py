"""A request's bytes become one flat mapping of fields, or a refusal that names the fault."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Mapping
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from mzi_bridge.webhooks.reasons import RefusalReason, Refused

Fields = Mapping[str, Any]

MAX_DEPTH = 16
MAX_FORM_FIELDS = 200
MAX_PART_BYTES = 262_144
_JSON_TYPES = {"", "application/json", "text/json", "text/plain"}
_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_OPENING = {"[", "{"}
_CLOSING = {"]", "}"}
_CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii"}
# A string runs to its closing quote or to the end, so that the scan is linear in any input.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


async def read_fields(headers: Headers, body: bytes) -> Fields:
    """The fields of a JSON object or a form; a form's repeated field becomes a list.

    JSON is also taken from senders that declare text or nothing, as CRM workflows do.
    Raises Refused.
    """
    media_type, parameters = _content_type(headers.get("content-type", ""))
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise Refused(RefusalReason.UNSUPPORTED_ENCODING)
    if parameters.get("charset", "utf-8").lower() not in _CHARSETS:
        raise Refused(RefusalReason.UNSUPPORTED_CHARSET)
    is_json = media_type in _JSON_TYPES or media_type.endswith("+json")
    if not is_json and media_type not in {_URLENCODED, _MULTIPART}:
        raise Refused(RefusalReason.UNSUPPORTED_MEDIA_TYPE)
    if not body.strip():
        raise Refused(RefusalReason.EMPTY_BODY)
    if is_json:
        return read_json_object(body)
    if media_type == _URLENCODED:
        return _read_urlencoded(body)
    return await _read_multipart(headers, body)


@lru_cache(maxsize=16)
def _content_type(header: str) -> tuple[str, Mapping[str, str]]:
    media_type, parameters = parse_options_header(header)
    return (
        media_type.decode("latin-1").strip().lower(),
        {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in parameters.items()},
    )


def read_json_object(body: bytes) -> dict[str, Any]:
    """Strict JSON: UTF-8, no NaN, no key twice, at most `MAX_DEPTH` levels. Raises Refused."""
    text = _decode(body).removeprefix("\ufeff")
    _check_depth(text)
    try:
        value = _STRICT.decode(text)
    except ValueError:
        # Besides bad syntax: a number of more digits than Python converts.
        raise Refused(RefusalReason.NOT_JSON) from None
    if not isinstance(value, dict):
        raise Refused(RefusalReason.NOT_AN_OBJECT)
    return value


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(RefusalReason.BAD_ENCODING) from None


def _check_depth(text: str) -> None:
    """Before parsing, since the parser recurses once a level."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        if (bracket := match.group()) in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                raise Refused(RefusalReason.TOO_DEEP)
        elif bracket in _CLOSING:
            depth -= 1


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(RefusalReason.DUPLICATE_KEY)
    return found


_STRICT = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_unique)


def _read_urlencoded(body: bytes) -> Fields:
    try:
        pairs = parse_qsl(
            _decode(body),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )
    except UnicodeDecodeError:
        raise Refused(RefusalReason.BAD_ENCODING) from None
    except ValueError:
        raise Refused(RefusalReason.BAD_FORM) from None
    return _joined(pairs)


async def _read_multipart(headers: Headers, body: bytes) -> Fields:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    parser = MultiPartParser(
        headers,
        stream(),
        max_files=0,
        max_fields=MAX_FORM_FIELDS,
        max_part_size=MAX_PART_BYTES,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError, LookupError):
        raise Refused(RefusalReason.BAD_FORM) from None
    return _joined([(name, value) for name, value in form.multi_items() if isinstance(value, str)])


def _joined(pairs: list[tuple[str, str]]) -> Fields:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            earlier = fields[name]
            fields[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            fields[name] = value
    return fields
