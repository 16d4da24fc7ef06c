"""One row of an upsert against the plugin's contract: what it says, or why it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from mzi_bridge.sandbox.moodle.contract import Child, Column, Entity

KEY_LENGTH: Final = 30
MAX_INT: Final = 9_999_999_999
"""The largest value of a Moodle integer column of length 10."""

_MONEY: Final = re.compile(r"-?\d+\.\d{2}", re.ASCII)
_MONEY_DIGITS: Final = 10
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_KEY: Final = re.compile(r"[A-Za-z0-9_]+")
_INT64: Final = 2**63

Fault = tuple[str, str]
Value = tuple[Any, Fault | None]
_REQUIRED: Final[Value] = (None, ("required", "must be given"))


@dataclass(frozen=True)
class RowError:
    """`field` is a column, or `list[place].column` inside a children list."""

    field: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        """Of a long field name the first 100 characters are repeated."""
        return {"field": self.field[:100], "code": self.code, "message": self.message}


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
    row.content_hash = _required("content_hash", read_hash, record, row.errors) or ""


def _required(
    name: str,
    read: Callable[[Any], Value],
    record: Mapping[str, Any],
    errors: list[RowError],
) -> Any:
    value, fault = read(record.get(name))
    if fault is not None:
        errors.append(RowError(name, *fault))
        return None
    return value


def _read_column(name: str, column: Column, value: Any, errors: list[RowError]) -> Any:
    if value is None:
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
        _read_child(f"{name}[{place}]", child, item, seen, errors)
        for place, item in enumerate(value)
    ]


def _read_child(
    path: str, child: Child, item: Any, seen: set[str], errors: list[RowError]
) -> dict[str, Any]:
    if not isinstance(item, dict):
        errors.append(RowError(path, "wrong_type", "must be an object"))
        return {}
    own: list[RowError] = []
    read: dict[str, Any] = dict.fromkeys(child.columns)
    key = _required(child.key, partial(read_key, length=child.key_length), item, own)
    if key is not None and key.lower() in seen:
        own.append(RowError(child.key, "duplicate", "twice in one list"))
    seen.add(str(key).lower())
    for name, value in item.items():
        if name == child.key:
            continue
        if name in child.columns:
            read[name] = _read_column(name, child.columns[name], value, own)
        else:
            own.append(RowError(name, "unknown_field", "no such column"))
    errors.extend(RowError(f"{path}.{error.field}", error.code, error.message) for error in own)
    return {child.key: key, **read}


def read_key(value: Any, length: int = KEY_LENGTH) -> Value:
    """The id of a CRM record."""
    if value is None or value == "":
        return _REQUIRED
    text, fault = _text(value, Column(type="text", length=length))
    if fault is None and _KEY.fullmatch(text) is None:
        return None, ("invalid_value", "must be letters, digits and underscores")
    return text, fault


def read_time(value: Any) -> Value:
    """Epoch seconds, from 0 on."""
    return _REQUIRED if value is None else _integer(value, least=0)


def read_hash(value: Any) -> Value:
    if value is None:
        return _REQUIRED
    text, fault = _text(value, Column(type="text", length=64))
    if fault is None and _HASH.fullmatch(text) is None:
        return None, ("invalid_value", "must be 64 hexadecimal digits")
    return text, fault


def _text(value: Any, column: Column) -> Value:
    if not isinstance(value, str):
        return None, ("wrong_type", "must be a text")
    if column.length and len(value) > column.length:
        return None, ("too_long", f"at most {column.length} characters")
    if "\0" in value:
        return None, ("invalid_value", "must hold no NUL")
    return value, None


def _integer(value: Any, least: int = -MAX_INT) -> Value:
    """A number beyond 64 bits is too large whether it was written as a whole one or not."""
    huge = isinstance(value, float) and abs(value) >= _INT64
    if not huge and (not isinstance(value, int) or isinstance(value, bool)):
        return None, ("wrong_type", "must be a whole number")
    if not least <= value <= MAX_INT:
        return None, ("out_of_range", "must have at most ten digits")
    return value, None


def _boolean(value: Any, column: Column) -> Value:
    if not isinstance(value, int):
        return None, ("wrong_type", "must be 0, 1, true or false")
    if value not in (0, 1):
        return None, ("out_of_range", "must be 0, 1, true or false")
    return int(value), None


def _calendar_date(value: Any, column: Column) -> Value:
    text, fault = _text(value, column)
    if fault is not None:
        return None, fault
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        return None, ("invalid_value", "must be a day of the calendar, YYYY-MM-DD")
    return text, None


def _money(value: Any, column: Column) -> Value:
    """The text as the database gives it back: no leading noughts, no negative nought."""
    text, fault = _text(value, column)
    if fault is not None:
        return None, fault
    if _MONEY.fullmatch(text) is None:
        return None, ("invalid_value", "must be an amount with two decimals, such as 1250.00")
    if len(text.lstrip("-").partition(".")[0]) > _MONEY_DIGITS:
        return None, ("out_of_range", "at most 10 digits before the point")
    return f"{Decimal(text) + 0:.2f}", None


def _json(value: Any, column: Column) -> Value:
    if not isinstance(value, (dict, list)):
        return None, ("wrong_type", "must be a list or an object")
    return value, None


_READERS: Final[Mapping[str, Callable[[Any, Column], Value]]] = {
    "text": _text,
    "int": lambda value, column: _integer(value),
    "datetime": lambda value, column: _integer(value),
    "bool": _boolean,
    "date": _calendar_date,
    "money": _money,
    "json": _json,
}
