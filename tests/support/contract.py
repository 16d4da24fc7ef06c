"""The exported contract, and values that fit its columns or do not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.support.moodle_records import new_ids

CONTRACT_FILE = Path(__file__).parents[2] / "mzi_bridge" / "sandbox" / "contract.json"
CONTRACT: dict[str, Any] = json.loads(CONTRACT_FILE.read_text(encoding="utf-8"))
ENTITIES: dict[str, dict[str, Any]] = CONTRACT["entities"]

NOW = 1_700_000_000
"""Epoch seconds at which the suite's records were modified and read, unless they say."""

FITTING: dict[str, list[Any]] = {
    "text": ["Layla", "ليلى حدّاد", "👩🏽‍🎓 e\u0301 Çağrı", "<b>&amp;</b> \"'\\ \n\t", ""],
    "int": [0, 1, -9_999_999_999, 9_999_999_999],
    "bool": [0, 1],
    "date": ["2025-09-01", "2024-02-29", "1930-01-01"],
    "datetime": [0, 1_700_000_000],
    "money": ["1250.00", "0.00", "-12.34", "9999999999.99"],
    "json": [[], {"Change_Information": [{"Field_Name": "المدينة", "New_Value": None}]}, [1, "x"]],
}
"""Values by column type that come back as they were sent."""

MISFITS: dict[str, list[tuple[Any, str]]] = {
    "text": [(5, "wrong_type"), (True, "wrong_type"), (["x"], "wrong_type"), ({}, "wrong_type")],
    "int": [
        ("5", "wrong_type"),
        (5.5, "wrong_type"),
        (5.0, "wrong_type"),
        (True, "wrong_type"),
        ([], "wrong_type"),
        (10_000_000_000, "out_of_range"),
        (-10_000_000_000, "out_of_range"),
        (2**70, "out_of_range"),
    ],
    "bool": [("1", "wrong_type"), (2, "out_of_range"), (1.0, "wrong_type"), ([], "wrong_type")],
    "date": [
        (20250901, "wrong_type"),
        ("2025-13-01", "invalid_value"),
        ("2025-02-29", "invalid_value"),
        ("01.09.2025", "invalid_value"),
        ("2025-09-01T00:00:00", "invalid_value"),
        ("2025-9-1", "invalid_value"),
        ("", "invalid_value"),
        ("٢٠٢٥-٠٩-٠١", "invalid_value"),
        ("2025-09-01\n", "invalid_value"),
    ],
    "datetime": [("2025-09-01T00:00:00Z", "wrong_type"), (1.5, "wrong_type"), ([], "wrong_type")],
    "money": [
        (1250, "wrong_type"),
        (1250.5, "wrong_type"),
        ("1250", "invalid_value"),
        ("1250.5", "invalid_value"),
        ("1,250.00", "invalid_value"),
        ("$1250.00", "invalid_value"),
        ("1250.00 TL", "invalid_value"),
        ("waived", "invalid_value"),
        ("+5.00", "invalid_value"),
        (".50", "invalid_value"),
        ("", "invalid_value"),
        ("10000000000.00", "out_of_range"),
    ],
    "json": [("[]", "wrong_type"), (5, "wrong_type"), (True, "wrong_type")],
}
"""Values by column type that refuse their row, with the code of the refusal."""


def columns_of(entity: str) -> dict[str, dict[str, Any]]:
    columns: dict[str, dict[str, Any]] = ENTITIES[entity]["columns"]
    return columns


def key_of(entity: str) -> str:
    return str(ENTITIES[entity]["key"])


def first_text(entity: str) -> str:
    """A text column of the entity that can take a sentence."""
    return next(
        name
        for name, column in columns_of(entity).items()
        if column["type"] == "text" and column["length"] >= 200
    )


def row(
    entity: str,
    zoho_id: str = "",
    *,
    at: int = NOW,
    read: int | None = None,
    **values: Any,
) -> dict[str, Any]:
    """A record as the bridge sends it: modified at `at`, read at `read` or then, hashed."""
    content = {key_of(entity): zoho_id or new_ids(1)[0], **values}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        **content,
        "modified_time": at,
        "read_time": at if read is None else read,
        "content_hash": hashlib.sha256(text.encode()).hexdigest(),
    }


def one(name: str, value: Any) -> dict[str, Any]:
    """A single value under a name that is only known at run time."""
    return {name: value}


def fitting(column: dict[str, Any], pick: int = 0) -> Any:
    """A value that the column takes and gives back; `pick` chooses another."""
    choices = FITTING[column["type"]]
    value = choices[pick % len(choices)]
    length = column.get("length", 0)
    return value[:length] if length and isinstance(value, str) else value


def full_values(entity: str, pick: int = 0) -> dict[str, Any]:
    """A value for every column, the link to a Moodle user left out."""
    return {
        name: fitting(column, pick)
        for name, column in columns_of(entity).items()
        if name != "moodle_user_id"
    }


def child_rows(child: dict[str, Any], count: int, pick: int = 0) -> list[dict[str, Any]]:
    """Rows of a children list, each with its own key and every column."""
    keys = [f"P{n + 1}" for n in range(count)] if child["key_length"] < 30 else new_ids(count)
    columns = {name: fitting(column, pick) for name, column in child["columns"].items()}
    return [{child["key"]: key, **columns} for key in keys]


PARENTS = [
    (entity, name) for entity, spec in sorted(ENTITIES.items()) for name in sorted(spec["children"])
]
"""Pairs of entity and children list."""
