"""JSON parameters of a whole call: decoded, or refused with the plugin's exception."""

from __future__ import annotations

import json
from typing import Any, Final

from mzi_bridge.sandbox.moodle.exceptions import (
    MoodleException,
    invalid_parameter,
    moodle_exception,
)
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import EntityTable

MAX_DEPTH: Final = 63
"""PHP refuses from its depth argument on: json_decode(…, 64) takes 63 levels."""


def table_of(site: Site, entity: str) -> EntityTable:
    """Raises `invalidparameter` for a name that is no entity."""
    table = site.tables.get(entity)
    if table is None:
        raise invalid_parameter(f'There is no entity "{entity}"; known: {", ".join(site.tables)}')
    return table


def decode_list(name: str, text: str, limit: int, count: int | None = None) -> list[Any]:
    """The list that travels in parameter `name`; `count` is how many were announced.

    Raises `invalidjson` unless it is a JSON list, `countmismatch` when a cut form must not
    pass for a short batch, `toomanyrecords` above `limit`.
    """
    value = _decoded(name, text)
    if not isinstance(value, list):
        raise _invalid_json(name)
    if count is not None and len(value) != count:
        raise moodle_exception(
            "countmismatch", f"{name}: {count} were announced, {len(value)} came."
        )
    if len(value) > limit:
        raise moodle_exception(
            "toomanyrecords", f"{name}: at most {limit} are taken in a call, {len(value)} came."
        )
    return value


def decode_object(name: str, text: str) -> dict[str, Any]:
    """The object that travels in parameter `name`. Raises `invalidjson` unless it is one."""
    value = _decoded(name, text)
    if not isinstance(value, dict):
        raise _invalid_json(name)
    return value


def _decoded(name: str, text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_no_constant)
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise _invalid_json(name) from None
    if not _shallow(value, MAX_DEPTH):
        raise _invalid_json(name)
    return value


def _invalid_json(name: str) -> MoodleException:
    return moodle_exception("invalidjson", f"{name} is not the JSON that is wanted there.")


def _shallow(value: Any, depth: int) -> bool:
    """Whether lists and objects are nested at most so deep."""
    if not isinstance(value, (list, dict)):
        return True
    inner = value if isinstance(value, list) else value.values()
    return depth > 0 and all(_shallow(item, depth - 1) for item in inner)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
