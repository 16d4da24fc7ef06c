"""The criteria grammar of `/search`: `((Last_Name:equals:Burns\\,B)and(City:starts_with:M))`.

Conditions and groups stand in parentheses, joined by `and` or `or`, nested at will; `( ) , \\`
in a value are escaped by a backslash. `equals` behaves like contains on texts (Zoho v7 docs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mzi_bridge.sandbox.schema import FieldSpec
from mzi_bridge.sandbox.zoho.compare import TEXTS, kept_value, satisfies, wanted_value
from mzi_bridge.sandbox.zoho.record import Record
from mzi_bridge.sandbox.zoho.refusals import Refusal, limit_exceeded
from mzi_bridge.sandbox.zoho.state import Crm

CONDITION_LIMIT: Final = 10
_SEVERAL: Final = frozenset({"in", "between"})
_OPERATORS: Final = frozenset(
    {
        "equals",
        "not_equal",
        "starts_with",
        "greater_than",
        "greater_equal",
        "less_than",
        "less_equal",
        *_SEVERAL,
    }
)


@dataclass(frozen=True)
class Condition:
    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    conjunction: str
    parts: tuple[Criteria, ...]


Criteria = Condition | Group


def parse_criteria(text: str) -> Criteria:
    """Raises Refusal INVALID_QUERY, LIMIT_EXCEEDED past ten conditions."""
    reader = _Reader(text)
    criteria = reader.expression()
    if reader.rest:
        raise invalid_query(reason="unexpected text after the criteria")
    if _conditions(criteria) > CONDITION_LIMIT:
        raise limit_exceeded(limit=CONDITION_LIMIT)
    return criteria


def compile_criteria(crm: Crm, fields: Mapping[str, FieldSpec], criteria: Criteria) -> Matcher:
    """Bind criteria to a module's fields. Raises Refusal INVALID_QUERY."""
    if isinstance(criteria, Group):
        parts = tuple(compile_criteria(crm, fields, part) for part in criteria.parts)
        return Matcher(crm, None, criteria.conjunction, (), parts)
    field = fields.get(criteria.field)
    if field is None or criteria.operator not in _OPERATORS:
        raise invalid_query(api_name=criteria.field, operator=criteria.operator)
    try:
        wanted = tuple(wanted_value(field, value, crm) for value in criteria.values)
    except ValueError:
        raise invalid_query(api_name=criteria.field, operator=criteria.operator) from None
    loose = criteria.operator == "equals" and field.data_type in TEXTS
    return Matcher(crm, field, "contains" if loose else criteria.operator, wanted, ())


@dataclass(frozen=True)
class Matcher:
    """A condition on `field`, or, without a field, `operator` and/or over `parts`."""

    crm: Crm
    field: FieldSpec | None
    operator: str
    wanted: tuple[object, ...]
    parts: tuple[Matcher, ...]

    def matches(self, record: Record) -> bool:
        if self.field is None:
            answers = (part.matches(record) for part in self.parts)
            return all(answers) if self.operator == "and" else any(answers)
        value = kept_value(record, self.field.api_name)
        return satisfies(self.crm, self.field, value, self.operator, self.wanted)


def invalid_query(**details: Any) -> Refusal:
    return Refusal("INVALID_QUERY", "invalid query formed", **details)


def _conditions(criteria: Criteria) -> int:
    return 1 if isinstance(criteria, Condition) else sum(map(_conditions, criteria.parts))


class _Reader:
    def __init__(self, text: str) -> None:
        self.rest = text.strip()

    def expression(self) -> Criteria:
        """Terms joined by one conjunction; a change of it nests to the left."""
        left = self.term()
        while (conjunction := self._conjunction()) is not None:
            right = self.term()
            if isinstance(left, Group) and left.conjunction == conjunction:
                left = Group(conjunction, (*left.parts, right))
            else:
                left = Group(conjunction, (left, right))
        return left

    def term(self) -> Criteria:
        if not self._take("("):
            if ":" in self.rest:
                return self._condition()
            raise invalid_query(reason="a condition must stand in parentheses")
        inner = self.expression() if self.rest.startswith("(") else self._condition()
        if not self._take(")"):
            raise invalid_query(reason="a closing parenthesis is missing")
        return inner

    def _condition(self) -> Condition:
        field, first, tail = self.rest.partition(":")
        operator, second, self.rest = tail.partition(":")
        if not (field and first and operator and second):
            raise invalid_query(reason="a condition reads field:operator:value")
        values = self._values()
        operator = operator.strip()
        if operator == "between" and len(values) != 2:
            raise invalid_query(reason="between takes two values", api_name=field)
        if operator not in _SEVERAL:
            values = (",".join(values),)
        return Condition(field.strip(), operator, values)

    def _values(self) -> tuple[str, ...]:
        """The comma-separated, unescaped values up to a bare closing parenthesis or the end."""
        values = [""]
        position = 0
        while position < len(self.rest):
            sign = self.rest[position]
            if sign == "\\" and position + 1 < len(self.rest):
                position += 1
                values[-1] += self.rest[position]
            elif sign == ")":
                break
            elif sign == "(":
                raise invalid_query(reason="a parenthesis in a value must be escaped")
            elif sign == ",":
                values.append("")
            else:
                values[-1] += sign
            position += 1
        self.rest = self.rest[position:]
        return tuple(values)

    def _conjunction(self) -> str | None:
        stripped = self.rest.lstrip()
        for word in ("and", "or"):
            if stripped[: len(word)].lower() == word:
                self.rest = stripped[len(word) :].lstrip()
                return word
        return None

    def _take(self, sign: str) -> bool:
        self.rest = self.rest.lstrip()
        if not self.rest.startswith(sign):
            return False
        self.rest = self.rest[1:]
        return True
