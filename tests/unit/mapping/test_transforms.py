"""Each transform and type, by table: what it makes of a value, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from mzi_bridge.mapping import FaultCode, Projection
from mzi_bridge.mapping.transforms import TRANSFORMS

Projected = Callable[..., Projection]

TEXT = '"A"'
ID = '{ from = "A", type = "id" }'
INT = '{ from = "A", type = "int" }'
BOOL = '{ from = "A", type = "bool" }'
DATE = '{ from = "A", type = "date" }'
EPOCH = '{ from = "A", transform = "datetime_epoch" }'
MONEY = '{ from = "A", transform = "money" }'
JSON = '{ from = "A", type = "json" }'
STRIP = '{ from = "A", transform = "strip" }'
MASK = '{ from = "A", transform = "mask" }'
MAP = '{ from = "A", transform = "map", values = { Paid = "paid", Due = "open" } }'
ELSE = '{ from = "A", transform = "map", values = { Paid = "paid" }, otherwise = "other" }'
JOIN = '{ from = "A", transform = "join", separator = " | " }'
CURRENCY = '{ from = "A", transform = "currency" }'
LOOKUP_ID = '{ from = "A", transform = "lookup_id" }'
LOOKUP_NAME = '{ from = "A", transform = "lookup_name" }'
CONCAT = '{ from = ["A", "B"], transform = "concat", separator = ", " }'
GROUPED = '{ from = [["A", "B"], ["C", "D"]], transform = "concat", separator = "; " }'
FIRST = '{ from = ["A", "B"], transform = "first_of" }'
FIRST_DATE = '{ from = ["A", "B"], transform = "first_of", type = "date" }'
PRESENT = '{ from = "A", transform = "present_map", filled = "yes", blank = "no" }'
ROWS = '{ transform = "rows", subforms = { A = ["x", "y"], B = ["z"] } }'

GIVES: list[tuple[str, Any, Any]] = [
    (TEXT, " as it is ", " as it is "),
    (TEXT, 7300000000000100001, "7300000000000100001"),
    (TEXT, -3, "-3"),
    (TEXT, 12.5, "12.5"),
    (TEXT, 10.0, "10"),
    (TEXT, 0.0, "0"),
    (TEXT, -0.0, "0"),
    (TEXT, Decimal("1.50"), "1.5"),
    (TEXT, "عمّان 🎓", "عمّان 🎓"),
    ('{ from = "A", transform = "text" }', 5, "5"),
    (ID, "7300000000000100001", "7300000000000100001"),
    ('{ from = "A", transform = "id" }', "7", "7"),
    (INT, 5, 5),
    (INT, 5.0, 5),
    (INT, " 42 ", 42),
    (INT, "-7", -7),
    (INT, "٤٢", 42),
    (INT, Decimal("3"), 3),
    ('{ from = "A", transform = "int" }', "1", 1),
    (BOOL, True, 1),
    (BOOL, False, 0),
    (BOOL, 1, 1),
    (BOOL, "Yes", 1),
    (BOOL, " no ", 0),
    ('{ from = "A", transform = "bool" }', "TRUE", 1),
    (DATE, "2026-05-14", "2026-05-14"),
    (DATE, " 2024-02-29 ", "2024-02-29"),
    (DATE, "2026-05-14T23:59:59-11:00", "2026-05-14"),
    ('{ from = "A", transform = "date" }', "2026-05-14T00:30:00+03:00", "2026-05-14"),
    (EPOCH, "2026-05-14T11:36:10+03:00", 1778747770),
    (EPOCH, "2026-05-14T08:36:10Z", 1778747770),
    (EPOCH, "2026-05-14T08:36:10.987+00:00", 1778747770),
    (EPOCH, "2026-05-14 14:06:10+0530", 1778747770),
    (EPOCH, "2026-05-14T05:06:10-03:30", 1778747770),
    (EPOCH, "2026-05-14T11:36+03:00", 1778747760),
    (EPOCH, "1970-01-01T00:00:00Z", 0),
    (MONEY, "$1,250.00", "1250.00"),
    (JSON, [1, "x", None, {"k": [True, 2.5]}], [1, "x", None, {"k": [True, 2.5]}]),
    (JSON, {"k": {}}, {"k": {}}),
    (JSON, "text", "text"),
    ('{ from = "A", transform = "json" }', False, False),
    (STRIP, "  x  ", "x"),
    ('{ from = "A", transform = ["strip", "lower"] }', " A@B.Example ", "a@b.example"),
    ('{ from = "A", transform = "lower" }', "ÄB", "äb"),
    ('{ from = "A", transform = "upper" }', "ab", "AB"),
    (MASK, "2000001234", "••••••1234"),
    (MASK, "1234", "••••"),
    ('{ from = "A", transform = "mask", show = 0 }', "12", "••"),
    ('{ from = "A", transform = ["mask", "strip"], show = 1 }', 123, "••3"),
    (MAP, "Paid", "paid"),
    (ELSE, "Void", "other"),
    ('{ from = "A", transform = "map", values = { High = "3" }, type = "int" }', "High", 3),
    (JOIN, ["a", None, "", "b"], "a | b"),
    (JOIN, [None], None),
    (CURRENCY, "USD", "USD"),
    (CURRENCY, " jod ", "JOD"),
    (CURRENCY, "$", "USD"),
    (CURRENCY, "€", "EUR"),
    (CURRENCY, "TL", "TRY"),
    (CURRENCY, "JD", "JOD"),
    (CURRENCY, "د.أ", "JOD"),
    (CURRENCY, " ", None),
    (LOOKUP_ID, {"id": "7", "name": "n"}, "7"),
    (LOOKUP_NAME, {"id": "7", "name": "n"}, "n"),
    (PRESENT, "x", "yes"),
    (PRESENT, 0, "yes"),
    (PRESENT, [], "no"),
    (PRESENT, {}, "no"),
    (PRESENT, False, "no"),
    (PRESENT, " ", "no"),
    ('{ from = "A", max_length = 3 }', "abc", "abc"),
]

REFUSES: list[tuple[str, Any, FaultCode]] = [
    (TEXT, True, FaultCode.WRONG_TYPE),
    (TEXT, ["x"], FaultCode.WRONG_TYPE),
    (TEXT, [], FaultCode.WRONG_TYPE),
    (TEXT, {"name": "x"}, FaultCode.WRONG_TYPE),
    (TEXT, "a\0b", FaultCode.INVALID_VALUE),
    (TEXT, "half \ud83d", FaultCode.INVALID_VALUE),
    (TEXT, float("nan"), FaultCode.OUT_OF_RANGE),
    (TEXT, float("inf"), FaultCode.OUT_OF_RANGE),
    (TEXT, 7.3e18, FaultCode.OUT_OF_RANGE),
    (TEXT, 10**5000, FaultCode.OUT_OF_RANGE),
    (TEXT, 1e-300, FaultCode.OUT_OF_RANGE),
    ('{ from = "A", max_length = 3 }', "abcd", FaultCode.TOO_LONG),
    ('{ from = "A", max_length = 3, empty = "keep" }', "abcd", FaultCode.TOO_LONG),
    (ID, 7300000000000100001, FaultCode.WRONG_TYPE),
    (ID, "73x", FaultCode.INVALID_VALUE),
    (ID, "٧٣", FaultCode.INVALID_VALUE),
    (ID, "7" * 31, FaultCode.INVALID_VALUE),
    (INT, True, FaultCode.WRONG_TYPE),
    (INT, 5.5, FaultCode.INVALID_VALUE),
    (INT, "1,250", FaultCode.INVALID_VALUE),
    (INT, "five", FaultCode.INVALID_VALUE),
    (INT, float("nan"), FaultCode.INVALID_VALUE),
    (INT, 2**63, FaultCode.OUT_OF_RANGE),
    (INT, 10**5000, FaultCode.OUT_OF_RANGE),
    (INT, "99999999999999999999", FaultCode.OUT_OF_RANGE),
    (INT, [5], FaultCode.WRONG_TYPE),
    (BOOL, 2, FaultCode.WRONG_TYPE),
    (BOOL, "maybe", FaultCode.INVALID_VALUE),
    (BOOL, [], FaultCode.WRONG_TYPE),
    (DATE, "14/05/2026", FaultCode.INVALID_VALUE),
    (DATE, "05-14-2026", FaultCode.INVALID_VALUE),
    (DATE, "20260514", FaultCode.INVALID_VALUE),
    (DATE, "2026-W20-4", FaultCode.INVALID_VALUE),
    (DATE, "2026-02-29", FaultCode.INVALID_VALUE),
    (DATE, "0000-01-01", FaultCode.INVALID_VALUE),
    (DATE, "2026-05-14" + " " * 40 + "x", FaultCode.INVALID_VALUE),
    (DATE, 20260514, FaultCode.WRONG_TYPE),
    (DATE, "٢٠٢٦-٠٥-١٤", FaultCode.INVALID_VALUE),
    (EPOCH, "2026-05-14T11:36:10", FaultCode.AMBIGUOUS),
    (EPOCH, "2026-05-14", FaultCode.INVALID_VALUE),
    (EPOCH, "2026-05-14T25:00:00Z", FaultCode.INVALID_VALUE),
    (EPOCH, "2026-05-14T11:36:10+99:00", FaultCode.INVALID_VALUE),
    (EPOCH, "1969-12-31T23:59:59Z", FaultCode.OUT_OF_RANGE),
    (EPOCH, "2300-01-01T00:00:00Z", FaultCode.OUT_OF_RANGE),
    (EPOCH, 1778747770, FaultCode.WRONG_TYPE),
    (MONEY, "waived", FaultCode.INVALID_VALUE),
    (JSON, [float("nan")], FaultCode.OUT_OF_RANGE),
    (JSON, {"k": "a\0"}, FaultCode.INVALID_VALUE),
    (JSON, {"\ud800": 1}, FaultCode.INVALID_VALUE),
    (JSON, [[{"Academic_Password": "x"}]], FaultCode.DENIED),
    (JSON, {"apiToken": "x"}, FaultCode.DENIED),
    (JSON, 10**400, FaultCode.OUT_OF_RANGE),
    (MAP, "Void", FaultCode.INVALID_VALUE),
    (MAP, ["Paid"], FaultCode.WRONG_TYPE),
    (JOIN, "a", FaultCode.WRONG_TYPE),
    (JOIN, [["a"]], FaultCode.WRONG_TYPE),
    (CURRENCY, "dinar", FaultCode.AMBIGUOUS),
    (CURRENCY, "¥", FaultCode.AMBIGUOUS),
    (CURRENCY, "money", FaultCode.INVALID_VALUE),
    (CURRENCY, "U$D", FaultCode.INVALID_VALUE),
    (CURRENCY, 5, FaultCode.WRONG_TYPE),
    (LOOKUP_ID, "7", FaultCode.WRONG_TYPE),
    (LOOKUP_ID, {"id": 7}, FaultCode.WRONG_TYPE),
    ('"A.id"', "7", FaultCode.WRONG_TYPE),
    ('"A.id"', [{"id": "7"}], FaultCode.WRONG_TYPE),
    ('"A.name"', {"name": {}}, FaultCode.WRONG_TYPE),
]


def label(value: Any) -> str:
    """A test's name may hold no half characters and no number of 5,000 digits."""
    printable = isinstance(value, str) and value.isascii() and value.isprintable()
    return value if printable else type(value).__name__


