from __future__ import annotations

import json
from pathlib import Path

import pytest

from mzi_bridge.errors import ContractError
from mzi_bridge.sandbox.moodle.contract import build_contract, load_contract
from tests.support.contract import CONTRACT


def test_the_shipped_contract_loads_and_is_announced_without_the_export_parts() -> None:
    announced = json.loads(load_contract().announced)
    assert announced == {
        name: value for name, value in CONTRACT.items() if name not in ("functions", "tables")
    }


@pytest.mark.parametrize("text", ["", "[", "\xff"])
def test_a_file_that_is_no_json_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "contract.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ContractError, match=r"contract\.json") as caught:
        load_contract(path)
    assert caught.value.reason == "contract_malformed"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError):
        load_contract(tmp_path / "none.json")


def test_another_shape_is_told_by_its_places() -> None:
    broken = {**CONTRACT, "max_records": "many", "entities": {"students": {"key": "k"}}}
    with pytest.raises(ContractError, match=r"entities\.students\.columns.*max_records"):
        build_contract(broken)
