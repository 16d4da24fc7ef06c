"""Absent is not null, null is not empty: what each leaves in the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mzi_bridge.mapping import Projection

Projected = Callable[..., Projection]

UNTOUCHED = "untouched"

MATRIX: list[tuple[str, dict[str, Any], Any]] = [
    ('"A"', {}, UNTOUCHED),
    ('"A"', {"A": None}, None),
    ('"A"', {"A": ""}, None),
    ('"A"', {"A": " "}, " "),
    ('"A"', {"A": "x"}, "x"),
    ('{ from = "A", transform = "strip" }', {"A": "  "}, None),
    ('{ from = "A", empty = "keep" }', {}, UNTOUCHED),
    ('{ from = "A", empty = "keep" }', {"A": None}, None),
    ('{ from = "A", empty = "keep" }', {"A": ""}, ""),
    ('{ from = "A", transform = "strip", empty = "keep" }', {"A": "  "}, ""),
    ('{ from = "A", default = "d" }', {}, UNTOUCHED),
    ('{ from = "A", default = "d" }', {"A": None}, "d"),
    ('{ from = "A", default = "d" }', {"A": ""}, "d"),
    ('{ from = "A", default = "d" }', {"A": "x"}, "x"),
    ('{ from = "A", type = "money", default = 5 }', {"A": None}, "5.00"),
    ('{ from = "A", type = "money" }', {"A": ""}, None),
    ('{ from = "A", type = "money" }', {"A": "  "}, None),
    ('{ from = "A", type = "int" }', {"A": ""}, None),
    ('{ from = "A", type = "int" }', {"A": " "}, None),
    ('{ from = "A", type = "int" }', {"A": 0}, 0),
    ('{ from = "A", type = "bool" }', {"A": False}, 0),
    ('{ from = "A", type = "bool" }', {"A": None}, None),
    ('{ from = "A", type = "bool" }', {"A": " "}, None),
    ('{ from = "A", type = "date" }', {"A": ""}, None),
    ('{ from = "A", type = "date" }', {"A": " "}, None),
    ('{ from = "A", type = "datetime" }', {"A": " "}, None),
    ('"A.id"', {}, UNTOUCHED),
    ('"A.id"', {"A": None}, None),
    ('"A.id"', {"A": ""}, None),
    ('"A.id"', {"A": {"name": "n"}}, UNTOUCHED),
    ('"A.id"', {"A": {"id": None}}, None),
    ('"A.id"', {"A": {"id": "7"}}, "7"),
    ('"A.name"', {"A": {"id": "7", "name": ""}}, None),
    ('"A.b.c"', {"A": {"b": {"c": "x"}}}, "x"),
    ('"A.b.c"', {"A": {"b": None}}, None),
    ('"A.b.c"', {"A": {}}, UNTOUCHED),
    ('{ from = "A", transform = "lookup_id" }', {}, UNTOUCHED),
    ('{ from = "A", transform = "lookup_id" }', {"A": {}}, UNTOUCHED),
    ('{ from = "A", transform = "lookup_id" }', {"A": {"id": "7"}}, "7"),
    ('{ from = "A", transform = "lookup_id" }', {"A": {"id": ""}}, None),
    ('{ from = "A", transform = "lookup_name" }', {"A": {"name": "n"}}, "n"),
    ('{ from = ["A", "B"], transform = "concat" }', {}, UNTOUCHED),
    ('{ from = ["A", "B"], transform = "concat" }', {"A": "x"}, UNTOUCHED),
    ('{ from = ["A", "B"], transform = "concat" }', {"A": "x", "B": None}, "x"),
    ('{ from = ["A", "B"], transform = "concat" }', {"A": "", "B": None}, None),
    ('{ from = ["A", "B"], transform = "first_of" }', {}, UNTOUCHED),
    ('{ from = ["A", "B"], transform = "first_of" }', {"A": None}, UNTOUCHED),
    ('{ from = ["A", "B"], transform = "first_of" }', {"A": None, "B": ""}, None),
    ('{ from = ["A", "B"], transform = "first_of" }', {"B": "x"}, "x"),
    ('{ from = "A", transform = "present_map", filled = "y", blank = "n" }', {}, UNTOUCHED),
    ('{ from = "A", transform = "present_map", filled = "y", blank = "n" }', {"A": None}, "n"),
    ('{ from = "A", transform = "present_map", filled = "y", blank = "n" }', {"A": ""}, "n"),
    ('{ from = "A", transform = "join" }', {"A": []}, None),
    ('{ transform = "rows", subforms = { A = ["x"] } }', {}, UNTOUCHED),
    ('{ transform = "rows", subforms = { A = ["x"] } }', {"A": None}, None),
    ('{ transform = "rows", subforms = { A = ["x"] } }', {"A": []}, None),
]


@pytest.mark.parametrize(("rule", "record", "expected"), MATRIX)
def test_absent_null_and_empty_are_told_apart(
    projected: Projected, rule: str, record: dict[str, Any], expected: Any
) -> None:
    projection = projected(rule, record)
    assert projection.faults == ()
    assert projection.row is not None
    assert projection.row.get("out", UNTOUCHED) == expected
