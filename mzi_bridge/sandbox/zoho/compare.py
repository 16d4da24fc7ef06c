"""How a record's field stands to a wanted value: shared by sorting, search and COQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mzi_bridge.sandbox.schema import FieldSpec
from mzi_bridge.sandbox.zoho.index import folded
from mzi_bridge.sandbox.zoho.record import Record
from mzi_bridge.sandbox.zoho.state import Crm
from mzi_bridge.sandbox.zoho.times import is_date, parse_iso

NUMERIC: Final = frozenset({"integer", "double", "currency", "percent"})
TEXTS: Final = frozenset(
    {"text", "textarea", "email", "phone", "website", "picklist", "autonumber"}
)
REFERENCES: Final = frozenset({"lookup", "ownerlookup"})


def kept_value(record: Record, name: str) -> Any:
    """The canonical value of a readable field, system fields included."""
    match name:
        case "id":
            return record.id
        case "Created_Time":
            return record.created
        case "Modified_Time":
            return record.modified
        case "Owner":
            return record.owner.id
        case "Created_By":
            return record.created_by.id
        case "Modified_By":
            return record.modified_by.id
        case "Tag":
            return None
        case _:
            return record.values[name]


def sort_key(crm: Crm, field: FieldSpec) -> Callable[[Record], Any]:
    """Orders records by a field; lookups by the name they show. None sorts first."""

    def key(record: Record) -> Any:
        value = kept_value(record, field.api_name)
        if field.data_type in REFERENCES and value is not None:
            value = _reference_name(crm, field, value)
        if isinstance(value, list):
            value = "; ".join(map(str, value))
        return (value is not None, folded(value) if value is not None else 0)

    return key


def wanted_value(field: FieldSpec, text: Any, crm: Crm) -> Any:
    """A query's operand in the field's canonical form. Raises ValueError where it has none."""
    if field.data_type in NUMERIC:
        return float(text)
    if field.data_type == "boolean":
        return {"true": True, "false": False}[str(text).lower()] if _is_bool(text) else _no()
    if field.data_type == "date":
        return text if is_date(str(text)) else _no()
    if field.data_type == "datetime":
        return parse_iso(str(text), crm.zone)
    return str(text)


def satisfies(crm: Crm, field: FieldSpec, value: Any, operator: str, wanted: Sequence[Any]) -> bool:
    """Whether a canonical value meets `operator` with canonical operands.

    Operators: equals, not_equal, in, not_in, starts_with, contains, like, not_like,
    greater_than, greater_equal, less_than, less_equal, between, not_between, is_null, is_not_null.
    """
    if operator in ("is_null", "is_not_null"):
        return (value in (None, "", [])) == (operator == "is_null")
    positive = _POSITIVE.get(operator)
    if positive is not None:
        return not satisfies(crm, field, value, positive, wanted)
    if value is None:
        return False
    if isinstance(value, list):
        return any(satisfies(crm, field, item, operator, wanted) for item in value)
    candidates = [folded(value)]
    if field.data_type in REFERENCES:
        candidates.append(folded(_reference_name(crm, field, value)))
    operands = [folded(item) for item in wanted]
    return any(_TESTS[operator](candidate, operands) for candidate in candidates)


def _like(value: Any, operands: Sequence[Any]) -> bool:
    pattern = "".join(".*" if part == "%" else re.escape(part) for part in str(operands[0]))
    return re.fullmatch(pattern, str(value), re.DOTALL) is not None


_POSITIVE: Final[Mapping[str, str]] = {
    "not_equal": "equals",
    "not_in": "in",
    "not_like": "like",
    "not_between": "between",
}
_TESTS: Final[Mapping[str, Callable[[Any, Sequence[Any]], bool]]] = {
    "equals": lambda value, wanted: bool(value == wanted[0]),
    "in": lambda value, wanted: value in wanted,
    "starts_with": lambda value, wanted: str(value).startswith(str(wanted[0])),
    "contains": lambda value, wanted: str(wanted[0]) in str(value),
    "like": _like,
    "greater_than": lambda value, wanted: bool(value > wanted[0]),
    "greater_equal": lambda value, wanted: bool(value >= wanted[0]),
    "less_than": lambda value, wanted: bool(value < wanted[0]),
    "less_equal": lambda value, wanted: bool(value <= wanted[0]),
    "between": lambda value, wanted: bool(wanted[0] <= value <= wanted[1]),
}


def _reference_name(crm: Crm, field: FieldSpec, value: str) -> str:
    if field.lookup is not None:
        return crm.display_name(field.lookup, value) or ""
    user = crm.user(value)
    return user.name if user else ""


def _is_bool(text: Any) -> bool:
    return str(text).lower() in ("true", "false")


def _no() -> Any:
    raise ValueError
