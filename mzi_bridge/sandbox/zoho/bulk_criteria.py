"""The criteria of a bulk read, in the manner of v2: one condition `{api_name, comparator, value}`
or a group `{group_operator, group: […]}`, nested at will, 25 conditions at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mzi_bridge.sandbox.zoho.compare import kept_value, satisfies, wanted_value
from mzi_bridge.sandbox.zoho.record import Record
from mzi_bridge.sandbox.zoho.refusals import Refusal
from mzi_bridge.sandbox.zoho.state import Crm

CONDITION_LIMIT: Final = 25
_OPERATORS: Final = {
    "equal": "equals",
    "not_equal": "not_equal",
    "in": "in",
    "not_in": "not_in",
    "less_than": "less_than",
    "less_equal": "less_equal",
    "greater_than": "greater_than",
    "greater_equal": "greater_equal",
    "contains": "contains",
    "starts_with": "starts_with",
    "between": "between",
    "not_between": "not_between",
}
_SEVERAL: Final = frozenset({"in", "not_in", "between", "not_between"})

Test = Callable[[Record], bool]


def compile_bulk_criteria(crm: Crm, module: str, criteria: object) -> Test:
    """Raises Refusal with the codes of Zoho's bulk model."""
    if _conditions(criteria) > CONDITION_LIMIT:
        raise Refusal("CRITERIA_LIMIT_EXCEEDED", "Number of criteria exceeded the maximum limit")
    return _compiled(crm, module, criteria)


def _compiled(crm: Crm, module: str, criteria: object) -> Test:
    if not isinstance(criteria, Mapping):
        raise Refusal("INVALID_CRITERIA", "Invalid criteria for the query.")
    if "group" not in criteria:
        return _condition(crm, module, criteria)
    parts, word = criteria["group"], str(criteria.get("group_operator", "")).lower()
    if "api_name" in criteria or not isinstance(parts, list):
        raise Refusal("AMBIGUOUS_CRITERIA", "Ambiguous criteria.")
    if len(parts) < 2:
        raise Refusal("AMBIGUOUS_GROUP_IN_CRITERIA", "Ambiguous group in criteria.")
    if word not in ("and", "or"):
        raise Refusal("GROUP_OPERATOR_NOT_SUPPORTED", "Supported operators are 'and', 'or'.")
    tests = [_compiled(crm, module, part) for part in parts]
    joined = all if word == "and" else any
    return lambda record: joined(test(record) for test in tests)


def _condition(crm: Crm, module: str, criteria: Mapping[str, Any]) -> Test:
    name, comparator = criteria.get("api_name"), criteria.get("comparator")
    field = crm.layouts[module].readable.get(str(name))
    if field is None:
        raise Refusal(
            "FIELD_IN_CRITERIA_NOT_AVAILABLE", "Field api name is not available for criteria."
        )
    operator = _OPERATORS.get(str(comparator))
    if operator is None:
        raise Refusal("INVALID_CRITERIA", "Invalid criteria for the query.")
    value = criteria.get("value")
    values = value if comparator in _SEVERAL and isinstance(value, list) else [value]
    try:
        wanted = [wanted_value(field, one, crm) for one in values]
    except (ValueError, TypeError):
        raise Refusal(
            "VALUE_IN_CRITERIA_NOT_SUPPORTED", "Value is not supported for criteria."
        ) from None
    return lambda record: satisfies(
        crm, field, kept_value(record, field.api_name), operator, wanted
    )


def _conditions(criteria: object) -> int:
    if not isinstance(criteria, Mapping):
        return 1
    parts = criteria.get("group")
    return sum(map(_conditions, parts)) if isinstance(parts, list) else 1
