"""Synthetic rows as the bridge sends them, each test's apart from all others'."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from typing import Any

_numbers = itertools.count(time.time_ns() // 1_000_000 * 100_000)


def new_ids(count: int) -> list[str]:
    """Digit strings of CRM length that no other test uses, on a site that is not reset between."""
    return [str(next(_numbers)).zfill(19) for _ in range(count)]


def student(zoho_id: str, *, at: int = 1_700_000_000, **columns: Any) -> dict[str, Any]:
    """A student's row modified and read at `at` (epoch seconds), hashed over its columns."""
    values = {"zoho_student_id": zoho_id, **columns}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {**values, "modified_time": at, "read_time": at, "content_hash": digest}