@pytest.mark.parametrize(("rule", "value", "expected"), GIVES, ids=label)
def test_a_value_becomes(projected: Projected, rule: str, value: Any, expected: Any) -> None:
    projection = projected(rule, {"A": value})
    assert projection.faults == () and projection.row is not None
    assert projection.row["out"] == expected
    assert type(projection.row["out"]) is type(expected)


@pytest.mark.parametrize(("rule", "value", "code"), REFUSES, ids=label)
def test_a_bad_value_is_named_and_its_column_left_out(
    projected: Projected, rule: str, value: Any, code: FaultCode
) -> None:
    projection = projected(rule, {"A": value})
    assert projection.row is not None and "out" not in projection.row
    (fault,) = projection.faults
    assert (fault.column, fault.code) == ("out", code)
    assert fault.source.split(".")[0] == "A"
    assert not (isinstance(value, str) and len(value) > 3 and value in fault.message)


SEVERAL: list[tuple[str, dict[str, Any], Any]] = [
    (CONCAT, {"A": " x ", "B": "y"}, "x, y"),
    (CONCAT, {"A": " ", "B": 5}, "5"),
    (GROUPED, {"A": "Sunday", "B": "10", "C": "Tuesday", "D": "12"}, "Sunday 10; Tuesday 12"),
    (GROUPED, {"A": "Sunday", "B": "10", "C": None, "D": ""}, "Sunday 10"),
    (GROUPED, {"A": None, "B": "10", "C": "Tuesday", "D": None}, "10; Tuesday"),
    (FIRST, {"A": "x", "B": "y"}, "x"),
    (FIRST, {"A": " ", "B": "y"}, "y"),
    (FIRST, {"A": 0, "B": "y"}, "0"),
    (
        '{ from = ["A", "B"], transform = "first_of", type = "date" }',
        {"B": "2026-05-14"},
        "2026-05-14",
    ),
    ('{ from = ["A.id", "B.id"], transform = "first_of" }', {"B": {"id": "9"}}, "9"),
    ('{ transform = "constant", value = "JOD" }', {}, "JOD"),
    ('{ transform = "constant", value = 5, type = "money" }', {}, "5.00"),
    (ROWS, {"A": [{"x": 1, "w": 2}, {"y": "b"}], "B": None}, {"A": [{"x": 1}, {"y": "b"}]}),
    (ROWS, {"B": [{"z": None}]}, {"B": [{"z": None}]}),
]


