"""The per-row answers of upsert and delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from mzi_bridge.sandbox.moodle.validation import RowError

Action = Literal[
    "inserted", "updated", "unchanged", "differs", "stale", "deleted", "held", "rejected"
]


def row_result(
    index: int, zoho_id: str, action: Action, errors: Sequence[RowError] = ()
) -> dict[str, Any]:
    """`index` is the row's place in the call."""
    return {
        "index": index,
        "id": zoho_id,
        "action": action,
        "errors": [error.as_json() for error in errors],
    }


def batch_answer(results: list[dict[str, Any]]) -> dict[str, Any]:
    return {"count": len(results), "results": results}
