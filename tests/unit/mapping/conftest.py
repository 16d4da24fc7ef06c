"""Rules written in a test, loaded the way a file is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mzi_bridge.mapping import (
    MappingErrors,
    ModuleMapping,
    Preset,
    Projection,
    load_preset,
    project,
)

Load = Callable[..., Preset]
Projected = Callable[..., Projection]

ONE_MODULE = """
[modules.Things]
entity = "things"
key = "zoho_thing_id"
{module}

[modules.Things.columns]
zoho_thing_id = "id"
{columns}
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads TOML text as a file named things.toml."""

    def from_text(text: str, **options: Any) -> Preset:
        file = tmp_path / "things.toml"
        file.write_text(text, encoding="utf-8")
        return load_preset(file, **options)

    return from_text


@pytest.fixture
def things(load: Load) -> Callable[..., ModuleMapping]:
    """A mapping of one module with the given lines of columns."""

    def from_columns(columns: str, module: str = "") -> ModuleMapping:
        return load(ONE_MODULE.format(columns=columns, module=module)).modules["Things"]

    return from_columns


@pytest.fixture
def projected(things: Callable[..., ModuleMapping]) -> Projected:
    """The projection of a record with a good id, by one rule for the column `out`."""

    def by_rule(rule: str, record: dict[str, Any]) -> Projection:
        return project(things(f"out = {rule}"), {"id": "1", **record}, 1_800_000_000)

    return by_rule


@pytest.fixture
def faults_of(load: Load) -> Callable[..., list[str]]:
    """What is wrong with a file, one line for each fault."""

    def from_text(text: str, **options: Any) -> list[str]:
        with pytest.raises(MappingErrors) as caught:
            load(text, **options)
        assert caught.value.reason == "mapping_invalid"
        assert str(caught.value).startswith(caught.value.message)
        return [str(fault) for fault in caught.value.faults]

    return from_text


@pytest.fixture
def rule_faults(faults_of: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """What is wrong with one rule for the column `out`, without file name and module path."""

    def from_rule(rule: str) -> list[str]:
        prefix = "things.toml: modules.Things.columns.out"
        found = faults_of(ONE_MODULE.format(columns=f"out = {rule}", module=""))
        return [line.removeprefix(prefix).lstrip(".: ") for line in found]

    return from_rule
