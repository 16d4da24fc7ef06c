"""The plugin's contract, as it exports itself: what the emulator is built from.

`contract.json` beside the sandbox is written by the plugin's `cli/export_contract.php`: its
entities with their writable columns, its functions with their parameters, its tables as in
`db/install.xml`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mzi_bridge.errors import ContractError

CONTRACT_FILE: Final = Path(__file__).parents[1] / "contract.json"

ColumnType = Literal["text", "int", "bool", "date", "datetime", "money", "json"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Column(_Part):
    """`length` in characters for texts, 0 = unlimited."""

    type: ColumnType
    length: int = 0


class Child(_Part):
    """Rows that belong to a parent; `parent` is the column that holds the parent's CRM id."""

    table: str
    key: str
    key_length: int
    parent: str
    columns: dict[str, Column]


class Entity(_Part):
    table: str
    key: str
    columns: dict[str, Column]
    children: dict[str, Child] = Field(default_factory=dict)


class Parameter(_Part):
    """`type` is Moodle's PARAM word: raw, int, alphanumext, bool, text …"""

    type: str
    required: bool = True
    default: Any = None


class Function(_Part):
    type: str
    capability: str = ""
    parameters: dict[str, Parameter] = Field(default_factory=dict)


class TableField(_Part):
    """A column of the database: `type` is XMLDB's int, char, text, number …"""

    type: str
    length: str | int | None = None
    notnull: bool = False
    default: str | int | None = None


class Table(_Part):
    fields: dict[str, TableField]


class Contract(_Part):
    contract_version: int
    max_records: int
    entities: dict[str, Entity]
    functions: dict[str, Function]
    tables: dict[str, Table]
    announced: str = ""
    """The text that local_mzi_get_contract answers: the contract without what the export adds."""


_EXPORT_ONLY: Final = ("functions", "tables")


def load_contract(path: Path = CONTRACT_FILE) -> Contract:
    """Raises ContractError when the file is missing or has another shape."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return build_contract(raw)
    except (OSError, ValueError) as error:
        raise ContractError(
            f"{path.name} cannot be read as a contract: {type(error).__name__}.",
            reason="contract_malformed",
            fix="Export it again with local/mzi/cli/export_contract.php.",
        ) from error


def build_contract(raw: Mapping[str, Any]) -> Contract:
    """Raises ContractError naming the malformed places."""
    announced = {key: value for key, value in raw.items() if key not in _EXPORT_ONLY}
    try:
        return Contract.model_validate(
            {**raw, "announced": json.dumps(announced, ensure_ascii=False)}
        )
    except ValidationError as error:
        places = sorted({".".join(map(str, item["loc"])) for item in error.errors()})
        raise ContractError(
            f"The contract is malformed at {', '.join(places[:5])}.",
            reason="contract_malformed",
            fix="Export it again with local/mzi/cli/export_contract.php.",
        ) from None
