"""Whatever JSON comes: an answer, the same one each time, and one that can be sent."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.mapping import Preset, load_preset, project
from mzi_bridge.mapping.preset import ModuleMapping

PRESETS: tuple[Preset, ...] = (load_preset("btec"), load_preset("guide"))
MAPPINGS = [mapping for preset in PRESETS for mapping in preset.modules.values()]

# Texts with half surrogates and NULs, numbers past 64 bits, NaN and infinity: json.loads gives
# them all.
wild_text = st.text(st.characters(), max_size=20)
near_misses = st.sampled_from(
    ["1,250", "$1.250,00", "2026-02-30", "2026-05-14T11:36:10+03:00", "7300000000000100001", ""]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | wild_text
    | near_misses
    | st.just(10**500)
)
wild_json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(wild_text, inner, max_size=4),
    max_leaves=12,
)
lookups = st.fixed_dictionaries({}, optional={"id": wild_json, "name": wild_json})


@st.composite
def records(draw: st.DrawFn) -> tuple[ModuleMapping, dict[str, Any]]:
    """A module and a record holding its own field names, filled with anything."""
    mapping = draw(st.sampled_from(MAPPINGS))
    rows: dict[str, st.SearchStrategy[Any]] = {}
    for subform, taken in mapping.subforms.items():
        cells: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(sorted(taken), wild_json)
        row = st.fixed_dictionaries({}, optional=cells)
        rows[subform] = st.lists(row | wild_json, max_size=3) | wild_json
    fields = dict.fromkeys(sorted(mapping.source_fields), wild_json | lookups) | rows
    good_id = st.just("7300000000000100001")
    record = draw(st.fixed_dictionaries({"id": good_id | wild_json}, optional=fields))
    return mapping, record


@given(records())
def test_any_record_gets_an_answer_that_can_be_sent(
    case: tuple[ModuleMapping, dict[str, Any]],
) -> None:
    mapping, record = case
    projection = project(mapping, record, 1_800_000_000)
    if projection.row is None:
        assert projection.faults
        return
    sent = json.dumps(projection.row, allow_nan=False, ensure_ascii=False).encode()
    assert json.loads(sent) == projection.row
    known = {column.name for column in mapping.columns} | set(mapping.child_keys)
    assert projection.row.keys() <= known | {"modified_time", "read_time", "content_hash"}


@given(records())
def test_the_answer_is_the_same_each_time_and_leaves_the_record_as_it_was(
    case: tuple[ModuleMapping, dict[str, Any]],
) -> None:
    mapping, record = case
    before = repr(record)
    first, second = project(mapping, record, 5), project(mapping, record, 5)
    assert first == second
    assert repr(record) == before


@given(records())
def test_a_fault_never_quotes_the_value(case: tuple[ModuleMapping, dict[str, Any]]) -> None:
    mapping, record = case
    canary = "Zx9canary"
    marked = {name: canary if isinstance(value, str) else value for name, value in record.items()}
    for fault in project(mapping, marked, 5).faults:
        assert canary not in f"{fault.column} {fault.source} {fault.message}"


@pytest.mark.parametrize("anything", [None, 5, "x", [], [{"id": "1"}], True, 1.5, Decimal(1)])
def test_what_is_no_record_is_rejected(anything: Any) -> None:
    projection = project(MAPPINGS[0], anything, 5)
    assert projection.row is None and projection.zoho_id is None
    assert projection.faults[0].code == "wrong_type"
