"""Values of a record as people read them. They are shown and kept nowhere."""

from __future__ import annotations

import json
from typing import Any

LONGEST_VALUE = 400


def shown_value(value: Any) -> str:
    """A value of a row: rows of a list and the like as JSON, a long one cut."""
    if value is None:
        return "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
