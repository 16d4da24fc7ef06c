"""Gathers: how a rule reads its sources when it has several, none, or only asks whether one is set.

All keep absent apart from null. A concat of which a part is absent is absent, since half a
value would be written over a whole one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.paths import reader
from mzi_bridge.mapping.rules import Rule
from mzi_bridge.mapping.scalars import json_value, text
from mzi_bridge.mapping.values import ABSENT, Convert, FaultCode, Read, Record, Unfit


def concat(rule: Rule, deny: DenyList) -> Read:
    """The filled sources joined: with a space inside a group, with `separator` between groups."""
    groups = tuple(tuple(reader(path) for path in group) for group in rule.source)
    separator = " " if rule.separator is None else rule.separator

    def read(record: Record) -> Any:
        joined: list[str] = []
        for group in groups:
            parts = [one(record) for one in group]
            if any(part is ABSENT for part in parts):
                return ABSENT
            filled = (text(part).strip() for part in parts if part is not None)
            joined.append(" ".join(part for part in filled if part))
        return separator.join(part for part in joined if part) or None

    return read


def first_of(rule: Rule, deny: DenyList) -> Read:
    """The first filled source. None filled: null when all were sent, absent when one was not."""
    readers = tuple(reader(path) for path in rule.paths)

    def read(record: Record) -> Any:
        nothing: Any = None
        for one in readers:
            value = one(record)
            if value is ABSENT:
                nothing = ABSENT
            elif not is_blank(value):
                return value
        return nothing

    return read


def present_map(rule: Rule, deny: DenyList) -> Read:
    """The text `filled` when the source holds anything, `blank` when it is null or empty."""
    one = reader(rule.paths[0])
    filled, blank = rule.filled, rule.blank

    def read(record: Record) -> Any:
        value = one(record)
        if value is ABSENT:
            return ABSENT
        return blank if value is False or is_blank(value) else filled

    return read


def constant(rule: Rule, deny: DenyList) -> Read:
    value = rule.value
    return lambda record: value


def rows(rule: Rule, deny: DenyList) -> Read:
    """An object of the subforms that have rows: `{"Change_Information": [{"Field_Name": …}]}`.

    Null when none has rows; absent when none was fetched.
    """
    subforms = tuple((name, tuple(fields)) for name, fields in (rule.subforms or {}).items())
    clean = json_value(deny)

    def read(record: Record) -> Any:
        sent = {name: record[name] for name, _ in subforms if name in record}
        if not sent:
            return ABSENT
        taken = {
            name: _cells(sent[name], fields, clean) for name, fields in subforms if sent.get(name)
        }
        return taken or None

    return read


def is_blank(value: Any) -> bool:
    """Null, an empty list or object, or a text of spaces; zero and false are values."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | dict) and not value)


def _cells(subform: Any, fields: tuple[str, ...], clean: Convert) -> list[dict[str, Any]]:
    if not isinstance(subform, list) or not all(isinstance(row, Mapping) for row in subform):
        raise Unfit(FaultCode.WRONG_TYPE, "rows of a subform were expected")
    return [{name: clean(row[name]) for name in fields if name in row} for row in subform]