@pytest.mark.parametrize(("rule", "record", "expected"), SEVERAL)
def test_several_sources_become_one_value(
    projected: Projected, rule: str, record: dict[str, Any], expected: Any
) -> None:
    projection = projected(rule, record)
    assert projection.faults == () and projection.row is not None
    assert projection.row["out"] == expected


@pytest.mark.parametrize(
    ("rule", "record"),
    [
        (ROWS, {"A": "x"}),
        (ROWS, {"A": ["x"]}),
        (ROWS, {"A": {"x": 1}}),
        (CONCAT, {"A": ["x"], "B": "y"}),
        (FIRST, {"A": ["x"], "B": "y"}),
    ],
)
def test_a_source_of_the_wrong_type_spoils_what_is_made_of_it(
    projected: Projected, rule: str, record: dict[str, Any]
) -> None:
    projection = projected(rule, record)
    assert projection.row is not None and "out" not in projection.row
    assert [fault.code for fault in projection.faults] == [FaultCode.WRONG_TYPE]


def test_the_tables_use_every_transform_there_is() -> None:
    rules = " ".join(rule for rule, *_ in (*GIVES, *SEVERAL))
    unused = [name for name in TRANSFORMS if f'"{name}"' not in rules]
    assert unused == []


def test_json_nested_too_deeply_is_refused(projected: Projected) -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    projection = projected(JSON, {"A": deep})
    assert [fault.code for fault in projection.faults] == [FaultCode.INVALID_VALUE]
