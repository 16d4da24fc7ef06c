"""Which JSON values a field takes, and the canonical form they are kept in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import timezone
from typing import Any, Final

from mzi_bridge.sandbox.schema import FieldSpec
from mzi_bridge.sandbox.zoho.refusals import invalid_data
from mzi_bridge.sandbox.zoho.times import is_date, parse_iso

Reader = Callable[[Any, timezone], Any]

EXPECTED: Final[Mapping[str, str]] = {
    "currency": "double",
    "percent": "double",
    "multiselectpicklist": "jsonarray",
    "fileupload": "jsonarray",
    "lookup": "jsonobject",
    "ownerlookup": "jsonobject",
    "picklist": "text",
    "phone": "text",
    "autonumber": "text",
    "profileimage": "text",
}
"""Zoho's word in `expected_data_type` where it is not the data type's own."""


def canonical(field: FieldSpec, value: Any, zone: timezone) -> Any:
    """The value in the form it is kept in; null stays null.

    Raises Refusal INVALID_DATA with `expected_data_type`, or with `maximum_length` for a text
    that is too long. Whether a looked-up record exists is not asked here.
    """
    if value is None:
        return None
    try:
        read: Reader = _READERS.get(field.data_type, _text)
        kept = read(value, zone)
    except ValueError:
        raise invalid_data(
            expected_data_type=EXPECTED.get(field.data_type, field.data_type),
            api_name=field.api_name,
        ) from None
    if isinstance(kept, str) and field.length is not None and len(kept) > field.length:
        raise invalid_data(maximum_length=field.length, api_name=field.api_name)
    return kept


def _text(value: Any, zone: timezone) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _email(value: Any, zone: timezone) -> str:
    local, at, domain = _text(value, zone).rpartition("@")
    if not (local and at and "." in domain.strip(".") and " " not in value):
        raise ValueError
    return str(value)


def _integer(value: Any, zone: timezone) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _bigint(value: Any, zone: timezone) -> str:
    if isinstance(value, bool) or not str(value).lstrip("-").isdecimal():
        raise ValueError
    return str(value)


def _number(value: Any, zone: timezone) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return int(value) if value == int(value) else value


def _boolean(value: Any, zone: timezone) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _date(value: Any, zone: timezone) -> str:
    if not (isinstance(value, str) and is_date(value)):
        raise ValueError
    return value


def _datetime(value: Any, zone: timezone) -> int:
    if not isinstance(value, str) or is_date(value):
        raise ValueError
    return parse_iso(value, zone)


def _texts(value: Any, zone: timezone) -> list[str]:
    if not isinstance(value, list):
        raise ValueError
    return [_text(item, zone) for item in value]


def _files(value: Any, zone: timezone) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError
    return value


def _reference(value: Any, zone: timezone) -> str:
    identifier = value.get("id") if isinstance(value, dict) else value
    if isinstance(identifier, bool) or not str(identifier).isdecimal():
        raise ValueError
    return str(identifier)


_READERS: Final[Mapping[str, Reader]] = {
    "email": _email,
    "integer": _integer,
    "bigint": _bigint,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "multiselectpicklist": _texts,
    "fileupload": _files,
    "lookup": _reference,
    "ownerlookup": _reference,
}
