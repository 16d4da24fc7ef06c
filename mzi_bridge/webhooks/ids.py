"""Record ids as senders write them."""

from __future__ import annotations

import re
from typing import Any

from mzi_bridge.webhooks.reasons import RefusalReason, Refused

MAX_IDS = 5000
_ID = re.compile(r"[0-9]{1,30}", re.ASCII)


def read_ids(value: Any) -> tuple[str, ...]:
    """The distinct ids, in their order, of a list, of one id or of ids joined by commas.

    A JSON number is refused: an id has more digits than many senders' numbers can hold, so
    one that was ever a number may be another record's. Raises Refused.
    """
    parts = _parts(value)
    if not parts:
        raise Refused(RefusalReason.MISSING_IDS)
    if len(parts) > MAX_IDS:
        raise Refused(RefusalReason.TOO_MANY_IDS)
    if not all(isinstance(part, str) and _ID.fullmatch(part.strip()) for part in parts):
        raise Refused(RefusalReason.BAD_IDS)
    return tuple(dict.fromkeys(part.strip() for part in parts))


def _parts(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str):
        return value.split(",") if value.strip() else []
    if isinstance(value, list | tuple):
        return [p for item in value for p in (item.split(",") if isinstance(item, str) else [item])]
    return [value]
