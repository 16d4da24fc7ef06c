"""Identity, versions and rejection: what makes a row, what makes none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mzi_bridge.mapping import FaultCode, ModuleMapping, content_hash, load_preset, project

READ_TIME = 1_800_000_000
PROGRAMS = load_preset("btec").modules["Products"]
Things = Callable[..., ModuleMapping]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({}, FaultCode.REQUIRED),
        ({"id": None}, FaultCode.REQUIRED),
        ({"id": ""}, FaultCode.REQUIRED),
        ({"id": 7300000000000100001}, FaultCode.WRONG_TYPE),
        ({"id": 7.3e18}, FaultCode.WRONG_TYPE),
        ({"id": "abc"}, FaultCode.INVALID_VALUE),
        ({"id": " 5 "}, FaultCode.INVALID_VALUE),
        ({"id": "5" * 31}, FaultCode.INVALID_VALUE),
        ({"id": ["5"]}, FaultCode.WRONG_TYPE),
    ],
)
def test_a_record_without_a_sound_id_is_rejected(bad: dict[str, Any], code: FaultCode) -> None:
    projection = project(PROGRAMS, {"Product_Name": "x", **bad}, READ_TIME)
    assert projection.row is None and projection.zoho_id is None
    (fault,) = projection.faults
    assert (fault.column, fault.source, fault.code) == ("zoho_program_id", "id", code)


@pytest.mark.parametrize("bad", [{}, {"A": None}, {"A": ""}, {"A": ["x"]}])
def test_a_record_without_a_required_field_is_rejected_by_name(
    things: Things, bad: dict[str, Any]
) -> None:
    mapping = things('out = { from = "A", required = true }')
    projection = project(mapping, {"id": "1", **bad}, READ_TIME)
    assert projection.row is None and projection.zoho_id == "1"
    assert [fault.column for fault in projection.faults] == ["out"]


def test_a_default_satisfies_what_is_required(things: Things) -> None:
    mapping = things('out = { from = "A", required = true, default = "d" }')
    projection = project(mapping, {"id": "1", "A": None}, READ_TIME)
    assert projection.row is not None and projection.row["out"] == "d"


def test_every_fault_of_a_record_is_named_at_once() -> None:
    record = {"id": "1", "Program_Price": "waived", "MoodleID": "x", "Product_Name": {}}
    projection = project(PROGRAMS, record, READ_TIME)
    assert [fault.column for fault in projection.faults] == ["name", "price", "moodle_category_id"]
    assert projection.row is not None
    assert projection.row.keys() == {
        *("zoho_program_id", "modified_time", "read_time", "content_hash"),
    }


def test_the_version_is_the_records_own() -> None:
    record = {"id": "1", "Modified_Time": "2026-05-14T11:36:10+03:00"}
    row = project(PROGRAMS, record, READ_TIME).row
    assert row is not None
    assert (row["modified_time"], row["read_time"]) == (1778747770, READ_TIME)


@pytest.mark.parametrize("record", [{}, {"Modified_Time": None}, {"Modified_Time": " "}])
def test_without_a_version_of_its_own_the_read_time_counts(record: dict[str, Any]) -> None:
    row = project(PROGRAMS, {"id": "1", **record}, READ_TIME).row
    assert row is not None and row["modified_time"] == READ_TIME


def test_a_module_can_be_versioned_by_read_time(things: Things) -> None:
    mapping = things("", module='modified_time = "read_time"')
    record = {"id": "1", "Modified_Time": "2026-05-14T11:36:10+03:00"}
    row = project(mapping, record, READ_TIME).row
    assert mapping.modified_time_field is None and mapping.source_fields == frozenset()
    assert row is not None and row["modified_time"] == READ_TIME


@pytest.mark.parametrize("bad", ["yesterday", 1778747770, "2026-05-14T11:36:10", ["x"]])
def test_an_unreadable_version_rejects_the_record(bad: Any) -> None:
    projection = project(PROGRAMS, {"id": "1", "Modified_Time": bad}, READ_TIME)
    assert projection.row is None and projection.zoho_id == "1"
    assert [fault.column for fault in projection.faults] == ["modified_time"]


def test_the_hash_says_what_a_row_holds_not_when_it_was_read() -> None:
    record = {"id": "1", "Product_Name": "x", "Modified_Time": "2026-05-14T11:36:10+03:00"}
    later = record | {"Modified_Time": "2026-05-15T11:36:10+03:00"}
    first, second = project(PROGRAMS, record, 1).row, project(PROGRAMS, later, 2).row
    assert first is not None and second is not None
    assert first["content_hash"] == second["content_hash"]
    changed = project(PROGRAMS, record | {"Product_Name": "y"}, 1).row
    assert changed is not None and changed["content_hash"] != first["content_hash"]


def test_the_hash_tells_absent_from_null() -> None:
    absent = project(PROGRAMS, {"id": "1"}, 1).row
    null = project(PROGRAMS, {"id": "1", "Description": None}, 1).row
    assert absent is not None and null is not None
    assert absent["content_hash"] != null["content_hash"]


def test_the_hash_is_sha256_of_canonical_json() -> None:
    # printf '{"a":"ä","b":[{"c":1}],"k":null}' | sha256sum
    expected = "3dfd339b93aa418f5dae613f6a093c4020ea09946439e521901ad88a7f143a91"
    values: dict[str, Any] = {"k": None, "b": [{"c": 1}], "a": "ä", "read_time": 5}
    assert content_hash(values) == expected
    assert content_hash(dict(reversed(values.items()))) == expected
