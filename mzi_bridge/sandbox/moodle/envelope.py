"""JSON parameters of a whole call: decoded, or refused with the plugin's exception."""

from __future__ import annotations

import json
from typing import Any

from mzi_bridge.sandbox.moodle.exceptions import invalid_parameter, moodle_exception
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import EntityTable


def table_of(site: Site, entity: str) -> EntityTable:
    """Raises `invalidparameter` for a name that is no entity."""
    table = site.tables.get(entity)
    if table is None:
        raise invalid_parameter(f'There is no entity "{entity}"; known: {", ".join(site.tables)}')
    return table


def decode_list(text: str, limit: int) -> list[Any]:
    """Raises `invalidjson` unless it is a JSON list, `toomanyrecords` when it is too long."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise moodle_exception("invalidjson", "The records are not a JSON list.") from None
    if not isinstance(value, list):
        raise moodle_exception("invalidjson", "The records are not a JSON list.")
    if len(value) > limit:
        raise moodle_exception(
            "toomanyrecords", f"A call takes at most {limit} records, {len(value)} were sent."
        )
    return value


def require_count(announced: int, received: int) -> None:
    """Raises `countmismatch`: a cut form must never pass for a short batch."""
    if announced != received:
        raise moodle_exception(
            "countmismatch", f"{announced} records were announced, {received} arrived."
        )


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
