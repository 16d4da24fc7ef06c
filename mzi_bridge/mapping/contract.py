"""The plugin's own account of its tables, as `local_mzi_get_contract` gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mzi_bridge.errors import ContractError
from mzi_bridge.mapping.rules import ColumnType


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ContractColumn(_Part):
    """`type`: text int bool date datetime money json; `length` in characters, 0 = unlimited."""

    type: str
    length: int = 0
    required: bool = False


class ContractChild(_Part):
    key: str
    columns: dict[str, ContractColumn] = Field(default_factory=dict)


class ContractEntity(_Part):
    """`columns` are the writable ones, without the key."""

    key: str
    columns: dict[str, ContractColumn] = Field(default_factory=dict)
    children: dict[str, ContractChild] = Field(default_factory=dict)


class Contract(_Part):
    entities: dict[str, ContractEntity]


HOLDS: Mapping[str, frozenset[ColumnType]] = {
    "text": frozenset({"text", "id", "date", "money"}),
    "int": frozenset({"int", "bool", "datetime"}),
    "bool": frozenset({"bool"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime", "int"}),
    "money": frozenset({"money"}),
    "json": frozenset({"json"}),
}
"""Contract type → the rule types whose values it takes."""


def read_contract(raw: Mapping[str, Any]) -> Contract:
    """The contract as a model. Raises ContractError when it is none."""
    try:
        return Contract.model_validate(raw)
    except ValidationError as error:
        places = sorted({".".join(str(step) for step in item["loc"]) for item in error.errors()})
        raise ContractError(
            f"The plugin's contract is malformed at {', '.join(places[:5])}.",
            reason="contract_malformed",
            fix="Install matching versions of local_mzi and the bridge.",
        ) from None
