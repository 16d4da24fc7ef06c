"""One row of an upsert against the plugin's contract: what it says, or why it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from mzi_bridge.sandbox.moodle.contract import Child, Column, Entity

KEY_LENGTH: Final = 30
MAX_INT: Final = 9_999_999_999
"""The largest value of a Moodle integer column of length 10."""

_MONEY: Final = re.compile(r"-?\d+\.\d{2}", re.ASCII)
_MONEY_DIGITS: Final = 10
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}")

Fault = tuple[str, str]
Value = tuple[Any, Fault | None]


@dataclass(frozen=True)
class RowError:
    """`field` is a column, or `list.place.column` inside a children list."""

    field: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"field": self.field, "code": self.code, "message": self.message}


@dataclass
class ValidRow:
    """A row's meaning: only the columns and children lists that were sent are here."""

    zoho_id: str = ""
    modified_time: int = 0
    read_time: int = 0
    content_hash: str = ""
    columns: dict[str, Any] = field(default_factory=dict)
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)


def validate_row(entity: Entity, record: Any) -> ValidRow:
    """Never raises: every fault of the row is named in `errors`."""
    row = ValidRow()
    if not isinstance(record, dict):
        row.errors.append(RowError("", "wrong_type", "a record must be an object"))
        return row
    _read_meta(entity, record, row)
    for name, value in record.items():
        if name in (entity.key, *_META):
            continue
        if name in entity.children:
            row.children[name] = _read_children(name, entity.children[name], value, row.errors)
        elif name in entity.columns:
            row.columns[name] = _read_column(name, entity.columns[name], value, row.errors)
        else:
            row.errors.append(RowError(name, "unknown_field", "no such column"))
    return row


_META: Final = ("modified_time", "read_time", "content_hash")


def _read_meta(entity: Entity, record: Mapping[str, Any], row: ValidRow) -> None:
    row.zoho_id = _required(entity.key, read_key, record, row.errors) or ""
    row.modified_time = _required("modified_time", read_time, record, row.errors) or 0
    row.read_time = _required("read_time", read_time, record, row.errors) or 0
    row.content_hash = _required("content_hash", _hash, record, row.errors) or ""


def _required(
    name: str,
    read: Callable[[Any], Value],
    record: Mapping[str, Any],
    errors: list[RowError],
) -> Any:
    if record.get(name) is None:
        errors.append(RowError(name, "required", "must be given"))
        return None
    value, fault = read(record[name])
    if fault is not None:
        errors.append(RowError(name, *fault))
        return None
    return value


def _read_column(name: str, column: Column, value: Any, errors: list[RowError]) -> Any:
    if value is None:
        if column.required:
            errors.append(RowError(name, "required", "must be given"))
        return None
    read, fault = _READERS[column.type](value, column)
    if fault is not None:
        errors.append(RowError(name, *fault))
    return read


def _read_children(
    name: str, child: Child, value: Any, errors: list[RowError]
) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        errors.append(RowError(name, "wrong_type", "must be a list"))
        return []
    seen: set[str] = set()
    return [
        _read_child(f"{name}.{place}", child, item, seen, errors)
        for place, item in enumerate(value)
    ]


def _read_child(
    path: str, child: Child, item: Any, seen: set[str], errors: list[RowError]
) -> dict[str, Any]:
    if not isinstance(item, dict):
        errors.append(RowError(path, "wrong_type", "must be an object"))
        return {}
    own: list[RowError] = []
    read: dict[str, Any] = {}
    read[child.key] = _required(child.key, read_key, item, own)
    for name, value in item.items():
        if name == child.key:
            continue
        if name in child.columns:
            read[name] = _read_column(name, child.columns[name], value, own)
        else:
            own.append(RowError(name, "unknown_field", "no such column"))
    key = read[child.key]
    if key in seen:
        own.append(RowError(child.key, "duplicate", "twice in one list"))
    elif key is not None:
        seen.add(key)
    errors.extend(RowError(f"{path}.{error.field}", error.code, error.message) for error in own)
    return read


def read_key(value: Any) -> Value:
    if not isinstance(value, str):
        return None, ("wrong_type", "must be a text")
    if not value.strip():
        return None, ("required", "must be given")
    if len(value) > KEY_LENGTH:
        return None, ("too_long", f"at most {KEY_LENGTH} characters")
    return value, None


def read_time(value: Any) -> Value:
    return _integer(value, least=0)


def _hash(value: Any) -> Value:
    if not isinstance(value, str):
        return None, ("wrong_type", "must be a text")
    if _HASH.fullmatch(value) is None:
        return None, ("invalid_value", "must be 64 hexadecimal digits")
    return value, None


def _integer(value: Any, least: int = -MAX_INT) -> Value:
    if not isinstance(value, int) or isinstance(value, bool):
        return None, ("wrong_type", "must be a whole number")
    if not least <= value <= MAX_INT:
        return None, ("out_of_range", "does not fit the column")
    return value, None


def _text(value: Any, column: Column) -> Value:
    if not isinstance(value, str):
        return None, ("wrong_type", "must be a text")
    if column.length and len(value) > column.length:
        return None, ("too_long", f"at most {column.length} characters")
    return value, None


def _boolean(value: Any, column: Column) -> Value:
    if isinstance(value, bool):
        return int(value), None
    if not isinstance(value, int):
        return None, ("wrong_type", "must be 0, 1, true or false")
    if value not in (0, 1):
        return None, ("invalid_value", "must be 0, 1, true or false")
    return value, None


def _calendar_date(value: Any, column: Column) -> Value:
    if not isinstance(value, str):
        return None, ("wrong_type", "must be a text YYYY-MM-DD")
    try:
        if _DATE.fullmatch(value) is None:
            raise ValueError
        date.fromisoformat(value)
    except ValueError:
        return None, ("invalid_value", "must be a day of the calendar, YYYY-MM-DD")
    return value, None


def _money(value: Any, column: Column) -> Value:
    if not isinstance(value, str):
        return None, ("wrong_type", "must be a text such as 1250.00")
    if _MONEY.fullmatch(value) is None:
        return None, ("invalid_value", "must be an amount with two decimals, such as 1250.00")
    if len(value.lstrip("-").partition(".")[0]) > _MONEY_DIGITS:
        return None, ("out_of_range", "at most 10 digits before the point")
    return value, None


def _json(value: Any, column: Column) -> Value:
    if not isinstance(value, (dict, list)):
        return None, ("wrong_type", "must be a list or an object")
    return value, None


_READERS: Final[Mapping[str, Callable[[Any, Column], Value]]] = {
    "text": _text,
    "int": lambda value, column: _integer(value),
    "datetime": lambda value, column: read_time(value),
    "bool": _boolean,
    "date": _calendar_date,
    "money": _money,
    "json": _json,
}
