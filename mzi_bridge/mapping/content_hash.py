"""The fingerprint of a projected row, by which the plugin knows that nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from json import JSONEncoder

from mzi_bridge.mapping.values import JsonValue

META: frozenset[str] = frozenset({"modified_time", "read_time", "content_hash"})
"""Keys of a row that say when it was read, not what it says; they are left out of the hash."""

_encode = JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def content_hash(values: Mapping[str, JsonValue]) -> str:
    """SHA-256, 64 hex digits, of the canonical JSON of a row: sorted keys, no spaces, UTF-8.

    `values` holds key, columns and children; META keys in it are passed over.
    """
    if not META.isdisjoint(values):
        values = {name: value for name, value in values.items() if name not in META}
    return hashlib.sha256(_encode(values).encode()).hexdigest()
