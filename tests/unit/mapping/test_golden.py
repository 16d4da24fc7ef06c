"""Golden triples: a record, a preset, the row it must become, for every module of both presets."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from mzi_bridge.mapping import load_preset, project

GOLDEN = Path(__file__).parent / "golden"
MODULES = sorted(file.stem for file in (GOLDEN / "btec").glob("*.json"))
READ_TIME = 1_800_000_000


def golden(preset: str, module: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Record and row; where the guide names its fields as btec does, btec's triple counts."""
    own = GOLDEN / preset / f"{module}.json"
    file = own if own.exists() else GOLDEN / "btec" / f"{module}.json"
    triple = json.loads(file.read_text(encoding="utf-8"))
    return triple["record"], triple["row"]


@pytest.mark.parametrize("preset", ["btec", "guide"])
@pytest.mark.parametrize("module", MODULES)
def test_a_record_becomes_its_golden_row(preset: str, module: str) -> None:
    record, expected = golden(preset, module)
    projection = project(load_preset(preset).modules[module], record, READ_TIME)
    assert projection.faults == ()
    assert projection.row is not None
    row = dict(projection.row)
    content = {k: v for k, v in expected.items() if k not in ("modified_time", "read_time")}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert row.pop("content_hash") == hashlib.sha256(canonical.encode()).hexdigest()
    assert row == expected
    assert projection.zoho_id == record["id"]


@pytest.mark.parametrize("preset", ["btec", "guide"])
def test_every_module_of_a_preset_has_its_golden_triple(preset: str) -> None:
    assert sorted(load_preset(preset).modules) == MODULES
    assert len(MODULES) == 10


@pytest.mark.parametrize("preset", ["btec", "guide"])
@pytest.mark.parametrize("module", MODULES)
def test_a_golden_record_carries_every_field_the_mapping_reads(preset: str, module: str) -> None:
    record, _ = golden(preset, module)
    optional = {"Modified_Time"}
    assert load_preset(preset).modules[module].source_fields - optional <= record.keys()


@pytest.mark.parametrize("preset", ["btec", "guide"])
@pytest.mark.parametrize("module", MODULES)
def test_a_record_of_nulls_clears_every_column_but_the_key(preset: str, module: str) -> None:
    record, expected = golden(preset, module)
    emptied = dict.fromkeys(record) | {"id": record["id"]}
    projection = project(load_preset(preset).modules[module], emptied, READ_TIME)
    assert projection.faults == () and projection.row is not None
    key = load_preset(preset).modules[module].key_column
    kept = {key, "content_hash", "modified_time", "read_time"}
    cleared = {name: value for name, value in projection.row.items() if name not in kept}
    confirmed = {"status": "Confirmed"} if (preset, module) == ("btec", "BTEC_Payments") else {}
    children = load_preset(preset).modules[module].child_keys
    expected_clear: dict[str, Any] = {n: [] if n in children else confirmed.get(n) for n in cleared}
    assert cleared == expected_clear
    assert cleared.keys() == expected.keys() - kept


@pytest.mark.parametrize("preset", ["btec", "guide"])
@pytest.mark.parametrize("module", MODULES)
def test_a_record_with_nothing_but_its_id_touches_no_column(preset: str, module: str) -> None:
    record, _ = golden(preset, module)
    mapping = load_preset(preset).modules[module]
    projection = project(mapping, {"id": record["id"]}, READ_TIME)
    assert projection.faults == () and projection.row is not None
    assert projection.row.keys() == {
        mapping.key_column,
        "content_hash",
        "modified_time",
        "read_time",
    }


WRONG_FOR_ALL = [{"deep": [1]}, [["x"]], [None]]


@pytest.mark.parametrize("wrong", WRONG_FOR_ALL)
@pytest.mark.parametrize("preset", ["btec", "guide"])
@pytest.mark.parametrize("module", MODULES)
def test_a_record_with_every_field_of_the_wrong_type_still_gives_a_row(
    preset: str, module: str, wrong: Any
) -> None:
    record, _ = golden(preset, module)
    mapping = load_preset(preset).modules[module]
    broken = dict.fromkeys(record, wrong) | {"id": record["id"], "Modified_Time": None}
    projection = project(mapping, broken, READ_TIME)
    assert projection.row is not None
    named = {fault.column.split("[")[0] for fault in projection.faults}
    assert not named & {c for c in projection.row if c not in mapping.child_keys}
    assert named
